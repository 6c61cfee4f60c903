"""Every Direct method that writes, over verified TLS, while another account and the sender listen on realtime."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.model import Item, Thread
from instagrapi.emulator.views.sending import SendingViews
from instagrapi.emulator.views.threads import ThreadViews
from instagrapi.exceptions import (
    ClientConnectionError,
    ClientForbiddenError,
    DirectMessageNotFound,
    DirectMessageRequestsDisabled,
    DirectThreadNotFound,
    FeedbackRequired,
    UnknownError,
)
from instagrapi.types import DirectMessage
from tests.emulator.listening import Listening
from tests.support.leaks import nothing_left_behind

STORY = "3000000000000000001_10000000002"


class Stage:
    """An account ``me`` with a client, its friend ``peer`` who listens, and a message of the peer's in their thread."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.me: Actor = emulator.account("me")
        self.peer: Actor = emulator.account("peer")
        self.carol: Actor = emulator.account("carol")
        self.thread: Thread = self.me.thread_with(self.peer)
        self.item: Item = self.peer.send(self.thread, "hello")
        self.client: Client = emulator.client(self.me)
        self._listeners: list[Client] = []
        self.heard = self.listen(self.peer)

    def listen(self, actor: Actor) -> Listening:
        """What arrives at an account from now on."""
        client = self.emulator.client(actor)
        self._listeners.append(client)
        realtime = client.realtime_connect()
        listening = Listening(realtime)
        realtime.direct_subscribe()
        listening.kinds()
        listening.events.clear()
        return listening

    def group(self) -> Thread:
        return self.emulator.group(self.me, self.peer, self.carol, title="ours")

    def close(self) -> None:
        for client in self._listeners:
            client.realtime_disconnect()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with nothing_left_behind(), Emulator(random=random.Random(1)) as emulator:
        stage = Stage(emulator)
        yield stage
        stage.close()


# --- sending ----------------------------------------------------------------------------------------------------------

Send = Callable[[Stage], DirectMessage]
#: How an item is sent, of which type it is, and what the other account sees of it.
ITEMS: dict[str, tuple[Send, str, Callable[[Any], object], object]] = {
    "text": (
        lambda s: s.client.direct_send("hi ✓", thread_ids=[s.thread.thread_id]),
        "text",
        lambda event: event.text,
        "hi ✓",
    ),
    "text to a user": (
        lambda s: s.client.direct_send("hi", user_ids=[s.peer.pk]),
        "text",
        lambda event: event.text,
        "hi",
    ),
    "text by the thread's other id": (
        lambda s: s.client.direct_answer(s.thread.thread_v2_id, "hi"),
        "text",
        lambda event: event.text,
        "hi",
    ),
    "reply": (
        lambda s: s.client.direct_answer(
            s.thread.thread_id, "yes", reply_to_message=s.client.direct_threads(1)[0].messages[0]
        ),
        "text",
        lambda event: event.replied_to.text,
        "hello",
    ),
    "mention": (
        lambda s: s.client.direct_answer(s.thread.thread_id, "@peer", mentioned_user_ids=s.peer.pk),
        "text",
        lambda event: [mention.user_id for mention in event.mentions],
        ["10000000002"],
    ),
    "link": (
        lambda s: s.client.direct_answer(s.thread.thread_id, "see https://example.org/."),
        "link",
        lambda event: (event.content.text, event.content.url),
        ("see https://example.org/.", "https://example.org/"),
    ),
    "heart": (
        lambda s: s.client.direct_send_like(thread_ids=s.thread.thread_id),
        "like",
        lambda event: event.content.text,
        "❤",
    ),
    "GIF": (
        lambda s: s.client.direct_send_gif("3o7abK", thread_ids=s.thread.thread_id),
        "animated_media",
        lambda event: event.content.id,
        "3o7abK",
    ),
    "post": (
        lambda s: s.client.direct_media_share(STORY, [s.peer.pk]),
        "media_share",
        lambda event: event.item["media_share"]["id"],
        STORY,
    ),
    "story": (
        lambda s: s.client.direct_story_share(STORY, thread_ids=[s.thread.thread_id]),
        "story_share",
        lambda event: event.item["story_share"]["media"]["id"],
        STORY,
    ),
    "profile": (
        lambda s: s.client.direct_profile_share(s.carol.pk, thread_ids=[s.thread.thread_id]),
        "profile",
        lambda event: event.item["profile"]["username"],
        "carol",
    ),
    "story reply": (
        lambda s: s.client.direct_story_reply(STORY, "wow"),
        "reel_share",
        lambda event: (event.content.text, event.item["reel_share"]["media"]["id"]),
        ("wow", STORY),
    ),
}


