"""PUBACKs that wait to be sent together."""

from __future__ import annotations

from collections import deque

from instagrapi.realtime.protocol.packets import encode_puback

#: PUBACKs are collected while packets are at hand, but at most so many and so long (seconds).
MAX_HELD_ACKS = 64
MAX_ACK_DELAY = 0.05


def take_pubacks(packet_ids: deque[int]) -> bytes:
    """The PUBACKs of all identifiers, in order, emptying the queue; another thread may be doing the same."""
    packets = bytearray()
    while packet_ids:
        try:
            packets += encode_puback(packet_ids.popleft())
        except IndexError:  # the other thread took it
            break
    return bytes(packets)
