"""Clients against brokers that misbehave, over real TLS: one typed error each, in time, and nothing left behind."""

from __future__ import annotations

import socket
import time
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instagrapi.exceptions import (
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    LimitExceeded,
    MalformedPacket,
    RealtimeConfigError,
    RealtimeError,
)
from instagrapi.profile import Profile
from instagrapi.realtime import FbnsClient, RealtimeClient, State
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Disconnect, PubAck, Publish
from instagrapi.realtime.protocol.payload import deflate
from tests.support.broker import LoopbackServer, Peer, Script, hang_up
from tests.support.certificates import authority, serving, trusting
from tests.support.hosts import Host, RealtimeHost
from tests.support.leaks import nothing_left_behind
from tests.support.memory import MemoryTransport


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


def client_to(broker: LoopbackServer, timeout: float = 5.0, **options: Any) -> RealtimeClient:
    transport = SocketMQTToTTransport("localhost", broker.port, timeout, trusting())
    return RealtimeClient(Host(), transport, connect_timeout=timeout, **options)


def after_connect(*data: bytes, then: Callable[[Peer], object] = Peer.drain) -> Script:
    """A broker that answers CONNECT with these bytes."""

    def script(peer: Peer) -> None:
        peer.expect(Connect)
        for piece in data:
            peer.send(piece)
        then(peer)

    return script


def _leave(peer: Peer) -> None:
    return None


def _reset(peer: Peer) -> None:
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        (hang_up, ConnectFailed, "(closed|broke)"),
        (after_connect(then=_leave), ConnectFailed, "closed the connection instead of answering CONNECT"),
        (after_connect(then=_reset), ConnectFailed, "broke before the broker answered CONNECT"),
        (after_connect(b"\x20\x02\x00", then=_leave), ConnectFailed, "closed the connection"),
        (after_connect(ConnAck(5).encode()), ConnectRefused, "CONNACK 5"),
        (after_connect(Publish("146", b"x", 1).encode()), MalformedPacket, "answered CONNECT with PUBLISH"),
        (after_connect(b"\x20\xff\xff\xff\x7f"), LimitExceeded, "exceeds the limit"),
        (after_connect(b"\x20\x80\x80\x80\x80\x80"), MalformedPacket, "remaining length"),
    ],
    ids=[
        "leaves",
        "leaves after CONNECT",
        "resets",
        "half a CONNACK",
        "refuses",
        "PUBLISH",
        "256 MB",
        "5 length bytes",
    ],
)
def test_a_broker_that_does_not_let_us_in(script: Script, kind: type[Exception], words: str) -> None:
    with LoopbackServer(script, serving()) as broker:
        client = client_to(broker)
        with pytest.raises(kind, match=words) as caught:
            client.connect()
        assert isinstance(caught.value, RealtimeError)
        assert client.state is State.FAILED
        assert not client.connected


def test_a_broker_that_never_answers_connect() -> None:
    with LoopbackServer(after_connect(), serving()) as broker:
        client = client_to(broker, timeout=0.5)
        began = time.monotonic()
        with pytest.raises(ConnectFailed, match="did not answer CONNECT"):
            client.connect()
        assert time.monotonic() - began < 3


#: Wants no PUBACK: that would meet the closed connection before the reader does.
GOOD = Publish("146", deflate(b'["good"]')).encode()


@pytest.mark.parametrize(
    ("bad", "then", "kind", "words"),
    [
        (b"", _leave, ConnectionLost, "without DISCONNECT"),
        (b"\x32\x7f\x00", _leave, ConnectionLost, "in the middle of a packet"),
        (b"\x30\xff\xff\xff\xff\x01", Peer.drain, MalformedPacket, "remaining length"),
        (b"\x30\xff\xff\xff\x7f", Peer.drain, LimitExceeded, "exceeds the limit"),
        (b"\x32\x03\x00\x09x", Peer.drain, MalformedPacket, "longer than its packet"),
        (b"\x34\x05\x00\x01x\x00\x01", Peer.drain, MalformedPacket, "QoS 2"),
        (b"\x30\x04\x00\x02\xff\xff", Peer.drain, MalformedPacket, "not UTF-8"),
        (b"\x40\x01\x00", Peer.drain, MalformedPacket, "packet identifier"),
    ],
)
def test_a_broker_that_breaks_the_rules_later(
    bad: bytes, then: Callable[[Peer], object], kind: type[Exception], words: str
) -> None:
    with LoopbackServer(after_connect(ConnAck(0).encode() + GOOD + bad, then=then), serving()) as broker:
        client = client_to(broker)
        client.connect()
        assert client.read_once(5) == ["good"]
        for _ in range(2):
            with pytest.raises(kind, match=words):
                client.read_once(5)
        assert client.state is State.FAILED