@pytest.mark.parametrize("name", ITEMS)
def test_what_is_sent_arrives(stage: Stage, name: str) -> None:
    send, item_type, look, expected = ITEMS[name]
    own = stage.listen(stage.me)
    message = send(stage)
    for listening, from_me in ((stage.heard, False), (own, True)):
        event = listening.next("message", item_id=message.id)
        assert (event.item_type, event.thread_id, event.from_me) == (item_type, stage.thread.thread_id, from_me)
        assert event.is_echo_of(message.client_context)
        assert look(event) == expected
        assert event.timestamp == message.timestamp
    assert (message.item_type, message.thread_id, message.user_id) == (
        item_type,
        stage.thread.thread_id,
        str(stage.me.pk),
    )
    assert type(message.content) is type(event.content)
    (thread,) = stage.client.direct_threads(1)
    assert thread.messages[0].id == message.id


def test_it_is_pushed(stage: Stage) -> None:
    friend = stage.emulator.client(stage.carol)
    pushed = Listening(friend.fbns_connect())
    message = stage.client.direct_send("are you there?", stage.carol.pk)
    push = pushed.next("push", thread_id=message.thread_id, item_id=message.id)
    friend.fbns_disconnect()
    assert push.text == "me: are you there?"


@pytest.mark.parametrize(
    "send",
    [
        lambda s: s.client.direct_send("hi", s.peer.pk, client_context="t"),
        lambda s: s.client.direct_answer(s.thread.thread_id, "https://example.org", client_context="t"),
        lambda s: s.client.direct_send_like(thread_ids=s.thread.thread_id, client_context="t"),
        lambda s: s.client.direct_send_gif("3o7abK", s.peer.pk, client_context="t"),
        lambda s: s.client.direct_profile_share(s.carol.pk, s.peer.pk, client_context="t"),
    ],
)
def test_the_same_token_is_one_item(stage: Stage, send: Send) -> None:
    assert send(stage).id == send(stage).id
    assert len(stage.thread.items) == 2


def test_after_a_lost_answer_the_token_makes_a_repetition_harmless(stage: Stage) -> None:
    path = "direct_v2/threads/broadcast/text/"
    with (
        stage.emulator.faults.drop_http_answers("me", path=path, times=1),
        pytest.raises(ClientConnectionError),
    ):
        stage.client.direct_answer(stage.thread.thread_id, "once", client_context="t")
    assert [call.path for call in stage.emulator.http_calls].count(path) == 1
    message = stage.client.direct_answer(stage.thread.thread_id, "once", client_context="t")
    assert [item.item_id for item in stage.thread.items[1:]] == [message.id]


def test_over_http_and_realtime_a_token_is_the_same(stage: Stage) -> None:
    message = stage.client.direct_answer(stage.thread.thread_id, "once", client_context="t")
    realtime = stage.client.realtime_connect()
    answer = realtime.direct_send_text(stage.thread.thread_id, "once", "t").result(10)
    assert answer["payload"]["item_id"] == message.id
    stage.client.realtime_disconnect()


