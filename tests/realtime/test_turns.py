"""Handlers run in turn: never two at a time, never one inside another, whoever notices that something is to be told."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from instagrapi.exceptions import ConcurrencyError, ConnectionLost, ConnectRefused, LoginRequired, NotConnectedError
from instagrapi.realtime import events
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import ConnAck, Connect, PingReq, PingResp, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.state import State
from instagrapi.realtime.turns import Turns
from tests.realtime.test_reconnect import TOO_OLD, World, inbox, read, subscriptions
from tests.realtime.test_threads import Worker
from tests.support.hosts import Host

PATIENCE = 10.0


def message(world: World, item_id: str, **more: Any) -> Publish:
    return Publish("146", world.broker.add(item_id, **more), 3)


# --- what is told of the connection -----------------------------------------------------------------------------------


def test_what_a_waiting_handler_brings_about_is_told_when_it_has_returned() -> None:
    world = World().subscribe()

    @world.client.on(events.Message, text="31")
    def handler(event: events.Message) -> None:
        world.broker.answers_commands = False
        handle = event.reply("hi")
        world.transport.arrive(b"")
        world.broker.answers_commands = True
        handle.result(timeout=30)
        world.told.append("has returned")

    world.transport.arrive(message(world, "31"))
    world.read(timeout=5)
    assert world.told == ["31", "has returned", ("disconnected", 1.0), ("connected", True), "caught_up"]


def test_what_had_arrived_is_handled_before_the_end_is_told_whoever_notices_that() -> None:
    world = World().subscribe()
    world.transport.arrive(message(world, "31"), b"")
    handle = world.client.direct_send_text("340", "hi")
    assert handle.result(timeout=30)["status"] == "ok", "the one who waits connects"
    world.read(timeout=5)
    assert world.told == ["31", ("disconnected", 1.0), ("connected", True), "caught_up"]


def test_what_a_thread_brings_about_that_sends_while_a_handler_runs_is_told_by_the_reader() -> None:
    world = World().subscribe()
    threads: set[int] = set()
    for kind in (events.Disconnected, events.Connected):
        world.client.on(kind, lambda event: threads.add(threading.get_ident()))

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        world.transport.arrive(b"")
        sender = Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30))
        assert sender.finish().error is None
        world.told.append("has returned")

    world.transport.arrive(message(world, "31"))
    world.read(timeout=5)
    assert world.told == ["31", "has returned", ("disconnected", 1.0), ("connected", True), "caught_up"]
    assert threads == {threading.get_ident()}


def test_while_nobody_reads_who_notices_tells_it_and_a_reader_waits_for_that() -> None:
    world = World().subscribe()
    inside, go_on = threading.Event(), threading.Event()

    @world.client.on(events.Disconnected)
    def slow(event: events.Disconnected) -> None:
        inside.set()
        go_on.wait(PATIENCE)
        world.told.append("has returned")

    world.transport.arrive(b"")
    sender = Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30))
    assert inside.wait(PATIENCE)
    reader = Worker(lambda: world.client.read_once(timeout=0))
    go_on.set()
    assert sender.finish().error is None
    assert reader.finish().error is None
    assert world.told == [("disconnected", 1.0), "has returned", ("connected", True)]


def test_a_handler_that_always_sends_on_a_line_that_always_breaks_does_not_pile_up() -> None:
    world = World(ReconnectPolicy(jitter=0.0, max_delay=1, connects_per_hour=1000)).subscribe()
    depths: list[int] = []
    depth = 0

    @world.client.on("connected")
    def greet(payload: Any) -> None:
        nonlocal depth
        depth += 1
        depths.append(depth)
        if len(depths) <= 50:
            world.transport.arrive(b"")
        world.client.direct_send_text("340", "hi").result(timeout=30)
        depth -= 1

    world.transport.arrive(b"")
    world.read(timeout=100)
    assert depths == [1] * 51


def test_stopping_in_a_handler_that_ran_before_the_loop_began_does_not_wait_for_the_loop() -> None:
    """The loop cannot begin to read before that handler has returned."""
    world = World().subscribe()
    inside, go_on = threading.Event(), threading.Event()

    @world.client.on("disconnected")
    def stop(payload: Any) -> None:
        inside.set()
        go_on.wait(PATIENCE)
        world.client.stop()

    world.transport.arrive(b"")
    sender = Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30))
    assert inside.wait(PATIENCE)
    world.client.start()
    go_on.set()
    assert isinstance(sender.finish().error, ConnectionLost | NotConnectedError)
    assert world.client.stop(PATIENCE)


def test_what_is_told_just_as_the_reader_stops_reading_is_not_forgotten() -> None:
    world = World().subscribe()
    end, count = world.client._turns.end, 0

    def late() -> None:
        nonlocal count
        count += 1
        if count == 1:  # the reader has looked and still has the turn
            world.transport.arrive(b"")
            Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30)).finish()
        end()

    world.client._turns.end = late  # type: ignore[method-assign]
    assert world.client.read_once(timeout=0) is None
    assert world.told == [("disconnected", 1.0), ("connected", True)]


# --- the turn itself --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reads", ["read_once", "run_forever"])
def test_an_interrupt_as_soon_as_the_turn_has_begun_leaves_it_to_the_next(
    reads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World().subscribe()
    taking = "take" if reads == "read_once" else "begin_loop"
    take = getattr(Turns, taking)

    def interrupted(turns: Turns, *arguments: Any) -> Any:
        take(turns, *arguments)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Turns, taking, interrupted)
        with pytest.raises(KeyboardInterrupt):
            getattr(world.client, reads)()
    assert world.client.read_once(timeout=0) is None


@pytest.mark.parametrize("by_hand", [False, True])
def test_an_interrupt_as_soon_as_an_attempt_has_begun_does_not_keep_others_from_connecting(
    by_hand: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    begin = world.client._begin_attempt

    def interrupted() -> None:
        begin()
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(world.client, "_begin_attempt", interrupted)
        with pytest.raises(KeyboardInterrupt):
            world.client.connect() if by_hand else world.read(timeout=5)
    other = Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30))
    assert other.finish().error is None
    assert world.client.state is State.LIVE


def test_an_interrupt_while_waiting_for_the_line_does_not_keep_others_from_reading(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World().subscribe()

    def interrupt(connection: Connection, deadline: Deadline) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Connection, "_pump", interrupt)
        with pytest.raises(KeyboardInterrupt):
            world.read()
    assert Worker(lambda: world.client.direct_send_text("340", "hi").result(timeout=30)).finish().error is None


def test_ending_a_turn_that_is_another_thread_s_does_nothing() -> None:
    turns = Turns()
    assert Worker(lambda: turns.take(Deadline(None))).finish().result
    turns.end()
    with pytest.raises(ConcurrencyError):
        turns.take(Deadline(None))


def test_stop_just_as_the_loop_begins_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise it would wait for a loop that was never told."""
    world = World()
    begin = Turns.begin_loop

    def begin_and_stop(turns: Turns, *arguments: Any) -> None:
        begin(turns, *arguments)
        world.client.disconnect()

    monkeypatch.setattr(Turns, "begin_loop", begin_and_stop)
    world.client.run_forever()
    world.client.start()
    assert world.client.stop(PATIENCE)
    assert world.transport.connects == 0


