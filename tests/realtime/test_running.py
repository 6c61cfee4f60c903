"""The loops: how each begins, goes on, and ends, on virtual time."""

from __future__ import annotations

from typing import Any

import pytest

from instagrapi.exceptions import (
    ConcurrencyError,
    ConnectFailed,
    ConnectionLost,
    ConnectRefused,
    LimitExceeded,
    NotConnectedError,
    RealtimeTimeout,
)
from instagrapi.realtime import FbnsClient, RealtimeClient, base, events
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet, PubAck, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.state import State
from instagrapi.realtime.wire.topics import FBNSTopics
from tests.realtime.test_reconnect import POLICY, VirtualWake, World, read, subscriptions
from tests.support.bodies import deflated
from tests.support.hosts import Host
from tests.support.memory import MemoryTransport, Reply, polite


def stopping_at(world: World, text: str) -> World:
    """Lets the handler of a message stop the client."""
    world.client.on(events.Message, lambda event: world.client.stop(), text=text)
    return world


def message_on_sync(world: World, item_id: str, connection: int = 1) -> None:
    """A message arrives once message sync was subscribed to so many times."""
    broker, count = world.broker, 0

    def answer(packet: Packet) -> list[Reply]:
        nonlocal count
        replies = broker(packet)
        if isinstance(packet, Publish) and packet.topic == "134":
            count += 1
            if count == connection:
                replies.append(Publish("146", broker.add(item_id), 3))
        return replies

    world.transport.broker = answer


# --- run_forever -----------------------------------------------------------------------------------------------------


def test_it_connects_subscribes_reads_and_ends_when_a_handler_stops_it() -> None:
    world = stopping_at(World(), "31")
    message_on_sync(world, "31")
    world.client.run_forever()
    assert world.told == [("connected", False), "31"]
    assert (world.client.state, world.client.connected) == (State.STOPPED, False)
    assert world.client.stop(), "harmless when nothing runs"


def test_disconnecting_in_a_handler_ends_it_too() -> None:
    world = World()
    world.client.on(events.Message, lambda event: world.client.disconnect())
    message_on_sync(world, "31")
    world.client.run_forever()
    assert world.client.state is State.STOPPED


def test_it_can_be_run_again() -> None:
    world = stopping_at(stopping_at(World(), "31"), "32")
    message_on_sync(world, "31")
    world.client.run_forever()
    world.broker.add("32")
    world.client.run_forever()
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "caught_up"]
    assert [read(packet)["seq_id"] for packet in subscriptions(world)] == [1234, 1235]


def test_the_first_connect_is_retried_by_the_policy() -> None:
    world = stopping_at(World(), "31")
    message_on_sync(world, "31")
    world.broker.connacks = [ConnAck(3), ConnAck(3), ConnAck(0)]
    begin = world.clock()
    world.client.run_forever()
    assert [at - begin for at in world.transport.times_of(Connect)] == [0.0, 1.0, 3.0]
    assert world.told[0] == ("connected", False)


def test_without_a_policy_the_first_failure_is_raised() -> None:
    world = World(policy=False)
    world.broker.connacks = [ConnAck(3)]
    with pytest.raises(ConnectRefused):
        world.client.run_forever()
    assert world.transport.connects == 1
    assert world.client.state is State.FAILED


def test_starting_again_and_again_does_not_exceed_the_hourly_limit() -> None:
    world = World(ReconnectPolicy(connects_per_hour=3))
    world.client.on("connected", lambda payload: world.client.stop())
    for _ in range(10):
        world.client.run_forever()
    times = world.transport.times_of(Connect)
    assert max(sum(at <= other < at + 3600 for other in times) for at in times) == 3


def test_what_a_person_has_to_see_to_is_raised() -> None:
    world = World()
    world.broker.connacks = [ConnAck(5)]
    with pytest.raises(ConnectRefused):
        world.client.run_forever()
    assert world.client.state is State.FAILED
    message_on_sync(stopping_at(world, "31"), "31")
    world.client.run_forever()
    assert world.told == [("connected", False), "31"]


