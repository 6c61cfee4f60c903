"""What both clients have in common: reading, handlers, state, and other people's transports."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from instagrapi.exceptions import (
    ConcurrencyError,
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    NotConnectedError,
    RealtimeProtocolError,
)
from instagrapi.realtime import FbnsClient, RealtimeClient, State, events
from instagrapi.realtime.network.transport import SocketMQTToTTransport
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Disconnect, Packet, PingReq, PubAck, Publish
from instagrapi.realtime.protocol.payload import deflate
from tests.support.hosts import CSRF_TOKEN, PHONE_ID, SESSION_ID, Host
from tests.support.memory import FourMethods, MemoryTransport, Replayed, polite, silent


def body(text: bytes = b'{"n":1}') -> bytes:
    return deflate(text)


def hint(number: int) -> Publish:
    """A publish whose body is its number."""
    return Publish("146", body(b"[%d]" % number), number)


def connected(transport: MemoryTransport | None = None, **options: Any) -> tuple[RealtimeClient, MemoryTransport]:
    transport = transport or MemoryTransport()
    client = RealtimeClient(Host(), transport, clock=transport.clock, **options)
    client.connect()
    return client, transport


# --- connecting and disconnecting ------------------------------------------------------------------------------------


def test_a_client_begins_idle_and_says_so() -> None:
    client = RealtimeClient(Host())
    assert client.state is State.IDLE
    assert not client.connected
    client.disconnect()
    assert client.state is State.IDLE


def test_connect_and_disconnect() -> None:
    client, transport = connected()
    assert client.connected
    assert client.state is State.LIVE
    assert client.state == "live"
    client.disconnect()
    assert not client.connected
    assert client.state is State.STOPPED
    assert [type(packet) for packet in transport.sent] == [Connect, Disconnect]
    client.disconnect()
    assert len(transport.sent) == 2


def test_a_client_is_a_context_manager() -> None:
    transport = MemoryTransport()
    with RealtimeClient(Host(), transport, clock=transport.clock) as client:
        assert client.connected
    assert not client.connected
    assert transport.sent[-1] == Disconnect()


def test_connecting_again_replaces_the_connection() -> None:
    client, transport = connected()
    client.connect()
    assert client.connected
    assert transport.connects == 2
    assert [type(packet) for packet in transport.sent] == [Connect, Disconnect, Connect]
    assert client.stats().connects == 2
    assert client.stats().reconnects == 1


def test_the_keep_alive_of_the_profile_is_announced() -> None:
    host = Host()
    _, transport = connected()
    assert transport.sent_of(Connect)[0].keep_alive == 20  # type: ignore[union-attr]
    fbns = MemoryTransport(broker=lambda packet: [ConnAck(0, b'{"ds":"x"}')] if isinstance(packet, Connect) else [])
    FbnsClient(host, fbns, clock=fbns.clock).connect(register=False)
    assert fbns.sent_of(Connect)[0].keep_alive == 60  # type: ignore[union-attr]


def test_a_failed_connect_leaves_a_failed_client_that_can_try_again() -> None:
    transport = MemoryTransport(broker=lambda packet: [ConnAck(5)])
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    with pytest.raises(ConnectRefused):
        client.connect()
    assert client.state is State.FAILED
    assert not client.connected
    with pytest.raises(NotConnectedError):
        client.read_once(0)
    transport.broker = polite
    client.connect()
    assert client.state is State.LIVE


def test_connect_timeout_is_the_time_for_connack() -> None:
    transport = MemoryTransport(broker=lambda packet: [])
    client = RealtimeClient(Host(), transport, clock=transport.clock, connect_timeout=7.0)
    began = transport.clock()
    with pytest.raises(ConnectFailed):
        client.connect()
    assert transport.clock() - began == 7.0


def test_disconnect_during_connect_stops_it() -> None:
    transport = MemoryTransport()
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    connect = transport.connect

    def disturbed() -> None:
        client.disconnect()
        connect()

    transport.connect = disturbed  # type: ignore[method-assign]
    with pytest.raises(NotConnectedError):
        client.connect()
    assert transport.fileno() == -1
    assert not client.connected
    assert client.state is State.STOPPED


def test_disconnect_while_connect_is_still_preparing_is_not_forgotten() -> None:
    """The host is asked for its session before there is a connection that could be closed."""
    transport = MemoryTransport()

    class Slow(Host):
        def __getattribute__(self, name: str) -> Any:
            if name == "sessionid":
                client.disconnect()
            return super().__getattribute__(name)

    client = RealtimeClient(Slow(), transport, clock=transport.clock)
    with pytest.raises(NotConnectedError):
        client.connect()
    assert transport.fileno() == -1
    assert not client.connected
    assert client.state is State.STOPPED


def test_only_one_thread_connects_at_a_time() -> None:
    transport = MemoryTransport()
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    connect = transport.connect
    refused = []

    def again() -> None:
        with pytest.raises(ConcurrencyError) as caught:
            client.connect()
        refused.append(caught.value)
        connect()

    transport.connect = again  # type: ignore[method-assign]
    client.connect()
    assert len(refused) == 1
    assert client.connected


def test_connected_and_disconnected_are_events() -> None:
    transport = MemoryTransport()
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    told: list[Any] = []
    for name in ("connected", "disconnected"):
        client.on(name, lambda payload, name=name: told.append((name, payload)))  # type: ignore[misc]
    client.on(events.Connected, lambda event: told.append(event.kind))
    client.on(events.Disconnected, lambda event: told.append((event.kind, event.reason)))
    client.connect()
    transport.arrive(b"")
    for _ in range(3):
        with pytest.raises(ConnectionLost):
            client.read_once()
    reason = "the broker closed the connection without DISCONNECT"
    assert told == [
        ("connected", {"resumed": False}),
        "connected",
        ("disconnected", {"reason": reason, "will_retry": False, "retry_in": None}),
        ("disconnected", reason),
    ]
    assert client.state is State.FAILED


def test_disconnecting_on_purpose_is_no_event() -> None:
    client, _ = connected()
    told: list[Any] = []
    client.on("disconnected", told.append)
    client.disconnect()
    assert told == []


def test_the_end_is_announced_behind_everything_that_came_before_it() -> None:
    client, transport = connected()
    told: list[Any] = []
    client.on("iris", told.append)
    client.on("disconnected", lambda payload: told.append("the end"))
    transport.arrive(hint(1).encode() + hint(2).encode())
    transport.arrive(b"")
    assert client.ping(1) is False, "the pinger meets the end first"
    assert told == []
    assert [client.read_once(), client.read_once()] == [[1], [2]]
    with pytest.raises(ConnectionLost):
        client.read_once()
    assert told == [1, 2, "the end"]


def test_a_sender_that_meets_the_end_announces_it_too() -> None:
    client, transport = connected()
    told: list[Any] = []
    client.on("disconnected", told.append)
    transport.send_error = ConnectionLost("the connection broke: broken pipe")
    with pytest.raises(ConnectionLost):
        client.publish_json("132", {})
    assert [payload["reason"] for payload in told] == ["the connection broke: broken pipe"]


def test_the_end_is_announced_once_though_two_threads_see_it(monkeypatch: pytest.MonkeyPatch) -> None:
    client, transport = connected()
    told: list[Any] = []

    def look_twice(payload: Any) -> None:
        told.append(payload)
        with pytest.raises((ConnectionLost, NotConnectedError)):
            client.publish_json("132", {})

    client.on("disconnected", look_twice)
    transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        client.read_once()
    assert len(told) == 1


# --- read_once -------------------------------------------------------------------------------------------------------


def test_read_once_returns_the_decoded_body_of_a_publish() -> None:
    client, transport = connected()
    transport.arrive(Publish("133", body(b'{"status":"ok"}')))
    assert client.read_once() == {"status": "ok"}


@pytest.mark.parametrize("packet", [PubAck(9), PingReq(), Disconnect()], ids=lambda packet: packet.packet_type)
def test_read_once_returns_the_packet_when_it_is_no_publish(packet: Packet) -> None:
    client, transport = connected()
    transport.arrive(packet)
    assert client.read_once() == packet


def test_read_once_returns_none_when_its_timeout_passes() -> None:
    client, transport = connected()
    began = transport.clock()
    assert client.read_once(timeout=2.5) is None
    assert transport.clock() - began == 2.5
    assert client.connected


def test_read_once_with_zero_polls() -> None:
    client, transport = connected()
    began = transport.clock()
    assert client.read_once(timeout=0) is None
    transport.arrive(hint(1))
    assert client.read_once(timeout=0) == [1]
    assert client.read_once(timeout=0) is None
    assert transport.clock() == began


def test_appendix_a_1_a_quiet_line_is_no_error() -> None:
    """read_once() raised TimeoutError after 30 s of silence."""
    client, transport = connected()
    transport.arrive(hint(1), after=12 * 3600.0)
    assert client.read_once() == [1]
    assert client.connected


def test_appendix_a_2_the_client_pings_by_itself() -> None:
    """CONNECT announced 20 s and no PINGREQ was ever sent."""
    client, transport = connected()
    transport.arrive(hint(1), after=3600.0)
    client.read_once()
    pings = [1000.0, *transport.times_of(PingReq)]
    assert max(later - earlier for earlier, later in zip(pings, pings[1:], strict=False)) <= 20


def test_appendix_a_3_ping_after_sending_and_nothing_stays_behind() -> None:
    """ping() straight after a send returned False, and the PINGRESP stayed in the stream."""
    client, _ = connected()
    client.publish_json("132", {})
    assert client.ping() is True
    assert client.read_once(0) == PubAck(1)
    assert client.read_once(0) is None


def test_appendix_a_4_a_timeout_inside_a_packet_loses_nothing() -> None:
    client, transport = connected()
    data = Publish("146", body(b'["split"]'), 9).encode()
    for index in range(len(data)):
        assert client.read_once(timeout=0.001) is None
        transport.arrive(data[index : index + 1])
    assert client.read_once(timeout=0.001) == ["split"]


def test_appendix_a_5_a_failing_handler_ends_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """Its exception left read_once(), and the packet was not acknowledged."""
    client, transport = connected()
    told: list[Any] = []

    @client.on("iris")
    def fail(payload: Any) -> None:
        raise ValueError("my own mistake")

    client.on("iris", told.append)
    client.on("error", lambda payload: told.append((payload["event"], str(payload["error"]))))
    transport.arrive(hint(1), hint(2))
    assert client.read_once() == [1]
    assert transport.sent_of(PubAck) == [PubAck(1)]
    assert client.read_once() == [2]
    assert told == [("iris", "my own mistake"), 1, ("iris", "my own mistake"), 2]
    assert "my own mistake" in caplog.text, "with its traceback"


def test_a_failing_handler_may_be_raised_if_the_program_prefers() -> None:
    client, transport = connected(on_handler_error="raise")
    told: list[Any] = []
    client.on("iris", lambda payload: 1 / 0)
    client.on("iris", told.append)
    transport.arrive(hint(1), hint(2))
    with pytest.raises(ZeroDivisionError):
        client.read_once()
    assert told == [1], "the other handlers ran"
    assert transport.sent_of(PubAck) == [PubAck(1)], "a handler's failure is not the broker's business"
    assert client.connected
    with pytest.raises(ZeroDivisionError):
        client.read_once()
    assert transport.sent_of(PubAck) == [PubAck(1), PubAck(2)]


def test_a_packet_is_acknowledged_after_its_handlers() -> None:
    client, transport = connected()
    acknowledged: list[int] = []
    client.on("receive", lambda payload: acknowledged.append(len(transport.sent_of(PubAck))))
    transport.arrive(hint(1))
    transport.arrive(hint(2))
    client.read_once()
    client.read_once()
    assert acknowledged == [0, 1]
    assert transport.sent_of(PubAck) == [PubAck(1), PubAck(2)]


def test_a_publish_without_identifier_is_not_acknowledged() -> None:
    client, transport = connected()
    transport.arrive(Publish("146", body()))
    client.read_once()
    assert transport.sent_of(PubAck) == []


def test_acknowledgements_are_sent_when_there_is_nothing_more_to_read_and_on_disconnect() -> None:
    client, transport = connected()
    transport.arrive(b"".join(hint(number).encode() for number in (1, 2, 3)))
    client.read_once()
    client.read_once()
    assert transport.sent_of(PubAck) == []
    client.read_once()
    assert transport.sent_of(PubAck) == [PubAck(1), PubAck(2), PubAck(3)]
    transport.arrive(b"".join(hint(number).encode() for number in (4, 5)))
    client.read_once()
    client.disconnect()
    assert transport.sent[-2:] == [PubAck(4), Disconnect()]


def test_what_cannot_be_decoded_is_an_event_and_is_acknowledged() -> None:
    client, transport = connected()
    told: list[Any] = []
    client.on("undecoded", told.append)
    transport.arrive(Publish("146", b"\x78\xda nonsense", 3))
    assert client.read_once() == b"\x78\xda nonsense"
    assert [(event["topic"], event["payload"]) for event in told] == [("146", b"\x78\xda nonsense")]
    assert transport.sent_of(PubAck) == [PubAck(3)]


def test_a_handler_may_send_and_ping() -> None:
    client, transport = connected()
    outcome: list[Any] = []
    client.on("iris", lambda payload: (client.publish_json("132", {}), outcome.append(client.ping(5))))
    transport.arrive(hint(1))
    client.read_once()
    assert outcome == [True]


def test_a_handler_may_not_read() -> None:
    client, transport = connected()
    failures: list[Exception] = []

    @client.on("iris")
    def read(payload: Any) -> None:
        with pytest.raises(ConcurrencyError) as caught:
            client.read_once(0)
        failures.append(caught.value)

    transport.arrive(hint(1), hint(2))
    assert client.read_once() == [1]
    assert len(failures) == 1
    assert client.read_once() == [2], "and the next read is not affected"


def test_a_handler_may_disconnect() -> None:
    client, transport = connected()
    client.on("iris", lambda payload: client.disconnect())
    transport.arrive(hint(1).encode() + hint(2).encode())
    assert client.read_once() == [1]
    with pytest.raises(NotConnectedError):
        client.read_once()
    assert transport.sent[-1] == Disconnect(), "nothing may follow it"


def test_a_handler_may_connect_anew() -> None:
    client, transport = connected()
    client.on("iris", lambda payload: client.connect())
    transport.arrive(hint(1))
    assert client.read_once() == [1]
    assert client.connected
    assert isinstance(transport.sent[-1], Connect), "the old identifier means nothing to the new connection"


@pytest.mark.parametrize("call", ["read_once", "ping", "fileno"])
def test_without_a_connection(call: str) -> None:
    client = RealtimeClient(Host())
    with pytest.raises(NotConnectedError):
        getattr(client, call)()
    with pytest.raises(RuntimeError, match="not connected"):
        getattr(client, call)()


def test_ping_is_false_when_nobody_answers_or_the_line_breaks() -> None:
    client, transport = connected(MemoryTransport(broker=silent))
    assert client.ping(timeout=3) is False
    assert client.connected
    transport.arrive(b"")
    assert client.ping(timeout=3) is False
    assert not client.connected


def test_ping_takes_the_arguments_of_instagrapi() -> None:
    client, _ = connected()
    assert client.ping(max_packets=5) is True


# --- handlers --------------------------------------------------------------------------------------------------------


def test_handlers_stay_registered_over_connections_until_they_are_cancelled() -> None:
    transport = MemoryTransport()
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    told: list[Any] = []
    registration = client.on("iris", told.append)
    for number in (1, 2, 3):
        client.connect()
        transport.arrive(hint(number))
        client.read_once()
        if number == 2:
            registration.cancel()
    assert told == [1, 2]


def test_on_is_a_decorator_and_off_takes_back() -> None:
    client, transport = connected()
    told: list[Any] = []

    @client.on("iris")
    def first(payload: Any) -> None:
        told.append(("first", payload))

    client.on("iris", told.append)
    transport.arrive(hint(1), hint(2), hint(3))
    client.read_once()
    assert client.off("iris", first) == 1
    client.read_once()
    assert client.off("iris") == 1
    client.read_once()
    assert told == [("first", 1), 1, 2]


# --- state and numbers -----------------------------------------------------------------------------------------------


def test_stats_count_packets_bytes_events_and_ages() -> None:
    transport = MemoryTransport(
        broker=lambda packet: [(0.5, packet_out) for packet_out in polite(packet)]  # type: ignore[misc]
    )
    client = RealtimeClient(Host(), transport, clock=transport.clock)
    empty = client.stats()
    assert (empty.packets_in, empty.connects, empty.ping_round_trip, empty.last_byte_age) == (0, 0, None, None)
    client.connect()
    client.on(events.Event, lambda event: None)
    transport.arrive(hint(1))
    client.read_once()
    assert client.ping()
    transport.clock.advance(3.0)
    stats = client.stats()
    assert stats.packets_in == 3, "CONNACK, PUBLISH, PINGRESP"
    assert stats.bytes_in == 4 + len(hint(1).encode()) + 2
    assert stats.packets_out == 3, "CONNECT, PUBACK, PINGREQ"
    assert stats.bytes_out == sum(len(data) for _, data in transport.writes)
    assert stats.events == {"state_changed": 2, "connected": 1, "unknown": 1}
    assert stats.ping_round_trip == 0.5
    assert stats.last_byte_age == 3.0


def test_fileno_is_the_transports() -> None:
    client, _ = connected()
    assert client.fileno() == 4242


# --- transports that are handed in -----------------------------------------------------------------------------------


def test_any_object_with_four_methods_is_a_transport() -> None:
    transport = FourMethods()
    client = RealtimeClient(Host(), transport)
    client.connect()
    assert transport.connected
    transport.incoming.append(hint(1).encode())
    assert client.read_once() == [1]
    client.publish_json("132", {})
    assert client.read_once() == PubAck(1)
    assert client.ping() is True
    assert client.fileno() == -1
    client.disconnect()
    assert not transport.connected
    assert [packet[0] >> 4 for packet in transport.sent] == [1, 4, 3, 12, 14]


def test_its_timeout_is_no_error_and_does_not_limit_read_once() -> None:
    transport = FourMethods()
    client = RealtimeClient(Host(), transport)
    client.connect()
    assert client.read_once(timeout=0) is None
    assert client.read_once(timeout=0.05) is None
    assert client.connected


def test_what_it_raises_reaches_the_reader() -> None:
    transport = FourMethods()
    client = RealtimeClient(Host(), transport)
    client.connect()
    transport.incoming.append(ZeroDivisionError("their mistake"))
    with pytest.raises(ZeroDivisionError, match="their mistake"):
        client.read_once()
    assert not client.connected
    with pytest.raises(ConnectionLost):
        client.read_once()


def test_a_transport_that_performs_the_handshake_gets_no_connect() -> None:
    transport = Replayed()
    client = RealtimeClient(Host(sessionid=None), transport)
    client.connect()
    assert client.connected
    assert transport.sent == []
    transport.incoming.append(hint(1).encode())
    assert client.read_once() == [1]


def test_the_timeout_of_a_replay_reaches_the_caller() -> None:
    """A capture that has ended would otherwise be waited for, for ever."""
    transport = Replayed(silent)
    client = RealtimeClient(Host(), transport)
    client.connect()
    for timeout in (None, 0, 5):
        with pytest.raises(TimeoutError):
            client.read_once(timeout)
    assert client.connected
    assert client.ping(timeout=5) is False


def test_a_transport_can_be_replaced_between_connections() -> None:
    first, second = MemoryTransport(), MemoryTransport()
    client = RealtimeClient(Host(), first)
    assert client.transport is first
    client.connect()
    client.transport = second
    client.connect()
    assert not first.is_open
    assert second.is_open


def test_without_one_a_socket_is_made_from_the_profile_and_the_hosts_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[SocketMQTToTTransport] = []
    monkeypatch.setattr(SocketMQTToTTransport, "connect", lambda transport: made.append(transport))
    host = Host()
    client, fbns = RealtimeClient(host, connect_timeout=3), FbnsClient(host, connect_timeout=3)
    host.proxy = "socks5h://someone:s3cr3t@proxy.test:1080"
    for each in (client, fbns):
        with pytest.raises(NotConnectedError):
            each.connect()
    assert [(transport.host, transport.port, transport.timeout) for transport in made] == [
        ("edge-mqtt.facebook.com", 443, 3),
        ("mqtt-mini.facebook.com", 443, 3),
    ]
    assert all("through a socks5h proxy" in repr(transport) for transport in made)


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_secrets_are_in_no_log_line_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host = Host(proxy="http://someone:s3cr3t@127.0.0.1:9")
    transport = MemoryTransport()
    client = RealtimeClient(host, transport, clock=transport.clock)
    connection = client.build_connection()
    shown = [repr(client), repr(connection), str(connection), repr(connection.to_packet(20)), repr(client.transport)]
    client.connect()
    client.on("receive", lambda payload: 1 / 0)
    transport.arrive(Publish("146", body(b'["private words"]'), 1), Publish("133", b"\xffprivate words", 2))
    client.read_once()
    client.read_once()
    client.direct_send_text("1", "private words")
    transport.arrive(b"\x20\xff\xff\xff\xff")
    with pytest.raises(RealtimeProtocolError) as caught:
        client._wait_until(lambda: False, 5)
    shown += [repr(caught.value), repr(client.stats()), repr(client.state)]
    unreachable = RealtimeClient(host, connect_timeout=5)
    with pytest.raises(ConnectFailed) as failed:
        unreachable.connect()
    shown += [repr(failed.value), str(failed.value), repr(failed.value.__cause__), repr(unreachable.transport)]
    text = "\n".join([*shown, caplog.text])
    for secret in (SESSION_ID, "AYfSecretSecret", CSRF_TOKEN, PHONE_ID, "s3cr3t", "private words"):
        assert secret not in text
