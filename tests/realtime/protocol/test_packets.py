from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.enums import MessageType

from instagrapi.exceptions import LocalProtocolError, MalformedPacket
from instagrapi.realtime.protocol.packets import (
    MAX_REMAINING_LENGTH,
    ConnAck,
    Connect,
    Disconnect,
    Packet,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    Subscribe,
    Unsubscribe,
    decode_packet,
    encode_puback,
    encode_remaining_length,
)
from instagrapi.realtime.protocol.parser import PacketParser
from tests.realtime.protocol.examples import EXAMPLES, MALFORMED, PACKETS
from tests.support.shared import cases, needs_shared, vector


def whole(data: bytes) -> Packet:
    """The one packet that the bytes are."""
    parser = PacketParser()
    (packet,) = parser.feed(data)
    assert not parser.inside_packet
    return packet


# --- every packet and its bytes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_a_packet_is_written_as_in_the_specification(packet: Packet, data: bytes) -> None:
    assert packet.encode() == data


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_a_packet_is_read_as_in_the_specification(packet: Packet, data: bytes) -> None:
    assert whole(data) == packet


@pytest.mark.parametrize(
    ("name", "word"),
    [("publish-qos0", "publish"), ("connack", "connack"), ("pingresp", "pingresp"), ("pubrec", "5")],
)
def test_a_packet_names_its_type(name: str, word: str) -> None:
    assert PACKETS[name][0].packet_type == word


def test_a_publish_knows_its_number_among_the_types_as_the_others_do() -> None:
    assert Publish("1", b"").type is MessageType.PUBLISH
    assert PingReq.type is MessageType.PINGREQ


@pytest.mark.parametrize(("packet_id", "qos"), [(None, 0), (1, 1)])
def test_the_quality_of_service_follows_from_the_identifier(packet_id: int | None, qos: int) -> None:
    assert Publish("1", b"", packet_id).qos == qos


def test_a_puback_can_be_written_without_making_a_packet() -> None:
    assert encode_puback(513) == PubAck(513).encode()


def test_flag_bits_of_a_puback_are_not_looked_at() -> None:
    assert whole(bytes.fromhex("4f 02 0007")) == PubAck(7)


@given(
    topic=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    payload=st.binary(max_size=200),
    packet_id=st.none() | st.integers(1, 65535),
)
def test_any_publish_comes_back_as_it_was(topic: str, payload: bytes, packet_id: int | None) -> None:
    publish = Publish(topic, payload, packet_id)
    assert whole(publish.encode()) == publish


def test_payloads_and_what_else_may_be_secret_do_not_show() -> None:
    for packet in (Connect(1, b"secret"), ConnAck(0, b"secret"), Publish("1", b"secret"), PACKETS["pubrec"][0]):
        assert "secret" not in repr(packet)
        assert "\\x01" not in repr(packet)
    assert repr(Publish("88", b"12345", 3)) == "Publish(topic='88', 5 bytes, packet_id=3)"


# --- CONNECT and CONNACK, where MQTToT leaves MQTT -------------------------------------------------------------------


def test_connect_carries_nothing_but_a_deflated_struct_after_its_keep_alive() -> None:
    data = Connect(keep_alive=60, payload=b"DEFLATED").encode()
    assert data == b"\x10\x14" + b"\x00\x06MQTToT" + b"\x03" + b"\xc2" + b"\x00\x3c" + b"DEFLATED"


@pytest.mark.parametrize(
    ("body", "code", "payload"),
    [
        (b"\0\0", 0, b""),
        (b"\0\4", 4, b""),
        (b"\0\0" + b"\0\2{}", 0, b"{}"),
        (b"\0\0" + b"{}", 0, b"{}"),
        (b"\0\0" + b"\0\0", 0, b""),
        (b"\0\0" + b"\0\3{}", 0, b"\0\3{}"),
        (b"\0\0" + b"x", 0, b"x"),
    ],
    ids=["plain", "refusal", "prefixed", "without-prefix", "empty-prefixed", "prefix-that-does-not-fit", "one-byte"],
)
def test_connack_may_carry_a_text_with_or_without_its_length(body: bytes, code: int, payload: bytes) -> None:
    assert decode_packet(0x20, body) == ConnAck(code, payload)


def test_connack_keeps_its_flags() -> None:
    assert decode_packet(0x20, b"\1\0") == ConnAck(0, flags=1)


# --- the remaining length --------------------------------------------------------------------------------------------

LENGTHS = {
    0: "00",
    1: "01",
    127: "7f",
    128: "8001",
    321: "c102",
    16_383: "ff7f",
    16_384: "808001",
    2_097_151: "ffff7f",
    2_097_152: "80808001",
    268_435_455: "ffffff7f",
}


