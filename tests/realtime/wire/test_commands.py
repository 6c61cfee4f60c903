from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import RealtimeConfigError, ThriftEncodeError
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
            commands.text(THREAD, "@a", CONTEXT, mentioned_user_ids=7),
            item("text", text="@a", mentioned_user_ids='["7"]', sampled=True),
        ),
        (commands.text(THREAD, "hi", CONTEXT, mentioned_user_ids=[]), item("text", text="hi")),
        (
            commands.link(THREAD, "see https://e.test", iter(["https://e.test"]), CONTEXT),
            item("link", link_text="see https://e.test", link_urls='["https://e.test"]'),
        ),
        (
            commands.link(THREAD, "https://e.test", "https://e.test", CONTEXT, reply_to=[ITEM, 7]),  # type: ignore[arg-type]
            item(
                "link",
                link_text="https://e.test",
                link_urls='["https://e.test"]',
                replied_to_item_id=ITEM,
                replied_to_client_context="7",
            ),
        ),
        (commands.like(THREAD, CONTEXT), item("like")),
        (
            commands.hashtag(THREAD, "cats", "look", CONTEXT),
            item("hashtag", text="look", hashtag="cats", item_id="cats"),
        ),
        (commands.location(THREAD, 213, "", CONTEXT), item("location", text="", venue_id="213", item_id="213")),
        (commands.profile(THREAD, 9, "", CONTEXT), item("profile", text="", profile_user_id="9", item_id="9")),
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
                reaction_action_source="double_tap",
            ),
            item(
                "reaction",
                item_id=ITEM,
                node_type="item",
                reaction_type="like",
                reaction_status="created",
                target_item_type="media",
                emoji="🔥",
                reaction_action_source="double_tap",
            ),
        ),
        (
            commands.reaction(
                THREAD,
                int(ITEM),
                CONTEXT,
                emoji="",
                reaction_type="like",
                reaction_status="deleted",
                target_item_type=None,
            ),
            item("reaction", item_id=ITEM, node_type="item", reaction_type="like", reaction_status="deleted", emoji=""),
        ),
        (commands.mark_seen(THREAD, ITEM), {"action": "mark_seen", "thread_id": THREAD, "item_id": ITEM}),
        (
            commands.mark_seen(THREAD, ITEM, CONTEXT),
            {"action": "mark_seen", "thread_id": THREAD, "item_id": ITEM, "client_context": CONTEXT},
        ),
        (
            commands.mark_visual_item_seen(THREAD, int(ITEM)),
            {"action": "mark_visual_item_seen", "thread_id": THREAD, "item_id": ITEM},
        ),
        (
            commands.indicate_activity(THREAD, True, CONTEXT),
            {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "1", "client_context": CONTEXT},
        ),
        (
            commands.indicate_activity(THREAD, True, CONTEXT, visual=True),
            {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "2", "client_context": CONTEXT},
        ),
        (
            commands.indicate_activity(THREAD, False, CONTEXT, visual=True),
            {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "0", "client_context": CONTEXT},
        ),
    ],
    ids=lambda value: value.get("item_type", value["action"]),
)
def test_a_command_says_this_in_this_order(body: Body, expected: Body) -> None:
    assert list(body.items()) == list(expected.items())


#: Every command, with arguments that are right.
GIVEN: dict[str, tuple[Callable[..., Body], dict[str, Any]]] = {
    "text": (commands.text, {"body": "hi"}),
    "link": (commands.link, {"body": "hi", "urls": ["https://e.test"]}),
    "like": (commands.like, {}),
    "hashtag": (commands.hashtag, {"tag": "cats", "body": ""}),
    "location": (commands.location, {"venue_id": "213", "body": ""}),
    "profile": (commands.profile, {"user_id": "9", "body": ""}),
    "media_share": (commands.media_share, {"media_id": "1_2", "body": ""}),
    "story_share": (commands.story_share, {"media_id": "1_2", "body": ""}),
    "reaction": (
        commands.reaction,
        {
            "item_id": ITEM,
            "emoji": "",
            "reaction_type": "like",
            "reaction_status": "created",
            "target_item_type": "text",
        },
    ),
    "mark_seen": (commands.mark_seen, {"item_id": ITEM}),
    "mark_visual_item_seen": (commands.mark_visual_item_seen, {"item_id": ITEM}),
    "indicate_activity": (commands.indicate_activity, {"is_active": True}),
}
ITEMS = [name for name in GIVEN if not name.startswith(("mark", "indicate"))]


def given(name: str, **changes: Any) -> Body:
    command, arguments = GIVEN[name]
    return command(**{"thread_id": THREAD, "client_context": CONTEXT, **arguments, **changes})


