"""The loops among threads, over real TLS connections to the emulator.

``INSTAGRAPI_THREADS=3000`` repeats what several threads do to one client so many times instead of a few; with ``-s``
the figures are printed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.exceptions import (
    ConcurrencyError,
    ConnectionLost,
    ConnectRefused,
    NotConnectedError,
    RealtimeError,
    RealtimeTimeout,
)
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.protocol.packets import ConnAck
from instagrapi.realtime.recovery import ReconnectPolicy
from instagrapi.realtime.state import State
from tests.realtime.test_threads import Worker
from tests.support.broker import LoopbackServer, Peer, say_nothing
from tests.support.leaks import nothing_left_behind

TIMES = int(os.environ.get("INSTAGRAPI_THREADS", "0"))
PATIENCE = 20.0
AT_ONCE = 1.0
#: Comes back as soon as it can, as often as it takes.
QUICK = ReconnectPolicy(
    first_delay=0.001, max_delay=0.02, connects_per_hour=1_000_000, inbox_requests_per_hour=1_000_000
)


class Stage:
    """The accounts ``me``, whose client it is, and ``peer``, with a thread of theirs."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.me, self.peer = emulator.account("me"), emulator.account("peer")
        self.thread = self.me.thread_with(self.peer)
        self.host: Client = emulator.client(self.me)
        self.made: list[RealtimeClient] = []
        self.rt = self.client()

    def client(self, **options: Any) -> RealtimeClient:
        client = self.host.realtime_client(**{"reconnect": QUICK, "pace": None, **options})
        self.made.append(client)
        return client

    def cut(self) -> None:
        """Breaks the line, if there is one."""
        with contextlib.suppress(OSError, NotConnectedError), socket.socket(fileno=os.dup(self.rt.fileno())) as line:
            line.shutdown(socket.SHUT_RDWR)

    def say(self, text: str) -> None:
        self.peer.send(self.thread, text)

    def contexts(self) -> Counter[str]:
        """How many items there are of each client context."""
        return Counter(item.client_context for item in self.thread.items)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with nothing_left_behind(), Emulator(random=random.Random(1), queue_capacity=100_000) as emulator:
        stage = Stage(emulator)
        yield stage
        for client in stage.made:
            assert client.stop(PATIENCE)


@pytest.fixture
def texts(stage: Stage) -> list[str | None]:
    """The texts that the client's handlers got."""
    told: list[str | None] = []
    stage.rt.on(events.Message, lambda event: told.append(event.text))
    return told