@pytest.mark.parametrize(("length", "digits"), LENGTHS.items())
def test_a_length_is_written_in_groups_of_seven_bits(length: int, digits: str) -> None:
    assert encode_remaining_length(length).hex() == digits


@pytest.mark.parametrize("length", [-1, MAX_REMAINING_LENGTH + 1])
def test_a_length_that_mqtt_cannot_say_is_our_own_mistake(length: int) -> None:
    with pytest.raises(LocalProtocolError):
        encode_remaining_length(length)


def test_a_topic_longer_than_its_length_can_say_is_our_own_mistake() -> None:
    assert len(Publish("t" * 65_535, b"").encode()) == 1 + 3 + 2 + 65_535
    with pytest.raises(LocalProtocolError):
        Publish("t" * 65_536, b"").encode()


# --- what no broker may send -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "complaint"), MALFORMED)
def test_malformed_packets_are_told_apart(data: bytes, complaint: str) -> None:
    parser = PacketParser()
    assert parser.feed(data) == []
    assert isinstance(parser.error, MalformedPacket)
    assert complaint in str(parser.error)


@given(first_byte=st.integers(0, 255), body=st.binary(max_size=60))
def test_any_body_is_a_packet_or_malformed(first_byte: int, body: bytes) -> None:
    try:
        packet = decode_packet(first_byte, body)
    except MalformedPacket:
        return
    assert isinstance(packet.packet_type, str)


# --- what other implementations send ---------------------------------------------------------------------------------

PUBLISH_BODY = b"abc"


@needs_shared
@pytest.mark.parametrize(
    ("file", "name", "packet"),
    [
        ("instagrapi_control_packets", "subscribe_76_qos1_id1", Subscribe(1, ("76",))),
        ("instagrapi_control_packets", "pingreq", PingReq()),
        ("instagrapi_control_packets", "disconnect", Disconnect()),
        ("instagrapi_control_packets", "publish_qos0", Publish("88", PUBLISH_BODY)),
        ("instagrapi_control_packets", "publish_qos1_id7", Publish("88", PUBLISH_BODY, 7)),
        ("instagrapi_control_packets", "puback_id7", PubAck(7)),
        ("instagram_mqtt_control_packets", "subscribe_76_qos0_id1", Subscribe(1, ("76",), qos=0)),
        ("instagram_mqtt_control_packets", "unsubscribe_76_id2", Unsubscribe(2, ("76",))),
        ("instagram_mqtt_control_packets", "puback_id7", PubAck(7)),
        ("instagram_mqtt_control_packets", "pingreq", PingReq()),
        ("instagram_mqtt_control_packets", "pingresp", PingResp()),
    ],
)
def test_control_packets_are_those_of_the_other_clients(file: str, name: str, packet: Packet) -> None:
    data = bytes.fromhex(vector(file)["packets"][name])
    assert packet.encode() == data
    assert whole(data) == packet


@needs_shared
def test_a_registration_of_another_client_is_read() -> None:
    data = bytes.fromhex(vector("instagram_mqtt_control_packets")["packets"]["publish_79_qos1_id3"])
    publish = whole(data)
    assert isinstance(publish, Publish)
    assert (publish.topic, publish.packet_id) == ("79", 3)
    assert json.loads(zlib.decompress(publish.payload))["pkg_name"] == "com.instagram.android"
    assert publish.encode() == data


@needs_shared
def test_lengths_are_those_of_another_client() -> None:
    table = vector("instagrapi_control_packets")["remaining_length"]
    assert {length: encode_remaining_length(int(length)).hex() for length in table} == table


@pytest.mark.parametrize("case", cases("instagram_mqtt_connack"))
def test_connacks_are_read_as_by_another_client(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    connack = whole(data)
    assert connack == ConnAck(case["returnCode"], case["payload_utf8"].encode(), case["ackFlags"])
    assert connack.encode() == data


@pytest.mark.parametrize("name", ["wire_node_rt", "wire_node_fb", "wire_py_rt", "wire_py_fb", "wire_mau_rt"])
def test_whole_sessions_of_other_clients_are_read_and_written_back(name: str) -> None:
    logged = [entry for entry in vector(name)["packets"] if not entry.get("hex", "...").endswith("...")]
    assert len(logged) > 5
    for entry in logged:
        data = bytes.fromhex(entry["hex"])
        packet = whole(data)
        assert packet.packet_type == entry["type"].lower()
        assert packet.encode() == data
        if isinstance(packet, Publish):
            assert (packet.topic, packet.qos) == (entry["topic"], entry["qos"])
            assert packet.packet_id == entry.get("id")
