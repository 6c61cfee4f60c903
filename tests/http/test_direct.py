from __future__ import annotations

from typing import Any

import pytest

from instagrapi.mixins.http import HttpClient


def page(*ids: int, cursor: str | None = None, has_older: bool = True, seq_id: int = 1) -> dict[str, Any]:
    threads = [{"thread_id": number, "items": []} for number in ids]
    inbox = {"threads": threads, "oldest_cursor": cursor, "has_older": has_older}
    return {"inbox": inbox, "seq_id": seq_id, "snapshot_at_ms": 1790000000000, "status": "ok"}


def ids(threads: Any) -> list[str]:
    return [thread.id for thread in threads]


def test_one_page_is_enough_and_says_where_realtime_starts(member: HttpClient, server: Any) -> None:
    server.answer(page(1, 2, cursor="c1", seq_id=77))
    inbox = member.direct_inbox()
    assert ids(inbox.threads) == ["1", "2"]
    assert (inbox.seq_id, inbox.snapshot_at_ms, inbox.cursor) == (77, 1790000000000, "c1")
    query = server.query()
    assert len(query.pop("igd_request_log_tracking_id")) == 36
    assert server.paths == ["GET /api/v1/direct_v2/inbox/"]
    assert query == {
        "eb_device_id": "0",
        "visual_message_return_type": "unseen",
        "thread_message_limit": "10",
        "persistentBadging": "true",
        "limit": "20",
        "is_prefetching": "false",
        "include_old_mrs": "false",
        "no_pending_badge": "true",
        "push_disabled": "true",
        "fetch_reason": "initial_snapshot",
    }


def test_further_pages_follow_the_cursor_verbatim(member: HttpClient, server: Any) -> None:
    cursor = '{"cursor_thread_v2_id": 1, "cursor_relevancy_score": null}'
    server.answer(page(1, 2, cursor=cursor))
    server.answer(page(3, cursor="c2"))
    assert ids(member.direct_threads(amount=3)) == ["1", "2", "3"]
    query = server.query()
    assert (query["cursor"], query["direction"], query["fetch_reason"]) == (cursor, "older", "page_scroll")


@pytest.mark.parametrize(
    "last",
    [
        page(2, cursor="c2", has_older=False),
        page(cursor="c2"),
        page(2, cursor=None),
        page(2, cursor="c1"),
    ],
    ids=["no older ones", "empty page", "no cursor", "same cursor"],
)
def test_the_listing_ends(member: HttpClient, server: Any, last: dict[str, Any]) -> None:
    server.answer(page(1, cursor="c1"))
    server.answer(last)
    found = member.direct_threads(amount=0)
    assert len(found) == 1 + len(last["inbox"]["threads"])
    assert len(server.requests) == 2


def test_filters(member: HttpClient, server: Any) -> None:
    server.answer(page(1, has_older=False))
    member.settings["push_disabled"] = False
    member.direct_threads(selected_filter="unread", box="general", thread_message_limit=1)
    query = server.query()
    assert (query["selected_filter"], query["folder"], query["thread_message_limit"]) == ("unread", "1", "1")
    assert query["push_disabled"] == "false"
    with pytest.raises(ValueError, match="primary, general"):
        member.direct_threads(box="spam")


@pytest.mark.parametrize("inbox", [None, [], {"threads": None}, {"threads": {}}])
def test_an_odd_inbox_is_empty(member: HttpClient, server: Any, inbox: Any) -> None:
    server.answer({"inbox": inbox, "status": "ok"})
    assert member.direct_threads() == []


def test_an_odd_thread_does_not_hide_the_others(member: HttpClient, server: Any) -> None:
    answer = page(1, has_older=False)
    answer["inbox"]["threads"] += ["odd", {"thread_id": 2, "items": "odd", "users": [1]}]
    server.answer(answer)
    threads = member.direct_threads()
    assert ids(threads) == ["1", "", "2"]
    assert threads[1].raw == {"value": "odd"}
    assert threads[2].raw["items"] == "odd"
