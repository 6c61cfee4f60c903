from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import (
    ConnectionLost,
    LimitExceeded,
    LocalProtocolError,
    MalformedPacket,
    NotConnectedError,
    RealtimeError,
)
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
    UnsubAck,
    Unsubscribe,
)
from instagrapi.realtime.protocol.parser import PacketParser
from instagrapi.realtime.protocol.session import MQTToTSession, SessionState
from tests.realtime.protocol.examples import EXAMPLES, MALFORMED, PACKETS
from tests.support.chunking import cut, sizes

NEW, CONNECTING, OPEN = SessionState.NEW, SessionState.CONNECTING, SessionState.OPEN
CLOSING, CLOSED, FAILED = SessionState.CLOSING, SessionState.CLOSED, SessionState.FAILED

CONNECT = Connect(keep_alive=20, payload=b"struct")
ACCEPTED, REFUSED = ConnAck(0).encode(), ConnAck(5).encode()
TOO_LONG = b"\x30\xff\x7f"  # announces 16383 bytes


def session_in(state: SessionState) -> MQTToTSession:
    """A session that stands in a state, led there by what a client does and a broker sends."""
    session = MQTToTSession(max_packet_size=400)
    if state is not NEW:
        session.send_connect(CONNECT)
    if state in (OPEN, CLOSING, CLOSED, FAILED):
        session.feed(ACCEPTED)
    if state is CLOSING:
        session.send_disconnect()
    elif state is CLOSED:
        session.feed(Disconnect().encode())
    elif state is FAILED:
        session.feed_eof()
    assert session.state is state
    return session


def first_sent(data: bytes) -> Packet:
    (packet,) = PacketParser().feed(data)
    return packet


# --- states ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "data", "after", "error"),
    [
        (NEW, ACCEPTED, FAILED, MalformedPacket),
        (NEW, b"\x20", NEW, None),
        (NEW, TOO_LONG, FAILED, LimitExceeded),
        (CONNECTING, ACCEPTED, OPEN, None),
        (CONNECTING, REFUSED, CLOSED, None),
        (CONNECTING, ACCEPTED[:3], CONNECTING, None),
        (CONNECTING, PingResp().encode(), FAILED, MalformedPacket),
        (CONNECTING, Publish("1", b"").encode(), FAILED, MalformedPacket),
        (CONNECTING, b"\x20\x01\x00", FAILED, MalformedPacket),
        (CONNECTING, TOO_LONG, FAILED, LimitExceeded),
        (OPEN, Disconnect().encode(), CLOSED, ConnectionLost),
        (OPEN, Publish("1", b"").encode(), OPEN, None),
        (OPEN, PingReq().encode(), OPEN, None),
        (OPEN, ACCEPTED, OPEN, None),
        (OPEN, b"\x34\x02\x00\x00", FAILED, MalformedPacket),
        (OPEN, TOO_LONG, FAILED, LimitExceeded),
        (CLOSING, Publish("1", b"").encode(), CLOSING, None),
        (CLOSING, TOO_LONG, FAILED, LimitExceeded),
        (CLOSED, Publish("1", b"").encode(), CLOSED, ConnectionLost),
        (FAILED, Publish("1", b"").encode(), FAILED, ConnectionLost),
        (FAILED, TOO_LONG, FAILED, ConnectionLost),
    ],
)
def test_what_the_broker_sends_leads_to(
    before: SessionState, data: bytes, after: SessionState, error: type[RealtimeError] | None
) -> None:
    session = session_in(before)
    session.feed(data)
    assert session.state is after
    assert type(session.error) is (error or type(None))


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        (NEW, FAILED, ConnectionLost),
        (CONNECTING, FAILED, ConnectionLost),
        (OPEN, FAILED, ConnectionLost),
        (CLOSING, CLOSED, None),
        (CLOSED, CLOSED, ConnectionLost),
        (FAILED, FAILED, ConnectionLost),
    ],
)
def test_the_end_of_the_stream_leads_to(
    before: SessionState, after: SessionState, error: type[RealtimeError] | None
) -> None:
    session = session_in(before)
    known = session.error
    session.feed_eof()
    assert session.state is after
    assert type(session.error) is (error or type(None))
    if known is not None:
        assert session.error is known


def test_the_reason_tells_whether_a_packet_broke_off() -> None:
    session = session_in(OPEN)
    session.feed(b"\xd0")
    assert session.inside_packet
    session.feed_eof()
    assert "middle of a packet" in str(session.error)
    session = session_in(OPEN)
    session.feed_eof()
    assert "without DISCONNECT" in str(session.error)


