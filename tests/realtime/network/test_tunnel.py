"""Every kind of proxy over loopback sockets, and every way in which one can fail."""

from __future__ import annotations

import ipaddress
import time

import pytest

from instagrapi.exceptions import ConnectFailed, RealtimeTimeout
from instagrapi.realtime.network.proxy import MAX_HTTP_HEAD
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.protocol.packets import PingReq, PingResp
from tests.support.broker import LoopbackServer, Peer, hang_up, say_nothing
from tests.support.certificates import serving, trusting
from tests.support.proxies import Asked, proxy_to

LOCAL = ["socks4", "socks5"]
REMOTE = ["http", "socks4a", "socks5h"]


def ping_pong(peer: Peer) -> None:
    peer.expect(PingReq)
    peer.send(PingResp())


def through(url: str, host: str = "broker.test", port: int = 443, timeout: float = 5.0) -> SocketMQTToTTransport:
    return SocketMQTToTTransport(host, port, timeout, trusting(), url)


def fails(transport: SocketMQTToTTransport) -> ConnectFailed:
    """The one typed error; that nothing stays open is checked after every test."""
    with pytest.raises(ConnectFailed) as caught:
        transport.connect()
    assert transport.fileno() == -1
    assert "\n" not in str(caught.value)
    return caught.value


@pytest.mark.parametrize("scheme", [*LOCAL, *REMOTE])
def test_a_connection_goes_through_the_proxy(scheme: str) -> None:
    host = "localhost" if scheme in LOCAL else "broker.test"
    with LoopbackServer(ping_pong, serving()) as broker:
        proxy, asked = proxy_to(broker.port)
        with proxy:
            transport = through(f"{scheme}://127.0.0.1:{proxy.port}", host)
            transport.connect()
            transport.send(PingReq().encode())
            assert transport.recv_packet() == PingResp().encode()
            transport.disconnect()
    (request,) = asked
    assert (request.kind, request.port) == (scheme.removesuffix("h"), 443)
    if scheme in LOCAL:
        assert ipaddress.ip_address(request.host).is_loopback, "the proxy was to be told an address"
    else:
        assert request.host == "broker.test", "the proxy was to be told the name, which nobody here can resolve"


@pytest.mark.parametrize("scheme", ["http", "socks5", "socks5h"])
def test_credentials_reach_the_proxy_as_they_are_meant(scheme: str) -> None:
    with LoopbackServer(ping_pong, serving()) as broker:
        proxy, asked = proxy_to(broker.port, ("someone", "s3cr3t@/"))
        with proxy:
            transport = through(f"{scheme}://someone:s3cr3t%40%2F@127.0.0.1:{proxy.port}", "localhost")
            transport.connect()
            transport.send(PingReq().encode())
            assert transport.recv_packet() == PingResp().encode()
            transport.disconnect()
    assert (asked[0].username, asked[0].password) == ("someone", "s3cr3t@/")


@pytest.mark.parametrize("scheme", ["socks4", "socks4a"])
def test_socks4_has_only_a_user(scheme: str) -> None:
    with LoopbackServer(ping_pong, serving()) as broker:
        proxy, asked = proxy_to(broker.port, ("someone", ""))
        with proxy:
            transport = through(f"{scheme}://someone:ignored@127.0.0.1:{proxy.port}", "localhost")
            transport.connect()
            transport.send(PingReq().encode())
            transport.recv_packet()
            transport.disconnect()
    assert asked[0].username == "someone"


@pytest.mark.parametrize("scheme", ["http", "socks4a", "socks5h"])
@pytest.mark.parametrize("given", ["", "someone:s3cr3t@"], ids=["without credentials", "wrong credentials"])
def test_a_proxy_that_wants_other_credentials(scheme: str, given: str) -> None:
    proxy, _ = proxy_to(1, ("someone", "else"))
    with proxy:
        transport = through(f"{scheme}://{given}127.0.0.1:{proxy.port}")
        error = fails(transport)
    for shown in (str(error), repr(error), repr(transport), repr(error.__cause__)):
        assert "s3cr3t" not in shown
        assert "someone" not in shown


