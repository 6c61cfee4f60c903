"""The fixtures, in a pytest of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLUGIN = "instagrapi.emulator.pytest_plugin"


def run(arguments: list[str], directory: Path, before: str = "") -> subprocess.CompletedProcess[str]:
    code = f"{before}\nimport sys, pytest\nsys.exit(pytest.main({arguments!r}))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=directory, env=environment, capture_output=True, text=True, timeout=60
    )


def examples() -> list[str]:
    """The programs on the emulator's page: some by themselves, the last one a test."""
    return re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "emulator.md").read_text(), re.DOTALL)


@pytest.mark.parametrize("number", range(len(examples()) - 1))
def test_the_examples_of_the_page_run(number: int) -> None:
    exec(compile(examples()[number], "emulator.md", "exec"), {})


@pytest.mark.slow
def test_the_fixtures_run_the_test_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(examples()[-1])
    result = run(["-q", "-W", "error", "-p", PLUGIN], tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


TEST_OF_FAILURES = """
import pytest
from instagrapi.emulator import Emulator

@pytest.fixture
def mine():
    with Emulator() as emulator:
        yield emulator

def test_virtual(ig_virtual, ig_time):
    ig_virtual.client("bot")
    ig_time.advance(3600)
    assert ig_virtual.counters.http_calls().total == 0

def test_own_fixture(mine):
    mine.account("bot").push(mine.account("alice"), "like")
    mine.faults.refuse_tcp()
    raise RuntimeError

def test_client(ig_client):
    assert ig_client.username == "bot"

@pytest.mark.ig_faults("flagged_account", account="bot", seed=1)
@pytest.mark.ig_faults("mobile")
def test_scenarios(ig_virtual):
    ig_virtual.clock.advance(86400)
    assert "challenge" in ig_virtual.timeline()
    assert "delay" in ig_virtual.timeline()

@pytest.mark.ig_strict
def test_strict(ig_client):
    ig_client.private_request("accounts/current_user/")

def test_without_an_emulator():
    raise RuntimeError
"""


@pytest.mark.slow
def test_a_failure_shows_the_timeline(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(TEST_OF_FAILURES)
    result = run(["-q", "-W", "error", "--strict-markers", "-p", PLUGIN], tmp_path)
    assert "4 failed, 2 passed" in result.stdout, result.stdout + result.stderr
    assert result.stdout.count("- timeline of ") == 3
    assert "timeline of ig_virtual" in result.stdout
    assert "http bot                  POST accounts/login/: 200" in result.stdout
    assert "complaints of ig_emulator" in result.stdout
    assert "GET accounts/current_user/: it lacks edit in its query" in result.stdout
    assert "timeline of mine" in result.stdout
    assert "refuse_tcp (realtime, fbns, http): on" in result.stdout


@pytest.mark.slow
def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text("def test_it(ig_emulator): pass\n")
    result = run(["-q", "-p", PLUGIN], tmp_path, before="import sys; sys.modules['trustme'] = None")
    assert result.returncode == 1
    assert "pip install 'instagrapi-realtime[emulator]'" in result.stdout


@pytest.mark.slow
def test_the_plugin_does_not_load_the_emulator() -> None:
    heavy = {"trustme", "werkzeug", "instagrapi.emulator.emulator"}
    code = f"import sys, {PLUGIN}; print(*sorted({heavy} & set(sys.modules)))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    result = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, timeout=60)
    assert result.stdout.strip() == ""
    assert result.returncode == 0, result.stderr
