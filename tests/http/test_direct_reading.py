"""Reading threads, over answers as they are reported."""

from __future__ import annotations

from typing import Any

import pytest

from instagrapi.exceptions import ClientError, DirectMessageNotFound, DirectThreadNotFound
from instagrapi.mixins.http import HttpClient
from tests.support import answers

THREAD_ID = answers.thread()["thread_id"]


def give(server: Any, *numbers: int, **more: Any) -> dict[str, Any]:
    """The next page has the messages of these numbers."""
    body = answers.single(answers.thread(items=[answers.item(number) for number in numbers], **more))
    server.answer(body)
    return body


def numbers(messages: Any) -> list[int]:
    return [int(message.id[-3:]) for message in messages]


def test_items_of_all_pages_are_collected_into_the_first_thread(member: HttpClient, server: Any) -> None:
    give(server, 9, 8, thread_title="now")
    give(server, 7, 6, thread_title="other", has_older=False)
    thread = member.direct_thread(THREAD_ID, amount=0)
    assert numbers(thread.messages) == [9, 8, 7, 6]
    assert (thread.thread_title, thread.has_older) == ("now", False)
    assert thread.raw["items"] == [answers.item(9), answers.item(8)], "what the server sent stays as it is"
    assert server.query(0).keys() == {"visual_message_return_type", "limit", "direction"}
    assert server.query(1)["cursor"] == answers.item(8)["item_id"]


@pytest.mark.parametrize(
    ("amount", "expected", "requests"), [(1, [9], 1), (2, [9, 8], 1), (3, [9, 8, 7], 2), (0, [9, 8, 7, 6], 2)]
)
def test_no_page_is_fetched_that_is_not_needed(
    member: HttpClient, server: Any, amount: int, expected: list[int], requests: int
) -> None:
    give(server, 9, 8)
    give(server, 7, 6, has_older=False)
    thread = member.direct_thread(THREAD_ID, amount)
    assert numbers(thread.messages) == expected
    assert len(server.requests) == requests
    more = expected != [9, 8, 7, 6]
    assert thread.has_older is more
    assert thread.oldest_cursor == answers.item(expected[-1])["item_id"]


@pytest.mark.parametrize(
    "last",
    [
        {"has_older": False},
        {"oldest_cursor": None},
        {"oldest_cursor": answers.item(8)["item_id"]},
        {"items": []},
        {"items": None},
    ],
    ids=["no older ones", "no cursor", "same cursor", "empty page", "no items"],
)
def test_the_messages_end(member: HttpClient, server: Any, last: dict[str, Any]) -> None:
    give(server, 9, 8)
    body = answers.single({**answers.thread(items=[answers.item(7)]), **last})
    server.answer(body)
    found = member.direct_messages(THREAD_ID, amount=0)
    assert numbers(found) == [9, 8, *([7] if last.get("items", True) else [])]
    assert len(server.requests) == 2


@pytest.mark.parametrize("amount", [0, 5])
def test_pages_that_bring_nothing_new_end_the_listing(member: HttpClient, server: Any, amount: int) -> None:
    for cursor in ("a", "b"):
        give(server, 2, 1, oldest_cursor=cursor)
    assert numbers(member.direct_messages(THREAD_ID, amount)) == [2, 1]
    for cursor in ("a", "b"):
        server.answer(answers.inbox(answers.thread(1), oldest_cursor=cursor, has_older=True))
    assert len(member.direct_threads(amount)) == 1
    for stamp in (9, 8):
        page = answers.thread_media(1)
        server.answer({"items": [{**page["items"][0], "timestamp": stamp}], "more_available": True})
    assert len(member.direct_media(THREAD_ID, amount)) == 1
    assert len(server.requests) == 6


def test_cursors_that_lead_in_a_circle_end_the_listing(member: HttpClient, server: Any) -> None:
    for number, cursor in ((3, "a"), (2, "b"), (1, "a")):
        give(server, number, oldest_cursor=cursor)
    assert numbers(member.direct_messages(THREAD_ID, amount=0)) == [3, 2, 1]
    assert len(server.requests) == 3


def test_a_message_that_moved_to_the_next_page_comes_once(member: HttpClient, server: Any) -> None:
    give(server, 9, 8)
    give(server, 8, 7, has_older=False)
    assert numbers(member.direct_messages(THREAD_ID, amount=0)) == [9, 8, 7]


