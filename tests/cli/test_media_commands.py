"""``instagrapi send --photo`` and its likes, and ``instagrapi download``."""

from __future__ import annotations

import stat
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.model import Item
from tests.support.mp4 import JPEG, mp4

Cli = Callable[..., Any]
FILES = {"photo": JPEG, "video": mp4(), "voice": mp4()}


@pytest.fixture
def me(emulator: Emulator, settings_file: Path) -> Actor:
    """Whose session the command line has."""
    me = emulator.account("me")
    client: Client = emulator.client(me)
    settings_file.parent.mkdir(parents=True)
    client.dump_settings(settings_file)
    return me


@pytest.fixture
def alice(emulator: Emulator) -> Actor:
    return emulator.account("alice")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """A file of each kind."""
    paths = {kind: tmp_path / f"{kind}.file" for kind in FILES}
    for kind, path in paths.items():
        path.write_bytes(FILES[kind])
    return {kind: str(path) for kind, path in paths.items()}


def last(alice: Actor, me: Actor) -> Item:
    item = alice.last_message_from(me)
    assert item is not None
    return item


@pytest.mark.parametrize(("kind", "item_type"), [("photo", "media"), ("video", "media"), ("voice", "voice_media")])
def test_a_file_is_sent_in_silence_where_nobody_watches(
    cli: Cli, me: Actor, alice: Actor, files: dict[str, str], kind: str, item_type: str
) -> None:
    outcome = cli("send", alice.thread_with(me).thread_id, f"--{kind}", files[kind])
    item = last(alice, me)
    assert item.item_type == item_type
    assert outcome == (0, f"Sent as item {item.item_id}.\n", "")


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_a_bar_tells_how_far_it_is(
    cli: Cli, me: Actor, alice: Actor, files: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm")
    outcome = cli("send", alice.thread_with(me).thread_id, "--photo", files["photo"])
    assert outcome.status == 0
    assert "photo.file" in terminal.getvalue()
    assert "2.1/2.1 kB" in terminal.getvalue()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["hello", "--photo", "photo"],
        ["--photo", "photo", "--video", "video"],
        ["--photo", "nowhere"],
        ["--photo", "."],
    ],
)
def test_there_is_one_thing_to_send(
    cli: Cli, me: Actor, alice: Actor, files: dict[str, str], arguments: list[str]
) -> None:
    named = [files.get(argument, argument) for argument in arguments]
    assert cli("send", alice.thread_with(me).thread_id, *named).status == 2
    assert alice.last_message_from(me) is None


def test_a_thread_is_named_by_its_id(cli: Cli, me: Actor, files: dict[str, str]) -> None:
    outcome = cli("send", "alice", "--photo", files["photo"])
    assert outcome.status == 2
    assert "an id consists of digits" in outcome.err


def test_another_kind_of_file_is_one_sentence(cli: Cli, me: Actor, alice: Actor, files: dict[str, str]) -> None:
    outcome = cli("send", alice.thread_with(me).thread_id, "--photo", files["video"])
    assert outcome.status == 1
    assert outcome.err.startswith("instagrapi: The photo is an MP4 file, and only a JPEG picture can be sent as one.")
    assert outcome.err.count("\n") == 1


def test_a_thread_that_is_not_there_is_one_sentence(cli: Cli, me: Actor, files: dict[str, str]) -> None:
    assert cli("send", "17", "--photo", files["photo"]) == (1, "", "instagrapi: There is no such thread.\n")


def test_what_arrived_is_saved(cli: Cli, me: Actor, alice: Actor, tmp_path: Path) -> None:
    item = alice.send_photo(me, file=JPEG)
    target = tmp_path / "saved.jpg"
    outcome = cli("download", item.thread_id, item.item_id, str(target))
    assert outcome == (0, f"Saved {target}.\n", "")
    assert target.read_bytes() == JPEG
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_what_cannot_be_saved_is_one_sentence(cli: Cli, me: Actor, alice: Actor, tmp_path: Path) -> None:
    item = alice.send(me, "only words")
    target = tmp_path / "saved.jpg"
    outcome = cli("download", item.thread_id, item.item_id, str(target))
    assert outcome == (1, "", "instagrapi: The message holds nothing to download, or not any more.\n")
    sentence = "The message is not among the latest 20 of the thread."
    assert cli("download", item.thread_id, "17", str(target)) == (1, "", f"instagrapi: {sentence}\n")
    assert not target.exists()


def test_a_folder_that_is_not_there_goes_by_its_own_name(cli: Cli, me: Actor, alice: Actor, tmp_path: Path) -> None:
    item = alice.send_photo(me)
    target = tmp_path / "nowhere" / "saved.jpg"
    outcome = cli("download", item.thread_id, item.item_id, str(target))
    assert outcome == (1, "", f"instagrapi: [Errno 2] No such file or directory: '{target}'\n")
