"""The MQTT control packets that MQTToT uses, one immutable value each.

Types and flags are those of MQTT 3.1.1 section 2.2, named by paho-mqtt's enums. CONNECT and CONNACK are MQTToT's own:
CONNECT carries a deflated thrift struct instead of the usual fields, CONNACK may carry a JSON text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, NamedTuple, TypeAlias

from paho.mqtt.enums import MessageType

from instagrapi.exceptions import LocalProtocolError, MalformedPacket

PROTOCOL_NAME = b"MQTToT"
PROTOCOL_LEVEL = 3
#: User name, password and clean session (MQTT 3.1.1 section 3.1.2.3), though no such field follows.
CONNECT_FLAGS = 0xC2

#: Four length bytes of seven bits each (MQTT 3.1.1 section 2.2.3).
MAX_REMAINING_LENGTH = 268_435_455
MAX_PACKET_ID = 65_535


def encode_remaining_length(length: int) -> bytes:
    """The length as base-128 digits, least significant first (MQTT 3.1.1 section 2.2.3).

    Raises:
        LocalProtocolError: the length does not fit into four bytes.
    """
    if not 0 <= length <= MAX_REMAINING_LENGTH:
        raise LocalProtocolError(f"a packet of {length} bytes is longer than MQTT can say")
    digits = bytearray()
    while length > 0x7F:
        digits.append(length & 0x7F | 0x80)
        length >>= 7
    digits.append(length)
    return bytes(digits)


def _frame(first_byte: int, body: bytes) -> bytes:
    return bytes((first_byte,)) + encode_remaining_length(len(body)) + body


def _text(value: str) -> bytes:
    raw = value.encode()
    if len(raw) > 0xFFFF:
        raise LocalProtocolError("a topic is longer than 65535 bytes")
    return len(raw).to_bytes(2, "big") + raw


class _Packet:
    """What all packets share: their type, by MQTT's number and by name."""

    __slots__ = ()
    type: ClassVar[MessageType]

    @property
    def packet_type(self) -> str:
        """The type in lower case: ``publish``, ``puback``, ``pingresp``, …"""
        return self.type.name.lower()


@dataclass(frozen=True, slots=True)
class Connect(_Packet):
    """CONNECT. ``payload`` is the deflated CONNECT struct, ``keep_alive`` is in seconds."""

    type = MessageType.CONNECT
    keep_alive: int
    payload: bytes = field(repr=False)
    protocol_name: str = PROTOCOL_NAME.decode()
    protocol_level: int = PROTOCOL_LEVEL
    flags: int = CONNECT_FLAGS

    def encode(self) -> bytes:
        """The whole packet."""
        head = _text(self.protocol_name) + bytes((self.protocol_level, self.flags))
        return _frame(MessageType.CONNECT, head + self.keep_alive.to_bytes(2, "big") + self.payload)

    @classmethod
    def decode(cls, flags: int, body: bytes) -> Connect:
        """Reads what follows the fixed header."""
        name, position = _read_text(body, 0)
        if len(body) < position + 4:
            raise MalformedPacket("CONNECT ends before its keep alive")
        return cls(
            keep_alive=int.from_bytes(body[position + 2 : position + 4], "big"),
            payload=body[position + 4 :],
            protocol_name=name,
            protocol_level=body[position],
            flags=body[position + 1],
        )


@dataclass(frozen=True, slots=True)
class ConnAck(_Packet):
    """CONNACK. ``payload`` is the JSON text that FBNS adds, without its length prefix; empty on realtime."""

    type = MessageType.CONNACK
    return_code: int
    payload: bytes = field(default=b"", repr=False)
    flags: int = 0

    def encode(self) -> bytes:
        """The whole packet."""
        tail = len(self.payload).to_bytes(2, "big") + self.payload if self.payload else b""
        return _frame(MessageType.CONNACK, bytes((self.flags, self.return_code)) + tail)

    @classmethod
    def decode(cls, flags: int, body: bytes) -> ConnAck:
        """Reads what follows the fixed header; tolerates a JSON text without length prefix."""
        if len(body) < 2:
            raise MalformedPacket("CONNACK is shorter than two bytes")
        payload = body[2:]
        if len(payload) >= 2 and int.from_bytes(payload[:2], "big") == len(payload) - 2:
            payload = payload[2:]
        return cls(return_code=body[1], payload=payload, flags=body[0])