SENDERS: dict[str, Callable[[MQTToTSession], object]] = {
    "publish": lambda session: session.send_publish("132", b"x"),
    "publish_qos0": lambda session: session.send_publish_qos0("132", b"x"),
    "subscribe": lambda session: session.send_subscribe(["76"]),
    "unsubscribe": lambda session: session.send_unsubscribe(["76"]),
    "pingreq": lambda session: session.send_pingreq(),
}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("state", [NEW, CONNECTING, CLOSING, CLOSED, FAILED])
def test_only_an_open_session_sends(state: SessionState, sender: str) -> None:
    session = session_in(state)
    with pytest.raises(NotConnectedError) as raised:
        SENDERS[sender](session)
    assert raised.value.__cause__ is session.error
    assert session.state is state
    assert session.in_flight == frozenset()


@pytest.mark.parametrize(("state", "allowed"), [(state, state in (CONNECTING, OPEN)) for state in SessionState])
def test_disconnect_ends_what_has_begun(state: SessionState, allowed: bool) -> None:
    session = session_in(state)
    if allowed:
        assert session.send_disconnect() == b"\xe0\x00"
        assert session.state is CLOSING
    else:
        with pytest.raises(NotConnectedError):
            session.send_disconnect()
        assert session.state is state


@pytest.mark.parametrize("state", [state for state in SessionState if state is not NEW])
def test_a_session_begins_once(state: SessionState) -> None:
    session = session_in(state)
    for begin in (lambda: session.send_connect(CONNECT), session.skip_handshake):
        with pytest.raises(LocalProtocolError):
            begin()
    assert session.state is state


def test_a_connect_that_cannot_be_written_leaves_the_session_new() -> None:
    session = MQTToTSession()
    with pytest.raises(LocalProtocolError):
        session.send_connect(Connect(20, b"", protocol_name="x" * 70_000))
    assert session.state is NEW


def test_a_transport_that_did_the_handshake_leaves_an_open_session() -> None:
    session = MQTToTSession()
    session.skip_handshake()
    assert session.state is OPEN
    assert session.feed(PACKETS["publish-qos1"][1]) == [PACKETS["publish-qos1"][0]]


# --- what comes in ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("packet", "data"), EXAMPLES)
def test_an_open_session_hands_every_packet_on(packet: Packet, data: bytes) -> None:
    assert session_in(OPEN).feed(data) == [packet]


def test_a_chunk_may_hold_the_answer_to_connect_and_more() -> None:
    session = session_in(CONNECTING)
    assert session.feed(ACCEPTED + Publish("1", b"x").encode()) == [ConnAck(0), Publish("1", b"x")]
    assert session.state is OPEN


def test_nothing_counts_after_a_refusal() -> None:
    session = session_in(CONNECTING)
    assert session.feed(REFUSED + Publish("1", b"x").encode() + TOO_LONG) == [ConnAck(5)]
    assert session.state is CLOSED
    assert session.feed(ACCEPTED) == []


def test_nothing_counts_after_disconnect() -> None:
    publish = Publish("1", b"x")
    session = session_in(OPEN)
    assert session.feed(publish.encode() + Disconnect().encode() + publish.encode()) == [publish, Disconnect()]
    assert session.state is CLOSED
    assert session.feed(publish.encode()) == []


def test_disconnect_before_a_violation_is_what_ended_the_session() -> None:
    session = session_in(OPEN)
    assert session.feed(Disconnect().encode() + TOO_LONG) == [Disconnect()]
    assert (session.state, type(session.error)) == (CLOSED, ConnectionLost)


@pytest.mark.parametrize(("data", "complaint"), MALFORMED)
def test_what_came_before_a_violation_is_delivered(data: bytes, complaint: str) -> None:
    publish = Publish("1", b"x", 7)
    session = session_in(OPEN)
    assert session.feed(publish.encode() + data + publish.encode()) == [publish]
    assert session.state is FAILED
    assert complaint in str(session.error)
    error = session.error
    assert session.feed(publish.encode()) == []
    session.feed_eof()
    assert session.error is error


def test_the_wrong_answer_to_connect_is_named_and_not_delivered() -> None:
    session = session_in(CONNECTING)
    assert session.feed(PingResp().encode() + ACCEPTED) == []
    assert "PINGRESP" in str(session.error)


def test_a_broker_that_speaks_first_is_not_listened_to() -> None:
    session = session_in(NEW)
    assert session.feed(PingResp().encode()) == []
    assert session.state is FAILED


