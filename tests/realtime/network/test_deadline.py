from __future__ import annotations

import pytest

from instagrapi.realtime.network.deadline import Deadline, sooner
from tests.support.clock import FakeClock


def test_a_deadline_counts_down_and_stops_at_zero() -> None:
    clock = FakeClock()
    deadline = Deadline.after(5.0, clock)
    assert deadline.remaining() == 5.0
    clock.advance(4.0)
    assert deadline.remaining() == 1.0
    assert not deadline.expired()
    clock.advance(1.0)
    assert deadline.expired()
    clock.advance(1.0)
    assert deadline.remaining() == 0.0


def test_none_never_comes() -> None:
    clock = FakeClock()
    deadline = Deadline.after(None, clock)
    clock.advance(1e12)
    assert deadline.remaining() is None
    assert not deadline.expired()


def test_zero_and_less_have_passed_already() -> None:
    clock = FakeClock()
    assert Deadline.after(0, clock).expired()
    assert Deadline.after(-3, clock).expired()
    assert Deadline.after(-3, clock).remaining() == 0.0


@pytest.mark.parametrize(
    ("one", "other", "shorter"),
    [(1.0, 2.0, 1.0), (2.0, 1.0, 1.0), (None, 1.0, 1.0), (0.0, None, 0.0), (None, None, None)],
)
def test_the_sooner_of_two_waits(one: float | None, other: float | None, shorter: float | None) -> None:
    assert sooner(one, other) == shorter
