"""Every method that reads, over verified TLS: what it sends, field by field, and what it makes of the answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests.adapters import HTTPAdapter

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.model import Thread
from instagrapi.exceptions import DirectMessageNotFound, DirectThreadNotFound, UserNotFound
from instagrapi.types import DirectInbox, DirectThread, MediaKind, Photo, Text, UserShort, Voice
from tests.support.leaks import nothing_left_behind

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NOWHERE = "9" * 39


class AnyUuid:
    """Equal to every UUID."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and UUID.fullmatch(other) is not None

    def __repr__(self) -> str:
        return "any UUID"


ANY_UUID: Any = AnyUuid()


class Recorder(HTTPAdapter):
    """An ordinary adapter that remembers what it sent."""

    def __init__(self) -> None:
        super().__init__()
        self.requests: list[requests.PreparedRequest] = []

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        assert options["verify"], "TLS is verified"
        self.requests.append(request)
        return super().send(request, *args, **options)


class Stage(NamedTuple):
    emulator: Emulator
    me: Actor
    alice: Actor
    bob: Actor
    carol: Actor
    dave: Actor
    thread: Thread
    group: Thread
    client: Client
    recorder: Recorder

    def new_request(self, number: int) -> str:
        """The thread id of a message request to ``me``."""
        return self.emulator.account(f"stranger{number}").request(self.me, "may I?").thread_id


def logged_in(emulator: Emulator, actor: Actor, adapter: HTTPAdapter | None = None) -> Client:
    session = requests.Session()
    if adapter is not None:
        session.mount("https://", adapter)
    client = Client(session=session, profile=emulator.profile)
    client.login(actor.username, actor.password)
    return client


@pytest.fixture
def stage() -> Iterator[Stage]:
    with nothing_left_behind(), Emulator(random=random.Random(1)) as emulator:
        me, alice, bob, carol, dave = map(emulator.account, ("me", "alice", "bob", "carol", "dave"))
        thread = me.thread_with(alice)
        alice.send(me, "hello from alice")
        alice.send_photo(me)
        group = emulator.group(me, alice, bob, title="Synthetic group")
        bob.send(group, "hello group")
        carol.request(me, "can I message you?")
        dave.request(me, "buy now", hidden=True)
        alice.presence()
        recorder = Recorder()
        client = logged_in(emulator, me, recorder)
        recorder.requests.clear()
        yield Stage(emulator, me, alice, bob, carol, dave, thread, group, client, recorder)
        client._http._session.close()


class Sent(NamedTuple):
    """A call, and the one request that it has to be."""

    call: Callable[[Stage], Any]
    method: str
    path: Callable[[Stage], str] | str
    fields: Callable[[Stage], dict[str, Any]] | dict[str, Any]


INBOX = {
    "eb_device_id": "0",
    "igd_request_log_tracking_id": ANY_UUID,
    "visual_message_return_type": "unseen",
    "thread_message_limit": "10",
    "persistentBadging": "true",
    "limit": "20",
    "is_prefetching": "false",
    "fetch_reason": "initial_snapshot",
    "include_old_mrs": "false",
    "no_pending_badge": "true",
    "push_disabled": "true",
}
PAGE = {"visual_message_return_type": "unseen", "direction": "older", "limit": "20"}
PENDING = {
    "visual_message_return_type": "unseen",
    "persistentBadging": "true",
    "is_prefetching": "false",
    "request_session_id": ANY_UUID,
}
SPAM = {name: value for name, value in PENDING.items() if name != "request_session_id"}
SOMEBODY = {
    "from_module": "feed_timeline",
    "entry_point": "profile",
    "is_prefetch": "false",
    "is_app_start": "false",
}


def uuid(stage: Stage, **more: Any) -> dict[str, Any]:
    return {"_uuid": stage.client.uuid, **more}


def path(rest: str = "", of: str = "thread") -> Callable[[Stage], str]:
    return lambda stage: f"direct_v2/threads/{getattr(stage, of).thread_id}/{rest}"


