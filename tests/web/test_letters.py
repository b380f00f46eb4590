from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

import pytest

from andon.errors import Unavailable
from andon.ingest.door import MOST_RAW
from andon.model import Letter, Scale
from tests.web.stage import INGEST
from tests.web.tiny import NOW, RULES, Tiny, tiny

OUT_OF_SCALE = '{"kind":"rating","name":"joy","value":3,"id":"r1","customer":"anna@shop.example"}'
BROKEN = '{"kind":"crash","value":'
SCALES = RULES + "\nscales:\n  joy: {low: 1, high: 5, good: 4..5, bad: 1..2}\n"


async def resent(here: Tiny, *ids: str) -> dict[str, object]:
    answer = await here.client.post("/v1/letters/resend", json={"ids": list(ids)})
    assert answer.status_code == HTTPStatus.OK, answer.text
    found: dict[str, object] = answer.json()
    return found


async def test_letters_are_listed_with_place_reason_and_what_came_in(here: Tiny) -> None:
    await here.sent(f"{BROKEN}\n{OUT_OF_SCALE}")
    first, second = (await here.client.get("/v1/letters")).json()
    assert (first["position"], first["raw"]) == (1, BROKEN)
    assert "joy" in second["reason"]


async def test_a_letter_names_its_customer_by_a_pseudonym(here: Tiny) -> None:
    await here.sent(OUT_OF_SCALE)
    (letter,) = (await here.client.get("/v1/letters")).json()
    assert "anna" not in letter["raw"]
    assert "anon:" in letter["raw"]


async def test_letters_are_not_for_who_may_only_send(afar: Tiny) -> None:
    answer = await afar.client.get("/v1/letters", headers={"Authorization": f"Bearer {INGEST}"})
    assert answer.status_code == HTTPStatus.FORBIDDEN


async def test_a_letter_that_is_fit_now_leaves_the_letters(here: Tiny) -> None:
    await here.sent(OUT_OF_SCALE)
    here.running.andon.door.use({"joy": _joy()})
    assert (await resent(here))["taken"] == 1
    assert await here.letters() == []
    assert len([entry for entry in await here.log.read("") if entry.batch]) == 2


async def test_no_sender_s_key_keeps_a_letter_from_being_sent_again(here: Tiny) -> None:
    await here.sent(OUT_OF_SCALE)
    here.running.andon.door.use({"joy": _joy()})
    (letter,) = await here.letters()
    for key in (f"letter {letter.id}", f"%00letter {letter.id}"):
        await here.sent(BROKEN, idempotency_key=key)
    await resent(here, letter.id)
    assert len([entry for entry in await here.log.read("") if entry.batch and b"r1" in entry.batch]) == 1


async def test_a_resent_customer_stays_the_same_pseudonym(here: Tiny) -> None:
    await here.sent(OUT_OF_SCALE)
    was = json.loads((await here.letters())[0].raw)["customer"]
    await resent(here)
    assert json.loads((await here.letters())[0].raw)["customer"] == was


async def test_a_letter_that_is_refused_again_stays_with_its_new_reason(here: Tiny) -> None:
    await here.log.append(NOW, None, letters=[Letter(at=NOW, position=4, reason="it was so", raw=BROKEN.encode())])
    said = await resent(here)
    assert (said["taken"], said["refused"]) == (0, 1)
    (letter,) = await here.letters()
    assert letter.raw == BROKEN.encode()
    assert letter.reason != "it was so"
    assert said["reasons"] == [{"position": 4, "reason": letter.reason}]


async def test_only_the_named_letters_are_sent_again(here: Tiny) -> None:
    await here.sent(f"{BROKEN}\n{OUT_OF_SCALE}")
    broken, _ = await here.letters()
    here.running.andon.door.use({"joy": _joy()})
    assert (await resent(here, broken.id))["refused"] == 1
    assert len(await here.letters()) == 2


async def test_nothing_to_send_again_is_said(here: Tiny) -> None:
    assert await resent(here) == {"taken": 0, "duplicate": 0, "refused": 0, "reasons": []}


async def test_a_letter_that_was_cut_cannot_be_sent_again_and_stays(here: Tiny) -> None:
    long = json.dumps({"kind": "mood", "text": "x" * 2 * MOST_RAW})
    await here.sent(long)
    before = await here.letters()
    said = await resent(here)
    assert said["refused"] == 1
    assert "from where it came from" in str(said["reasons"])
    assert await here.letters() == before


async def test_an_array_that_was_broken_as_a_whole_goes_in_again_as_one(here: Tiny) -> None:
    raw = b'[{"kind":"crash","value":1,"of":10},\n{"kind":"crash","value":1,"of":10}]'
    await here.log.append(NOW, None, letters=[Letter(at=NOW, position=1, reason="it was cut on the way", raw=raw)])
    assert (await resent(here))["taken"] == 2


async def test_a_log_that_goes_away_between_loses_no_letter_and_counts_none_twice(
    here: Tiny, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.sent(OUT_OF_SCALE)
    here.running.andon.door.use({"joy": _joy()})

    async def away(ids: object) -> None:
        raise Unavailable(f"cannot drop {ids}")

    with monkeypatch.context() as patched:
        patched.setattr(here.log, "drop_letters", away)
        answer = await here.client.post("/v1/letters/resend", json={})
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert len(await here.letters()) == 1
    entries = len(await here.log.read(""))
    await resent(here)
    assert len(await here.log.read("")) == entries
    assert await here.letters() == []


async def test_a_rulebook_that_knows_the_scale_takes_it_at_once(tmp_path: Path) -> None:
    async with tiny(tmp_path, rules=SCALES) as here:
        assert (await here.sent(OUT_OF_SCALE)).json()["taken"] == 1


def _joy() -> Scale:
    return Scale(name="joy", low=1, high=5, good=(4, 5), bad=(1, 2))