def until(condition: Any, stage: Stage) -> None:
    """Waits for something that follows what the emulator or a handler does."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it does not come about"
        with contextlib.suppress(TimeoutError):
            stage.emulator.wait_until(condition, 0.05)


# --- run_forever and stop --------------------------------------------------------------------------------------------


def test_stopping_from_another_thread_waits_until_it_has_ended(stage: Stage, texts: list[str | None]) -> None:
    loop = Worker(stage.rt.run_forever)
    stage.rt.wait_connected(PATIENCE)
    stage.say("hi")
    until(lambda: texts == ["hi"], stage)
    began = time.monotonic()
    assert stage.rt.stop(PATIENCE)
    assert time.monotonic() - began < AT_ONCE
    assert loop.finish(AT_ONCE).error is None
    assert stage.rt.state is State.STOPPED


def test_disconnecting_and_connecting_again_at_once_ends_it_quietly_all_the_same(stage: Stage) -> None:
    loop = Worker(stage.rt.run_forever)
    stage.rt.wait_connected(PATIENCE)
    stage.rt.disconnect()
    stage.rt.connect()
    assert loop.finish().error is None
    assert stage.rt.connected


def test_stop_waits_for_a_handler_as_long_as_it_may(stage: Stage) -> None:
    inside, go_on = threading.Event(), threading.Event()

    @stage.rt.on(events.Message)
    def handler(event: events.Message) -> None:
        inside.set()
        go_on.wait(PATIENCE)

    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    stage.say("hi")
    assert inside.wait(PATIENCE)
    assert not stage.rt.stop(0.01)
    assert stage.rt.is_running
    go_on.set()
    assert stage.rt.stop(PATIENCE)
    assert not stage.rt.is_running


@pytest.mark.parametrize("tls", [True, False], ids=["silent", "accepting"])
def test_stopping_while_it_connects_to_a_peer_that_hangs(stage: Stage, tls: bool) -> None:
    reached = threading.Event()

    def hang(peer: Peer) -> None:
        reached.set()
        say_nothing(peer)

    with LoopbackServer(hang) as server:
        profile = stage.host.profile.replace(endpoints={"realtime": {"host": "127.0.0.1", "port": server.port}})
        client = stage.client(profile=profile, connect_timeout=60)
        client.start()
        assert reached.wait(PATIENCE)
        began = time.monotonic()
        assert client.stop(PATIENCE)
        assert time.monotonic() - began < AT_ONCE
        assert client.state is State.STOPPED
        with pytest.raises(NotConnectedError):
            client.wait_connected(0)


def test_stopping_while_it_backs_off(stage: Stage) -> None:
    policy = ReconnectPolicy(jitter=0.0, first_delay=60)
    stage.emulator.answer_next_connect("realtime", ConnAck(3))
    client = stage.client(reconnect=policy)
    client.start()
    with client._state_changed:
        assert client._state_changed.wait_for(lambda: client.state is State.BACKING_OFF, PATIENCE)
    began = time.monotonic()
    assert client.stop(PATIENCE)
    assert time.monotonic() - began < AT_ONCE


def test_stopping_before_it_has_begun_is_not_forgotten(stage: Stage) -> None:
    """However soon after ``start`` it comes."""
    for _ in range(100):
        stage.rt.start()
        assert stage.rt.stop(PATIENCE)
        assert not stage.rt.connected
        assert stage.rt.state is State.STOPPED


def test_what_is_fatal_reaches_it_whoever_meets_it(stage: Stage) -> None:
    """A thread that waits for an answer makes the attempt as well as the loop."""
    for _ in range(20):
        client = stage.client()
        loop = Worker(client.run_forever)
        client.wait_connected(PATIENCE)
        handles = [client.direct_send_text(stage.thread.thread_id, "x") for _ in range(4)]
        stage.emulator.answer_next_connect("realtime", ConnAck(5))
        stage.rt = client
        stage.cut()
        waiting = [Worker(lambda handle=handle: handle.result(PATIENCE)) for handle in handles]  # type: ignore[misc]
        assert isinstance(loop.finish().error, ConnectRefused)
        for one in waiting:
            one.finish()


# --- start -----------------------------------------------------------------------------------------------------------


def test_start_runs_on_a_daemon_thread_with_a_name(stage: Stage, texts: list[str | None]) -> None:
    with stage.rt.start() as client:
        client.wait_connected(PATIENCE)
        (thread,) = [one for one in threading.enumerate() if one.name.startswith("instagrapi-realtimeclient")]
        assert thread.daemon
        assert thread.name == f"instagrapi-realtimeclient-{stage.me.pk}"
        stage.say("hi")
        until(lambda: texts == ["hi"], stage)
        assert len(stage.emulator.connections) == 1
    assert not thread.is_alive()
    assert stage.rt.state is State.STOPPED


def test_commands_may_be_given_before_it_is_connected(stage: Stage) -> None:
    stage.rt.start()
    assert stage.rt.direct_send_text(stage.thread.thread_id, "hi").result(PATIENCE)["status"] == "ok"


def test_it_cannot_be_started_twice_but_again(stage: Stage, texts: list[str | None]) -> None:
    for count in range(1, 4):
        stage.rt.start()
        with pytest.raises(ConcurrencyError):
            stage.rt.start()
        with pytest.raises(ConcurrencyError):
            stage.rt.run_forever()
        with pytest.raises(ConcurrencyError):
            stage.rt.read_once(0)
        with pytest.raises(ConcurrencyError):
            next(iter(stage.rt.events()))
        stage.rt.wait_connected(PATIENCE)
        stage.say(str(count))
        until(lambda count=count: len(texts) == count, stage)  # type: ignore[misc]
        assert stage.rt.stop(PATIENCE)
    assert texts == ["1", "2", "3"]


def test_of_many_threads_that_start_it_one_succeeds(stage: Stage) -> None:
    gate = threading.Barrier(8)

    def start() -> None:
        gate.wait(PATIENCE)
        stage.rt.start()

    starters = [Worker(start) for _ in range(8)]
    refused = [starter.finish().error for starter in starters]
    assert sum(error is None for error in refused) == 1
    assert all(error is None or isinstance(error, ConcurrencyError) for error in refused)


def test_it_can_be_stopped_from_its_own_thread(stage: Stage) -> None:
    answers: list[bool] = []
    stage.rt.on(events.Message, lambda event: answers.append(stage.rt.stop()))
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    stage.say("hi")
    until(lambda: not stage.rt.is_running, stage)
    assert answers == [True]
    assert stage.rt.state is State.STOPPED


def test_an_error_reaches_who_waits_and_the_error_event(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    told: list[Any] = []
    stage.rt.on("error", told.append)
    stage.emulator.answer_next_connect("realtime", ConnAck(5))
    stage.rt.start()
    with pytest.raises(ConnectRefused):
        stage.rt.wait_connected(PATIENCE)
    assert stage.rt.stop(PATIENCE)
    assert [(payload["event"], type(payload["error"])) for payload in told] == [("run", ConnectRefused)]
    assert "cannot go on" in caplog.text
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)


def test_a_thread_that_a_handler_ends_leaves_no_connection(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    client = stage.client(on_handler_error="raise")
    told: list[Any] = []
    client.on("error", told.append)

    @client.on(events.Message)
    def handler(event: events.Message) -> None:
        raise KeyError("mine")

    client.start()
    client.wait_connected(PATIENCE)
    stage.say("hi")
    until(lambda: not client.is_running, stage)
    assert (client.connected, client.state) == (False, State.FAILED)
    assert isinstance(told[0]["error"], KeyError)
    with pytest.raises(KeyError):
        client.wait_connected()


# --- one reader ------------------------------------------------------------------------------------------------------


def test_waiting_for_an_event_while_the_thread_runs(stage: Stage) -> None:
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    waiting = [
        Worker(lambda text=text: stage.rt.wait_for(events.Message, lambda event: event.text == text, PATIENCE))  # type: ignore[misc]
        for text in ("1", "2", "3")
    ]
    until(lambda: len(stage.rt.handlers.get(events.Message) or ()) >= 3, stage)
    for text in ("3", "2", "1"):
        stage.say(text)
    for worker, text in zip(waiting, ("1", "2", "3"), strict=True):
        assert worker.finish().error is None
        assert worker.result.text == text  # type: ignore[attr-defined]
    with pytest.raises(RealtimeTimeout):
        stage.rt.wait_for(events.Message, timeout=0.01)


def test_waiting_for_events_beside_a_loop_over_read_once(stage: Stage, texts: list[str | None]) -> None:
    """Neither is ever in the other's way, and everything is handled once."""
    stage.rt.connect()
    stage.rt.direct_subscribe()
    done = threading.Event()

    def loop() -> None:
        while not done.is_set():
            stage.rt.read_once(0.001)

    def wait(name: str) -> None:
        for number in range(30):
            expected = f"{name}{number}"
            stage.rt.wait_for(events.Message, lambda event: event.text == expected, PATIENCE)  # noqa: B023

    reader = Worker(loop)
    waiting = [Worker(lambda name=name: wait(name)) for name in "abc"]  # type: ignore[misc]
    try:
        for number in range(30):
            count = 3 * number
            until(lambda: len(stage.rt.handlers.get(events.Message) or ()) >= 4, stage)
            for name in "abc":
                until(lambda name=name, number=number: is_waiting(stage, name, number), stage)  # type: ignore[misc]
                stage.say(f"{name}{number}")
            until(lambda count=count: len(texts) == count + 3, stage)  # type: ignore[misc]
        for worker in waiting:
            assert worker.finish().error is None
    finally:
        done.set()
    assert reader.finish().error is None
    assert texts == [f"{name}{number}" for number in range(30) for name in "abc"]