CALLS = {
    "direct_inbox": Sent(lambda s: s.client.direct_inbox(), "GET", "direct_v2/inbox/", INBOX),
    "direct_inbox, all arguments": Sent(
        lambda s: s.client.direct_inbox("unread", "primary", 1, '{"a": 1}'),
        "GET",
        "direct_v2/inbox/",
        {
            **INBOX,
            "selected_filter": "unread",
            "folder": "0",
            "thread_message_limit": "1",
            "cursor": '{"a": 1}',
            "direction": "older",
            "fetch_reason": "page_scroll",
        },
    ),
    "direct_threads": Sent(lambda s: s.client.direct_threads(), "GET", "direct_v2/inbox/", INBOX),
    "direct_threads_chunk": Sent(
        lambda s: s.client.direct_threads_chunk(box="general"), "GET", "direct_v2/inbox/", {**INBOX, "folder": "1"}
    ),
    "direct_thread": Sent(lambda s: s.client.direct_thread(s.thread.thread_id), "GET", path(), PAGE),
    "direct_thread, v2 id": Sent(
        lambda s: s.client.direct_thread(int(s.thread.thread_v2_id)),
        "GET",
        lambda s: f"direct_v2/threads/{s.thread.thread_v2_id}/",
        PAGE,
    ),
    "direct_messages": Sent(lambda s: s.client.direct_messages(s.thread.thread_id), "GET", path(), PAGE),
    "direct_message": Sent(
        lambda s: s.client.direct_message(s.thread.thread_id, s.thread.items[0].item_id), "GET", path(), PAGE
    ),
    "direct_media": Sent(
        lambda s: s.client.direct_media(s.thread.thread_id),
        "GET",
        path("media/"),
        {"limit": "20", "media_type": "media_shares", "igd_request_log_tracking_id": ANY_UUID},
    ),
    "direct_thread_by_participants": Sent(
        lambda s: s.client.direct_thread_by_participants([s.alice.pk]),
        "GET",
        "direct_v2/threads/get_by_participants/",
        lambda s: {"recipient_users": f'["{s.alice.pk}"]', "limit": "20"},
    ),
    "direct_search": Sent(
        lambda s: s.client.direct_search("ali"),
        "GET",
        "direct_v2/ranked_recipients/",
        {
            "mode": "universal",
            "query": "ali",
            "show_threads": "true",
            "max_ig_results": "10",
            "max_ig_bus_results": "10",
            "max_ibc_results": "20",
            "max_fb_results": "0",
            "max_ai_bot_results": "0",
        },
    ),
    "direct_message_search": Sent(
        lambda s: s.client.direct_message_search("hello"),
        "GET",
        "direct_v2/search_secondary/",
        {
            "query": "hello",
            "result_types": '["message_content","reshared_content"]',
            "offsets": '{"message_content":0,"reshared_content":0}',
            "hide_locked_threads": '{"message_content":false,"reshared_content":false}',
        },
    ),
    "direct_users_presence": Sent(
        lambda s: s.client.direct_users_presence([s.alice.pk, str(s.bob.pk)]),
        "POST",
        "direct_v2/fetch_and_subscribe_presence/",
        lambda s: uuid(
            s,
            device_id=s.client.android_device_id,
            subscriptions_off="false",
            request_data=f'["{s.alice.pk}","{s.bob.pk}"]',
        ),
    ),
    "direct_active_presence": Sent(
        lambda s: s.client.direct_active_presence(),
        "GET",
        "direct_v2/get_presence_active_now/",
        {"recent_thread_limit": "0", "suggested_followers_limit": "100"},
    ),
    "direct_pending_inbox": Sent(lambda s: s.client.direct_pending_inbox(), "GET", "direct_v2/pending_inbox/", PENDING),
    "direct_requests": Sent(lambda s: s.client.direct_requests(), "GET", "direct_v2/pending_inbox/", PENDING),
    "direct_pending_chunk": Sent(
        lambda s: s.client.direct_pending_chunk("c1"),
        "GET",
        "direct_v2/pending_inbox/",
        {**PENDING, "cursor": "c1", "direction": "older"},
    ),
    "direct_spam_inbox": Sent(lambda s: s.client.direct_spam_inbox(), "GET", "direct_v2/spam_inbox/", SPAM),
    "direct_spam_chunk": Sent(
        lambda s: s.client.direct_spam_chunk("c1"),
        "GET",
        "direct_v2/spam_inbox/",
        {**SPAM, "cursor": "c1", "direction": "older"},
    ),
    "direct_pending_requests_preview": Sent(
        lambda s: s.client.direct_pending_requests_preview(),
        "GET",
        "direct_v2/async_get_pending_requests_preview/",
        {"pending_inbox_filters": "[]"},
    ),
    "direct_pending_approve": Sent(
        lambda s: s.client.direct_pending_approve(s.thread.thread_id),
        "POST",
        path("approve/"),
        lambda s: uuid(s, filter="DEFAULT"),
    ),
    "direct_request_approve": Sent(
        lambda s: s.client.direct_request_approve(s.thread.thread_id),
        "POST",
        path("approve/"),
        lambda s: uuid(s, filter="DEFAULT"),
    ),
    "direct_pending_approve_multiple": Sent(
        lambda s: s.client.direct_pending_approve_multiple([s.thread.thread_id, int(s.group.thread_id)]),
        "POST",
        "direct_v2/threads/approve_multiple/",
        lambda s: uuid(s, thread_ids=f'["{s.thread.thread_id}","{s.group.thread_id}"]', folder=""),
    ),
    "direct_pending_decline_all": Sent(
        lambda s: s.client.direct_pending_decline_all(), "POST", "direct_v2/threads/decline_all/", uuid
    ),
    "account_info": Sent(lambda s: s.client.account_info(), "GET", "accounts/current_user/", {"edit": "true"}),
    "user_info": Sent(
        lambda s: s.client.user_info(str(s.alice.pk)), "GET", lambda s: f"users/{s.alice.pk}/info/", SOMEBODY
    ),
    "user_info, own": Sent(
        lambda s: s.client.user_info(s.me.pk),
        "GET",
        lambda s: f"users/{s.me.pk}/info/",
        {**SOMEBODY, "from_module": "self_profile", "entry_point": "self_profile"},
    ),
    "user_info_by_username": Sent(
        lambda s: s.client.user_info_by_username(" @Alice"), "GET", "users/alice/usernameinfo/", {}
    ),
    "user_id_from_username": Sent(
        lambda s: s.client.user_id_from_username("alice"), "GET", "users/alice/usernameinfo/", {}
    ),
    "search_users": Sent(
        lambda s: s.client.search_users("ali", 2), "GET", "users/search/", {"query": "ali", "count": "2"}
    ),
}


