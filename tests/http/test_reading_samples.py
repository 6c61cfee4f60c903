"""The collected answers about Direct and users, and what reading makes of them.

They are read where they lie, next to the checkout, and are no part of it.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from instagrapi import exceptions as errors
from instagrapi import types
from instagrapi.mixins.http import HttpClient
from instagrapi.types import DirectThread, UserShort
from tests.support import shared

pytestmark = shared.needs_shared


def body_of(name: str) -> Any:
    return json.loads((shared.SHARED / "http-samples" / f"{name}.json").read_text())["body"]


def give(server: Any, name: str) -> Any:
    sample = json.loads((shared.SHARED / "http-samples" / f"{name}.json").read_text())
    server.answer(sample["body"], sample["status"], sample["headers"])
    return sample["body"]


def test_the_inbox_says_where_realtime_starts(member: HttpClient, server: Any) -> None:
    body = give(server, "direct_01_inbox")
    inbox = member.direct_inbox()
    assert (inbox.seq_id, inbox.snapshot_at_ms) == (4711, 1790000000456)
    assert (inbox.unseen_count, inbox.pending_requests_total, inbox.has_older) == (1, 1, True)
    assert inbox.next_cursor == inbox.cursor == body["inbox"]["oldest_cursor"]
    assert inbox.viewer is not None
    assert inbox.viewer.username == "me.example"
    assert [thread.is_unread for thread in inbox.threads] == [True, False, False]
    assert [thread.is_unread for thread in inbox.threads] == [bool(thread.read_state) for thread in inbox.threads]
    assert inbox.threads[0].is_seen(inbox.viewer.pk) is False


@pytest.mark.parametrize("name", ["direct_03_thread", "direct_04_thread_rich_items", "direct_05_thread_sparse"])
def test_threads_parse_whole(member: HttpClient, server: Any, name: str) -> None:
    raw = give(server, name)["thread"]
    thread = member.direct_thread(raw["thread_id"], amount=len(raw["items"]))
    assert thread.id == raw["thread_id"]
    assert [message.item_type for message in thread.messages] == [item["item_type"] for item in raw["items"]]
    assert all(message.timestamp is not None and message.thread_id == thread.id for message in thread.messages)
    assert thread.folder == raw.get("folder")
    assert thread.oldest_cursor == raw["oldest_cursor"]
    last = raw["last_permanent_item"]
    assert (thread.last_permanent_item.id if thread.last_permanent_item else None) == (last and last["item_id"])
    assert len(server.requests) == 1


def test_what_upstream_lost_is_kept(member: HttpClient, server: Any) -> None:
    give(server, "direct_04_thread_rich_items")
    messages = member.direct_messages("340282366841710300949128100000000000001")
    by_type = {message.item_type: message.content for message in messages}
    assert isinstance(voice := by_type["voice_media"], types.Voice)
    assert voice.media is not None
    assert (voice.media.duration, voice.media.waveform) == (3.2, [0.1, 0.5, 0.9, 0.2])
    assert by_type["like"].text == "❤️"
    assert isinstance(log := by_type["action_log"], types.ActionLog)
    assert log.description == "Liked a message"
    assert isinstance(call := by_type["video_call_event"], types.Call)
    assert call.description == "Video chat ended"
    assert isinstance(profile := by_type["profile"], types.SharedProfile)
    assert profile.user == UserShort(pk="30000000003")


def test_requests(member: HttpClient, server: Any) -> None:
    give(server, "direct_06_pending_inbox")
    [thread] = member.direct_pending_inbox()
    assert (thread.pending, thread.users[0].username) == (True, "carol.example")
    give(server, "direct_07_pending_preview")
    preview = member.direct_pending_requests_preview()
    assert (preview.pending_requests_total, preview.unread_pending_requests) == (1, 1)


def test_participants(member: HttpClient, server: Any) -> None:
    body = give(server, "direct_08_get_by_participants_existing")
    thread = member.direct_thread_by_participants([20000000002])
    assert thread is not None
    assert thread.id == body["thread"]["thread_id"]
    give(server, "direct_09_get_by_participants_new")
    assert member.direct_thread_by_participants([40000000004]) is None


@pytest.mark.parametrize("name", ["direct_15_create_group_thread", "direct_23_thread_object_ok"])
def test_groups(name: str) -> None:
    body = body_of(name)
    thread = DirectThread.model_validate(body.get("thread", body))
    assert (thread.is_group, thread.named, thread.admin_user_ids) == (True, True, ["10000000001"])
    assert (thread.messages, thread.last_permanent_item, thread.is_unread) == ([], None, False)
    assert thread.oldest_cursor == "MINCURSOR"


def test_searches(member: HttpClient, server: Any) -> None:
    give(server, "direct_19_ranked_recipients")
    assert [user.username for user in member.direct_search("a")] == ["alice.example"]
    body = give(server, "direct_20_message_search")
    [(message, thread)] = member.direct_message_search("hello")
    assert (message.text, thread.thread_title) == ("hello from alice", "alice.example")
    found = body["message_search_results"]["message_search_result_items"][0]
    assert message.thread_id == thread.id == found["thread"]["thread_id"]


def test_presence(member: HttpClient, server: Any) -> None:
    give(server, "direct_21_presence")
    presence = member.direct_active_presence()
    assert {user: one.is_active for user, one in presence.items()} == {"20000000002": True, "30000000003": False}
    assert presence["20000000002"].in_threads == ["340282366841710300949128100000000000001"]


def test_media_of_a_thread(member: HttpClient, server: Any) -> None:
    give(server, "direct_22_thread_media")
    [media] = member.direct_media("340282366841710300949128100000000000001", amount=1)
    assert (media.kind, media.width, media.height) == (types.MediaKind.PHOTO, 1080, 1350)
    assert media.permalink is None


def test_users(member: HttpClient, server: Any) -> None:
    give(server, "user_01_usernameinfo")
    user = member.user_info_by_username("alice.example")
    assert (user.pk, user.follower_count, user.biography, user.external_url) == ("20000000002", 10, "bio", None)
    assert user.profile_pic_url_hd is not None
    assert "alice1080" in user.profile_pic_url_hd
    assert user.friendship_status is not None
    assert user.friendship_status.following is True
    give(server, "user_02_search")
    assert member.search_users("ali", 2) == [user]
    give(server, "error_12_user_not_found")
    with pytest.raises(errors.UserNotFound):
        member.user_info_by_username("nobody")


def test_a_thread_that_is_not_there(member: HttpClient, server: Any) -> None:
    give(server, "error_08_not_found_json")
    with pytest.raises(errors.DirectThreadNotFound):
        member.direct_thread("1")
