"""One packet of each kind beside its bytes, written down from the tables of MQTT 3.1.1 chapter 3."""

from __future__ import annotations

import pytest

from instagrapi.realtime.protocol.packets import (
    ConnAck,
    Connect,
    Disconnect,
    Packet,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    SubAck,
    Subscribe,
    Unknown,
    UnsubAck,
    Unsubscribe,
)

_TABLE: list[tuple[str, Packet, str]] = [
    ("connect", Connect(keep_alive=300, payload=b"\x78\x9c"), "10 0e  0006 4d515454 6f54  03  c2  012c  789c"),
    ("connack", ConnAck(0), "20 02  00 00"),
    ("connack-refused", ConnAck(5), "20 02  00 05"),
    ("connack-fbns", ConnAck(0, b'{"ck":7}'), "20 0c  00 00  0008  7b22636b223a377d"),
    ("publish-qos0", Publish("88", b"hello"), "30 09  0002 3838  68656c6c6f"),
    ("publish-empty", Publish("34", b""), "30 04  0002 3334"),
    ("publish-qos1", Publish("146", b"hi", 258), "32 09  0003 313436  0102  6869"),
    ("publish-again", Publish("146", b"hi", 65535, duplicate=True), "3a 09  0003 313436  ffff  6869"),
    ("publish-128", Publish("9", b"." * 125), "30 8001  0001 39" + "2e" * 125),
    ("publish-long-topic", Publish("t" * 300, b"x"), "30 af02  012c" + "74" * 300 + "78"),
    ("puback", PubAck(513), "40 02  0201"),
    ("subscribe", Subscribe(10, ("76", "231")), "82 0d  000a  0002 3736 01  0003 323331 01"),
    ("subscribe-qos0", Subscribe(1, ("76",), qos=0), "82 07  0001  0002 3736 00"),
    ("suback", SubAck(10, (1, 0x80)), "90 04  000a  01 80"),
    ("unsubscribe", Unsubscribe(11, ("76", "231")), "a2 0b  000b  0002 3736  0003 323331"),
    ("unsuback", UnsubAck(11), "b0 02  000b"),
    ("pingreq", PingReq(), "c0 00"),
    ("pingresp", PingResp(), "d0 00"),
    ("disconnect", Disconnect(), "e0 00"),
    ("pubrec", Unknown(0x50, b"\x00\x01"), "50 02  0001"),
]

EXAMPLES = [pytest.param(packet, bytes.fromhex(text), id=name) for name, packet, text in _TABLE]
PACKETS: dict[str, tuple[Packet, bytes]] = {name: (packet, bytes.fromhex(text)) for name, packet, text in _TABLE}

#: Bytes that no broker may send, and the word by which the complaint can be recognised.
MALFORMED = [
    pytest.param(bytes.fromhex("30 ffffffff 01"), "remaining length", id="length-of-five-bytes"),
    pytest.param(bytes.fromhex("30 01 00"), "length of a text", id="publish-without-topic"),
    pytest.param(bytes.fromhex("30 03 0005 41"), "longer than its packet", id="publish-with-half-a-topic"),
    pytest.param(bytes.fromhex("30 04 0002 fffe"), "UTF-8", id="publish-with-a-topic-that-is-no-text"),
    pytest.param(bytes.fromhex("32 05 0002 3838 01"), "packet identifier", id="publish-with-half-an-identifier"),
    pytest.param(bytes.fromhex("34 06 0002 3838 0001"), "QoS 2", id="publish-qos2"),
    pytest.param(bytes.fromhex("36 06 0002 3838 0001"), "QoS 3", id="publish-qos3"),
    pytest.param(bytes.fromhex("20 01 00"), "CONNACK", id="connack-of-one-byte"),
    pytest.param(bytes.fromhex("40 01 00"), "packet identifier", id="puback-of-one-byte"),
    pytest.param(bytes.fromhex("90 00"), "packet identifier", id="suback-empty"),
    pytest.param(bytes.fromhex("b0 01 00"), "packet identifier", id="unsuback-of-one-byte"),
    pytest.param(bytes.fromhex("82 06 0001 0002 3736"), "QoS", id="subscribe-without-qos"),
    pytest.param(bytes.fromhex("a2 04 0001 0002"), "longer than its packet", id="unsubscribe-with-half-a-topic"),
    pytest.param(bytes.fromhex("10 0b 0006 4d5154546f54 03c200"), "keep alive", id="connect-with-half-a-keep-alive"),
]
