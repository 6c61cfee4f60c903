"""The socket transport against brokers on loopback, and the adapter for everybody else's transports."""

from __future__ import annotations

import hashlib
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from instagrapi.exceptions import (
    ConnectFailed,
    ConnectionLost,
    LimitExceeded,
    MalformedPacket,
    NotConnectedError,
    RealtimeConfigError,
    RealtimeError,
    RealtimeTimeout,
)
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import accept_stream
from instagrapi.realtime.network.transport import PacketTransport, SocketMQTToTTransport, Transport
from instagrapi.realtime.protocol.packets import ConnAck, PingReq, PingResp, PubAck, Publish
from tests.support.broker import LoopbackServer, Peer, hang_up, say_nothing
from tests.support.certificates import serving, trusting
from tests.support.leaks import open_descriptors
from tests.support.memory import FourMethods, Replayed

#: How soon something must happen that happens "at once", in seconds.
AT_ONCE = 1.0


def to(
    broker: LoopbackServer, host: str = "localhost", timeout: float = 5.0, **options: object
) -> SocketMQTToTTransport:
    return SocketMQTToTTransport(host, broker.port, timeout, trusting(), **options)  # type: ignore[arg-type]


class Blocked:
    """Runs something that blocks on a thread, and measures how soon it ends once ``release`` is called."""

    def __init__(self, action: Callable[[], object]) -> None:
        self.error: BaseException | None = None
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(action,), name="blocked")
        self._thread.start()
        assert self._started.wait(5)

    def _run(self, action: Callable[[], object]) -> None:
        self._started.set()
        try:
            action()
        except BaseException as error:
            self.error = error

    def ends_at_once_after(self, release: Callable[[], object]) -> BaseException | None:
        began = time.monotonic()
        release()
        self._thread.join(5)
        took = time.monotonic() - began
        assert not self._thread.is_alive(), "still blocked"
        assert took < AT_ONCE, f"it took {took:.2f} s"
        return self.error


# --- connecting ----------------------------------------------------------------------------------------------------


def test_arguments_are_those_of_instagrapi() -> None:
    context = trusting()
    transport = SocketMQTToTTransport("broker.test", 8883, 7.5, context, "http://proxy.test:3128")
    assert isinstance(transport, Transport)
    assert (transport.host, transport.port, transport.timeout, transport.tls_context) == (
        "broker.test",
        8883,
        7.5,
        context,
    )
    assert (SocketMQTToTTransport("broker.test").port, SocketMQTToTTransport("broker.test").timeout) == (443, 30.0)


def test_bytes_go_both_ways_over_tls() -> None:
    def script(peer: Peer) -> str | None:
        assert isinstance(peer.sock, ssl.SSLSocket)
        peer.expect(PingReq)
        peer.send(PingResp())
        version = peer.sock.version()
        peer.drain()
        return version

    with LoopbackServer(script, serving()) as broker:
        transport = to(broker)
        assert transport.fileno() == -1
        transport.connect()
        assert transport.fileno() >= 0
        assert transport.fileno() >= 0
        transport.send(PingReq().encode())
        assert transport.receive(5) == PingResp().encode()
        transport.disconnect()
        assert transport.fileno() == -1
        assert transport.fileno() == -1
    assert broker.results == ["TLSv1.3"]


def test_it_can_connect_again_and_drops_the_first_connection() -> None:
    with LoopbackServer(Peer.drain, serving()) as broker:
        transport = to(broker)
        transport.connect()
        transport.connect()
        assert broker.accepted == 2
        transport.disconnect()
        transport.disconnect()


def _extensions(hello: bytes) -> dict[int, bytes]:
    """The extensions of a ClientHello (RFC 8446 section 4.1.2) in its record."""
    position = 5 + 4 + 2 + 32
    position += 1 + hello[position]
    position += 2 + int.from_bytes(hello[position : position + 2], "big")
    position += 1 + hello[position]
    position += 2
    found = {}
    while position + 4 <= len(hello):
        size = int.from_bytes(hello[position + 2 : position + 4], "big")
        found[int.from_bytes(hello[position : position + 2], "big")] = hello[position + 4 : position + 4 + size]
        position += 4 + size
    return found


