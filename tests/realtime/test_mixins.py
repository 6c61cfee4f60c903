"""The methods that the two mixins give a client."""

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.exceptions import ConnectRefused, NotConnectedError
from instagrapi.mixins.fbns import FbnsMixin
from instagrapi.mixins.realtime import RealtimeMixin
from instagrapi.realtime import FbnsClient, FbnsDeviceAuth, RealtimeClient, events
from instagrapi.realtime.connecting import Options
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.outgoing import RealtimeOptions
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Disconnect, Packet, Publish
from instagrapi.realtime.protocol.payload import deflate
from tests.support.hosts import FbnsHost, FullHost, Host, RealtimeHost
from tests.support.memory import FourMethods, MemoryTransport, Replayed, Reply, polite

NOTIFICATION = deflate(json.dumps({"fbpushnotif": '{"collapse_key":"like"}'}).encode())


def fbns(packet: Packet) -> list[Reply]:
    """Issues an identity and a token."""
    if isinstance(packet, Connect):
        return [ConnAck(0, b'{"ck":1,"cs":"c","di":"d","ds":"s"}')]
    replies = polite(packet)
    if isinstance(packet, Publish) and packet.topic == "79":
        replies.append(Publish("80", deflate(b'{"token":"t"}'), 9))
    return replies


def incoming(number: int) -> bytes:
    return Publish("146", deflate(b"[%d]" % number)).encode()


# --- realtime --------------------------------------------------------------------------------------------------------


def test_realtime_from_connect_to_disconnect() -> None:
    host, transport = RealtimeHost(), FourMethods()
    client = host.realtime_connect(transport)
    assert isinstance(client, RealtimeClient)
    assert client.connected
    assert host.realtime is client
    transport.incoming.append(incoming(1))
    assert host.realtime_read_once() == [1]
    assert host.realtime_read_once(timeout=0) is None
    assert host.realtime_ping() is True
    host.realtime_disconnect()
    assert host.realtime is None
    assert not client.connected
    assert transport.sent[-1] == Disconnect().encode()
    host.realtime_disconnect()


@pytest.mark.parametrize("call", ["realtime_ping", "realtime_read_once"])
def test_realtime_calls_without_a_connection(call: str) -> None:
    host = RealtimeHost()
    with pytest.raises(NotConnectedError, match=r"realtime_connect\(\)"):
        getattr(host, call)()
    host.realtime_connect(FourMethods())
    host.realtime_disconnect()
    with pytest.raises(RuntimeError):
        getattr(host, call)()


def test_realtime_calls_after_a_failed_connect() -> None:
    host = RealtimeHost()
    with pytest.raises(ConnectRefused):
        host.realtime_connect(FourMethods(lambda packet: [ConnAck(5)]))
    with pytest.raises(NotConnectedError):
        host.realtime_read_once()
    assert host.realtime_connect(FourMethods()).connected


def test_connecting_again_with_other_options_replaces_the_client_but_keeps_its_handlers() -> None:
    host, transport = RealtimeHost(), MemoryTransport()
    told: list[str] = []
    host.realtime_on("connected", lambda payload: told.append("of the host"))
    first = host.realtime_connect(transport, reconnect=False)
    first.on("connected", lambda payload: told.append("of the client"))
    assert host.realtime_connect() is first
    assert host.realtime_connect(reconnect=False) is first
    second = host.realtime_connect(reconnect=True)
    assert second is host.realtime is not first
    assert not first.connected
    assert (second.connected, second.transport) == (True, transport)
    assert told == ["of the host"] + 3 * ["of the host", "of the client"]
    assert host.realtime_connect(reconnect=True) is second


def test_connecting_push_again_with_other_options_replaces_the_client_but_keeps_its_handlers() -> None:
    host, transport = FbnsHost(), MemoryTransport(broker=fbns)
    told: list[str] = []
    first = host.fbns_connect(transport, reconnect=False)
    first.on("connected", lambda payload: told.append("connected"))
    assert host.fbns_connect(reconnect=False) is first
    second = host.fbns_connect(reconnect=True)
    assert second is host.fbns is not first
    assert (first.connected, second.connected) == (False, True)
    assert told == ["connected"] * 2


def test_realtime_handlers_registered_before_and_after_connect() -> None:
    host, transport = RealtimeHost(), FourMethods()
    told: list[Any] = []

    @host.realtime_on("iris")
    def before(payload: Any) -> None:
        told.append(("before", payload))

    host.realtime_connect(transport)

    @host.realtime_on("iris")
    def after(payload: Any) -> None:
        told.append(("after", payload))

    typed = host.realtime_on(events.Unknown, lambda event: told.append(event.raw))
    transport.incoming.append(incoming(1))
    host.realtime_read_once()
    assert told == [("before", 1), ("after", 1), 1]
    told.clear()
    typed.cancel()
    transport.incoming.append(incoming(2))
    host.realtime_read_once()
    assert told == [("before", 2), ("after", 2)]


def test_appendix_a_12_handlers_survive_disconnect() -> None:
    """realtime_disconnect() forgot them: the next connection was a silent one."""
    host = RealtimeHost()
    told: list[Any] = []
    early = host.realtime_on("iris", told.append)
    for number in (1, 2, 3):
        transport = FourMethods()
        host.realtime_connect(transport)
        if number == 1:
            host.realtime_on("iris", lambda payload: told.append(-payload))
        transport.incoming.append(incoming(number))
        host.realtime_read_once()
        host.realtime_disconnect()
        if number == 2:
            early.cancel()
    assert told == [1, -1, 2, -2, -3]


