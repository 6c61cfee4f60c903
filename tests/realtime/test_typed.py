from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from instagrapi.realtime import events, typed
from instagrapi.realtime.typed import Origin, Patch
from instagrapi.realtime.wire.paths import parse_path

T = "/direct_v2/threads/340"
ITEM = f"{T}/items/31"


def event_of(path: str, value: Any = None, op: str | None = "add", own_user_id: str | None = None) -> Any:
    raw = {"path": path, "op": op, "value": value}
    return typed.patch_event(Patch(path, parse_path(path), op, value, raw), Origin(seq_id=7, account_id=own_user_id))


def fields(event: events.Event) -> dict[str, Any]:
    return event.model_dump(exclude=set(events.Event.model_fields), exclude_none=True)


# --- patches ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "op", "value", "kind", "expected"),
    [
        (
            ITEM,
            "add",
            {"user_id": 5, "item_type": "text", "text": "hi"},
            "message",
            {"user_id": "5", "item_type": "text", "text": "hi"},
        ),
        (ITEM, "replace", {"item_type": "media"}, "message_update", {"item_type": "media"}),
        (ITEM, "remove", None, "message_delete", {}),
        (ITEM, "remove", 31, "message_delete", {}),
        (ITEM, "remove", {"user_id": 5}, "message_delete", {"user_id": "5"}),
    ],
)
def test_an_item_is_added_replaced_or_removed(
    path: str, op: str, value: Any, kind: str, expected: dict[str, Any]
) -> None:
    event = event_of(path, value, op)
    assert event.kind == kind
    assert fields(event) == {"op": op, "thread_id": "340", "item_id": "31", **expected}


@pytest.mark.parametrize(
    ("op", "value"),
    [
        ("notify", {"user_id": 1}),
        (None, {"text": "x"}),
        ("add", None),
        ("add", {}),
        ("add", 31),
        ("replace", "text"),
        ("add", [1]),
    ],
)
def test_an_item_without_content_or_operation_is_no_message(op: str | None, value: Any) -> None:
    event = event_of(ITEM, value, op)
    assert event.kind == "unknown"
    assert event.path == ITEM


@pytest.mark.parametrize(
    ("op", "kind"), [("add", "visual_message"), ("replace", "visual_message"), ("remove", "message_delete")]
)
def test_a_visual_item_is_a_message_of_its_own_kind(op: str, kind: str) -> None:
    event = event_of("/direct_v2/visual_threads/340/items/31", {"item_type": "raven_media"}, op)
    assert (event.kind, event.thread_id, event.item_id) == (kind, "340", "31")


@pytest.mark.parametrize(
    ("path", "op", "value", "kind", "expected"),
    [
        (
            f"{ITEM}/reactions/emojis/5",
            "add",
            {"emoji": "🔥"},
            "reaction",
            {"op": "add", "item_id": "31", "user_id": "5", "emoji": "🔥"},
        ),
        (
            f"{ITEM}/reactions/likes/5",
            "add",
            {"sender_id": 9},
            "reaction",
            {"op": "add", "item_id": "31", "user_id": "5"},
        ),
        (f"{ITEM}/reactions/likes/5", "remove", None, "reaction", {"op": "remove", "item_id": "31", "user_id": "5"}),
        (f"{T}/participants/5/has_seen", "replace", {"item_id": 31}, "seen", {"user_id": "5", "item_id": "31"}),
        (f"{T}/participants/5/has_seen", "add", None, "seen", {"user_id": "5"}),
        (f"{T}/thread_image", "replace", {"id": 1}, "thread_update", {"op": "replace", "field": "thread_image"}),
        (
            f"{T}/admin_user_ids/5",
            "remove",
            None,
            "thread_update",
            {"op": "remove", "field": "admin_user_ids", "user_id": "5"},
        ),
        (T, "add", {}, "thread_update", {"op": "add", "field": "thread"}),
        ("/direct_v2/inbox/threads/340", "replace", {}, "thread_update", {"op": "replace", "field": "thread"}),
        ("/direct_v2/inbox/threads/340", "remove", None, "thread_remove", {"op": "remove", "field": "thread"}),
        ("/direct_v2/inbox/threads/340/x", "remove", None, "thread_update", {"op": "remove", "field": "x"}),
    ],
)
def test_what_happens_in_a_thread(path: str, op: str, value: Any, kind: str, expected: dict[str, Any]) -> None:
    event = event_of(path, value, op)
    assert event.kind == kind
    assert fields(event) == {"thread_id": "340", **expected}


