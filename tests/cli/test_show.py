"""Events on one line."""

from __future__ import annotations

import json

import pytest

from instagrapi.cli.show import Printer, as_fields, escape
from instagrapi.realtime import events as ev

THREAD = "340282366841710300949128000000000000001"
KINDS = [*ev.KINDS.values(), ev.LiveComments]
PICTURE = {"candidates": [{"width": 640, "height": 800, "url": "https://cdn.example/p.jpg"}]}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ünïcode ❤️", "plain ünïcode ❤️"),
        ("a\nb\tc", "a\\nb\\tc"),
        ("\x1b]0;owned\x07", "\\x1b]0;owned\\x07"),
        ("\u202eevil", "\\u202eevil"),
        ("بچه\u200cها", "بچه\u200cها"),
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
        (ev.Message(thread_id=THREAD, user_id="2", item_type="voice_media"), "2 in …000001: [voice]"),
        (
            ev.Message(
                user_id="1", item={"item_type": "media", "media": {"media_type": 1, "image_versions2": PICTURE}}
            ),
            "alice in an unknown thread: [photo, 640×800]",
        ),
        (
            ev.Message(
                thread_id=THREAD,
                user_id="1",
                item={"item_type": "text", "text": "yes", "replied_to_message": {"item_type": "text", "text": "sure?"}},
            ),
            "alice in …000001: “yes” (in reply to “sure?”)",
        ),
        (
            ev.MessageUpdate(thread_id=THREAD, user_id="1", item={"item_type": "text", "text": "yes\n\x1b[2J"}),
            "alice in …000001 changed “yes\\n\\x1b[2J”",
        ),
        (
            ev.VisualMessage(thread_id=THREAD, user_id="1", item={"item_type": "raven_media", "visual_media": {}}),
            "alice in …000001: [view once], which disappears",
        ),
        (ev.MessageDelete(thread_id=THREAD, item_id="31"), "item 31 in …000001 was unsent"),
        (ev.Reaction(op="add", thread_id=THREAD, user_id="1"), "alice reacted ❤ in …000001"),
        (ev.Reaction(op="remove", thread_id=THREAD, user_id="1"), "alice took a reaction back in …000001"),
        (ev.Seen(thread_id=THREAD, user_id="1"), "alice has read in …000001"),
        (ev.Typing(thread_id=THREAD, sender_id="1", is_active=True), "alice is typing in …000001"),
        (ev.Typing(thread_id=THREAD, sender_id="1"), "alice stopped typing in …000001"),
        (ev.Typing(thread_id=THREAD, sender_id="1", activity_status=2), "alice is recording in …000001"),
        (ev.Presence(user_id="1", is_active=True), "alice is online"),
        (
            ev.ThreadUpdate(op="replace", thread_id=THREAD, field="thread", value={"thread_title": "us"}),
            "the thread changed (“us”) in …000001",
        ),
        (ev.ThreadUpdate(op="add", thread_id=THREAD, field="thread"), "the thread appeared in …000001"),
        (
            ev.ThreadUpdate(op="remove", thread_id=THREAD, field="admin_user_ids", user_id="1"),
            "admin_user_ids of alice was removed in …000001",
        ),
        (ev.ThreadRemove(thread_id=THREAD), f"left the inbox: {THREAD}"),
        (ev.LiveStarted(user_id="1"), "alice went live"),
        (ev.LiveStopped(user_id="1"), "alice is no longer live"),
        (ev.GraphQL(query_id="1", raw={"a": 1, "b": 2}), "query 1: a, b"),
        (ev.GraphQL(query_id="1", name="zero_provision", raw=[]), "zero_provision: list"),
        (
            ev.LiveComments(
                name="comments",
                raw={"live_video_comment_event": {"comments": [{"text": "hi", "user": {"username": "bob"}}]}},
            ),
            "comments: bob: “hi”",
        ),
        (ev.IrisSubResponse(ok=True, latest_seq_id=5), "message sync from position 5"),
        (ev.IrisSubResponse(error_message="too old"), "message sync refused: too old"),
        (ev.Connected(), "ready"),
        (ev.Disconnected(reason="the line is dead"), "the line is dead"),
        (ev.Unknown(op="add", path="/somewhere", raw={}), "add /somewhere, dict"),
        (ev.Unknown(topic="151", raw=[]), "topic 151, list"),
        (ev.Push(collapse_key="like", message="x"), "like: “x”"),
        (ev.Push(collapse_key="reachability_silent_push"), "reachability_silent_push: nothing to show"),
        (ev.Push(message="x", badge={"di": 1}), "other: “x” (badge: di 1)"),
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


def test_the_content_of_a_message_is_part_of_its_json() -> None:
    item = {"item_type": "media", "media": {"media_type": 1, "image_versions2": PICTURE}}
    content = as_fields(ev.Message(item=item, item_type="media"))["content"]
    assert (content["kind"], content["media"]["url"]) == ("photo", "https://cdn.example/p.jpg")
    assert "raw" not in content


@pytest.mark.parametrize("text", ["a\ud83d", "\u2028\x9b31m\u202e\x7f", "emoji 😀"])
def test_a_line_of_json_is_one_line_of_ascii(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    Printer(as_json=True).event(ev.Message(text=text, item={"item_type": "text", "text": text}))
    line = capsys.readouterr().out
    assert line.isascii()
    assert line.rstrip("\n").isprintable()
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (ev.ThreadUpdate(field="thread", value={"thread_title": "us"}), {"value": {"thread_title": "us"}}),
        (ev.GraphQL(query_id="1", raw={"a": 1}), {"payload": {"a": 1}}),
        (ev.Reaction(op="add"), {"symbol": "❤"}),
        (
            ev.Push(collapse_key="direct_v2_message", action_path="direct_v2", action_params={"id": "1", "x": "2"}),
            {"category": "direct", "thread_id": "1", "item_id": "2", "is_silent": True},
        ),
    ],
)
def test_what_an_event_tells_besides_its_fields_is_part_of_its_json(event: ev.Event, told: dict[str, object]) -> None:
    assert told.items() <= as_fields(event).items()
