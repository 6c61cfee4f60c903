from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import (
    DirectMessage,
    DirectShortThread,
    DirectThread,
    Photo,
    Text,
    UserShort,
)
from tests.support import answers

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
THREAD = {
    "thread_id": 340282366841710300949128100000000000001,
    "thread_v2_id": "17900000000000001",
    "items": [
        {"item_id": 32000000000000000000000000000000001, "user_id": 2, "timestamp": "1790000000123456", "text": "hi"},
        "odd",
        {"item_id": "3", "timestamp": "yesterday", "text": ["odd"], "replied_to_message": {"item_id": 9, "text": "q"}},
    ],
    "users": [{"pk": 2, "username": "alice"}, None],
    "folder": "odd",
    "new_field": {"kept": True},
    "last_seen_at": {"1": {"timestamp": "20", "item_id": 3}, "2": {"timestamp": 10}},
}


def test_a_thread_with_odd_parts_keeps_all_the_others() -> None:
    thread = DirectThread.model_validate(THREAD)
    assert thread.id == "340282366841710300949128100000000000001"
    assert thread.pk == "17900000000000001"
    assert [message.id for message in thread.messages] == ["32000000000000000000000000000000001", "", "3"]
    assert thread.messages[1].raw == {"value": "odd"}
    assert [user.username for user in thread.users] == ["alice", ""]
    assert thread.folder is None
    assert thread.raw["new_field"] == {"kept": True}


def test_a_message_knows_its_thread_its_time_and_its_reply() -> None:
    first, _, last = DirectThread.model_validate(THREAD).messages
    assert first.thread_id == last.thread_id == "340282366841710300949128100000000000001"
    assert first.user_id == "2"
    assert first.timestamp == datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)
    assert (last.timestamp, last.text) == (None, None)
    assert last.reply is not None
    assert (last.reply.id, last.reply.text) == ("9", "q")


def test_the_input_is_untouched_and_raw_is_not_shown() -> None:
    before = repr(THREAD)
    thread = DirectThread.model_validate(THREAD)
    assert repr(THREAD) == before
    assert thread.raw is THREAD or thread.raw == THREAD
    assert "new_field" not in repr(thread)
    assert "raw" not in thread.model_dump()


@pytest.mark.parametrize(("user_id", "seen"), [("1", True), (2, False), ("3", False)])
def test_is_seen(user_id: str | int, seen: bool) -> None:
    assert DirectThread.model_validate(THREAD).is_seen(user_id) is seen


def test_own_objects_are_taken_as_they_are() -> None:
    message = DirectMessage(id="5", text="x")
    assert DirectThread(id="1", messages=[message]).messages[0].text == "x"


@pytest.mark.parametrize("value", [10**30, -(10**30), "9" * 5000, float("inf"), "2026-01-01", [], {}])
def test_odd_times_are_no_times(value: Any) -> None:
    message = DirectMessage.model_validate({"item_id": "1", "timestamp": value})
    assert (message.id, message.timestamp) == ("1", None)


@pytest.mark.parametrize("value", [1790000000123456, "1790000000123456", 1790000000123456.0])
def test_times_are_aware_and_keep_their_microseconds(value: Any) -> None:
    expected = datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)
    assert DirectMessage.model_validate({"timestamp": value}).timestamp == expected
    assert DirectMessage(timestamp=expected).timestamp == expected


def test_a_very_deep_reply_does_no_harm() -> None:
    item: dict[str, Any] = {"item_id": "0"}
    for number in range(800):
        item = {"item_id": str(number), "replied_to_message": item}
    assert DirectMessage.model_validate(item).id == "799"


def test_what_a_message_holds_is_read_when_it_is_asked_for() -> None:
    item = {
        "item_id": "5",
        "item_type": "media",
        "media": {"media_type": 1, "image_versions2": {"candidates": [{"url": "https://cdn.example/1.jpg"}]}},
        "mentioned_entities": [{"fbid": "17841400000000009", "offset": 0, "length": 4}],
        "reactions": {"likes": [{"sender_id": 7, "timestamp": 1790000000123456}], "likes_count": 1},
        "replied_to_message": {"item_id": "4", "item_type": "text", "text": "earlier"},
    }
    message = DirectMessage.model_validate(item)
    assert not {"content", "mentions", "item_reactions"} & vars(message).keys()
    assert isinstance(message.content, Photo)
    assert message.content.raw is item
    assert message.content is message.content
    assert [mention.fbid for mention in message.mentions] == ["17841400000000009"]
    assert [(reaction.user_id, reaction.emoji) for reaction in message.item_reactions] == [("7", "❤")]
    assert message.reactions == item["reactions"]
    assert message.replied_to is message.reply
    assert message.replied_to is not None
    assert message.replied_to.content.text == "earlier"


def test_a_message_that_was_made_by_hand_has_content_too() -> None:
    message = DirectMessage(id="5", text="x")
    assert isinstance(message.content, Text)
    assert (message.content.text, message.mentions, message.item_reactions, message.replied_to) == ("x", [], [], None)


@pytest.mark.parametrize(
    ("own", "other", "echo"),
    [
        ("6A1B-ff", "6a1b-FF", True),
        (6800000000000000001, "6800000000000000001", True),
        ("1", "2", False),
        (None, None, False),
        (None, "1", False),
        ("1", None, False),
        ("", "", False),
    ],
)
def test_an_echo_is_known_by_its_token(own: Any, other: str | None, echo: bool) -> None:
    assert DirectMessage.model_validate({"client_context": own}).is_echo_of(other) is echo