def test_an_error_of_a_handler_is_raised_if_the_program_prefers_and_it_can_go_on() -> None:
    world = World(on_handler_error="raise")

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        if event.text == "31":
            raise KeyError("mine")
        world.client.stop()

    message_on_sync(world, "31")
    with pytest.raises(KeyError, match="mine"):
        world.client.run_forever()
    world.transport.arrive(Publish("146", world.broker.add("32"), 4))
    world.client.run_forever()
    assert world.told == [("connected", False), "31", "32"]
    assert world.transport.connects == 1


def test_a_handler_may_not_run_it_again_nor_read() -> None:
    world = World()
    refused: list[type[Exception]] = []

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        for call in (
            world.client.run_forever,
            world.client.start,
            world.client.read_once,
            lambda: next(iter(world.client.events())),
            lambda: world.client.wait_for(events.Message),
        ):
            with pytest.raises(ConcurrencyError) as caught:
                call()
            refused.append(caught.type)
        world.client.stop()

    message_on_sync(world, "31")
    world.client.run_forever()
    assert len(refused) == 5


def test_the_position_is_saved_when_it_ends_with_what_the_last_handler_handled() -> None:
    world = stopping_at(World(autosave_interval=3600), "32")
    world.transport.broker = lambda packet: [
        *world.broker(packet),
        *(
            [Publish("146", world.broker.add("31"), 3), Publish("146", world.broker.add("32"), 4)]
            if isinstance(packet, Publish) and packet.topic == "134"
            else []
        ),
    ]
    world.client.run_forever()
    assert world.host.settings["realtime"]["seq_id"] == 1236


def test_the_position_is_saved_when_it_fails() -> None:
    world = World(policy=False, autosave_interval=3600)
    message_on_sync(world, "31")
    world.client.on(events.Message, lambda event: world.transport.arrive(b""))
    with pytest.raises(ConnectionLost):
        world.client.run_forever()
    assert world.host.settings["realtime"]["seq_id"] == 1235


