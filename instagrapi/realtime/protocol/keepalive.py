"""When to send PINGREQ and when to call the connection dead. Decides, does not act; the time is an argument."""

from __future__ import annotations

import enum

#: PINGREQ goes out this many seconds before the keep alive runs out, so that it arrives in time.
MARGIN = 0.5


class Verdict(enum.Enum):
    """What the keep alive asks for."""

    FINE = enum.auto()
    SEND_PING = enum.auto()
    DEAD = enum.auto()


class KeepAlive:
    """The keep alive of one connection (MQTT 3.1.1 section 3.1.2.10).

    A line on which either direction was silent for one keep alive needs a PINGREQ. When half a keep alive then passes
    without a byte, the connection is dead: a dead line is noticed within one and a half keep alives. Other data buys
    time, because PINGRESP may be queued behind it, up to one keep alive after the PINGREQ; a single packet that keeps
    arriving buys as much as it needs.

    Args:
        interval: the keep alive in seconds; 0 switches it off, as in MQTT.
        now: the current time in seconds, of any clock that never goes back.
    """

    def __init__(self, interval: float, now: float) -> None:
        self.interval = interval
        #: Round trip of the last PINGREQ in seconds.
        self.latency: float | None = None
        self.last_received = now
        self._last_sent = now
        self._ping_sent: float | None = None

    @property
    def ping_outstanding(self) -> bool:
        """Whether a PINGREQ waits for its PINGRESP."""
        return self._ping_sent is not None

    def sent(self, now: float) -> None:
        """Bytes went out."""
        self._last_sent = now

    def received(self, now: float) -> None:
        """Bytes came in."""
        self.last_received = now

    def ping_sent(self, now: float) -> None:
        """A PINGREQ went out."""
        if self._ping_sent is None:
            self._ping_sent = now

    def pong_received(self, now: float) -> None:
        """A PINGRESP came in."""
        if self._ping_sent is not None:
            self.latency = now - self._ping_sent
            self._ping_sent = None

    def wake_at(self, *, inside_packet: bool = False) -> float | None:
        """When :meth:`verdict` must be asked again at the latest; ``None`` for never."""
        if self.interval <= 0:
            return None
        if self._ping_sent is None:
            return min(self._last_sent, self.last_received) + max(self.interval - MARGIN, self.interval / 2)
        patience = max(self._ping_sent, self.last_received) + self.interval / 2
        # PINGRESP may be stuck behind other data, but not for ever, except behind one packet that is still arriving.
        return patience if inside_packet else min(patience, self._ping_sent + self.interval)

    def verdict(self, now: float, *, inside_packet: bool = False) -> Verdict:
        """What to do at the time ``now``; ``inside_packet`` says that part of a packet has arrived."""
        wake_at = self.wake_at(inside_packet=inside_packet)
        if wake_at is None or now < wake_at:
            return Verdict.FINE
        return Verdict.SEND_PING if self._ping_sent is None else Verdict.DEAD
