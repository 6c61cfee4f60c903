"""Handlers of different threads side by side: order, position, acknowledgement, the end, and what a replay repeats."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi.exceptions import ConcurrencyError, ConnectionLost, RealtimeConfigError
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import PubAck, Publish
from instagrapi.realtime.state import State
from tests.realtime.test_reconnect import TOO_OLD, Broker, World, inbox
from tests.realtime.test_running import message_on_sync
from tests.support.bodies import deflated, element, graphql, patch
from tests.support.hosts import Host
from tests.support.leaks import nothing_left_behind

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield


def add(broker: Broker, thread: str, item_id: str, **more: Any) -> dict[str, Any]:
    """A new message in a thread; the element that tells of it live."""
    broker.latest += 1
    item = {"item_id": item_id, "user_id": 9, "item_type": "text", "text": item_id, **more}
    one = element(patch(f"/direct_v2/threads/{thread}/items/{item_id}", item), seq_id=broker.latest)
    broker.queue.append((broker.latest, one))
    return one


class Shop:
    """A world with workers, whose handlers can be made to wait."""

    def __init__(self, workers: int = 4, **options: Any) -> None:
        self.world = World(workers=workers, **options)
        self.client = self.world.client
        self.broker = self.world.broker
        self.handled: list[str] = []
        self.threads: dict[str, str] = {}
        self.gates: dict[str, threading.Event] = {}
        self.begun: dict[str, threading.Event] = {}
        self.packet_id = 100
        self.client.on(events.Message, self._handle)

    def _handle(self, event: events.Message) -> None:
        text = event.text or ""
        self.threads[text] = threading.current_thread().name
        self.begun.setdefault(text, threading.Event()).set()
        if gate := self.gates.get(text):
            assert gate.wait(PATIENCE)
        self.handled.append(text)

    def hold(self, text: str) -> threading.Event:
        """Lets the handler of a message wait until the gate is opened."""
        self.begun[text] = threading.Event()
        return self.gates.setdefault(text, threading.Event())

    def begins(self, text: str) -> None:
        assert self.begun[text].wait(PATIENCE)

    def arrive(self, *elements: dict[str, Any]) -> int:
        """A publish of message sync comes in; returns its identifier."""
        self.packet_id += 1
        self.world.transport.arrive(Publish("146", deflated(list(elements)), self.packet_id))
        return self.packet_id

    def say(self, thread: str, text: str, **more: Any) -> int:
        return self.arrive(add(self.broker, thread, text, **more))

    def take(self, publishes: int = 1) -> None:
        """Reads so many packets, without waiting for their handlers."""
        for _ in range(publishes):
            assert self.client.read_once(timeout=0) is not None

    @property
    def acknowledged(self) -> set[int]:
        return {packet.packet_id for packet in self.world.transport.sent_of(PubAck) if isinstance(packet, PubAck)}

    @property
    def position(self) -> int:
        assert self.client._sync.position is not None
        return self.client._sync.position.seq_id

    def break_and_come_back(self) -> None:
        """Without waiting for any handler."""
        self.world.transport.arrive(b"")
        assert self.client.read_once(timeout=0) is None
        self.world.clock.advance(1)
        self.world.read()

    def next_run(self, host: Host) -> Shop:
        """Another program on the same queue, which reads everything."""
        again = Shop(host=host)
        again.broker.queue, again.broker.latest = self.broker.queue, self.broker.latest
        again.client.connect()
        again.client.direct_subscribe()
        again.read()
        assert again.client.stop(PATIENCE)
        return again

    def until(self, enough: Callable[[], object]) -> None:
        """Waits for what handlers do."""
        self.client._await_handlers(enough, Deadline.after(PATIENCE))
        assert enough()

    def settle(self) -> None:
        """Waits until all handlers have returned."""
        self.client._await_handlers(lambda: False, Deadline.after(PATIENCE))

    def read(self, timeout: float = 0.0) -> None:
        """Reads everything that comes within so many seconds, and waits until it is handled."""
        self.world.read(timeout)
        self.settle()


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()
    shop.world.subscribe()
    yield shop
    for gate in shop.gates.values():
        gate.set()
    assert shop.client.stop(PATIENCE)


# --- order -----------------------------------------------------------------------------------------------------------


def test_handlers_of_different_threads_run_at_the_same_time(shop: Shop) -> None:
    meeting, met = threading.Barrier(2), list[str | None]()

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        meeting.wait(PATIENCE)
        met.append(event.thread_id)

    shop.arrive(add(shop.broker, "340", "31"), add(shop.broker, "341", "32"))
    shop.read()
    assert sorted(met, key=str) == ["340", "341"]


def test_within_a_thread_the_order_is_kept(shop: Shop) -> None:
    texts = [str(number) for number in range(60)]
    for text in texts:
        shop.say(str(340 + int(text) % 3), text)
    shop.read()
    for rest in range(3):
        assert [text for text in shop.handled if int(text) % 3 == rest] == texts[rest::3]
    assert len(shop.handled) == 60


def test_all_names_of_one_event_run_in_the_worker_of_its_thread(shop: Shop) -> None:
    seen: list[tuple[str, str]] = []
    for name in ("receive", "message", "direct", events.Event):
        shop.client.on(name, lambda event, name=name: seen.append((str(name), threading.current_thread().name)))
    shop.say("340", "31")
    shop.read()
    names = {thread for name, thread in seen if name != "receive"}
    assert len(names) == 1
    assert names.pop().startswith("instagrapi-worker-10000000001-")
    assert dict(seen)["receive"] == threading.current_thread().name


def test_what_belongs_to_no_thread_runs_in_the_reader_in_order_of_arrival(shop: Shop) -> None:
    gate, order = shop.hold("31"), list[tuple[str, str]]()
    shop.client.on(events.Event, lambda event: order.append((event.kind, threading.current_thread().name)))
    shop.say("340", "31")
    shop.broker.latest += 1
    shop.arrive(element(patch("/direct_v2/inbox/unseen_count", 3, op="replace"), seq_id=shop.broker.latest))
    presence = {"presence_event": {"user_id": "9", "is_active": True}}
    shop.world.transport.arrive(Publish("149", graphql("17846944882223835", presence), 5))
    shop.take(3)
    me = threading.current_thread().name
    assert [one for one in order if one[1] == me] == [("unseen_count", me), ("presence", me)]
    assert shop.handled == []
    gate.set()


def test_without_workers_everything_runs_in_the_reader() -> None:
    shop = Shop(workers=0)
    shop.world.subscribe()
    shop.say("340", "31")
    shop.take()
    assert shop.threads == {"31": threading.current_thread().name}


def test_a_negative_number_of_workers_makes_no_sense() -> None:
    with pytest.raises(RealtimeConfigError, match="workers"):
        RealtimeClient(Host(), workers=-1)


# --- position and acknowledgement ------------------------------------------------------------------------------------


def test_the_position_does_not_pass_what_is_still_being_handled(shop: Shop) -> None:
    gate = shop.hold("31")
    begin = shop.position
    slow, quick = shop.say("340", "31"), shop.say("341", "32")
    shop.take(2)
    shop.begins("31")
    shop.until(lambda: "32" in shop.handled)
    assert shop.position == begin
    assert slow not in shop.acknowledged
    gate.set()
    shop.settle()
    assert shop.position == begin + 2
    assert {slow, quick} <= shop.acknowledged


def test_a_publish_with_several_threads_is_acknowledged_when_all_are_done(shop: Shop) -> None:
    gate = shop.hold("31")
    packet_id = shop.arrive(add(shop.broker, "340", "31"), add(shop.broker, "341", "32"))
    shop.take()
    shop.until(lambda: "32" in shop.handled)
    assert packet_id not in shop.acknowledged
    gate.set()
    shop.settle()
    assert packet_id in shop.acknowledged


def test_a_failing_handler_counts_as_returning(shop: Shop) -> None:
    errors: list[Any] = []
    shop.client.on("error", errors.append)

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        raise KeyError("mine")

    packet_id, begin = shop.say("340", "31"), shop.position
    shop.read()
    assert [error["event"] for error in errors] == ["message"]
    assert shop.position == begin + 1
    assert packet_id in shop.acknowledged


def test_an_error_is_raised_by_the_loop_if_the_program_prefers() -> None:
    shop = Shop(on_handler_error="raise")

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        raise KeyError("mine")

    message_on_sync(shop.world, "31")
    with pytest.raises(KeyError, match="mine"):
        shop.client.run_forever()
    assert shop.position == 1235, "it was handled and acknowledged all the same"
    assert shop.client.connected
    shop.client.stop()


def test_what_ends_a_handler_ends_the_loop_and_comes_again() -> None:
    shop = Shop()

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        raise SystemExit(3)

    message_on_sync(shop.world, "31")
    with pytest.raises(SystemExit):
        shop.client.run_forever()
    assert shop.position == 1234
    shop.client.stop()


def test_every_event_is_counted_once(shop: Shop) -> None:
    before = shop.client.stats().events.get("message", 0)
    for number in range(200):
        shop.say(str(number % 7), str(number))
    shop.read()
    assert shop.client.stats().events["message"] - before == 200


def test_events_tell_when_and_to_whom_they_came(shop: Shop) -> None:
    gate, seen = shop.hold("31"), list[events.Message]()
    shop.client.on(events.Message, seen.append)
    shop.say("340", "31")
    shop.say("340", "32")
    shop.take(2)
    read_at = shop.world.clock()
    shop.world.clock.advance(60)
    gate.set()
    shop.settle()
    assert [event.received_at for event in seen] == [read_at, read_at]


# --- trouble ---------------------------------------------------------------------------------------------------------


def test_a_reconnect_while_workers_are_busy_handles_nothing_twice(shop: Shop) -> None:
    gate = shop.hold("31")
    shop.say("340", "31")
    shop.say("340", "32")
    shop.say("341", "33")
    shop.take(3)
    shop.begins("31")
    shop.break_and_come_back()
    assert shop.handled.count("31") == 0, "it is still being handled"
    gate.set()
    shop.settle()
    shop.say("340", "34")
    shop.read()
    assert [text for text in shop.handled if text != "33"] == ["31", "32", "34"]
    assert shop.handled.count("33") == 1
    assert shop.client.stats().events["duplicate"] >= 2, "31 and 32 came once more"
    assert shop.position == 1238
    assert shop.client.state is State.LIVE


def test_a_copy_that_comes_while_the_first_is_in_a_worker_waits_and_is_recognised(shop: Shop) -> None:
    gate, active, most = shop.hold("31"), list[str](), list[int]()

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        active.append(event.text or "")
        most.append(len(active))
        active.remove(event.text or "")

    first = add(shop.broker, "340", "31")
    slow = shop.arrive(first)
    again = shop.arrive({**first, "realtime": False})
    shop.take(2)
    shop.begins("31")
    assert not {slow, again} & shop.acknowledged
    gate.set()
    shop.settle()
    assert shop.handled == ["31"]
    assert most == [1]
    assert {slow, again} <= shop.acknowledged
    assert shop.position == 1235


def test_caught_up_comes_when_everything_that_was_replayed_is_handled(shop: Shop) -> None:
    gate = shop.hold("31")
    for thread, text in (("340", "31"), ("341", "32"), ("342", "33")):
        add(shop.broker, thread, text)
    shop.world.transport.arrive(b"")
    opened: list[list[Any]] = []

    @shop.client.on(events.Message, text="33")
    def handler(event: events.Message) -> None:
        opened.append(list(shop.world.told))
        gate.set()

    threads: list[str] = []
    shop.client.on(events.CaughtUp, lambda event: threads.append(threading.current_thread().name))
    shop.read(timeout=5)
    assert "caught_up" not in opened[0]
    assert shop.world.told[-1] == "caught_up"
    assert sorted(shop.handled) == ["31", "32", "33"]
    assert threads == [threading.current_thread().name], "it is told by the thread that reads"


def test_a_position_that_is_too_old_while_a_worker_is_busy(shop: Shop) -> None:
    shop.say("340", "30", timestamp="1000")
    shop.read()
    gate = shop.hold("31")
    shop.say("340", "31", timestamp="2000")
    shop.say("341", "32", timestamp="3000")
    shop.take(2)
    shop.begins("31")
    shop.until(lambda: "32" in shop.handled)
    shop.broker.iris = [TOO_OLD]
    shop.world.host.answers["direct_v2/inbox/"] = inbox(("34", 5000), ("32", 3000), ("31", 2000), ("30", 1000))
    shop.break_and_come_back()
    assert "seq_id" not in shop.client._sync._state(), "what is in the worker would be fetched again"
    gate.set()
    shop.settle()
    assert sorted(shop.handled) == ["30", "31", "32", "34"]
    assert shop.position == 5000, "where the inbox stands, not where the old queue was"
    assert shop.client._sync._state()["seq_id"] == 5000
    assert shop.client._sync.newest_item_at == 5000


def test_items_that_are_still_being_handled_are_looked_for_by_a_resync(shop: Shop) -> None:
    """A newer item of another thread does not make an older one, not handled yet, count as handled."""
    shop.say("341", "30", timestamp="1000")
    shop.read()
    gate = shop.hold("31")
    shop.say("340", "31", timestamp="2000")
    shop.say("341", "32", timestamp="3000")
    shop.take(2)
    shop.until(lambda: "32" in shop.handled)
    assert shop.client._sync.newest_item_at == 2000
    gate.set()
    shop.settle()
    assert shop.client._sync.newest_item_at == 3000


def test_another_account_gets_nothing_of_what_waits(shop: Shop) -> None:
    gate = shop.hold("31")
    shop.say("340", "31")
    shop.say("340", "32")
    shop.take(2)
    shop.begins("31")
    shop.world.host.user_id = 20000000002
    shop.client.connect()
    gate.set()
    shop.settle()
    assert shop.handled == ["31"]
    assert shop.client._sync.position is None
    assert shop.client._sync._state() == {"account_id": "20000000002", "recent": []}


# --- the end ---------------------------------------------------------------------------------------------------------


def test_stopping_waits_for_what_runs_and_leaves_what_waits_to_the_next_run() -> None:
    shop = Shop()
    shop.world.subscribe()
    gate = shop.hold("31")
    for thread, text in (("340", "31"), ("340", "32"), ("341", "33")):
        shop.say(thread, text)
    shop.take(3)
    shop.begins("31")
    assert not shop.client.stop(timeout=0.05), "a handler still runs"
    gate.set()
    assert shop.client.stop(PATIENCE)
    assert "32" not in shop.handled
    saved = shop.world.host.settings["realtime"]
    assert saved["seq_id"] == 1235, "what returned after the connection was closed is saved"

    again = shop.next_run(shop.world.host)
    assert sorted([*shop.handled, *again.handled]) == ["31", "32", "33"]


def test_a_kill_repeats_what_was_being_handled_and_loses_nothing() -> None:
    shop = Shop(autosave_interval=0)
    shop.world.subscribe()
    gate = shop.hold("31")
    shop.say("340", "31")
    shop.say("341", "32")
    shop.take(2)
    shop.begins("31")
    shop.until(lambda: "32" in shop.handled)
    again = shop.next_run(Host(settings=dict(shop.world.host.settings)))  # all that a killed program leaves
    assert again.handled == ["31"], "32 is recognised"
    gate.set()
    shop.client.stop()


@pytest.mark.parametrize("way", ["stop", "disconnect"])
def test_a_handler_may_stop_the_client(way: str) -> None:
    shop, results = Shop(), list[object]()

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        results.append(getattr(shop.client, way)())

    message_on_sync(shop.world, "31")
    shop.client.run_forever()
    assert results == [True if way == "stop" else None]
    assert shop.client.state is State.STOPPED
    assert shop.world.host.settings["realtime"]["seq_id"] == 1235, "the handler has returned"
    assert shop.client.stop(PATIENCE)


def test_a_handler_may_stop_a_client_that_runs_on_a_thread() -> None:
    shop, results = Shop(), list[bool]()
    shop.hold("31").set()
    shop.client.on(events.Message, lambda event: results.append(shop.client.stop(PATIENCE)))
    message_on_sync(shop.world, "31")
    shop.client.start()
    shop.begins("31")
    assert shop.client.stop(PATIENCE)
    assert results == [True]


def test_a_handler_may_not_read(shop: Shop) -> None:
    refused: list[type[Exception]] = []

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        calls: list[Callable[[], object]] = [
            shop.client.read_once,
            shop.client.run_forever,
            shop.client.start,
            lambda: next(iter(shop.client.events())),
            lambda: shop.client.wait_for(events.Message),
        ]
        for call in calls:
            with pytest.raises(ConcurrencyError) as caught:
                call()
            refused.append(caught.type)

    shop.say("340", "31")
    shop.take()
    shop.settle()
    assert refused == [ConcurrencyError] * 5


def test_what_had_arrived_is_handled_before_a_loop_ends_for_good() -> None:
    shop = Shop(policy=False)
    message_on_sync(shop.world, "31")
    gate = shop.hold("31")
    shop.client.on("disconnected", lambda payload: gate.set())

    shop.client.on("receive", lambda payload: shop.world.transport.arrive(b"") if payload["topic"] == "146" else None)
    threading.Timer(0.05, gate.set).start()
    with pytest.raises(ConnectionLost):
        shop.client.run_forever()
    assert shop.handled == ["31"]
    assert shop.position == 1235
    shop.client.stop()


# --- answering -------------------------------------------------------------------------------------------------------


def test_handlers_may_answer_and_wait_across_a_reconnect(shop: Shop) -> None:
    answers: list[str] = []
    shop.broker.answers_commands = False
    broken = threading.Lock()

    @shop.client.on(events.Message)
    def handler(event: events.Message) -> None:
        handle = event.reply("hi")
        if broken.acquire(blocking=False):
            shop.broker.answers_commands = True
            shop.world.transport.arrive(b"")
        answers.append(handle.result(timeout=60)["status"])

    for number in range(5):
        shop.say(str(340 + number), str(number))
    shop.read(timeout=5)
    assert answers == ["ok"] * 5
    assert sorted(shop.handled) == ["0", "1", "2", "3", "4"]


# --- the loops -------------------------------------------------------------------------------------------------------


def test_events_come_from_workers_too() -> None:
    shop = Shop()
    message_on_sync(shop.world, "31")
    seen = [event.kind for event in shop.client.events(timeout=5) if not isinstance(event, events.StateChanged)]
    assert seen == ["connected", "iris_sub_response", "message"]
    shop.client.stop()


def test_waiting_for_an_event_while_nobody_reads(shop: Shop) -> None:
    shop.say("340", "31")
    assert shop.client.wait_for(events.Message, timeout=5).text == "31"


def test_waiting_for_caught_up(shop: Shop) -> None:
    add(shop.broker, "340", "31")
    shop.world.transport.arrive(b"")
    shop.client.wait_for(events.CaughtUp, timeout=5)
    assert shop.handled == ["31"]


def test_a_full_queue_keeps_the_reader_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = Shop(workers=1)
    assert shop.client._sharer is not None
    lanes = shop.client._sharer.lanes
    monkeypatch.setattr(lanes, "_capacity", 2)
    shop.world.subscribe()
    gate = shop.hold("0")
    for number in range(8):
        shop.say("340", str(number))
    reader = threading.Thread(target=shop.read)
    reader.start()
    shop.begins("0")
    reader.join(0.05)
    assert reader.is_alive()
    assert len(lanes._lanes["340"]) == 2
    gate.set()
    reader.join(PATIENCE)
    assert shop.handled == [str(number) for number in range(8)]
    assert shop.client.stop(PATIENCE)


def test_a_client_that_is_run_again_handles_what_was_left(shop: Shop) -> None:
    gate = shop.hold("31")
    shop.say("340", "31")
    shop.say("340", "32")
    shop.take(2)
    shop.begins("31")
    shop.client.disconnect()
    gate.set()
    assert shop.client.stop(PATIENCE)
    assert shop.handled == ["31"]
    shop.client.connect()
    shop.client.direct_subscribe()
    shop.read()
    assert shop.handled == ["31", "32"]