def test_several_threads_get_the_item_each(stage: Stage) -> None:
    group = stage.group()
    message = stage.client.direct_send("all", thread_ids=[group.thread_id, stage.thread.thread_id])
    assert message.thread_id == group.thread_id
    events = [stage.heard.next("message", text="all") for _ in range(2)]
    assert {event.thread_id for event in events} == {group.thread_id, stage.thread.thread_id}
    assert [item["participant_ids"] for item in stage.client.last_json["message_metadata"]] == [
        ["10000000001", "10000000002", "10000000003"],
        ["10000000001", "10000000002"],
    ]


def test_several_users_are_one_conversation(stage: Stage) -> None:
    first = stage.client.direct_send("both of you", [stage.peer.pk, stage.carol.pk])
    again = stage.client.direct_send("again", [stage.carol.pk, stage.peer.pk])
    assert first.thread_id == again.thread_id != stage.thread.thread_id
    assert stage.heard.next("thread_update", op="add").thread.is_group is True
    assert stage.heard.next("message", text="again").thread_id == first.thread_id


# --- reactions --------------------------------------------------------------------------------------------------------


def test_a_reaction_arrives_and_goes(stage: Stage) -> None:
    own = stage.listen(stage.me)
    where = stage.thread.thread_id, stage.item.item_id
    assert stage.client.direct_send_reaction(*where, emoji="🔥") is True
    for listening in (stage.heard, own):
        event = listening.next("reaction", op="add")
        assert (event.item_id, event.symbol, event.user_id) == (stage.item.item_id, "🔥", str(stage.me.pk))
    assert stage.client.direct_delete_reaction(*where, emoji="🔥") is True
    assert stage.heard.next("reaction", op="remove").is_removed
    assert stage.item.reactions == {}


def test_a_heart_arrives_and_goes(stage: Stage) -> None:
    where = stage.thread.thread_id, stage.item.item_id, stage.item.client_context
    stage.client.direct_message_like(*where)
    assert stage.heard.next("reaction").symbol == "❤"
    stage.client.direct_message_unlike(*where)
    assert stage.heard.next("reaction").is_removed


# --- threads ----------------------------------------------------------------------------------------------------------


def test_a_group_appears(stage: Stage) -> None:
    thread_id = stage.client.direct_thread_create([stage.peer.pk, stage.carol.pk], "Synthetic group")
    event = stage.heard.next("thread_update", op="add")
    assert (event.thread_id, event.thread.thread_title, event.thread.is_group) == (thread_id, "Synthetic group", True)
    assert event.thread.admin_user_ids == [str(stage.me.pk)]


def test_a_group_is_renamed(stage: Stage) -> None:
    group = stage.group()
    assert stage.client.direct_thread_update_title(group.thread_id, "new name") is True
    assert stage.heard.next("thread_update", op="replace").thread.thread_title == "new name"
    assert stage.client.last_json["thread"]["thread_title"] == "new name"


def test_somebody_is_added(stage: Stage) -> None:
    group, dora = stage.group(), stage.emulator.account("dora")
    arrived = stage.listen(dora)
    assert stage.client.direct_thread_add_users(group.thread_id, [dora.pk]) is True
    assert arrived.next("thread_update", op="add").thread_id == group.thread_id
    assert "dora" in {user.username for user in stage.heard.next("thread_update", op="replace").thread.users}


def test_somebody_waits_for_approval(stage: Stage) -> None:
    group, dora = stage.group(), stage.emulator.account("dora")
    stage.me.require_approval(group)
    stage.emulator.client(stage.peer).direct_thread_add_users(group.thread_id, [dora.pk])
    assert dora.account not in group.participants
    with pytest.raises(ClientForbiddenError, match="no admin"):
        stage.emulator.client(stage.peer).direct_thread_approve_participants(group.thread_id, dora.pk)
    arrived = stage.listen(dora)
    assert stage.client.direct_thread_approve_participants(group.thread_id, dora.pk) is True
    assert arrived.next("thread_update", op="add").thread_id == group.thread_id


def test_leaving(stage: Stage) -> None:
    group, own = stage.group(), stage.listen(stage.me)
    assert stage.client.direct_thread_leave(group.thread_id) is True
    assert own.next("thread_remove").thread_id == group.thread_id
    assert [user.username for user in stage.heard.next("thread_update", op="replace").thread.left_users] == ["me"]


