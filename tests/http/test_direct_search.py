from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from instagrapi.mixins.http import HttpClient
from tests.support import answers


def test_people_without_a_name_and_threads_are_left_out(member: HttpClient, server: Any) -> None:
    body = answers.recipients()
    body["ranked_recipients"] += [None, {"user": None}, {"user": "odd"}, {}]
    server.answer(body)
    assert [user.username for user in member.direct_search("e", mode="raven")] == ["alice.example", "bob_example"]
    assert server.query()["mode"] == "raven"


def test_found_messages_come_with_their_threads(member: HttpClient, server: Any) -> None:
    body = answers.message_search()
    body["message_search_results"]["message_search_result_items"] += [None, {}, {"thread": {"thread_id": "5"}}]
    server.answer(body)
    [(message, thread)] = member.direct_message_search("hello")
    assert (message.text, message.thread_id) == ("hello", thread.id)
    assert (thread.id, thread.users[0].username, thread.is_group) == (
        answers.thread()["thread_id"],
        "alice.example",
        False,
    )
    assert [found.message.text for found in [_first(member, server)]] == ["hello"]


def _first(member: HttpClient, server: Any) -> Any:
    server.answer(answers.message_search())
    return member.direct_message_search("hello")[0]


def test_presence_by_user_id(member: HttpClient, server: Any) -> None:
    server.answer(answers.presence())
    presence = member.direct_active_presence()
    alice, bob = presence[str(answers.ALICE)], presence[str(answers.BOB)]
    assert (alice.user_id, alice.is_active, bob.is_active) == (str(answers.ALICE), True, False)
    assert alice.last_activity_at == datetime.fromtimestamp(1790000000, UTC)
    assert bob.last_activity_at == datetime.fromtimestamp(1789999000, UTC)
    assert alice.in_threads == [answers.thread()["thread_id"]]
    for none in ({}, {"user_presence": None}, {"user_presence": []}):
        server.answer({"status": "ok", **none})
        assert member.direct_users_presence([1]) == {}
