"""``instagrapi emulator run``: a program's environment and its exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Cli = Callable[..., Any]


@pytest.mark.parametrize("status", [0, 7])
def test_run_gives_the_program_s_exit_status(cli: Cli, status: int) -> None:
    assert cli("emulator", "run", "--", sys.executable, "-c", f"raise SystemExit({status})").status == status


def test_run_leads_the_program_to_the_emulator() -> None:
    names = ["INSTAGRAPI_EMULATOR", "IG_USERNAME", "IG_PASSWORD", "IG_THREAD_ID", "IG_ITEM_ID"]
    names += ["IG_MEMBERS", "IG_STRANGER"]
    program = f"import os; print(*(os.environ[name] for name in {names}))"
    command = [sys.executable, "-c", "from instagrapi.cli import run; run()", "emulator", "run", "--"]
    result = subprocess.run([*command, sys.executable, "-c", program], capture_output=True, text=True, check=True)
    url, username, password, thread_id, item_id, members, stranger = result.stdout.split()
    assert url.startswith("emulator://127.0.0.1?")
    assert (username, password) == ("demo.bot", "emulated-password")
    assert thread_id == "340282366841710300949128000000000000001"
    assert item_id == "31000000000000000000000000000000001"
    assert len({*members.split(","), stranger}) == 3


def test_the_page_about_the_emulator_names_every_variable() -> None:
    program = "import os; print(*(name for name in os.environ if name.startswith(('IG_', 'INSTAGRAPI_EM'))))"
    command = [sys.executable, "-c", "from instagrapi.cli import run; run()", "emulator", "run", "--"]
    result = subprocess.run([*command, sys.executable, "-c", program], capture_output=True, text=True, check=True)
    page = (Path(__file__).resolve().parents[2] / "docs" / "emulator.md").read_text()
    assert [name for name in result.stdout.split() if f"| `{name}` |" not in page] == []


def test_variables_that_are_set_stay(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IG_USERNAME", "somebody")
    check = "import os, sys; sys.exit(os.environ['IG_USERNAME'] != 'somebody')"
    assert cli("emulator", "run", "--", sys.executable, "-c", check).status == 0


def test_a_program_that_does_not_exist_is_one_sentence(cli: Cli) -> None:
    outcome = cli("emulator", "run", "--", "./no-such-program")
    assert outcome == (1, "", "instagrapi: cannot run ./no-such-program: No such file or directory\n")


def test_without_the_extra_the_command_says_how_to_get_it(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib.util

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert cli("emulator") == (
        1,
        "",
        "instagrapi: the emulator needs an extra: pip install 'instagrapi-realtime[emulator]'\n",
    )


def test_without_click_the_console_script_says_how_to_get_it() -> None:
    script = "import sys; sys.modules['click'] = None; from instagrapi.cli import run; run()"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=os.environ, check=False)
    assert result.returncode == 1
    assert result.stderr == "The command line needs an extra: pip install 'instagrapi-realtime[cli]'\n"
