"""One lock around the world, and the moment at which everybody is told what changed under it."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from instagrapi.emulator.clock import Clock
from instagrapi.emulator.dialect import Dialect
from instagrapi.emulator.fault import Board
from instagrapi.emulator.journal import Journal
from instagrapi.emulator.media import Media
from instagrapi.emulator.tally import Tally
from instagrapi.emulator.timeline import Timeline
from instagrapi.emulator.world import World

if TYPE_CHECKING:
    from instagrapi.emulator.link import Link

T = TypeVar("T")


class Hub:
    """The facade through which every thread touches the world.

    Under the lock nothing is ever sent, so that a client which does not read cannot stop the world: packets are put
    into links in the order of what happened, and the links are flushed when the lock is given back.

    Attributes:
        clock: what time it is, and what is planned.
        dialect: which wire forms the realtime broker speaks.
        faults: what is out of order.
        journal: what programs did lately.
        media: files that can be downloaded.
        tally: what they did, in numbers.
        timeline: what happened, for people.
        links: the open connections.
    """

    def __init__(self, world: World, clock: Clock) -> None:
        self.clock = clock
        self.dialect = Dialect()
        self.faults = Board(lambda what: self.note("fault", what))
        self.journal = Journal()
        self.media = Media(clock.time)
        self.tally = Tally()
        self.timeline = Timeline()
        self.links: list[Link] = []
        self._world = world
        self._changed = threading.Condition(threading.RLock())
        self._depth = 0

    def note(self, who: object, what: str) -> None:
        """Adds a line to the timeline."""
        self.timeline.note(self.clock.elapsed, str(who), what)

    @contextlib.contextmanager
    def changing(self) -> Iterator[World]:
        """The world, for this thread alone. May be nested; what changed is told at the outermost end."""
        links: list[Link] = []
        try:
            with self._changed:
                self._depth += 1
                try:
                    yield self._world
                finally:
                    self._depth -= 1
                    self._changed.notify_all()
                    if self._depth == 0:
                        links = list(self.links)
        finally:
            for link in links:
                link.flush()

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
