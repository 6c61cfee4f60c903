"""Reading inboxes, requests, searches, presence and users, with requests as the client."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.handshake import bearer
from tests.support import shared

Get = Callable[..., Any]


@pytest.fixture
def call(emu: Emulator, bot: Actor) -> Iterator[Callable[..., requests.Response]]:
    with requests.Session() as session:
        session.headers["Authorization"] = bearer(bot.account, bot.new_session())

        def call(method: str, path: str, **options: Any) -> requests.Response:
            url = f"{emu.endpoints.http}/api/v1/{path}"
            return session.request(method, url, verify=emu.endpoints.ca_file, timeout=5, **options)

        yield call


@pytest.fixture
def get(call: Callable[..., requests.Response]) -> Get:
    def get(path: str, **query: Any) -> Any:
        answer = call("GET", path, params=query)
        assert answer.status_code == 200
        return answer.json()

    return get


@pytest.fixture
def populated(emu: Emulator, alice: Actor, bot: Actor) -> None:
    """A thread with a photo, a group, a request and a hidden one."""
    alice.send(bot, "hello from alice")
    alice.send_photo(bot)
    emu.group(bot, alice, emu.account("bob"), title="Synthetic group")
    emu.account("carol").request(bot, "can I message you?")
    emu.account("dave").request(bot, "buy now", hidden=True)
    alice.presence()


def usernames(body: Any) -> list[list[str]]:
    return [[user["username"] for user in thread["users"]] for thread in body["inbox"]["threads"]]


@pytest.mark.usefixtures("populated")
def test_boxes_are_apart(get: Get) -> None:
    assert usernames(get("direct_v2/inbox/")) == [["alice", "bob"], ["alice"]]
    assert usernames(get("direct_v2/pending_inbox/")) == [["carol"]]
    spam = get("direct_v2/spam_inbox/")
    assert usernames(spam) == [["dave"]]
    assert "seq_id" not in spam, "message sync is about the inbox"
    assert spam["pending_requests_total"] == 1
    assert usernames(get("direct_v2/inbox/", selected_filter="unread")) == [["alice"]]
    assert usernames(get("direct_v2/inbox/", selected_filter="flagged")) == []
    assert usernames(get("direct_v2/inbox/", folder="0")) == [["alice", "bob"], ["alice"]]
    assert usernames(get("direct_v2/inbox/", folder="1")) == []


@pytest.mark.parametrize("path", ["pending_inbox", "spam_inbox"])
def test_requests_come_in_pages(emu: Emulator, bot: Actor, get: Get, path: str) -> None:
    for number in range(3):
        emu.account(f"stranger{number}").request(bot, "hi", hidden=path == "spam_inbox")
    first = get(f"direct_v2/{path}/", limit=2)["inbox"]
    assert first["has_older"] is True
    last = get(f"direct_v2/{path}/", limit=2, cursor=first["oldest_cursor"], direction="older")["inbox"]
    assert (len(first["threads"]), len(last["threads"]), last["has_older"]) == (2, 1, False)
    assert last["oldest_cursor"], "the last page has a cursor, too (reported)"


def test_an_empty_box_has_no_cursor(get: Get) -> None:
    inbox = get("direct_v2/inbox/")["inbox"]
    assert (inbox["threads"], inbox["has_older"]) == ([], False)
    assert "oldest_cursor" not in inbox


def test_a_hidden_request_is_pushed_to_nobody(
    emu: Emulator, bot: Actor, connect_fbns: Any, call: Callable[..., requests.Response]
) -> None:
    client, _ = connect_fbns()
    client.publish("79", {"pkg_name": "com.instagram.android", "appid": "1"})
    token = client.json("80")["token"]
    call("POST", "push/register/", data={"device_token": token})
    dave = emu.account("dave")
    dave.request(bot, "buy now", hidden=True)
    emu.account("carol").request(bot, "hello")
    assert "carol" in json.dumps(client.json("76"))


def test_media_of_a_thread_go_back_in_time(alice: Actor, bot: Actor, get: Get) -> None:
    sent = [alice.send_photo(bot), alice.send_video(bot), alice.send_photo(bot)]
    alice.send(bot, "no medium")
    path = f"direct_v2/threads/{sent[0].thread_id}/media/"
    first = get(path, limit=2)
    assert [item["item_id"] for item in first["items"]] == [sent[2].item_id, sent[1].item_id]
    assert first["more_available"] is True
    last = get(path, limit=2, max_timestamp=first["items"][-1]["timestamp"])
    assert [item["item_id"] for item in last["items"]] == [sent[0].item_id]
    assert last["more_available"] is False


@pytest.mark.parametrize("ids", [None, "[]", "x", "{}", "5"])
def test_participants_must_be_a_list(call: Callable[..., requests.Response], ids: str | None) -> None:
    answer = call("GET", "direct_v2/threads/get_by_participants/", params={"recipient_users": ids})
    assert (answer.status_code, answer.json()["status"]) == (400, "fail")


@pytest.mark.parametrize("path", ["approve_multiple", "decline_multiple"])
def test_several_at_once_must_be_a_list_of_own_threads(
    emu: Emulator, bot: Actor, call: Callable[..., requests.Response], get: Get, path: str
) -> None:
    item = emu.account("carol").request(bot, "hi")
    url = f"direct_v2/threads/{path}/"
    assert call("POST", url, data={"_uuid": "u"}).status_code == 400
    assert call("POST", url, data={"thread_ids": f'["{item.thread_id}"]'}).status_code == 400
    both = call("POST", url, data={"_uuid": "u", "thread_ids": f'["{item.thread_id}", "5"]'})
    assert both.status_code == 404
    assert len(usernames(get("direct_v2/pending_inbox/"))) == 1
    assert call("POST", url, data={"_uuid": "u", "thread_ids": f'["{item.thread_id}"]'}).status_code == 200
    assert usernames(get("direct_v2/pending_inbox/")) == []


def test_all_requests_are_declined_but_the_hidden_ones(
    emu: Emulator, bot: Actor, call: Callable[..., requests.Response], get: Get
) -> None:
    emu.account("carol").request(bot, "hi")
    emu.account("dave").request(bot, "hi", hidden=True)
    assert call("POST", "direct_v2/threads/decline_all/", data={"_uuid": "u"}).status_code == 200
    assert get("direct_v2/async_get_pending_requests_preview/")["pending_requests_total"] == 0
    assert usernames(get("direct_v2/spam_inbox/")) == [["dave"]]


@pytest.mark.parametrize("name", ["query", "q"])
def test_users_are_searched_by_part_of_their_names(emu: Emulator, get: Get, name: str) -> None:
    for username in ("bot", "ali.one", "ali.two", "bob"):
        emu.account(username)
    found = get("users/search/", **{name: "LI.", "count": 1})
    assert ([user["username"] for user in found["users"]], found["has_more"]) == (["ali.one"], True)
    assert get("users/search/", **{name: "Ali Two"})["num_results"] == 1


def test_presence_needs_a_list(call: Callable[..., requests.Response]) -> None:
    url = "direct_v2/fetch_and_subscribe_presence/"
    assert call("POST", url, data={"_uuid": "u"}).status_code == 400
    assert call("POST", url, data={"request_data": "[1]"}).status_code == 400
    assert call("POST", url, data={"_uuid": "u", "request_data": "[1]"}).json()["user_presence"] == {}


def test_every_convention_is_about_a_path_that_there_is(emu: Emulator) -> None:
    views = emu._api._views
    assert views.conventions.keys() <= {**views.public, **views.private}.keys()
    for convention in (one for route, one in views.conventions.items() if route[0] == "GET"):
        assert (convention.signed, convention.fields) == (None, frozenset())


def keys(value: Any) -> Any:
    """The shape of a value: its keys, and those of the first object of each list."""
    if isinstance(value, dict):
        return {key: keys(inner) for key, inner in value.items()}
    return keys(value[0]) if isinstance(value, list) and value else None


def beyond(shape: Any, known: Any, path: str = "") -> list[str]:
    """Keys that a sample does not have, as paths."""
    if not isinstance(shape, dict) or not isinstance(known, dict):
        return []
    strange = [f"{path}{key}" for key in shape.keys() - known.keys()]
    return strange + [
        one for key in shape.keys() & known.keys() for one in beyond(shape[key], known[key], f"{path}{key}.")
    ]


SAMPLES = {
    "direct_01_inbox": ("direct_v2/inbox/", {}),
    "direct_06_pending_inbox": ("direct_v2/pending_inbox/", {}),
    "direct_07_pending_preview": ("direct_v2/async_get_pending_requests_preview/", {}),
    "direct_19_ranked_recipients": ("direct_v2/ranked_recipients/", {"query": "a"}),
    "direct_20_message_search": ("direct_v2/search_secondary/", {"query": "hello"}),
    "direct_21_presence": ("direct_v2/get_presence_active_now/", {}),
    "user_01_usernameinfo": ("users/alice/usernameinfo/", {}),
    "user_02_search": ("users/search/", {"query": "a"}),
    "account_01_current_user": ("accounts/current_user/", {"edit": "true"}),
}
#: What is sent beyond the samples: keys that are reported, and what a page of another account has.
BEYOND = {
    "thread_image",
    "canonical",
    "id",
    "strong_id__",
    "profile_pic_id",
    "account_type",
    "bio_links",
    "category",
} | {
    "media_count",
    "follower_count",
    "following_count",
    "hd_profile_pic_url_info",
}


@shared.needs_shared
@pytest.mark.usefixtures("populated")
@pytest.mark.parametrize("name", SAMPLES)
def test_answers_have_the_shape_of_the_samples(get: Get, name: str) -> None:
    sample = json.loads((shared.SHARED / "http-samples" / f"{name}.json").read_text())["body"]
    path, query = SAMPLES[name]
    strange = beyond(keys(get(path, **query)), keys(sample))
    assert [one for one in strange if one.split(".")[-1] not in BEYOND and not one.split(".")[-1].isdigit()] == []