def test_a_position_that_cannot_be_saved_is_an_error_at_the_end_but_hides_no_other(
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Full:
        def load(self) -> None:
            return None

        def save(self, state: Any) -> None:
            raise OSError("no space left")

    world = stopping_at(World(state=Full()), "31")
    message_on_sync(world, "31")
    with pytest.raises(OSError, match="no space left"):
        world.client.run_forever()
    world = World(policy=False, state=Full())
    message_on_sync(world, "31")
    world.client.on(events.Message, lambda event: world.transport.arrive(b""))
    with pytest.raises(ConnectionLost):
        world.client.run_forever()
    assert "cannot be saved" in caplog.text


# --- what it subscribes to by itself ---------------------------------------------------------------------------------


def run_until_connected(world: World) -> None:
    world.client.on("connected", lambda payload: world.client.stop())
    world.client.run_forever()


def test_it_subscribes_to_direct_over_a_connection_that_stands() -> None:
    world = stopping_at(World(), "31")
    message_on_sync(world, "31")
    world.client.connect()
    world.client.run_forever()
    assert (world.transport.connects, len(subscriptions(world))) == (1, 1)


def test_it_does_not_subscribe_if_the_program_does_not_want_it() -> None:
    world = World(direct=False)
    run_until_connected(world)
    assert subscriptions(world) == []


def test_it_does_not_subscribe_if_the_program_has() -> None:
    world = World()
    world.client.connect()
    world.client.subscribe_typing()
    world.client.on("receive", lambda payload: world.client.stop())
    world.transport.arrive(Publish("149", deflated({}), 5))
    world.client.run_forever()
    assert subscriptions(world) == []
    world = stopping_at(World().subscribe(), "31")
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.client.run_forever()
    assert len(subscriptions(world)) == 1


def test_a_refused_subscription_of_its_own_is_tried_again() -> None:
    world = stopping_at(World(), "31")
    world.broker.iris = [{"succeeded": False}]
    message_on_sync(world, "31", connection=2)
    world.client.run_forever()
    assert world.told == [("connected", False), "31"]
    assert world.transport.connects == 2


# --- events ----------------------------------------------------------------------------------------------------------


def kinds(client: RealtimeClient, timeout: float | None = None) -> list[str]:
    return [event.kind for event in client.events(timeout) if not isinstance(event, events.StateChanged)]


def test_events_come_one_after_another_until_nothing_comes() -> None:
    world = World()
    message_on_sync(world, "31")
    begin = world.clock()
    assert kinds(world.client, timeout=5) == ["connected", "iris_sub_response", "message"]
    assert world.clock() - begin == 5
    assert world.client.connected, "it can be asked for more"
    world.transport.arrive(Publish("146", world.broker.add("32"), 3))
    assert kinds(world.client, timeout=5) == ["message"]


def test_what_is_no_event_does_not_prolong_the_wait() -> None:
    world = World().subscribe()
    for second in range(20):
        world.transport.arrive(PubAck(second + 1), after=second)
    begin = world.clock()
    assert kinds(world.client, timeout=5) == []
    assert world.clock() - begin == 5


@pytest.mark.parametrize("way", ["stop", "disconnect"])
def test_events_end_quietly_when_the_program_ends_them(way: str) -> None:
    world = World()
    message_on_sync(world, "31")
    world.client.on(events.Message, lambda event: getattr(world.client, way)())
    assert kinds(world.client) == ["connected", "iris_sub_response", "message"]
    world.client.on(events.Connected, lambda event: world.transport.arrive(PubAck(1)))
    for event in world.client.events():
        if isinstance(event, events.Connected):
            getattr(world.client, way)()
    assert world.client.state is State.STOPPED


def test_events_raise_what_ends_them_behind_everything_that_came_before() -> None:
    world = World(policy=False)
    message_on_sync(world, "31")
    world.client.on(events.Message, lambda event: world.transport.arrive(b""))
    seen = []
    with pytest.raises(ConnectionLost):  # noqa: PT012
        for event in world.client.events():
            seen.append(event.kind)
    assert [kind for kind in seen if kind != "state_changed"] == [
        *("connected", "iris_sub_response", "message", "disconnected")
    ]


def test_a_loop_over_events_that_was_left_alone_does_not_eat_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base, "_MOST_EVENTS", 3)
    world = World().subscribe()
    came = world.client.events(timeout=0)
    world.transport.arrive(Publish("146", world.broker.add("30"), 3))
    assert next(came).item_id == "30"  # type: ignore[attr-defined]
    for number in range(31, 41):
        world.transport.arrive(Publish("146", world.broker.add(str(number)), 3))
    world.read()
    assert [next(came).item_id for _ in range(3)] == ["31", "32", "33"]  # type: ignore[attr-defined]
    with pytest.raises(LimitExceeded):
        next(came)


def test_events_survive_a_broken_connection_and_raise_what_is_fatal() -> None:
    world = World()
    message_on_sync(world, "31", connection=2)
    seen = []
    with pytest.raises(ConnectRefused):  # noqa: PT012
        for event in world.client.events():
            seen.append(event.kind)
            if event.kind == "iris_sub_response":
                world.transport.arrive(b"")
            if event.kind == "message":
                world.broker.connacks = [ConnAck(5)]
                world.transport.arrive(b"")
    assert seen.count("disconnected") == 2
    assert "message" in seen


# --- wait_for --------------------------------------------------------------------------------------------------------


def test_wait_for_reads_while_nobody_else_does() -> None:
    world = World().subscribe()
    for number in ("31", "32", "33"):
        world.transport.arrive(Publish("146", world.broker.add(number), int(number)), after=1)
    event = world.client.wait_for(events.Message, lambda event: event.text == "32", timeout=5)
    assert event.item_id == "32"
    assert world.told == ["31", "32"], "the handlers run as ever"
    assert world.client.wait_for(events.Message).item_id == "33"


def test_wait_for_gives_up_in_time_and_over_a_reconnect() -> None:
    world = World().subscribe()
    begin = world.clock()
    with pytest.raises(RealtimeTimeout):
        world.client.wait_for(events.Message, timeout=5)
    assert world.clock() - begin == 5
    world.transport.arrive(b"")
    world.broker.add("31")
    assert world.client.wait_for(events.Message, timeout=5).item_id == "31"