def test_sni_is_sent_and_alpn_is_not() -> None:
    def overhear(peer: Peer) -> bytes:
        head = peer.receive_exactly(5)
        return head + peer.receive_exactly(int.from_bytes(head[3:5], "big"))

    with LoopbackServer(overhear) as broker, pytest.raises(ConnectFailed):
        to(broker).connect()
    (hello,) = broker.results
    assert isinstance(hello, bytes)
    extensions = _extensions(hello)
    assert extensions[0].endswith(b"localhost"), "server_name"
    assert 16 not in extensions, "application_layer_protocol_negotiation"
    versions = extensions[43][1:]
    offered = {versions[index : index + 2] for index in range(0, len(versions), 2)}
    assert offered == {b"\x03\x04", b"\x03\x03"}, "TLS 1.3 and 1.2, nothing older"


def test_a_tls_context_that_does_not_verify_is_refused_before_anything_is_sent() -> None:
    context = ssl.create_default_context()
    context.check_hostname = False
    with LoopbackServer(hang_up) as broker:
        transport = SocketMQTToTTransport("localhost", broker.port, 5, context)
        with pytest.raises(RealtimeConfigError, match="does not verify"):
            transport.connect()
        assert broker.accepted == 0


# --- failing to connect: one typed error with one clear sentence, and nothing left open ------------------------------


def _bad_certificate(names: tuple[str, ...] = (), **how: object) -> LoopbackServer:
    return LoopbackServer(say_nothing, serving(*names, **how))  # type: ignore[arg-type]


def _http(peer: Peer) -> None:
    peer.receive()
    peer.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")


def _half_hello(peer: Peer) -> None:
    peer.receive()
    peer.send(b"\x16\x03\x03\x00\x7a\x02")


def _reset(peer: Peer) -> None:
    peer.receive_exactly(1)
    peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: _bad_certificate(("other.test",)), r"the certificate of localhost is not valid: Hostname mismatch.*"),
        (lambda: _bad_certificate(expired=True), "the certificate of localhost is not valid: certificate has expired"),
        (
            lambda: _bad_certificate(issuer="theirs"),
            "the certificate of localhost is not valid: unable to get local issuer certificate",
        ),
        (lambda: LoopbackServer(_http), "the TLS handshake with localhost failed: .+"),
        (
            lambda: LoopbackServer(hang_up),
            "(localhost closed the connection during|the connection to localhost broke during) the TLS handshake",
        ),
        (lambda: LoopbackServer(_half_hello), "localhost closed the connection during the TLS handshake"),
        (lambda: LoopbackServer(_reset), "the connection to localhost broke during the TLS handshake"),
    ],
    ids=["wrong name", "expired", "unknown authority", "HTTP", "closes at once", "half a hello", "reset"],
)
def test_a_broker_that_is_not_what_it_should_be(make: Callable[[], LoopbackServer], sentence: str) -> None:
    with make() as broker:
        transport = to(broker)
        with pytest.raises(ConnectFailed, match=rf"^{sentence}$") as caught:
            transport.connect()
        assert "\n" not in str(caught.value)
        assert caught.value.retryable
        assert transport.fileno() == -1


def test_the_broker_is_told_what_was_wrong_with_its_certificate() -> None:
    with _bad_certificate(issuer="theirs") as broker, pytest.raises(ConnectFailed):
        to(broker).connect()
    (complaint,) = broker.handshake_errors
    assert isinstance(complaint, ssl.SSLError)
    assert complaint.reason == "TLSV1_ALERT_UNKNOWN_CA"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated:DeprecationWarning")
def test_a_broker_that_only_speaks_old_tls() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    refused = pytest.raises(ConnectFailed, match="the TLS handshake with localhost failed")
    with LoopbackServer(say_nothing, context) as broker, refused:
        to(broker).connect()


def test_a_refused_port_and_an_unknown_name() -> None:
    with LoopbackServer(hang_up) as gone:
        pass
    with pytest.raises(ConnectFailed, match=rf"^localhost:{gone.port} cannot be reached: Connection refused$"):
        to(gone).connect()
    with pytest.raises(ConnectFailed, match=r"^the name no-such-name\.invalid cannot be resolved: .+$"):
        to(gone, "no-such-name.invalid").connect()


@pytest.mark.parametrize("host", ["", "x" * 70 + ".test", ".test"])
def test_a_host_that_cannot_be_one(host: str) -> None:
    with pytest.raises((ConnectFailed, RealtimeConfigError)) as caught:
        SocketMQTToTTransport(host, 443, 5, trusting()).connect()
    assert isinstance(caught.value, RealtimeError)


def test_a_broker_that_accepts_and_stays_silent_does_not_outlast_the_deadline() -> None:
    with LoopbackServer(say_nothing) as broker:
        transport = to(broker, timeout=0.05)
        began = time.monotonic()
        with pytest.raises(RealtimeTimeout, match=r"^no time left while shaking hands with localhost$"):
            transport.connect()
        assert time.monotonic() - began < AT_ONCE