def fields_of(request: requests.PreparedRequest) -> dict[str, str]:
    text = urlsplit(str(request.url)).query if request.method == "GET" else str(request.body)
    return dict(parse_qsl(text, keep_blank_values=True))


@pytest.mark.parametrize("name", CALLS)
def test_a_method_sends_one_request_with_these_fields(stage: Stage, name: str) -> None:
    sent = CALLS[name]
    sent.call(stage)
    [request] = stage.recorder.requests
    wanted_path = sent.path if isinstance(sent.path, str) else sent.path(stage)
    wanted = sent.fields if isinstance(sent.fields, dict) else sent.fields(stage)
    assert request.method == sent.method
    assert urlsplit(str(request.url)).path == f"/api/v1/{wanted_path}"
    assert fields_of(request) == wanted
    assert request.headers["Authorization"].startswith("Bearer IGT:2:")
    is_form = request.headers.get("Content-Type") == "application/x-www-form-urlencoded; charset=UTF-8"
    assert is_form is (sent.method == "POST")
    assert stage.emulator.http_calls[-1].status == 200


@pytest.mark.parametrize("method", ["direct_pending_decline", "direct_pending_decline_multiple"])
def test_declining_sends_one_request_with_these_fields(stage: Stage, method: str) -> None:
    thread_id = stage.new_request(1)
    if method == "direct_pending_decline":
        stage.client.direct_pending_decline(thread_id)
        wanted = f"direct_v2/threads/{thread_id}/decline/", uuid(stage)
    else:
        stage.client.direct_pending_decline_multiple([thread_id])
        wanted = "direct_v2/threads/decline_multiple/", uuid(stage, thread_ids=f'["{thread_id}"]')
    [request] = stage.recorder.requests
    assert (urlsplit(str(request.url)).path.removeprefix("/api/v1/"), fields_of(request)) == wanted