def test_wait_for_raises_what_the_check_raised() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    with pytest.raises(KeyError, match="mine"):
        world.client.wait_for(events.Message, lambda event: {}["mine"], timeout=5)  # type: ignore[misc]


def test_wait_for_in_the_body_of_a_loop_over_events() -> None:
    world = World()
    message_on_sync(world, "31")
    found = []
    for event in world.client.events(timeout=5):
        if event.kind == "message" and not found:
            world.transport.arrive(Publish("146", world.broker.add("32"), 4))
            found.append(world.client.wait_for(events.Message, timeout=5).item_id)
    assert found == ["32"]


def test_wait_for_without_a_connection() -> None:
    with pytest.raises(NotConnectedError):
        World().client.wait_for(events.Message, timeout=5)


# --- in an outage ----------------------------------------------------------------------------------------------------


def test_ping_says_no_at_once_while_it_waits_to_come_back() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    begin = world.clock()
    assert world.client.ping() is False
    assert world.clock() == begin


def test_connecting_by_hand_comes_back_at_once_with_everything_that_was_subscribed() -> None:
    world = World(ReconnectPolicy(jitter=0.0, first_delay=10)).subscribe()
    world.client.subscribe_typing()
    world.read()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    handle = world.client.direct_send_text("340", "hi")
    begin = world.clock()
    world.client.connect()
    assert world.told == [("disconnected", 10.0), ("connected", True)]
    assert world.client.state is State.LIVE
    assert handle.result(timeout=5)["status"] == "ok"
    assert world.clock() == begin
    world.read(timeout=15)
    assert world.transport.connects == 2, "what was planned is off"
    assert len(subscriptions(world)) == 2


def test_connecting_by_hand_in_vain_does_not_end_the_plan() -> None:
    world = World().subscribe()
    world.transport.arrive(b"")
    assert world.client.read_once(timeout=0) is None
    world.broker.connacks = [ConnAck(3)]
    with pytest.raises(ConnectRefused):
        world.client.connect()
    assert world.client.state is State.BACKING_OFF
    world.read(timeout=10)
    assert world.told == [("disconnected", 1.0), ("connected", True)]


def test_a_handler_may_connect_by_hand_when_the_connection_has_ended() -> None:
    """As programs did that could not rely on the client for that."""
    world = World().subscribe()
    world.client.on("disconnected", lambda payload: world.client.connect())
    world.transport.arrive(b"")
    world.read(timeout=10)
    assert world.told == [("disconnected", 1.0), ("connected", True)]
    assert world.transport.connects == 2
    assert world.client.state is State.LIVE


def test_a_handler_may_wait_for_a_result_as_soon_as_it_is_connected() -> None:
    world = World()
    answers: list[Any] = []

    @world.client.on("connected")
    def greet(payload: Any) -> None:
        if not answers:
            world.transport.arrive(b"")  # even if the new connection breaks at once
        answers.append(world.client.direct_send_text("340", "hi").result(timeout=10)["status"])
        if len(answers) == 2:
            world.client.stop()

    world.client.run_forever()
    assert answers == ["ok", "ok"]


def test_a_handler_may_wait_for_a_result_on_the_way_back() -> None:
    """The event ``resync`` is told before the connection is whole."""
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [{"succeeded": False, "error_type": 1}]
    answers: list[Any] = []
    world.client.on("resync", lambda event: answers.append(world.client.direct_send_text("340", "hi").result(5)))
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert [answer["status"] for answer in answers] == ["ok"]
    assert world.transport.connects == 2
    assert world.client.state is State.LIVE


def test_what_is_half_made_is_closed_when_it_fails() -> None:
    world = World().subscribe()
    world.broker.iris = [{"succeeded": False}] * 3
    states: list[tuple[Any, bool]] = []
    world.wake.on_wait = lambda: states.append((world.client.state, world.client.connected))
    world.transport.arrive(b"")
    world.read(timeout=30)
    assert states[:4] == [(State.BACKING_OFF, False)] * 4


