"""What is sent, field by field, and what is made of the answer."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    DirectError,
    DirectMessageNotFound,
    DirectMessageRequestsDisabled,
    DirectThreadNotFound,
    UnknownError,
)
from instagrapi.mixins.http import HttpClient
from instagrapi.types import DirectMessage, Link, Text
from tests.support.mutations import mutated

THREAD = "340282366841710300949128100000000000001"
OTHER_THREAD = "340282366841710300949128100000000000002"
ITEM = "32000000000000000000000000000000100"
STORY = "3000000000000000001_20000000002"
OK = {
    "action": "item_ack",
    "status_code": "200",
    "payload": {"client_context": "c", "item_id": ITEM, "timestamp": "1790000001123456", "thread_id": THREAD},
    "status": "ok",
}
FLAGS = {"action": "send_item", "is_shh_mode": "0", "btt_dual_send": "false", "is_ae_dual_send": "false"}
TEXT_FLAGS = {**FLAGS, "is_x_transport_forward": "false", "send_silently": "false"}
REACTION = {
    **FLAGS,
    "send_attribution": "message_reaction",
    "item_type": "reaction",
    "reaction_type": "like",
    "reaction_status": "created",
    "node_type": "item",
    "item_id": ITEM,
    "emoji": "❤",
    "reaction_action_source": "double_tap",
}
TO_THREAD = {"thread_ids": f'["{THREAD}"]'}

Send = Callable[[HttpClient], Any]
#: How, to which route, with which fields besides those that every item has, and with which query.
FORMS: dict[str, tuple[Send, str, dict[str, str], dict[str, str]]] = {
    "text": (
        lambda client: client.direct_send("hi ✓", thread_ids=[THREAD]),
        "text",
        {**TEXT_FLAGS, "text": "hi ✓", "send_attribution": "message_button", **TO_THREAD},
        {},
    ),
    "text to a user": (
        lambda client: client.direct_send("hi", [20000000002]),
        "text",
        {**TEXT_FLAGS, "text": "hi", "send_attribution": "message_button", "recipient_users": '[["20000000002"]]'},
        {},
    ),
    "text to several users, from the search": (
        lambda client: client.direct_send("hi", ["2", 3], [], "inbox_search"),
        "text",
        {**TEXT_FLAGS, "text": "hi", "send_attribution": "inbox_search", "recipient_users": '[["2","3"]]'},
        {},
    ),
    "text to several threads": (
        lambda client: client.direct_send("hi", thread_ids=[int(THREAD), OTHER_THREAD]),
        "text",
        {
            **TEXT_FLAGS,
            "text": "hi",
            "send_attribution": "message_button",
            "thread_ids": f'["{THREAD}","{OTHER_THREAD}"]',
        },
        {},
    ),
    "answer": (
        lambda client: client.direct_answer(int(THREAD), "hi"),
        "text",
        {**TEXT_FLAGS, "text": "hi", "send_attribution": "message_button", **TO_THREAD},
        {},
    ),
    "link": (
        lambda client: client.direct_answer(THREAD, "see https://example.org/a, and http://b.example."),
        "link",
        {
            **TEXT_FLAGS,
            "link_text": "see https://example.org/a, and http://b.example.",
            "link_urls": '["https://example.org/a","http://b.example"]',
            "send_attribution": "message_button",
            **TO_THREAD,
        },
        {},
    ),
    "link without preview": (
        lambda client: client.direct_answer(THREAD, "https://example.org/", link_preview=False),
        "text",
        {**TEXT_FLAGS, "text": "https://example.org/", "send_attribution": "message_button", **TO_THREAD},
        {},
    ),
    "the word http": (
        lambda client: client.direct_answer(THREAD, "http is a protocol"),
        "text",
        {**TEXT_FLAGS, "text": "http is a protocol", "send_attribution": "message_button", **TO_THREAD},
        {},
    ),
    "reply that mentions somebody": (
        lambda client: client.direct_answer(
            THREAD,
            "@alice yes",
            reply_to_message=DirectMessage(id="31", client_context="68", text="well?"),
            mentioned_user_ids=[20000000002],
        ),
        "text",
        {
            **TEXT_FLAGS,
            "text": "@alice yes",
            "send_attribution": "message_button",
            "replied_to_action_source": "swipe",
            "replied_to_item_id": "31",
            "replied_to_client_context": "68",
            "mentioned_user_ids": '["20000000002"]',
            "sampled": "true",
            **TO_THREAD,
        },
        {},
    ),
    "heart": (lambda client: client.direct_send_like(thread_ids=THREAD), "like", {**FLAGS, **TO_THREAD}, {}),
    "GIF": (
        lambda client: client.direct_send_gif("3o7abKhOpu0NwenH3O", thread_ids=THREAD),
        "animated_media",
        {**FLAGS, "id": "3o7abKhOpu0NwenH3O", **TO_THREAD},
        {},
    ),
    "post": (
        lambda client: client.direct_media_share(STORY, thread_ids=[THREAD]),
        "media_share",
        {
            **FLAGS,
            "media_id": STORY,
            "send_attribution": "feed_timeline",
            "inventory_source": "media_or_ad",
            **TO_THREAD,
        },
        {"media_type": "photo"},
    ),
    "video from a profile": (
        lambda client: client.direct_media_share(STORY, [2], [], "feed_contextual_profile", "video"),
        "media_share",
        {
            **FLAGS,
            "media_id": STORY,
            "send_attribution": "feed_contextual_profile",
            "recipient_users": '[["2"]]',
        },
        {"media_type": "video"},
    ),
    "story": (
        lambda client: client.direct_story_share(STORY, thread_ids=[THREAD]),
        "story_share",
        {
            "action": "send_item",
            "is_shh_mode": "0",
            "story_media_id": STORY,
            "reel_id": "20000000002",
            "containermodule": "reel_feed_timeline",
            "send_attribution": "reel_feed_timeline",
            **TO_THREAD,
        },
        {},
    ),
    "profile": (
        lambda client: client.direct_profile_share(20000000002, thread_ids=[THREAD]),
        "profile",
        {**FLAGS, "profile_user_id": "20000000002", "send_attribution": "profile", **TO_THREAD},
        {},
    ),
    "story reply": (
        lambda client: client.direct_story_reply(STORY, "wow", "video"),
        "reel_share",
        {
            **FLAGS,
            "media_id": STORY,
            "reel_id": "20000000002",
            "text": "wow",
            "entry": "reel",
            "recipient_users": '[["20000000002"]]',
        },
        {"media_type": "video"},
    ),
    "reaction": (
        lambda client: client.direct_send_reaction(int(THREAD), int(ITEM), "🔥", "68", "tray", "text"),
        "reaction",
        {
            **REACTION,
            "emoji": "🔥",
            "reaction_action_source": "tray",
            "original_message_client_context": "68",
            "target_item_type": "text",
            **TO_THREAD,
        },
        {},
    ),
    "reaction taken back": (
        lambda client: client.direct_delete_reaction(THREAD, ITEM, "🔥"),
        "reaction",
        {**REACTION, "emoji": "🔥", "reaction_status": "deleted", **TO_THREAD},
        {},
    ),
    "like": (
        lambda client: client.direct_message_like(THREAD, ITEM),
        "reaction",
        {**REACTION, **TO_THREAD},
        {},
    ),
    "unlike": (
        lambda client: client.direct_message_unlike(THREAD, ITEM, "68"),
        "reaction",
        {**REACTION, "reaction_status": "deleted", "original_message_client_context": "68", **TO_THREAD},
        {},
    ),
}
#: Everything that sends an item and returns it, with a thread and options of one's own.
ITEMS: dict[str, Callable[..., DirectMessage]] = {
    "text": lambda client, **options: client.direct_send("hi", thread_ids=[THREAD], **options),
    "answer": lambda client, **options: client.direct_answer(THREAD, "see https://example.org/", **options),
    "like": lambda client, **options: client.direct_send_like(thread_ids=[THREAD], **options),
    "gif": lambda client, **options: client.direct_send_gif("g", thread_ids=[THREAD], **options),
    "media": lambda client, **options: client.direct_media_share(STORY, thread_ids=[THREAD], **options),
    "story": lambda client, **options: client.direct_story_share(STORY, thread_ids=[THREAD], **options),
    "profile": lambda client, **options: client.direct_profile_share(7, thread_ids=[THREAD], **options),
    "story reply": lambda client, **options: client.direct_story_reply(STORY, "wow", **options),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_form(member: HttpClient, server: Any, name: str) -> None:
    send, route, fields, query = FORMS[name]
    server.answer(OK)
    send(member)
    assert server.paths == [f"POST /api/v1/direct_v2/threads/broadcast/{route}/"]
    assert server.query() == query
    form = server.form()
    token = form.pop("client_context")
    assert (len(token), token.isdigit()) == (19, True)
    assert form.pop("mutation_token") == form.pop("offline_threading_id") == token
    assert form.pop("_uuid") == member.uuid
    assert form.pop("device_id") == member.android_device_id
    assert form == fields


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("token", ["my-own", 6800000000000000001])
def test_the_token_may_be_the_callers(member: HttpClient, server: Any, name: str, token: Any) -> None:
    server.answer(OK)
    message = ITEMS[name](member, client_context=token)
    form = server.form()
    tokens = [form[field] for field in ("client_context", "mutation_token", "offline_threading_id")]
    assert tokens == [str(token)] * 3
    assert message.client_context == str(token)
    assert message.is_echo_of(str(token))


def test_each_item_has_a_token_of_its_own(member: HttpClient, server: Any) -> None:
    tokens = set()
    for _ in range(3):
        server.answer(OK)
        tokens.add(member.direct_answer(THREAD, "hi").client_context)
    assert len(tokens) == 3


# --- the message that is returned -------------------------------------------------------------------------------------


def test_the_message_is_what_was_sent_and_what_the_answer_says(member: HttpClient, server: Any) -> None:
    server.answer(OK)
    message = member.direct_send("hi", thread_ids=[THREAD])
    assert (message.id, message.thread_id, message.user_id) == (ITEM, THREAD, "10000000001")
    assert message.timestamp == datetime(2026, 9, 21, 14, 13, 21, 123456, tzinfo=UTC)
    assert (message.item_type, message.text, message.is_sent_by_viewer) == ("text", "hi", True)
    assert isinstance(message.content, Text)
    assert message.reply is None


def test_a_sent_link_is_one(member: HttpClient, server: Any) -> None:
    server.answer(OK)
    message = member.direct_answer(THREAD, "see https://example.org/")
    assert (message.item_type, message.text) == ("link", "see https://example.org/")
    assert isinstance(message.content, Link)
    assert message.content.url == "https://example.org/"


def test_a_reply_quotes(member: HttpClient, server: Any) -> None:
    server.answer(OK)
    quoted = DirectMessage.model_validate({"item_id": "31", "client_context": "68", "text": "well?"})
    message = member.direct_answer(THREAD, "yes", reply_to_message=quoted)
    assert message.reply is not None
    assert (message.reply.id, message.reply.text) == ("31", "well?")


def test_who_was_mentioned_is_told(member: HttpClient, server: Any) -> None:
    server.answer(OK)
    message = member.direct_answer(THREAD, "@alice hi", mentioned_user_ids=[20000000002])
    assert [mention.user_id for mention in message.mentions] == ["20000000002"]


@pytest.mark.parametrize("name", ["like", "gif", "media", "story", "profile", "story reply"])
def test_what_is_shared_is_in_the_message(member: HttpClient, server: Any, name: str) -> None:
    server.answer(OK)
    kinds = {
        "like": "like",
        "gif": "animation",
        "media": "post",
        "story": "story_share",
        "profile": "profile",
        "story reply": "story_reply",
    }
    assert ITEMS[name](member).content.kind == kinds[name]


def test_the_answer_may_say_it_in_another_place(member: HttpClient, server: Any) -> None:
    metadata = [{**OK["payload"], "participant_ids": ["2"]}, {"item_id": "33", "thread_id": OTHER_THREAD}]  # type: ignore[dict-item]
    server.answer({"action": "item_ack", "message_metadata": metadata, "status": "ok"})
    message = member.direct_send("hi", thread_ids=[THREAD, OTHER_THREAD])
    assert (message.id, message.thread_id) == (ITEM, THREAD)
    assert message.timestamp is not None


def test_an_answer_that_says_nothing_still_means_sent(member: HttpClient, server: Any) -> None:
    server.answer({"status": "ok"})
    message = member.direct_answer(THREAD, "hi")
    assert (message.id, message.thread_id, message.timestamp, message.text) == ("", THREAD, None, "hi")
    server.answer({"status": "ok"})
    assert member.direct_send("hi", [2]).thread_id == ""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", FORMS)
def test_an_odd_answer_is_a_message_or_a_client_error(
    member: HttpClient, server: Any, name: str, data: st.DataObject
) -> None:
    body = data.draw(st.one_of(mutated(OK), mutated({"message_metadata": [OK["payload"]], "status": "ok"})))
    server.answer(body, data.draw(st.sampled_from([200, 400, 403])))
    try:
        result = FORMS[name][0](member)
    except ClientError:
        return
    assert result is True or result.client_context


# --- what is refused --------------------------------------------------------------------------------------------------

WRONG: dict[str, tuple[Send, str]] = {
    "nobody": (lambda client: client.direct_send("hi"), "either user_ids or thread_ids"),
    "both": (lambda client: client.direct_send("hi", [1], [2]), "either user_ids or thread_ids"),
    "no text": (lambda client: client.direct_send(" ", [1]), "text must be text"),
    "a path": (lambda client: client.direct_answer("1/../2", "hi"), "thread_ids must be an id"),
    "user": (lambda client: client.direct_send("hi", ["alice"]), "user_ids must be an id"),
    "mention": (lambda client: client.direct_send("hi", [1], mentioned_user_ids=["@a"]), "mentioned_user_ids"),
    "token": (lambda client: client.direct_send("hi", [1], client_context=" "), "client_context must not be empty"),
    "quoted without token": (
        lambda client: client.direct_send("hi", [1], reply_to_message=DirectMessage(id="31")),
        "client_context together",
    ),
    "quoted without id": (
        lambda client: client.direct_send("hi", [1], reply_to_message=DirectMessage(client_context="68")),
        "client_context together",
    ),
    "GIF": (lambda client: client.direct_send_gif("", [1]), "gif_id"),
    "post without owner": (lambda client: client.direct_media_share("30", [1]), "media_id must be"),
    "kind of post": (lambda client: client.direct_media_share(STORY, [1], media_type="reel"), "photo or video"),
    "story without owner": (lambda client: client.direct_story_share("30", [1]), "story_id must be"),
    "story reply without text": (lambda client: client.direct_story_reply(STORY, ""), "text must be text"),
    "kind of story": (lambda client: client.direct_story_reply(STORY, "hi", "reel"), "photo or video"),
    "profile": (lambda client: client.direct_profile_share("alice", [1]), "user_id must be an id"),
    "emoji": (lambda client: client.direct_send_reaction(1, 2, ""), "emoji"),
    "message": (lambda client: client.direct_send_reaction(1, "2/x"), "message_id must be an id"),
    "thread": (lambda client: client.direct_delete_reaction("", 2), "thread_id must be an id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_right_is_not_sent(member: HttpClient, server: Any, name: str) -> None:
    send, words = WRONG[name]
    with pytest.raises(ValueError, match=words):
        send(member)
    assert server.requests == []


REFUSAL = "This person can't receive your message."
REFUSALS: dict[str, tuple[int, dict[str, Any], type[ClientError], str]] = {
    "in the payload": (403, {"payload": {"message": REFUSAL}}, DirectMessageRequestsDisabled, REFUSAL),
    "in the payload of a success": (200, {"payload": {"message": REFUSAL}}, DirectMessageRequestsDisabled, REFUSAL),
    "for another reason": (403, {"payload": {"message": "Not today."}}, DirectError, "Not today."),
    "as a message": (
        400,
        {"message": "You can't message this account unless they follow you."},
        DirectMessageRequestsDisabled,
        "unless they follow you",
    ),
    "a route that is gone": (400, {"message": "This feature is no longer supported."}, UnknownError, "no longer"),
    "no thread": (404, {"message": "thread not found"}, DirectThreadNotFound, "no such thread"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_why_an_item_is_refused(member: HttpClient, server: Any, name: str) -> None:
    status, body, kind, words = REFUSALS[name]
    server.answer({**body, "status": "fail"}, status)
    with pytest.raises(kind, match=words) as caught:
        member.direct_answer(THREAD, "hi")
    assert type(caught.value) is kind
    assert caught.value.code == status
    assert caught.value.body["status"] == "fail"


def test_a_reaction_to_nothing(member: HttpClient, server: Any) -> None:
    server.answer({"message": "target item is not supported", "status": "fail"}, 404)
    with pytest.raises(DirectMessageNotFound):
        member.direct_message_like(THREAD, ITEM)


@pytest.mark.parametrize("name", FORMS)
def test_nothing_is_sent_twice_by_itself(member: HttpClient, server: Any, name: str) -> None:
    server.fail(requests.ConnectionError("reset"))
    with pytest.raises(ClientConnectionError) as caught:
        FORMS[name][0](member)
    assert len(server.requests) == 1
    assert "hi" not in str(caught.value)


def test_the_form_is_sent_as_utf_8(member: HttpClient, server: Any) -> None:
    server.answer(OK)
    member.direct_answer(THREAD, "é & ✓ +")
    assert "text=%C3%A9+%26+%E2%9C%93+%2B" in server.last.body
    assert server.last.headers["Content-Type"] == "application/x-www-form-urlencoded; charset=UTF-8"
    assert json.loads(server.form()["thread_ids"]) == [THREAD]
