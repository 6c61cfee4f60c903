"""What the page about sending and threads says exists, and its programs run."""

from __future__ import annotations

import inspect
import re
import runpy
from pathlib import Path

import pytest

from instagrapi import Client, exceptions
from instagrapi.emulator import Emulator
from instagrapi.mixins.direct.sending import DirectSendingMixin
from instagrapi.mixins.direct.threads import DirectThreadsMixin

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = ROOT / "docs" / "programs"
SECTIONS = dict(re.findall(r"^## ([^\n]+)\n(.*?)(?=^## |\Z)", (ROOT / "docs" / "sending.md").read_text(), re.M | re.S))


def methods(mixin: type) -> set[str]:
    return {name for name in vars(mixin) if name.startswith("direct_")}


@pytest.mark.parametrize(("section", "mixin"), [("Sending", DirectSendingMixin), ("Threads", DirectThreadsMixin)])
def test_the_tables_name_every_method(section: str, mixin: type) -> None:
    rows = [line for line in SECTIONS[section].splitlines() if line.startswith("| `")]
    assert {name for row in rows for name in re.findall(r"`(direct_\w+)", row.split(" | ")[0])} == methods(mixin)
    for name, arguments in re.findall(r"`(direct_\w+)\(([^()]*)\)`", "\n".join(rows)):
        given = [argument.partition("=")[0] for argument in arguments.split(", ")]
        assert list(inspect.signature(getattr(Client, name)).parameters)[1 : len(given) + 1] == given


def test_the_errors_exist() -> None:
    named = re.findall(r"`((?:Direct|Feedback|PleaseWait)\w+)`", SECTIONS["Sending"] + SECTIONS["Threads"])
    assert {name for name in named if name != "DirectMessage" and not hasattr(exceptions, name)} == set()


def test_sending(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    me, alice, carol = (emulator.account(name) for name in ("me", "alice", "carol"))
    asked = alice.send(me, "where are you?")
    carol.refuse_requests()
    monkeypatch.setenv("IG_STRANGER", str(carol.pk))
    with emulator.faults.drop_http_answers("me", path="direct_v2/threads/broadcast/text/", times=1):
        runpy.run_path(str(PROGRAMS / "sending.py"))
    assert [line.partition(" ")[0] for line in capsys.readouterr().out.splitlines()] == ["sent", "sent", "refused:"]
    assert [reaction.emoji for reaction in asked.reactions.values()] == ["👍"]
    (thread,) = emulator.client("alice").direct_threads()
    assert [message.content.text for message in reversed(thread.messages)] == [
        "where are you?",
        "your order is ready",
        "on my way",
        "see https://example.org/map.",
    ]
    assert thread.messages[1].reply is not None


def test_threads(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    me, alice, carol = (emulator.account(name) for name in ("me", "alice", "carol"))
    alice.send(me, "hello")
    monkeypatch.setenv("IG_MEMBERS", f"{alice.pk},{carol.pk}")
    runpy.run_path(str(PROGRAMS / "threads.py"))
    assert capsys.readouterr().out == "alice is read\n"
    (group,) = (thread for thread in emulator.client("alice").direct_threads() if thread.is_group)
    assert (group.thread_title, group.messages) == ("Lunch at noon", [])
