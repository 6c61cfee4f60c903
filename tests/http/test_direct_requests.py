from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import DirectThreadNotFound
from instagrapi.mixins.http import HttpClient
from tests.support import answers

Listing = Callable[..., Any]
LISTINGS = {
    "direct_pending_inbox": "pending_inbox",
    "direct_requests": "pending_inbox",
    "direct_spam_inbox": "spam_inbox",
}


@pytest.mark.parametrize("method", LISTINGS)
def test_requests_are_listed_to_their_end(member: HttpClient, server: Any, method: str) -> None:
    server.answer(answers.inbox(answers.thread(1), answers.thread(2)))
    server.answer(answers.inbox(answers.thread(3), has_older=False))
    threads = getattr(member, method)(amount=0)
    assert [thread.id[-1] for thread in threads] == ["1", "2", "3"]
    assert server.paths == [f"GET /api/v1/direct_v2/{LISTINGS[method]}/"] * 2
    assert "cursor" not in server.query(0)
    assert (server.query(1)["cursor"], server.query(1)["direction"]) == (answers.cursor(2), "older")


@pytest.mark.parametrize("method", LISTINGS)
def test_one_page_is_enough_for_few(member: HttpClient, server: Any, method: str) -> None:
    server.answer(answers.inbox(answers.thread(1), answers.thread(2)))
    assert len(getattr(member, method)(amount=2)) == 2


@pytest.mark.parametrize("method", ["direct_pending_chunk", "direct_spam_chunk"])
def test_a_chunk_says_where_the_next_one_begins(member: HttpClient, server: Any, method: str) -> None:
    server.answer(answers.inbox(answers.thread(1)))
    threads, cursor = getattr(member, method)()
    assert (len(threads), cursor) == (1, answers.cursor(1))
    for last in (answers.inbox(answers.thread(1), has_older=False), answers.inbox(), {"status": "ok"}):
        server.answer(last)
        assert getattr(member, method)(cursor)[1] is None


def test_the_preview_counts(member: HttpClient, server: Any) -> None:
    server.answer({"pending_requests_total": 3, "unread_pending_requests": "1", "status": "ok"})
    preview = member.direct_pending_requests_preview(["x"])
    assert (preview.pending_requests_total, preview.unread_pending_requests) == (3, 1)
    assert server.query() == {"pending_inbox_filters": '["x"]'}


def test_several_need_an_id_each(member: HttpClient, server: Any) -> None:
    several: tuple[Listing, ...] = (member.direct_pending_approve_multiple, member.direct_pending_decline_multiple)
    for call in several:
        for ids in ([], ["x"], ["1", ""]):
            with pytest.raises(ValueError, match="thread_ids"):
                call(ids)
    assert server.requests == []
    server.answer()
    assert member.direct_pending_approve_multiple(iter(["1", 2]), folder="1") is True
    assert server.form() == {"thread_ids": '["1","2"]', "folder": "1", "_uuid": member.uuid}


def test_a_request_that_is_gone(member: HttpClient, server: Any) -> None:
    server.answer({"message": "thread not found", "status": "fail"}, status=404)
    with pytest.raises(DirectThreadNotFound):
        member.direct_pending_decline("1")
