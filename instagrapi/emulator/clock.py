"""What time it is in the emulator, and what is planned for later."""

from __future__ import annotations

import heapq
import itertools
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable


class Timer:
    """Something that is planned, until it happens or is cancelled."""

    def __init__(self, act: Callable[[], object]) -> None:
        self._act: Callable[[], object] | None = act

    def cancel(self) -> None:
        """Forgets it; harmless when it is over."""
        self._act = None

    @property
    def is_cancelled(self) -> bool:
        """Whether it will not happen any more."""
        return self._act is None

    def run(self) -> None:
        """Does it, unless it was cancelled."""
        if self._act is not None:
            self._act()


class Clock(ABC):
    """Seconds since the beginning, in three forms from one source, and a schedule.

    What is planned for the same moment happens in the order in which it was planned.
    """

    def __init__(self) -> None:
        self._schedule: list[tuple[float, int, Timer]] = []
        self._order = itertools.count()

    @property
    @abstractmethod
    def elapsed(self) -> float:
        """Seconds since the clock was made."""

    @abstractmethod
    def time(self) -> float:
        """Unix time in seconds."""

    @abstractmethod
    def monotonic(self) -> float:
        """Seconds that never go back, such as a client's ``clock`` gives."""

    @abstractmethod
    def wait(self, seconds: float) -> None:
        """Lets time pass."""

    def at(self, moment: float, act: Callable[[], object]) -> Timer:
        """Plans something for when so many seconds have passed since the clock was made, or for now if that is over."""
        timer = Timer(act)
        self._plan(max(moment, self.elapsed), timer)
        return timer

    def after(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Plans something for so many seconds from now."""
        return self.at(self.elapsed + seconds, act)

    def every(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Plans something for so many seconds from now, and again and again until it is cancelled.

        Raises:
            ValueError: that is no time at all.
        """
        if seconds <= 0:
            raise ValueError("what is repeated takes time")

        def repeat() -> None:
            act()
            if not timer.is_cancelled:
                self._plan(self.elapsed + seconds, timer)

        timer = Timer(repeat)
        self._plan(self.elapsed + seconds, timer)
        return timer

    def _plan(self, moment: float, timer: Timer) -> None:
        heapq.heappush(self._schedule, (moment, next(self._order), timer))


class SystemClock(Clock):
    """The computer's time. What is planned happens between :meth:`open` and :meth:`close`, on a thread of its own.

    Args:
        unix: gives unix time in seconds.
    """

    def __init__(self, unix: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._unix = unix
        self._began = time.monotonic()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()
        self._closed.set()

    @property
    def elapsed(self) -> float:
        """Seconds since the clock was made."""
        return time.monotonic() - self._began

    def time(self) -> float:
        """Unix time in seconds."""
        return self._unix()

    def monotonic(self) -> float:
        """The same as ``time.monotonic``."""
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        """Sleeps, but not after :meth:`close`."""
        self._closed.wait(seconds)

    def open(self) -> None:
        """Lets plans be carried out (again)."""
        self._closed.clear()
        with self._changed:
            self._ensure_thread()

    def close(self) -> None:
        """Ends every :meth:`wait`, forgets all plans and carries out no more."""
        self._closed.set()
        with self._changed:
            self._schedule.clear()
            self._changed.notify_all()

    def join(self) -> None:
        """Waits, after :meth:`close`, for the plan that is being carried out."""
        with self._changed:
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _plan(self, moment: float, timer: Timer) -> None:
        with self._changed:
            super()._plan(moment, timer)
            self._ensure_thread()
            self._changed.notify_all()

    def _ensure_thread(self) -> None:
        if self._thread is None and self._schedule and not self._closed.is_set():
            self._thread = threading.Thread(target=self._run, name="emulator-clock", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            while (timer := self._next()) is not None:
                timer.run()
        finally:
            # A plan that failed must not take the others with it.
            with self._changed:
                self._thread = None
                self._ensure_thread()

    def _next(self) -> Timer | None:
        """The next plan when its time has come; ``None`` when there is nothing left to do."""
        with self._changed:
            while self._schedule and not self._closed.is_set():
                remaining = self._schedule[0][0] - self.elapsed
                if remaining <= 0:
                    return heapq.heappop(self._schedule)[2]
                self._changed.wait(remaining)
            return None
