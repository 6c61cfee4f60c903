from __future__ import annotations

from typing import Any

import pytest

from instagrapi.exceptions import ChallengeRequired, ClientError, UserNotFound
from instagrapi.mixins.http import HttpClient
from tests.support import answers


def test_a_user_with_what_their_page_says(member: HttpClient, server: Any) -> None:
    server.answer(answers.profile())
    user = member.user_info(answers.ALICE)
    assert (user.pk, user.username, user.biography) == (str(answers.ALICE), "alice.example", "bio")
    assert (user.media_count, user.follower_count, user.following_count) == (3, 10, 20)
    assert user.profile_pic_url_hd == "https://cdn.example/1080.jpg"
    assert user.external_url is None
    assert server.paths == [f"GET /api/v1/users/{answers.ALICE}/info/"]
    assert server.query()["from_module"] == "feed_timeline"


def test_the_own_page_is_asked_for_as_such(member: HttpClient, server: Any) -> None:
    server.answer(answers.profile())
    member.user_info(str(member.user_id))
    assert (server.query()["from_module"], server.query()["entry_point"]) == ("self_profile", "self_profile")


@pytest.mark.parametrize("name", ["alice.example", "@Alice.Example", "  ALICE.EXAMPLE "])
def test_a_name_in_any_form(member: HttpClient, server: Any, name: str) -> None:
    server.answer(answers.profile())
    assert member.user_id_from_username(name) == str(answers.ALICE)
    assert server.paths == ["GET /api/v1/users/alice.example/usernameinfo/"]


@pytest.mark.parametrize("odd", ["", "@", "..", ".", "a/b", "a b", "ä", "a?b"])
def test_a_name_that_nobody_can_have_is_not_asked_for(member: HttpClient, server: Any, odd: str) -> None:
    with pytest.raises(ValueError, match="letters"):
        member.user_info_by_username(odd)
    assert server.requests == []


@pytest.mark.parametrize("status", [404, 400, 200])
def test_nobody_is_found(member: HttpClient, server: Any, status: int) -> None:
    body = {"message": "User not found", "status": "fail", "error_type": "generic_request_error"}
    server.answer(body, status=status)
    with pytest.raises(UserNotFound) as caught:
        member.user_info(1)
    assert (caught.value.code, caught.value.body) == (status, body)


@pytest.mark.parametrize("body", [{}, {"user": None}, {"user": {}}, {"user": []}])
def test_an_answer_without_a_user(member: HttpClient, server: Any, body: dict[str, Any]) -> None:
    server.answer({"status": "ok", **body})
    with pytest.raises(UserNotFound, match="no user in it"):
        member.user_info(1)


def test_other_failures_stay_what_they_are(member: HttpClient, server: Any) -> None:
    server.answer(b"Not Found", status=404)
    with pytest.raises(ChallengeRequired):
        member.user_info(1)
    server.answer({"message": "oops", "status": "fail"}, status=400)
    with pytest.raises(ClientError) as caught:
        member.user_info(1)
    assert not isinstance(caught.value, UserNotFound)


def test_odd_entries_of_a_search_are_left_out(member: HttpClient, server: Any) -> None:
    body = answers.user_search()
    body["users"] += [None, "odd", {"username": "without id"}]
    server.answer(body)
    assert [user.username for user in member.search_users("ali")] == ["alice.example"]
    assert server.query() == {"query": "ali", "count": "50"}
