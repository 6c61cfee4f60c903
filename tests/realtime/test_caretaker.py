"""While a handler runs for long, the connection is kept alive, whichever stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi.emulator import Emulator
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.caretaker import Caretaker
from instagrapi.realtime.recovery import ReconnectPolicy
from tests.realtime.test_threads import Worker
from tests.support.leaks import nothing_left_behind

PATIENCE = 20.0
#: Longer than the emulator bears with a silent client whose keep alive is one second.
LONG = 2.5
QUICK = ReconnectPolicy(first_delay=0.001, max_delay=0.02, connects_per_hour=1_000_000)


class Stage:
    """A client with a keep alive of a second, whose handler takes long, and does something first."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.me, self.peer = emulator.account("me"), emulator.account("peer")
        self.thread = self.me.thread_with(self.peer)
        self.client: RealtimeClient = emulator.client(self.me).realtime_client(
            reconnect=QUICK, profile=emulator.profile.replace(realtime={"keep_alive": 1})
        )
        self.told: list[str | None] = []
        self.first: Any = lambda event: None
        self.client.on(events.Message, self.handle, incoming=True)

    def handle(self, event: events.Message) -> None:
        self.told.append(event.text)
        if event.text == "long":
            self.first(event)
            threading.Event().wait(LONG)

    def play(self) -> int:
        """Lets the handler take long; gives how many connections were made until all was handled."""
        self.client.start()
        self.client.wait_connected(PATIENCE)
        for text in ("long", "1", "2"):
            self.peer.send(self.thread, text)
        handled = threading.Event()
        self.client.on(events.Message, lambda event: handled.set(), text="2")
        assert handled.wait(PATIENCE)
        assert self.client.ping(PATIENCE)
        assert self.told == ["long", "1", "2"]
        return self.emulator.counters.connects("realtime").total


@pytest.fixture
def stage() -> Iterator[Stage]:
    with nothing_left_behind(), Emulator() as emulator:
        stage = Stage(emulator)
        yield stage
        assert stage.client.stop(PATIENCE)


@pytest.mark.slow
def test_the_line_outlives_a_handler_that_takes_long(stage: Stage) -> None:
    assert stage.play() == 1


@pytest.mark.slow
def test_a_line_that_is_made_while_a_handler_takes_long_outlives_it_too(stage: Stage) -> None:
    def reconnect(event: events.Message) -> None:
        stage.emulator.faults.reset("realtime")
        sender = Worker(lambda: event.reply("hi").result(PATIENCE))
        assert sender.finish().error is None

    stage.first = reconnect
    assert stage.play() == 2


@pytest.mark.slow
def test_a_line_outlives_a_handler_of_what_an_earlier_one_had_brought(stage: Stage) -> None:
    """What is handled came over a line that has ended; the one that stands must not end for that."""
    waits: list[float] = []

    @stage.client.on(events.Message, text="1")
    def handle(event: events.Message) -> None:
        waits.append(LONG)
        threading.Event().wait(LONG)

    def reconnect(event: events.Message) -> None:
        stage.client.ping(PATIENCE)  # files what is on its way
        stage.emulator.faults.reset("realtime")
        event.reply("hi").result(PATIENCE)

    stage.first = reconnect
    assert stage.play() == 2
    assert waits == [LONG]


def test_one_thread_serves_all_handlers_of_a_busy_account(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Caretaker] = []
    start = Caretaker._start
    monkeypatch.setattr(Caretaker, "_start", lambda self: (started.append(self), start(self)))
    stage.client.connect()
    stage.client.direct_subscribe()
    for number in range(20):
        stage.peer.send(stage.thread, str(number))
        while len(stage.told) <= number:
            stage.client.read_once(PATIENCE)
    stage.client.disconnect()
    assert stage.told == [str(number) for number in range(20)]
    # It ends after half a keep alive, which here is half a second, in which no handler begins.
    assert len(started) <= 5
