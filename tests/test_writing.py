"""Files appear whole or not at all."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from instagrapi.writing import replacing


def test_a_replacing_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(b"old")
    with replacing(path) as file:
        file.write(b"new")
        file.flush()
        assert path.read_bytes() == b"old"
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(tmp_path) == ["photo.jpg"]


def test_a_replacing_file_that_fails_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"

    def interrupt() -> None:
        with replacing(path) as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupt()
    assert os.listdir(tmp_path) == []


def test_a_durable_file_is_on_the_disk_before_it_takes_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)
        monkeypatch.setattr(os, name, lambda *args, name=name, real=real: (steps.append(name), real(*args)))
    with replacing(tmp_path / "state.json", durable=True) as file:
        file.write(b"{}")
    assert steps[:2] == ["fsync", "replace"]


def test_what_cannot_be_written_goes_by_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "photo.jpg"
    with pytest.raises(FileNotFoundError) as caught, replacing(path):
        pytest.fail("there is no folder")
    assert caught.value.filename == str(path)


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with replacing(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