def is_waiting(stage: Stage, name: str, number: int) -> bool:
    """Whether the thread of that name waits for that number: it registered its handler."""
    closures = [one.handler.__closure__ or () for one in stage.rt.handlers.get(events.Message) or () if one.active]
    checks = [cell.cell_contents for cells in closures for cell in cells if callable(cell.cell_contents)]
    found = [cell.cell_contents for check in checks for cell in getattr(check, "__closure__", None) or ()]
    return f"{name}{number}" in found


def test_waiting_for_an_event_ends_when_the_thread_fails(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    waiting = Worker(lambda: stage.rt.wait_for(events.Message))
    until(lambda: stage.rt.handlers.get(events.Message), stage)
    stage.rt.stop()
    assert isinstance(waiting.finish().error, NotConnectedError)


# --- connecting by hand ----------------------------------------------------------------------------------------------


def test_connecting_by_hand_while_it_runs_takes_the_place_of_the_connection(
    stage: Stage, texts: list[str | None]
) -> None:
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    for number in range(10):
        stage.rt.connect()
        stage.say(str(number))
    until(lambda: len(texts) == 10, stage)
    assert texts == [str(number) for number in range(10)]
    assert stage.rt.is_running


def test_only_one_of_many_threads_connects(stage: Stage) -> None:
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)

    def connect() -> None:
        for _ in range(10):
            with contextlib.suppress(ConcurrencyError, NotConnectedError, ConnectionLost):
                stage.rt.connect()

    for worker in [Worker(connect) for _ in range(4)]:
        assert worker.finish().error is None
    until(lambda: stage.rt.state is State.LIVE, stage)
    until(lambda: sum(connection.is_open for connection in stage.emulator.connections) == 1, stage)