def test_stop_does_not_wait_for_a_loop_that_somebody_starts_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    disconnect = world.client.disconnect
    monkeypatch.setattr(world.client, "_run", lambda begun, subscribe: go_on.wait(PATIENCE))
    go_on = threading.Event()

    def start_anew() -> None:
        go_on.set()
        assert world.client._turns.wait_for_loops(1, Deadline.after(PATIENCE))
        go_on.clear()
        world.client.start()

    world.client.start()
    monkeypatch.setattr(world.client, "disconnect", lambda: (disconnect(), start_anew()))
    assert Worker(world.client.stop).finish().result is True
    go_on.set()


def test_an_interrupted_handler_gets_its_packet_again_if_the_program_reads_on() -> None:
    world = World().subscribe()
    interrupts = [KeyboardInterrupt]

    @world.client.on(events.Message, text="31")
    def handler(event: events.Message) -> None:
        if interrupts:
            raise interrupts.pop()

    world.transport.arrive(message(world, "31"), message(world, "32"))
    with pytest.raises(KeyboardInterrupt):
        world.read()
    world.read()
    assert world.told == ["31", "31", "32"]
    assert world.client._sync.position is not None
    assert world.client._sync.position.seq_id == world.broker.latest


# --- waiting to be connected ------------------------------------------------------------------------------------------


