"""``instagrapi demo``: complete, bounded, honest about what was lost."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.cli.demo import Ledger, Play
from instagrapi.realtime import RealtimeClient
from instagrapi.realtime import events as ev

Cli = Callable[..., Any]


def test_the_demo_shows_a_whole_conversation_and_loses_nothing(cli: Cli) -> None:
    outcome = cli("demo", "--json")
    lines = [json.loads(line) for line in outcome.out.splitlines()]
    seen = {line["kind"] for line in lines if line["direction"] == "in"}
    sent = [line["action"] for line in lines if line["direction"] == "out"]
    assert outcome.status == 0
    assert seen >= {"message", "typing", "seen", "presence", "push", "reaction", "send_response"}
    assert sent == ["mark_seen", "indicate_activity", "send_item", "send_item"]
    assert all(line["ok"] for line in lines if line["kind"] == "send_response")


def test_plain_text_has_no_escape_codes_and_a_summary(cli: Cli) -> None:
    outcome = cli("demo")
    assert outcome.status == 0
    assert "\x1b" not in outcome.out
    assert outcome.out.splitlines()[-1] == "15 of 15 events and answers that had to come arrived."


@pytest.mark.parametrize("count", [1, 5, 40])
def test_count_bounds_the_events(cli: Cli, count: int) -> None:
    outcome = cli("demo", "--json", "--count", str(count))
    incoming = [line for line in outcome.out.splitlines() if json.loads(line)["direction"] == "in"]
    assert (outcome.status, len(incoming)) == (0, count)


def test_seconds_bound_the_time(cli: Cli) -> None:
    outcome = cli("demo", "--json", "--seconds", "0.5")
    assert outcome.status == 0
    assert outcome.out


def test_the_status_says_when_something_was_lost(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    take = Play._take

    def lose_reactions(self: Play, event: ev.Event) -> None:
        if not isinstance(event, ev.Reaction):
            take(self, event)

    monkeypatch.setattr(Play, "_take", lose_reactions)
    monkeypatch.setattr("instagrapi.cli.demo._PATIENCE", 0.2)
    outcome = cli("demo")
    assert outcome.status == 1
    assert outcome.out.splitlines()[-1] == "13 of 15 events and answers that had to come arrived."


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_after_the_step(cli: Cli, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    send_text = RealtimeClient.direct_send_text

    def send_and_interrupt(self: RealtimeClient, *arguments: Any, **options: Any) -> Any:
        handle = send_text(self, *arguments, **options)
        signal.raise_signal(number)
        return handle

    monkeypatch.setattr(RealtimeClient, "direct_send_text", send_and_interrupt)
    outcome = cli("demo")
    assert outcome.status == 0
    assert outcome.err == ""
    assert outcome.out.splitlines()[-1] == "8 of 8 events and answers that had to come arrived."


def test_a_ledger_counts_each_expectation_once() -> None:
    ledger = Ledger()
    ledger.expect(lambda event: isinstance(event, ev.Seen), lambda event: isinstance(event, ev.Seen))
    ledger.note(ev.Seen())
    ledger.note(ev.Typing())
    assert (ledger.sent, ledger.received, len(ledger.awaited)) == (2, 1, 1)
    ledger.give_up()
    ledger.note(ev.Seen())
    assert (ledger.sent, ledger.received) == (2, 1)


@pytest.mark.parametrize("seconds", ["nan", "inf", "-1", "x"])
def test_seconds_are_a_finite_number(cli: Cli, seconds: str) -> None:
    assert cli("demo", "--seconds", seconds).status == 2
