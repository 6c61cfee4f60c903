from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import ThriftEncodeError
from instagrapi.realtime.protocol.payload import dump_json, inflate
from instagrapi.realtime.protocol.thrift import decode_struct
from instagrapi.realtime.wire import commands
from instagrapi.realtime.wire.commands import Body
from instagrapi.realtime.wire.structs import FOREGROUND_STATE
from tests.support.shared import cases, needs_shared, vector

THREAD, ITEM, CONTEXT = "340282366841710300949128000000000000077", "30000000000000000000000000000000077", "ctx-1"


def item(item_type: str, **data: Any) -> Body:
    return {
        "action": "send_item",
        "thread_id": THREAD,
        "item_type": item_type,
        **data,
        "client_context": CONTEXT,
    }


# --- Direct commands -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (commands.text(THREAD, "hé", CONTEXT), item("text", text="hé")),
        (
            commands.text(THREAD, "yes", CONTEXT, reply_to=(ITEM, "ctx-0")),
            item("text", text="yes", replied_to_item_id=ITEM, replied_to_client_context="ctx-0"),
        ),
        (
            commands.text(THREAD, "@a @b", CONTEXT, mentioned_user_ids=[7, "8"]),
            item("text", text="@a @b", mentioned_user_ids='["7","8"]', sampled=True),
        ),
        (
            commands.link(THREAD, "see https://e.test", iter(["https://e.test"]), CONTEXT),
            item("link", link_text="see https://e.test", link_urls='["https://e.test"]'),
        ),
        (commands.like(THREAD, CONTEXT), item("like")),
        (
            commands.hashtag(THREAD, "cats", "look", CONTEXT),
            item("hashtag", text="look", hashtag="cats", item_id="cats"),
        ),
        (commands.location(THREAD, "213", "", CONTEXT), item("location", text="", venue_id="213", item_id="213")),
        (commands.profile(THREAD, "9", "", CONTEXT), item("profile", text="", profile_user_id="9", item_id="9")),
        (commands.media_share(THREAD, "1_2", "", CONTEXT), item("media_share", text="", media_id="1_2")),
        (commands.story_share(THREAD, "1_2", "", CONTEXT), item("reel_share", text="", item_id="1_2", media_id="1_2")),
        (
            commands.reaction(
                THREAD,
                ITEM,
                CONTEXT,
                emoji="🔥",
                reaction_type="like",
                reaction_status="created",
                target_item_type="media",
            ),
            item(
                "reaction",
                item_id=ITEM,
                node_type="item",
                reaction_type="like",
                reaction_status="created",
                target_item_type="media",
                emoji="🔥",
            ),
        ),
        (commands.mark_seen(THREAD, ITEM), {"action": "mark_seen", "thread_id": THREAD, "item_id": ITEM}),
        (
            commands.mark_visual_item_seen(THREAD, ITEM),
            {"action": "mark_visual_item_seen", "thread_id": THREAD, "item_id": ITEM},
        ),
        (
            commands.indicate_activity(THREAD, True, CONTEXT),
            {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "1", "client_context": CONTEXT},
        ),
        (
            commands.indicate_activity(THREAD, False, CONTEXT),
            {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "0", "client_context": CONTEXT},
        ),
    ],
    ids=lambda value: value.get("item_type", value["action"]),
)
def test_a_command_says_this_in_this_order(body: Body, expected: Body) -> None:
    assert list(body.items()) == list(expected.items())


@pytest.mark.parametrize(
    "command",
    [
        lambda thread: commands.like(thread, CONTEXT),
        lambda thread: commands.mark_seen(thread, ITEM),
        lambda thread: commands.mark_visual_item_seen(thread, ITEM),
        lambda thread: commands.indicate_activity(thread, True, CONTEXT),
    ],
)
def test_a_thread_id_is_text_on_the_wire(command: Callable[[int | str], Body]) -> None:
    assert command(int(THREAD)) == command(THREAD)
    assert command(int(THREAD))["thread_id"] == THREAD


def test_message_sync_is_subscribed_from_a_position() -> None:
    body = commands.iris_subscription(12, 1_700_000_000_000, "1.2.3")
    assert dump_json(body) == b'{"seq_id":12,"snapshot_at_ms":1700000000000,"snapshot_app_version":"1.2.3"}'


# --- foreground state ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "data"),
    [
        ({}, "00 00"),
        ({"inForegroundApp": True, "inForegroundDevice": False, "keepAliveTimeout": 20}, "00 11 12 15 28 00"),
        ({"unsubscribeTopics": ["88"], "requestId": 1}, "00 69 18 02 3838 26 02 00"),
    ],
)
def test_foreground_state_is_a_zero_byte_and_a_struct(state: Body, data: str) -> None:
    body = commands.foreground_state(state)
    assert zlib.decompress(body) == bytes.fromhex(data)


