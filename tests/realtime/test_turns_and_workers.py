"""What workers, paced commands and the turns of handlers have to do with each other while connections come and go."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import Emulator
from instagrapi.exceptions import ConnectRefused, NotConnectedError
from instagrapi.realtime import events
from instagrapi.realtime.protocol.packets import ConnAck, Packet, Publish
from instagrapi.realtime.recovery import ReconnectPolicy
from tests.realtime.test_outgoing import Office
from tests.realtime.test_reconnect import TOO_OLD, World, inbox
from tests.realtime.test_threads import Worker
from tests.realtime.test_workers import Shop, add
from tests.support.leaks import nothing_left_behind

PATIENCE = 20.0


def when_subscribing(world: World, do: Callable[[], object]) -> None:
    """Lets another thread do something while the next connections are being made."""
    broker = world.transport.broker
    assert broker is not None

    def answer(packet: Packet) -> Any:
        if isinstance(packet, Publish) and packet.topic == "134":
            assert Worker(do).finish().error is None
        return broker(packet)

    world.transport.broker = answer


def come(world: World, item_id: str) -> None:
    """A message comes when a loop reads, behind what the loop has to do at its beginning."""
    world.transport.arrive(Publish("146", world.broker.add(item_id), 3), after=1)


def kinds(world: World) -> list[str]:
    """What is told of the connection from here on, states by their names."""
    told: list[str] = []
    interesting = (events.StateChanged, events.Connected, events.Disconnected, events.Resync, events.CaughtUp)
    for kind in interesting:
        world.client.on(kind, lambda event: told.append(str(getattr(event, "state", event.kind))))
    return told


# --- workers and a connection that is replaced by hand ---------------------------------------------------------------


def test_what_workers_are_at_outlives_a_connection_that_is_replaced_by_hand() -> None:
    with nothing_left_behind():
        shop = Shop()
        shop.world.subscribe()
        gate = shop.hold("31")
        for thread, text in (("340", "31"), ("340", "32"), ("341", "33")):
            shop.say(thread, text)
        shop.take(3)
        shop.begins("31")
        done = threading.Event()
        shop.client.on(events.Message, lambda event: done.set(), text="34")
        shop.client.start()
        shop.client.connect()
        shop.say("340", "34")
        gate.set()
        assert done.wait(PATIENCE)
        assert shop.client.stop(PATIENCE)
        assert [text for text in shop.handled if text != "33"] == ["31", "32", "34"]
        assert shop.handled.count("33") == 1
        assert shop.position == 1238


def test_commands_given_while_a_connection_is_replaced_by_hand_go_over_the_new_one_in_order() -> None:
    world = World(pace=None).subscribe()
    world.broker.answers_commands = False
    world.client.direct_send_text("340", "first", "1")
    world.read()
    when_subscribing(world, lambda: world.client.direct_send_text("340", "second", "2"))

    @world.client.on(events.Message)
    def handler(event: events.Message) -> None:
        world.client.connect()
        world.client.direct_send_text("340", "third", "3")
        world.client.stop()

    come(world, "31")
    world.client.run_forever()
    assert [command["client_context"] for command in world.broker.commands] == ["1", "1", "2", "3"]


def test_a_connection_that_cannot_be_replaced_leaves_commands_to_the_next() -> None:
    world = World(pace=None).subscribe()
    failed: list[type[Exception]] = []

    @world.client.on(events.Message, text="31")
    def handler(event: events.Message) -> None:
        world.broker.connacks = [ConnAck(3)]
        with pytest.raises(ConnectRefused) as caught:
            world.client.connect()
        failed.append(caught.type)
        world.client.direct_send_text("340", "later", "1")

    world.client.on(events.CaughtUp, lambda event: world.client.stop())
    come(world, "31")
    world.broker.add("32")
    world.client.run_forever()
    assert failed == [ConnectRefused]
    assert [command["client_context"] for command in world.broker.commands] == ["1"]
    assert ("connected", True) in world.told


# --- pace while commands are taken over ------------------------------------------------------------------------------


def test_new_commands_come_behind_those_that_are_sent_again_at_the_pace() -> None:
    office = Office()
    office.subscribe()
    office.broker.answers_commands = False
    for number in range(4):
        office.send(str(number))
    office.clock.advance(30)
    begun = len(office.sent)
    when_subscribing(office, lambda: office.send("meanwhile"))
    office.broker.answers_commands = True
    office.lose()
    office.clock.advance(1)
    office.read()
    office.send("afterwards")
    office.read(timeout=60)
    sent = office.sent[begun:]
    assert [text for _, text in sent] == ["0", "1", "2", "3", "meanwhile", "afterwards"]
    times = [at - sent[0][0] for at, _ in sent]
    assert times == [0, 0, 10, 20, 30, 40]


def test_a_line_that_breaks_again_and_again_repeats_nothing_over_one_connection() -> None:
    office = Office()
    office.subscribe()
    office.broker.answers_commands = False
    for number in range(2):
        office.send(str(number))
    for _ in range(3):
        office.lose()
        office.clock.advance(30)
        begun = len(office.sent)
        office.read()
        assert [text for _, text in office.sent[begun:]] == ["0", "1"]
        office.read(timeout=5)
        assert len(office.sent) == begun + 2


def test_a_thread_whose_wait_an_outage_ended_does_not_send_what_the_next_connection_has_sent() -> None:
    office = Office()
    office.subscribe()
    office.send("0").result()
    office.send("1").result()
    office.broker.answers_commands = False

    def break_and_come_back() -> None:
        office.on_wait = lambda: None
        office.lose()
        office.read(timeout=30)

    office.on_wait = break_and_come_back
    office.send("2")
    assert [text for _, text in office.sent] == ["0", "1", "2"]


def test_connecting_anew_ends_the_wait_for_a_turn() -> None:
    office = Office()
    office.subscribe()
    office.send("0")
    office.send("1")
    office.read()
    office.on_wait = office.client.connect
    handle = office.send("2")
    with pytest.raises(NotConnectedError, match="was not sent"):
        handle.result(timeout=0)
    assert len(office.sent) == 2


def test_the_wait_for_a_turn_is_not_shortened_by_what_does_not_concern_it() -> None:
    office = Office()
    office.subscribe()

    def wake() -> None:
        office.on_wait = lambda: None
        office.client._wake_senders()

    office.on_wait = wake
    for number in range(3):
        office.send(str(number))
    assert office.times() == [0, 0, 10]


def test_a_line_that_breaks_before_a_command_asks_for_its_turn_leaves_it_to_the_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    office.subscribe()
    is_left, refused = office.client._is_left, [ConnAck(3)]

    def look_too_early(pending: Any) -> bool:
        too_early = is_left(pending)
        if refused:
            office.broker.connacks = [refused.pop()]
            office.lose()
            office.clock.advance(1)
            assert office.client.read_once(timeout=0) is None
            assert office.client._connection is None
        return too_early

    monkeypatch.setattr(office.client, "_is_left", look_too_early)
    assert office.send("0").result(timeout=60)["status"] == "ok"


def test_a_command_given_just_before_a_connection_stands_is_sent_though_nobody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    office = Office()
    office.subscribe()
    office.lose()
    office.send("before")
    take_over = office.client._take_over_commands

    def take_over_and_look_away() -> None:
        take_over()
        assert Worker(lambda: office.send("meanwhile")).finish().error is None

    monkeypatch.setattr(office.client, "_take_over_commands", take_over_and_look_away)
    office.client.connect()
    assert [text for _, text in office.sent] == ["before", "meanwhile"]


@pytest.mark.parametrize("is_answered", [True, False])
def test_a_handler_on_the_way_back_sends_once_and_behind_what_is_sent_again(is_answered: bool) -> None:
    office = Office(pace=None)
    office.subscribe()
    office.broker.answers_commands = False
    office.send("0")
    office.broker.answers_commands = is_answered
    answers: list[str] = []

    @office.client.on(events.StateChanged)
    def handler(event: events.StateChanged) -> None:
        if event.state == "subscribing":
            handle = office.send("on the way")
            if is_answered:
                answers.append(handle.result(timeout=60)["status"])

    office.lose()
    office.read(timeout=5)
    assert answers == ["ok"] * is_answered
    assert [text for _, text in office.sent] == ["0", "0", "on the way"]


def test_a_command_that_was_given_again_after_it_was_sent_again_is_sent() -> None:
    """The server may have lost it twice."""
    office = Office(pace=None)
    office.subscribe()
    office.broker.answers_commands = False
    office.send("0", "a")
    office.lose()
    office.read(timeout=5)
    office.broker.answers_commands = True
    assert office.send("0", "a").result(timeout=5)["status"] == "ok"
    assert len(office.sent) == 3


# --- what is told of the connection, with workers --------------------------------------------------------------------


def test_what_is_told_keeps_its_order_while_workers_are_busy() -> None:
    with nothing_left_behind():
        shop = Shop()
        shop.world.subscribe()
        told = kinds(shop.world)
        gate = shop.hold("31")
        shop.say("340", "31")
        shop.take()
        shop.begins("31")
        add(shop.broker, "341", "33")
        shop.break_and_come_back()
        assert told == ["backing_off", "disconnected", "connecting", "subscribing", "catching_up", "connected"]
        gate.set()
        shop.read()
        assert told[6:] == ["live", "caught_up"]
        assert shop.client.stop(PATIENCE)


def test_a_handler_of_a_change_of_state_has_returned_before_what_tells_of_the_same() -> None:
    """Also if it sends and waits, and so brings the next connection about."""
    world = World().subscribe()
    order: list[str] = []

    @world.client.on(events.StateChanged)
    def handler(event: events.StateChanged) -> None:
        if event.state == "backing_off":
            world.client.direct_send_text("340", "hi").result(timeout=30)
            order.append("has returned")

    for kind in (events.Disconnected, events.Connected):
        world.client.on(kind, lambda event: order.append(event.kind))
    world.transport.arrive(b"")
    world.read(timeout=5)
    assert order == ["has returned", "disconnected", "connected"]


def test_what_a_worker_brings_about_is_told_by_the_reader() -> None:
    with nothing_left_behind(), Emulator() as emulator:
        me, peer = emulator.account("me"), emulator.account("peer")
        policy = ReconnectPolicy(first_delay=0.001, max_delay=0.02)
        rt = emulator.client(me).realtime_client(workers=2, reconnect=policy)
        threads: list[str] = []
        answered = threading.Event()

        @rt.on(events.Message, incoming=True)
        def handler(event: events.Message) -> None:
            emulator.faults.reset("realtime")
            event.reply("yes").result(PATIENCE)
            answered.set()

        rt.start()
        rt.wait_connected(PATIENCE)
        again = threading.Event()
        for kind in (events.Disconnected, events.Connected):
            rt.on(kind, lambda event: threads.append(threading.current_thread().name))
        rt.on(events.Connected, lambda event: again.set())
        peer.send(me, "hi")
        assert answered.wait(PATIENCE)
        assert again.wait(PATIENCE)
        assert rt.stop(PATIENCE)
        assert {name.rsplit("-", 1)[0] for name in threads} == {"instagrapi-realtimeclient"}


# --- the end, in the middle of a resync ------------------------------------------------------------------------------


def outlasted(shop: Shop) -> None:
    """What the server holds no longer is fetched: 32 to 34."""
    shop.broker.iris = [TOO_OLD]
    items = [("34", 4000), ("33", 3000), ("32", 2000), ("31", 1000)]
    shop.world.host.answers["direct_v2/inbox/"] = inbox(*items)


def test_stopped_in_a_worker_during_a_resync_a_client_loses_nothing_of_it() -> None:
    with nothing_left_behind():
        shop = Shop(autosave_interval=0)
        shop.world.subscribe()
        shop.say("340", "31", timestamp="1000")
        shop.read()
        shop.client.on(events.Message, lambda event: shop.client.stop(), text="32")
        outlasted(shop)
        shop.world.transport.arrive(b"")
        shop.client.run_forever()
        assert shop.handled == ["31", "32"]
        assert "seq_id" not in shop.world.host.settings["realtime"], "the next start fetches the rest"

        again = shop.next_run(shop.world.host)
        assert again.handled == ["33", "34"]
        assert again.position == 5000


def test_a_handler_that_outlives_its_resync_does_not_count_for_the_next() -> None:
    """The position is saved when everything that the second one has found was handled."""
    with nothing_left_behind():
        shop = Shop(autosave_interval=0)
        shop.world.subscribe()
        shop.say("340", "31", timestamp="1000")
        shop.read()
        late, other = shop.hold("32"), shop.hold("34")
        outlasted(shop)
        shop.break_and_come_back()
        shop.begins("32")
        shop.client.disconnect()
        shop.client.connect()
        shop.client.direct_subscribe()
        shop.world.read()
        late.set()
        shop.begins("34")
        assert "seq_id" not in shop.world.host.settings["realtime"], "34 would be lost if it was killed now"
        other.set()
        shop.settle()
        assert shop.handled == ["31", "32", "33", "34"]
        assert shop.world.host.settings["realtime"]["seq_id"] == 5000
        assert shop.client.stop(PATIENCE)


def test_what_was_left_in_workers_is_fetched_if_the_server_forgets_it() -> None:
    """A newer item of another conversation was handled meanwhile."""
    with nothing_left_behind():
        shop = Shop(autosave_interval=0)
        shop.world.subscribe()
        shop.say("340", "30", timestamp="500")
        shop.read()
        gate = shop.hold("31")
        for thread, text, at in (("340", "31", "1000"), ("340", "32", "2000"), ("341", "33", "3000")):
            shop.say(thread, text, timestamp=at)
        shop.take(3)
        shop.begins("31")
        shop.until(lambda: "33" in shop.handled)
        shop.client.disconnect()
        gate.set()
        assert shop.client.stop(PATIENCE)
        assert "32" not in shop.handled

        again = Shop(host=shop.world.host)
        again.broker.iris = [TOO_OLD]
        items = [("33", 3000), ("32", 2000), ("31", 1000), ("30", 500)]
        again.world.host.answers["direct_v2/inbox/"] = inbox(*items)
        again.world.subscribe()
        again.read()
        assert sorted(shop.handled + again.handled) == ["30", "31", "32", "33"]
        assert again.client.stop(PATIENCE)


def test_an_interrupted_reader_with_workers_handles_the_packet_again() -> None:
    with nothing_left_behind():
        shop = Shop()
        shop.world.subscribe()
        interrupts = [KeyboardInterrupt]

        @shop.client.on("receive")
        def handler(payload: Any) -> None:
            if interrupts:
                raise interrupts.pop()

        shop.say("340", "31")
        with pytest.raises(KeyboardInterrupt):
            shop.client.read_once(timeout=0)
        shop.read()
        assert shop.handled == ["31"]
        assert shop.position == 1235
        assert shop.client.stop(PATIENCE)
