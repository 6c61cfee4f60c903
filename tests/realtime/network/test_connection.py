"""One connection on a virtual clock: hours pass in no time, and every order of packets can be played."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable

import pytest

from instagrapi.exceptions import (
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    LimitExceeded,
    LocalProtocolError,
    MalformedPacket,
    NotConnectedError,
    RealtimeError,
    RealtimeProtocolError,
    RealtimeTimeout,
)
from instagrapi.realtime.network.acks import MAX_ACK_DELAY, MAX_HELD_ACKS
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.traffic import Traffic
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
)
from instagrapi.realtime.protocol.session import MQTToTSession
from tests.support.clock import FakeClock
from tests.support.memory import Broker, MemoryTransport, Reply, parse, polite, silent

KEEP_ALIVE = 20.0
HELLO = Connect(keep_alive=20, payload=b"hello")
#: One and a half keep alives: by then a dead line must have been noticed.
PATIENCE = 1.5 * KEEP_ALIVE


def prepared(
    transport: MemoryTransport,
    keep_alive: float = KEEP_ALIVE,
    max_inbox: int = 10_000,
    expects: frozenset[str] = frozenset(),
    on_publish: Callable[[Publish], bool] = lambda publish: False,
) -> Connection:
    return Connection(
        transport,
        MQTToTSession(),
        keep_alive=keep_alive,
        clock=transport.clock,
        max_inbox=max_inbox,
        expects=expects,
        on_publish=on_publish,
    )


def opened(
    broker: Broker = polite, keep_alive: float = KEEP_ALIVE, **options: object
) -> tuple[Connection, MemoryTransport]:
    """A connection after CONNACK, at time 1000."""
    transport = MemoryTransport(FakeClock(1000.0), broker)
    connection = prepared(transport, keep_alive, **options)  # type: ignore[arg-type]
    connection.open(HELLO, 30.0)
    return connection, transport


def publishes(*numbers: int) -> list[Publish]:
    return [Publish("146", b"body %d" % number, number) for number in numbers]


def exhaust(step: Callable[[], object]) -> None:
    """Repeats a step until it raises."""
    for _ in range(1000):
        step()


# --- opening ---------------------------------------------------------------------------------------------------------


def test_open_sends_connect_and_gives_connack() -> None:
    transport = MemoryTransport(broker=lambda packet: [ConnAck(0, b'{"ck":1}')])
    connection = prepared(transport)
    assert not connection.is_open
    assert connection.open(HELLO, 30.0) == ConnAck(0, b'{"ck":1}')
    assert connection.is_open
    assert transport.sent == [HELLO]


def test_open_without_connect_leaves_the_handshake_to_the_transport() -> None:
    transport = MemoryTransport()
    connection = prepared(transport)
    connection.open(None, 30.0)
    assert connection.is_open
    assert transport.sent == []


def test_packets_behind_connack_are_not_lost() -> None:
    connection, _ = opened(lambda packet: [ConnAck(0).encode() + publishes(1)[0].encode()])
    assert connection.read(0) == publishes(1)[0]


def test_connack_may_come_in_pieces() -> None:
    pieces = [(index * 1.0, bytes((byte,))) for index, byte in enumerate(ConnAck(0).encode())]
    connection, transport = opened(lambda packet: pieces)
    assert connection.is_open
    assert transport.clock() == 1003.0


@pytest.mark.parametrize(
    ("code", "words", "retryable"),
    [
        (1, "protocol level", False),
        (2, "client identifier", False),
        (3, "unavailable", True),
        (4, "credentials", False),
        (5, "not authorize", False),
        (99, "CONNACK 99", False),
    ],
)
def test_refusals_carry_their_code(code: int, words: str, retryable: bool) -> None:
    transport = MemoryTransport(broker=lambda packet: [ConnAck(code)])
    connection = prepared(transport)
    with pytest.raises(ConnectRefused, match=words) as caught:
        connection.open(HELLO, 30.0)
    assert caught.value.return_code == code
    assert caught.value.retryable is retryable
    assert not connection.is_open
    assert transport.fileno() == -1


def test_a_broker_that_does_not_answer_connect() -> None:
    transport = MemoryTransport(FakeClock(0.0), lambda packet: [])
    with pytest.raises(ConnectFailed, match="did not answer CONNECT"):
        prepared(transport).open(HELLO, 30.0)
    assert transport.clock() == 30.0
    assert transport.fileno() == -1


def test_bytes_that_drip_buy_no_time() -> None:
    transport = MemoryTransport(
        FakeClock(0.0), lambda packet: [(at, b"\x20" if at == 1 else b"\x80") for at in (1, 29)]
    )
    with pytest.raises(ConnectFailed, match="did not answer CONNECT"):
        prepared(transport).open(HELLO, 30.0)
    assert transport.clock() == 30.0


@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (publishes(1)[0].encode(), MalformedPacket, "answered CONNECT with PUBLISH"),
        (PingResp().encode(), MalformedPacket, "answered CONNECT with PINGRESP"),
        (Disconnect().encode(), MalformedPacket, "answered CONNECT with DISCONNECT"),
        (b"\x20\x01\x00", MalformedPacket, "CONNACK is shorter"),
        (b"HTTP/1.1 400 Bad Request\r\n" + b"x" * 99, MalformedPacket, "answered CONNECT with PUBACK"),
        (b"\x20\xff\xff\xff\xff\x01", MalformedPacket, "remaining length"),
        (b"\x20\xff\xff\xff\x7f", LimitExceeded, "exceeds the limit"),
        (b"", ConnectFailed, "closed the connection instead of answering CONNECT"),
        (ConnectionLost("reset"), ConnectFailed, "broke before the broker answered CONNECT"),
    ],
)
def test_anything_but_connack_is_a_typed_failure(answer: bytes | Exception, kind: type[Exception], words: str) -> None:
    transport = MemoryTransport(broker=lambda packet: [])
    transport.arrive(answer)
    connection = prepared(transport)
    with pytest.raises(kind, match=words):
        connection.open(HELLO, 30.0)
    assert transport.fileno() == -1
    assert not connection.is_open


def test_a_line_that_breaks_under_connect() -> None:
    transport = MemoryTransport()
    transport.send_error = ConnectionLost("broken pipe")
    with pytest.raises(ConnectFailed, match="before the broker answered CONNECT"):
        prepared(transport).open(HELLO, 30.0)


def test_a_second_open_is_our_mistake() -> None:
    connection, _ = opened()
    with pytest.raises(LocalProtocolError):
        connection.open(HELLO, 30.0)


def test_a_connection_that_was_closed_before_it_opened_does_not_open() -> None:
    """Another thread may call ``close`` while the transport is still connecting."""
    transport = MemoryTransport()
    connection = prepared(transport)
    connect = transport.connect

    def closed_meanwhile() -> None:
        connection.close()
        connect()

    transport.connect = closed_meanwhile  # type: ignore[method-assign]
    with pytest.raises(NotConnectedError, match="closed from this side"):
        connection.open(HELLO, 30.0)
    assert transport.fileno() == -1
    assert transport.sent == []


def test_nobody_else_reads_before_connack_or_sends_before_connect() -> None:
    """A reading loop on another thread goes on while a new connection is made: it must not take CONNACK away."""
    transport = MemoryTransport()
    connection = prepared(transport)
    refused: list[str] = []

    def meddle() -> None:
        for call in (
            lambda: connection.read(0),
            lambda: connection.wait_until(lambda: False, 0),
            lambda: connection.publish("132", b""),
            lambda: connection.ping(0),
        ):
            with pytest.raises(NotConnectedError) as caught:
                call()
            refused.append(str(caught.value))

    connect, receive, receive_bytes = transport.connect, transport.receive, connection._receive

    def meddled_connect() -> None:
        meddle()
        connect()
        meddle()

    def meddled_receive(timeout: float | None) -> bytes:
        meddle()
        return receive(timeout)

    def meddled_receive_bytes(data: bytes) -> None:
        receive_bytes(data)
        meddle()

    transport.connect = meddled_connect  # type: ignore[method-assign]
    transport.receive = meddled_receive  # type: ignore[method-assign]
    connection._receive = meddled_receive_bytes  # type: ignore[method-assign]
    assert connection.open(HELLO, 30.0) == ConnAck(0)
    assert len(refused) == 16
    assert transport.sent == [HELLO]
    assert connection.is_open


def test_close_while_waiting_for_connack_is_told_apart_from_a_failure() -> None:
    transport = MemoryTransport(broker=lambda packet: [])
    connection = prepared(transport)

    def closed_meanwhile(timeout: float | None) -> bytes:
        connection.close()
        raise ConnectionLost("the connection was closed from this side")

    transport.receive = closed_meanwhile  # type: ignore[method-assign]
    with pytest.raises(NotConnectedError, match="closed from this side"):
        connection.open(HELLO, 30.0)


# --- reading ---------------------------------------------------------------------------------------------------------


def test_read_gives_packets_in_order_and_then_waits() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1, 2), after=3.0)
    assert [connection.read(10), connection.read(10)] == publishes(1, 2)
    assert transport.clock() == 1003.0
    assert connection.read(4.0) is None
    assert transport.clock() == 1007.0


def test_read_zero_polls() -> None:
    connection, transport = opened()
    assert connection.read(0) is None
    transport.arrive(*publishes(1))
    assert connection.read(0) == publishes(1)[0]
    assert connection.read(0) is None
    assert transport.clock() == 1000.0


def test_read_zero_finds_what_arrived_long_ago() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1), after=1.0)
    transport.clock.advance(3600.0)
    assert connection.read(0) == publishes(1)[0]


def test_every_packet_of_a_read_is_kept() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(*range(1, 101))))
    assert [connection.read(0) for _ in range(100)] == publishes(*range(1, 101))


def test_packets_before_an_error_come_first_and_then_the_error_for_ever() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(1, 2)) + b"\x20\xff\xff\xff\xff\x01")
    assert [connection.read(0), connection.read(0)] == publishes(1, 2)
    raised: list[Exception] = []
    for _ in range(3):
        with pytest.raises(MalformedPacket, match="remaining length") as caught:
            connection.read(5)
        raised.append(caught.value)
    assert len(set(map(id, raised))) == 3, "one object raised twice carries the traceback of both"
    assert transport.fileno() == -1


@pytest.mark.parametrize(
    ("last", "words"),
    [
        (b"", "without DISCONNECT"),
        (ConnectionLost("the connection broke: reset by peer"), "reset by peer"),
        (RealtimeProtocolError("nonsense"), "nonsense"),
    ],
)
def test_the_end_comes_after_everything_that_arrived(last: bytes | Exception, words: str) -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1))
    transport.arrive(last)
    assert connection.read(5) == publishes(1)[0]
    for _ in range(2):
        with pytest.raises(RealtimeError, match=words):
            connection.read(5)
    assert not connection.is_open
    assert transport.fileno() == -1


def test_an_end_in_the_middle_of_a_packet_says_so() -> None:
    connection, transport = opened()
    transport.arrive(publishes(1)[0].encode()[:5])
    transport.arrive(b"")
    with pytest.raises(ConnectionLost, match="in the middle of a packet"):
        connection.read(5)


def test_disconnect_from_the_broker_is_shown_and_ends_the_connection() -> None:
    connection, transport = opened()
    transport.arrive(publishes(1)[0].encode() + Disconnect().encode() + publishes(2)[0].encode())
    assert connection.read(5) == publishes(1)[0]
    assert connection.read(5) == Disconnect()
    with pytest.raises(ConnectionLost, match="the broker sent DISCONNECT"):
        connection.read(5)


def test_a_foreign_exception_reaches_the_reader_once_and_ends_the_connection() -> None:
    connection, transport = opened()
    transport.arrive(ZeroDivisionError("somebody's transport"))
    with pytest.raises(ZeroDivisionError):
        connection.read(5)
    with pytest.raises(ConnectionLost, match="the transport failed: ZeroDivisionError"):
        connection.read(5)


def test_a_timeout_after_every_byte_loses_nothing() -> None:
    connection, transport = opened()
    packet = Publish("146", b"x" * 150, 7)
    data = packet.encode()
    for index in range(len(data) - 1):
        transport.arrive(data[index : index + 1])
        assert connection.read(0.001) is None
    transport.arrive(data[-1:])
    assert connection.read(0) == packet


def test_waiting_files_packets_up_to_a_limit() -> None:
    connection, transport = opened(max_inbox=3)
    for packet in publishes(1, 2, 3, 4):
        transport.arrive(packet, after=1.0)
    with pytest.raises(LimitExceeded, match="3 packets wait to be read"):
        connection.wait_until(lambda: False, 10)
    assert [connection.read(0) for _ in range(3)] == publishes(1, 2, 3)
    with pytest.raises(LimitExceeded):
        connection.read(0)


# --- keep alive ------------------------------------------------------------------------------------------------------


def test_a_quiet_line_is_kept_alive_for_a_day() -> None:
    connection, transport = opened()
    assert connection.read(86_400) is None
    assert transport.clock() == 87_400.0
    pings = [1000.0, *transport.times_of(PingReq), 87_400.0]
    gaps = [later - earlier for earlier, later in itertools.pairwise(pings)]
    assert max(gaps) < KEEP_ALIVE
    assert len(pings) < 86_400 / (KEEP_ALIVE / 2)


def test_read_for_ever_is_kept_alive_too() -> None:
    """Appendix A 1 and 2: a quiet account is no error, and the broker hears from us within every keep alive."""
    connection, transport = opened()
    transport.arrive(*publishes(1), after=3600.0)
    assert connection.read(None) == publishes(1)[0]
    assert transport.clock() == 4600.0
    assert len(transport.times_of(PingReq)) >= 3600 / KEEP_ALIVE


def test_polling_keeps_alive_too() -> None:
    connection, transport = opened()
    for _ in range(600):
        assert connection.read(0) is None
        transport.clock.advance(1.0)
    assert len(transport.times_of(PingReq)) >= 600 / KEEP_ALIVE - 1


def test_a_missing_pingresp_is_a_lost_connection_within_one_and_a_half_keep_alives() -> None:
    connection, transport = opened(silent)
    with pytest.raises(ConnectionLost, match="no PINGRESP"):
        connection.read(None)
    assert KEEP_ALIVE <= transport.clock() - 1000.0 <= PATIENCE
    assert len(transport.times_of(PingReq)) == 1
    assert transport.fileno() == -1


def test_a_line_that_dies_later_is_noticed_as_soon() -> None:
    connection, transport = opened(silent)
    for second in range(1, 100):
        transport.arrive(*publishes(second), after=float(second))
    replies = transport.broker
    transport.broker = polite
    for _ in range(99):
        connection.read(None)
    transport.broker = replies
    last = transport.clock()
    with pytest.raises(ConnectionLost, match="no PINGRESP"):
        connection.read(None)
    assert transport.clock() - last <= PATIENCE


def test_a_broker_that_talks_but_never_answers_is_dead() -> None:
    """Publishes alone prove that we can hear, not that we are heard: they buy one keep alive and no more."""
    connection, transport = opened(silent)
    for second in range(1, 200):
        transport.arrive(*publishes(second), after=float(second))
    with pytest.raises(ConnectionLost, match="no PINGRESP"):
        exhaust(lambda: connection.read(None))
    assert transport.clock() - 1000.0 <= 2 * KEEP_ALIVE


def test_sending_alone_does_not_keep_a_dead_line() -> None:
    connection, transport = opened(silent)
    with pytest.raises(ConnectionLost, match="no PINGRESP"):
        exhaust(lambda: connection.publish("132", b"are you there?") and connection.read(1.0))
    assert transport.clock() - 1000.0 <= PATIENCE + 1


def test_a_huge_packet_on_a_slow_line_is_not_killed() -> None:
    """Its PINGRESP waits behind it."""
    connection, transport = opened(silent)
    packet = Publish("146", bytes(100_000), 9)
    data = packet.encode()
    step = len(data) // 50
    chunks = [data[index : index + step] for index in range(0, len(data), step)]
    for index, chunk in enumerate(chunks, start=1):
        transport.arrive(chunk, after=4.0 * index)
    assert connection.read(None) == packet
    assert transport.clock() - 1000.0 == 4.0 * len(chunks)
    # The answer comes right behind, but not in the same read.
    transport.arrive(PingResp(), after=0.5)
    transport.broker = polite
    assert connection.read(5.0) is None
    assert connection.is_open


def test_a_huge_packet_that_stops_arriving_is_a_dead_line() -> None:
    connection, transport = opened(silent)
    transport.arrive(Publish("146", bytes(1000), 9).encode()[:500], after=19.0)
    with pytest.raises(ConnectionLost, match="no PINGRESP"):
        connection.read(None)
    assert transport.clock() - 1019.0 <= PATIENCE


def test_a_changed_interval_counts_at_once() -> None:
    connection, transport = opened()
    connection.keep_alive.interval = 900
    assert connection.read(800) is None
    assert transport.times_of(PingReq) == []
    connection.keep_alive.interval = 0
    assert connection.read(10_000) is None
    assert transport.times_of(PingReq) == []


def test_a_slow_handler_costs_no_connection() -> None:
    """Whoever comes back late finds the PINGRESP, or the chance to ask for it."""
    connection, transport = opened()
    transport.arrive(*publishes(1), after=19.9)
    assert connection.read(None) == publishes(1)[0]
    transport.clock.advance(3600.0)
    assert connection.read(5) is None
    assert connection.is_open


# --- ping ------------------------------------------------------------------------------------------------------------


def _scenery(order: tuple[str, ...], publish_id: int) -> list[Reply]:
    parts: dict[str, Packet] = {
        "PUBACK": PubAck(1),
        "PUBLISH": Publish("146", b"body", publish_id),
        "PINGRESP": PingResp(),
    }
    return [parts[name] for name in order]


@pytest.mark.parametrize("together", [True, False], ids=["in one read", "one by one"])
@pytest.mark.parametrize("order", list(itertools.permutations(["PUBACK", "PUBLISH", "PINGRESP"])), ids=" ".join)
def test_ping_finds_its_answer_in_every_order_and_loses_nothing(order: tuple[str, ...], together: bool) -> None:
    """Appendix A 3."""

    def broker(packet: Packet) -> list[Reply]:
        if isinstance(packet, Connect):
            return [ConnAck(0)]
        if not isinstance(packet, PingReq):
            return []
        packets = _scenery(order, 7)
        encoded = [packet.encode() for packet in packets]  # type: ignore[union-attr]
        return [b"".join(encoded)] if together else [*encoded]

    connection, transport = opened(broker)
    connection.publish("132", b"hello")
    assert connection.ping(10)
    left = [connection.read(1) for _ in range(2)]
    expected = [packet for packet in _scenery(order, 7) if not isinstance(packet, PingResp)]
    assert left == expected
    assert connection.read(0) is None


def test_ping_is_false_when_nobody_answers_and_costs_no_connection() -> None:
    connection, transport = opened(silent)
    assert connection.ping(5.0) is False
    assert transport.clock() == 1005.0
    assert connection.is_open
    transport.arrive(PingResp(), after=0.5)
    assert connection.ping(1.0) is True, "the answer to the first counts, no second one was sent"
    assert len(transport.times_of(PingReq)) == 1


def test_ping_measures_the_round_trip() -> None:
    connection, _ = opened(lambda packet: [(0.25, PingResp())] if isinstance(packet, PingReq) else polite(packet))
    assert connection.ping(10)
    assert connection.keep_alive.latency == 0.25


def test_a_ping_that_the_keep_alive_sent_is_waited_for() -> None:
    connection, transport = opened(silent)
    assert connection.read(19.6) is None
    assert len(transport.times_of(PingReq)) == 1
    transport.arrive(PingResp(), after=1.0)
    assert connection.ping(5.0)
    assert len(transport.times_of(PingReq)) == 1


def test_ping_without_a_connection() -> None:
    connection, _ = opened()
    connection.close()
    with pytest.raises(NotConnectedError):
        connection.ping(1.0)


def test_a_pingresp_that_nobody_asked_for_is_just_a_packet() -> None:
    connection, transport = opened()
    transport.arrive(PingResp())
    assert connection.read(0) == PingResp()


def test_the_brokers_own_ping_is_answered_and_shown() -> None:
    connection, transport = opened()
    transport.arrive(PingReq())
    assert connection.read(0) == PingReq()
    assert transport.sent[-1] == PingResp()


# --- waiting for something else --------------------------------------------------------------------------------------


def test_waiting_shows_expected_topics_and_leaves_the_rest_for_the_reader() -> None:
    seen: list[Publish] = []

    def on_publish(publish: Publish) -> bool:
        seen.append(publish)
        return publish.payload == b"mine"

    connection, transport = opened(expects=frozenset({"133"}), on_publish=on_publish)
    mine, shown = Publish("133", b"mine", 5), Publish("133", b"shown", 6)
    transport.arrive(publishes(1)[0], mine, shown, after=1.0)
    assert connection.wait_until(lambda: len(seen) == 2, 5)
    assert seen == [mine, shown]
    assert transport.sent_of(PubAck) == [PubAck(5)], "what nobody else sees is acknowledged, the rest is not"
    assert [connection.read(0), connection.read(0)] == [publishes(1)[0], shown]


def test_waiting_ends_false_in_time_or_raises_the_reason() -> None:
    connection, transport = opened()
    assert connection.wait_until(lambda: False, 3.0) is False
    assert transport.clock() == 1003.0
    transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        connection.wait_until(lambda: False, None)
    assert connection.wait_until(lambda: True, None), "what is there already needs no connection"


# --- acknowledging ---------------------------------------------------------------------------------------------------


def test_nothing_is_acknowledged_by_reading() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1, 2))
    connection.read(1)
    connection.read(1)
    assert connection.read(1) is None
    assert transport.sent_of(PubAck) == []


def test_a_lone_acknowledgement_goes_out_at_once() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(7))
    connection.read(1)
    connection.acknowledge(7)
    assert transport.sent[-1] == PubAck(7)


def test_acknowledgements_are_collected_while_packets_are_at_hand() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(1, 2, 3)))
    for number in (1, 2, 3):
        assert transport.sent_of(PubAck) == []
        connection.read(1)
        connection.acknowledge(number)
    assert transport.sent_of(PubAck) == [PubAck(1), PubAck(2), PubAck(3)]
    assert len(transport.writes) == 2, "CONNECT, and one write for all three"


def test_acknowledgements_are_held_neither_in_masses_nor_for_long() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(*range(1, 1001))))
    for number in range(1, MAX_HELD_ACKS + 1):
        connection.read(1)
        connection.acknowledge(number)
    assert len(transport.sent_of(PubAck)) == MAX_HELD_ACKS
    connection.read(1)
    connection.acknowledge(65)
    transport.clock.advance(2 * MAX_ACK_DELAY)
    connection.read(1)
    assert len(transport.sent_of(PubAck)) == MAX_HELD_ACKS + 1, "not left waiting for the handlers of the next packet"
    connection.acknowledge(66)
    connection.acknowledge(67)
    transport.clock.advance(2 * MAX_ACK_DELAY)
    connection.read(1)
    assert len(transport.sent_of(PubAck)) == MAX_HELD_ACKS + 3


@pytest.mark.parametrize("action", ["wait", "ping", "flush"])
def test_whoever_waits_sends_the_collected_acknowledgements_first(action: str) -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(1, 2)))
    connection.read(1)
    connection.acknowledge(1)
    assert transport.sent_of(PubAck) == []
    if action == "wait":
        connection.wait_until(lambda: False, 1.0)
    elif action == "ping":
        assert connection.ping(1.0)
    else:
        connection.flush_acks()
    assert transport.sent_of(PubAck) == [PubAck(1)]


def test_closing_sends_the_collected_acknowledgements_and_disconnect() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(packet.encode() for packet in publishes(1, 2)))
    connection.read(1)
    connection.acknowledge(1)
    connection.close()
    assert transport.sent[-2:] == [PubAck(1), Disconnect()]
    assert transport.fileno() == -1


def test_acknowledging_on_an_ended_connection_is_harmless() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1))
    transport.arrive(b"")
    connection.read(1)
    with pytest.raises(ConnectionLost):
        connection.read(1)
    connection.acknowledge(1)
    assert transport.sent_of(PubAck) == []


def test_an_ended_connection_says_nothing_over_a_transport_that_is_used_again() -> None:
    """A handler may reconnect over the same transport: the old packet id means nothing there."""
    connection, transport = opened()
    transport.arrive(*publishes(1))
    connection.read(1)
    connection.close()
    following = prepared(transport)
    following.open(HELLO, 30.0)
    connection.acknowledge(1)
    connection.close()
    assert transport.sent[-1] == HELLO
    assert following.is_open
    assert transport.fileno() >= 0


def test_a_late_failure_does_not_end_the_next_connection() -> None:
    """A sender that was stuck in the old connection wakes up when the transport serves the new one already."""
    connection, transport = opened()
    send = transport.send

    def stuck(data: bytes) -> None:
        transport.send = send  # type: ignore[method-assign]
        connection.close()
        following.open(HELLO, 30.0)
        raise ConnectionLost("the connection was closed from this side")

    following = prepared(transport)
    transport.send = stuck  # type: ignore[method-assign]
    with pytest.raises(ConnectionLost):
        connection.publish("132", b"old")
    assert following.is_open
    assert transport.fileno() >= 0
    assert following.ping(5)


# --- sending ---------------------------------------------------------------------------------------------------------


def test_publish_and_subscribe_number_their_packets() -> None:
    connection, transport = opened()
    assert connection.publish("132", b"one") == 1
    assert connection.subscribe("76", "80") == 2
    assert transport.sent[1:] == [Publish("132", b"one", 1), Subscribe(2, ("76", "80"))]
    assert connection.read(1) == PubAck(1)
    assert connection.read(1) == SubAck(2, (1, 1))


def test_packet_ids_wrap() -> None:
    """Appendix A 10: the 65 536th publish."""
    connection, transport = opened()
    ids = []
    for _ in range(65_540):
        ids.append(connection.publish("132", b""))
        connection.read(0)
    assert ids[65_534:65_537] == [65_535, 1, 2]


def test_sending_on_an_ended_connection() -> None:
    connection, transport = opened()
    transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        connection.read(1)
    for send in (lambda: connection.publish("132", b""), lambda: connection.subscribe("76")):
        with pytest.raises(NotConnectedError) as caught:
            send()
        assert isinstance(caught.value.__cause__, ConnectionLost)


def test_a_failure_to_send_ends_the_connection_with_its_reason() -> None:
    connection, transport = opened()
    transport.send_error = ConnectionLost("the connection broke: broken pipe")
    with pytest.raises(ConnectionLost, match="broken pipe"):
        connection.publish("132", b"")
    with pytest.raises(ConnectionLost, match="broken pipe"):
        connection.read(1)


@pytest.mark.parametrize(
    "error", [ConnectionLost("broken pipe"), BrokenPipeError(32, "pipe"), ValueError("closed file")]
)
def test_an_acknowledgement_that_cannot_be_sent_shows_at_the_next_read(error: Exception) -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1))
    connection.read(1)
    transport.send_error = error
    connection.acknowledge(1)
    with pytest.raises(ConnectionLost):
        connection.read(1)


# --- closing ---------------------------------------------------------------------------------------------------------


def test_closing_says_goodbye_once_and_never_raises() -> None:
    connection, transport = opened()
    connection.close()
    connection.close()
    assert transport.sent_of(Disconnect) == [Disconnect()]
    with pytest.raises(NotConnectedError, match="closed from this side"):
        connection.read(1)
    broken, transport = opened()
    transport.send_error = OSError("gone")
    transport.disconnect = lambda: 1 / 0  # type: ignore[assignment, method-assign, return-value]
    broken.close()
    assert not broken.is_open


def test_what_arrived_before_closing_can_still_be_read() -> None:
    connection, transport = opened()
    transport.arrive(*publishes(1))
    connection.wait_until(lambda: connection.has_packets, 1)
    connection.close()
    assert connection.read(1) == publishes(1)[0]


def test_control_packets_and_last_words_are_posted_for_sending_could_block() -> None:
    connection, transport = opened()
    posted: list[bytes] = []
    transport.post = posted.append  # type: ignore[method-assign]
    transport.send_error = AssertionError("this would block")
    transport.arrive(publishes(1)[0], PingReq())
    connection.read(1)
    connection.acknowledge(1)
    connection.read(1)
    connection.ping(0)
    connection.close()
    assert parse(b"".join(posted)) == [PubAck(1), PingResp(), PingReq(), Disconnect()]


# --- counting --------------------------------------------------------------------------------------------------------


def test_traffic_is_counted_and_may_be_shared() -> None:
    traffic = Traffic()
    for _ in range(2):
        transport = MemoryTransport()
        connection = Connection(transport, MQTToTSession(), keep_alive=20, clock=transport.clock, traffic=traffic)
        connection.open(HELLO, 1)
        connection.close()
    size = len(HELLO.encode())
    assert (traffic.packets_in, traffic.bytes_in) == (2, 8)
    assert (traffic.packets_out, traffic.bytes_out) == (2, 2 * size)


def test_fileno_is_the_transports() -> None:
    connection, _ = opened()
    assert connection.fileno() == 4242


# --- several threads -------------------------------------------------------------------------------------------------


class _Gate:
    """A transport whose ``receive`` blocks until the test lets bytes in."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._arrived: list[bytes] = []
        self._closed = False
        self.readers = 0
        self.most_readers = 0
        self.entered = threading.Semaphore(0)

    def connect(self) -> None:
        pass

    def send(self, data: bytes) -> None:
        if data == PingReq().encode():
            self.let_in(PingResp().encode())

    def post(self, data: bytes) -> None:
        self.send(data)

    def let_in(self, data: bytes) -> None:
        with self._changed:
            self._arrived.append(data)
            self._changed.notify_all()

    def receive(self, timeout: float | None) -> bytes:
        with self._changed:
            self.readers += 1
            self.most_readers = max(self.most_readers, self.readers)
            self.entered.release()
            try:
                if not self._changed.wait_for(lambda: self._arrived or self._closed, timeout):
                    raise RealtimeTimeout("nothing came")
                if self._arrived:
                    return self._arrived.pop(0)
                raise ConnectionLost("the connection was closed from this side")
            finally:
                self.readers -= 1

    def disconnect(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def fileno(self) -> int:
        return -1


def _gated(keep_alive: float = 600) -> tuple[Connection, _Gate]:
    gate = _Gate()
    connection = Connection(gate, MQTToTSession(), keep_alive=keep_alive)
    connection.open(None, 1)
    return connection, gate


def _run(action: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    outcome: list[object] = []

    def target() -> None:
        try:
            outcome.append(action())
        except Exception as error:
            outcome.append(error)

    thread = threading.Thread(target=target)
    thread.start()
    return thread, outcome


def _join(*threads: threading.Thread) -> None:
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive(), "a thread waits for ever"


def test_one_thread_reads_for_all() -> None:
    connection, gate = _gated()
    reader, read = _run(lambda: connection.read(None))
    assert gate.entered.acquire(timeout=5)
    pingers = [_run(lambda: connection.ping(5)) for _ in range(4)]
    _join(*(thread for thread, _ in pingers))
    assert [outcome for _, outcome in pingers] == [[True]] * 4
    gate.let_in(publishes(1)[0].encode())
    _join(reader)
    assert gate.most_readers == 1
    assert read in ([publishes(1)[0]], [PingResp()]), "pings at the same time may be answered twice"


def test_when_the_reading_thread_has_what_it_wants_another_takes_over() -> None:
    connection, gate = _gated()
    first, read = _run(lambda: connection.read(None))
    assert gate.entered.acquire(timeout=5)
    flag = threading.Event()
    second, waited = _run(lambda: connection.wait_until(flag.is_set, 5))
    gate.let_in(publishes(1)[0].encode())
    _join(first)
    assert read == publishes(1)
    assert gate.entered.acquire(timeout=5), "the second thread reads now"
    flag.set()
    gate.let_in(PubAck(1).encode())
    _join(second)
    assert waited == [True]


@pytest.mark.parametrize("waiting", [1, 4])
def test_close_wakes_everybody(waiting: int) -> None:
    connection, gate = _gated()
    threads = [_run(lambda: connection.wait_until(lambda: False, None)) for _ in range(waiting)]
    assert gate.entered.acquire(timeout=5)
    connection.close()
    _join(*(thread for thread, _ in threads))
    reasons = [outcome[0] for _, outcome in threads]
    assert all(isinstance(reason, NotConnectedError) for reason in reasons)
    assert len(set(map(id, reasons))) == waiting, "every thread needs an exception of its own"


def test_a_lost_connection_reaches_everybody() -> None:
    connection, gate = _gated()
    threads = [_run(lambda: connection.wait_until(lambda: False, None)) for _ in range(3)]
    assert gate.entered.acquire(timeout=5)
    gate.let_in(b"")
    _join(*(thread for thread, _ in threads))
    assert all(isinstance(outcome[0], ConnectionLost) for _, outcome in threads)


def test_a_waiting_thread_keeps_to_its_own_deadline() -> None:
    connection, gate = _gated()
    reader, _ = _run(lambda: connection.read(None))
    assert gate.entered.acquire(timeout=5)
    assert connection.wait_until(lambda: False, 0.02) is False
    assert connection.read(0) is None
    connection.close()
    _join(reader)


def test_a_line_is_kept_alive_while_packets_are_at_hand_and_handlers_are_slow() -> None:
    connection, transport = opened()
    transport.arrive(b"".join(Publish("146", b"x").encode() for _ in range(100)))
    for _ in range(50):
        connection.read(1)
        transport.clock.advance(0.5)
    assert len(transport.sent_of(PingReq)) == 1
