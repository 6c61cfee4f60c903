from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import LimitExceeded, MalformedPacket
from instagrapi.realtime.protocol.packets import MAX_REMAINING_LENGTH, Packet, PingResp, PubAck, Publish
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE, PacketParser
from tests.realtime.protocol.examples import EXAMPLES, MALFORMED, PACKETS
from tests.support.chunking import byte_by_byte, cut, every_split, sizes


def feed_all(parser: PacketParser, pieces: list[bytes]) -> list[Packet]:
    return [packet for piece in pieces for packet in parser.feed(piece)]


# --- however the bytes are cut ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_a_packet_may_come_byte_by_byte(packet: Packet, data: bytes) -> None:
    parser = PacketParser()
    assert feed_all(parser, byte_by_byte(data)) == [packet]
    assert not parser.inside_packet


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_a_packet_may_be_split_anywhere(packet: Packet, data: bytes) -> None:
    for first, second in every_split(data):
        parser = PacketParser()
        assert parser.feed(first) == []
        assert parser.inside_packet
        assert parser.error is None
        assert parser.feed(second) == [packet]
        assert not parser.inside_packet


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_what_follows_a_packet_is_kept_for_the_next(packet: Packet, data: bytes) -> None:
    follower = Publish("150", b"FRC", 9)
    for first, second in every_split(follower.encode()):
        parser = PacketParser()
        assert parser.feed(data + first) == [packet]
        assert parser.inside_packet
        assert parser.feed(second) == [follower]


@given(names=st.lists(st.sampled_from(sorted(PACKETS)), max_size=8), pieces=sizes)
def test_any_packets_survive_any_cutting(names: list[str], pieces: list[int]) -> None:
    parser = PacketParser()
    stream = b"".join(PACKETS[name][1] for name in names)
    assert feed_all(parser, cut(stream, pieces)) == [PACKETS[name][0] for name in names]
    assert (parser.error, parser.inside_packet) == (None, False)


@given(data=st.binary(max_size=200), pieces=sizes)
def test_any_bytes_mean_the_same_however_they_are_cut(data: bytes, pieces: list[int]) -> None:
    at_once, cut_up = PacketParser(max_packet_size=100), PacketParser(max_packet_size=100)
    assert feed_all(cut_up, cut(data, pieces)) == at_once.feed(data)
    assert repr(cut_up.error) == repr(at_once.error)


def test_no_bytes_are_no_news() -> None:
    parser = PacketParser()
    assert parser.feed(b"") == []
    parser.feed(b"\xd0")
    assert parser.feed(b"") == []
    assert parser.feed(b"\x00") == [PingResp()]


# --- violations ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "complaint"), MALFORMED)
def test_what_came_before_a_violation_is_delivered(data: bytes, complaint: str) -> None:
    parser = PacketParser()
    assert parser.feed(PubAck(1).encode() + data + PubAck(2).encode()) == [PubAck(1)]
    assert isinstance(parser.error, MalformedPacket)
    assert complaint in str(parser.error)


@pytest.mark.parametrize(("data", "complaint"), MALFORMED)
def test_a_violation_is_noticed_at_every_split(data: bytes, complaint: str) -> None:
    for pieces in every_split(data):
        parser = PacketParser()
        assert feed_all(parser, list(pieces)) == []
        assert complaint in str(parser.error)


def test_failed_stays_failed_with_the_same_error() -> None:
    parser = PacketParser()
    parser.feed(bytes.fromhex("34 02 0000"))
    error = parser.error
    assert parser.feed(PingResp().encode()) == []
    assert parser.feed(bytes.fromhex("40 01 00")) == []
    assert parser.error is error
    assert not parser.inside_packet


def test_a_fifth_length_byte_is_not_waited_for() -> None:
    parser = PacketParser()
    parser.feed(bytes.fromhex("30 ffffff"))
    assert parser.error is None
    parser.feed(bytes.fromhex("80"))
    assert isinstance(parser.error, MalformedPacket)


@given(st.lists(st.binary(max_size=50), max_size=5))
def test_nothing_a_peer_sends_raises(pieces: list[bytes]) -> None:
    parser = PacketParser(max_packet_size=64)
    feed_all(parser, pieces)
    assert parser.error is None or isinstance(parser.error, MalformedPacket | LimitExceeded)


# --- limits ----------------------------------------------------------------------------------------------------------


def test_a_packet_may_be_as_large_as_the_limit() -> None:
    publish = Publish("1", bytes(95))
    assert len(publish.encode()) == 100
    assert PacketParser(max_packet_size=100).feed(publish.encode()) == [publish]


def test_a_larger_packet_is_refused_before_its_body_arrives() -> None:
    parser = PacketParser(max_packet_size=100)
    assert parser.feed(PubAck(3).encode() + b"\x30\x63") == [PubAck(3)]
    assert isinstance(parser.error, LimitExceeded)
    assert "101 bytes" in str(parser.error)


def test_the_default_limit_is_eight_mebibytes() -> None:
    parser = PacketParser()
    parser.feed(b"\x30" + bytes.fromhex("fbffff03"))  # 8 MiB less the five bytes of the header
    assert parser.error is None
    parser = PacketParser()
    parser.feed(b"\x30" + bytes.fromhex("fcffff03"))
    assert isinstance(parser.error, LimitExceeded)
    assert DEFAULT_MAX_PACKET_SIZE == 8 * 2**20


@pytest.mark.parametrize("limit", [DEFAULT_MAX_PACKET_SIZE, MAX_REMAINING_LENGTH + 5])
def test_an_announcement_alone_takes_no_memory(limit: int) -> None:
    parser = PacketParser(max_packet_size=limit)
    tracemalloc.start()
    try:
        parser.feed(bytes.fromhex("30 ffffff7f") + bytes(1000))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000
    assert (parser.error is None) == (limit > MAX_REMAINING_LENGTH)