class Publish(NamedTuple):
    """PUBLISH with QoS 0 (no ``packet_id``) or QoS 1. ``topic`` is the decimal id as text.

    The one packet that comes in masses: a named tuple is made three times as fast as a frozen dataclass.
    """

    topic: str
    payload: bytes
    packet_id: int | None = None
    duplicate: bool = False

    @property
    def type(self) -> MessageType:
        """MQTT's number of the type."""
        return MessageType.PUBLISH

    @property
    def packet_type(self) -> str:
        """The type in lower case."""
        return "publish"

    @property
    def qos(self) -> int:
        """0 or 1."""
        return 0 if self.packet_id is None else 1

    def __repr__(self) -> str:
        return f"Publish(topic={self.topic!r}, {len(self.payload)} bytes, packet_id={self.packet_id})"

    def encode(self) -> bytes:
        """The whole packet."""
        if self.packet_id is None:
            return _frame(MessageType.PUBLISH, _text(self.topic) + self.payload)
        first_byte = MessageType.PUBLISH | 0x02 | (0x08 if self.duplicate else 0)
        return _frame(first_byte, _text(self.topic) + self.packet_id.to_bytes(2, "big") + self.payload)

    @classmethod
    def decode(cls, flags: int, body: bytes) -> Publish:
        """Reads what follows the fixed header."""
        topic, position = _read_text(body, 0)
        if flags & 0x06 == 0x02:
            return cls(topic, body[position + 2 :], _read_packet_id(body, position), flags & 0x08 != 0)
        if flags & 0x06:
            raise MalformedPacket(f"PUBLISH with QoS {flags >> 1 & 3}, which MQTToT does not use")
        return cls(topic, body[position:])


@dataclass(frozen=True, slots=True)
class _Acknowledgement(_Packet):
    packet_id: int

    def encode(self) -> bytes:
        """The whole packet."""
        return _frame(self.type, self.packet_id.to_bytes(2, "big"))


@dataclass(frozen=True, slots=True)
class PubAck(_Acknowledgement):
    """PUBACK: the other side has the PUBLISH of that identifier."""

    type = MessageType.PUBACK

    @classmethod
    def decode(cls, flags: int, body: bytes) -> PubAck:
        """Reads what follows the fixed header; the flag bits are not checked, brokers set them."""
        return cls(_read_packet_id(body, 0))


def encode_puback(packet_id: int) -> bytes:
    """PUBACK without making a packet of it first, for acknowledging in masses."""
    return b"\x40\x02" + packet_id.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class UnsubAck(_Acknowledgement):
    """UNSUBACK."""

    type = MessageType.UNSUBACK

    @classmethod
    def decode(cls, flags: int, body: bytes) -> UnsubAck:
        """Reads what follows the fixed header."""
        return cls(_read_packet_id(body, 0))


@dataclass(frozen=True, slots=True)
class Subscribe(_Packet):
    """SUBSCRIBE to ``topics``, all with the same QoS."""

    type = MessageType.SUBSCRIBE
    packet_id: int
    topics: tuple[str, ...]
    qos: int = 1

    def encode(self) -> bytes:
        """The whole packet; the lower header bits are 0010 (MQTT 3.1.1 section 3.8.1)."""
        wishes = b"".join(_text(topic) + bytes((self.qos,)) for topic in self.topics)
        return _frame(MessageType.SUBSCRIBE | 0x02, self.packet_id.to_bytes(2, "big") + wishes)

    @classmethod
    def decode(cls, flags: int, body: bytes) -> Subscribe:
        """Reads what follows the fixed header."""
        packet_id, position, topics, qos = _read_packet_id(body, 0), 2, [], 0
        while position < len(body):
            topic, position = _read_text(body, position)
            if position >= len(body):
                raise MalformedPacket("SUBSCRIBE ends before a QoS")
            qos, position = body[position], position + 1
            topics.append(topic)
        return cls(packet_id, tuple(topics), qos)


@dataclass(frozen=True, slots=True)
class SubAck(_Packet):
    """SUBACK: what was granted per topic, 0x80 meaning refused."""

    type = MessageType.SUBACK
    packet_id: int
    return_codes: tuple[int, ...]

    def encode(self) -> bytes:
        """The whole packet."""
        return _frame(MessageType.SUBACK, self.packet_id.to_bytes(2, "big") + bytes(self.return_codes))

    @classmethod
    def decode(cls, flags: int, body: bytes) -> SubAck:
        """Reads what follows the fixed header."""
        return cls(_read_packet_id(body, 0), tuple(body[2:]))