def test_no_failure_leaks_a_descriptor() -> None:
    before = open_descriptors()
    with _bad_certificate(issuer="theirs") as broker:
        transport = to(broker)
        for _ in range(10):
            with pytest.raises(ConnectFailed):
                transport.connect()
    for host in ("no-such-name.invalid", "127.0.0.1", "bad..name"):
        for _ in range(5):
            with pytest.raises(RealtimeError):
                to(broker, host).connect()
    assert open_descriptors() == before


# --- using it without a connection -----------------------------------------------------------------------------------


def test_nothing_works_before_connect_but_disconnect() -> None:
    transport = SocketMQTToTTransport("broker.test")
    for call in (lambda: transport.send(b"x"), lambda: transport.receive(0), transport.recv_packet):
        with pytest.raises(NotConnectedError):
            call()
    transport.disconnect()
    assert transport.fileno() == -1


def test_nothing_works_after_disconnect() -> None:
    with LoopbackServer(Peer.drain, serving()) as broker:
        transport = to(broker)
        transport.connect()
        transport.disconnect()
        with pytest.raises(NotConnectedError):
            transport.send(b"x")


@pytest.mark.parametrize("scheme", ["http", "socks4", "socks4a", "socks5", "socks5h"])
def test_repr_shows_the_way_and_not_the_credentials(scheme: str) -> None:
    transport = SocketMQTToTTransport("broker.test", proxy=f"{scheme}://someone:s3cr3t@proxy.test:1")
    assert repr(transport) == f"<SocketMQTToTTransport broker.test:443 through a {scheme} proxy>"


# --- receiving -------------------------------------------------------------------------------------------------------


@pytest.fixture
def lines() -> Iterator[tuple[SocketMQTToTTransport, Peer]]:
    """A connected transport and the broker's end of it, to be written to by the test."""
    peers: list[Peer] = []
    ready = threading.Event()

    def script(peer: Peer) -> None:
        peers.append(peer)
        ready.set()
        peer.wait()

    with LoopbackServer(script, serving()) as broker:
        transport = to(broker)
        transport.connect()
        assert ready.wait(5)
        yield transport, peers[0]
        transport.disconnect()


