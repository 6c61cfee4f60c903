"""Where a client stands, and that every change is told once, in order, with no lock held."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest

from instagrapi.exceptions import ConnectionLost, ConnectRefused, IrisSubscribeFailed, NotConnectedError
from instagrapi.realtime import FbnsClient, RealtimeClient, events
from instagrapi.realtime.protocol.packets import ConnAck, Publish
from instagrapi.realtime.state import State, StateChanges
from tests.realtime.test_reconnect import World
from tests.realtime.test_running import message_on_sync
from tests.support.hosts import Host
from tests.support.memory import FourMethods

Change = tuple[str, str]


def changes_of(client: RealtimeClient | FbnsClient) -> list[Change]:
    """What a client will tell from here on."""
    told: list[Change] = []
    client.on(events.StateChanged, lambda event: told.append((event.previous, event.state)))
    return told


def chain(*states: str) -> list[Change]:
    """The changes from state to state."""
    return list(zip(states, states[1:], strict=False))


# --- the changes of a life -------------------------------------------------------------------------------------------


def test_a_life_is_told_state_by_state() -> None:
    world = World()
    told = changes_of(world.client)
    world.subscribe()
    world.client.disconnect()
    assert told == chain("idle", "connecting", "live", "subscribing", "live", "stopped")


def test_by_name_it_is_a_dictionary() -> None:
    told: list[dict[str, Any]] = []
    client = RealtimeClient(Host(), FourMethods())
    client.on("state_changed", told.append)
    client.connect()
    client.disconnect()
    assert told == [{"previous": one, "state": other} for one, other in chain("idle", "connecting", "live", "stopped")]
    assert isinstance(told[0]["state"], State)


def test_a_client_that_comes_back_tells_of_every_step() -> None:
    world = World().subscribe()
    told = changes_of(world.client)
    world.broker.add("31")
    world.broker.connacks = [ConnAck(3), ConnAck(0)]
    world.transport.arrive(b"")
    world.read(timeout=10)
    assert told == chain(
        *("live", "backing_off", "connecting", "backing_off", "connecting", "subscribing", "catching_up", "live")
    )


def test_a_loop_begins_with_connecting_and_ends_with_stopped() -> None:
    world = World()
    told = changes_of(world.client)
    world.client.on(events.Message, lambda event: world.client.stop())
    message_on_sync(world, "31")
    world.client.run_forever()
    assert told == chain("idle", "connecting", "subscribing", "live", "stopped")


@pytest.mark.parametrize("policy", [True, False])
def test_failing_is_told_once(policy: bool) -> None:
    world = World(policy=policy)
    told = changes_of(world.client)
    world.broker.connacks = [ConnAck(5)]
    with pytest.raises(ConnectRefused):
        world.client.run_forever()
    assert told == chain("idle", "connecting", "failed")


def test_a_connection_that_ends_for_good_has_failed() -> None:
    world = World(policy=False).subscribe()
    told = changes_of(world.client)
    world.transport.arrive(b"")
    with pytest.raises(ConnectionLost):
        world.client.read_once()
    assert told == chain("live", "failed")


def test_a_refused_subscription_has_failed() -> None:
    world = World()
    world.client.connect()
    told = changes_of(world.client)
    world.broker.iris = [{"succeeded": False}]
    with pytest.raises(IrisSubscribeFailed):
        world.client.direct_subscribe()
    assert told == chain("live", "subscribing", "failed")


def test_connecting_by_hand_in_a_loop_in_vain_is_no_end() -> None:
    world = World().subscribe()
    told = changes_of(world.client)
    world.transport.arrive(b"")
    world.client.read_once(timeout=0)
    world.broker.connacks = [ConnAck(3)]
    with pytest.raises(ConnectRefused):
        world.client.connect()
    assert told == chain("live", "backing_off", "connecting", "backing_off")


def test_the_push_client_tells_too() -> None:
    client = FbnsClient(Host(), FourMethods())
    told: list[events.StateChanged] = []
    client.on(events.StateChanged, told.append)
    with pytest.raises(ConnectRefused):
        client.connect()
    assert [(event.previous, event.state) for event in told][-1][1] == "failed"
    assert {event.source for event in told} == {"push"}


# --- among other events ----------------------------------------------------------------------------------------------


def test_it_comes_before_the_event_that_tells_of_the_same() -> None:
    world, order = World().subscribe(), list[str]()
    world.client.on(events.Event, lambda event: order.append(getattr(event, "state", event.kind)))
    world.broker.add("31")
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert [one for one in order if one != "iris_sub_response"] == [
        *("backing_off", "disconnected", "connecting", "subscribing", "catching_up", "connected"),
        *("message", "live", "caught_up"),
    ]


def test_what_a_handler_changes_is_told_when_it_has_returned() -> None:
    world, told = World(), list[Change]()

    @world.client.on(events.StateChanged)
    def handler(event: events.StateChanged) -> None:
        if event.state is State.LIVE and len(told) < 2:
            world.client.disconnect()
            assert world.client.state is State.STOPPED
        told.append((event.previous, event.state))

    world.client.connect()
    assert told == chain("idle", "connecting", "live", "stopped")


def test_a_handler_may_send_and_wait() -> None:
    world, answers = World(), list[Any]()

    @world.client.on(events.StateChanged)
    def handler(event: events.StateChanged) -> None:
        if event.state is State.LIVE:
            answers.append(world.client.direct_send_text("340", "up").result(timeout=5)["status"])

    world.subscribe()
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert answers == ["ok"] * 3


@pytest.mark.parametrize("when", ["connecting", "subscribing", "backing_off", "live"])
def test_no_lock_is_held_while_handlers_run(when: str) -> None:
    """Another thread can do everything meanwhile that could need a lock."""
    world, done = World().subscribe(), list[str]()
    world.broker.add("31")

    @world.client.on(events.StateChanged)
    def handler(event: events.StateChanged) -> None:
        if event.state == when and not done:
            other = threading.Thread(target=use)
            other.start()
            other.join(20)
            done.append("hangs" if other.is_alive() else "done")

    def use() -> None:
        world.client.stats()
        world.client.is_healthy()
        world.client.disconnect()

    world.transport.arrive(b"")
    world.client.on("disconnected", lambda payload: None)
    with contextlib.suppress(NotConnectedError, ConnectionLost):
        world.read(timeout=5)
    assert done == ["done"]
    assert world.client.state is State.STOPPED


def test_a_failing_handler_is_reported_like_any_other() -> None:
    client, errors = RealtimeClient(Host(), FourMethods()), list[Any]()

    def fail(event: events.StateChanged) -> None:
        raise KeyError("mine")

    client.on(events.StateChanged, fail)
    client.on("error", errors.append)
    client.connect()
    assert [error["event"] for error in errors] == ["state_changed", "state_changed"]
    assert client.connected


# --- the queue -------------------------------------------------------------------------------------------------------


def test_many_threads_tell_each_change_once_and_in_order() -> None:
    changes, told, noting = StateChanges(), list[int](), threading.Lock()
    count, numbers = 500, iter(range(4 * 500))
    states = list(State)
    noted: list[tuple[State, State]] = []

    def work() -> None:
        for _ in range(count):
            with noting:
                change = (states[next(numbers) % 8], states[0])
                noted.append(change)
                changes.note(*change)
            changes.tell(lambda previous, state: told.append(states.index(previous)))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    changes.tell(lambda previous, state: told.append(states.index(previous)))
    assert told == [states.index(previous) for previous, _ in noted]


def test_a_change_whose_handler_ends_the_thread_does_not_keep_the_others_back() -> None:
    changes, told = StateChanges(), list[State]()
    changes.note(State.IDLE, State.CONNECTING)
    changes.note(State.CONNECTING, State.LIVE)

    def leave(previous: State, state: State) -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        changes.tell(leave)
    changes.tell(lambda previous, state: told.append(state))
    assert told == [State.LIVE]


def test_a_message_is_no_change() -> None:
    world = World().subscribe()
    told = changes_of(world.client)
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.read()
    assert told == []