def test_what_one_sends_the_other_reads(stage: Stage) -> None:
    carol = logged_in(stage.emulator, stage.carol)
    with carol._http._session:
        [thread] = stage.client.direct_requests()
        assert (thread.pending, thread.users[0].username) == (True, "carol")
        assert carol.direct_threads()[0].is_unread is False, "her own message"
        stage.client.direct_pending_approve(thread.id)
        assert stage.client.direct_requests() == []
        assert stage.client.direct_threads(amount=1)[0].id == thread.id
        stage.me.send(stage.me.thread_with(stage.carol), "of course")
        answered = carol.direct_thread(thread.id)
    assert [message.text for message in answered.messages] == ["of course", "can I message you?"]
    assert [message.is_sent_by_viewer for message in answered.messages] == [False, True]
    assert answered.is_unread
    assert all(message.timestamp and message.timestamp.tzinfo for message in answered.messages)


def test_what_http_reads_is_what_realtime_brings(stage: Stage) -> None:
    inbox = stage.client.direct_inbox()
    assert isinstance(inbox, DirectInbox)
    assert inbox.viewer == UserShort(pk=str(stage.me.pk))
    arrived: list[Any] = []
    realtime = stage.client.realtime_connect()
    realtime.on("message", arrived.append)
    realtime.iris_subscribe(inbox.seq_id, inbox.snapshot_at_ms)
    stage.alice.send_voice(stage.me, seconds=3.2)
    stage.alice.send(stage.me, "and words")
    while len(arrived) < 2:
        realtime.read_once(timeout=10)
    stage.client.realtime_disconnect()
    words, voice = stage.client.direct_messages(stage.thread.thread_id, amount=2)
    assert isinstance(words.content, Text)
    assert isinstance(voice.content, Voice)
    assert voice.media is not None
    assert voice.media.duration == 3.2
    ids = [event["message"]["item_id"] for event in arrived]
    assert ids == [voice.id, words.id]


def test_threads_are_read_to_their_ends(stage: Stage) -> None:
    for number in range(45):
        stage.alice.send(stage.me, f"{number}")
    stage.recorder.requests.clear()
    whole = stage.client.direct_thread(stage.thread.thread_id, amount=0)
    assert len(stage.recorder.requests) == 3
    assert [fields_of(request).get("cursor") for request in stage.recorder.requests] == [
        None,
        whole.messages[19].id,
        whole.messages[39].id,
    ]
    assert [message.text for message in whole.messages[:45]] == [f"{number}" for number in reversed(range(45))]
    assert (len(whole.messages), whole.has_older) == (47, False)
    assert isinstance(whole.messages[45].content, Photo)
    stage.recorder.requests.clear()
    some = stage.client.direct_thread(stage.thread.thread_id, amount=25)
    assert (len(some.messages), some.has_older, some.oldest_cursor) == (25, True, whole.messages[24].id)
    assert len(stage.recorder.requests) == 2
    lazily = stage.client.direct_iter_messages(stage.thread.thread_id)
    assert next(lazily).text == "44"
    assert len(stage.recorder.requests) == 3


