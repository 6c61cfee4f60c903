"""While a handler runs for long, the connection is kept alive, whichever stands."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi.emulator import Emulator
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.caretaker import Caretaker
from instagrapi.realtime.protocol.keepalive import KeepAlive
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


class QuietLine:
    """A connection on which nothing happens."""

    is_open, is_full, answers_are_scripted = True, False, False
    keep_alive = KeepAlive(20, 0.0)


def test_one_thread_serves_all_handlers_of_a_busy_account(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Caretaker] = []
    start = Caretaker._start
    monkeypatch.setattr(Caretaker, "_start", lambda self: (started.append(self), start(self)))
    lines: list[Any] = [QuietLine()]
    caretaker = Caretaker(time.monotonic, lambda: lines[0])
    with nothing_left_behind():
        for _ in range(20):
            with caretaker.watching():
                pass
            time.sleep(0.005)  # in which a thread that ended with the handler would be gone
        assert len(started) == 1
        lines[0] = None
        caretaker.look()
