"""``instagrapi inbox``, ``thread`` and ``requests``, as a user calls them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator

Cli = Callable[..., Any]


@pytest.fixture
def me(emulator: Emulator, settings_file: Path) -> Actor:
    """Logged in."""
    me = emulator.account("me")
    settings_file.parent.mkdir(parents=True)
    emulator.client(me).dump_settings(settings_file)
    return me


@pytest.fixture
def alice(emulator: Emulator) -> Actor:
    return emulator.account("alice")


def local(timestamp: int) -> str:
    return f"{datetime.fromtimestamp(timestamp / 1_000_000, UTC).astimezone():%Y-%m-%d %H:%M}"


def test_the_inbox_is_a_line_for_each_thread(cli: Cli, emulator: Emulator, me: Actor, alice: Actor) -> None:
    group = emulator.group(me, alice, emulator.account("bob"), title="lunch\n\x1b[31m")
    mine = me.send(group, "who\nis in?")
    photo = alice.send_photo(me)
    assert cli("inbox") == (
        0,
        (
            f"* {photo.thread_id}  {local(photo.timestamp)}  alice  alice: [photo, 1080×1350]\n"
            f"  {mine.thread_id}  {local(mine.timestamp)}  lunch\\n\\x1b[31m  me: “who\\nis in?”\n"
        ),
        "",
    )
    assert cli("inbox", "--unread").out.startswith(f"* {photo.thread_id}")
    assert len(cli("inbox", "--unread").out.splitlines()) == len(cli("inbox", "-n", "1").out.splitlines()) == 1


def test_a_long_message_does_not_fill_the_screen(cli: Cli, me: Actor, alice: Actor) -> None:
    alice.send(me, "x" * 5000)
    (line,) = cli("inbox").out.splitlines()
    assert line.endswith("xxx…")
    assert len(line) < 200


def test_an_empty_inbox_and_an_empty_thread(cli: Cli, emulator: Emulator, me: Actor, alice: Actor) -> None:
    assert cli("inbox") == (0, "", "The inbox is empty.\n")
    assert cli("inbox", "--unread", "--json") == (0, "", "There is nothing to read.\n")
    emulator.group(me, alice, title="quiet")
    assert cli("inbox").out.endswith("  quiet  no messages\n")


def test_the_inbox_as_json(cli: Cli, me: Actor, alice: Actor) -> None:
    item = alice.send(me, "one\ntwo\x7f\u2028")
    (line,) = cli("inbox", "--json").out.splitlines()
    thread = json.loads(line)
    assert line.isprintable()
    assert thread["id"] == item.thread_id
    assert (thread["title"], thread["users"]) == ("alice", [{"pk": str(alice.pk), "username": "alice"}])
    assert (thread["is_unread"], thread["is_group"], thread["is_pending"]) == (True, False, False)
    assert thread["last_message"]["text"] == "one\ntwo\x7f\u2028"
    assert thread["last_message"]["content"] == {"kind": "text", "item_type": "text", "text": "one\ntwo\x7f\u2028"}
    assert datetime.fromisoformat(thread["last_activity_at"]).tzinfo is not None


def test_a_thread_is_shown_newest_last(cli: Cli, me: Actor, alice: Actor) -> None:
    first = alice.send(me, "tea?")
    answer = me.send(alice, "yes\x1b[2J", reply_to=first)
    assert cli("thread", first.thread_id) == (
        0,
        f"{local(first.timestamp)}  alice: “tea?”\n{local(answer.timestamp)}  me: “yes\\x1b[2J” (in reply to “tea?”)\n",
        "",
    )
    assert len(cli("thread", first.thread_id, "--amount", "1").out.splitlines()) == 1
    assert alice.last_message_from(me) is answer, "nothing was sent, and nothing marked as seen"
    assert cli("inbox").out.startswith("  ")


def test_the_ids_of_messages_are_shown_when_asked_for(cli: Cli, me: Actor, alice: Actor, tmp_path: Path) -> None:
    photo = alice.send_photo(me)
    (line,) = cli("thread", photo.thread_id, "--ids").out.splitlines()
    item_id = line.split()[0]
    assert item_id == photo.item_id
    assert cli("download", photo.thread_id, item_id, str(tmp_path / "photo.jpg")).status == 0


def test_a_thread_as_json(cli: Cli, me: Actor, alice: Actor) -> None:
    first = alice.send(me, "tea?")
    me.react(first, "😂")
    answer = me.send(alice, "yes", reply_to=first)
    oldest, newest = map(json.loads, cli("thread", answer.thread_id, "--json").out.splitlines())
    assert (newest["id"], newest["replied_to"]["id"], newest["is_sent_by_viewer"]) == (
        answer.item_id,
        first.item_id,
        True,
    )
    assert "username" not in newest
    assert (oldest["username"], oldest["text"]) == ("alice", "tea?")
    assert [one["emoji"] for one in oldest["reactions"]] == ["😂"]
    assert "raw" not in newest


@pytest.mark.parametrize("odd", ["x", "-", "1/2", ""])
def test_what_is_no_id_is_wrong_usage(cli: Cli, me: Actor, odd: str) -> None:
    for command in (["thread"], ["requests", "approve"], ["requests", "decline"]):
        outcome = cli(*command, odd)
        assert outcome.status == 2
        assert "an id consists of digits" in outcome.err


@pytest.mark.parametrize("command", [["thread"], ["requests", "approve"], ["requests", "decline"]])
def test_a_missing_thread_is_one_sentence(cli: Cli, me: Actor, command: list[str]) -> None:
    assert cli(*command, "9" * 39) == (1, "", "instagrapi: There is no such thread.\n")


def test_requests_are_listed_and_answered(cli: Cli, emulator: Emulator, me: Actor) -> None:
    asked = [emulator.account(f"stranger{number}").request(me, "may I?").thread_id for number in range(5)]
    hidden = emulator.account("dave").request(me, "buy now", hidden=True)
    listed = [re.findall(r"\d{39}", line)[0] for line in cli("requests").out.splitlines()]
    assert listed == asked[::-1]
    assert "stranger4: “may I?”" in cli("requests", "-n", "1").out
    assert hidden.thread_id in cli("requests", "--hidden").out
    assert cli("requests", "approve", asked[0]).out == "Accepted 1.\n"
    assert cli("requests", "approve", *asked[1:3]).out == "Accepted 2.\n"
    assert cli("requests", "decline", asked[3]).out == "Declined 1.\n"
    assert cli("requests", "decline", asked[4], hidden.thread_id).out == "Declined 2.\n"
    assert cli("requests") == cli("requests", "--hidden") == (0, "", "No message request waits.\n")
    threads = [json.loads(line)["id"] for line in cli("inbox", "--json").out.splitlines()]
    assert sorted(threads) == sorted(asked[:3])


@pytest.mark.parametrize(
    "command", [["inbox"], ["thread", "1"], ["requests"], ["requests", "approve", "1"], ["requests", "decline", "1"]]
)
def test_without_a_session_the_command_says_what_to_do(cli: Cli, emulator: Emulator, command: list[str]) -> None:
    outcome = cli(*command)
    assert (outcome.status, outcome.out) == (1, "")
    assert outcome.err.endswith("run 'instagrapi login' first\n")
