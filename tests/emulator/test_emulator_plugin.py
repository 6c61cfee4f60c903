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


@pytest.mark.parametrize("number", range(2))
def test_the_examples_of_the_page_run(number: int) -> None:
    exec(compile(examples()[number], "emulator.md", "exec"), {})


@pytest.mark.slow
def test_the_fixtures_run_the_test_of_the_page(tmp_path: Path) -> None:
    (tmp_path / "test_bot.py").write_text(examples()[-1])
    result = run(["-q", "-W", "error", "-p", PLUGIN], tmp_path)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed" in result.stdout


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
