"""Messages from three people while the line breaks at random and the bot is killed and restarted.

The size is small by default; ``INSTAGRAPI_SOAK=10000,1000,20`` (messages, breaks, kills) runs the large one.
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
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instagrapi.emulator import Actor, Emulator

MESSAGES, BREAKS, KILLS = map(int, os.environ.get("INSTAGRAPI_SOAK", "300,30,2").split(","))
BOT = Path(__file__).with_name("soak_bot.py")
#: How many kilobytes a bot may grow from its hundredth message to its last.
MOST_GROWTH = 20_000


class Bot:
    """The bot's process, which can be killed and started again."""

    def __init__(self, emulator: Emulator, directory: Path, workers: int) -> None:
        self.workers = workers
        self._environment = {
            **os.environ,
            **emulator.environment,
            "SOAK_DIRECTORY": str(directory),
            "SOAK_WORKERS": str(workers),
        }
        self._log = directory / "log"
        self._log.touch()
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        readies = self.lines("ready")
        self.process = subprocess.Popen([sys.executable, BOT], env=self._environment)
        self.wait_until(lambda: len(self.lines("ready")) > len(readies))

    def kill(self) -> None:
        assert self.process is not None
        assert self.process.poll() is None, "it ended by itself"
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)

    def lines(self, first: str) -> list[list[str]]:
        """What the bot wrote down, as far as it begins with that word."""
        return [line.split() for line in self._log.read_text().splitlines() if line.startswith(first)]

    def wait_until(self, condition: Callable[[], object], seconds: float = 60.0) -> None:
        ends_at = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < ends_at, "it takes too long"
            threading.Event().wait(0.02)


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(queue_capacity=2000) as emulator:
        yield emulator


@pytest.fixture(params=[0, 4], ids=["reader", "workers"])
def bot(emulator: Emulator, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Bot]:
    bot = Bot(emulator, tmp_path, request.param)
    yield bot
    if bot.process is not None and bot.process.poll() is None:
        bot.kill()


def break_line(emulator: Emulator, chance: random.Random) -> int:
    """Breaks the line in one of many ways; gives how many lines there were to break."""
    faults = emulator.faults
    if chance.random() < 0.1:
        faults.refuse_connect(3, "realtime", times=1)
    return chance.choice(
        [
            lambda: faults.reset("realtime"),
            lambda: faults.close("realtime"),
            lambda: faults.close("realtime", mid_packet=True),
            lambda: faults.disconnect("realtime"),
            lambda: faults.preemptive_ping("realtime"),
            lambda: faults.kick("realtime"),
        ]
    )()


@pytest.mark.timeout(1800)
def test_every_message_is_handled_and_only_what_was_in_a_handler_comes_twice(
    emulator: Emulator, bot: Bot, tmp_path: Path
) -> None:
    chance = random.Random(5)
    me = emulator.account("me")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    writers = [emulator.account(name) for name in ("ann", "ben", "cleo")]
    bot.start()
    sent: list[str] = []
    began = time.monotonic()
    plan = ["break"] * BREAKS + ["kill"] * KILLS + ["send"] * MESSAGES
    chance.shuffle(plan)
    for step in plan:
        if step == "send":
            sent.append(chance.choice(writers).send(me, f"message {len(sent)}").item_id)
            threading.Event().wait(chance.uniform(0, 0.004))
        elif step == "break":
            bot.wait_until(lambda: break_line(emulator, chance))
        else:
            bot.kill()
            bot.start()
    bot.wait_until(lambda: {line[1] for line in bot.lines("end ")} >= set(sent), seconds=120)
    assert bot.stop() == 0

    ended = Counter(line[1] for line in bot.lines("end "))
    twice = [item_id for item_id, times in ended.items() if times > 1]
    assert set(ended) == set(sent), "every message, and nothing else"
    at_once = max(1, bot.workers)
    assert len(twice) <= KILLS * at_once, "at most what had been handled and not yet noted when the bot was killed"
    in_order(bot, sent, writers)
    report(bot, twice, began, emulator)
    for before, after in usage(bot):
        assert after[0] - before[0] < MOST_GROWTH
        assert after[1:] <= [before[1] + 1 + bot.workers, before[2] + 2]
    state = json.loads((tmp_path / "state.json").read_text())
    assert str(sent[-1]) in json.dumps(state)


def in_order(bot: Bot, sent: list[str], writers: list[Actor]) -> None:
    """Whoever is handled for the first time is handled in the order of sending; with workers, in that of its thread."""
    place = {item_id: number for number, item_id in enumerate(sent)}
    first: dict[str, list[int]] = {}
    for _, item_id, _, thread_id in {line[1]: line for line in reversed(bot.lines("begin "))}.values():
        first.setdefault(thread_id if bot.workers else "all", []).append(place[item_id])
    for places in first.values():
        assert places[::-1] == sorted(places)
    assert sum(map(len, first.values())) == len(sent)


def usage(bot: Bot) -> list[tuple[list[int], list[int]]]:
    """Kilobytes, threads and descriptors of each process, when it had warmed up and at its end."""
    by_process: dict[str, list[list[int]]] = {}
    for _, process, *numbers in bot.lines("used "):
        by_process.setdefault(process, []).append([int(number) for number in numbers])
    return [(lines[0], lines[-1]) for lines in by_process.values() if len(lines) > 1]


def report(bot: Bot, twice: list[str], began: float, emulator: Emulator) -> None:
    """Shown with ``-s``."""
    print(f"\n{MESSAGES} messages, {BREAKS} breaks, {KILLS} kills in {time.monotonic() - began:.0f} s")
    print(f"handled twice: {len(twice)} {twice}")
    print(f"resyncs: {bot.lines('resync')}, connects: {emulator.counters.connects('realtime').total}")
    for before, after in usage(bot):
        print(f"KB, threads, descriptors: {before} -> {after}")
