from __future__ import annotations

from io import StringIO

import msgspec
import pytest
from rich.console import Console

from tests import bench
from tests.bench import Report, _house, _linear, at_least, at_most, engine
from tests.bench.__main__ import main
from tests.bench._traffic import SERIES, START, pieces, traffic


def test_the_last_line_is_one_json_object_with_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    report = Report("speed", [at_least("a [b] c", 5.0, "1/s", "theirs", 10.0, 0.4)])
    bench.show(report, Console(file=StringIO()))
    last = capsys.readouterr().out.rstrip("\n").split("\n")[-1]
    (row,) = msgspec.json.decode(last)["rows"]
    assert msgspec.json.decode(last)["bench"] == "speed"
    assert set(row) == {"what", "ours", "unit", "beside", "theirs", "ratio", "goal", "holds"}
    assert (row["ratio"], row["goal"], row["holds"]) == (0.5, ">= 0.4", True)


def test_a_goal_that_is_missed_does_not_hold() -> None:
    assert not at_least("x", 3.0, "s", "y", 10.0, 0.4).holds


def test_a_bound_holds_up_to_its_goal_and_one_that_is_only_shown_always_does() -> None:
    assert at_most("x", 4.0, "s", "y", 10.0, 0.4).holds
    assert not at_most("x", 5.0, "s", "y", 10.0, 0.4).holds
    assert at_most("x", 5.0, "s", "y", 1.0, 0.0).goal == "none"
    assert at_most("x", 5.0, "s", "y", 1.0, 0.0).holds


def test_benches_are_found_by_name_and_helpers_are_none() -> None:
    assert "engine" in bench.names()
    assert not [name for name in bench.names() if name.startswith(("_", "test_"))]


def test_without_a_name_they_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert "engine" in capsys.readouterr().out.split()


def test_an_unknown_name_is_refused_with_the_choices(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["[red]"]) == 2
    out = capsys.readouterr().out
    assert "engine" in out
    assert "[red]" in out


def test_ways_are_taken_in_turn() -> None:
    order: list[str] = []
    bench.seconds({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]


def test_the_engine_bench_runs_small() -> None:
    rows = engine.rows(signals=2000, rate=10.0, rounds=1)
    assert [row.goal for row in rows] == [">= 0.35", ">= 1", "none", "none", "none"]
    assert rows[0].ours == rows[1].ours > 0
    assert len({row.what for row in rows}) == 3


@pytest.mark.parametrize("logged", [False, True])
def test_the_engine_bench_judges_what_it_was_given(logged: bool) -> None:
    judged = _house.judged(traffic(6000, 20.0), _house.rulebook(), logged=logged)
    facts = judged.streams.facts()
    assert facts["signals"] == 6000
    assert facts["series"] > SERIES / 4
    assert len(judged.bank.lights()) > SERIES / 4


def test_each_size_is_put_beside_the_one_before_and_idle_series_beside_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_linear, "_MOST", 1)
    rows = [*_linear.decades([1000, 2000], 1, 50.0), *_linear.idle([200], 1, 1000, 50.0)]
    assert [(row.what, row.beside) for row in rows] == [
        ("2,000 signals in one go", "1,000"),
        ("2,000 live series beside 200 idle ones", "none idle"),
    ]
    assert all(row.ours > 0 for row in rows)


def test_traffic_in_pieces_goes_on_where_the_piece_before_ended() -> None:
    bodies = [body for piece in pieces(250, 10.0, 50, 100) for body in piece.bodies]
    assert len(bodies) == 5
    assert [at for at, _ in bodies] == pytest.approx([START + 4.9 + 5 * place for place in range(5)])
    lines = [msgspec.json.decode(line) for _, body in bodies for line in body.split(b"\n")]
    told = [line["id"] for line in lines if "id" in line]
    assert len(lines) == 250
    assert sorted(set(told)) == told


def test_what_customers_say_has_id_and_customer_and_measurements_have_neither() -> None:
    for line in traffic(500, 10.0).bodies[0][1].split(b"\n"):
        signal = msgspec.json.decode(line)
        said = signal["kind"] in {"rating", "complaint"}
        assert ("id" in signal, "customer" in signal) == (said, said)


def test_one_body_in_five_writes_its_times_as_rfc_3339() -> None:
    bodies = traffic(1000, 10.0, body=100).bodies
    written = [isinstance(msgspec.json.decode(body.split(b"\n")[0])["time"], str) for _, body in bodies]
    assert written == [False, False, False, False, True] * 2


def test_traffic_is_the_same_from_the_same_seed() -> None:
    assert traffic(50, 10.0) == traffic(50, 10.0)
    assert traffic(50, 10.0) != traffic(50, 10.0, seed=8)
