"""Answers as the server's next version, or a broken one, might send them: no listing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import ClientError
from instagrapi.mixins.http import HttpClient
from instagrapi.types import Account, DirectInbox, DirectThread, PendingPreview, User
from tests.http.conftest import SESSION, FakeInstagram
from tests.support import answers, shared
from tests.support.mutations import mutated


class Reading(NamedTuple):
    """What reads an answer, the test's own answer, the collected one of the same kind, and what it becomes."""

    read: Callable[[HttpClient], Any]
    body: dict[str, Any]
    sample: str
    kinds: type | tuple[type, ...]


def one(client: HttpClient) -> Any:
    return client.direct_thread("1", amount=1)


READINGS = {
    "inbox": Reading(
        lambda client: client.direct_inbox(),
        answers.inbox(answers.thread(1), answers.thread(2)),
        "direct_01_inbox",
        DirectInbox,
    ),
    "threads": Reading(
        lambda client: client.direct_threads(amount=1),
        answers.inbox(answers.thread()),
        "direct_02_inbox_last_page",
        list,
    ),
    "thread": Reading(one, answers.single(answers.thread()), "direct_03_thread", DirectThread),
    "rich thread": Reading(
        one,
        answers.single(answers.thread(items=[answers.item(1, media=answers.photo(1))])),
        "direct_04_thread_rich_items",
        DirectThread,
    ),
    "sparse thread": Reading(
        one, answers.single({"thread_id": "1", "items": [answers.item(1)]}), "direct_05_thread_sparse", DirectThread
    ),
    "pending": Reading(
        lambda client: client.direct_pending_chunk(), answers.inbox(answers.thread()), "direct_06_pending_inbox", tuple
    ),
    "preview": Reading(
        lambda client: client.direct_pending_requests_preview(),
        {"pending_requests_total": 1, "unread_pending_requests": 1, "status": "ok"},
        "direct_07_pending_preview",
        PendingPreview,
    ),
    "participants": Reading(
        lambda client: client.direct_thread_by_participants([1]),
        answers.single(answers.thread()),
        "direct_08_get_by_participants_existing",
        (DirectThread, type(None)),
    ),
    "recipients": Reading(
        lambda client: client.direct_search("x"), answers.recipients(), "direct_19_ranked_recipients", list
    ),
    "message search": Reading(
        lambda client: client.direct_message_search("x"), answers.message_search(), "direct_20_message_search", list
    ),
    "presence": Reading(lambda client: client.direct_active_presence(), answers.presence(), "direct_21_presence", dict),
    "media": Reading(
        lambda client: client.direct_media("1", amount=1), answers.thread_media(1), "direct_22_thread_media", list
    ),
    "account": Reading(lambda client: client.account_info(), answers.account(), "account_01_current_user", Account),
    "user": Reading(lambda client: client.user_info(1), answers.profile(), "user_01_usernameinfo", User),
    "user search": Reading(lambda client: client.search_users("x"), answers.user_search(), "user_02_search", list),
}


def read(reading: Reading, body: Any) -> Any:
    """What the client makes of an answer; further pages are the same answer."""
    server = FakeInstagram()
    session = requests.Session()
    session.mount("https://", server)
    client = HttpClient(session=session)
    client.authorization_data = SESSION
    for _ in range(3):
        server.answer(body)
    return reading.read(client)


def sampled(name: str) -> Any:
    path = shared.SHARED / "http-samples" / f"{READINGS[name].sample}.json"
    if not path.is_file():
        pytest.skip(shared.REASON)
    return json.loads(path.read_text())["body"]


def check(name: str, body: Any) -> None:
    before, failure, result = json.dumps(body), None, None
    try:
        result = read(READINGS[name], body)
    except ClientError as error:
        failure = error
    if failure is None:
        assert isinstance(result, READINGS[name].kinds)
        assert repr(result)
    else:
        assert failure.code == 200 or "in it" in failure.message, (
            "the status changed, or all that was asked for is gone"
        )
    assert json.dumps(body) == before, "the answer was changed"


@pytest.mark.parametrize("name", READINGS)
@given(data=st.data())
def test_a_changed_answer_is_read(name: str, data: st.DataObject) -> None:
    check(name, data.draw(mutated(READINGS[name].body)))


@pytest.mark.parametrize("name", READINGS)
def test_a_changed_sample_is_read(name: str) -> None:
    body = sampled(name)

    @given(mutated(body))
    def examine(changed: Any) -> None:
        check(name, changed)

    examine()


def threads_of(body: Any) -> list[DirectThread]:
    result = read(READINGS["inbox"], body)
    assert isinstance(result, DirectInbox)
    return result.threads


def check_neighbours(body: Any, index: int, changed: Any) -> None:
    expected = threads_of(body)
    threads = body["inbox"]["threads"]
    found = threads_of(
        {**body, "inbox": {**body["inbox"], "threads": [*threads[:index], changed, *threads[index + 1 :]]}}
    )
    assert len(found) == len(expected)
    assert found[:index] + found[index + 1 :] == expected[:index] + expected[index + 1 :]
    assert found[index].raw == (changed if isinstance(changed, dict) else {"value": changed})


ODD = (None, "odd", 5, [], True)


@given(data=st.data())
def test_one_odd_thread_changes_nothing_about_the_others(data: st.DataObject) -> None:
    body = answers.inbox(answers.thread(1), answers.thread(2), answers.thread(3))
    index = data.draw(st.integers(0, 2))
    changed = data.draw(st.one_of(mutated(body["inbox"]["threads"][index]), st.sampled_from(ODD)))
    check_neighbours(body, index, changed)


def test_one_odd_thread_of_the_sample_changes_nothing_about_the_others() -> None:
    body = sampled("inbox")

    @given(st.data())
    def examine(data: st.DataObject) -> None:
        index = data.draw(st.integers(0, 2))
        check_neighbours(body, index, data.draw(mutated(body["inbox"]["threads"][index])))

    examine()


@given(data=st.data())
def test_one_odd_item_changes_nothing_about_the_others(data: st.DataObject) -> None:
    items = [answers.item(number, media=answers.photo(number)) for number in (3, 2, 1)]
    index = data.draw(st.integers(0, 2))
    changed = data.draw(st.one_of(mutated(items[index]), st.sampled_from(ODD)))
    expected = DirectThread.model_validate(answers.thread(items=items)).messages
    found = DirectThread.model_validate(
        {**answers.thread(items=items), "items": [*items[:index], changed, *items[index + 1 :]]}
    )
    assert len(found.messages) == 3
    assert found.messages[:index] + found.messages[index + 1 :] == expected[:index] + expected[index + 1 :]
    assert found.messages[index].content is not None
