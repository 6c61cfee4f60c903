"""PUBACKs that wait to be sent together."""

from __future__ import annotations

from collections import deque

from instagrapi.realtime.protocol.packets import encode_puback

#: PUBACKs are collected while packets are at hand, but at most so many and so long (seconds).
MAX_HELD_ACKS = 64
MAX_ACK_DELAY = 0.05


class AckQueue:
    """Collects packet identifiers; the times are an argument. Any thread may add, any may take, nothing is lost."""

    def __init__(self) -> None:
        self._packet_ids: deque[int] = deque()
        self._oldest = 0.0

    def __len__(self) -> int:
        return len(self._packet_ids)

    def add(self, packet_id: int, now: float) -> None:
        """Collects one."""
        if not self._packet_ids:
            self._oldest = now
        self._packet_ids.append(packet_id)

    def is_due(self, now: float) -> bool:
        """Whether there are enough, or one that has waited long enough."""
        return len(self._packet_ids) >= MAX_HELD_ACKS or now - self._oldest >= MAX_ACK_DELAY

    def take(self) -> bytes:
        """The packets, in order; the queue is empty then."""
        packets = bytearray()
        while self._packet_ids:
            try:
                packets += encode_puback(self._packet_ids.popleft())
            except IndexError:  # another thread took it
                break
        return bytes(packets)
