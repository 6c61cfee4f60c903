"""Every command on its whole way: a client, a real TLS socket, the emulator's broker, and the answer to it."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.model import Item, Thread
from instagrapi.exceptions import CommandFailed, ConnectionLost, NotConnectedError
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.replies import CommandHandle
from tests.support.leaks import nothing_left_behind

PATIENCE = 10.0


class Stage:
    """An account ``me`` with a connected client, its friend ``peer``, and their thread with a message of the peer's."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.me: Actor = emulator.account("me")
        self.peer: Actor = emulator.account("peer")
        self.thread: Thread = self.me.thread_with(self.peer)
        self.item: Item = self.peer.send(self.thread, "hello")
        self.client: Client = emulator.client(self.me)
        self.rt: RealtimeClient = self.client.realtime_connect(pace=None)

    @property
    def last(self) -> Item:
        """What was last sent to the thread."""
        item = self.peer.last_message_from(self.me)
        assert item is not None
        return item

    def settle(self) -> None:
        """Reads whatever has come."""
        while self.rt.ping(PATIENCE) and self.rt.read_once(timeout=0) is not None:
            pass


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with nothing_left_behind(), Emulator(random=random.Random(1)) as emulator:
        yield emulator


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    stage = Stage(emulator)
    yield stage
    stage.client.realtime_disconnect()


# --- what is accepted ------------------------------------------------------------------------------------------------

#: Every command that sends a message: how, the type it becomes, and what the item then carries.
ITEMS: dict[str, tuple[Callable[[Stage], CommandHandle], str, Callable[[dict[str, Any]], object], object]] = {
    "text": (
        lambda stage: stage.rt.direct_send_text(stage.thread.thread_id, "hi ✓ \0"),
        "text",
        lambda data: data["text"],
        "hi ✓ \0",
    ),
    "reply": (
        lambda stage: stage.rt.direct_reply(
            stage.thread.thread_id, stage.item.item_id, stage.item.client_context, "yes"
        ),
        "text",
        lambda data: data["replied_to_message"]["text"],
        "hello",
    ),
    "mention": (
        lambda stage: stage.rt.direct_send_text(
            int(stage.thread.thread_id), "@peer", mentioned_user_ids=[stage.peer.pk]
        ),
        "text",
        lambda data: bool(data["mentioned_entities"]),
        True,
    ),
    "vanishing text": (
        lambda stage: stage.rt.direct_send_text(stage.thread.thread_id, "psst", vanish_mode=True),
        "text",
        lambda data: data["is_shh_mode"],
        True,
    ),
    "link": (
        lambda stage: stage.rt.direct_send_link(
            stage.thread.thread_id,
            "see https://example.invalid",
            "https://example.invalid",
            reply_to=(stage.item.item_id, stage.item.client_context),
        ),
        "link",
        lambda data: data["link"]["link_context"]["link_url"],
        "https://example.invalid",
    ),
    "like": (lambda stage: stage.rt.direct_send_like(stage.thread.thread_id), "like", lambda data: bool(data), True),
    "hashtag": (
        lambda stage: stage.rt.direct_send_hashtag(stage.thread.thread_id, "cats", "look"),
        "hashtag",
        lambda data: (data["hashtag"]["name"], data["text"]),
        ("cats", "look"),
    ),
    "location": (
        lambda stage: stage.rt.direct_send_location(stage.thread.thread_id, 213385402),
        "location",
        lambda data: str(data["location"]["pk"]),
        "213385402",
    ),
    "profile": (
        lambda stage: stage.rt.direct_send_profile(stage.thread.thread_id, stage.peer.pk),
        "profile",
        lambda data: data["profile"]["username"],
        "peer",
    ),
    "media share": (
        lambda stage: stage.rt.direct_send_media_share(stage.thread.thread_id, "1234_5678", "nice"),
        "media_share",
        lambda data: data["media_share"]["id"],
        "1234_5678",
    ),
    "story share": (
        lambda stage: stage.rt.direct_send_story_share(stage.thread.thread_id, "1234_5678", "wow"),
        "reel_share",
        lambda data: data["reel_share"]["media"]["id"],
        "1234_5678",
    ),
}