@pytest.mark.parametrize("name", GIVEN)
def test_thread_ids_and_client_contexts_are_text_on_the_wire(name: str) -> None:
    assert given(name, thread_id=int(THREAD), client_context=6900) == given(name, client_context="6900")
    assert given(name, thread_id=int(THREAD), client_context=6900)["client_context"] == "6900"
    assert given(name, thread_id=int(THREAD))["thread_id"] == THREAD


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize(("vanish_mode", "said"), [(True, {"is_shh_mode": "1"}), (False, {"is_shh_mode": "0"})])
def test_any_item_may_say_whether_it_belongs_to_vanish_mode(name: str, vanish_mode: bool, said: dict[str, str]) -> None:
    body = given(name, vanish_mode=vanish_mode)
    assert body == given(name) | said
    assert list(body)[:4] == ["action", "thread_id", "item_type", "is_shh_mode"]
    assert given(name, vanish_mode=None) == given(name)


@pytest.mark.parametrize("name", GIVEN)
def test_any_command_may_repeat_its_context_as_offline_threading_id(name: str) -> None:
    body = given(name, offline_threading_id=True)
    assert body == given(name) | {"offline_threading_id": CONTEXT}
    assert list(body)[-2:] == ["client_context", "offline_threading_id"]


def test_what_has_no_context_cannot_repeat_it() -> None:
    with pytest.raises(RealtimeConfigError, match="offline_threading_id"):
        commands.mark_seen(THREAD, ITEM, offline_threading_id=True)


WRONG_IDS: tuple[Any, ...] = ("", " ", None, True, 1.5, b"1", ["1"])
WRONG_TEXTS: tuple[Any, ...] = (None, 5, b"text", ["text"])


