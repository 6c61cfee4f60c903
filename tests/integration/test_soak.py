"""Messages from three people while the line breaks at random and the bot is killed and restarted.

The size is small by default; ``INSTAGRAPI_SOAK=10000,1000,20`` (messages, breaks, kills) runs the large one, which
takes a minute or two. With ``-s`` it prints its figures.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator

MESSAGES, BREAKS, KILLS = map(int, os.environ.get("INSTAGRAPI_SOAK", "300,30,2").split(","))
BOT = Path(__file__).with_name("soak_bot.py")
#: How many messages may wait to be handled: far fewer than the server keeps.
BACKLOG = 200
#: How many kilobytes a bot may grow from its hundredth message to its last.
MOST_GROWTH = 8_000
PATIENCE = 60.0


class Bot:
    """The bot's process, which can be killed and started again, and what all of them told."""

    def __init__(self, emulator: Emulator, directory: Path, workers: int) -> None:
        self.workers = workers
        self._environment = {
            **os.environ,
            **emulator.environment,
            "SOAK_DIRECTORY": str(directory),
            "SOAK_WORKERS": str(workers),
        }
        self._told: defaultdict[str, list[list[str]]] = defaultdict(list)
        self._changed = threading.Condition()
        self._process: subprocess.Popen[bytes] | None = None
        self._listener: threading.Thread | None = None

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, BOT], env=self._environment, stdout=subprocess.PIPE)
        self._listener = threading.Thread(target=self._listen, args=(self._process.stdout,), name="listener")
        self._listener.start()

    def _listen(self, output: Any) -> None:
        with output:
            for line in output:
                first, *others = line.decode().split()
                with self._changed:
                    self._told[first].append(others)
                    self._changed.notify_all()

    def end_by(self, number: signal.Signals) -> int:
        """Ends the process; gives its exit status, once everything that it told is known."""
        assert self._process is not None
        assert self._listener is not None
        assert self._process.poll() is None, "it ended by itself"
        self._process.send_signal(number)
        status = self._process.wait(timeout=PATIENCE)
        self._listener.join(PATIENCE)
        return status

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def told(self, first: str) -> list[list[str]]:
        """What it told, as far as it begins with that word."""
        with self._changed:
            return list(self._told[first])

    def wait_for(self, word: str, amount: int) -> None:
        """Waits until it has told something so many times."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._told[word]) >= amount, PATIENCE), f"no {amount} {word}"

    def wait_until_handled(self, item_ids: set[str]) -> None:
        def is_handled() -> bool:
            return len(self._told["end"]) >= len(item_ids) and {one[0] for one in self._told["end"]} >= item_ids

        with self._changed:
            assert self._changed.wait_for(is_handled, PATIENCE), "not every message was handled"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(queue_capacity=10 * BACKLOG) as emulator:
        yield emulator


@pytest.fixture(params=[0, 4], ids=["reader", "workers"])
def bot(emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bot]:
    bot = Bot(emulator, tmp_path, request.param)
    yield bot
    if bot.is_running:
        bot.end_by(signal.SIGKILL)


def break_line(emulator: Emulator, me: Actor, chance: random.Random, broken: list[Any]) -> None:
    """Breaks a line that carries message sync in one of many ways, as soon as there is one that is not broken yet."""
    faults = emulator.faults
    ways: list[Callable[[], int]] = [
        lambda: faults.reset("realtime"),
        lambda: faults.close("realtime"),
        lambda: faults.close("realtime", mid_packet=True),
        lambda: faults.disconnect("realtime"),
        lambda: faults.preemptive_ping("realtime"),
        lambda: faults.kick("realtime"),
    ]
    way = chance.choice(ways)

    def standing() -> list[Any]:
        sessions = emulator._realtime.sessions_of(me.account)
        return [session for session in sessions if session.follows_sync and session not in broken]

    broken[:] = emulator.wait_until(standing, PATIENCE)
    if chance.random() < 0.1:
        faults.refuse_connect(3, "realtime", times=1)
    way()


@pytest.mark.timeout(3600)
def test_every_message_is_handled_and_only_what_was_in_a_handler_comes_twice(
    emulator: Emulator, bot: Bot, tmp_path: Path
) -> None:
    chance = random.Random(5)
    me = emulator.account("me")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    writers = [emulator.account(name) for name in ("ann", "ben", "cleo")]
    bot.start()
    bot.wait_for("connected", 1)
    sent: list[str] = []
    broken: list[Any] = []
    began = time.monotonic()
    plan = ["break"] * BREAKS + ["kill"] * KILLS + ["send"] * MESSAGES
    chance.shuffle(plan)
    for step in plan:
        if step == "send":
            sent.append(chance.choice(writers).send(me, f"message {len(sent)}").item_id)
            bot.wait_for("end", len(sent) - BACKLOG)
        elif step == "break":
            break_line(emulator, me, chance, broken)
        else:
            bot.end_by(signal.SIGKILL)
            bot.start()
    bot.wait_until_handled(set(sent))
    assert bot.end_by(signal.SIGTERM) == 0

    ended = Counter(item_id for (item_id,) in bot.told("end"))
    twice = [item_id for item_id, times in ended.items() if times > 1]
    report(bot, twice, began, emulator)
    assert set(ended) == set(sent), "every message, and nothing else"
    at_once = max(1, bot.workers)
    more = sum(ended.values()) - len(ended)
    assert more <= KILLS * at_once, "at most what was handled and not yet noted when it was killed"
    in_order(bot, sent)
    for before, after in usage(bot):
        growth = [late - early for early, late in zip(before, after, strict=True)]
        assert growth[0] < MOST_GROWTH
        assert growth[1] <= 1 + bot.workers, "threads: the caretaker and workers may or may not be there"
        assert growth[2] <= 4, "descriptors: those of one connection that is being made"
    assert sent[-1] in json.dumps(json.loads((tmp_path / "state.json").read_text()))


def in_order(bot: Bot, sent: list[str]) -> None:
    """What is handled for the first time is handled in the order of sending; with workers, in that of its thread."""
    place = {item_id: number for number, item_id in enumerate(sent)}
    threads: dict[str, str] = {}
    for item_id, _, thread_id in bot.told("begin"):
        threads.setdefault(item_id, thread_id if bot.workers else "all")
    places: defaultdict[str, list[int]] = defaultdict(list)
    for item_id, thread_id in threads.items():
        places[thread_id].append(place[item_id])
    for ascending in places.values():
        assert ascending == sorted(ascending)
    assert len(threads) == len(sent)


def usage(bot: Bot) -> list[tuple[list[int], list[int]]]:
    """Kilobytes, threads and descriptors of each process, when it had warmed up and at its end."""
    by_process: defaultdict[str, list[list[int]]] = defaultdict(list)
    for process, *numbers in bot.told("used"):
        by_process[process].append([int(number) for number in numbers])
    return [(lines[0], lines[-1]) for lines in by_process.values() if len(lines) > 1]


def report(bot: Bot, twice: list[str], began: float, emulator: Emulator) -> None:
    """Shown with ``-s``."""
    seconds = time.monotonic() - began
    print(f"\n{bot.workers} workers: {MESSAGES} messages, {BREAKS} breaks, {KILLS} kills in {seconds:.0f} s")
    print(f"begun {len(bot.told('begin'))}, ended {len(bot.told('end'))}, ended twice: {len(twice)} {twice}")
    print(f"resyncs: {bot.told('resync')}, connects: {emulator.counters.connects('realtime').total}")
    for before, after in usage(bot):
        print(f"KB, threads, descriptors: {before} -> {after}")