@dataclass(frozen=True, slots=True)
class Unsubscribe(_Packet):
    """UNSUBSCRIBE from ``topics``."""

    type = MessageType.UNSUBSCRIBE
    packet_id: int
    topics: tuple[str, ...]

    def encode(self) -> bytes:
        """The whole packet; the lower header bits are 0010 (MQTT 3.1.1 section 3.10.1)."""
        body = self.packet_id.to_bytes(2, "big") + b"".join(map(_text, self.topics))
        return _frame(MessageType.UNSUBSCRIBE | 0x02, body)

    @classmethod
    def decode(cls, flags: int, body: bytes) -> Unsubscribe:
        """Reads what follows the fixed header."""
        packet_id, position, topics = _read_packet_id(body, 0), 2, []
        while position < len(body):
            topic, position = _read_text(body, position)
            topics.append(topic)
        return cls(packet_id, tuple(topics))


@dataclass(frozen=True, slots=True)
class _Bare(_Packet):
    def encode(self) -> bytes:
        """The whole packet: two bytes."""
        return bytes((self.type, 0))


@dataclass(frozen=True, slots=True)
class PingReq(_Bare):
    """PINGREQ. Either side may send it."""

    type = MessageType.PINGREQ

    @classmethod
    def decode(cls, flags: int, body: bytes) -> PingReq:
        """Nothing follows the fixed header."""
        return cls()


@dataclass(frozen=True, slots=True)
class PingResp(_Bare):
    """PINGRESP."""

    type = MessageType.PINGRESP

    @classmethod
    def decode(cls, flags: int, body: bytes) -> PingResp:
        """Nothing follows the fixed header."""
        return cls()


@dataclass(frozen=True, slots=True)
class Disconnect(_Bare):
    """DISCONNECT. The broker may send it too."""

    type = MessageType.DISCONNECT

    @classmethod
    def decode(cls, flags: int, body: bytes) -> Disconnect:
        """Nothing follows the fixed header."""
        return cls()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A packet of a type that MQTToT does not use; passed through so that nothing is lost."""

    first_byte: int
    body: bytes = field(repr=False)

    @property
    def packet_type(self) -> str:
        """The number of the type, as text."""
        return str(self.first_byte >> 4)

    def encode(self) -> bytes:
        """The whole packet."""
        return _frame(self.first_byte, self.body)


Packet: TypeAlias = (
    Connect
    | ConnAck
    | Publish
    | PubAck
    | Subscribe
    | SubAck
    | Unsubscribe
    | UnsubAck
    | PingReq
    | PingResp
    | Disconnect
    | Unknown
)

_DECODERS: dict[int, Callable[[int, bytes], Packet]] = {
    MessageType.CONNECT >> 4: Connect.decode,
    MessageType.CONNACK >> 4: ConnAck.decode,
    MessageType.PUBLISH >> 4: Publish.decode,
    MessageType.PUBACK >> 4: PubAck.decode,
    MessageType.SUBSCRIBE >> 4: Subscribe.decode,
    MessageType.SUBACK >> 4: SubAck.decode,
    MessageType.UNSUBSCRIBE >> 4: Unsubscribe.decode,
    MessageType.UNSUBACK >> 4: UnsubAck.decode,
    MessageType.PINGREQ >> 4: PingReq.decode,
    MessageType.PINGRESP >> 4: PingResp.decode,
    MessageType.DISCONNECT >> 4: Disconnect.decode,
}


def decode_packet(first_byte: int, body: bytes) -> Packet:
    """The packet whose fixed header starts with ``first_byte`` and whose remaining bytes are ``body``.

    Raises:
        MalformedPacket: the body is too short for its type, or uses what MQTToT does not have.
    """
    decode = _DECODERS.get(first_byte >> 4)
    return decode(first_byte & 0x0F, body) if decode else Unknown(first_byte, body)


def _read_text(body: bytes, position: int) -> tuple[str, int]:
    start = position + 2
    if len(body) < start:
        raise MalformedPacket("a packet ends before the length of a text")
    end = start + (body[position] << 8 | body[position + 1])
    if len(body) < end:
        raise MalformedPacket("a text is longer than its packet")
    try:
        return body[start:end].decode(), end
    except UnicodeDecodeError:
        raise MalformedPacket("a topic is not UTF-8") from None


def _read_packet_id(body: bytes, position: int) -> int:
    if len(body) < position + 2:
        raise MalformedPacket("a packet ends before its packet identifier")
    return body[position] << 8 | body[position + 1]
