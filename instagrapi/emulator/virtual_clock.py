"""A clock that only moves when somebody waits."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from instagrapi.emulator.clock import Clock, Timer

#: So many in a second; time moves by whole ones.
_TICKS = 1_000_000
#: What ``monotonic`` shows at the beginning, in ticks; a real one does not begin at 0 either.
_ORIGIN = 10_000 * _TICKS


class NothingToWaitFor(RuntimeError):
    """Somebody waits on a virtual clock for something that will never happen."""


class VirtualClock(Clock):
    """A clock that only moves when somebody waits or advances it; then everything planned happens at its time.

    All on the calling thread.

    Args:
        epoch: unix time at the beginning, by default the first of January 2026.
        limit: seconds after which waiting is an error: a program that should have ended waits for ever.
    """

    def __init__(self, epoch: float = 1_767_225_600.0, limit: float = 366 * 86_400.0) -> None:
        super().__init__()
        self._epoch = epoch
        self._limit = limit
        #: Ticks since the beginning. Counted, because sums of fractions would drift, and a wait for less than a number
        #: of that size can hold would be one for nothing at all, for ever.
        self._now = 0

    @property
    def elapsed(self) -> float:
        """Seconds since the clock was made."""
        return self._now / _TICKS

    def time(self) -> float:
        """Unix time in seconds."""
        return self._epoch + self.elapsed

    def monotonic(self) -> float:
        """Seconds that never go back."""
        return (_ORIGIN + self._now) / _TICKS

    def jump(self, seconds: float) -> None:
        """Sets unix time forward, or back, as a computer does that finds its clock wrong; nothing else moves."""
        self._epoch += seconds

    def wait(self, seconds: float) -> None:
        """The same as :meth:`advance`."""
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Lets so many seconds pass.

        Raises:
            ValueError: time does not go back.
        """
        if seconds < 0:
            raise ValueError("time does not go back")
        end = self._ticks(self.elapsed + seconds)
        while self._step(end):
            pass

    def event(self) -> VirtualEvent:
        """A new event that is waited for on this clock."""
        return VirtualEvent(self)

    def wait_until(self, condition: Callable[[], object], timeout: float | None) -> bool:
        """Lets time pass until ``condition`` is true or the seconds are over; tells which."""
        end = None if timeout is None else self._ticks(self.elapsed + timeout)
        while not condition():
            if not self._step(end):
                return bool(condition())
        return True

    def _step(self, end: int | None) -> bool:
        """Goes to the next moment that something is planned for and does that one thing; otherwise goes to the end.

        Returns:
            whether something was planned before the end.

        Raises:
            NothingToWaitFor: nothing is planned and there is no end, or the clock's limit is reached.
        """
        while self._schedule and (end is None or self._schedule[0][0] <= end):
            moment, _, timer = heapq.heappop(self._schedule)
            if timer.is_cancelled:
                continue
            self._go_to(int(moment))
            timer.run()
            return True
        if end is None:
            raise NothingToWaitFor("nothing is planned: this would wait for ever")
        self._go_to(end)
        return False

    def _plan(self, moment: float, timer: Timer) -> None:
        super()._plan(self._ticks(moment), timer)

    def _ticks(self, moment: float) -> int:
        """The tick of a moment; one that lies ahead is at least the next one."""
        ticks = round(moment * _TICKS)
        return max(ticks, self._now + (moment > self.elapsed))

    def _go_to(self, moment: int) -> None:
        if moment > self._limit * _TICKS:
            raise NothingToWaitFor(f"somebody still waits after {self._limit:g} seconds")
        self._now = max(self._now, moment)


class VirtualEvent:
    """What ``threading.Event`` does, on a virtual clock: waiting lets time pass, in which it may be set."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it was set and not cleared since."""
        return self._is_set

    def set(self) -> None:
        """Ends the waiting."""
        self._is_set = True

    def clear(self) -> None:
        """Makes the next :meth:`wait` wait again."""
        self._is_set = False

    def wait(self, timeout: float | None = None) -> bool:
        """Lets time pass until it is set or the seconds are over; tells whether it is set."""
        return self._clock.wait_until(self.is_set, timeout)