@pytest.mark.parametrize("name", ITEMS)
def test_a_message_is_taken_and_answered(stage: Stage, name: str) -> None:
    send, item_type, look, expected = ITEMS[name]
    handle = send(stage)
    answer = handle.result(PATIENCE)
    item = stage.last
    assert answer["status"] == "ok"
    assert answer["payload"]["client_context"] == handle["client_context"] == item.client_context
    assert answer["payload"]["item_id"] == item.item_id
    assert (item.item_type, look(item.data)) == (item_type, expected)


@pytest.mark.parametrize("emoji", ["", "🔥"])
def test_a_reaction_is_taken_and_taken_back(stage: Stage, emoji: str) -> None:
    item = stage.item
    stage.rt.direct_send_reaction(
        item.thread_id, item.item_id, emoji, reaction_action_source="double_tap", target_item_type=None
    ).result(PATIENCE)
    assert [reaction.emoji for reaction in item.reactions.values()] == [emoji]
    stage.rt.direct_delete_reaction(item.thread_id, int(item.item_id), emoji).result(PATIENCE)
    assert item.reactions == {}


@pytest.mark.parametrize("options", [{}, {"client_context": "mine", "offline_threading_id": True}])
def test_a_read_mark_is_taken(stage: Stage, options: dict[str, Any]) -> None:
    handle = stage.rt.direct_mark_seen(stage.thread.thread_id, stage.item.item_id, **options)
    assert handle.result(PATIENCE)["payload"].get("client_context") == options.get("client_context")
    assert stage.thread.seen[stage.me.pk].item_id == stage.item.item_id


@pytest.mark.parametrize("options", [{}, {"client_context": "mine"}])
def test_a_watch_mark_is_taken(stage: Stage, options: dict[str, Any]) -> None:
    raven = stage.peer.send_raven(stage.thread)
    stage.rt.direct_mark_visual_item_seen(stage.thread.thread_id, raven.item_id, **options).result(PATIENCE)
    assert raven.data["visual_media"]["seen_user_ids"] == [stage.me.pk]


@pytest.mark.parametrize(
    ("options", "status"), [({}, 1), ({"is_active": False}, 0), ({"visual": True}, 2), ({"client_context": 6900}, 1)]
)
def test_activity_is_taken_and_shown(stage: Stage, options: dict[str, Any], status: int) -> None:
    friend: Client = stage.emulator.client(stage.peer)
    rt = friend.realtime_connect()
    try:
        rt.direct_subscribe(typing=True)
        shown: list[Any] = []
        rt.on("typing", lambda event: shown.append(event["value"]["activity_status"]))
        answer = stage.rt.direct_indicate_activity(stage.thread.thread_id, **options).result(PATIENCE)
        assert answer["payload"]["activity_status"] == status
        while not shown:
            assert rt.read_once(PATIENCE) is not None
        assert shown == [status]
    finally:
        friend.realtime_disconnect()


def test_foreground_state_is_taken(stage: Stage) -> None:
    stage.rt.send_foreground_state(False, False, 900, unsubscribe_topics=["150"], request_id=2**40)
    assert stage.rt.ping(PATIENCE)
    assert stage.emulator.connections[-1].keep_alive == 900