def test_the_inbox_is_read_to_its_end(stage: Stage) -> None:
    for number in range(45):
        stage.emulator.account(f"friend{number}").send(stage.me, "hi")
    threads = stage.client.direct_threads(amount=0)
    assert len(threads) == 47
    assert len({thread.id for thread in threads}) == 47
    assert len(stage.recorder.requests) == 3
    chunk, cursor = stage.client.direct_threads_chunk()
    pages = 1
    while cursor:
        more, cursor = stage.client.direct_threads_chunk(cursor=cursor)
        chunk, pages = chunk + more, pages + 1
    assert (chunk, pages) == (threads, 3)
    assert [next(stage.client.direct_iter_threads()).id for _ in range(2)] == [threads[0].id] * 2
    assert len(stage.client.direct_threads(amount=0, selected_filter="unread")) == 47
    assert stage.client.direct_threads(selected_filter="flagged") == []
    assert stage.client.direct_threads(box="general") == []


def test_media_of_a_thread_are_read_to_their_end(stage: Stage) -> None:
    for _ in range(21):
        stage.alice.send_video(stage.me)
    media = stage.client.direct_media(stage.thread.thread_id, amount=0)
    assert [one.kind for one in media] == [MediaKind.VIDEO] * 21 + [MediaKind.PHOTO]
    assert all(one.url and one.permalink is None for one in media)
    assert len(stage.recorder.requests) == 2
    assert len(stage.client.direct_media(stage.thread.thread_id, amount=3)) == 3


def test_a_message_is_found_among_the_latest(stage: Stage) -> None:
    wanted = stage.thread.items[0].item_id
    for number in range(25):
        stage.alice.send(stage.me, f"{number}")
    assert stage.client.direct_message(stage.thread.thread_id, wanted, amount=0).text == "hello from alice"
    with pytest.raises(DirectMessageNotFound, match="latest 20"):
        stage.client.direct_message(stage.thread.thread_id, wanted)


def test_unread_is_what_the_emulator_says_it_is(stage: Stage) -> None:
    def states() -> list[tuple[bool, int | None]]:
        return [(thread.is_unread, thread.read_state) for thread in stage.client.direct_threads()]

    assert states() == [(True, 1), (True, 1)]
    assert stage.client.direct_inbox().unseen_count == 2
    stage.me.seen(stage.thread.items[0])
    assert states() == [(True, 1), (True, 1)], "the photo is newer"
    stage.me.seen(stage.thread)
    assert states() == [(True, 1), (False, 0)]
    stage.alice.unsend(stage.thread.items[1])
    assert states() == [(True, 1), (False, 0)], "the mark is on a message that is gone"
    stage.me.send(stage.group, "my own")
    assert states() == [(False, 0), (False, 0)]


def test_participants_lead_to_their_thread(stage: Stage) -> None:
    find = stage.client.direct_thread_by_participants
    assert getattr(find([stage.alice.pk]), "id", None) == stage.thread.thread_id
    assert getattr(find([str(stage.bob.pk), stage.alice.pk]), "id", None) == stage.group.thread_id
    assert find([stage.bob.pk]) is None
    assert find([5]) is None
    with pytest.raises(ValueError, match="names nobody"):
        find([])


def test_people_and_messages_are_found(stage: Stage) -> None:
    assert [user.username for user in stage.client.direct_search("ALI")] == ["alice"]
    assert stage.client.direct_search("synthetic") == [], "a group is no person"
    [(message, thread), (_, other)] = stage.client.direct_message_search("Hello")
    assert (message.text, thread.thread_title, message.thread_id) == ("hello group", "Synthetic group", thread.id)
    assert other.users[0].username == "alice"
    assert stage.client.direct_message_search("nothing like it") == []
    assert [user.username for user in stage.client.search_users("a", count=2)] == ["alice", "carol"]


