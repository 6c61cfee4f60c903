"""What is done with threads, field by field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientNotFoundError,
    DirectMessageNotFound,
    DirectThreadNotFound,
)
from instagrapi.mixins.http import HttpClient
from instagrapi.realtime import events
from instagrapi.realtime.events.base import Receiver
from tests.support.mutations import mutated

THREAD = "340282366841710300949128100000000000001"
ITEM = "32000000000000000000000000000000100"
OTHERS = ["20000000002", 30000000003]

Act = Callable[[HttpClient], Any]
#: How, the end of the path, the fields besides ``_uuid``, and whether they travel signed.
FORMS: dict[str, tuple[Act, str, dict[str, str], bool]] = {
    "rename": (lambda c: c.direct_thread_update_title(THREAD, "Ours ✓"), "update_title", {"title": "Ours ✓"}, False),
    "add": (
        lambda c: c.direct_thread_add_users(int(THREAD), OTHERS),
        "add_user",
        {"user_ids": '["20000000002","30000000003"]'},
        False,
    ),
    "approve": (
        lambda c: c.direct_thread_approve_participants(THREAD, "20000000002"),
        "approve_participant_requests",
        {"user_ids": '["20000000002"]', "share_join_chat_story": "true"},
        False,
    ),
    "leave": (lambda c: c.direct_thread_leave(THREAD), "leave", {}, False),
    "hide": (
        lambda c: c.direct_thread_hide(THREAD),
        "hide",
        {"should_move_future_requests_to_spam": "false"},
        False,
    ),
    "hide as spam": (
        lambda c: c.direct_thread_hide(THREAD, move_to_spam=True),
        "hide",
        {"should_move_future_requests_to_spam": "true"},
        False,
    ),
    "mute": (lambda c: c.direct_thread_mute(THREAD), "mute", {}, True),
    "mute, reverted": (lambda c: c.direct_thread_mute(THREAD, True), "unmute", {}, True),
    "unmute": (lambda c: c.direct_thread_unmute(THREAD), "unmute", {}, True),
    "mute calls": (lambda c: c.direct_thread_mute_video_call(THREAD), "mute_video_call", {}, True),
    "mute calls, reverted": (
        lambda c: c.direct_thread_mute_video_call(THREAD, revert=True),
        "unmute_video_call",
        {},
        True,
    ),
    "unmute calls": (lambda c: c.direct_thread_unmute_video_call(THREAD), "unmute_video_call", {}, True),
    "mark unread": (lambda c: c.direct_thread_mark_unread(THREAD), "mark_unread", {}, True),
    "delete": (lambda c: c.direct_message_delete(THREAD, ITEM), f"items/{ITEM}/delete", {}, True),
    "unsend": (lambda c: c.direct_message_unsend(int(THREAD), int(ITEM)), f"items/{ITEM}/delete", {}, True),
}
#: Those that name a message.
SEEN: dict[str, Act] = {
    "message seen": lambda c: c.direct_message_seen(THREAD, int(ITEM)),
    "seen up to an item": lambda c: c.direct_send_seen(int(THREAD), ITEM),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_form(member: HttpClient, server: Any, name: str) -> None:
    act, ending, fields, is_signed = FORMS[name]
    server.answer()
    assert act(member) is True
    assert server.paths == [f"POST /api/v1/direct_v2/threads/{THREAD}/{ending}/"]
    assert server.query() == {}
    assert (server.signed() if is_signed else server.form()) == {"_uuid": member.uuid, **fields}


@pytest.mark.parametrize("name", SEEN)
def test_the_form_of_a_read_mark(member: HttpClient, server: Any, name: str) -> None:
    server.answer({"action": "item_ack", "payload": {"count": 0}, "unseen_count": 0, "status": "ok"})
    assert SEEN[name](member) is True
    assert server.paths == [f"POST /api/v1/direct_v2/threads/{THREAD}/items/{ITEM}/seen/"]
    form = server.form()
    assert len(form["client_context"]) == 19
    assert form == {
        "_uuid": member.uuid,
        "thread_id": THREAD,
        "action": "mark_seen",
        "client_context": form["client_context"],
        "offline_threading_id": form["client_context"],
    }


@pytest.mark.parametrize("answer", [{"thread_id": THREAD}, {"thread": {"thread_id": int(THREAD)}}])
def test_a_group_is_made(member: HttpClient, server: Any, answer: dict[str, Any]) -> None:
    server.answer({**answer, "status": "ok"})
    assert member.direct_thread_create(OTHERS, "Synthetic group") == THREAD
    assert server.paths == ["POST /api/v1/direct_v2/create_group_thread/"]
    form = server.signed()
    assert len(form["client_context"]) == 19
    assert form == {
        "_uuid": member.uuid,
        "_uid": "10000000001",
        "client_context": form["client_context"],
        "is_partnership_folder": "false",
        "recipient_users": '["20000000002","30000000003"]',
        "thread_title": "Synthetic group",
    }


def test_an_answer_without_the_group_is_an_error(member: HttpClient, server: Any) -> None:
    server.answer()
    with pytest.raises(ClientError, match="does not name the new thread"):
        member.direct_thread_create(OTHERS)


def test_an_event_unsends_with_the_same_request(member: HttpClient, server: Any) -> None:
    event = events.Message(thread_id=THREAD, item_id=ITEM).received_by(Receiver(member))
    server.answer()
    event.unsend()
    server.answer()
    member.direct_message_unsend(THREAD, ITEM)
    assert server.requests[0].url == server.requests[1].url
    assert server.signed(0) == server.signed(1)


# --- the newest message -----------------------------------------------------------------------------------------------


def test_without_an_item_the_newest_is_looked_up(member: HttpClient, server: Any) -> None:
    items: list[Any] = ["odd", {"item_id": None}, {"item_id": -1}, {"item_id": ITEM}, {"item_id": "1"}]
    server.answer({"thread": {"items": items}, "status": "ok"})
    server.answer()
    assert member.direct_send_seen(THREAD) is True
    assert server.paths == [
        f"GET /api/v1/direct_v2/threads/{THREAD}/",
        f"POST /api/v1/direct_v2/threads/{THREAD}/items/{ITEM}/seen/",
    ]


@pytest.mark.parametrize("thread", [None, {}, {"items": []}, {"items": "odd"}])
def test_without_messages_there_is_nothing_to_mark(member: HttpClient, server: Any, thread: Any) -> None:
    server.answer({"thread": thread, "status": "ok"})
    assert member.direct_send_seen(THREAD) is False
    assert len(server.requests) == 1


# --- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FORMS)
def test_a_thread_that_is_not_there(member: HttpClient, server: Any, name: str) -> None:
    server.answer({"message": "thread not found", "status": "fail"}, 404)
    kind = DirectMessageNotFound if FORMS[name][1].startswith("items/") else DirectThreadNotFound
    with pytest.raises(kind) as caught:
        FORMS[name][0](member)
    assert (caught.value.code, caught.value.body["message"]) == (404, "thread not found")
    assert caught.value.response is member.last_response
    assert isinstance(caught.value.__cause__, ClientNotFoundError)


@pytest.mark.parametrize("name", SEEN)
def test_a_message_that_is_not_there(member: HttpClient, server: Any, name: str) -> None:
    server.answer(b"<html>", 404)
    with pytest.raises(DirectMessageNotFound):
        SEEN[name](member)


def test_a_thread_that_is_not_there_has_no_newest_message(member: HttpClient, server: Any) -> None:
    server.answer({"status": "fail"}, 404)
    with pytest.raises(DirectThreadNotFound):
        member.direct_send_seen(THREAD)


WRONG: dict[str, tuple[Act, str]] = {
    "no group": (lambda c: c.direct_thread_create([1]), "two others"),
    "twice the same": (lambda c: c.direct_thread_create([1, "1"]), "two others"),
    "no user": (lambda c: c.direct_thread_create([1, "alice"]), "user_ids must be an id"),
    "nobody to add": (lambda c: c.direct_thread_add_users(THREAD, []), "at least one"),
    "nobody to approve": (lambda c: c.direct_thread_approve_participants(THREAD, None), "at least one"),
    "thread": (lambda c: c.direct_thread_hide("../x"), "thread_id must be an id"),
    "seen thread": (lambda c: c.direct_send_seen(""), "thread_id must be an id"),
    "seen item": (lambda c: c.direct_message_seen(THREAD, "x"), "message_id must be an id"),
    "deleted thread": (lambda c: c.direct_message_delete(None, ITEM), "thread_id must be an id"),
    "deleted item": (lambda c: c.direct_message_unsend(THREAD, ""), "message_id must be an id"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_right_is_not_sent(member: HttpClient, server: Any, name: str) -> None:
    act, words = WRONG[name]
    with pytest.raises(ValueError, match=words):
        act(member)
    assert server.requests == []


EVERY: dict[str, Act] = {
    **{name: form[0] for name, form in FORMS.items()},
    **SEEN,
    "create": lambda c: c.direct_thread_create(OTHERS),
}


@pytest.mark.parametrize("name", EVERY)
def test_nothing_is_sent_twice_by_itself(member: HttpClient, server: Any, name: str) -> None:
    server.fail(requests.ConnectionError("reset"))
    with pytest.raises(ClientConnectionError):
        EVERY[name](member)
    assert len(server.requests) == 1


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
@pytest.mark.parametrize("name", EVERY)
def test_an_odd_answer_is_a_result_or_a_client_error(
    member: HttpClient, server: Any, name: str, data: st.DataObject
) -> None:
    thread = {"thread_id": THREAD, "items": [{"item_id": ITEM}], "users": [{"pk": 1}]}
    whole = {**thread, "thread": thread, "action": "item_ack", "payload": {"count": 0}, "status": "ok"}
    server.answer(data.draw(mutated(whole)), data.draw(st.sampled_from([200, 400, 403])))
    try:
        result = EVERY[name](member)
    except ClientError:
        return
    assert result is True or (name == "create" and result.isdigit())


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_odd_thread_has_a_newest_message_or_none(member: HttpClient, server: Any, data: st.DataObject) -> None:
    server.answer(data.draw(mutated({"thread": {"items": [{"item_id": ITEM}, {"item_id": "1"}]}, "status": "ok"})))
    server.answer()
    try:
        member.direct_send_seen(THREAD)
    except ClientError:
        pass
    finally:
        server._answers.clear()


def test_a_title_is_not_empty(member: HttpClient, server: Any) -> None:
    with pytest.raises(ValueError, match="a title is text that is not empty"):
        member.direct_thread_update_title("1", "")
    assert server.requests == []