def test_messages_are_fetched_when_they_are_asked_for(member: HttpClient, server: Any) -> None:
    messages = member.direct_iter_messages(THREAD_ID)
    assert server.requests == []
    give(server, 9, 8)
    assert numbers([next(messages), next(messages)]) == [9, 8]
    give(server, 7, has_older=False)
    assert numbers(messages) == [7]


def test_a_single_message_ends_the_search(member: HttpClient, server: Any) -> None:
    give(server, 9, 8)
    assert member.direct_message(THREAD_ID, int(answers.item(8)["item_id"])).text == "hello"
    give(server, 9, 8)
    give(server, 7)
    with pytest.raises(DirectMessageNotFound, match="latest 3"):
        member.direct_message(THREAD_ID, "1", amount=3)
    give(server, 9, has_older=False)
    with pytest.raises(DirectMessageNotFound, match="latest ones"):
        member.direct_message(THREAD_ID, "1", amount=0)


def test_a_missing_thread(member: HttpClient, server: Any) -> None:
    body = {"message": "endpoint not found", "status": "fail"}
    server.answer(body, status=404)
    with pytest.raises(DirectThreadNotFound) as caught:
        member.direct_thread(THREAD_ID)
    assert (caught.value.code, caught.value.body) == (404, body)
    assert caught.value.response is member.last_response
    server.answer({"status": "ok", "thread": None})
    with pytest.raises(DirectThreadNotFound, match="no thread in it"):
        member.direct_thread(THREAD_ID)


def test_other_failures_stay_what_they_are(member: HttpClient, server: Any) -> None:
    server.answer({"message": "oops", "status": "fail"}, status=500)
    with pytest.raises(ClientError) as caught:
        member.direct_thread(THREAD_ID)
    assert not isinstance(caught.value, DirectThreadNotFound)


@pytest.mark.parametrize("odd", ["", "1/../2", "x", "-1", "٣", None, True])
def test_what_is_no_thread_id_is_refused_before_anything_is_sent(member: HttpClient, server: Any, odd: Any) -> None:
    for call in (member.direct_thread, member.direct_media, member.direct_pending_approve):
        with pytest.raises(ValueError, match="thread_id must be an id"):
            call(odd)
    assert server.requests == []


def test_media_follow_the_time_of_the_last_entry(member: HttpClient, server: Any) -> None:
    server.answer(answers.thread_media(9, 8, more_available=True))
    last = answers.thread_media(7)
    last["items"] += [{"item_id": "1", "timestamp": 5}, "odd", None]
    server.answer(last)
    media = member.direct_media(THREAD_ID, amount=0)
    assert [one.url for one in media] == [f"https://cdn.example/{number}.jpg" for number in (9, 8, 7)]
    assert all(one.permalink is None for one in media), "what was sent in a message has no page"
    assert "max_timestamp" not in server.query(0)
    assert server.query(1)["max_timestamp"] == str(answers.item(8)["timestamp"])
    assert server.paths[0] == f"GET /api/v1/direct_v2/threads/{THREAD_ID}/media/"


@pytest.mark.parametrize("last", [{"items": None}, {"items": []}, {"items": [{"media": answers.photo(1)}]}])
def test_media_end_where_nothing_leads_further(member: HttpClient, server: Any, last: Any) -> None:
    server.answer({"status": "ok", **last})
    assert len(member.direct_media(THREAD_ID, amount=0)) == (1 if last["items"] else 0)


def test_people_lead_to_their_thread_or_to_none(member: HttpClient, server: Any) -> None:
    server.answer(answers.single(answers.thread()))
    thread = member.direct_thread_by_participants([answers.ALICE])
    assert thread is not None
    assert (thread.id, server.query()["recipient_users"]) == (THREAD_ID, f'["{answers.ALICE}"]')
    for none in ({"users": [answers.user()]}, {"thread": None}, {"thread": {}}):
        server.answer({"status": "ok", **none})
        assert member.direct_thread_by_participants([answers.ALICE]) is None
    with pytest.raises(ValueError, match="user_ids must be an id"):
        member.direct_thread_by_participants(["alice"])