@pytest.mark.parametrize(
    ("status", "is_active"),
    [(1, True), ("1", True), (2, True), (0, False), ("0", False), (None, False), (False, False)],
)
def test_typing_goes_on_until_its_status_says_otherwise(status: Any, is_active: bool) -> None:
    value = {"sender_id": 5, "activity_status": status, "ttl": "12000"}
    event = event_of(f"{T}/activity_indicator_id/ctx", value)
    assert (event.kind, event.sender_id, event.is_active, event.ttl) == ("typing", "5", is_active, 12000)
    del value["activity_status"]
    assert not event_of(f"{T}/activity_indicator_id/ctx", value).is_active


@pytest.mark.parametrize(
    ("path", "inbox"),
    [("/direct_v2/inbox/unseen_count", "inbox"), ("/direct_v2/visual_inbox/unseen_count", "visual_inbox")],
)
@pytest.mark.parametrize(("value", "count"), [(3, 3), ("3", 3), (None, None), ("many", None), ({}, None), (True, None)])
def test_unread_threads_are_counted_per_inbox(path: str, inbox: str, value: Any, count: int | None) -> None:
    event = event_of(path, value, "replace")
    assert (event.kind, event.inbox, event.count) == ("unseen_count", inbox, count)


@pytest.mark.parametrize(
    ("path", "op", "value"),
    [
        ("/unknown", "add", {"a": 1}),
        (f"{T}/participants/5/has_seen", "remove", None),
        (f"{T}/activity_indicator_id/ctx", "remove", None),
        (f"{ITEM}/batched_reactions", "replace", {}),
        (f"{ITEM}/reactions/likes/5", None, {}),
        (f"{ITEM}/reactions/likes/5", "merge", {}),
        (f"{T}/participants/5/has_seen", None, {"item_id": 31}),
        (f"{T}/thread_image", None, {"id": 1}),
        ("/direct_v2/inbox/threads/340", None, {}),
        ("/direct_v2/inbox/unseen_count", None, 3),
        ("/direct_v2/visual_threads/340/items/31", None, {"item_type": "raven_media"}),
        ("/broadcast/18/started", "add", {}),
    ],
)
def test_what_has_no_class_is_passed_through(path: str, op: str, value: Any) -> None:
    event = event_of(path, value, op)
    assert (event.kind, event.path, event.seq_id) == ("unknown", path, 7)
    assert event.raw["op"] == op


@pytest.mark.parametrize(
    ("user_id", "own", "from_me"),
    [(5, "5", True), ("5", "5", True), (6, "5", False), (None, "5", None), (5, None, None)],
)
def test_who_sent_a_message(user_id: Any, own: str | None, from_me: bool | None) -> None:
    assert event_of(ITEM, {"user_id": user_id, "text": "x"}, own_user_id=own).from_me is from_me


# --- fields ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [("a", "a"), ("", ""), (5, "5"), (3 * 10**34, "3" + "0" * 34), (None, None), (True, None), (1.5, None), ({}, None)],
)
def test_ids_are_text(value: Any, text: str | None) -> None:
    assert events.Seen(item_id=value).item_id == text


@pytest.mark.parametrize("value", [5, None, ["x"], {"a": 1}, True])
def test_the_text_of_a_message_is_text_or_nothing(value: Any) -> None:
    assert events.Message(text=value).text is None
    assert events.Message(text="x").text == "x"