def test_answers_may_come_over_skywalker(stage: Stage) -> None:
    stage.emulator.dialect.answers_on_pubsub = True
    handle = stage.rt.direct_send_text(stage.thread.thread_id, "hi")
    assert handle.result(PATIENCE)["payload"]["client_context"] == handle["client_context"]
    with pytest.raises(CommandFailed, match="thread not found"):
        stage.rt.direct_send_text("77", "hi").result(PATIENCE)


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("send", "status", "reason"),
    [
        (lambda stage: stage.rt.direct_send_text("77", "hi"), "404", "thread not found"),
        (lambda stage: stage.rt.direct_mark_seen("77", "31"), "404", "thread not found"),
        (lambda stage: stage.rt.direct_indicate_activity("77"), "404", "thread not found"),
        (lambda stage: stage.rt.direct_send_reaction(stage.thread.thread_id, "77"), "404", "not supported"),
        (lambda stage: stage.rt.direct_mark_seen(stage.thread.thread_id, "77"), "404", "not supported"),
        (
            lambda stage: stage.rt.direct_mark_visual_item_seen(stage.thread.thread_id, stage.item.item_id),
            "400",
            "no visual media",
        ),
    ],
)
def test_what_there_is_not_is_refused(
    stage: Stage, send: Callable[[Stage], CommandHandle], status: str, reason: str
) -> None:
    with pytest.raises(CommandFailed, match=reason) as caught:
        send(stage).result(PATIENCE)
    assert caught.value.status == status
    assert stage.rt.ping(PATIENCE), "and nothing else happens"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"action": "sing"}, "unknown action"),
        ({"action": None}, "action"),
        ({"thread_id": None}, "thread_id"),
        ({"item_type": "opera"}, "item type"),
        ({"item_type": "text"}, "text"),
        ({"item_type": "text", "text": 5}, "text"),
        ({"item_type": "link", "link_text": "x", "link_urls": "[]"}, "link_urls"),
        ({"item_type": "reaction", "item_id": None}, "item_id"),
        ({"item_type": "reaction", "reaction_status": "perhaps"}, "reaction_status"),
        ({"action": "mark_seen", "item_id": None}, "item_id"),
        ({"action": "indicate_activity", "activity_status": "7"}, "activity_status"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused(stage: Stage, changes: dict[str, Any], reason: str) -> None:
    """Commands that our own methods do not let through."""
    body = {
        "action": "send_item",
        "thread_id": stage.thread.thread_id,
        "item_type": "like",
        "item_id": stage.item.item_id,
        "client_context": "c",
        **changes,
    }
    before = len(stage.thread.items)
    with pytest.raises(CommandFailed, match=reason) as caught:
        stage.rt._send_command(body).result(PATIENCE)
    assert caught.value.status == "400"
    assert caught.value.payload["status"] == "fail"
    assert len(stage.thread.items) == before


def test_a_command_after_the_session_ended_is_refused_with_the_exceptions_name(stage: Stage) -> None:
    stage.me.end_sessions()
    with pytest.raises(CommandFailed, match="ThreadUserIdDoesNotExist"):
        stage.rt.direct_send_text(stage.thread.thread_id, "hi").result(PATIENCE)


# --- several at once -------------------------------------------------------------------------------------------------


def test_many_in_flight_get_their_own_answers(stage: Stage) -> None:
    thread_id, chance = stage.thread.thread_id, random.Random(2)
    sent: list[tuple[CommandHandle, str | None]] = []
    for number in range(30):
        sent.append((stage.rt.direct_send_text(thread_id, str(number)), None))
        sent.append((stage.rt.direct_mark_seen(thread_id, stage.item.item_id), None))
        sent.append((stage.rt.direct_indicate_activity(thread_id), None))
        sent.append((stage.rt.direct_send_text(str(number + 77), "nobody"), "thread not found"))
    chance.shuffle(sent)
    for handle, reason in sent:
        if reason is None:
            answer = handle.result(PATIENCE)
            assert answer["payload"].get("client_context") == handle.get("client_context")
        else:
            with pytest.raises(CommandFailed, match=reason):
                handle.result(PATIENCE)
    assert sorted(int(item.text or "") for item in stage.thread.items if item.user_id == stage.me.pk) == list(range(30))


def test_waiting_inside_a_handler(stage: Stage) -> None:
    answers: list[Any] = []

    def answer(event: events.Message) -> None:
        if not event.from_me:
            handle = stage.rt.direct_send_text(stage.thread.thread_id, f"you said {event.text}")
            answers.append(handle.result(PATIENCE)["status"])

    stage.rt.on(events.Message, answer)
    stage.rt.direct_subscribe()
    for text in ("one", "two"):
        stage.peer.send(stage.thread, text)
    while len(answers) < 2:
        assert stage.rt.read_once(PATIENCE) is not None
    assert answers == ["ok", "ok"]
    assert stage.last.text == "you said two"


def test_waiting_in_some_threads_while_another_reads(stage: Stage) -> None:
    seen: dict[str, list[str]] = {}

    def read() -> None:
        try:
            while True:
                stage.rt.read_once()
        except (ConnectionLost, NotConnectedError):
            return

    def send(name: str) -> None:
        handles = [stage.rt.direct_send_text(stage.thread.thread_id, name) for _ in range(20)]
        seen[name] = [
            handle["client_context"]
            for handle in handles
            if handle.result(PATIENCE)["payload"]["client_context"] == handle["client_context"]
        ]

    reader = threading.Thread(target=read)
    senders = [threading.Thread(target=send, args=(name,)) for name in ("a", "b", "c")]
    for thread in (reader, *senders):
        thread.start()
    for thread in senders:
        thread.join(PATIENCE)
    stage.client.realtime_disconnect()
    reader.join(PATIENCE)
    assert not any(thread.is_alive() for thread in (reader, *senders))
    assert {name: len(set(contexts)) for name, contexts in seen.items()} == {"a": 20, "b": 20, "c": 20}


def test_repeating_a_command_never_sends_twice(stage: Stage) -> None:
    thread_id, before = stage.thread.thread_id, len(stage.thread.items)
    first = stage.rt.direct_send_text(thread_id, "once", client_context="c")
    unanswered = stage.rt.direct_send_text(thread_id, "once", client_context="c")
    assert first.result(PATIENCE) == unanswered.result(PATIENCE)
    assert stage.rt.direct_send_text(thread_id, "once", client_context="c").result(0) == first.result(0)
    stage.client.realtime_disconnect()
    stage.rt = stage.client.realtime_connect(pace=None)
    stage.rt.direct_send_text(thread_id, "once", client_context="c").result(PATIENCE)
    assert len(stage.thread.items) == before + 1, "also over another connection, where the server knows it"


# --- subscriptions ---------------------------------------------------------------------------------------------------


def test_nothing_but_message_sync_is_asked_for_by_default(stage: Stage) -> None:
    stage.rt.direct_subscribe()
    assert stage.emulator.subscriptions("me") == set()


def test_what_was_asked_for_comes(stage: Stage) -> None:
    came: list[str] = []
    stage.rt.on(events.Event, lambda event: came.append(event.kind))
    stage.rt.direct_subscribe(typing=True, presence=True, live=True)
    stage.peer.typing(stage.thread)
    stage.peer.presence()
    stage.peer.live()
    stage.peer.live(False)
    stage.settle()
    assert {"typing", "presence", "live_started", "live_stopped"} <= set(came)


def test_what_was_ended_comes_no_more(stage: Stage) -> None:
    rt = stage.rt
    texts = {rt.subscribe_typing(), rt.subscribe_presence(), rt.subscribe_live(), rt.subscribe_live_comments(7)}
    assert rt.ping(PATIENCE)
    assert stage.emulator.subscriptions("me") == texts
    rt.direct_subscribe(typing=True, presence=True, live=True)
    assert stage.emulator.subscriptions("me") == texts, "the same texts again: nothing comes twice"
    ended = {
        rt.unsubscribe_typing(),
        rt.unsubscribe_presence(),
        rt.unsubscribe_live(),
        rt.unsubscribe_live_comments(7),
    }
    assert rt.ping(PATIENCE)
    assert ended == texts
    assert stage.emulator.subscriptions("me") == set()


def test_comments_on_a_broadcast_come(stage: Stage) -> None:
    broadcast_id = stage.peer.live()
    assert broadcast_id is not None
    came: list[events.GraphQL] = []
    stage.rt.on(events.GraphQL, came.append)
    stage.rt.subscribe_live_comments(broadcast_id)
    assert stage.rt.ping(PATIENCE)
    stage.peer.comment(stage.peer, "hello everybody")
    while not came:
        assert stage.rt.read_once(PATIENCE) is not None
    assert came[0].query_id == "17855344750227125"