def test_presence_is_that_of_the_people_one_writes_with(stage: Stage) -> None:
    stage.bob.presence()
    stage.bob.presence(active=False)
    stage.carol.presence()
    presence = stage.client.direct_active_presence()
    assert {user: one.is_active for user, one in presence.items()} == {
        str(stage.alice.pk): True,
        str(stage.bob.pk): False,
    }
    assert presence[str(stage.bob.pk)].last_activity_at is not None
    assert list(stage.client.direct_users_presence([stage.alice.pk, stage.carol.pk])) == [str(stage.alice.pk)]


def test_hidden_requests_are_apart(stage: Stage) -> None:
    assert [thread.users[0].username for thread in stage.client.direct_pending_inbox()] == ["carol"]
    [hidden] = stage.client.direct_spam_inbox()
    assert hidden.users[0].username == "dave"
    assert stage.client.direct_inbox().pending_requests_total == 1
    assert stage.client.direct_pending_requests_preview().pending_requests_total == 1
    assert stage.client.direct_thread(hidden.id).messages[0].text == "buy now"
    stage.client.direct_pending_approve(hidden.id)
    assert stage.client.direct_spam_inbox() == []
    assert stage.client.direct_threads(amount=1)[0].id == hidden.id


def test_several_requests_are_answered_at_once(stage: Stage) -> None:
    requests = [stage.new_request(1), stage.new_request(2)]
    stage.client.direct_pending_approve_multiple(requests)
    assert {thread.id for thread in stage.client.direct_threads(amount=2)} == set(requests)
    declined = [stage.new_request(3), stage.new_request(4)]
    stage.client.direct_pending_decline_multiple(declined)
    assert [thread.users[0].username for thread in stage.client.direct_requests()] == ["carol"]
    stage.client.direct_pending_decline_all()
    assert stage.client.direct_requests() == []
    assert len(stage.client.direct_spam_inbox()) == 1


def test_users_are_told_whole(stage: Stage) -> None:
    alice = stage.client.user_info(stage.alice.pk)
    assert (alice.username, alice.full_name, alice.follower_count) == ("alice", "Alice", 0)
    assert alice.profile_pic_url_hd == "https://scontent.example.net/alice_1080x1080.jpg"
    assert alice == stage.client.user_info_by_username("alice")
    assert stage.client.user_id_from_username("@ALICE") == str(stage.alice.pk)
    assert stage.client.account_info().email == "me@example.org"


MISSING: list[tuple[str, Callable[[Client], Any], type[Exception]]] = [
    ("thread", lambda client: client.direct_thread(NOWHERE), DirectThreadNotFound),
    ("messages", lambda client: client.direct_messages(NOWHERE), DirectThreadNotFound),
    ("message", lambda client: client.direct_message(NOWHERE, 1), DirectThreadNotFound),
    ("media", lambda client: client.direct_media(NOWHERE), DirectThreadNotFound),
    ("approve", lambda client: client.direct_pending_approve(NOWHERE), DirectThreadNotFound),
    ("decline", lambda client: client.direct_pending_decline(NOWHERE), DirectThreadNotFound),
    ("several", lambda client: client.direct_pending_approve_multiple([NOWHERE]), DirectThreadNotFound),
    ("user", lambda client: client.user_info(5), UserNotFound),
    ("name", lambda client: client.user_info_by_username("nobody"), UserNotFound),
    ("id", lambda client: client.user_id_from_username("nobody"), UserNotFound),
]


@pytest.mark.parametrize(("call", "error"), [one[1:] for one in MISSING], ids=[one[0] for one in MISSING])
def test_what_is_not_there_has_an_error_of_its_own(
    stage: Stage, call: Callable[[Client], Any], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        call(stage.client)
    assert getattr(caught.value, "code", None) == 404


def test_a_message_of_a_request_can_be_read_before_it_is_accepted(stage: Stage) -> None:
    thread: DirectThread = stage.client.direct_requests()[0]
    assert stage.client.direct_message(thread.id, thread.messages[0].id) == thread.messages[0]
