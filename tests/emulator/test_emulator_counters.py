"""Numbers that are never forgotten, and the timeline."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator, VirtualEmulator
from instagrapi.emulator.timeline import TIMELINE_CAPACITY, Timeline
from instagrapi.exceptions import ConnectFailed
from instagrapi.realtime.protocol.packets import PingReq, PubAck
from tests.emulator.tiny_client import CarriedClient, TinyClient, realtime_connect


@pytest.fixture
def virtual() -> Iterator[VirtualEmulator]:
    with VirtualEmulator() as emulator:
        yield emulator


# --- rates ------------------------------------------------------------------------------------------------------------


def test_the_busiest_hour_begins_anywhere(virtual: VirtualEmulator) -> None:
    transport = virtual.transport("realtime")
    for moment in (0, 3000, 3500, 3599, 3601, 7000, 20_000):
        virtual.clock.advance(moment - virtual.clock.elapsed if moment > virtual.clock.elapsed else 0)
        transport.connect()
    assert virtual.counters.attempts() == (7, 4)
    assert virtual.counters.attempts("realtime") == (7, 4)
    assert virtual.counters.attempts("fbns") == (0, 0)


def test_attempts_are_counted_that_come_to_nothing(virtual: VirtualEmulator) -> None:
    virtual.faults.refuse_tcp()
    for service in ("realtime", "fbns", "realtime"):
        with pytest.raises(ConnectFailed):
            virtual.transport(service).connect()  # type: ignore[arg-type]
    assert [virtual.counters.attempts(name).total for name in ("realtime", "fbns", None)] == [2, 1, 3]  # type: ignore[arg-type]
    assert virtual.counters.connects().total == 0


def test_connects_and_calls_are_counted_by_account(
    emu: Emulator, connect: Any, connect_fbns: Any, alice: Actor, bot: Actor
) -> None:
    for actor in (bot, alice, bot):
        connect(actor)
    connect_fbns()
    counters = emu.counters
    assert [counters.connects(account=actor).total for actor in (bot, "alice", None)] == [2, 1, 4]
    assert [counters.connects(service).total for service in ("realtime", "fbns")] == [3, 1]
    client = emu.client(bot)
    client.direct_threads()
    client.direct_threads()
    assert counters.inbox_calls() == counters.inbox_calls("bot") == (2, 2)
    assert counters.inbox_calls(alice) == (0, 0)
    assert counters.http_calls("accounts/login/", bot).total == 1
    assert counters.http_calls().total == 4


def test_ids_are_left_out_of_paths(emu: Emulator, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "hi")
    client = emu.client(bot)
    client.private_request(f"direct_v2/threads/{item.thread_id}/")
    assert emu.counters.http_calls("direct_v2/threads/<thread_id>/").total == 1


# --- commands and items -----------------------------------------------------------------------------------------------


def test_commands_are_counted_by_their_context(emu: Emulator, connect: Any, alice: Actor, bot: Actor) -> None:
    client: TinyClient = connect(bot)
    command = {"action": "send_item", "thread_id": alice.thread_with(bot).thread_id, "item_type": "text", "text": "t"}
    for context in ("b", "a", "b"):
        client.publish("132", {**command, "client_context": context})
        client.json("133")
    client.publish("132", {**command, "thread_id": "1", "client_context": "wrong"})
    client.json("133")
    assert list(emu.counters.commands().items()) == [("b", (2, 1)), ("a", (1, 1)), ("wrong", (1, 0))]
    assert emu.counters.commands(alice) == {}


def test_items_are_delivered_when_they_are_acknowledged(emu: Emulator, follow: Any, alice: Actor, bot: Actor) -> None:
    items = [alice.send(bot, text) for text in ("one", "two")]
    own = bot.send(alice, "mine")
    assert emu.counters.undelivered(bot) == items
    client: TinyClient = follow(bot)
    body = client.body("146", acknowledge=False)
    assert emu.counters.undelivered(bot) == items
    assert body
    client = follow(bot)
    client.patches()
    emu.wait_until(lambda: emu.counters.undelivered(bot) == [])
    assert emu.counters.deliveries(bot) == {item.item_id: 1 for item in (*items, own)}
    follow(bot).patches()
    emu.wait_until(lambda: set(emu.counters.deliveries(bot).values()) == {2})
    assert emu.counters.undelivered(alice) == [own]


def test_items_are_delivered_by_http(emu: Emulator, alice: Actor, bot: Actor) -> None:
    items = [alice.send(bot, str(number)) for number in range(12)]
    client = emu.client(bot)
    emu.faults.drop_http_answers(path="direct_v2/inbox/", times=2)
    with pytest.raises(Exception, match="No connection"):
        client.direct_threads()
    assert emu.counters.undelivered(bot) == items
    client.direct_threads()
    assert emu.counters.undelivered(bot) == items[:2], "the inbox shows ten items of a thread"
    client.private_request(f"direct_v2/threads/{items[0].thread_id}/")
    assert emu.counters.undelivered(bot) == []


def test_threads_bring_their_items(emu: Emulator, follow: Any, alice: Actor, bot: Actor) -> None:
    group = emu.group(alice, emu.account("carol"))
    item = alice.send(group, "before")
    client: TinyClient = follow(bot)
    alice.add_to(group, bot)
    assert emu.counters.undelivered(bot) == [item]
    client.patch()
    emu.wait_until(lambda: emu.counters.undelivered(bot) == [])


def test_counters_want_accounts_that_exist(emu: Emulator) -> None:
    with pytest.raises(LookupError, match="nobody"):
        emu.counters.connects(account="nobody")


# --- the timeline -----------------------------------------------------------------------------------------------------


def test_the_timeline_tells_everything_but_texts_and_secrets(
    emu: Emulator, follow: Any, alice: Actor, bot: Actor
) -> None:
    logged_in = emu.client(bot)
    client: TinyClient = follow(bot)
    alice.send(bot, "a secret text")
    client.patch()
    command = {"action": "send_item", "thread_id": alice.thread_with(bot).thread_id, "item_type": "text"}
    client.publish("132", {**command, "text": "another secret", "client_context": "c-o-n-t-e-x-t"})
    client.patch()
    client.json("133")
    client.publish("132", {"action": "a secret action"})
    client.json("133")
    emu.faults.refuse_connect(3, times=1)
    emu.faults.reset()
    emu.wait_until(lambda: not emu.connections[0].is_open)
    lines = [line[14:] for line in emu.timeline().splitlines()]
    expected = [
        "http                      POST launcher/sync/: 200",
        "http bot                  POST accounts/login/: 200",
        "realtime 1 bot            sends CONNECT, keep alive 60 s, and gets CONNACK 0",
        "realtime 1 bot            asks for message sync from 1000",
        "realtime 1 bot            is sent 135 message sync accepted, latest 1000, id 1",
        "realtime 1 bot            acknowledges id 1",
        "realtime 1 bot            is sent 146 message sync 1001, id 2",
        "realtime 1 bot            acknowledges id 2",
        "realtime 1 bot            sends command 1 (send_item)",
        "realtime 1 bot            is sent 133 answer to command 1 (send_item): ok, id 4",
        "realtime 1 bot            sends a command (unknown action)",
        "fault                     CONNACK 3 (realtime, fbns): on",
        "realtime 1 bot            fault: reset",
        "realtime 1 bot            is over: the broker has closed it",
    ]
    # In no order: what the two sides do at the same time is written down as it comes.
    assert [line for line in expected if line not in lines] == []
    timeline = emu.timeline()
    for secret in ("secret", "c-o-n-t-e-x-t", bot.password, logged_in.sessionid, logged_in.phone_id):
        assert str(secret) not in timeline
    assert emu.timeline(last=1).splitlines()[1:] == timeline.splitlines()[-1:]


def test_times_have_hours_and_days() -> None:
    timeline = Timeline()
    for elapsed in (0, 59.9996, 3723.5, 90_061.001):
        timeline.note(elapsed, "x", "y")
    assert [line.split("  ")[0] for line in timeline.render().splitlines()] == [
        "00:00:00.000",
        "00:01:00.000",
        "01:02:03.500",
        "1d 01:01:01.001",
    ]


def test_the_timeline_keeps_the_latest() -> None:
    timeline = Timeline()
    for number in range(TIMELINE_CAPACITY + 3):
        timeline.note(0, "x", str(number))
    lines = timeline.render().splitlines()
    assert lines[0] == "(3 earlier lines are left out)"
    assert lines[1].endswith(" 3")
    assert len(lines) == TIMELINE_CAPACITY + 1
    assert timeline.render(last=0) == f"({TIMELINE_CAPACITY + 3} earlier lines are left out)"


def test_pings_are_left_out(virtual: VirtualEmulator) -> None:
    actor = virtual.account("bot")
    client = CarriedClient(virtual.transport("realtime"))
    client.send(realtime_connect(actor.pk, f"sessionid={actor.new_session()}"))
    before = virtual.timeline()
    for _ in range(10):
        client.send(PingReq())
        client.receive()
    client.send(PubAck(77))
    assert virtual.timeline() == before