def test_waiting_to_be_connected_ends_when_a_loop_of_the_program_s_own_has_failed() -> None:
    world = World().subscribe()
    waiting = Worker(world.client.wait_connected)
    waiting.finish()
    world.broker.connacks = [ConnAck(5)]
    world.transport.arrive(b"")
    with pytest.raises(ConnectRefused):
        world.read(timeout=60)
    assert isinstance(Worker(world.client.wait_connected).finish().error, ConnectRefused)


# --- a session that is renewed ----------------------------------------------------------------------------------------


def renewing(hook: Any, **options: Any) -> World:
    world = World(on_session_expired=hook, **options).subscribe()
    broker = world.broker
    world.transport.broker = lambda packet: [PingResp()] if isinstance(packet, PingReq) else broker(packet)
    return world


def test_a_hook_that_raises_ends_the_client_and_lets_go_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(error: Exception) -> bool:
        raise LoginRequired("wrong password")

    world = renewing(fail)
    released: list[str] = []
    monkeypatch.setattr(world.client, "_release_device", lambda: released.append("released"))
    world.broker.connacks = [ConnAck(5)]
    world.transport.arrive(b"")
    with pytest.raises(LoginRequired):
        world.read(timeout=60)
    assert released
    assert world.client.state is State.FAILED


def test_connecting_by_hand_in_vain_for_good_lets_go_of_the_device(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    released: list[str] = []
    monkeypatch.setattr(world.client, "_release_device", lambda: released.append("released"))
    world.broker.connacks = [ConnAck(5)]
    with pytest.raises(ConnectRefused):
        world.client.connect()
    assert (world.client.state, released) == (State.FAILED, ["released"])


def test_a_session_that_is_renewed_again_and_again_in_vain_is_not() -> None:
    """Each login succeeds, and each session dies at once: a storm of logins would endanger the account."""
    logins: list[Exception] = []

    def log_in(error: Exception) -> bool:
        logins.append(error)
        return True

    world = renewing(log_in)
    world.broker.connacks = [ConnAck(5), ConnAck(0), ConnAck(5), ConnAck(0), ConnAck(5)]
    world.transport.arrive(b"")
    world.read(timeout=5)
    world.transport.arrive(b"")
    with pytest.raises(ConnectRefused):
        world.read(timeout=60)
    assert len(logins) == 1


def test_a_session_that_lived_is_renewed_again() -> None:
    logins: list[Exception] = []
    world = renewing(lambda error: not logins.append(error))  # type: ignore[func-returns-value]
    for count in (1, 2, 3):
        world.broker.connacks = [ConnAck(5), ConnAck(0)]
        world.transport.arrive(b"")
        world.read(timeout=200)
        assert len(logins) == count


def test_a_renewed_session_does_not_exceed_the_hourly_limit() -> None:
    world = renewing(lambda error: True, policy=ReconnectPolicy(jitter=0.0, connects_per_hour=2))
    world.broker.connacks = [ConnAck(5), ConnAck(0)]
    world.transport.arrive(b"")
    world.read(timeout=8000)
    times = world.transport.times_of(Connect)
    assert len(times) == 3
    assert times[2] - times[0] >= 3600


# --- commands ---------------------------------------------------------------------------------------------------------


def test_a_command_given_while_a_connection_is_made_comes_behind_those_of_before() -> None:
    world = World().subscribe()
    world.broker.answers_commands = False
    world.client.direct_send_text("340", "first", "1")
    broker, subscribes = world.broker, 0

    def answer(packet: Any) -> Any:
        nonlocal subscribes
        if isinstance(packet, Publish) and packet.topic == "134":
            subscribes += 1
            sender = Worker(lambda: world.client.direct_send_text("340", "second", "2"))
            assert sender.finish().error is None
        return broker(packet)

    world.transport.broker = answer
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert subscribes == 1
    assert [command["client_context"] for command in world.broker.commands] == ["1", "1", "2"]


def test_a_subscription_made_as_the_line_breaks_is_restored_by_the_connection_that_takes_its_place() -> None:
    world = World().subscribe()
    publish, broken = world.client._publish_or_later, []

    def late(topic: str, data: Any) -> None:
        publish(topic, data)
        if not broken:
            broken.append(topic)
            world.transport.arrive(b"")
            world.read(timeout=5)

    world.client._publish_or_later = late  # type: ignore[method-assign]
    world.client.graph_ql_subscribe("1/graphqlsubscriptions/1/{}")
    sent = [packet for packet in world.transport.sent_of(Publish) if packet.topic == "149"]  # type: ignore[attr-defined]
    assert len(sent) == 2
    world.client.graph_ql_unsubscribe("1/graphqlsubscriptions/1/{}")
    world.transport.arrive(b"")
    world.read(timeout=5)
    sent = [packet for packet in world.transport.sent_of(Publish) if packet.topic == "149"]  # type: ignore[attr-defined]
    assert [next(iter(read(packet))) for packet in sent] == ["sub", "sub", "unsub"]


def test_a_subscription_that_could_not_be_sent_is_not_remembered() -> None:
    world = World(policy=False).subscribe()
    world.transport.send_error = ConnectionLost("broken")
    with pytest.raises(ConnectionLost):
        world.client.graph_ql_subscribe("1/graphqlsubscriptions/1/{}")
    assert not any(world.client._texts.values())


# --- a resync that is interrupted -------------------------------------------------------------------------------------


def test_what_a_resync_found_is_fetched_again_after_disconnecting_in_the_middle() -> None:
    world = World().subscribe()
    world.transport.arrive(message(world, "31", timestamp="1000"))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("34", 4000), ("33", 3000), ("32", 2000), ("31", 1000))
    world.transport.arrive(b"")
    while "32" not in world.told:
        world.client.read_once(timeout=5)
    world.client.disconnect()
    world.client.connect()
    world.client.direct_subscribe()
    world.read()
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "33", "34"]


