"""An MQTToT client session without I/O, clock or thread: the state machine between bytes and packets.

What it will not do: open or close anything, wait, ping by itself, resend, acknowledge by itself, or know what a topic
means. It is not thread-safe; whoever owns it holds a lock.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple

from instagrapi.exceptions import (
    ConnectionLost,
    LocalProtocolError,
    MalformedPacket,
    NotConnectedError,
    RealtimeError,
)
from instagrapi.realtime.protocol.packets import (
    MAX_PACKET_ID,
    ConnAck,
    Connect,
    Disconnect,
    Packet,
    PingReq,
    PubAck,
    Publish,
    SubAck,
    Subscribe,
    UnsubAck,
    Unsubscribe,
)
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE, PacketParser


class SessionState(enum.Enum):
    """Where a session stands. The table in :class:`MQTToTSession` says what leads where."""

    NEW = enum.auto()
    CONNECTING = enum.auto()
    OPEN = enum.auto()
    CLOSING = enum.auto()
    CLOSED = enum.auto()
    FAILED = enum.auto()


class Outgoing(NamedTuple):
    """What to write, and the packet identifier that its acknowledgement will carry."""

    packet_id: int
    data: bytes


class MQTToTSession:
    """The client's side of one MQTToT connection.

    ===========  =======================================  ==========
    state        call or packet                           next
    ===========  =======================================  ==========
    NEW          ``send_connect``                         CONNECTING
    NEW          any packet                               FAILED
    CONNECTING   CONNACK with code 0                      OPEN
    CONNECTING   CONNACK with another code                CLOSED
    CONNECTING   any other packet                         FAILED
    OPEN         DISCONNECT                               CLOSED
    OPEN         any other packet                         OPEN
    any live     ``send_disconnect``                      CLOSING
    any live     malformed bytes, a limit exceeded        FAILED
    CLOSING      DISCONNECT, end of stream                CLOSED
    any live     end of stream                            FAILED
    ===========  =======================================  ==========

    ``feed`` never raises for what the peer did: packets that were complete before a violation are returned, and the
    violation becomes the state FAILED with ``error`` set. ``send_*`` returns the bytes to write.

    Args:
        max_packet_size: largest packet to accept, in bytes.
    """

    def __init__(self, *, max_packet_size: int = DEFAULT_MAX_PACKET_SIZE) -> None:
        self.state = SessionState.NEW
        self.error: RealtimeError | None = None
        self._parser = PacketParser(max_packet_size=max_packet_size)
        self._last_packet_id = 0
        self._in_flight: dict[int, None] = {}

    @property
    def in_flight(self) -> frozenset[int]:
        """Identifiers of what was sent and not acknowledged."""
        return frozenset(self._in_flight)

    @property
    def inside_packet(self) -> bool:
        """Whether part of a packet has arrived."""
        return self._parser.inside_packet

    # --- bytes in --------------------------------------------------------------------------------------------------

    def feed(self, data: bytes) -> list[Packet]:
        """The packets that ``data`` completes, in order; see the class for violations."""
        if self.state in (SessionState.CLOSED, SessionState.FAILED):
            return []
        packets = self._parser.feed(data)
        if self.state is not SessionState.OPEN or self._parser.error:
            return self._advance(packets)
        for index, packet in enumerate(packets):
            if type(packet) is not Publish and not self._note(packet):
                return packets[: index + 1]
        return packets

    def feed_eof(self) -> None:
        """The stream ended."""
        if self.state is SessionState.CLOSING:
            self.state = SessionState.CLOSED
        elif self.state not in (SessionState.CLOSED, SessionState.FAILED):
            where = "in the middle of a packet" if self.inside_packet else "without DISCONNECT"
            self._fail(ConnectionLost(f"the broker closed the connection {where}"))

    def _advance(self, packets: list[Packet]) -> list[Packet]:
        accepted: list[Packet] = []
        for packet in packets:
            if self.state is SessionState.CONNECTING:
                if not isinstance(packet, ConnAck):
                    self._fail(MalformedPacket(f"the broker answered CONNECT with {packet.packet_type.upper()}"))
                    return accepted
                self.state = SessionState.OPEN if packet.return_code == 0 else SessionState.CLOSED
            elif self.state is SessionState.NEW:
                self._fail(MalformedPacket("the broker spoke before CONNECT"))
                return accepted
            else:
                self._note(packet)
            accepted.append(packet)
            if self.state is SessionState.CLOSED:
                return accepted
        if self._parser.error:
            self._fail(self._parser.error)
        return accepted

    def _note(self, packet: Packet) -> bool:
        """Keeps track of acknowledgements and the end; false when nothing may follow."""
        if isinstance(packet, PubAck | SubAck | UnsubAck):
            self._in_flight.pop(packet.packet_id, None)
        elif isinstance(packet, Disconnect):
            if self.state is not SessionState.CLOSING:
                self.error = ConnectionLost("the broker sent DISCONNECT")
            self.state = SessionState.CLOSED
            return False
        return True

    def _fail(self, error: RealtimeError) -> None:
        self.state = SessionState.FAILED
        self.error = error

    # --- bytes out -------------------------------------------------------------------------------------------------

    def send_connect(self, connect: Connect) -> bytes:
        """CONNECT; once, as the first packet.

        Raises:
            LocalProtocolError: CONNECT was sent before.
        """
        if self.state is not SessionState.NEW:
            raise LocalProtocolError("CONNECT was sent before")
        data = connect.encode()
        self.state = SessionState.CONNECTING
        return data

    def skip_handshake(self) -> None:
        """Takes the session for open: the transport has done CONNECT and CONNACK itself."""
        if self.state is not SessionState.NEW:
            raise LocalProtocolError("the session has begun")
        self.state = SessionState.OPEN

    def send_publish(self, topic: str, payload: bytes) -> Outgoing:
        """PUBLISH with QoS 1.

        Raises:
            NotConnectedError: the session is not open.
        """
        self._require_open()
        packet_id = self._next_packet_id()
        return self._outgoing(packet_id, Publish(topic, payload, packet_id).encode())

    def send_publish_qos0(self, topic: str, payload: bytes) -> bytes:
        """PUBLISH with QoS 0, which nobody acknowledges."""
        self._require_open()
        return Publish(topic, payload).encode()

    def send_subscribe(self, topics: Sequence[str], *, qos: int = 1) -> Outgoing:
        """SUBSCRIBE."""
        self._require_open()
        packet_id = self._next_packet_id()
        return self._outgoing(packet_id, Subscribe(packet_id, tuple(topics), qos).encode())

    def send_unsubscribe(self, topics: Sequence[str]) -> Outgoing:
        """UNSUBSCRIBE."""
        self._require_open()
        packet_id = self._next_packet_id()
        return self._outgoing(packet_id, Unsubscribe(packet_id, tuple(topics)).encode())

    def send_pingreq(self) -> bytes:
        """PINGREQ."""
        self._require_open()
        return PingReq().encode()

    def send_disconnect(self) -> bytes:
        """DISCONNECT; nothing may be sent after it."""
        if self.state not in (SessionState.OPEN, SessionState.CONNECTING):
            raise NotConnectedError("there is no connection to end")
        self.state = SessionState.CLOSING
        return Disconnect().encode()

    def _require_open(self) -> None:
        if self.state is not SessionState.OPEN:
            raise NotConnectedError("not connected") from self.error

    def _outgoing(self, packet_id: int, data: bytes) -> Outgoing:
        self._in_flight[packet_id] = None
        return Outgoing(packet_id, data)

    def _next_packet_id(self) -> int:
        """The next identifier from 1 to 65,535 that is not in flight (MQTT 3.1.1 section 2.3.1)."""
        if len(self._in_flight) == MAX_PACKET_ID:
            # Nothing was acknowledged for 65,535 packets. Giving up the oldest keeps a sender alive whose broker
            # never acknowledges; what a command achieved is told by the answer on its topic anyway.
            del self._in_flight[next(iter(self._in_flight))]
        packet_id = self._last_packet_id % MAX_PACKET_ID + 1
        while packet_id in self._in_flight:
            packet_id = packet_id % MAX_PACKET_ID + 1
        self._last_packet_id = packet_id
        return packet_id
