"""The guide can be followed: its commands exist and do what they say, and its test passes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from instagrapi.cli.main import commands

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "guide.md").read_text()
COMMANDS = re.findall(r"^instagrapi .*$", PAGE, re.MULTILINE)
(EXAMPLE,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
_INSTAGRAPI = f'{sys.executable} -c "from instagrapi.cli import run; run()"'


def test_the_commands_exist() -> None:
    used = set(re.findall(r"`?instagrapi ([a-z]+)", PAGE))
    assert used <= set(commands.commands)
    assert {"demo", "login", "inbox", "listen", "whoami", "doctor"} <= used


def test_a_new_user_gets_as_far_as_looking_around(tmp_path: Path) -> None:
    first, *looking = [command.replace("instagrapi", _INSTAGRAPI, 1) for command in COMMANDS if "--settings" in command]
    listening = [f"{command} --count 1 --type message" if "listen" in command else command for command in looking]
    script = "\n".join(
        ["set -e", f"echo secret | {first}", *listening, f"{_INSTAGRAPI} doctor --settings session.json"]
    )
    script = script.replace("login ", "login me ")
    (tmp_path / "script.sh").write_text(script)
    command = [sys.executable, "-c", "from instagrapi.cli import run; run()", "emulator", "--interval", "0.05", "run"]
    result = subprocess.run(
        [*command, "--", "sh", "script.sh"], cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "Logged in as me; the session is in session.json." in result.stdout
    assert "ok      iris" in result.stdout


@pytest.mark.parametrize("program", re.findall(r"programs/(\w+\.py)", PAGE))
def test_its_programs_are_among_those_that_are_run(program: str) -> None:
    assert program in (ROOT / "tests" / "docs" / "test_programs.py").read_text()


def test_the_test_passes(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(EXAMPLE)
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