@pytest.mark.timeout(3600)
def test_disconnecting_leaves_no_connection_however_it_meets_the_attempts(stage: Stage) -> None:
    """One thread runs, one breaks the line all the time, one waits for answers: they all make attempts."""
    for number in range(TIMES or 30):
        stage.rt.start()
        waiting = Worker(lambda: stage.rt.direct_send_text(stage.thread.thread_id, "x").result(PATIENCE))
        if number % 2:
            stage.rt.wait_connected(PATIENCE)
            stage.cut()
        time.sleep(random.Random(number).random() * 0.02)  # somewhere on the way
        stage.rt.disconnect()
        assert stage.rt.stop(PATIENCE)
        waiting.finish()
        assert (stage.rt.connected, stage.rt.state) == (False, State.STOPPED)
        until(lambda: not any(connection.is_open for connection in stage.emulator.connections), stage)


# --- everything at once ----------------------------------------------------------------------------------------------


def send_all(stage: Stage, threads: int, each: int) -> list[Worker]:
    def send(name: int) -> int:
        answered = 0
        for number in range(each):
            context = f"{name}-{number}"
            handle = stage.rt.direct_send_text(stage.thread.thread_id, context + " " + "x" * (number % 300), context)
            answer = handle.result(60)
            assert answer["payload"]["client_context"] == context
            answered += 1
        return answered

    return [Worker(lambda name=name: send(name)) for name in range(threads)]  # type: ignore[misc]