@given(
    names=st.lists(st.sampled_from(sorted(set(PACKETS) - {"connack-refused"})), max_size=6),
    violation=st.sampled_from([b"", TOO_LONG, b"\x34\x02\x00\x00"]),
    pieces=sizes,
)
def test_cutting_makes_no_difference(names: list[str], violation: bytes, pieces: list[int]) -> None:
    stream = ACCEPTED + b"".join(PACKETS[name][1] for name in names) + violation
    at_once, cut_up = session_in(CONNECTING), session_in(CONNECTING)
    packets = at_once.feed(stream)
    assert [packet for piece in cut(stream, pieces) for packet in cut_up.feed(piece)] == packets
    assert (cut_up.state, repr(cut_up.error)) == (at_once.state, repr(at_once.error))


@given(st.lists(st.binary(max_size=60), max_size=5), st.sampled_from([NEW, CONNECTING, OPEN, CLOSING]))
def test_nothing_a_broker_sends_raises(pieces: list[bytes], state: SessionState) -> None:
    session = session_in(state)
    for piece in pieces:
        session.feed(piece)
    session.feed_eof()
    assert session.state in (CLOSED, FAILED)


# --- packet identifiers ----------------------------------------------------------------------------------------------


def test_one_counter_serves_publish_subscribe_and_unsubscribe() -> None:
    session = session_in(OPEN)
    sent = [
        session.send_publish("132", b"a"),
        session.send_subscribe(["76", "80"], qos=0),
        session.send_unsubscribe(["76"]),
        session.send_publish("134", b""),
    ]
    assert [outgoing.packet_id for outgoing in sent] == [1, 2, 3, 4]
    assert [first_sent(outgoing.data) for outgoing in sent] == [
        Publish("132", b"a", 1),
        Subscribe(2, ("76", "80"), qos=0),
        Unsubscribe(3, ("76",)),
        Publish("134", b"", 4),
    ]
    assert session.in_flight == {1, 2, 3, 4}


@pytest.mark.parametrize("answer", [PubAck(1), SubAck(1, (0,)), UnsubAck(1)])
def test_an_acknowledgement_frees_its_identifier(answer: PubAck | SubAck | UnsubAck) -> None:
    session = session_in(OPEN)
    session.send_publish("1", b"")
    session.send_publish("1", b"")
    assert session.feed(answer.encode()) == [answer]
    assert session.in_flight == {2}


def test_subscribe_asks_for_qos_1_unless_told_otherwise() -> None:
    assert first_sent(session_in(OPEN).send_subscribe(["76"]).data) == Subscribe(1, ("76",), qos=1)


def test_an_acknowledgement_of_nothing_is_harmless() -> None:
    session = session_in(OPEN)
    assert session.feed(PubAck(77).encode() * 2) == [PubAck(77), PubAck(77)]
    assert session.in_flight == frozenset()


def test_qos_0_ping_and_disconnect_take_no_identifier() -> None:
    session = session_in(OPEN)
    assert first_sent(session.send_publish_qos0("132", b"x")) == Publish("132", b"x")
    assert session.send_pingreq() == b"\xc0\x00"
    assert session.in_flight == frozenset()
    assert session.send_publish("132", b"x").packet_id == 1


def test_identifiers_wrap_to_1_when_all_were_acknowledged() -> None:
    session = session_in(OPEN)
    used = []
    for _ in range(70_000):
        packet_id = session.send_publish("1", b"").packet_id
        session.feed(PubAck(packet_id).encode())
        used.append(packet_id)
    assert used == [number % 65_535 + 1 for number in range(70_000)]


def test_identifiers_in_flight_are_skipped() -> None:
    session = session_in(OPEN)
    for _ in range(65_535):
        session.send_publish("1", b"")
    for packet_id in (3, 4, 6, 65_535):
        session.feed(PubAck(packet_id).encode())
    assert [session.send_publish("1", b"").packet_id for _ in range(4)] == [3, 4, 6, 65_535]


def test_a_sender_lives_on_although_nothing_is_ever_acknowledged() -> None:
    session = session_in(OPEN)
    used = [session.send_publish("1", b"").packet_id for _ in range(70_000)]
    assert used == [number % 65_535 + 1 for number in range(70_000)]
    assert len(session.in_flight) == 65_535
    assert 0 not in session.in_flight


@given(st.lists(st.booleans(), min_size=1, max_size=60))
def test_no_identifier_is_in_flight_twice(acknowledged: list[bool]) -> None:
    session = session_in(OPEN)
    in_flight: set[int] = set()
    for acknowledge in acknowledged:
        packet_id = session.send_publish("1", b"").packet_id
        assert packet_id not in in_flight
        in_flight.add(packet_id)
        if acknowledge:
            session.feed(PubAck(min(in_flight)).encode())
            in_flight.remove(min(in_flight))
    assert session.in_flight == in_flight
