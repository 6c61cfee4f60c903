"""The collected sample answers about sending and threads, each through the methods that would get it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import DirectMessageRequestsDisabled, UnknownError
from instagrapi.mixins.http import HttpClient
from tests.support.shared import REASON, SHARED

SAMPLES = SHARED / "http-samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason=REASON)

THREAD = "340282366841710300949128100000000000001"
ITEM = "32000000000000000000000000000000100"

Act = Callable[[HttpClient], Any]
SENDING: dict[str, Act] = {
    "text": lambda client: client.direct_answer(THREAD, "hi"),
    "link": lambda client: client.direct_answer(THREAD, "https://example.org"),
    "post": lambda client: client.direct_media_share("30_20", thread_ids=[THREAD]),
    "profile": lambda client: client.direct_profile_share(20000000002, thread_ids=[THREAD]),
}
SIMPLE: dict[str, Act] = {
    "hide": lambda client: client.direct_thread_hide(THREAD),
    "mute": lambda client: client.direct_thread_mute(THREAD),
    "unmute": lambda client: client.direct_thread_unmute(THREAD),
    "mark unread": lambda client: client.direct_thread_mark_unread(THREAD),
    "delete": lambda client: client.direct_message_delete(THREAD, ITEM),
}


def give(server: Any, name: str) -> None:
    (path,) = SAMPLES.glob(f"{name}_*.json")
    sample = json.loads(path.read_text())
    server.answer(sample["body"], sample["status"], sample["headers"])


@pytest.mark.parametrize("act", SENDING)
@pytest.mark.parametrize(("name", "number"), [("direct_10", 100), ("direct_11", 101)])
def test_an_acknowledged_item(member: HttpClient, server: Any, name: str, number: int, act: str) -> None:
    give(server, name)
    message = SENDING[act](member)
    assert (message.id, message.thread_id) == (f"32000000000000000000000000000000{number}", THREAD)
    assert message.timestamp is not None
    assert message.timestamp.microsecond == 123456


@pytest.mark.parametrize("act", SENDING)
@pytest.mark.parametrize(("name", "words"), [("direct_12", "can't receive your message"), ("direct_13", "unless they")])
def test_a_recipient_that_refuses(member: HttpClient, server: Any, name: str, words: str, act: str) -> None:
    give(server, name)
    with pytest.raises(DirectMessageRequestsDisabled, match=words):
        SENDING[act](member)


def test_a_route_that_is_gone(member: HttpClient, server: Any) -> None:
    give(server, "direct_14")
    with pytest.raises(UnknownError, match="This feature is no longer supported"):
        member.direct_answer(THREAD, "hi")


def test_a_new_group(member: HttpClient, server: Any) -> None:
    give(server, "direct_15")
    created = member.direct_thread_create([20000000002, 30000000003], "Synthetic group")
    assert created == "340282366841710300949128100000000000003"


def test_a_read_mark(member: HttpClient, server: Any) -> None:
    give(server, "direct_16")
    assert member.direct_message_seen(THREAD, ITEM) is True
    assert member.last_json["unseen_count"] == 0


def test_a_reaction(member: HttpClient, server: Any) -> None:
    give(server, "direct_17")
    assert member.direct_message_like(THREAD, ITEM) is True


@pytest.mark.parametrize("act", SIMPLE)
def test_a_bare_acknowledgement(member: HttpClient, server: Any, act: str) -> None:
    give(server, "direct_18")
    assert SIMPLE[act](member) is True


def test_a_changed_thread(member: HttpClient, server: Any) -> None:
    give(server, "direct_23")
    assert member.direct_thread_update_title(THREAD, "Synthetic") is True
    give(server, "direct_23")
    assert member.direct_thread_add_users(THREAD, [30000000003]) is True
    assert member.last_json["thread"]["thread_id"]
