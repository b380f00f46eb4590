"""What every detector must do, as checks that a plugin's author runs with one line.

    def test_it_conforms() -> None:
        conforms(Rig(Mine, Form.COUNT))

Each check is also on its own, in `CHECKS`, for those who want one test a check. No test framework is needed: a check that
fails raises AssertionError, and says what the detector did and what it should have done.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from andon.detector import Accepts, Settings
from andon.errors import ConfigError
from andon.model import Floats, Form, Ints, Observation
from andon.testing.series import LOOK
from andon.testing.trial import COARSE, WEEKS, Rig, Run, alike, copied, equal, must, same

__all__ = ["CHECKS", "Check", "Rig", "conforms"]

PROMISE = 500.0
"""Looks between false alarms, as asked of a calibrated detector here."""


def conforms(rig: Rig) -> None:
    """Run every check; AssertionError tells the first that does not hold."""
    for check in CHECKS:
        check(rig)


def declares_itself(rig: Rig) -> None:
    """Its name is a plain word, its state at most 4 KiB a row, its windows sound; it takes the form it is tried with."""
    detector = rig.make()
    size = sum(np.dtype(what.dtype).itemsize * int(np.prod(what.shape)) for what in detector.fields.values())
    must(detector.name.isidentifier() and detector.name.islower(), f"name is {detector.name!r}, not a plain word")
    must(rig.form in detector.takes, f"it is tried with a {rig.form}, and takes {sorted(detector.takes)}")
    must(detector.format >= 1, f"format is {detector.format}; layouts are numbered from 1")
    must(size <= 4096, f"its state takes {size} bytes a row; 4096 are allowed")
    must(len(detector.windows) > 0, "it wants no window")
    must(all(0 < length < np.inf for length in detector.windows), f"windows are {list(detector.windows)}")


def refuses_what_it_cannot_mean(rig: Rig) -> None:
    """Refuse an unknown option, or a form it does not take, with ConfigError."""
    settings = [rig.settings(no_such_option=1)]
    settings += [Settings(LOOK, form, options=rig.options) for form in Form if form not in rig.detector.takes]
    for wrong in settings:
        try:
            rig.detector(wrong)
        except ConfigError:
            continue
        must(False, f"it took {wrong}, and should have raised ConfigError")


def leaves_inputs_untouched(rig: Rig) -> None:
    """Hand it read-only arrays, in which it never writes; expecting changes no state."""
    run = Run.new(rig, 3)
    rows, learn = np.arange(3), np.ones(3, dtype=np.bool_)
    rows.flags.writeable = learn.flags.writeable = False
    for _ in range(50):
        run.now += LOOK
        seen = run.calm.look(run.rng, run.now, tuple(run.detector.windows))
        for array in (seen.x, seen.n, seen.seconds, seen.hist, seen.values):
            if array is not None:
                array.flags.writeable = False
        run.detector.step(run.state, rows, seen, run.now, learn)
        before = copied(run.state)
        run.detector.expect(run.state, rows, seen, run.now)
        must(same(before, run.state), "expect() changed the state")


def rows_are_apart(rig: Rig) -> None:
    """Row by row, or in another order, it finds what it finds in one batch (to rounding)."""
    whole, single = Run.new(rig, 4), Run.new(rig, 4)
    for place in range(120):
        whole.now += LOOK
        fault = rig.fault if place >= 100 else ""
        seen = whole.calm.look(whole.rng, whole.now, tuple(whole.detector.windows), fault)
        together = whole.step(seen)
        for row in (2, 0, 3, 1):
            one = _only(seen, row)
            alone = single.detector.step(single.state, np.array([row]), one, whole.now, np.ones(1, dtype=np.bool_))
            must(
                alike(alone.score[0], together.score[row]), f"look {place}: {alone.score[0]} for {together.score[row]}"
            )
            must(bool(alone.fresh[0] == together.fresh[row]), f"look {place}: a row alone is fresh, in a batch not")


def restores(rig: Rig) -> None:
    """After its state went through bytes and back it goes on as if nothing had happened."""
    one, other = Run.new(rig, 3), Run.new(rig, 3)
    for place in range(160):
        if place == 80:
            other.state = {
                name: np.frombuffer(array.tobytes(), array.dtype).reshape(array.shape).copy()
                for name, array in other.state.items()
            }
            other.detector = rig.make()
        fault = rig.fault if place >= 140 else ""
        must(equal(one.look(fault), other.look(fault)), f"look {place} differs after a restore")


def does_not_look_ahead(rig: Rig) -> None:
    """Judge the same beginning twice: what comes later changes nothing about it."""
    calm, faulty = Run.new(rig, 3), Run.new(rig, 3)
    said = [(calm.look(), faulty.look()) for _ in range(100)]
    for _ in range(10):
        faulty.look(rig.fault)
    again = Run.new(rig, 3)
    for place, (ours, theirs) in enumerate(said):
        must(equal(ours, theirs) and equal(ours, again.look()), f"look {place} is judged otherwise the second time")


def stays_bounded(rig: Rig) -> None:
    """Over a thousand looks of differing length its state keeps its shape, its types and finite numbers."""
    run = Run.new(rig, 2)
    for place in range(1_000):
        run.look(rig.fault if place % 200 > 170 else "", seconds=LOOK if place % 3 else 5 * LOOK)
    for name, what in run.detector.fields.items():
        array = run.state[name]
        must(array.shape == (2, *what.shape), f"{name} has grown to {array.shape}")
        must(array.dtype == np.dtype(what.dtype), f"{name} has become {array.dtype}")
        must(bool(np.isfinite(array).all()), f"{name} holds what is no finite number")


def bears_rubbish(rig: Rig) -> None:
    """NaN, empty windows, n = 0 and 1 and a million, nothing but zeros, a gap of a week, time standing still."""
    run = Run.new(rig, 2)
    wide = (2, len(run.detector.windows))
    seconds = np.asarray(run.detector.windows, dtype=np.float64)
    pairs = [(np.nan, 0.0), (np.nan, 5.0), (0.0, 0.0), (0.0, np.nan), (0.0, 1.0), (1.0, 1.0), (0.0, 1e6), (1e6, 1e6)]
    for x, n in [*pairs, (2_000.0, 1e6), *pairs] * 3:
        for pause in (LOOK, 0.0, 7 * 86_400.0):
            run.now += pause
            seen = _rubbish(rig.form, np.full(wide, x), np.full(wide, n), seconds)
            run.step(seen)
            _sane(run, seen)
    run.look()
    for array in run.state.values():
        must(bool(np.isfinite(array).all()), "rubbish left what is no finite number in its state")


def learns_only_when_told(rig: Rig) -> None:
    """Where `learn` is false, only evidence and bookkeeping change."""
    run = Run.new(rig, 3)
    for _ in range(100):
        run.look()
    before = copied(run.state)
    for place in range(40):
        run.look(rig.fault if place % 2 else "", learn=False)
    for name, what in run.detector.fields.items():
        if not what.evidence and name not in rig.bookkeeping:
            must(bool(np.array_equal(before[name], run.state[name])), f"{name} was learnt though it was told not to")


def says_how_long_it_learns(rig: Rig) -> None:
    """Say how long is left to learn: finite, never negative, and none after five weeks of history in hourly pieces."""
    run = Run.new(rig, 3)
    first = run.look(seconds=COARSE).learning_left
    must(bool(np.isfinite(first).all()), f"at first {first} seconds are left to learn")
    run.teach()
    left = run.look().learning_left
    must(not left.any(), f"after {WEEKS} weeks {left} seconds are left to learn")


def keeps_its_promise(rig: Rig) -> None:
    """In control, the mean time between false alarms is at least what was asked (calibrated ones; three errors' grace)."""
    if not rig.detector.calibrated:
        return
    run = Run.new(rig, 80).teach()
    risk, alarms = _alarms(run, "", int(2 * PROMISE))
    asked = risk / PROMISE
    must(alarms <= asked / 0.95 + 3 * np.sqrt(asked) + 3, f"{alarms} false alarms where {asked:.0f} are the most asked")


def finds_its_fault(rig: Rig) -> None:
    """Find a textbook fault in nine rows of ten within the looks allowed, not before, and say when it began."""
    run = Run.new(rig, 40).teach()
    line = np.log(43_200.0) if rig.detector.calibrated else 1e-12
    for _ in range(60):
        early = run.look().score >= line
    must(early.mean() <= 0.1, f"{early.mean():.0%} of calm rows were over the line")
    began, found, since = run.now, np.zeros(40, dtype=np.bool_), np.full(40, np.nan)
    for _ in range(rig.within):
        scores = run.look(rig.fault, learn=False)
        hit = ~found & scores.fresh & (scores.score >= line)
        found, since = found | hit, np.where(hit, scores.since, since)
    must(found.mean() >= 0.9, f"it found the fault in {found.mean():.0%} of 40 rows within {rig.within} looks")
    if rig.detector.calibrated:
        off = abs(float(np.nanmedian(since)) - began)
        must(off <= 5 * LOOK, f"it put the beginning {off:.0f} s away from where it was")


def takes_up_what_is_accepted(rig: Rig) -> None:
    """Expect what was accepted from then on, and call for it no more often than promised (those that can accept)."""
    run, rows = Run.new(rig, 40), np.arange(40)
    if not isinstance(run.detector, Accepts):
        return
    run.teach()
    for _ in range(60):
        run.look(rig.fault, learn=False)
    seen = run.calm.look(run.rng, run.now, (60 * LOOK,), rig.fault)
    before = copied(run.state)
    none = replace(seen, x=seen.x[:0], n=seen.n[:0], hist=None if seen.hist is None else seen.hist[:0])
    run.detector.accept(run.state, rows[:0], none, run.now)
    must(same(before, run.state), "it accepted for rows that were not asked for")
    run.detector.accept(run.state, rows, seen, run.now)
    run.forgive()
    usual = run.detector.expect(run.state, rows, seen, run.now)
    counted = rig.form in {Form.PROPORTION, Form.COUNT}
    value = seen.x[:, 0] / np.maximum(seen.n[:, 0], 1.0) if counted else seen.x[:, 0]
    inside = (usual.low <= value) & (value <= usual.high)
    must(inside.mean() >= 0.9, f"what was accepted is expected in {inside.mean():.0%} of 40 rows")
    if rig.detector.calibrated:
        risk, alarms = _alarms(run, rig.fault, int(PROMISE))
        asked = risk / PROMISE
        must(
            alarms <= asked / 0.84 + 3 * np.sqrt(asked) + 3,
            f"{alarms} false alarms where {asked:.0f} are the most asked",
        )


def _alarms(run: Run, fault: str, looks: int) -> tuple[float, int]:
    """Return the looks at risk and the alarms, as a bank would see them: each row once, and not while it learns."""
    rows, line = np.arange(run.calm.rows), np.log(PROMISE)
    calm, risk, alarms, learn = np.ones(len(rows), np.bool_), 0.0, 0, np.ones(len(rows), np.bool_)
    for _ in range(looks):
        run.now += LOOK
        seen = run.calm.look(run.rng, run.now, tuple(run.detector.windows), fault)
        scores = run.detector.step(run.state, rows, seen, run.now, learn)
        ready = calm & (scores.learning_left <= 0.0)
        risk += float(ready.sum())
        fires = scores.fresh & (scores.score >= line)
        alarms += int((fires & ready).sum())
        calm &= ~fires
        learn = calm & (scores.score < line - 1.0)
    return risk, alarms


Check = Callable[[Rig], None]
CHECKS: tuple[Check, ...] = (
    declares_itself,
    refuses_what_it_cannot_mean,
    leaves_inputs_untouched,
    rows_are_apart,
    restores,
    does_not_look_ahead,
    stays_bounded,
    bears_rubbish,
    learns_only_when_told,
    says_how_long_it_learns,
    keeps_its_promise,
    finds_its_fault,
    takes_up_what_is_accepted,
)


def _only(seen: Observation, row: int) -> Observation:
    hist = None if seen.hist is None else seen.hist[[row]]
    return replace(seen, x=seen.x[[row]], n=seen.n[[row]], hist=hist)


def _rubbish(form: Form, x: Floats, n: Floats, seconds: Floats) -> Observation:
    """Return x of n; of a score, x ratings at the lowest of three values and the rest, maybe below nothing, at the highest."""
    if form is not Form.SCORE:
        return Observation(form, x, n, seconds)
    hist = np.stack([x, np.zeros(x.shape), n - x], axis=2)
    return Observation(form, np.where(n > 0.0, x, np.nan), n, seconds, hist, np.array([-100.0, 0.0, 100.0]))


def _sane(run: Run, seen: Observation) -> None:
    rows: Ints = np.arange(run.calm.rows)
    usual = run.detector.expect(run.state, rows, seen, run.now)
    known = np.isfinite(usual.expected)
    inside = (usual.low <= usual.expected) & (usual.expected <= usual.high)
    must(bool(inside[known].all()), f"{usual} is no interval about what is expected")