def test_sixteen_threads_send_while_the_line_breaks_again_and_again(stage: Stage) -> None:
    """Every command is answered, and every item is there exactly once."""
    threads, each = 16, 25
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    senders = send_all(stage, threads, each)
    cuts = 0
    while any(sender.is_alive() for sender in senders):
        seen = len(stage.thread.items)
        with contextlib.suppress(TimeoutError):
            stage.emulator.wait_until(lambda seen=seen: len(stage.thread.items) >= seen + 10, 0.2)  # type: ignore[misc]
        stage.cut()
        cuts += 1
    for sender in senders:
        assert sender.finish().error is None
        assert sender.result == each
    assert stage.contexts() == {f"{name}-{number}": 1 for name in range(threads) for number in range(each)}
    assert all(item.data["text"].startswith(item.client_context + " ") for item in stage.thread.items), (
        "no text got into another command"
    )
    assert cuts >= 5
    assert stage.rt.is_running


@pytest.mark.timeout(3600)
def test_sixteen_threads_send_while_one_reads_and_one_closes_and_connects(stage: Stage) -> None:
    """Whatever a sender is told is true: what was answered is there once, what failed at most once."""
    threads = 16
    done = threading.Event()
    answered: list[str] = []
    given: list[str] = []

    def send(name: int) -> None:
        for number in itertools.count():
            if done.is_set():
                return
            context = f"{name}-{number}"
            given.append(context)
            try:
                stage.rt.direct_send_text(stage.thread.thread_id, context, context).result(10)
                answered.append(context)
            except (NotConnectedError, ConnectionLost, RealtimeTimeout):
                done.wait(0.001)  # or it would give thousands while there is no connection

    def read() -> None:
        while not done.is_set():
            with contextlib.suppress(NotConnectedError, ConnectionLost):
                stage.rt.read_once(0.1)

    stage.rt.connect()
    workers = [Worker(read), *(Worker(lambda name=name: send(name)) for name in range(threads))]  # type: ignore[misc]
    try:
        for number in range(TIMES or 30):
            count = len(answered)
            until(lambda count=count: len(answered) >= count + 16, stage)  # type: ignore[misc]
            if number % 3 == 0:
                stage.rt.connect()
            elif number % 3 == 1:
                stage.rt.disconnect()
                stage.rt.connect()
            else:
                stage.cut()
    finally:
        done.set()
        stage.rt.disconnect()
    for worker in workers:
        assert worker.finish().error is None
    items = stage.contexts()
    print(f"\n{TIMES or 30} times closed or broken: {len(given)} given, {len(answered)} answered, {len(items)} items")
    assert set(items) <= set(given)
    assert set(items.values()) == {1}
    assert set(answered) <= set(items)


def test_results_reach_many_threads_though_nobody_reads_and_the_line_breaks(stage: Stage) -> None:
    stage.rt.connect()
    senders = send_all(stage, 8, 20)
    while any(sender.is_alive() for sender in senders):
        seen = len(stage.thread.items)
        with contextlib.suppress(TimeoutError):
            stage.emulator.wait_until(lambda seen=seen: len(stage.thread.items) >= seen + 16, 0.2)  # type: ignore[misc]
        stage.cut()
    for sender in senders:
        assert sender.finish().error is None
    assert stage.contexts() == {f"{name}-{number}": 1 for name in range(8) for number in range(20)}


def test_nothing_is_lost_or_doubled_while_the_line_breaks(stage: Stage, texts: list[str | None]) -> None:
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
    for number in range(200):
        stage.say(str(number))
        if number % 10 == 0:
            stage.cut()
    until(lambda: len(texts) >= 200, stage)
    assert texts == [str(number) for number in range(200)]


