"""When the keep alive of a connection has to be looked at."""

from __future__ import annotations

from instagrapi.realtime.network.deadline import sooner
from instagrapi.realtime.protocol.keepalive import KeepAlive

_NEVER = float("inf")


class KeepAliveWatch:
    """Asks the keep alive only when it can want something: what moves over the line meanwhile only puts that off.

    Args:
        keep_alive: of the connection; its interval may change at any time.
    """

    def __init__(self, keep_alive: KeepAlive) -> None:
        self._keep_alive = keep_alive
        self._interval = keep_alive.interval
        #: Seconds of the clock at which to look at it.
        self.look_at = 0.0

    def is_early(self, now: float) -> bool:
        """Whether there is nothing to look at yet."""
        keep_alive = self._keep_alive
        return now < self.look_at and self._interval == keep_alive.interval and not keep_alive.ping_outstanding

    def has_looked(self, *, inside_packet: bool) -> None:
        """Notes when to look again, after what the keep alive wanted was done."""
        wake_at = self._keep_alive.wake_at(inside_packet=inside_packet)
        self.look_at, self._interval = _NEVER if wake_at is None else wake_at, self._keep_alive.interval

    def patience(self, remaining: float | None, now: float) -> float | None:
        """How many of the seconds that remain the line may be quiet before the next look; ``None`` for ever."""
        until_look = None if self.look_at == _NEVER else max(0.0, self.look_at - now)
        return sooner(remaining, until_look)
