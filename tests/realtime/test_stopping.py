"""The end that the program wants: what runs is finished, what could not be finished comes again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi.exceptions import NotConnectedError
from instagrapi.realtime import events
from instagrapi.realtime.dispatch import EventName
from instagrapi.realtime.protocol.packets import Disconnect, PubAck, Publish
from instagrapi.realtime.state import State
from tests.realtime.test_fbns import connected, push
from tests.realtime.test_outgoing import Office
from tests.realtime.test_reconnect import TOO_OLD, World, inbox
from tests.realtime.test_running import message_on_sync
from tests.realtime.test_threads import Worker
from tests.realtime.test_workers import Shop
from tests.support.bodies import deflated
from tests.support.leaks import nothing_left_behind

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


def stopping(world: World, timeout: float | None = PATIENCE) -> Worker:
    """Another thread stops the client; returns when that has begun to wait."""
    stopper = Worker(lambda: world.client.stop(timeout))
    while stopper.is_alive() and not world.client._is_stopping:
        stopper.join(0.001)
    return stopper


def close(world: World) -> None:
    """Another thread closes the connection, at once."""
    assert Worker(world.client.disconnect).finish().error is None


def saved(world: World) -> int:
    number: int = world.host.settings["realtime"]["seq_id"]
    return number


# --- stop() lets handlers return -------------------------------------------------------------------------------------


def test_a_handler_has_the_connection_until_it_returns() -> None:
    world, answers, stoppers = World(), list[Any](), list[Worker]()

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        stoppers.append(stopping(world))
        answers.append(event.reply("one").result(5)["status"])
        answers.append(event.reply("two").result(5)["status"])

    message_on_sync(world, "31")
    world.client.run_forever()
    assert stoppers[0].finish().error is None
    assert stoppers[0].result is True
    assert answers == ["ok", "ok"]
    assert saved(world) == 1235
    assert world.client.state is State.STOPPED
    sent = world.transport.sent
    assert PubAck(3) in sent
    assert sent[-1] == Disconnect()


def test_nothing_further_is_handled() -> None:
    world = World().subscribe()
    stopper = world.client.on(events.Message, lambda event: stopping(world))
    for number in ("31", "32", "33"):
        world.transport.arrive(Publish("146", world.broker.add(number), int(number)))
    world.client.run_forever()
    assert world.told == ["31"]
    assert saved(world) == 1235
    stopper.cancel()
    world.transport._arrivals.clear()  # what the broker sent over the connection that has ended
    world.client.connect()
    world.client.direct_subscribe()
    world.read()
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32", "33", "caught_up"]


@pytest.mark.parametrize("end", [stopping, close, lambda world: world.client.disconnect()])
def test_of_a_replay_nothing_further_is_handled_either(end: Callable[[World], object]) -> None:
    """However much one packet brings."""
    world = World().subscribe()
    world.client.on(events.Message, lambda event: end(world))
    for number in ("31", "32", "33"):
        world.broker.add(number)
    world.transport.arrive(Publish("146", deflated([one for _, one in world.broker.queue]), 3))
    world.client.run_forever()
    assert world.told == ["31"]
    assert saved(world) == 1235
    assert PubAck(3) not in world.transport.sent


def test_the_program_s_own_loop_ends_too() -> None:
    world, stoppers = World().subscribe(), list[Worker]()
    world.client.on(events.Message, lambda event: stoppers.append(stopping(world)))
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    assert world.client.read_once(timeout=0) is not None
    assert not world.client.connected
    assert stoppers[0].finish().result is True
    assert saved(world) == 1235
    with pytest.raises(NotConnectedError):
        world.client.read_once()


def test_in_a_handler_it_returns_at_once_and_the_connection_stands_until_the_handler_returns() -> None:
    world, seen = World(), list[Any]()

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        seen.append(world.client.stop())
        seen.append(world.client.connected)
        seen.append(event.reply("bye").result(5)["status"])

    message_on_sync(world, "31")
    world.client.run_forever()
    assert seen == [True, True, "ok"]
    assert saved(world) == 1235
    assert world.client.state is State.STOPPED


def test_a_handler_that_is_told_of_the_connection_may_finish_as_well() -> None:
    world, seen = World(), list[Any]()

    @world.client.on(events.Connected)
    def handler(event: events.Connected) -> None:
        seen.append(stopping(world))
        seen.append(world.client.direct_send_text("340", "hi").result(5)["status"])

    message_on_sync(world, "31")
    world.client.run_forever()
    assert seen[1] == "ok"
    assert seen[0].finish().result is True
    assert world.told == [("connected", False)]


def test_commands_of_the_last_handler_keep_the_pace() -> None:
    office, stoppers = Office().subscribe(), list[Worker]()

    @office.client.on(events.Message)
    def handler(event: events.Message) -> None:
        stoppers.append(stopping(office))
        for number in range(4):
            office.send(str(number)).result(60)

    office.transport.arrive(Publish("146", office.broker.add("31"), 3))
    office.client.run_forever()
    assert stoppers[0].finish().result is True
    assert [text for _, text in office.sent] == ["0", "1", "2", "3"]
    assert office.times() == [0, 0, 10, 20]


def test_the_last_handler_gets_its_answer_across_an_outage() -> None:
    world, answers, stoppers = World().subscribe(), list[Any](), list[Worker]()
    world.broker.answers_commands = False

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        stoppers.append(stopping(world))
        handle = event.reply("hi")
        world.broker.answers_commands = True
        world.transport.arrive(b"")
        answers.append(handle.result(60)["status"])

    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.client.run_forever()
    assert stoppers[0].finish().result is True
    assert answers == ["ok"]
    assert world.transport.connects == 2
    assert world.told == ["31"], "nothing is told of the outage any more"


def test_workers_may_all_return_and_the_last_of_them_ends_it() -> None:
    shop, answers = Shop(), list[Any]()
    shop.world.subscribe()
    gates = [shop.hold("31"), shop.hold("32")]
    shop.client.on(events.Message, lambda event: answers.append(event.reply("yes").result(5)["status"]))
    for thread, text in (("340", "31"), ("341", "32"), ("340", "33")):
        shop.say(thread, text)
    shop.take(3)
    for text in ("31", "32"):
        shop.begins(text)
    stopper = stopping(shop.world)
    gates[0].set()
    shop.until(lambda: "31" in shop.handled)
    assert shop.client.connected
    assert stopper.is_alive()
    gates[1].set()
    assert stopper.finish().result is True
    assert answers == ["ok", "ok"]
    assert sorted(shop.handled) == ["31", "32"]
    assert saved(shop.world) == 1236
    assert shop.next_run(shop.world.host).handled == ["33"]


def test_a_worker_may_stop_it_and_others_may_return_though_nobody_reads_any_more() -> None:
    shop, seen = Shop(), list[Any]()
    shop.world.subscribe()
    gate = shop.hold("31")
    shop.client.on(events.Message, lambda event: seen.append((shop.client.stop(), shop.client.connected)), text="32")
    shop.say("340", "31")
    shop.say("341", "32")
    shop.take(2)
    shop.begins("31")
    shop.until(lambda: seen)
    assert seen == [(True, True)]
    assert shop.client.connected
    gate.set()
    assert shop.client.stop(PATIENCE)
    assert sorted(shop.handled) == ["31", "32"]
    assert saved(shop.world) == 1236


# --- what is cut off comes again -------------------------------------------------------------------------------------


def replying(world: World, event: EventName, end: Callable[[World], object]) -> list[str]:
    """The first handler of an event loses its connection before it can answer; gives what could be answered."""
    ends, answered = [end], list[str]()

    def handler(payload: Any) -> None:
        if isinstance(payload, events.StateChanged):
            return
        if ends:
            ends.pop()(world)
        world.client.direct_send_text("340", "hi")
        answered.append("hi")

    world.client.on(event, handler)
    return answered


def run_out_of_time(world: World) -> None:
    assert stopping(world, 0.01).finish().result is False


@pytest.mark.parametrize("end", [close, run_out_of_time])
@pytest.mark.parametrize("event", ["message", "direct", events.Message, events.Event])
@pytest.mark.parametrize("on_error", ["continue", "raise"])
def test_a_handler_that_lost_its_connection_gets_the_same_again(
    event: EventName, end: Callable[[World], object], on_error: str, caplog: pytest.LogCaptureFixture
) -> None:
    world, errors = World(on_handler_error=on_error), list[Any]()
    world.client.on("error", errors.append)
    world.subscribe()
    answered = replying(world, event, end)
    world.transport.arrive(Publish("146", world.broker.add("31"), 3), Publish("146", world.broker.add("32"), 4))
    world.client.run_forever()
    assert (answered, errors) == ([], [])
    assert saved(world) == 1234
    assert PubAck(3) not in world.transport.sent
    assert "comes again" in caplog.text
    again = World(host=world.host)
    again.broker = again.transport.broker = world.broker
    again.subscribe().read()
    assert again.told == ["31", "32", "caught_up"]


def test_any_other_error_of_a_handler_counts_as_handled_all_the_same() -> None:
    world, errors = World().subscribe(), list[Any]()
    world.client.on("error", errors.append)

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        close(world)
        raise KeyError("mine")

    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.client.run_forever()
    assert [type(one["error"]) for one in errors] == [KeyError]
    assert saved(world) == 1235


def test_a_handler_that_closes_the_connection_itself_has_only_failed() -> None:
    """Or it would do so again at every start."""
    world = World().subscribe()
    replying(world, events.Message, lambda world: world.client.disconnect())
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    world.client.run_forever()
    assert saved(world) == 1235


def test_a_handler_of_the_end_has_only_failed() -> None:
    world, errors = World().subscribe(), list[Any]()
    world.client.on("error", errors.append)
    world.client.on(events.StateChanged, lambda event: world.client.direct_send_text("340", "bye"))
    world.client.disconnect()
    assert [type(one["error"]) for one in errors] == [NotConnectedError]


def test_a_broken_line_cuts_nobody_off() -> None:
    world, errors = World(policy=False).subscribe(), list[Any]()
    world.client.on("error", errors.append)

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        world.transport.arrive(b"")
        event.reply("hi").result(5)

    world.broker.answers_commands = False
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    assert world.client.read_once(timeout=0) is not None
    assert len(errors) == 1
    world.client.stop()
    assert saved(world) == 1235


def test_what_was_read_before_the_end_is_not_handled_after_it() -> None:
    world = World().subscribe()
    next_packet = world.client._next_packet

    def late(deadline: Any) -> Any:
        found = next_packet(deadline)
        close(world)
        return found

    world.client._next_packet = late  # type: ignore[method-assign]
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    assert world.client.read_once(timeout=0) is None
    assert world.told == []


def test_what_a_resync_fetches_while_the_connection_is_closed_is_fetched_again() -> None:
    world = World().subscribe()
    world.transport.arrive(Publish("146", world.broker.add("31", timestamp="1000"), 3))
    world.read()
    world.broker.iris = [TOO_OLD]
    answers, closes = world.host.answers, [close]

    class Inbox(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            while closes:
                closes.pop()(world)
            return super().__getitem__(name)

    world.host.answers = Inbox({**answers, "direct_v2/inbox/": inbox(("32", 5000), ("31", 1000))})
    world.transport.arrive(b"")
    with pytest.raises(NotConnectedError):
        world.client.read_once(timeout=10)
    assert not closes
    world.broker.iris = [TOO_OLD]
    world.transport._arrivals.clear()
    world.client.connect()
    world.client.direct_subscribe()
    world.read()
    assert [one for one in world.told if isinstance(one, str)] == ["31", "32"]


def test_the_position_does_not_pass_what_a_worker_could_not_finish() -> None:
    shop = Shop()
    shop.world.subscribe()
    answered = list[str | None]()
    gate = shop.hold("31")

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        event.reply("yes")
        answered.append(event.text)

    shop.say("340", "31")
    shop.say("341", "32")
    shop.take(2)
    shop.begins("31")
    shop.until(lambda: answered == ["32"])
    assert not shop.client.stop(0.01)
    assert not shop.client.connected
    gate.set()
    shop.client.stop(PATIENCE)
    assert answered == ["32"]
    assert saved(shop.world) == 1234
    assert 101 not in shop.acknowledged
    assert shop.next_run(shop.world.host).handled == ["31"], "32 is recognised"


def test_a_push_that_could_not_be_handled_is_not_acknowledged_and_no_copy() -> None:
    client, transport, told = connected()
    ends: list[Callable[[], object]] = [lambda: Worker(client.disconnect).finish(), lambda: None]

    @client.on("push")
    def handler(notification: Any) -> None:
        ends.pop(0)()
        client._require_connection()
        told.append("handled")

    transport.arrive(Publish("76", push(), 5))
    assert client.read_once(timeout=0) is None
    assert PubAck(5) not in transport.sent
    client.connect()
    transport.arrive(Publish("76", push(), 6))
    while client.read_once(timeout=0) is not None:
        pass
    assert "handled" in told
    assert PubAck(6) in transport.sent


def test_a_push_that_is_being_handled_is_acknowledged_before_the_end() -> None:
    client, transport, _ = connected()
    stoppers: list[Worker] = []

    def handler(notification: Any) -> None:
        stoppers.append(Worker(lambda: client.stop(PATIENCE)))
        while not client._is_stopping:
            stoppers[0].join(0.001)
        assert client.connected

    client.on("push", handler)
    transport.arrive(Publish("76", push(), 5))
    client.run_forever()
    assert stoppers[0].finish().result is True
    assert transport.sent[-2:] == [PubAck(5), Disconnect()]


# --- the state that cannot be saved ----------------------------------------------------------------------------------


class Full:
    """A store on a full disk, until there is room."""

    def __init__(self) -> None:
        self.saved: dict[str, Any] | None = None
        self.has_room = False

    def load(self) -> dict[str, Any] | None:
        return self.saved

    def save(self, state: Any) -> None:
        if not self.has_room:
            raise OSError("no space left")
        self.saved = dict(state)


def test_it_is_raised_once_and_logged_once_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    store = Full()
    world = World(state=store).subscribe()
    world.client.on(events.Message, lambda event: world.client.stop())
    world.transport.arrive(Publish("146", world.broker.add("31"), 3))
    with pytest.raises(OSError, match="no space left"):
        world.client.run_forever()
    world.client.disconnect()
    assert world.client.stop()
    assert [record.levelname for record in caplog.records if "cannot be saved" in record.getMessage()] == [
        "WARNING",
        "ERROR",
    ]
    store.has_room = True
    world.client.disconnect()
    assert store.saved is not None
    assert store.saved["seq_id"] == 1235


def test_stopping_what_runs_on_a_thread_raises_it(caplog: pytest.LogCaptureFixture) -> None:
    world = World(state=Full())
    begun = threading.Event()
    world.client.on(events.Message, lambda event: begun.set())
    message_on_sync(world, "31")
    world.client.start()
    assert begun.wait(PATIENCE)
    with pytest.raises(OSError, match="no space left"):
        world.client.stop()
    assert not world.client.is_running
    assert "Traceback" not in caplog.text
