"""Runs the programs of the documentation as a user does: under ``instagrapi emulator run``."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instagrapi.emulator import Emulator
from instagrapi.realtime import FbnsClient, RealtimeClient

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "docs" / "programs"
COMMAND = [sys.executable, "-c", "from instagrapi.cli import run; run()"]
PATIENCE = 60.0
ENDING = 10.0


class Running:
    """A program under the emulator, whose output is read line by line."""

    def __init__(self, command: list[str], folder: Path, environment: dict[str, str]) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            with self._changed:
                self.lines.append(line.rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self.lines.append("")
            self._changed.notify_all()

    def wait_for(self, wanted: Callable[[str], bool]) -> str:
        """The first line that is wanted; fails with the whole output when none comes."""
        with self._changed:
            self._changed.wait_for(lambda: any(map(wanted, self.lines)) or self._reader_done, PATIENCE)
            found = next(filter(wanted, self.lines), None)
        assert found is not None, "\n".join(self.lines)
        return found

    @property
    def _reader_done(self) -> bool:
        return self._process.poll() is not None and not self._reader.is_alive()

    def wait(self) -> int:
        """The exit status."""
        status = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def interrupt(self) -> int:
        """Ctrl-C, and the exit status."""
        os.killpg(self._process.pid, signal.SIGINT)
        return self.wait()

    def terminate(self) -> tuple[int, float]:
        """SIGTERM to the program alone; the exit status and how many seconds it took."""
        begin = time.monotonic()
        os.kill(self._process.pid, signal.SIGTERM)
        return self.wait(), time.monotonic() - begin

    def kill(self) -> None:
        """SIGKILL: it cannot do anything any more."""
        os.kill(self._process.pid, signal.SIGKILL)
        self.wait()

    def close(self) -> None:
        """Leaves nothing behind: programs that are asked to end can remove their temporary files."""
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            if self._process.poll() is None:
                os.killpg(self._process.pid, signal.SIGINT)
                self._process.wait(ENDING)
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
        self.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def run_program(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts one of the documentation's programs against an emulator with a lively companion."""
    started: list[Running] = []

    def start(name: str, **environment: str) -> Running:
        program = [*COMMAND, "emulator", "--interval", "0.05", "run", "--", sys.executable, str(PROGRAMS / name)]
        started.append(Running(program, tmp_path, environment))
        return started[-1]

    yield start
    for program in started:
        program.close()


@pytest.fixture
def run_alone(emulator: Emulator, tmp_path: Path) -> Iterator[Callable[..., Running]]:
    """Starts one of the documentation's programs against the test's own emulator, as the account ``me``."""
    started: list[Running] = []

    def start(name: str, **environment: str) -> Running:
        started.append(Running([sys.executable, str(PROGRAMS / name)], tmp_path, environment))
        return started[-1]

    yield start
    for program in started:
        program.close()


class _Enough(Exception):
    """Ends a program where it would read."""


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator to which programs that run in this process are led, in an empty folder."""
    with Emulator(open_registration=True) as emulator:
        environment = {**emulator.environment, "IG_USERNAME": "me", "IG_PASSWORD": "emulated-password"}
        emulator.account("me", environment["IG_PASSWORD"])
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        yield emulator


@pytest.fixture
def play(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Runs a program in this process, with a step before each of its reads, until it has printed something."""

    def run(name: str, step: Callable[[], None], until: str) -> list[str]:
        printed: list[str] = []

        def read_step_by_step(self: RealtimeClient | FbnsClient) -> None:
            while not any(until in line for line in printed):
                step()
                self.read_once(timeout=10)
            self.disconnect()
            raise _Enough

        for client in (RealtimeClient, FbnsClient):
            monkeypatch.setattr(client, "run_forever", read_step_by_step)
        names = {"__name__": "__main__", "print": lambda *words: printed.append(" ".join(map(str, words)))}
        with pytest.raises(_Enough):
            exec(compile((PROGRAMS / name).read_text(), name, "exec"), names)
        return printed

    return run
