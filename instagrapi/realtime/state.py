"""What a client tells about itself: its state and its counters."""

from __future__ import annotations

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
