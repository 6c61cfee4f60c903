"""Topic 88, and the forms that the realtime broker can be switched to."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.realtime.wire.structs import SKYWALKER_EVENT
from instagrapi.realtime.wire.subscriptions import direct_typing, skywalker_direct
from tests.emulator.tiny_client import APP_INFO, TinyClient

Connect = Callable[..., TinyClient]


@pytest.fixture
def listen(connect: Connect, alice: Actor, bot: Actor) -> Connect:
    """A connection of the bot that listens to Direct on topic 88, with a blacklist if one is given."""

    def listen(blacklist: str | None = None) -> TinyClient:
        app_info = APP_INFO if blacklist is None else {**APP_INFO, "pubsub_msg_type_blacklist": blacklist}
        alice.thread_with(bot)
        client = connect(bot, app_info=app_info)
        client.subscribe("88", skywalker_direct(bot.pk))
        return client

    return listen


def body(client: TinyClient, kind: int = 1) -> Any:
    event = client.struct("88", SKYWALKER_EVENT)
    assert event["topic"] == kind
    return json.loads(event["payload"])


def test_patches_are_published_there_too(listen: Connect, alice: Actor, bot: Actor) -> None:
    client = listen()
    item = alice.send(bot, "hi")
    published = body(client)
    metadata = published.pop("publish_metadata")
    message, count = published.pop("data")
    assert published == {"event": "patch", "lazy": False, "num_endpoints": 1}
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}", metadata["publish_time_ms"])
    assert json.loads(message.pop("value"))["text"] == "hi"
    assert message == {
        "op": "add",
        "path": f"/direct_v2/threads/{item.thread_id}/items/{item.item_id}",
        "doublePublish": True,
    }
    assert count == {
        "op": "replace",
        "path": "/direct_v2/inbox/unseen_count",
        "value": "1",
        "ts": str(item.timestamp),
        "doublePublish": True,
    }
    assert client.is_idle()


def test_they_come_on_message_sync_as_well(follow: Connect, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    client.subscribe("88", skywalker_direct(bot.pk))
    alice.send(bot, "hi")
    entry = client.patch()
    assert (entry["value"]["text"], entry["counts"]) == ("hi", {"inbox": 1})
    assert "doublePublish" not in entry["patch"]
    assert json.loads(body(client)["data"][0]["value"])["text"] == "hi"


@pytest.mark.parametrize(
    ("blacklist", "heard"),
    [
        ("direct, typing_type", []),
        ("direct,typing_type", []),
        ("direct", ["activity_indicator_id"]),
        ("typing_type", ["items"]),
        ("", ["items", "activity_indicator_id"]),
    ],
)
def test_the_blacklist_of_connect_keeps_it_away(
    listen: Connect, alice: Actor, bot: Actor, blacklist: str, heard: list[str]
) -> None:
    client = listen(blacklist)
    alice.send(bot, "hi")
    alice.typing(bot)
    assert [body(client)["data"][0]["path"].split("/")[4] for _ in heard] == heard
    assert client.is_idle()


def test_nothing_comes_there_unasked(connect: Connect, alice: Actor, bot: Actor) -> None:
    client = connect(bot)
    client.subscribe("88", skywalker_direct(alice.pk))
    alice.send(bot, "hi")
    assert client.is_idle()


def test_typing_comes_there_too(listen: Connect, alice: Actor, bot: Actor) -> None:
    client = listen()
    client.subscribe("149", direct_typing(bot.pk))
    alice.typing(bot)
    assert client.body("149")
    (patch,) = body(client)["data"]
    assert patch["doublePublish"] is True
    assert json.loads(patch["value"])["sender_id"] == str(alice.pk)


def test_view_once_media_of_the_visual_inbox(listen: Connect, alice: Actor, bot: Actor) -> None:
    client = listen()
    item = alice.send_raven(bot, as_visual_thread=True)
    message, count = body(client)["data"]
    assert message["path"] == f"/direct_v2/visual_threads/{item.thread_id}/items/{item.item_id}"
    assert json.loads(message["value"])["visual_media"]["view_mode"] == "once"
    assert (count["path"], count["value"]) == ("/direct_v2/visual_inbox/unseen_count", "1")


@pytest.mark.parametrize("blacklist", ["", "direct, typing_type"])
def test_video_calls_have_a_type_of_their_own(listen: Connect, alice: Actor, bot: Actor, blacklist: str) -> None:
    client = listen(blacklist)
    call_id = alice.call(bot, "RING")
    published = body(client, kind=4)
    assert published.pop("timestamp") > 1_600_000_000_000
    assert published == {"payload": {"videoCallId": call_id, "messageType": "RING"}}
    assert alice.call(bot) != call_id


def test_answers_can_come_there(emu: Emulator, connect: Connect, alice: Actor, bot: Actor) -> None:
    thread = bot.thread_with(alice)
    client = connect(bot)
    command = {"action": "send_item", "item_type": "like", "thread_id": thread.thread_id, "client_context": "c"}
    client.publish("132", command)
    usual = client.json("133")
    emu.dialect.answers_on_pubsub = True
    client.publish("132", command)
    assert body(client) == usual


def test_direct_bodies_of_graphql_can_be_plain(emu: Emulator, connect: Connect, alice: Actor, bot: Actor) -> None:
    alice.thread_with(bot)
    client = connect(bot)
    client.subscribe("149", direct_typing(bot.pk))
    emu.dialect.plain_graphql = True
    alice.typing(bot)
    published = client.json("149")
    assert published["event"] == "patch"
    assert published["data"][0]["path"].split("/")[4] == "activity_indicator_id"
