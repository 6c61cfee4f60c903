"""Events on one line."""

from __future__ import annotations

import json

import pytest

from instagrapi.cli.show import Printer, as_fields, escape
from instagrapi.realtime import events as ev

THREAD = "340282366841710300949128000000000000001"
KINDS = [value for value in vars(ev).values() if isinstance(value, type) and issubclass(value, ev.Event)]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode ❤️", "plain ünïcode ❤️"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\u202eevil", "\\u202eevil"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("\ud800", "\\ud800"),
    ],
)
def test_control_characters_are_made_visible(text: str, shown: str) -> None:
    assert escape(text) == shown


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (ev.Message(thread_id=THREAD, user_id="1", text="hi"), "alice in …000001: “hi”"),
        (ev.Message(thread_id=THREAD, user_id="2", item_type="voice_media"), "2 in …000001: (voice_media)"),
        (ev.MessageDelete(thread_id=THREAD, item_id="31"), "item 31 in …000001 was unsent"),
        (ev.Reaction(op="add", thread_id=THREAD, user_id="1"), "alice reacted ❤ in …000001"),
        (ev.Reaction(op="remove", thread_id=THREAD, user_id="1"), "alice took a reaction back in …000001"),
        (ev.Seen(thread_id=THREAD, user_id="1"), "alice has read in …000001"),
        (ev.Typing(thread_id=THREAD, sender_id="1", is_active=True), "alice is typing in …000001"),
        (ev.Typing(thread_id=THREAD, sender_id="1"), "alice stopped typing in …000001"),
        (ev.Presence(user_id="1", is_active=True), "alice is online"),
        (ev.Push(collapse_key="like", message="x"), "like: “x”"),
        (ev.SendResponse(ok=True, item_id="9"), "accepted, item 9"),
        (ev.SendResponse(ok=False, status_code="404", message="no thread"), "refused (404): no thread"),
        (ev.UnseenCount(inbox="inbox", count=3), "3 unread in inbox"),
        (ev.RegionHint(hint="ASH"), "data centre ASH"),
        (ev.Undecoded(topic="146", payload=b"abc", error="not JSON"), "topic 146, 3 bytes: not JSON"),
    ],
)
def test_events_in_words(event: ev.Event, line: str) -> None:
    assert Printer(names={"1": "alice"}).describe(event) == line


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_has_a_line_even_when_empty(kind: type[ev.Event], capsys: pytest.CaptureFixture[str]) -> None:
    Printer().event(kind())
    assert capsys.readouterr().out.count("\n") == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_is_json(kind: type[ev.Event], capsys: pytest.CaptureFixture[str]) -> None:
    Printer(as_json=True).event(kind(raw={"secret": 1}))
    shown = json.loads(capsys.readouterr().out)
    assert shown["kind"] == kind.kind
    assert "raw" not in shown


def test_fields_that_are_not_set_are_left_out() -> None:
    assert as_fields(ev.Seen(thread_id="1")) == {"kind": "seen", "source": "realtime", "thread_id": "1"}