@pytest.mark.parametrize("state", [{"keepAliveTimeout": 2**31}, {"inForeground": True}, {"subscribeTopics": [1]}])
def test_foreground_state_that_cannot_be_said_is_refused(state: Body) -> None:
    with pytest.raises(ThriftEncodeError):
        commands.foreground_state(state)


# --- what other implementations send ---------------------------------------------------------------------------------

OURS: dict[str, Callable[..., Body]] = {
    "direct_send_text": lambda thread, text, client_context: commands.text(thread, text, client_context),
    "direct_send_reaction": lambda thread, item_id, client_context, emoji="", reaction_status="created": (
        commands.reaction(
            thread,
            item_id,
            client_context,
            emoji=emoji,
            reaction_type="like",
            reaction_status=reaction_status,
            target_item_type="text",
        )
    ),
    "direct_mark_seen": commands.mark_seen,
    "direct_indicate_activity": lambda thread, client_context, is_active=True: commands.indicate_activity(
        thread, is_active, client_context
    ),
    "graph_ql_subscribe": lambda text: {"sub": [text]},
    "skywalker_subscribe": lambda texts: {"sub": texts},
    "iris_subscribe": lambda seq_id, at: commands.iris_subscription(seq_id, at, "428.0.0.47.67"),
}


@pytest.mark.parametrize("case", cases("instagrapi_commands", label="method"))
def test_commands_are_byte_for_byte_those_of_instagrapi(case: dict[str, Any]) -> None:
    body = OURS[case["method"]](*case["args"], **case["kwargs"])
    assert dump_json(body) == case["json"].encode() == bytes.fromhex(case["hex"])


INSTAGRAM_MQTT: dict[str, Callable[[dict[str, Any]], Body]] = {
    "sendText": lambda given: commands.text(given["threadId"], given["text"], given["clientContext"]),
    "sendHashtag": lambda given: commands.hashtag(
        given["threadId"], given["hashtag"], given["text"], given["clientContext"]
    ),
    "sendLike": lambda given: commands.like(given["threadId"], given["clientContext"]),
    "sendLocation": lambda given: commands.location(given["threadId"], given["locationId"], "", given["clientContext"]),
    "sendMedia": lambda given: commands.media_share(given["threadId"], given["mediaId"], "", given["clientContext"]),
    "sendProfile": lambda given: commands.profile(given["threadId"], given["userId"], "", given["clientContext"]),
    "sendReaction": lambda given: commands.reaction(
        given["threadId"],
        given["itemId"],
        given["clientContext"],
        emoji=given.get("emoji", ""),
        reaction_type="like",
        reaction_status=given.get("reactionStatus", "created"),
        target_item_type=given.get("targetItemType", "text"),
    ),
    "sendUserStory": lambda given: commands.story_share(
        given["threadId"], given["storyId"], "", given["clientContext"]
    ),
    "markAsSeen": lambda given: commands.mark_seen(given["threadId"], given["itemId"]),
    "indicateActivity": lambda given: commands.indicate_activity(
        given["threadId"], given.get("isActive", True), given["clientContext"]
    ),
}


@pytest.mark.parametrize("case", cases("instagram_mqtt_direct_commands", label="method"))
def test_commands_say_what_those_of_instagram_mqtt_say(case: dict[str, Any]) -> None:
    ours, theirs = INSTAGRAM_MQTT[case["method"]](case["input"]), json.loads(case["json"])
    if case["method"] == "sendReaction":
        theirs.setdefault("target_item_type", "text")  # it leaves the default out
    assert ours == theirs
    assert [key for key in ours if key in theirs] == list(ours)


