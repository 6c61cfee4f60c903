"""What a client tells about itself: its state and its counters."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """Where a client stands."""

    IDLE = "idle"
    CONNECTING = "connecting"
    SUBSCRIBING = "subscribing"
    CATCHING_UP = "catching_up"
    LIVE = "live"
    BACKING_OFF = "backing_off"
    STOPPED = "stopped"
    FAILED = "failed"


#: Under which the copies that were left out are counted.
DUPLICATE = "duplicate"
#: States that need a connection.
STANDING = frozenset({State.SUBSCRIBING, State.CATCHING_UP, State.LIVE})


class StateChanges:
    """Changes of state on their way to handlers: each once, in order, whoever makes them.

    A change may be noted with a lock held; it is told by whoever next holds none. One thread tells at a time. What
    changes meanwhile, in a handler or in another thread, it tells as well, when the handlers have returned.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[tuple[State, State]] = deque()
        self._told_by: int | None = None

    @property
    def is_mine(self) -> bool:
        """Whether this thread is telling."""
        return self._told_by == threading.get_ident()

    def note(self, previous: State, state: State) -> None:
        """The state has changed."""
        self._waiting.append((previous, state))

    def tell(self, handle: Callable[[State, State], None]) -> None:
        """Hands over what waits, unless somebody does already."""
        while (change := self._next()) is not None:
            try:
                handle(*change)
            finally:
                self._told_by = None

    def _next(self) -> tuple[State, State] | None:
        with self._lock:
            if self._told_by is not None or not self._waiting:
                return None
            self._told_by = threading.get_ident()
            return self._waiting.popleft()


@dataclass(frozen=True, slots=True)
class Stats:
    """Counters since the client was made, and ages in seconds.

    Attributes:
        events: events by kind.
        ping_round_trip: seconds between the last PINGREQ and its PINGRESP.
        last_byte_age: seconds since the last byte came in.
    """

    packets_in: int
    packets_out: int
    bytes_in: int
    bytes_out: int
    connects: int
    reconnects: int
    events: dict[str, int] = field(default_factory=dict)
    ping_round_trip: float | None = None
    last_byte_age: float | None = None
