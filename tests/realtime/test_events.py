"""What typed events tell beyond their plain fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from instagrapi.realtime import FbnsClient, FbnsDeviceAuth, RealtimeClient, events
from instagrapi.realtime.wire.push_categories import KNOWN_COLLAPSE_KEYS
from instagrapi.types import Photo, Text
from tests.support.bodies import deflated, element, graphql, patch
from tests.support.hosts import Host
from tests.support.memory import FourMethods

T = "/direct_v2/threads/340"
NOON = datetime(2023, 11, 14, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * 1_000_000


def received(topic: str, body: bytes, **host: Any) -> list[Any]:
    got: list[Any] = []
    client: Any = (
        FbnsClient(Host(**host), transport=FourMethods(), auth=FbnsDeviceAuth())
        if topic == "76"
        else RealtimeClient(Host(**host), transport=FourMethods())
    )
    client.on(events.Event, got.append)
    client.dispatch_packet(topic, body)
    return got


def one(topic: str, body: bytes, **host: Any) -> Any:
    (event,) = received(topic, body, **host)
    return event


def item(**fields: Any) -> Any:
    return one("146", deflated([element(patch(f"{T}/items/31", {"item_id": "31", "user_id": 9, **fields}))]))


# --- messages --------------------------------------------------------------------------------------------------------


def test_a_message_carries_its_content() -> None:
    candidates = [{"width": 10, "height": 20, "url": "https://cdn.example/small.jpg"}]
    event = item(item_type="media", media={"media_type": 1, "image_versions2": {"candidates": candidates}})
    assert isinstance(event.content, Photo)
    assert event.media is event.content.media
    assert (event.media.url, event.media.width, event.media.height) == ("https://cdn.example/small.jpg", 10, 20)


def test_content_is_read_once_and_only_when_it_is_asked_for() -> None:
    event = item(item_type="text", text="hi")
    assert "content" not in event.__dict__
    assert event.content is event.content
    assert isinstance(event.content, Text)


@pytest.mark.parametrize("cls", [events.Message, events.MessageDelete, events.MessageUpdate, events.VisualMessage])
def test_without_an_item_there_is_nothing_to_look_at(cls: type[events.MessageEvent]) -> None:
    event = cls()
    assert event.content.kind == "unknown"
    assert (event.media, event.mentions, event.reactions, event.replied_to) == (None, [], [], None)


def test_an_unknown_item_type_stays_usable() -> None:
    event = item(item_type="tomorrow", tomorrow={"what": 5}, text="still read")
    assert (event.kind, event.item_type, event.text) == ("message", "tomorrow", "still read")
    assert event.item["tomorrow"] == {"what": 5}
    assert (event.content.kind, event.content.item_type) == ("unknown", "tomorrow")


def test_a_message_tells_what_it_replies_to_who_is_mentioned_and_who_has_reacted() -> None:
    quoted = {"item_id": "30", "user_id": 7, "item_type": "text", "text": "before"}
    hearts = {"likes": [{"sender_id": 9, "timestamp": NOON_US}], "likes_count": 1, "emojis": []}
    mentions = [{"fbid": 17, "offset": 0, "length": 4}]
    event = item(
        item_type="text", text="@ann", replied_to_message=quoted, reactions=hearts, mentioned_entities=mentions
    )
    assert (event.replied_to.id, event.replied_to.text, event.replied_to.content.kind) == ("30", "before", "text")
    assert [mention.user_id for mention in event.mentions] == ["17"]
    assert [(reaction.user_id, reaction.timestamp) for reaction in event.reactions] == [("9", NOON)]


@pytest.mark.parametrize("quoted", [None, {}, [], "x", 5])
def test_a_quote_of_no_shape_is_none(quoted: Any) -> None:
    assert item(item_type="text", text="x", replied_to_message=quoted).replied_to is None


def test_an_event_knows_its_account_and_the_token_that_caused_it() -> None:
    body = [element(patch(f"{T}/items/31", {"user_id": 7, "item_type": "like"}), mutation_token="6900")]
    event = one("146", deflated(body), user_id=7)
    assert (event.account_id, event.from_me, event.mutation_token) == ("7", True, "6900")
    assert event.is_echo_of("6900")


@pytest.mark.parametrize(
    ("timestamp", "moment"),
    [(NOON_US, NOON), (str(NOON_US), NOON), (NOON_US // 1000, NOON), (NOON_US // 1_000_000, NOON), ("soon", None)],
)
def test_seconds_milliseconds_and_microseconds_are_told_apart(timestamp: Any, moment: datetime | None) -> None:
    assert item(item_type="text", text="x", timestamp=timestamp).timestamp == moment


def test_the_words_of_people_stay_out_of_repr() -> None:
    event = item(item_type="text", text="secret words")
    assert "secret" not in repr(event)
    assert "secret" in event.as_dictionary()["text"]
    assert "secret" in event.model_dump_json()


# --- reactions, read marks, typing -----------------------------------------------------------------------------------


def test_a_reaction_says_who_when_and_with_what() -> None:
    value = {"sender_id": 9, "timestamp": str(NOON_US), "emoji": "🔥", "client_context": "c"}
    event = one("146", deflated([element(patch(f"{T}/items/31/reactions/emojis/9", value))]), user_id=9)
    assert (event.user_id, event.timestamp, event.symbol, event.from_me) == ("9", NOON, "🔥", True)
    assert not event.is_removed


def test_the_plain_heart_has_no_emoji_but_a_symbol() -> None:
    event = one("146", deflated([element(patch(f"{T}/items/31/reactions/likes/9", op="remove"))]))
    assert (event.emoji, event.symbol, event.is_removed, event.from_me) == (None, "❤", True, False)


def test_a_read_mark_says_when() -> None:
    value = {"item_id": 31, "timestamp": NOON_US}
    event = one("146", deflated([element(patch(f"{T}/participants/9/has_seen", value, "replace"))]))
    assert (event.user_id, event.item_id, event.timestamp) == ("9", "31", NOON)


@pytest.mark.parametrize(
    ("status", "activity"), [(0, "off"), (1, "text"), ("2", "visual"), (None, "off"), (7, None)], ids=str
)
def test_typing_says_what_is_going_on_and_until_when(status: Any, activity: str | None) -> None:
    value = {"sender_id": 9, "activity_status": status, "ttl": 22000, "timestamp": NOON_US}
    event = one("149", graphql("direct", element(patch(f"{T}/activity_indicator_id/c", value))))
    assert event.activity == activity
    assert event.expires_at == NOON + timedelta(seconds=22)


@pytest.mark.parametrize("value", [{"sender_id": 9}, {"ttl": 5}, {"ttl": 10**18, "timestamp": NOON_US}])
def test_typing_without_times_never_expires(value: dict[str, Any]) -> None:
    event = one("149", graphql("direct", element(patch(f"{T}/activity_indicator_id/c", value))))
    assert event.expires_at is None


# --- threads ---------------------------------------------------------------------------------------------------------


def test_a_whole_thread_can_be_read() -> None:
    thread = {"thread_id": "340", "thread_title": "old friends", "users": [{"pk": 9, "username": "ann"}]}
    event = one("146", deflated([element(patch("/direct_v2/inbox/threads/340", thread, "replace"))]))
    assert (event.thread.thread_title, event.thread.users[0].username) == ("old friends", "ann")
    assert event.value == thread


def test_a_part_of_a_thread_is_its_value() -> None:
    event = one("146", deflated([element(patch(f"{T}/approval_required_for_new_members", "true", "replace"))]))
    assert (event.field, event.value, event.thread) == ("approval_required_for_new_members", True, None)


def test_whom_a_change_is_about_is_in_its_path() -> None:
    event = one("146", deflated([element(patch(f"{T}/admin_user_ids/9", op="add"))]))
    assert (event.field, event.user_id, event.op) == ("admin_user_ids", "9", "add")


# --- GraphQL ---------------------------------------------------------------------------------------------------------


def test_known_queries_have_names() -> None:
    event = one("149", graphql("17913953740109069", {"zero_product_provisioning_event": {}}))
    assert (event.query_id, event.name) == ("17913953740109069", "zero_provision")
    assert one("149", graphql("1", {})).name is None


def test_live_comments_are_read() -> None:
    comment = {"pk": 5, "user_id": 9, "text": "hello", "created_at": NOON_US // 1_000_000, "user": {"username": "ann"}}
    event = one("149", graphql("17855344750227125", {"live_video_comment_event": {"comments": [comment, "odd"]}}))
    assert (event.kind, event.name) == ("graphql", "live_realtime_comments")
    (read,) = event.comments
    assert (read.pk, read.user_id, read.username, read.text, read.created_at) == ("5", "9", "ann", "hello", NOON)


@pytest.mark.parametrize("payload", [{}, [], {"live_video_comment_event": None}, {"live_video_comment_event": []}])
def test_live_comments_of_no_shape_are_none(payload: Any) -> None:
    assert one("149", graphql("17855344750227125", payload)).comments == []


# --- pushes ----------------------------------------------------------------------------------------------------------


def push(**notification: Any) -> Any:
    return one("76", deflated({"nid": 5, "bu": True, "fbpushnotif": json.dumps(notification)}))


def test_a_push_is_read_by_its_short_names() -> None:
    event = push(
        t="Instagram",
        m="ann: hi",
        tt="ann: hi",
        ig="direct_v2?id=340&x=31",
        igo="user?username=ann",
        collapse_key="direct_v2_message",
        i="https://cdn.example/i.jpg",
        a="https://cdn.example/a.jpg",
        sound="default",
        pi="5e84",
        c="direct_v2_message",
        u=7,
        s="9",
        ia="ann",
        bc='{"di":3,"ds":1,"ac":"2"}',
    )
    assert (event.thread_id, event.item_id, event.source_id, event.recipient_id) == ("340", "31", "9", "7")
    assert (event.override_path, event.override_params) == ("user", {"username": "ann"})
    assert event.counts == events.Badge(direct=3, ds=1, activities=2)
    assert (event.title, event.ticker_text, event.sound, event.in_app_actors) == (
        "Instagram",
        "ann: hi",
        "default",
        "ann",
    )
    assert (event.image_url, event.avatar_url) == ("https://cdn.example/i.jpg", "https://cdn.example/a.jpg")
    assert (event.notification_id, event.buffered, event.push_category) == ("5", True, "direct_v2_message")
    assert (event.category, event.is_silent) == (events.PushCategory.DIRECT, False)


def test_a_push_without_anything_is_silent() -> None:
    event = push(collapse_key="reachability_silent_push", m="")
    assert (event.category, event.is_silent) == (events.PushCategory.SILENT, True)
    assert (event.thread_id, event.item_id, event.counts) == (None, None, events.Badge())


@pytest.mark.parametrize(
    ("collapse_key", "category"),
    [
        ("direct_v2_message", "direct"),
        ("direct_v2_pending", "message_request"),
        ("comment_like", "likes"),
        ("mentioned_comment", "comments"),
        ("live_broadcast", "live"),
        ("new_follower", "accounts"),
        ("story_poll_vote", "stories"),
        ("first_post", "posts"),
        ("ad_preview", "business"),
        ("usertag", "other"),
        ("of_tomorrow", "other"),
        (None, "other"),
    ],
)
def test_pushes_have_categories(collapse_key: str | None, category: str) -> None:
    assert push(collapse_key=collapse_key, m="x").category == category


def test_a_push_that_is_not_about_direct_has_no_thread() -> None:
    event = push(collapse_key="like", m="ann liked", ig="media?id=5_9")
    assert (event.thread_id, event.item_id, event.action_params) == (None, None, {"id": "5_9"})


def test_collapse_keys_are_known_once() -> None:
    assert len(KNOWN_COLLAPSE_KEYS) >= 40