MAUIGPAPI: dict[str, Callable[[dict[str, Any]], Body]] = {
    "send_text": lambda said: commands.text(said["thread_id"], said["text"], said["client_context"]),
    "send_text_reply": lambda said: commands.text(
        said["thread_id"],
        said["text"],
        said["client_context"],
        reply_to=(said["replied_to_item_id"], said["replied_to_client_context"]),
    ),
    "send_text_link": lambda said: commands.link(
        said["thread_id"], said["link_text"], json.loads(said["link_urls"]), said["client_context"]
    ),
    "send_text_mention": lambda said: commands.text(
        said["thread_id"],
        said["text"],
        said["client_context"],
        mentioned_user_ids=json.loads(said["mentioned_user_ids"]),
    ),
    "send_like": lambda said: commands.like(said["thread_id"], said["client_context"]),
    "send_hashtag": lambda said: commands.hashtag(
        said["thread_id"], said["item_id"], said["text"], said["client_context"]
    ),
    "send_location": lambda said: commands.location(
        said["thread_id"], said["item_id"], said["text"], said["client_context"]
    ),
    "send_media": lambda said: commands.media_share(
        said["thread_id"], said["media_id"], said["text"], said["client_context"]
    ),
    "send_profile": lambda said: commands.profile(
        said["thread_id"], said["item_id"], said["text"], said["client_context"]
    ),
    "send_reaction": lambda said: _reaction(said),
    "send_reaction_deleted": lambda said: _reaction(said),
    "send_user_story": lambda said: commands.story_share(
        said["thread_id"], said["item_id"], said["text"], said["client_context"]
    ),
    "mark_seen": lambda said: commands.mark_seen(said["thread_id"], said["item_id"]),
    "mark_visual_item_seen": lambda said: commands.mark_visual_item_seen(said["thread_id"], said["item_id"]),
    "indicate_activity_text": lambda said: commands.indicate_activity(said["thread_id"], True, said["client_context"]),
    "indicate_activity_off": lambda said: commands.indicate_activity(said["thread_id"], False, said["client_context"]),
    "iris_subscribe": lambda said: commands.iris_subscription(
        said["seq_id"], said["snapshot_at_ms"], said["snapshot_app_version"]
    ),
    "graphql_subscribe": lambda said: {"sub": said["sub"]},
    "skywalker_subscribe": lambda said: {"sub": said["sub"]},
    "skywalker_unsubscribe": lambda said: {"unsub": said["unsub"]},
}

#: What that client says besides, and what only we say: the fields whose absence it lives with.
ONLY_MAUIGPAPI = {
    "offline_threading_id",
    "is_shh_mode",
    "reaction_action_source",
    "timezone_offset",
    "subscription_type",
}
ONLY_OURS = {"hashtag", "venue_id", "profile_user_id", "media_id"}


def _reaction(said: dict[str, Any]) -> Body:
    return commands.reaction(
        said["thread_id"],
        said["item_id"],
        said["client_context"],
        **{key: said[key] for key in ("emoji", "reaction_type", "reaction_status", "target_item_type")},
    )


@pytest.mark.parametrize("case", cases("mauigpapi_commands", label="method"))
def test_commands_say_what_those_of_mauigpapi_say(case: dict[str, Any]) -> None:
    theirs = json.loads(case["json"])
    ours = MAUIGPAPI[case["method"]](theirs)
    for key in ours.keys() & theirs.keys():
        assert str(ours[key]) == str(theirs[key]).replace('", "', '","')
    unsaid = {key for key, value in theirs.items() if value is not None} - ours.keys()
    assert unsaid <= ONLY_MAUIGPAPI | ({"client_context"} if theirs.get("action", "").startswith("mark_") else set())
    assert ours.keys() - theirs.keys() <= ONLY_OURS


@pytest.mark.parametrize("case", cases("instagram_mqtt_subscriptions"))
def test_subscriptions_are_byte_for_byte_those_of_instagram_mqtt(case: dict[str, Any]) -> None:
    body = commands.iris_subscription(**case["input"]) if case["name"] == "iris" else case["input"]
    assert dump_json(body) == bytes.fromhex(case["hex"])


@needs_shared
@pytest.mark.parametrize("name", ["instagram_mqtt_subscription_strings", "mauigpapi_subscription_strings"])
def test_the_text_of_a_subscription_is_sent_as_it_is(name: str) -> None:
    for text in vector(name)["strings"].values():
        assert json.loads(dump_json({"sub": [text]})) == {"sub": [text]}
        assert dump_json({"sub": [text]}) == b'{"sub":["' + text.replace('"', '\\"').encode() + b'"]}'


@pytest.mark.parametrize("case", cases("instagram_mqtt_foreground_state"))
def test_foreground_state_is_that_of_instagram_mqtt(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    assert inflate(commands.foreground_state(case["input"])) == data
    assert inflate(bytes.fromhex(case["deflated_hex"])) == data
    assert decode_struct(FOREGROUND_STATE, data[1:]) == case["input"]


@pytest.mark.parametrize("case", cases("instagrapi_foreground_state"))
def test_foreground_state_is_that_of_instagrapi(case: dict[str, Any]) -> None:
    names = {_snake(name): name for name in FOREGROUND_STATE.names}
    state = {names[key]: value for key, value in case["input"].items()}
    assert inflate(commands.foreground_state(state)) == bytes.fromhex(case["hex"])


@needs_shared
def test_the_foreground_state_of_mauigpapi_is_not_copied() -> None:
    file = vector("mauigpapi_foreground_state_BUGGY")
    theirs, wire = bytes.fromhex(file["hex"]), bytes.fromhex(file["payload_on_wire_hex"])
    assert inflate(inflate(wire)) == theirs  # deflated twice, and nothing before the struct
    state = decode_struct(FOREGROUND_STATE, theirs)
    assert inflate(commands.foreground_state(state)) == b"\0" + theirs


def _snake(name: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() else char for char in name)
