"""The guide can be followed: its commands exist and do what they say, and its test passes."""

from __future__ import annotations

import itertools
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from instagrapi.cli.main import commands
from instagrapi.emulator import Emulator
from tests.docs.conftest import Running

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guide.md").read_text()
COMMANDS = re.findall(r"^(?:instagrapi|python) .*$", PAGE, re.MULTILINE)
CATCHING, TEST = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
INSTAGRAPI = [sys.executable, "-c", "from instagrapi.cli import run; run()"]
#: What runs until Ctrl-C, and what it shows before that.
SHOWN = {"listen": " message ", "bot.py": "me: pong", "photo_bot.py": " and answered with "}


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[str], Running]]:
    """Runs a script in the new user's folder."""
    started: list[Running] = []

    def run(script: str) -> Running:
        started.append(Running(["sh", "-c", script], tmp_path, {}))
        return started[-1]

    yield run
    for running in started:
        running.close()


def test_the_commands_exist() -> None:
    used = set(re.findall(r"(?<!from )instagrapi ([a-z]+)", PAGE))
    assert used <= set(commands.commands)
    assert {"demo", "emulator", "login", "inbox", "listen", "whoami", "doctor"} <= used


def test_a_new_user_gets_to_the_bot_that_answers_photos(start: Callable[..., Running], tmp_path: Path) -> None:
    bots = re.findall(r"programs/(\w+\.py)$.*?^```sh\npython (\w+\.py)$", PAGE, re.MULTILINE | re.DOTALL)
    assert [saved_as for _, saved_as in bots] == ["bot.py", "photo_bot.py"]
    for program, saved_as in bots:
        (tmp_path / saved_as).write_text((ROOT / "docs" / "programs" / program).read_text())
    with subprocess.Popen(
        [*INSTAGRAPI, "emulator", "--interval", "0.05"], stdout=subprocess.PIPE, text=True
    ) as emulator:
        assert emulator.stdout is not None
        lines = list(itertools.takewhile(lambda line: not line.startswith("Ctrl-C"), emulator.stdout))
        exports = [line.strip() for line in lines if line.strip().startswith("export ")]
        try:
            follow(start, exports)
        finally:
            emulator.send_signal(signal.SIGINT)
        assert emulator.wait(10) == 0
    assert list((tmp_path / "photos").glob("*.answered"))


def follow(start: Callable[..., Running], exports: list[str]) -> None:
    """Enters what the page says, in its order, in a terminal where the emulator's lines were entered."""
    entered = [command for command in COMMANDS if "--settings" in command or command.startswith("python ")]
    assert [command.split()[1] for command in entered] == [
        *("login", "whoami", "doctor", "inbox", "listen", "bot.py", "photo_bot.py")
    ]
    for command in entered:
        line = command.replace("instagrapi", shlex.join(INSTAGRAPI), 1).replace("python ", f"{sys.executable} ", 1)
        typed = "printf 'me\\nsecret\\n' | " if " login " in command else ""
        terminal = start("\n".join([*exports, f"{typed}{line}" if typed else f"exec {line}"]))
        if (shown := SHOWN.get(command.split()[1])) is not None:
            terminal.wait_for(lambda line, shown=shown: shown in line)  # type: ignore[misc]
            terminal.interrupt()
        else:
            assert terminal.wait() == 0, "\n".join(terminal.lines)


@pytest.mark.parametrize("program", re.findall(r"programs/(\w+\.py)", PAGE))
def test_its_programs_are_among_those_that_are_run(program: str) -> None:
    assert program in (ROOT / "tests" / "docs" / "test_programs.py").read_text()


@pytest.mark.parametrize(
    ("wall", "sentence"),
    [("revoke", "run 'instagrapi login'"), ("challenge", "https://i.instagram.com/challenge/"), ("suspend", "appeal")],
)
def test_what_to_catch_says_what_to_do(emulator: Emulator, tmp_path: Path, wall: str, sentence: str) -> None:
    emulator.client("me").dump_settings(tmp_path / "session.json")
    getattr(emulator.faults, wall)("me")
    with pytest.raises(SystemExit, match=re.escape(sentence)):
        exec(CATCHING, {})


def test_the_test_passes(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-W",
        "error",
        "--rootdir",
        str(tmp_path),
    ]
    result = subprocess.run([*command, "test_bot.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "1 passed" in result.stdout, result.stdout + result.stderr