def test_workers_lose_nothing_double_nothing_and_keep_the_order_of_each_thread(stage: Stage) -> None:
    """The line breaks, handlers answer and wait, and the client is stopped and started in between."""
    rt = stage.client(workers=4)
    got: dict[str, list[str]] = {}
    active: Counter[str] = Counter()
    most: Counter[str] = Counter()
    writers = [stage.emulator.account(f"writer {number}") for number in range(6)]
    given = 30

    @rt.on(events.Message, incoming=True)
    def handler(event: events.Message) -> None:
        thread = str(event.thread_id)
        active[thread] += 1
        most[thread] = max(most[thread], active[thread])
        got.setdefault(thread, []).append(str(event.text))
        event.reply("yes", quote=False, client_context=f"answer-{event.item_id}").result(PATIENCE)
        active[thread] -= 1

    rt.start()
    rt.wait_connected(PATIENCE)
    for number in range(given):
        for writer in writers:
            writer.send(stage.me, str(number))
        if number % 5 == 4:
            with contextlib.suppress(OSError, NotConnectedError), socket.socket(fileno=os.dup(rt.fileno())) as line:
                line.shutdown(socket.SHUT_RDWR)
        if number % 10 == 9:
            assert rt.stop(PATIENCE)
            rt.start()
            rt.wait_connected(PATIENCE)
    until(lambda: sum(map(len, got.values())) >= given * len(writers), stage)
    assert rt.stop(PATIENCE)
    assert len(got) == len(writers)
    for thread, texts in got.items():
        assert texts == [str(number) for number in range(given)]
        assert most[thread] == 1, "one at a time in each thread"
    for writer in writers:
        items = Counter(item.client_context for item in stage.me.thread_with(writer).items)
        assert set(items.values()) == {1}


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("workers", [0, 4])
def test_however_it_is_ended_every_message_is_answered_once(stage: Stage, workers: int) -> None:
    """Gently, when the time is over, or at once: what a handler could not finish comes again."""
    rt, chance = stage.client(workers=workers), random.Random(3)
    writers = [stage.emulator.account(f"writer {number}") for number in range(3)]
    given: list[str] = []
    failed: list[Any] = []
    rt.on("error", failed.append)

    @rt.on(events.Message, incoming=True)
    def handler(event: events.Message) -> None:
        for part in ("first", "second"):
            event.reply(part, quote=False, client_context=f"{part}-{event.item_id}").result(PATIENCE)

    def answers() -> Counter[str]:
        threads = [stage.me.thread_with(writer) for writer in writers]
        own = [item for thread in threads for item in thread.items if item.user_id == stage.me.pk]
        return Counter(item.client_context for item in own)

    def is_answered() -> bool:
        return set(answers()) >= {f"{part}-{item_id}" for item_id in given for part in ("first", "second")}

    for _ in range(TIMES or 30):
        rt.start()
        rt.wait_connected(PATIENCE)
        given += [writer.send(stage.me, "hi").item_id for writer in writers for _ in range(3)]
        time.sleep(chance.random() * 0.03)  # somewhere on the way
        end = chance.choice([rt.stop, rt.disconnect, lambda: rt.stop(chance.random() * 0.01)])
        end()
        assert rt.stop(PATIENCE)
        assert not rt.connected
    rt.start()
    until(is_answered, stage)
    assert rt.stop(PATIENCE)
    assert set(answers().values()) == {1}
    assert failed == []


@pytest.mark.timeout(3600)
def test_many_start_and_stop_it(stage: Stage) -> None:
    def disturb(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(TIMES or 25):
            with contextlib.suppress(ConcurrencyError, RealtimeError):
                chance.choice(
                    [
                        stage.rt.start,
                        stage.rt.stop,
                        stage.rt.disconnect,
                        stage.rt.connect,
                        stage.rt.ping,
                        stage.cut,
                        lambda: stage.rt.wait_for(events.Message, timeout=0.01),
                        lambda: stage.rt.read_once(0.01),
                        lambda: stage.rt.direct_send_text(stage.thread.thread_id, "x").result(0.05),
                        lambda: next(iter(stage.rt.events(0.01)), None),
                    ]
                )()

    for worker in [Worker(lambda seed=seed: disturb(seed)) for seed in range(6)]:  # type: ignore[misc]
        assert worker.finish(60 + TIMES).error is None
    assert stage.rt.stop(PATIENCE)
    assert not stage.rt.connected
    until(lambda: not any(connection.is_open for connection in stage.emulator.connections), stage)
    stage.rt.start()
    stage.rt.wait_connected(PATIENCE)
