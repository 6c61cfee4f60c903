"""One lock around the world, and the moment at which everybody is told what changed under it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Protocol, TypeVar

from instagrapi.emulator.dialect import Dialect
from instagrapi.emulator.journal import Journal
from instagrapi.emulator.world import World

T = TypeVar("T")


class Outlet(Protocol):
    """Something with packets that wait to be sent."""

    def flush(self) -> None:
        """Sends them; never raises."""


class Hub:
    """The facade through which every thread touches the world.

    Under the lock nothing is ever sent, so that a client which does not read cannot stop the world: packets are put
    into outlets in the order of what happened, and the outlets are flushed when the lock is given back.

    Attributes:
        dialect: which wire forms the realtime broker speaks.
        journal: what programs did.
        outlets: the open connections.
    """

    def __init__(self, world: World, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.dialect = Dialect()
        self.journal = Journal()
        self.outlets: list[Outlet] = []
        self._world = world
        self._changed = threading.Condition(threading.RLock())
        self._depth = 0

    @contextlib.contextmanager
    def changing(self) -> Iterator[World]:
        """The world, for this thread alone. May be nested; what changed is told at the outermost end."""
        outlets: list[Outlet] = []
        try:
            with self._changed:
                self._depth += 1
                try:
                    yield self._world
                finally:
                    self._depth -= 1
                    self._changed.notify_all()
                    if self._depth == 0:
                        outlets = list(self.outlets)
        finally:
            for outlet in outlets:
                outlet.flush()

    def wait_until(self, condition: Callable[[], T], timeout: float) -> T:
        """The first true value of ``condition``, which is tried again after every change.

        Raises:
            TimeoutError: it did not become true within ``timeout`` seconds.
        """
        ends_at = time.monotonic() + timeout
        with self._changed:
            while not (value := condition()):
                remaining = ends_at - time.monotonic()
                if remaining <= 0:
                    raise TimeoutError(f"the emulator waited {timeout} seconds in vain")
                self._changed.wait(remaining)
            return value