def test_reading_the_content_does_not_change_a_message() -> None:
    item = {"item_id": "1", "item_type": "text", "text": "hi"}
    message, same = DirectMessage.model_validate(item), DirectMessage.model_validate(item)
    assert message.content.text == "hi"
    assert message == same
    assert message.model_dump() == same.model_dump()


def test_a_number_that_is_too_long_for_an_id_is_none() -> None:
    assert DirectMessage.model_validate({"item_id": 10**5000, "text": "x"}).text == "x"


def test_a_message_has_media_as_events_do() -> None:
    message = DirectMessage.model_validate(answers.item(1, None, item_type="media", media=answers.photo(1)))
    assert message.media is not None
    assert message.media.url == "https://cdn.example/1.jpg"
    assert DirectMessage(text="x").media is None


def test_a_thread_has_all_that_is_told_about_it() -> None:
    image = {"id": "5", "media_type": 1, **answers.photo(7)}
    thread = DirectThread.model_validate(answers.thread(thread_image=image, admin_user_ids=[5, "6", None]))
    assert (thread.has_older, thread.has_newer) == (True, False)
    assert (thread.newest_cursor, thread.oldest_cursor) == (answers.item(2)["item_id"], answers.item(1)["item_id"])
    assert (thread.next_cursor, thread.prev_cursor) == ("MAXCURSOR", answers.item(1)["item_id"])
    assert (thread.theme, thread.thread_subtype, thread.marked_as_unread) == ({"id": "0"}, 0, False)
    assert thread.last_permanent_item == thread.messages[0]
    assert thread.thread_image is not None
    assert (thread.thread_image.url, thread.thread_image.permalink) == ("https://cdn.example/7.jpg", None)
    assert thread.last_non_sender_item_at == thread.last_activity_at
    assert (thread.viewer_id, thread.admin_user_ids) == (str(answers.VIEWER), ["5", "6"])
    assert DirectThread(thread_image=thread.thread_image).thread_image == thread.thread_image


NEWEST, OLDER, OWN = answers.item(3), answers.item(2), answers.item(3, user_id=answers.VIEWER)


@pytest.mark.parametrize(
    ("changes", "unread"),
    [
        ({}, False),
        ({"last_seen_at": {}}, True),
        ({"last_seen_at": {str(answers.ALICE): answers.seen(NEWEST)}}, True),
        ({"last_seen_at": {str(answers.VIEWER): answers.seen(OLDER)}}, True),
        ({"last_seen_at": {str(answers.VIEWER): {**answers.seen(OLDER), "timestamp": "1790000099000000"}}}, True),
        ({"last_seen_at": {str(answers.VIEWER): answers.seen(answers.item(1))}}, True),
        ({"last_seen_at": {str(answers.VIEWER): answers.seen(answers.item(4))}}, False),
        ({"last_seen_at": {str(answers.VIEWER): {"item_id": answers.item(4)["item_id"]}}}, True),
        ({"items": [OWN], "last_permanent_item": OWN, "last_seen_at": {}}, False),
        ({"items": [], "last_permanent_item": None, "last_seen_at": {}}, False),
        ({"last_permanent_item": None, "last_seen_at": {}}, True),
        (
            {"items": [answers.item(5), NEWEST], "last_seen_at": {str(answers.VIEWER): answers.seen(answers.item(5))}},
            False,
        ),
        ({"marked_as_unread": True}, True),
        ({"items": [OWN], "last_permanent_item": OWN, "marked_as_unread": True}, True),
    ],
    ids=[
        "read to the end",
        "no marks",
        "only the other's mark",
        "mark on an older message",
        "which was read late",
        "mark on a message further back",
        "mark on a newer message that is gone",
        "mark without a time",
        "own message",
        "empty",
        "no permanent message told",
        "mark on a newer message that disappears",
        "marked as unread",
        "marked as unread though it ends with an own message",
    ],
)
def test_is_unread(changes: dict[str, Any], unread: bool) -> None:
    thread = answers.thread(items=[NEWEST, OLDER])
    assert DirectThread.model_validate({**thread, **changes}).is_unread is unread


def test_older_payloads_of_seen_marks() -> None:
    mark = DirectThread.model_validate(answers.thread(last_seen_at={"5": {"item_id": 1, "timestamp": 10}, "6": None}))
    assert mark.last_seen_at["5"].created_at is None
    assert mark.last_seen_at["6"].item_id == ""


def test_a_short_thread_is_part_of_a_whole_one() -> None:
    short = DirectShortThread.model_validate(answers.short_thread())
    whole = DirectThread.model_validate(answers.thread())
    assert all(getattr(short, name) == getattr(whole, name) for name in DirectShortThread.model_fields if name != "raw")
    assert short.users == [UserShort(pk=str(answers.ALICE))]


@given(json_values | st.dictionaries(st.sampled_from([*DirectThread.model_fields, "items", "thread_id"]), json_values))
def test_nothing_raises(data: Any) -> None:
    assert isinstance(DirectThread.model_validate(data), DirectThread)
    assert isinstance(DirectMessage.model_validate(data), DirectMessage)