def test_handlers_of_one_connection_end_with_it() -> None:
    host = RealtimeHost()
    told: list[Any] = []
    for number in (1, 2):
        transport = FourMethods()
        client = host.realtime_connect(transport)
        if number == 1:
            client.on("iris", told.append)
        transport.incoming.append(incoming(number))
        host.realtime_read_once()
        host.realtime_disconnect()
    assert told == [1]


def test_connecting_again_keeps_the_client_and_may_change_the_transport() -> None:
    host, first, second = RealtimeHost(), FourMethods(), FourMethods()
    client = host.realtime_connect(first)
    assert host.realtime_connect(second) is client
    assert not first.connected
    assert second.connected


def test_a_replay_is_connected_without_connect() -> None:
    host, transport = RealtimeHost(), Replayed()
    host.realtime_connect(transport)
    assert transport.sent == []
    with pytest.raises(TimeoutError):
        host.realtime_read_once()


@pytest.mark.parametrize("kind", ["realtime", "fbns"])
def test_appendix_a_11_the_proxy_is_read_at_connect(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """realtime_on() before set_proxy() built the transport, and the real address was shown."""
    made: list[SocketMQTToTTransport] = []
    monkeypatch.setattr(SocketMQTToTTransport, "connect", lambda transport: made.append(transport))
    host = FullHost()
    getattr(host, f"{kind}_on")("receive", lambda payload: None)
    for proxy in ("http://proxy.test:1", "socks5h://proxy.test:2", None):
        host.proxy = proxy
        with pytest.raises(NotConnectedError):
            getattr(host, f"{kind}_connect")()
    shown = [repr(transport) for transport in made]
    assert "through a http proxy" in shown[0]
    assert "through a socks5h proxy" in shown[1]
    assert "through" not in shown[2]


# --- FBNS ------------------------------------------------------------------------------------------------------------


def test_fbns_from_connect_to_disconnect() -> None:
    host, transport = FbnsHost(), FourMethods(fbns)
    client = host.fbns_connect(transport)
    assert isinstance(client, FbnsClient)
    assert host.fbns is client
    assert host.settings["fbns_auth"]["token"] == "t"
    transport.incoming.append(Publish("76", NOTIFICATION).encode())
    seen = [host.fbns_read_once(), host.fbns_read_once(), host.fbns_read_once()]
    assert {"collapse_key": "like"} in seen
    assert host.fbns_ping() is True
    host.fbns_disconnect()
    assert host.fbns is None
    host.fbns_disconnect()


def test_fbns_connect_takes_an_identity_and_may_leave_registering_out() -> None:
    host, transport = FbnsHost(), FourMethods(fbns)
    auth = FbnsDeviceAuth(client_id="mine", device_secret="x")
    client = host.fbns_connect(transport, auth=auth, register=False)
    assert client.auth is auth
    assert host.requests == []
    other = FbnsDeviceAuth(client_id="other", device_secret="y")
    assert host.fbns_connect(FourMethods(fbns), other, False).auth is other


@pytest.mark.parametrize("call", ["fbns_ping", "fbns_read_once"])
def test_fbns_calls_without_a_connection(call: str) -> None:
    with pytest.raises(NotConnectedError, match=r"fbns_connect\(\)"):
        getattr(FbnsHost(), call)()


def test_fbns_handlers_survive_disconnect() -> None:
    host = FbnsHost()
    told: list[Any] = []

    @host.fbns_on("like")
    def like(payload: Any) -> None:
        told.append(payload)

    for _ in range(2):
        transport = FourMethods(fbns)
        host.fbns_connect(transport, register=False)
        transport.incoming.append(Publish("76", NOTIFICATION).encode())
        host.fbns_read_once()
        host.fbns_disconnect()
    assert told == [{"collapse_key": "like"}] * 2


# --- both ------------------------------------------------------------------------------------------------------------


def test_either_mixin_works_alone_and_both_together() -> None:
    assert not hasattr(RealtimeHost(), "fbns_connect")
    assert not hasattr(FbnsHost(), "realtime_connect")
    host = FullHost()
    realtime, push = FourMethods(), FourMethods(fbns)
    host.realtime_connect(realtime)
    host.fbns_connect(push)
    host.realtime_disconnect()
    assert host.fbns is not None
    assert host.fbns.connected
    assert not realtime.connected


@pytest.mark.parametrize("mixin", [RealtimeMixin, FbnsMixin])
def test_a_mixin_needs_no_init_and_shares_no_state(mixin: type) -> None:
    cls = type("Bare", (mixin,), {"__init__": lambda self: None, **vars(Host())})
    first, second = cls(), cls()
    on = "realtime_on" if mixin is RealtimeMixin else "fbns_on"
    make = "realtime_client" if mixin is RealtimeMixin else "fbns_client"
    getattr(first, on)("receive", lambda payload: None)
    assert getattr(first, make)().handlers.get("receive")
    assert not getattr(second, make)().handlers.get("receive")


def test_a_byte_transport_may_be_handed_in_too() -> None:
    transport = MemoryTransport()
    host = RealtimeHost()
    client = host.realtime_client(transport, clock=transport.clock)
    client.connect()
    transport.arrive(Publish("146", deflate(b"[1]")), after=600.0)
    assert client.read_once() == [1]


@pytest.mark.parametrize(
    ("method", "names"),
    [
        (Client.realtime_connect, RealtimeOptions.__optional_keys__),
        (Client.fbns_connect, Options.__optional_keys__),
        (Client, set(inspect.signature(Client).parameters)),
    ],
)
def test_help_names_every_option(method: object, names: set[str]) -> None:
    text = inspect.getdoc(method) or ""
    assert {name for name in names if not re.search(rf"^    {name}: |``{name}``", text, re.MULTILINE)} == set()