@pytest.mark.parametrize("scheme", [*LOCAL, *REMOTE])
def test_a_proxy_that_hangs_up(scheme: str) -> None:
    with LoopbackServer(hang_up) as proxy:
        error = fails(through(f"{scheme}://127.0.0.1:{proxy.port}", "localhost"))
    assert str(error) in ("the proxy closed the connection", "the connection to the proxy broke")


@pytest.mark.parametrize("scheme", [*LOCAL, *REMOTE])
def test_a_proxy_that_talks_garbage(scheme: str) -> None:
    def babble(peer: Peer) -> None:
        peer.receive()
        peer.send(b"\xff" * 64 + b"\r\n\r\n")
        peer.drain()

    with LoopbackServer(babble) as proxy:
        error = fails(through(f"{scheme}://127.0.0.1:{proxy.port}", "localhost"))
    assert "the proxy does not speak " in str(error)


def test_a_proxy_whose_answer_has_no_end() -> None:
    def recite(peer: Peer) -> int:
        peer.receive()
        peer.send(b"HTTP/1.1 200 OK\r\n")
        count = 0
        try:
            while not peer.hung_up.is_set() and count < 64 * 2**20:
                peer.send(b"X-Verse: again and again\r\n" * 100)
                count += 2600
        except OSError:
            pass
        return count

    with LoopbackServer(recite) as proxy:
        error = fails(through(f"http://127.0.0.1:{proxy.port}"))
    assert str(error) == f"the proxy's answer is longer than {MAX_HTTP_HEAD} bytes"


@pytest.mark.parametrize("scheme", [*LOCAL, *REMOTE])
def test_a_proxy_that_says_nothing_does_not_outlast_the_deadline(scheme: str) -> None:
    with LoopbackServer(say_nothing) as proxy:
        transport = through(f"{scheme}://127.0.0.1:{proxy.port}", "localhost", timeout=0.05)
        began = time.monotonic()
        with pytest.raises(RealtimeTimeout, match=r"^no time left while talking to the proxy$"):
            transport.connect()
        assert time.monotonic() - began < 1


def test_a_proxy_that_drips_does_not_outlast_the_deadline() -> None:
    """One deadline for everything: a byte now and then buys no time."""

    def drip(peer: Peer) -> None:
        try:
            while not peer.hung_up.wait(0.01):
                peer.send(b"H")
        except OSError:
            pass

    with LoopbackServer(drip) as proxy:
        began = time.monotonic()
        with pytest.raises(RealtimeTimeout, match="talking to the proxy"):
            through(f"http://127.0.0.1:{proxy.port}", timeout=0.1).connect()
        assert time.monotonic() - began < 1


def test_a_proxy_that_speaks_for_the_broker_is_not_believed() -> None:
    """Whatever stands behind the proxy's own answer was not sent by the broker."""

    def eager(peer: Peer) -> None:
        peer.receive()
        peer.send(b"HTTP/1.1 200 OK\r\n\r\n\x20\x02\x00\x00")
        peer.drain()

    with LoopbackServer(eager) as proxy:
        assert str(fails(through(f"http://127.0.0.1:{proxy.port}"))) == "the proxy said more than it was asked"


def test_a_broker_with_the_wrong_certificate_is_not_accepted_behind_a_proxy_either() -> None:
    with LoopbackServer(say_nothing, serving("other.test")) as broker:
        proxy, _ = proxy_to(broker.port)
        with proxy:
            error = fails(through(f"socks5h://127.0.0.1:{proxy.port}"))
    assert "certificate of broker.test is not valid" in str(error)


def test_an_unreachable_proxy_is_named_without_its_credentials() -> None:
    with LoopbackServer(hang_up) as gone:
        pass
    error = fails(through(f"http://someone:s3cr3t@127.0.0.1:{gone.port}"))
    assert str(error) == f"127.0.0.1:{gone.port} cannot be reached: Connection refused"


def test_an_unknown_name_is_not_given_to_a_proxy_that_is_told_addresses() -> None:
    asked: list[Asked]
    proxy, asked = proxy_to(1)
    with proxy:
        error = fails(through(f"socks5://127.0.0.1:{proxy.port}", "no-such-name.invalid"))
    assert "the name no-such-name.invalid cannot be resolved" in str(error)
    assert asked == []
