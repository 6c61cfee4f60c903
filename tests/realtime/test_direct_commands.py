"""The Direct commands as programs call them: what each would send, and what it refuses to."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.replies import CommandHandle, PendingCommand
from instagrapi.realtime.wire.commands import Body

THREAD, ITEM = "340282366841710300949128000000000000077", "30000000000000000000000000000000077"


class Recorder(DirectCommands):
    """Writes down what would be sent."""

    def __init__(self) -> None:
        self.sent: list[Body] = []

    def _send_command(self, body: Body) -> CommandHandle:
        self.sent.append(body)
        return CommandHandle(body, PendingCommand(body), lambda done, timeout: False)


def item(item_type: str, **data: Any) -> Body:
    return {"action": "send_item", "item_type": item_type, **data}


#: Every command: how it is called after the thread, and what it says besides thread and context.
CALLS: dict[str, tuple[Callable[..., CommandHandle], tuple[Any, ...], Body]] = {
    "text": (Recorder.direct_send_text, ("hi",), item("text", text="hi")),
    "reply": (
        Recorder.direct_reply,
        (ITEM, "ctx-0", "hi"),
        item("text", text="hi", replied_to_item_id=ITEM, replied_to_client_context="ctx-0"),
    ),
    "link": (
        Recorder.direct_send_link,
        ("see", "https://e.test"),
        item("link", link_text="see", link_urls='["https://e.test"]'),
    ),
    "like": (Recorder.direct_send_like, (), item("like")),
    "hashtag": (Recorder.direct_send_hashtag, ("cats",), item("hashtag", text="", hashtag="cats", item_id="cats")),
    "location": (Recorder.direct_send_location, (5,), item("location", text="", venue_id="5", item_id="5")),
    "profile": (Recorder.direct_send_profile, (9,), item("profile", text="", profile_user_id="9", item_id="9")),
    "media share": (Recorder.direct_send_media_share, ("1_2",), item("media_share", text="", media_id="1_2")),
    "story share": (
        Recorder.direct_send_story_share,
        ("1_2",),
        item("reel_share", text="", item_id="1_2", media_id="1_2"),
    ),
    "reaction": (
        Recorder.direct_send_reaction,
        (ITEM,),
        item(
            "reaction",
            item_id=ITEM,
            node_type="item",
            reaction_type="like",
            reaction_status="created",
            target_item_type="text",
            emoji="",
        ),
    ),
    "removal": (
        Recorder.direct_delete_reaction,
        (ITEM, "🔥"),
        item(
            "reaction",
            item_id=ITEM,
            node_type="item",
            reaction_type="like",
            reaction_status="deleted",
            target_item_type="text",
            emoji="🔥",
        ),
    ),
    "activity": (Recorder.direct_indicate_activity, (), {"action": "indicate_activity", "activity_status": "1"}),
    "mark": (Recorder.direct_mark_seen, (ITEM,), {"action": "mark_seen", "item_id": ITEM}),
    "visual mark": (
        Recorder.direct_mark_visual_item_seen,
        (int(ITEM),),
        {"action": "mark_visual_item_seen", "item_id": ITEM},
    ),
}
MARKS = ["mark", "visual mark"]
ITEMS = [name for name in CALLS if name not in (*MARKS, "activity")]


@pytest.fixture
def client() -> Recorder:
    return Recorder()


def call(client: Recorder, name: str, thread_id: Any = THREAD, **options: Any) -> Body:
    command, arguments, _ = CALLS[name]
    command(client, thread_id, *arguments, **options)
    return client.sent[-1]


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("thread_id", [THREAD, int(THREAD)])
def test_a_command_says_this(client: Recorder, name: str, thread_id: int | str) -> None:
    expected = {**CALLS[name][2], "thread_id": THREAD, "client_context": "c"}
    assert call(client, name, thread_id, client_context="c") == expected


@pytest.mark.parametrize("name", [name for name in CALLS if name not in MARKS])
@pytest.mark.parametrize("nothing", [{}, {"client_context": None}, {"client_context": ""}])
def test_a_context_is_made_up_when_there_is_none(client: Recorder, name: str, nothing: dict[str, Any]) -> None:
    first, second = call(client, name, **nothing)["client_context"], call(client, name, **nothing)["client_context"]
    assert first != second
    assert uuid.UUID(first).version == 4


@pytest.mark.parametrize("name", MARKS)
@pytest.mark.parametrize("nothing", [{}, {"client_context": None}, {"client_context": ""}])
def test_a_read_mark_has_a_context_only_when_it_is_given(client: Recorder, name: str, nothing: dict[str, Any]) -> None:
    assert "client_context" not in call(client, name, **nothing)


@pytest.mark.parametrize("name", CALLS)
def test_a_context_may_be_a_number_and_be_said_twice(client: Recorder, name: str) -> None:
    body = call(client, name, client_context=6900, offline_threading_id=True)
    assert (body["client_context"], body["offline_threading_id"]) == ("6900", "6900")


@pytest.mark.parametrize("name", ITEMS)
def test_items_may_belong_to_vanish_mode(client: Recorder, name: str) -> None:
    assert call(client, name, vanish_mode=True)["is_shh_mode"] == "1"
    assert call(client, name, vanish_mode=False)["is_shh_mode"] == "0"
    assert "is_shh_mode" not in call(client, name)


@pytest.mark.parametrize("name", CALLS)
def test_a_misspelt_option_is_not_sent(client: Recorder, name: str) -> None:
    with pytest.raises(TypeError, match="vanish"):
        call(client, name, vanish=True)
    assert client.sent == []


@pytest.mark.parametrize("name", ["text", "link"])
def test_texts_and_links_can_quote(client: Recorder, name: str) -> None:
    body = call(client, name, reply_to=(int(ITEM), 7))
    assert (body["replied_to_item_id"], body["replied_to_client_context"]) == (ITEM, "7")
    assert "replied_to_item_id" not in call(client, name, reply_to=None)


def test_texts_can_mention(client: Recorder) -> None:
    body = call(client, "text", mentioned_user_ids=[7, "8"])
    assert (body["mentioned_user_ids"], body["sampled"]) == ('["7","8"]', True)


def test_a_reaction_may_say_how_it_was_made(client: Recorder) -> None:
    assert call(client, "reaction", reaction_action_source="double_tap")["reaction_action_source"] == "double_tap"
    assert "target_item_type" not in call(client, "reaction", target_item_type=None)


def test_activity_is_off_text_or_visual(client: Recorder) -> None:
    options: list[dict[str, Any]] = [{"is_active": False}, {"is_active": True}, {"visual": True}]
    assert [call(client, "activity", **given)["activity_status"] for given in options] == ["0", "1", "2"]
    assert call(client, "activity", is_active=False, visual=True)["activity_status"] == "0"


@pytest.mark.parametrize("name", CALLS)
@pytest.mark.parametrize("thread_id", ["", None, " "])
def test_a_command_must_say_where(client: Recorder, name: str, thread_id: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="thread_id"):
        call(client, name, thread_id)
    assert client.sent == []


@pytest.mark.parametrize(
    ("command", "named"),
    [
        (lambda client: client.direct_send_text(THREAD, ""), "text"),
        (lambda client: client.direct_send_text(THREAD, None), "text"),
        (lambda client: client.direct_send_text(THREAD, "hi", reply_to=(ITEM, None)), "reply_to"),
        (lambda client: client.direct_reply(THREAD, None, "ctx-0", "hi"), "reply_to"),
        (lambda client: client.direct_reply(THREAD, ITEM, None, "hi"), "reply_to"),
        (lambda client: client.direct_send_link(THREAD, "hi", []), "urls"),
        (lambda client: client.direct_send_hashtag(THREAD, ""), "hashtag"),
        (lambda client: client.direct_send_location(THREAD, None), "venue_id"),
        (lambda client: client.direct_send_profile(THREAD, ""), "user_id"),
        (lambda client: client.direct_send_media_share(THREAD, None), "media_id"),
        (lambda client: client.direct_send_story_share(THREAD, ""), "media_id"),
        (lambda client: client.direct_send_reaction(THREAD, None), "item_id"),
        (lambda client: client.direct_send_reaction(THREAD, ITEM, reaction_status="gone"), "reaction_status"),
        (lambda client: client.direct_send_reaction(THREAD, ITEM, None), "emoji"),
        (lambda client: client.direct_delete_reaction(THREAD, ""), "item_id"),
        (lambda client: client.direct_mark_seen(THREAD, None), "item_id"),
        (lambda client: client.direct_mark_visual_item_seen(THREAD, ""), "item_id"),
        (lambda client: client.direct_mark_seen(THREAD, ITEM, offline_threading_id=True), "offline_threading_id"),
    ],
)
def test_what_cannot_be_right_is_refused_by_name(
    client: Recorder, command: Callable[[Any], object], named: str
) -> None:
    with pytest.raises(RealtimeConfigError, match=named):
        command(client)
    assert client.sent == []
