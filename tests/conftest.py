"""What holds for all tests."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture(scope="session", autouse=True)
def temporary_files(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A directory for the temporary files of the tests and of the programs that they start; no emulator leaves any."""
    directory = tmp_path_factory.mktemp("temporary")
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(os.environ, "TMPDIR", str(directory))
        patched.setattr(tempfile, "tempdir", None)
        yield directory
    left = sorted(path.name for path in directory.glob("instagrapi-emulator-*"))
    assert left == [], "a program that ran an emulator was killed"