def test_receive_runs_out_of_time_and_loses_nothing(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    with pytest.raises(RealtimeTimeout):
        transport.receive(0)
    with pytest.raises(TimeoutError):
        transport.receive(0.01)
    peer.send(b"late")
    assert transport.receive(5) == b"late"


def test_receive_gives_empty_bytes_at_the_end(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    peer.send(b"last words")
    assert isinstance(peer.sock, ssl.SSLSocket)
    peer.sock.shutdown(socket.SHUT_WR)
    assert transport.receive(5) == b"last words"
    assert transport.receive(5) == b""


def test_a_tls_goodbye_is_the_end_though_the_socket_stays_open(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    assert isinstance(peer.sock, ssl.SSLSocket)
    peer.send(b"last words")
    peer.sock.setblocking(False)
    with pytest.raises(ssl.SSLWantReadError):
        # Sends close_notify, and would wait for ours: the TCP connection stays as it is.
        peer.sock.unwrap()
    received = transport.receive(5)
    if received:
        assert received == b"last words"
        received = transport.receive(5)
    assert received == b""
    assert transport.receive(5) == b""


def test_a_reset_is_a_lost_connection() -> None:
    def reset(peer: Peer) -> None:
        peer.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    with LoopbackServer(reset, serving()) as broker:
        transport = to(broker)
        transport.connect()
        with pytest.raises(ConnectionLost, match="the connection broke"):
            transport.receive(5)
        transport.disconnect()


def test_a_packet_survives_a_timeout_after_every_byte(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    packet = Publish("146", b"x" * 200, 7).encode()
    transport.timeout = 0.001
    for index in range(len(packet) - 1):
        peer.send(packet[index : index + 1])
        with pytest.raises(RealtimeTimeout):
            transport.recv_packet()
    peer.send(packet[-1:])
    transport.timeout = 5.0
    assert transport.recv_packet() == packet


def test_recv_packet_gives_one_packet_at_a_time(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    packets = [Publish("146", bytes(size), 1 + size).encode() for size in (0, 1, 5, 120, 121, 20000)]
    peer.send(*packets)
    assert [transport.recv_packet() for _ in packets] == packets


def test_recv_packet_reads_ahead(lines: tuple[SocketMQTToTTransport, Peer], monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of packets at hand cost a few reads of the socket, not one or more each."""
    transport, peer = lines
    packets = [PubAck(number).encode() for number in range(1, 501)]
    peer.send(*packets)
    stream = transport._stream
    assert stream is not None
    reads, receive = [], stream.receive

    def count(deadline: Deadline) -> bytes:
        reads.append(1)
        return receive(deadline)

    monkeypatch.setattr(stream, "receive", count)
    assert [transport.recv_packet() for _ in packets] == packets
    assert len(reads) < 10


def test_receive_gives_what_recv_packet_read_ahead(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    peer.send(PingResp(), b"\xd0")
    assert transport.recv_packet() == PingResp().encode()
    assert transport.receive(5) == b"\xd0"


def test_recv_packet_says_when_the_broker_left_or_talks_nonsense() -> None:
    def script(peer: Peer) -> None:
        peer.send(b"\x30\xff\xff\xff\xff\x01")
        peer.wait()

    with LoopbackServer(script, serving()) as broker:
        transport = to(broker)
        transport.connect()
        with pytest.raises(MalformedPacket):
            transport.recv_packet()
        transport.disconnect()
    with LoopbackServer(lambda peer: peer.send(b"\x30"), serving()) as broker:
        transport = to(broker)
        transport.connect()
        with pytest.raises(ConnectionLost, match="the broker closed the connection"):
            transport.recv_packet()
        transport.disconnect()


def test_recv_packet_has_a_limit(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, peer = lines
    peer.send(b"\x30\xff\xff\xff\x7f")
    with pytest.raises(LimitExceeded, match="exceeds the limit"):
        transport.recv_packet()


# --- both directions, and threads ------------------------------------------------------------------------------------


def test_both_sides_may_send_a_lot_at_once() -> None:
    """Neither waits for the other to read: with one lock or one buffer too few both would stop for good."""
    size = 8 * 2**20
    outward, inward = random.Random(1).randbytes(size), random.Random(2).randbytes(size)

    def script(peer: Peer) -> str:
        stream = accept_stream(peer.sock.dup(), serving(), Deadline.after(10))
        received = hashlib.sha256()

        def read() -> None:
            count = 0
            while count < size:
                data = stream.receive(Deadline.after(10))
                received.update(data)
                count += len(data)

        reader = threading.Thread(target=read)
        reader.start()
        stream.send(inward, Deadline.after(10))
        reader.join(15)
        stream.close()
        return received.hexdigest()

    with LoopbackServer(script) as broker:
        transport = to(broker, timeout=10)
        transport.connect()
        sender = threading.Thread(target=transport.send, args=(outward,))
        sender.start()
        digest, count = hashlib.sha256(), 0
        while count < size:
            data = transport.receive(10)
            digest.update(data)
            count += len(data)
        sender.join(15)
        assert not sender.is_alive()
        transport.disconnect()
    assert digest.digest() == hashlib.sha256(inward).digest()
    assert broker.results == [hashlib.sha256(outward).hexdigest()]


def test_a_broker_that_takes_nothing_is_given_up() -> None:
    with LoopbackServer(say_nothing, serving()) as broker:
        transport = to(broker)
        transport.connect()
        transport.timeout = 0.05
        began = time.monotonic()
        with pytest.raises(ConnectionLost, match=r"^the broker took nothing for 0\.05 s$"):
            transport.send(bytes(64 * 2**20))
        assert time.monotonic() - began < AT_ONCE
        assert transport.fileno() == -1


@pytest.mark.parametrize("read", ["receive", "recv_packet"])
def test_disconnect_wakes_a_blocked_reader(
    lines: tuple[SocketMQTToTTransport, Peer], read: str, waiting_begun: threading.Event
) -> None:
    transport, _ = lines
    waiting_begun.clear()
    blocked = Blocked((lambda: transport.receive(None)) if read == "receive" else transport.recv_packet)
    assert waiting_begun.wait(5)
    error = blocked.ends_at_once_after(transport.disconnect)
    assert isinstance(error, ConnectionLost)


def test_disconnect_wakes_a_blocked_writer(
    lines: tuple[SocketMQTToTTransport, Peer], waiting_begun: threading.Event
) -> None:
    transport, _ = lines
    waiting_begun.clear()
    blocked = Blocked(lambda: transport.send(bytes(64 * 2**20)))
    assert waiting_begun.wait(5)
    error = blocked.ends_at_once_after(transport.disconnect)
    assert isinstance(error, ConnectionLost)


def test_disconnect_wakes_a_connect_that_resolves(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, answer = threading.Event(), threading.Event()

    def never(*args: object) -> list[object]:
        asked.set()
        answer.wait(20)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", never)
    transport = SocketMQTToTTransport("broker.test", 443, 30, trusting())
    blocked = Blocked(transport.connect)
    assert asked.wait(5)
    error = blocked.ends_at_once_after(transport.disconnect)
    answer.set()
    assert isinstance(error, ConnectionLost)
    assert str(error) == "the connection was closed from this side"


def test_disconnect_wakes_a_connect_that_waits_for_tcp(waiting_begun: threading.Event) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        transport = SocketMQTToTTransport("127.0.0.1", listener.getsockname()[1], 30, trusting())
        blocked = Blocked(transport.connect)
        assert waiting_begun.wait(5)
        error = blocked.ends_at_once_after(transport.disconnect)
        for sock in waiting:
            sock.close()
    assert isinstance(error, ConnectionLost)
    assert str(error) == "the connection was closed from this side"


def test_disconnect_wakes_a_connect_that_shakes_hands() -> None:
    greeted = threading.Event()

    def script(peer: Peer) -> None:
        peer.receive_exactly(1)
        greeted.set()
        peer.drain()

    with LoopbackServer(script) as broker:
        transport = to(broker, timeout=30)
        blocked = Blocked(transport.connect)
        assert greeted.wait(5)
        error = blocked.ends_at_once_after(transport.disconnect)
    assert isinstance(error, ConnectionLost)
    assert str(error) == "the connection was closed from this side"


@pytest.mark.timeout(10)
def test_a_signal_handler_may_disconnect_wherever_it_comes(lines: tuple[SocketMQTToTTransport, Peer]) -> None:
    transport, _ = lines
    with transport._lock:
        transport.disconnect()
    assert transport.fileno() == -1


def test_a_disconnect_that_comes_as_connect_succeeds_is_not_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream is there, but the transport does not know it yet: who owns it must close it."""
    from instagrapi.realtime.network import transport as module

    with LoopbackServer(Peer.drain, serving()) as broker:
        transport = to(broker)
        opened = module.open_stream

        def open_and_lose(*args: object, **kwargs: object) -> object:
            stream = opened(*args, **kwargs)  # type: ignore[arg-type]
            with monkeypatch.context() as patch:
                # The other thread has taken the interrupt away and was stopped just before setting it.
                patch.setattr(module.Interrupt, "set", lambda interrupt: None)
                transport.disconnect()
            return stream

        monkeypatch.setattr(module, "open_stream", open_and_lose)
        with pytest.raises(ConnectionLost, match="closed from this side"):
            transport.connect()
        assert transport.fileno() == -1


# --- other people's transports ---------------------------------------------------------------------------------------


def test_four_methods_are_a_transport() -> None:
    assert isinstance(FourMethods(), Transport)


def test_the_adapter_gives_packets_as_a_stream() -> None:
    inner = FourMethods()
    adapter = PacketTransport(inner)
    adapter.connect()
    assert inner.connected
    inner.incoming.append(ConnAck(0).encode())
    assert adapter.receive(None) == ConnAck(0).encode()
    adapter.disconnect()
    assert not inner.connected


def test_the_adapter_sends_one_packet_at_a_time() -> None:
    """The contract says ``send(packet)``: what is collected for one write must be taken apart again."""
    inner = FourMethods(lambda packet: [])
    adapter = PacketTransport(inner)
    adapter.connect()
    packets = [PubAck(1).encode(), Publish("146", bytes(300), 2).encode(), PingReq().encode()]
    adapter.send(b"".join(packets))
    assert inner.sent == packets


def test_the_adapter_passes_the_timeout_on_and_pauses_briefly() -> None:
    adapter = PacketTransport(FourMethods())
    adapter.connect()
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        adapter.receive(None)
    assert PacketTransport.PAUSE <= time.monotonic() - began < AT_ONCE


@pytest.mark.parametrize("transport", [FourMethods(), Replayed()])
def test_the_adapter_shows_who_performs_the_handshake(transport: FourMethods) -> None:
    assert PacketTransport(transport).performs_handshake is isinstance(transport, Replayed)


def test_the_adapter_has_the_inner_descriptor_or_none() -> None:
    class WithDescriptor(FourMethods):
        def fileno(self) -> int:
            return 77

    assert PacketTransport(FourMethods()).fileno() == -1
    assert PacketTransport(WithDescriptor()).fileno() == 77