def test_a_second_resync_before_the_first_was_handled_saves_no_position_too_early() -> None:
    world = World(autosave_interval=0).subscribe()
    world.transport.arrive(message(world, "31", timestamp="1000"))
    world.read()
    saved: list[Any] = []
    world.client.on(events.Message, lambda event: saved.append("seq_id" in world.host.settings["realtime"]))
    again = [TOO_OLD]

    @world.client.on(events.Message, text="32")
    def handler(event: events.Message) -> None:
        if again:
            world.broker.iris = [again.pop()]
            world.host.answers["direct_v2/inbox/"] = inbox(("34", 4000), ("33", 3000), ("32", 2000))
            world.transport.arrive(b"")
            event.reply("hi").result(timeout=30)

    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("33", 3000), ("32", 2000), ("31", 1000))
    world.transport.arrive(b"")
    world.read(timeout=30)
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "33", "34"]
    assert saved == [False, False, False]
    assert world.host.settings["realtime"]["seq_id"] == 5000


def test_the_position_of_a_first_start_is_saved_before_anything_comes() -> None:
    world = World()
    world.client.connect()
    world.client.direct_subscribe()
    assert world.host.settings["realtime"]["seq_id"] == 1234


def test_more_than_is_remembered_is_recognised_by_its_place_in_the_queue() -> None:
    """A slow handler, a long queue, and a connection that was made while most of it still waited."""
    world = World().subscribe()
    count = 2100
    for number in range(count):
        world.transport.arrive(message(world, str(number)))
    told: list[str] = []

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        told.append(str(event.item_id))
        if len(told) == 1:
            world.broker.answers_commands = False
            handle = event.reply("hi")
            world.transport.arrive(b"")
            world.broker.answers_commands = True
            handle.result(timeout=30)

    world.read(timeout=5)
    assert [read(packet)["seq_id"] for packet in subscriptions(world)] == [1234, 1234]
    assert told == [str(number) for number in range(count)]


def test_a_program_that_subscribes_from_a_place_of_its_own_gets_what_was_never_handled() -> None:
    world = World().subscribe()
    for item_id in ("31", "32", "33", "34"):
        world.broker.add(item_id)
    world.client.iris_subscribe(1237, 1)
    world.read()
    world.client.iris_subscribe(1234, 1)
    world.read()
    assert [one for one in world.told if one != "caught_up"] == ["34", "31", "32", "33"]


def test_a_client_on_a_host_that_keeps_nothing_resyncs_all_the_same() -> None:
    world = World(host=Host(settings=None)).subscribe()
    world.transport.arrive(message(world, "31", timestamp="1000"))
    world.read()
    world.broker.iris = [TOO_OLD]
    world.host.answers["direct_v2/inbox/"] = inbox(("33", 3000), ("32", 2000), ("31", 1000))
    world.transport.arrive(b"")
    while "32" not in world.told:
        world.client.read_once(timeout=5)
    world.client.disconnect()
    world.client.connect()
    world.client.direct_subscribe()
    world.read()
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "33"]