@pytest.mark.parametrize("move_to_spam", [False, True])
def test_hiding(stage: Stage, move_to_spam: bool) -> None:
    own = stage.listen(stage.me)
    assert stage.client.direct_thread_hide(stage.thread.thread_id, move_to_spam) is True
    assert own.next("thread_remove").thread_id == stage.thread.thread_id
    assert stage.client.direct_threads(1) == []
    assert stage.heard.kinds() == [], "the other one does not hear of it"


@pytest.mark.parametrize(
    ("act", "undo", "field"),
    [
        (Client.direct_thread_mute, Client.direct_thread_unmute, "muted"),
        (Client.direct_thread_mute_video_call, Client.direct_thread_unmute_video_call, "vc_muted"),
    ],
)
def test_muting(stage: Stage, act: Callable[..., bool], undo: Callable[..., bool], field: str) -> None:
    own = stage.listen(stage.me)
    assert act(stage.client, stage.thread.thread_id) is True
    assert getattr(own.next("thread_update").thread, field) is True
    assert undo(stage.client, stage.thread.thread_id) is True
    assert getattr(own.next("thread_update").thread, field) is False
    assert stage.heard.kinds() == []


def test_marking_as_unread_until_it_is_read(stage: Stage) -> None:
    stage.client.direct_send_seen(stage.thread.thread_id)
    own = stage.listen(stage.me)
    assert stage.client.direct_thread_mark_unread(stage.thread.thread_id) is True
    thread = own.next("thread_update").thread
    assert (thread.marked_as_unread, thread.read_state) == (True, 1)
    assert own.next("unseen_count").count == 1
    assert stage.client.direct_message_seen(stage.thread.thread_id, stage.item.item_id) is True
    assert own.next("thread_update").thread.marked_as_unread is False
    assert own.next("unseen_count").count == 0


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.client.direct_message_seen(s.thread.thread_id, s.item.item_id),
        lambda s: s.client.direct_send_seen(s.thread.thread_id, s.item.item_id),
        lambda s: s.client.direct_send_seen(s.thread.thread_id),
    ],
)
def test_reading(stage: Stage, act: Callable[[Stage], bool]) -> None:
    assert act(stage) is True
    event = stage.heard.next("seen", user_id=str(stage.me.pk))
    assert event.item_id == stage.item.item_id
    assert (stage.client.last_json["action"], stage.client.last_json["unseen_count"]) == ("item_ack", 0)


@pytest.mark.parametrize("name", ["direct_message_delete", "direct_message_unsend"])
def test_unsending(stage: Stage, name: str) -> None:
    message = stage.client.direct_answer(stage.thread.thread_id, "oops")
    assert getattr(stage.client, name)(message.thread_id, message.id) is True
    assert stage.heard.next("message_delete").item_id == message.id
    with pytest.raises(DirectMessageNotFound):
        stage.client.direct_message_delete(message.thread_id, message.id)


# --- refusals ---------------------------------------------------------------------------------------------------------


def test_a_recipient_may_refuse_requests(stage: Stage) -> None:
    stage.carol.refuse_requests()
    with pytest.raises(DirectMessageRequestsDisabled, match="can't receive your message") as caught:
        stage.client.direct_send("hi", stage.carol.pk)
    assert caught.value.code == 403
    assert caught.value.body["payload"]["message"] == caught.value.message
    assert stage.me.thread_with(stage.carol).items == []
    stage.carol.send(stage.me, "but I may")
    assert stage.client.direct_send("thanks", stage.carol.pk).text == "thanks"


def test_a_route_may_be_gone(stage: Stage) -> None:
    gone = "direct_v2/threads/broadcast/text/"
    with stage.emulator.faults.feature_gone(gone), pytest.raises(UnknownError, match="no longer supported"):
        stage.client.direct_answer(stage.thread.thread_id, "hi")
    assert stage.client.direct_answer(stage.thread.thread_id, "hi").text == "hi"


