from __future__ import annotations

import time

from andon.log.ahead import Ahead


def test_what_was_written_waits_until_it_is_passed_on() -> None:
    ahead = Ahead()
    ahead.wrote("1")
    ahead.wrote("2")
    assert len(ahead) == 2
    ahead.passed("1")
    ahead.passed("2")
    assert (len(ahead), ahead.seconds()) == (0, 0.0)


def test_what_lies_before_an_entry_that_was_passed_on_waits_no_more() -> None:
    ahead = Ahead()
    for position in ("2", "1", "3"):  # 1 was lost by the log, or heard of late
        ahead.wrote(position)
    ahead.passed("2")
    assert len(ahead) == 1


def test_the_oldest_says_how_far_it_is() -> None:
    ahead = Ahead()
    ahead.wrote("1")
    time.sleep(0.02)
    ahead.wrote("2")
    assert ahead.seconds() >= 0.02
    ahead.passed("1")
    assert ahead.seconds() < 0.02


def test_what_was_passed_on_before_its_writer_heard_does_not_wait() -> None:
    ahead = Ahead()
    ahead.passed("2")
    ahead.wrote("2")
    ahead.wrote("1")  # a repeated key finds its first entry
    assert len(ahead) == 0


def test_where_nobody_reads_nothing_waits() -> None:
    ahead = Ahead(followed=False)
    ahead.wrote("1")
    assert len(ahead) == 0


def test_a_repeat_of_what_the_saved_state_holds_already_does_not_wait() -> None:
    ahead = Ahead(passed="5")
    ahead.wrote("4")
    assert len(ahead) == 0
    ahead.wrote("6")
    assert len(ahead) == 1
