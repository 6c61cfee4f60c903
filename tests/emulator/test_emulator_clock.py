"""The two clocks: what is planned happens, in order and once."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from instagrapi.emulator import VirtualClock
from instagrapi.emulator.clock import SystemClock
from instagrapi.emulator.virtual_clock import NothingToWaitFor


@pytest.fixture
def clock() -> VirtualClock:
    return VirtualClock(epoch=1000.0)


@pytest.fixture
def system_clock() -> Iterator[SystemClock]:
    clock = SystemClock()
    clock.open()
    yield clock
    clock.close()
    clock.join()


# --- virtual ----------------------------------------------------------------------------------------------------------


def test_its_three_forms_come_from_one_source(clock: VirtualClock) -> None:
    before = clock.monotonic()
    clock.advance(2.5)
    clock.wait(0.5)
    assert (clock.elapsed, clock.time(), clock.monotonic() - before) == (3.0, 1003.0, 3.0)


def test_plans_happen_in_order_at_their_time(clock: VirtualClock) -> None:
    happened: list[tuple[str, float]] = []

    def note(name: str) -> None:
        happened.append((name, clock.elapsed))

    clock.at(5, lambda: note("at five"))
    clock.after(3, lambda: note("after three"))
    clock.after(5, lambda: note("later, at the same time"))
    clock.every(2, lambda: note("every two"))
    clock.at(-1, lambda: note("at once"))
    clock.advance(6)
    assert happened == [
        ("at once", 0.0),
        ("every two", 2.0),
        ("after three", 3.0),
        ("every two", 4.0),
        ("at five", 5.0),
        ("later, at the same time", 5.0),
        ("every two", 6.0),
    ]


def test_plans_can_be_cancelled(clock: VirtualClock) -> None:
    happened: list[float] = []
    clock.after(1, lambda: happened.append(1)).cancel()
    repeated = clock.every(1, lambda: (happened.append(clock.elapsed), clock.elapsed == 3 and repeated.cancel()))
    clock.advance(10)
    assert happened == [1, 2, 3]


def test_a_plan_may_wait_itself(clock: VirtualClock) -> None:
    happened: list[tuple[str, float]] = []
    clock.after(1, lambda: (clock.advance(5), happened.append(("first", clock.elapsed))))
    clock.after(2, lambda: happened.append(("second", clock.elapsed)))
    clock.advance(3)
    assert happened == [("second", 2.0), ("first", 6.0)]
    assert clock.elapsed == 6.0


def test_unix_time_may_jump(clock: VirtualClock) -> None:
    clock.jump(-500)
    clock.advance(1)
    assert (clock.time(), clock.elapsed) == (501.0, 1.0)


def test_an_event_is_waited_for(clock: VirtualClock) -> None:
    event = clock.event()
    assert (event.wait(2), clock.elapsed) == (False, 2.0)
    clock.after(3, event.set)
    assert (event.wait(10), clock.elapsed) == (True, 5.0)
    assert event.wait() is True
    event.clear()
    assert not event.is_set()
    clock.after(1, event.set)
    assert (event.wait(), clock.elapsed) == (True, 6.0)


def test_waiting_for_nothing_is_an_error(clock: VirtualClock) -> None:
    with pytest.raises(NothingToWaitFor):
        clock.event().wait()
    clock.every(3600, lambda: None)
    with pytest.raises(NothingToWaitFor, match="still waits"):
        clock.event().wait()


def test_time_does_not_go_back_or_stand_still(clock: VirtualClock) -> None:
    with pytest.raises(ValueError, match="back"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="takes time"):
        clock.every(0, lambda: None)


# --- the computer's ---------------------------------------------------------------------------------------------------


def test_plans_of_the_system_clock(system_clock: SystemClock) -> None:
    happened: list[str] = []
    done = threading.Event()
    system_clock.after(0.02, lambda: (happened.append("second"), done.set()))
    system_clock.at(0, lambda: happened.append("first"))
    repeated = system_clock.every(0.005, lambda: happened.append("again"))
    assert done.wait(5)
    repeated.cancel()
    assert happened[0] == "first"
    assert "again" in happened
    assert abs(system_clock.time() - time.time()) < 1
    assert abs(system_clock.monotonic() - time.monotonic()) < 1


def test_plans_wait_for_the_clock_to_be_opened() -> None:
    clock = SystemClock()
    done = threading.Event()
    clock.after(0, done.set)
    clock.wait(5)
    assert not done.is_set()
    clock.open()
    assert done.wait(5)
    clock.close()
    clock.join()
    clock.after(0, done.clear)
    assert done.is_set()


def test_a_plan_that_fails_takes_no_other_with_it(system_clock: SystemClock, monkeypatch: pytest.MonkeyPatch) -> None:
    failures: list[object] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: failures.append(failure.exc_type))
    done = threading.Event()
    system_clock.after(0, lambda: 1 / 0)
    system_clock.after(0.01, done.set)
    assert done.wait(5)
    assert failures == [ZeroDivisionError]


def test_a_plan_may_close_the_clock(system_clock: SystemClock) -> None:
    done = threading.Event()
    system_clock.after(0, lambda: (system_clock.close(), system_clock.join(), done.set()))
    system_clock.after(60, lambda: None)
    assert done.wait(5)
