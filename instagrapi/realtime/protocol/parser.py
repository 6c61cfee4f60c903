"""Cuts a stream of bytes into control packets, however the stream was split on its way."""

from __future__ import annotations

from instagrapi.exceptions import LimitExceeded, MalformedPacket, RealtimeProtocolError
from instagrapi.realtime.protocol.packets import Packet, decode_packet

DEFAULT_MAX_PACKET_SIZE = 8 * 2**20


class PacketParser:
    """Collects bytes and gives packets. Failed stays failed.

    ``feed`` never raises for what the peer sent: it returns the packets that were complete, and on a violation sets
    ``error``, after which every later call returns nothing. The size of a packet is checked as soon as its length is
    known, before its body is collected.

    Args:
        max_packet_size: largest packet to accept, in bytes, fixed header included.
    """

    def __init__(self, *, max_packet_size: int = DEFAULT_MAX_PACKET_SIZE) -> None:
        self.error: RealtimeProtocolError | None = None
        self._max_packet_size = max_packet_size
        self._partial = bytearray()
        self._needed = 0

    @property
    def inside_packet(self) -> bool:
        """Whether the stream stands in the middle of a packet."""
        return bool(self._partial)

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that ``data`` completes, in order."""
        if self.error:
            return []
        if self._partial:
            self._partial += data
            if len(self._partial) < self._needed:
                return []
            data = bytes(self._partial)
            self._partial.clear()
        packets: list[Packet] = []
        try:
            position = self._parse(data, packets)
        except RealtimeProtocolError as error:
            self.error = error
            return packets
        if position < len(data):
            self._partial += data[position:]
        return packets

    def _parse(self, data: bytes, packets: list[Packet]) -> int:
        """Appends the complete packets of ``data`` and returns where the first incomplete one starts."""
        position, available = 0, len(data)
        while True:
            header = read_fixed_header(data, position, self._max_packet_size)
            if header is None:
                self._needed = available - position + 1
                return position
            body, end = header
            if end > available:
                self._needed = end - position
                return position
            packets.append(decode_packet(data[position], data[body:end]))
            position = end


def read_fixed_header(data: bytes | bytearray, position: int, max_packet_size: int) -> tuple[int, int] | None:
    """Where the body of the packet at ``position`` starts and ends; ``None`` when its length is not there yet.

    Raises:
        MalformedPacket: the remaining length has more than four bytes (MQTT 3.1.1 section 2.2.3).
        LimitExceeded: the whole packet would be longer than ``max_packet_size``.
    """
    available, offset, length, shift = len(data), position, 0, 0
    while shift < 28:
        offset += 1
        if offset >= available:
            return None
        digit = data[offset]
        length |= (digit & 0x7F) << shift
        if digit < 0x80:
            end = offset + 1 + length
            if end - position > max_packet_size:
                raise LimitExceeded(f"a packet of {end - position} bytes exceeds the limit of {max_packet_size} bytes")
            return offset + 1, end
        shift += 7
    raise MalformedPacket("the remaining length has more than four bytes")