@pytest.mark.parametrize(
    ("value", "moment"),
    [
        ("1700000000000001", datetime(2023, 11, 14, 22, 13, 20, 1, tzinfo=UTC)),
        (1700000000000000, datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
        (10**30, None),
        (-(10**30), None),
        ("9" * 5000, None),
        ("soon", None),
        (1.5, None),
        (None, None),
        (True, None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_times_are_microseconds_since_1970(value: Any, moment: datetime | None) -> None:
    assert events.Message(timestamp=value).timestamp == moment


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        (True, True),
        (False, False),
        (1, True),
        (0, False),
        ("1", True),
        ("0", False),
        ("", None),
        ("false", False),
        (None, None),
        ([], None),
    ],
)
def test_presence_is_a_flag_in_several_forms(value: Any, flag: bool | None) -> None:
    assert typed.presence_event({"is_active": value}, None, Origin()).is_active is flag


def test_a_message_says_when_it_was_sent_and_under_which_context() -> None:
    event = event_of(ITEM, {"text": "x", "timestamp": "1700000000000000", "client_context": 7})
    assert event.timestamp == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert event.client_context == "7"


def test_presence_says_who_and_since_when() -> None:
    raw = {"presence_event": {"user_id": 5, "is_active": False, "last_activity_at_ms": 17}}
    event = typed.presence_event(raw["presence_event"], raw, Origin(received_at=1.5))
    assert (event.user_id, event.is_active, event.last_activity_at_ms) == ("5", False, "17")
    assert (event.raw, event.received_at, event.kind) == (raw, 1.5, "presence")


@pytest.mark.parametrize(
    ("cls", "defaults"),
    [
        (events.Typing, {"is_active": False}),
        (events.SendResponse, {"ok": False}),
        (events.IrisSubResponse, {"ok": False}),
        (events.Connected, {"resumed": False}),
        (events.Disconnected, {"will_retry": False}),
        (events.Undecoded, {"payload": b""}),
        (events.Message, {}),
        (events.Push, {}),
    ],
)
def test_what_is_not_said_is_none_or_no(cls: type[events.Event], defaults: dict[str, Any]) -> None:
    assert fields(cls()) == defaults
    assert (cls().raw, cls().source, cls().seq_id, cls().received_at) == (None, "realtime", None, None)


def test_an_event_cannot_be_changed() -> None:
    event = events.Message(text="x")
    with pytest.raises(ValidationError):
        event.text = "y"


def test_the_words_of_people_do_not_show() -> None:
    assert "secret" not in repr(events.Message(text="secret", raw={"text": "secret"}))
    assert "secret" not in repr(events.Push(message="secret", raw={"m": "secret"}))
    assert "secret" not in repr(events.Undecoded(payload=b"secret"))


def test_every_event_has_a_kind_of_its_own() -> None:
    classes = [cls for cls in vars(events).values() if isinstance(cls, type) and issubclass(cls, events.Event)]
    bases = (events.Event, events.ThreadEvent, events.ItemEvent, events.MessageEvent)
    kinds = [cls.kind for cls in classes if cls not in (*bases, events.LiveComments)]
    assert sorted(kinds) == sorted(events.KINDS)
    assert all(events.KINDS[kind].kind == kind for kind in kinds)
    assert {
        "message",
        "message_update",
        "message_delete",
        "reaction",
        "seen",
        "typing",
        "presence",
        "thread_update",
        "thread_remove",
        "unseen_count",
        "visual_message",
        "live_started",
        "live_stopped",
        "graphql",
        "send_response",
        "iris_sub_response",
        "region_hint",
        "push",
        "connected",
        "disconnected",
        "undecoded",
        "unknown",
    } <= set(kinds)


# --- answers ---------------------------------------------------------------------------------------------------------


def test_the_answer_to_a_command_is_read() -> None:
    body = {
        "status": "ok",
        "status_code": 200,
        "payload": {"client_context": "c", "item_id": "31", "thread_id": "340", "timestamp": "1"},
    }
    event = typed.send_response_event(body, Origin())
    assert fields(event) == {
        "ok": True,
        "status_code": "200",
        "client_context": "c",
        "item_id": "31",
        "thread_id": "340",
    }
    assert event.raw is body


@pytest.mark.parametrize(
    "body", [None, [], "x", 5, {}, {"payload": 5}, {"status": "fail", "payload": {"message": "no"}}]
)
def test_an_answer_that_does_not_say_ok_is_none(body: Any) -> None:
    event = typed.send_response_event(body, Origin())
    assert not event.ok
    assert event.message == ("no" if isinstance(body, dict) and "status" in body else None)


@pytest.mark.parametrize(
    ("body", "accepted"),
    [
        ({"succeeded": True, "seq_id": 5}, True),
        ({"seq_id": 5, "latest_seq_id": 6}, True),
        ({"succeeded": None, "error_type": None, "error_message": None}, True),
        ({"succeeded": False}, False),
        ({"succeeded": False, "error_type": 1, "error_message": "Server force resnapshot"}, False),
        ({"error_type": 1}, False),
        ({"error_message": "IrisQueueOverflowException"}, False),
        ({"succeeded": "true"}, False),
        ({}, True),
        ([], False),
        (None, False),
        (b"bytes", False),
    ],
)
def test_the_answer_to_a_subscription_is_read(body: Any, accepted: bool) -> None:
    assert typed.iris_accepted(body) is accepted
    event = typed.iris_response_event(body, Origin(seq_id=99))
    values = body if isinstance(body, dict) else {}
    assert event.ok is accepted
    assert (event.seq_id, event.latest_seq_id) == (values.get("seq_id"), values.get("latest_seq_id"))
    assert (event.error_type, event.error_message) == (values.get("error_type"), values.get("error_message"))


# --- anything --------------------------------------------------------------------------------------------------------

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
CLASSES = [cls for cls in vars(events).values() if isinstance(cls, type) and issubclass(cls, events.Event)]
FLAGS = {
    "previous",
    "state",
    "is_active",
    "resumed",
    "will_retry",
    "ok",
    "from_me",
    "source",
    "received_at",
    "payload",
    "retry_in",
    "complete",
}


@given(st.sampled_from(CLASSES), st.data())
def test_fields_read_from_payloads_take_anything(cls: type[events.Event], data: st.DataObject) -> None:
    names = sorted(set(cls.model_fields) - FLAGS)
    values: dict[str, Any] = {name: data.draw(anything) for name in names}
    event = cls(**values)
    assert event.kind == cls.kind


@given(anything, st.sampled_from(["add", "replace", "remove", None]), st.data())
def test_any_value_becomes_an_event(value: Any, op: str | None, data: st.DataObject) -> None:
    keys = [
        "user_id",
        "text",
        "item_type",
        "timestamp",
        "client_context",
        "sender_id",
        "ttl",
        "activity_status",
        "emoji",
        "user",
    ]
    mapping = {key: data.draw(anything) for key in keys}
    paths = [ITEM, f"{ITEM}/reactions/likes/5", f"{T}/participants/5/has_seen", f"{T}/activity_indicator_id/c", T]
    for path in [*paths, "/direct_v2/inbox/unseen_count"]:
        assert isinstance(event_of(path, value, op, "5"), events.Event)
        assert isinstance(event_of(path, mapping, op, "5"), events.Event)
    patch = Patch("/broadcast/1/x", parse_path("/broadcast/1/x"), op, mapping, {})
    for made in (
        typed.broadcast_event(patch, Origin(seq_id=value)),
        typed.presence_event(mapping, value, Origin()),
        typed.send_response_event({"payload": mapping, "status": value, "message": value}, Origin()),
        typed.iris_response_event({"seq_id": value, "succeeded": value, "error_type": value}, Origin()),
    ):
        assert isinstance(made, events.Event)


def test_a_typing_indicator_that_is_removed_is_no_typing() -> None:
    raw = {"op": "remove", "path": "/direct_v2/threads/1/activity_indicator_id/c", "value": '{"activity_status":1}'}
    patch = Patch(raw["path"], parse_path(raw["path"]), "remove", {"activity_status": 1}, raw)
    assert typed.patch_event(patch, Origin()).kind == "unknown"


def test_bytes_that_could_not_be_decoded_can_be_dumped_as_json() -> None:
    assert b"_w==" in events.Undecoded(payload=b"\xff").model_dump_json().encode()
