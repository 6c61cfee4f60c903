"""A bot that is stopped by signals while it handles a message: real processes, real TLS."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from instagrapi.emulator import Actor, Emulator

BOT = Path(__file__).with_name("stopping_bot.py")
PATIENCE = 30.0
AT_ONCE = 1.0

pytestmark = pytest.mark.timeout(120)


class Bot:
    """One run of the bot."""

    def __init__(self, stage: Stage, **environment: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, BOT],
            env={**os.environ, **stage.emulator.environment, "BOT_DIRECTORY": str(stage.directory), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.errors = ""

    def tells(self) -> str:
        """The next line that it tells; nothing when it has ended."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().decode().strip()

    def signal(self, number: signal.Signals = signal.SIGTERM) -> None:
        self.process.send_signal(number)

    def go_on(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()

    def ends(self) -> int:
        """Waits for the end; gives the status."""
        _, errors = self.process.communicate(timeout=PATIENCE)
        self.errors = errors.decode()
        return self.process.returncode


class Stage:
    """The emulator, two people, and the runs of one bot."""

    def __init__(self, emulator: Emulator, directory: Path) -> None:
        self.emulator, self.directory = emulator, directory
        self.me, self.customer = emulator.account("me"), emulator.account("customer")
        emulator.client(self.me).dump_settings(directory / "session.json")
        self.state = directory / "state.json"
        self.bots: list[Bot] = []

    def start(self, workers: int = 0, **environment: str) -> Bot:
        self.bots.append(Bot(self, BOT_STATE=str(self.state), BOT_WORKERS=str(workers), **environment))
        assert self.bots[-1].tells() == "connected", self.bots[-1].ends() and self.bots[-1].errors
        self.emulator.wait_until(lambda: self.follows(self.me), PATIENCE)
        return self.bots[-1]

    def follows(self, account: Actor) -> bool:
        return any(session.follows_sync for session in self.emulator._realtime.sessions_of(account.account))

    def say(self, text: str) -> None:
        self.customer.send(self.me, text)

    @property
    def answers(self) -> list[str]:
        items = self.me.thread_with(self.customer).items
        return [item.data["text"] for item in items if item.user_id == self.me.pk]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Emulator() as emulator:
        stage = Stage(emulator, tmp_path)
        yield stage
        for bot in stage.bots:
            if bot.process.poll() is None:
                bot.process.kill()
                bot.ends()


@pytest.fixture(params=[0, 4], ids=["reader", "workers"])
def workers(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


def test_the_message_that_is_being_handled_is_answered_before_it_ends(stage: Stage, workers: int) -> None:
    bot = stage.start(workers)
    stage.say("work")
    assert bot.tells() == "begin work"
    bot.signal()
    stage.say("later")
    bot.go_on()
    assert bot.tells() == "end work"
    assert (bot.ends(), bot.errors) == (0, "")
    assert stage.answers == ["done"]
    again = stage.start(workers)
    assert again.tells() == "begin later", "what came meanwhile is handled next, and nothing twice"
    again.signal()
    assert again.ends() == 0
    assert stage.answers == ["done"]


def test_a_handler_that_waits_for_answers_gets_them(stage: Stage, workers: int) -> None:
    bot = stage.start(workers)
    stage.emulator.faults.delay(1.0, "realtime")
    stage.say("order")
    assert bot.tells() == "begin order"
    bot.signal()
    assert bot.tells() == "end order"
    assert (bot.ends(), bot.errors) == (0, "")
    assert stage.answers == ["one moment", "your order is ready"]


def test_a_second_signal_ends_it_at_once_and_the_message_comes_again(stage: Stage, workers: int) -> None:
    bot = stage.start(workers)
    delay = stage.emulator.faults.delay(4.0, "realtime")
    stage.say("order")
    assert bot.tells() == "begin order"
    bot.signal()
    with pytest.raises(subprocess.TimeoutExpired):
        bot.process.wait(0.3)
    began = time.monotonic()
    bot.signal()
    assert bot.ends() == 0
    assert time.monotonic() - began < AT_ONCE
    (line,) = bot.errors.splitlines()
    assert line.endswith("the connection was closed under a handler of 'message': what it got comes again")
    delay.lift()
    again = stage.start(workers)
    assert [again.tells(), again.tells()] == ["begin order", "end order"]
    again.signal()
    assert again.ends() == 0
    assert stage.answers[-1] == "your order is ready"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_idle_bot_ends_at_once(stage: Stage, workers: int, number: signal.Signals) -> None:
    bot = stage.start(workers)
    began = time.monotonic()
    bot.signal(number)
    assert (bot.ends(), bot.errors) == (0, "")
    assert time.monotonic() - began < AT_ONCE


def test_a_handler_has_a_second_when_the_interpreter_ends(stage: Stage, workers: int) -> None:
    bot = stage.start(workers, BOT_ENDS="yes")
    delay = stage.emulator.faults.delay(0.1, "realtime")
    stage.say("order")
    assert [bot.tells(), bot.tells()] == ["begin order", "end order"]
    assert (bot.ends(), bot.errors) == (0, "")
    delay.lift()
    again = stage.start(workers, BOT_ENDS="yes")
    stage.say("work")
    assert again.tells() == "begin work"
    began = time.monotonic()
    again.process.wait(PATIENCE)  # its handler waits for a line that does not come
    assert time.monotonic() - began < 3 * AT_ONCE
    assert again.ends() == 0
    assert stage.answers == ["one moment", "your order is ready"]
    last = stage.start(workers)
    assert last.tells() == "begin work", "it was not finished"
    last.go_on()
    assert last.tells() == "end work"
    last.signal()
    assert last.ends() == 0


def test_a_database_that_is_none_heals(stage: Stage) -> None:
    stage.state = stage.directory / "q.db"
    stage.state.write_text("garbage\n")
    bot = stage.start()
    bot.signal()
    assert bot.ends() == 0
    assert "is no database; it is kept as" in bot.errors
    assert "Traceback" not in bot.errors
    assert (stage.directory / "q.db.damaged").read_text() == "garbage\n"
    stage.say("hello")
    again = stage.start()
    assert again.tells() == "begin hello", "nothing that came in between is skipped"
    again.signal()
    assert (again.ends(), again.errors) == (0, "")


def test_a_position_that_cannot_be_saved_is_one_error(stage: Stage) -> None:
    stage.state = stage.directory / "missing" / "state.json"
    bot = stage.start()
    bot.signal()
    assert bot.ends() == 1
    assert bot.errors.count("ERROR") == 1
    assert bot.errors.count("Traceback") == 1
    assert bot.errors.splitlines()[-1].startswith("FileNotFoundError")
