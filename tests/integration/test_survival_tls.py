"""Some of the faults of ``test_survival`` once more, over real TLS sockets and with real threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi.emulator import Emulator
from instagrapi.profile import Profile
from instagrapi.realtime import events
from instagrapi.realtime.recovery import ReconnectPolicy

#: Comes back at once, so that the test need not wait.
POLICY = ReconnectPolicy(first_delay=0.01, max_delay=0.1, connects_per_hour=100_000, inbox_requests_per_hour=100_000)

FAULTS: dict[str, Callable[[Any], object]] = {
    "reset": lambda faults: faults.reset("realtime"),
    "close": lambda faults: faults.close("realtime"),
    "close in a packet": lambda faults: faults.close("realtime", mid_packet=True),
    "half open": lambda faults: faults.half_open("realtime"),
    "DISCONNECT": lambda faults: faults.disconnect("realtime"),
    "pp": lambda faults: faults.preemptive_ping("realtime"),
    "kick": lambda faults: faults.kick("realtime"),
    "refused": lambda faults: (faults.refuse_connect(3, "realtime", times=3), faults.reset("realtime")),
    "no TCP": lambda faults: (faults.refuse_tcp("realtime", times=3), faults.reset("realtime")),
    "iris refused": lambda faults: (faults.refuse_iris(2, times=2), faults.reset("realtime")),
    "too old": lambda faults: (faults.position_too_old(), faults.reset("realtime")),
    "before a command": lambda faults: faults.when("command", lambda: faults.reset("realtime"), times=2),
    "before an answer": lambda faults: faults.when("answer", lambda: faults.reset("realtime"), times=2),
    "at a delivery": lambda faults: faults.when("delivery", lambda: faults.reset("realtime"), times=2),
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator() as emulator:
        yield emulator


@pytest.mark.parametrize("name", FAULTS)
def test_a_bot_that_answers_loses_nothing_and_says_nothing_twice(emulator: Emulator, name: str) -> None:
    alice, me = emulator.account("alice"), emulator.account("me")
    client = emulator.client(me)
    profile: Profile = emulator.profile.replace(realtime={"keep_alive": 1})
    bot = client.realtime_client(reconnect=POLICY, profile=profile)
    handled: list[Any] = []
    handles: list[Any] = []
    enough = threading.Event()

    @bot.on(events.Message, incoming=True)
    def answer(event: events.Message) -> None:
        handled.append(event.item_id)
        handles.append(event.reply(f"got {event.text}"))
        if event.text == "last":
            enough.set()

    bot.connect()
    bot.direct_subscribe()
    bot.start()
    sent = [alice.send(me, f"before {number}").item_id for number in range(5)]
    FAULTS[name](emulator.faults)
    sent += [alice.send(me, f"after {number}").item_id for number in range(5)]
    emulator.wait_until(lambda: bot.connected and bot.state == "live", timeout=20)
    sent.append(alice.send(me, "last").item_id)
    assert enough.wait(timeout=20)
    results = [handle.result(timeout=20) for handle in handles]
    assert bot.stop(timeout=10)

    assert handled == sent, "all of them, once, in order"
    assert all(result["status"] == "ok" for result in results)
    commands = emulator.counters.commands(me)
    assert all(commands[handle["client_context"]].items == 1 for handle in handles)