def test_a_connection_decided_on_before_disconnect_is_not_opened_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World().subscribe()
    come_back = world.client._come_back

    def late() -> None:
        world.client.disconnect()
        come_back()

    monkeypatch.setattr(world.client, "_come_back", late)
    world.transport.arrive(b"")
    with pytest.raises(NotConnectedError):
        world.client.read_once(timeout=10)
    assert (world.transport.connects, world.transport.is_open) == (1, False)
    assert world.client.state is State.STOPPED


def test_a_connection_that_stood_when_disconnect_was_called_does_not_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World().subscribe()
    resume = world.client._resume_sync

    def late(connection: Any) -> None:
        resume(connection)
        world.client.disconnect()

    monkeypatch.setattr(world.client, "_resume_sync", late)
    world.transport.arrive(b"")
    with pytest.raises(NotConnectedError):
        world.client.read_once(timeout=10)
    assert (world.client.connected, world.transport.is_open) == (False, False)
    assert world.client.state is State.STOPPED
    assert ("connected", True) not in world.told


def test_commands_of_before_are_not_sent_when_the_program_begins_anew() -> None:
    world = World().subscribe()
    world.broker.answers_commands = False
    handle = world.client.direct_send_text("340", "hi")
    world.client.disconnect()
    with pytest.raises(NotConnectedError):
        handle.result(timeout=5)
    world.transport._arrivals.clear()
    world.client.connect()
    world.transport.arrive(b"")
    world.read(timeout=10)
    assert world.transport.connects == 3
    assert len(world.broker.commands) == 1


# --- FBNS ------------------------------------------------------------------------------------------------------------


class PushBroker:
    """Issues an identity and a token, as often as it is asked."""

    def __init__(self) -> None:
        self.registrations = 0

    def __call__(self, packet: Packet) -> list[Reply]:
        if isinstance(packet, Connect):
            return [ConnAck(0, b'{"ck":"1","cs":"2","di":"3","ds":"4"}')]
        replies = polite(packet)
        if isinstance(packet, Publish) and packet.topic == FBNSTopics.REG_REQUEST:
            self.registrations += 1
            replies.append(Publish(FBNSTopics.REG_RESPONSE.value, deflated({"token": "t"}), 9))
        return replies


def test_the_push_client_comes_back_and_registers_again() -> None:
    broker = PushBroker()
    transport = MemoryTransport(broker=broker)
    client = FbnsClient(Host(), transport, clock=transport.clock, reconnect=POLICY, wake=lambda: wake)
    wake = VirtualWake(transport.clock)
    told: list[Any] = []

    @client.on("connected")
    def connected(payload: Any) -> None:
        told.append(payload["resumed"])
        if len(told) == 2:
            client.stop()
        else:
            transport.arrive(b"", after=1)

    client.run_forever()
    assert told == [False, True]
    assert (transport.connects, broker.registrations) == (2, 2)


# --- as a context manager --------------------------------------------------------------------------------------------


def test_leaving_the_block_after_stopping_is_harmless() -> None:
    world = World()
    with world.client:
        assert world.client.stop()
    assert world.client.state is State.STOPPED
    assert world.transport.disconnects == 1


def test_waiting_for_a_client_that_was_stopped_ends() -> None:
    world = World()
    with pytest.raises(RealtimeTimeout):
        world.client.wait_connected(timeout=0.01)
    world.client.connect()
    world.client.wait_connected(timeout=0.01)
    world.client.stop()
    with pytest.raises(NotConnectedError):
        world.client.wait_connected()


def test_waiting_to_be_connected_waits_for_message_sync() -> None:
    world = World()
    states: list[State] = []
    world.client.on(events.StateChanged, lambda event: states.append(event.state))
    run_until_connected(world)
    assert states == [State.CONNECTING, State.SUBSCRIBING, State.LIVE, State.STOPPED]


def test_a_failing_connect_by_hand_can_be_tried_again() -> None:
    world = World()
    world.transport.broker = lambda packet: [b""]
    with pytest.raises(ConnectFailed):
        world.client.connect()
    world.transport.broker = world.broker
    world.client.connect()
    assert world.client.state is State.LIVE
