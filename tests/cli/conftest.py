"""The command line, in this process, against an emulator."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from instagrapi.cli.main import main
from instagrapi.cli.sessions import PROXY_VARIABLE
from instagrapi.emulator import Emulator


class Outcome(NamedTuple):
    status: int
    out: str
    err: str


@pytest.fixture
def emulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    with Emulator() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "session.json"


@pytest.fixture
def cli(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings_file: Path
) -> Callable[..., Outcome]:
    """Runs ``instagrapi …`` and gives its exit status and output."""
    monkeypatch.setenv("INSTAGRAPI_SETTINGS", str(settings_file))
    monkeypatch.setenv(PROXY_VARIABLE, "")  # so that what --proxy sets there ends with the test

    def run(*arguments: str, stdin: str = "") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["instagrapi", *arguments])
        monkeypatch.setattr(sys, "stdin", StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as exit_info:
            main()
        status = exit_info.value.code
        assert isinstance(status, int)
        return Outcome(status, *capsys.readouterr())

    return run