def test_sending_may_be_blocked(stage: Stage) -> None:
    path = "direct_v2/threads/broadcast/text/"
    with stage.emulator.faults.feedback_required("me", path=path), pytest.raises(FeedbackRequired):
        stage.client.direct_answer(stage.thread.thread_id, "hi")


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (lambda s: s.client.direct_answer(77, "hi"), DirectThreadNotFound),
        (lambda s: s.client.direct_thread_hide(77), DirectThreadNotFound),
        (lambda s: s.client.direct_thread_update_title(77, "x"), DirectThreadNotFound),
        (lambda s: s.client.direct_message_like(s.thread.thread_id, 77), DirectMessageNotFound),
        (lambda s: s.client.direct_message_seen(s.thread.thread_id, 77), DirectMessageNotFound),
        (lambda s: s.client.direct_message_delete(s.thread.thread_id, 77), DirectMessageNotFound),
        (lambda s: s.client.direct_thread_update_title(s.thread.thread_id, "x"), UnknownError),
        (lambda s: s.client.direct_send("hi", 77), UnknownError),
        (lambda s: s.client.direct_send("hi", s.me.pk), UnknownError),
        (lambda s: s.client.direct_thread_create([s.me.pk, s.peer.pk]), UnknownError),
    ],
)
def test_what_there_is_not(stage: Stage, act: Callable[[Stage], Any], kind: type[Exception]) -> None:
    with pytest.raises(kind):
        act(stage)
    assert [item.item_id for item in stage.thread.items] == [stage.item.item_id]


# --- conventions ------------------------------------------------------------------------------------------------------

ACTS: dict[str, Callable[[Stage], Any]] = {
    **{name: item[0] for name, item in ITEMS.items()},
    "reaction": lambda s: s.client.direct_message_like(s.thread.thread_id, s.item.item_id),
    "create": lambda s: s.client.direct_thread_create([s.peer.pk, s.carol.pk]),
    "rename": lambda s: s.client.direct_thread_update_title(s.group().thread_id, "x"),
    "add": lambda s: s.client.direct_thread_add_users(s.group().thread_id, s.carol.pk),
    "leave": lambda s: s.client.direct_thread_leave(s.group().thread_id),
    "hide": lambda s: s.client.direct_thread_hide(s.thread.thread_id),
    "mute": lambda s: s.client.direct_thread_mute(s.thread.thread_id),
    "unmute": lambda s: s.client.direct_thread_unmute(s.thread.thread_id),
    "mute calls": lambda s: s.client.direct_thread_mute_video_call(s.thread.thread_id),
    "unmute calls": lambda s: s.client.direct_thread_unmute_video_call(s.thread.thread_id),
    "unread": lambda s: s.client.direct_thread_mark_unread(s.thread.thread_id),
    "seen": lambda s: s.client.direct_message_seen(s.thread.thread_id, s.item.item_id),
    "delete": lambda s: s.client.direct_message_delete(
        s.thread.thread_id, s.client.direct_answer(s.thread.thread_id, "hi").id
    ),
}


@pytest.mark.parametrize("name", ACTS)
def test_the_emulator_knows_how_the_client_sends_it(stage: Stage, name: str) -> None:
    ACTS[name](stage)
    request = stage.client.last_response.request  # type: ignore[union-attr]
    url = urlsplit(str(request.url))
    known = {**SendingViews(stage.me._hub).conventions, **ThreadViews(stage.me._hub).conventions}
    (convention,) = (
        convention
        for (method, path), convention in known.items()
        if method == request.method and re.fullmatch("/api/v1/" + re.sub(r"<\w+>", r"\\d+", path), url.path)
    )
    form = dict(parse_qsl(str(request.body)))
    if (signed := form.get("signed_body")) is not None:
        form = json.loads(signed.removeprefix("SIGNATURE."))
    assert convention.signed in (None, signed is not None)
    assert convention.fields <= set(form)
    assert convention.query <= set(dict(parse_qsl(url.query)))