@pytest.mark.parametrize(
    ("name", "argument", "wrong", "named"),
    [
        *((name, "thread_id", WRONG_IDS, "thread_id") for name in GIVEN),
        *(
            (name, "client_context", [wrong for wrong in WRONG_IDS if wrong is not None], "client_context")
            for name in GIVEN
        ),
        *((name, "item_id", WRONG_IDS, "item_id") for name in ("reaction", "mark_seen", "mark_visual_item_seen")),
        ("text", "body", (*WRONG_TEXTS, ""), "text"),
        ("text", "reply_to", ((), (ITEM,), "ab", (ITEM, "c", "d"), ITEM, 5, {"item_id": ITEM}), "reply_to"),
        ("text", "reply_to", ((ITEM, None), (ITEM, "")), "client context in reply_to"),
        ("text", "reply_to", ((None, "ctx-0"), ("", "ctx-0")), "item id in reply_to"),
        ("text", "mentioned_user_ids", ([""], [7, None], None, "", [[7]]), "mentioned_user_ids"),
        ("link", "body", (*WRONG_TEXTS, ""), "text"),
        ("link", "urls", ([], (), "", [""], [None], None, 5, iter([])), "urls"),
        ("link", "reply_to", ((ITEM, None),), "reply_to"),
        ("hashtag", "tag", (*WRONG_TEXTS, ""), "hashtag"),
        *(
            (name, "body", WRONG_TEXTS, "text")
            for name in ("hashtag", "location", "profile", "media_share", "story_share")
        ),
        ("location", "venue_id", WRONG_IDS, "venue_id"),
        ("profile", "user_id", WRONG_IDS, "user_id"),
        ("media_share", "media_id", WRONG_IDS, "media_id"),
        ("story_share", "media_id", WRONG_IDS, "media_id"),
        ("reaction", "emoji", WRONG_TEXTS, "emoji"),
        ("reaction", "reaction_status", ("", "removed", "CREATED", None, 1), "reaction_status"),
        ("reaction", "reaction_type", (*WRONG_TEXTS, ""), "reaction_type"),
        ("reaction", "target_item_type", (5, ""), "target_item_type"),
        ("reaction", "reaction_action_source", (5, ""), "reaction_action_source"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_right_is_refused_by_name(name: str, argument: str, wrong: Any, named: str) -> None:
    for value in wrong:
        with pytest.raises(RealtimeConfigError, match=named):
            given(name, **{argument: value})


def test_an_item_must_have_a_type() -> None:
    with pytest.raises(RealtimeConfigError, match="item_type"):
        commands.send_item(THREAD, "", {}, CONTEXT)


# --- subscriptions ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("texts", ["one", ["one"], ("one",), iter(["one"]), {"one": 1}])
def test_topics_are_subscribed_to_and_not_by_their_texts(texts: Any) -> None:
    texts = texts if isinstance(texts, str) else list(texts)
    assert commands.subscribe(texts) == {"sub": ["one"]}
    assert commands.unsubscribe(texts) == {"unsub": ["one"]}


@pytest.mark.parametrize("texts", ["", [], [""], ["one", ""], ["one", None], None, 5, b"one", [b"one"], iter([])])
@pytest.mark.parametrize("build", [commands.subscribe, commands.unsubscribe])
def test_a_subscription_must_be_text(build: Callable[[Any], Body], texts: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="subscriptions"):
        build(texts)


def test_message_sync_is_subscribed_from_a_position() -> None:
    body = commands.iris_subscription(12, 1_700_000_000_000, "1.2.3")
    assert dump_json(body) == b'{"seq_id":12,"snapshot_at_ms":1700000000000,"snapshot_app_version":"1.2.3"}'
    assert commands.iris_subscription("12", "1700000000000", "1.2.3") == body  # type: ignore[arg-type]


def test_message_sync_may_say_where_we_are_and_in_what_form_it_shall_come() -> None:
    body = commands.iris_subscription(1, 2, "3", timezone_offset=-3600, subscription_type="message")
    assert list(body.items())[3:] == [("timezone_offset", -3600), ("subscription_type", "message")]


@pytest.mark.parametrize(
    ("argument", "wrong"),
    [
        ("seq_id", (None, "", "x", -1, True, 1.5, "1.5", "²")),
        ("snapshot_at_ms", (None, "", "x", -1, True, 1.5)),
        ("snapshot_app_version", (None, "", 5)),
        ("timezone_offset", ("", "x", 1.5)),
        ("subscription_type", ("", 5)),
    ],
)
def test_a_position_must_be_one(argument: str, wrong: tuple[Any, ...]) -> None:
    for value in wrong:
        arguments: dict[str, Any] = {"seq_id": 1, "snapshot_at_ms": 2, "snapshot_app_version": "3", argument: value}
        with pytest.raises(RealtimeConfigError, match=argument):
            commands.iris_subscription(**arguments)


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
    "graph_ql_subscribe": commands.subscribe,
    "skywalker_subscribe": commands.subscribe,
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
        target_item_type=given.get("targetItemType"),
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
    assert list(ours.items()) == list(theirs.items())


#: How that client says the same; ``more`` is what it says besides and can be asked for.
MAUIGPAPI: dict[str, Callable[..., Body]] = {
    "send_text": lambda said, **more: commands.text(said["thread_id"], said["text"], said["client_context"], **more),
    "send_text_reply": lambda said, **more: commands.text(
        said["thread_id"],
        said["text"],
        said["client_context"],
        reply_to=(said["replied_to_item_id"], said["replied_to_client_context"]),
        **more,
    ),
    "send_text_link": lambda said, **more: commands.link(
        said["thread_id"], said["link_text"], json.loads(said["link_urls"]), said["client_context"], **more
    ),
    "send_text_mention": lambda said, **more: commands.text(
        said["thread_id"],
        said["text"],
        said["client_context"],
        mentioned_user_ids=json.loads(said["mentioned_user_ids"]),
        **more,
    ),
    "send_like": lambda said, **more: commands.like(said["thread_id"], said["client_context"], **more),
    "send_hashtag": lambda said, **more: commands.hashtag(
        said["thread_id"], said["item_id"], said["text"], said["client_context"], **more
    ),
    "send_location": lambda said, **more: commands.location(
        said["thread_id"], said["item_id"], said["text"], said["client_context"], **more
    ),
    "send_media": lambda said, **more: commands.media_share(
        said["thread_id"], said["media_id"], said["text"], said["client_context"], **more
    ),
    "send_profile": lambda said, **more: commands.profile(
        said["thread_id"], said["item_id"], said["text"], said["client_context"], **more
    ),
    "send_reaction": lambda said, **more: _reaction(said, **more),
    "send_reaction_deleted": lambda said, **more: _reaction(said, **more),
    "send_user_story": lambda said, **more: commands.story_share(
        said["thread_id"], said["item_id"], said["text"], said["client_context"], **more
    ),
    "mark_seen": lambda said, **more: commands.mark_seen(said["thread_id"], said["item_id"], **more),
    "mark_visual_item_seen": lambda said, **more: commands.mark_visual_item_seen(
        said["thread_id"], said["item_id"], **more
    ),
    "indicate_activity_text": lambda said, **more: commands.indicate_activity(
        said["thread_id"], True, said["client_context"], **more
    ),
    "indicate_activity_off": lambda said, **more: commands.indicate_activity(
        said["thread_id"], False, said["client_context"], **more
    ),
    "iris_subscribe": lambda said, **more: commands.iris_subscription(
        said["seq_id"], said["snapshot_at_ms"], said["snapshot_app_version"], **more
    ),
    "graphql_subscribe": lambda said: commands.subscribe(said["sub"]),
    "skywalker_subscribe": lambda said: commands.subscribe(said["sub"]),
    "skywalker_unsubscribe": lambda said: commands.unsubscribe(said["unsub"]),
}


def _reaction(said: dict[str, Any], **more: Any) -> Body:
    return commands.reaction(
        said["thread_id"],
        said["item_id"],
        said["client_context"],
        **{key: said[key] for key in ("emoji", "reaction_type", "reaction_status", "target_item_type")},
        **more,
    )


#: What that client says and we do not by default, with the argument that makes us say it.
ITEM_KEYS = {"is_shh_mode": ("vanish_mode", False), "offline_threading_id": ("offline_threading_id", True)}
REACTION_KEYS = {**ITEM_KEYS, "reaction_action_source": ("reaction_action_source", "double_tap")}
MARK_KEYS = {
    "client_context": ("client_context", "6900000000000000001"),
    "offline_threading_id": ("offline_threading_id", True),
}
ACTIVITY_KEYS = {"offline_threading_id": ("offline_threading_id", True)}
SYNC_KEYS = {"timezone_offset": ("timezone_offset", 0), "subscription_type": ("subscription_type", "message")}
#: What it says as ``null`` of a text that quotes nothing, and we never say.
NO_QUOTE = {"replied_to_item_id", "replied_to_client_context"}
#: By command: what we say when asked, what we never say, and what only we say (as instagram_mqtt).
DIFFERENCES: dict[str, tuple[dict[str, tuple[str, Any]], set[str], set[str]]] = {
    "send_text": (ITEM_KEYS, NO_QUOTE, set()),
    "send_text_reply": (ITEM_KEYS, set(), set()),
    "send_text_link": (ITEM_KEYS, NO_QUOTE, set()),
    "send_text_mention": (ITEM_KEYS, NO_QUOTE, set()),
    "send_like": (ITEM_KEYS, set(), set()),
    "send_hashtag": (ITEM_KEYS, set(), {"hashtag"}),
    "send_location": (ITEM_KEYS, set(), {"venue_id"}),
    "send_media": (ITEM_KEYS, set(), set()),
    "send_profile": (ITEM_KEYS, set(), {"profile_user_id"}),
    "send_reaction": (REACTION_KEYS, set(), set()),
    "send_reaction_deleted": (REACTION_KEYS, set(), set()),
    "send_user_story": (ITEM_KEYS, set(), {"media_id"}),
    "mark_seen": (MARK_KEYS, set(), set()),
    "mark_visual_item_seen": (MARK_KEYS, set(), set()),
    "indicate_activity_text": (ACTIVITY_KEYS, set(), set()),
    "indicate_activity_off": (ACTIVITY_KEYS, set(), set()),
    "iris_subscribe": (SYNC_KEYS, set(), set()),
    "graphql_subscribe": ({}, set(), set()),
    "skywalker_subscribe": ({}, set(), set()),
    "skywalker_unsubscribe": ({}, set(), set()),
}


@pytest.mark.parametrize("case", cases("mauigpapi_commands", label="method"))
def test_by_default_commands_say_less_than_those_of_mauigpapi(case: dict[str, Any]) -> None:
    theirs = json.loads(case["json"])
    ours = MAUIGPAPI[case["method"]](theirs)
    when_asked, never, only_ours = DIFFERENCES[case["method"]]
    assert theirs.keys() - ours.keys() == when_asked.keys() | never
    assert ours.keys() - theirs.keys() == only_ours
    assert all(theirs[key] is None for key in never)


@pytest.mark.parametrize("case", cases("mauigpapi_commands", label="method"))
def test_when_asked_commands_say_what_those_of_mauigpapi_say(case: dict[str, Any]) -> None:
    theirs = json.loads(case["json"])
    when_asked, never, only_ours = DIFFERENCES[case["method"]]
    ours = MAUIGPAPI[case["method"]](theirs, **dict(when_asked.values()))
    if "activity_status" in theirs:  # a number there; text here, as all others send it
        theirs["activity_status"] = str(theirs["activity_status"])
    assert {key: value for key, value in theirs.items() if key not in never} == {
        key: value for key, value in ours.items() if key not in only_ours
    }


def test_the_differences_are_stated_for_every_command() -> None:
    assert DIFFERENCES.keys() == MAUIGPAPI.keys()


@pytest.mark.parametrize("case", cases("instagram_mqtt_subscriptions"))
def test_subscriptions_are_byte_for_byte_those_of_instagram_mqtt(case: dict[str, Any]) -> None:
    given = case["input"]
    body = commands.iris_subscription(**given) if case["name"] == "iris" else commands.subscribe(given["sub"])
    assert dump_json(body) == bytes.fromhex(case["hex"])


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