def test_a_broker_that_says_goodbye() -> None:
    data = ConnAck(0).encode() + GOOD + Disconnect().encode()
    with LoopbackServer(after_connect(data), serving()) as broker:
        client = client_to(broker)
        client.connect()
        assert client.read_once(5) == ["good"]
        assert client.read_once(5) == Disconnect()
        with pytest.raises(ConnectionLost, match="the broker sent DISCONNECT"):
            client.read_once(5)


def test_a_packet_that_drips_through_tls_arrives_whole() -> None:
    def drip(peer: Peer) -> None:
        peer.accept_connect()
        for index in range(len(GOOD)):
            peer.send(GOOD[index : index + 1])
        peer.drain()

    with LoopbackServer(drip, serving()) as broker:
        client = client_to(broker)
        client.connect()
        body = None
        for _ in range(10_000):
            body = client.read_once(timeout=0.001)
            if body is not None:
                break
        assert body == ["good"]
        client.disconnect()


def test_a_bomb_is_not_inflated() -> None:
    bomb = zlib.compress(bytes(64 * 2**20), 9)
    client = RealtimeClient(Host(), max_inflated_size=2**20)
    told: list[Any] = []
    client.on("undecoded", told.append)
    client.dispatch_packet("146", bomb)
    assert [event["error"] for event in told] == ["a body inflates to more than 1048576 bytes"]


def test_a_packet_larger_than_allowed_is_refused_before_it_is_read() -> None:
    head = ConnAck(0).encode() + b"\x30" + b"\x80\x80\x04"
    with LoopbackServer(after_connect(head), serving()) as broker:
        client = client_to(broker, max_packet_size=1000)
        client.connect()
        with pytest.raises(LimitExceeded, match="a packet of 65540 bytes exceeds the limit of 1000 bytes"):
            client.read_once(5)


def test_a_broker_that_does_not_answer_pings_is_left() -> None:
    def deaf(peer: Peer) -> None:
        peer.accept_connect()
        peer.drain()

    with LoopbackServer(deaf, serving()) as broker:
        client = client_to(broker, profile=Profile().replace(realtime={"keep_alive": 1}))
        client.connect()
        began = time.monotonic()
        with pytest.raises(ConnectionLost, match="no PINGRESP"):
            client.read_once()
        assert time.monotonic() - began < 3


def test_a_profile_leads_to_the_broker_it_names_and_only_trusts_its_authority(tmp_path: Any) -> None:
    ca_file = tmp_path / "ca.pem"
    authority("ours").cert_pem.write_to_path(str(ca_file))
    with LoopbackServer(Peer.serve, serving()) as broker:
        address = {"host": "localhost", "port": broker.port}
        trusting_us = Profile().replace(endpoints={"realtime": address, "ca_file": str(ca_file)})
        host = RealtimeHost(profile=trusting_us)
        client = host.realtime_connect()
        assert client.ping(5)
        host.realtime_disconnect()
        trusting_everybody = Profile().replace(endpoints={"realtime": address})
        with pytest.raises(ConnectFailed, match="certificate of localhost is not valid"):
            RealtimeClient(host, profile=trusting_everybody).connect()


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_unusable_authority_file_is_a_matter_of_configuration(tmp_path: Any, content: str | None) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_text(content)
    profile = Profile().replace(endpoints={"ca_file": str(ca_file)})
    with pytest.raises(RealtimeConfigError, match=r"the CA file .*ca\.pem cannot be used"):
        RealtimeClient(Host(), profile=profile).connect()


@pytest.mark.parametrize("make", [RealtimeClient, FbnsClient])
@settings(max_examples=150)
@given(data=st.lists(st.binary(min_size=1, max_size=40), max_size=6), whole=st.booleans())
def test_no_bytes_make_a_client_do_anything_but_return_or_raise_its_own_errors(
    make: type[RealtimeClient], data: list[bytes], whole: bool
) -> None:
    transport = MemoryTransport()
    client = make(Host(), transport, clock=transport.clock)
    transport.broker = lambda packet: [ConnAck(0, b'{"ds":"x"}')] if isinstance(packet, Connect) else []
    client._open_connection()
    transport.arrive(PubAck(1), *([b"".join(data)] if whole else data), b"")
    try:
        for _ in range(200):
            client.read_once(1)
    except RealtimeError:
        pass
    else:
        pytest.fail("the stream has ended and nobody said so")
    assert not client.connected
    assert transport.fileno() == -1
