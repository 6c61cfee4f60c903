"""Message sync, commands and the events that follow from them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator import commands as direct_commands
from instagrapi.realtime.protocol.packets import PubAck, Publish
from instagrapi.realtime.protocol.payload import dump_json
from instagrapi.realtime.wire.structs import GRAPHQL_EVENT, SKYWALKER_EVENT
from instagrapi.realtime.wire.subscriptions import direct_typing
from tests.emulator.tiny_client import TinyClient

Connect = Callable[..., TinyClient]
TYPING = '1/graphqlsubscriptions/17867973967082385/{"input_data": {"user_id": "10000000002"}}'
PRESENCE = '1/graphqlsubscriptions/17846944882223835/{"input_data":{"client_subscription_id":"x"}}'
THREAD = "340282366841710300949128000000000000001"
FIRST_ITEM = "31000000000000000000000000000000001"


def text(body: Any, client_context: Any = "cc-1", **more: Any) -> dict[str, Any]:
    return {
        "action": "send_item",
        "thread_id": THREAD,
        "item_type": "text",
        "text": body,
        "client_context": client_context,
        **more,
    }


def reaction(**more: Any) -> dict[str, Any]:
    return text("x", item_type="reaction", item_id=FIRST_ITEM, reaction_status="created", **more)


ITEM_TYPES = (
    "text",
    "like",
    "link",
    "hashtag",
    "location",
    "profile",
    "media_share",
    "reel_share",
    "story_share",
)
ODD_VALUES = ({"a": 1}, [], ["x"], [[]], True, 0, -1, 1.5, float("inf"), None, "", "[{}]", "\ud800", "9" * 5000)
ODD_FIELDS = (
    "action",
    "thread_id",
    "client_context",
    "item_type",
    "item_id",
    "text",
    "mentioned_user_ids",
    "is_shh_mode",
    "replied_to_item_id",
    "replied_to_client_context",
    "link_text",
    "link_urls",
    "hashtag",
    "venue_id",
    "profile_user_id",
    "media_id",
    "story_media_id",
    "reaction_status",
    "emoji",
    "activity_status",
)
ODD_WISHES = (
    {"seq_id": True},
    {"seq_id": 1000.0},
    {"seq_id": {}},
    {"snapshot_at_ms": True},
    {"snapshot_at_ms": "1"},
    {"snapshot_at_ms": None},
    {"snapshot_app_version": None},
    {"snapshot_app_version": 428},
)


# --- topics 134 and 135 -----------------------------------------------------------------------------------------------


def test_the_answer_tells_where_the_queue_stands(connect: Connect, alice: Actor, bot: Actor) -> None:
    alice.send(bot, "before")
    client = connect(bot)
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    answer = client.json("135")
    assert answer.pop("subscribed_at_ms") > 1_600_000_000_000
    assert answer == {
        "succeeded": True,
        "seq_id": 1000,
        "latest_seq_id": 1001,
        "error_type": None,
        "error_message": None,
    }


def test_the_backlog_comes_first_and_then_what_happens(follow: Connect, alice: Actor, bot: Actor) -> None:
    alice.send(bot, "zero")
    alice.send(bot, "one")
    alice.send(bot, "two")
    client = follow(bot, seq_id=1001)
    alice.send(bot, "three")
    backlog = client.patches()
    assert [(entry["seq_id"], entry["value"]["text"], entry["realtime"]) for entry in backlog] == [
        (1002, "one", False),
        (1003, "two", False),
    ]
    live = client.patch()
    assert (live["seq_id"], live["value"]["text"], live["realtime"]) == (1004, "three", True)


def test_nothing_is_synced_before_it_is_subscribed_to(connect: Connect, alice: Actor, bot: Actor) -> None:
    client = connect(bot)
    alice.send(bot, "hi")
    assert client.is_idle()


@pytest.mark.parametrize(
    ("seq_id", "error"),
    [(1000, "IrisQueueOverflowException"), (2000, "IrisQueueUnderflowException"), ("1000", "Server force resnapshot")],
)
def test_unusable_positions_are_refused(alice: Actor, bot: Actor, connect: Connect, seq_id: Any, error: str) -> None:
    for number in range(116):
        alice.send(bot, str(number))
    client = connect(bot)
    client.publish("134", {"seq_id": seq_id, "snapshot_at_ms": 1, "snapshot_app_version": "428.0"})
    answer = client.json("135")
    assert (answer["succeeded"], answer["error_type"], answer["error_message"]) == (False, 1, error)
    alice.send(bot, "not followed")
    assert client.is_idle()


def test_the_oldest_position_that_is_kept_can_be_replayed(follow: Connect, alice: Actor, bot: Actor) -> None:
    for number in range(116):
        alice.send(bot, str(number))
    assert [entry["seq_id"] for entry in follow(bot, seq_id=1001).patches()] == list(range(1002, 1117))


@pytest.mark.parametrize(
    ("version", "shown"), [("130.0.0.31.121", False), ("428.0.0.47.67", True), ("", False), ("9" * 5000, True)]
)
def test_what_an_item_replies_to_is_shown_to_new_apps(
    connect: Connect, alice: Actor, bot: Actor, version: str, shown: bool
) -> None:
    client = connect(bot)
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": version})
    client.json("135")
    question = alice.send(bot, "really?")
    alice.send(bot, "yes", reply_to=question)
    client.patch()
    quote = client.patch()["value"].get("replied_to_message")
    assert (quote is not None) is shown
    if quote:
        assert (quote["item_id"], quote["text"]) == (question.item_id, "really?")


# --- topics 132 and 133 -----------------------------------------------------------------------------------------------


def test_a_text_is_answered_and_synced_to_everybody(follow: Connect, alice: Actor, bot: Actor) -> None:
    bot.thread_with(alice)
    sender, receiver = follow(bot), follow(alice)
    client_context = "6900000000000000001"
    sender.publish("132", text("hello ✓", client_context))
    own, answer = sender.patch(), sender.json("133")
    timestamp = answer["payload"].pop("timestamp")
    assert answer == {
        "action": "item_ack",
        "status_code": "200",
        "payload": {"client_context": client_context, "item_id": FIRST_ITEM, "thread_id": THREAD},
        "status": "ok",
    }
    for entry in (own, receiver.patch()):
        assert entry["event"] == "patch"
        assert entry["message_type"] == 1
        assert entry["mutation_token"] == client_context
        assert entry["realtime"] is True
        assert entry["patch"]["op"] == "add"
        assert entry["patch"]["path"] == f"/direct_v2/threads/{THREAD}/items/{FIRST_ITEM}"
        assert entry["value"]["text"] == "hello ✓"
        assert entry["value"]["user_id"] == bot.pk
        assert entry["value"]["client_context"] == client_context
        assert entry["value"]["timestamp"] == timestamp
    item = alice.last_message_from(bot)
    assert item is not None
    assert (item.item_id, item.text) == (FIRST_ITEM, "hello ✓")


def test_the_same_client_context_is_the_same_item(follow: Connect, alice: Actor, bot: Actor) -> None:
    thread = bot.thread_with(alice)
    client = follow(bot)
    client.publish("132", text("once"))
    client.patch()
    first = client.json("133")
    client.publish("132", text("again"))
    assert client.json("133") == first
    assert [item.text for item in thread.items] == ["once"]
    client.publish("132", text("another", "cc-2"))
    client.patch()
    assert client.json("133")["payload"]["item_id"] != FIRST_ITEM


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"item_type": "like"}, {"like": "❤"}),
        ({"item_type": "hashtag", "hashtag": "sea", "text": ""}, {"hashtag": {"name": "sea", "media_count": 0}}),
        ({"item_type": "hashtag", "item_id": "sea"}, {"hashtag": {"name": "sea", "media_count": 0}}),
        ({"item_type": "location", "venue_id": "7", "text": "here"}, {"location": {"pk": "7"}, "text": "here"}),
        ({"item_type": "media_share", "media_id": "1_2", "text": ""}, {"media_share": {"id": "1_2", "pk": "1"}}),
        ({"item_type": "reel_share", "item_id": "5", "text": "ha"}, {"reel_share": {"type": "reply", "text": "ha"}}),
        ({"item_type": "story_share", "story_media_id": "5"}, {"story_share": {"text": ""}}),
        (
            {"item_type": "link", "link_text": "see https://e.org", "link_urls": '["https://e.org"]'},
            {"link": {"text": "see https://e.org", "link_context": {"link_url": "https://e.org"}}},
        ),
        ({"item_type": "text", "text": "x", "is_shh_mode": "1"}, {"is_shh_mode": True}),
        ({"item_type": "text", "text": "@a", "mentioned_user_ids": '["9"]'}, {"mentioned_entities": [{"fbid": "9"}]}),
    ],
)
def test_every_item_type_can_be_sent(
    follow: Connect, alice: Actor, bot: Actor, fields: dict[str, Any], expected: dict[str, Any]
) -> None:
    bot.thread_with(alice)
    client = follow(bot)
    client.publish("132", {"action": "send_item", "thread_id": THREAD, "client_context": "c", **fields})
    value = client.patch()["value"]
    assert client.json("133")["status"] == "ok"
    assert value["item_type"] == fields["item_type"]
    assert contains(value, expected)


def test_a_profile_shows_the_user(follow: Connect, alice: Actor, bot: Actor) -> None:
    bot.thread_with(alice)
    client = follow(bot)
    fields = {"item_type": "profile", "item_id": str(alice.pk), "text": ""}
    client.publish("132", {"action": "send_item", "thread_id": THREAD, "client_context": "c", **fields})
    assert client.patch()["value"]["profile"]["username"] == "alice"


def contains(value: Any, expected: Any) -> bool:
    if not isinstance(expected, dict):
        return bool(value == expected)
    return all(contains(value[key], element) for key, element in expected.items())


@pytest.mark.parametrize(
    ("command", "status_code", "message"),
    [
        (b"no json", "400", "the command is no JSON object"),
        ([], "400", "the command is no JSON object"),
        ({}, "400", "action is missing or no text"),
        ({"action": ["send_item"]}, "400", "action is missing or no text"),
        ({"action": "dance"}, "400", "unknown action"),
        (text("x", thread_id=int(THREAD)), "400", "thread_id is missing or no text"),
        (text("x", thread_id="1"), "404", "thread not found"),
        (text(""), "400", "text is missing"),
        (text("x", item_type="photo"), "400", "item type is not supported"),
        (text("x", item_type="raven_media"), "400", "item type is not supported"),
        (text("x", item_type="link", link_text="x", link_urls="[]"), "400", "a list in JSON text was expected"),
        (text({"a": 1}), "400", "text is missing or no text"),
        (text(7), "400", "text is missing or no text"),
        (text("x", {"a": 1}), "400", "client_context is missing or no text"),
        (text("x", mentioned_user_ids={"a": 1}), "400", "mentioned_user_ids: a list in JSON text was expected"),
        (text("x", mentioned_user_ids="[{}]"), "400", "mentioned_user_ids: a list in JSON text was expected"),
        (text("x", item_type="link", link_text="x", link_urls=["x"]), "400", "link_urls: a list in JSON text"),
        (text({}, item_type="reel_share", media_id="1"), "400", "text is missing or no text"),
        (reaction(emoji=["x"]), "400", "emoji is missing or no text"),
        (text("x", item_type="reaction", item_id="1"), "404", "target item is not supported"),
        ({"action": "mark_seen", "thread_id": THREAD, "item_id": "1"}, "404", "target item is not supported"),
        ({"action": "mark_visual_item_seen", "thread_id": THREAD, "item_id": FIRST_ITEM}, "400", "no visual media"),
        ({"action": "indicate_activity", "thread_id": THREAD, "activity_status": "9"}, "400", "activity_status"),
    ],
)
def test_refusals_say_why(
    connect: Connect, alice: Actor, bot: Actor, command: Any, status_code: str, message: str
) -> None:
    alice.send(bot, "here")
    client = connect(bot)
    client.publish("132", command if isinstance(command, bytes) else json.dumps(command).encode())
    answer = client.json("133")
    assert (answer["action"], answer["status"], answer["status_code"]) == ("item_ack", "fail", status_code)
    assert message in answer["payload"]["message"]
    assert answer["message"] == answer["payload"]["message"]
    expected = command.get("client_context") if isinstance(command, dict) else None
    assert answer["payload"]["client_context"] == (expected if isinstance(expected, str) else None)


@pytest.mark.parametrize("name", ODD_FIELDS)
def test_every_value_of_every_field_is_answered(emu: Emulator, alice: Actor, bot: Actor, name: str) -> None:
    bot.new_session()
    item = alice.send(bot, "here")
    commands: list[dict[str, Any]] = [
        *[text("x", item_type=item_type, item_id=item.item_id) for item_type in ITEM_TYPES],
        reaction(),
        {"action": "mark_seen", "thread_id": THREAD, "item_id": item.item_id},
        {"action": "mark_visual_item_seen", "thread_id": THREAD, "item_id": item.item_id},
        {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "1"},
    ]
    for number, command in enumerate(commands):
        context = {"client_context": f"c{number}"}
        for value in ODD_VALUES:
            body = json.dumps({**context, **command, name: value}).encode()
            with emu._hub.changing() as world:
                assert dump_json(direct_commands.answer(world, bot.account, body))


@pytest.mark.parametrize("wish", ODD_WISHES)
def test_malformed_sync_subscriptions_are_refused(connect: Connect, bot: Actor, wish: dict[str, Any]) -> None:
    client = connect(bot)
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0", **wish})
    assert client.json("135")["succeeded"] is False


def test_bodies_that_are_not_deflated_are_refused(emu: Emulator, connect: Connect, bot: Actor) -> None:
    client = connect(bot)
    client.send(Publish("88", b'{"sub":["ig/u/v1/1"]}', 1))
    client.send(Publish("149", json.dumps({"sub": [TYPING]}).encode(), 2))
    client.send(Publish("132", json.dumps(text("x")).encode(), 3))
    assert client.json("133")["message"] == "the command is no JSON object in a zlib stream"
    client.send(Publish("134", b'{"seq_id":1000,"snapshot_at_ms":1,"snapshot_app_version":"428.0"}', 4))
    assert client.json("135")["succeeded"] is False
    assert emu.subscriptions(bot) == set()


@pytest.mark.parametrize(
    "subscription",
    [
        direct_typing(10000000001),
        "1/graphqlsubscriptions/17867973967082385/",
        "1/graphqlsubscriptions/17867973967082385/[]",
        '1/graphqlsubscriptions/17867973967082385/{"input_data":[]}',
        '1/graphqlsubscriptions/17867973967082385/{"input_data":{"user_id":{}}}',
    ],
)
def test_typing_of_others_accounts_is_not_told(connect: Connect, alice: Actor, bot: Actor, subscription: str) -> None:
    client = connect(bot)
    client.subscribe("149", subscription)
    alice.typing(bot)
    assert client.is_idle()


def test_receipts_are_forgotten_in_the_end(alice: Actor, bot: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("instagrapi.emulator.world_items.RECEIPT_CAPACITY", 2)
    first = alice.send(bot, "one", client_context="1")
    alice.send(bot, "two", client_context="2")
    assert alice.send(bot, "one", client_context="1") is first
    alice.send(bot, "three", client_context="3")
    assert alice.send(bot, "one", client_context="1") is not first


def test_other_peoples_threads_do_not_exist(emu: Emulator, connect: Connect, alice: Actor, bot: Actor) -> None:
    alice.send(emu.account("carol"), "secret")
    client = connect(bot)
    client.publish("132", text("let me in"))
    assert client.json("133")["status_code"] == "404"


def test_a_command_without_client_context_is_answered_with_one(connect: Connect, alice: Actor, bot: Actor) -> None:
    bot.thread_with(alice)
    client = connect(bot)
    command = text("x")
    del command["client_context"]
    client.publish("132", command)
    assert len(client.json("133")["payload"]["client_context"]) == 19


def test_mark_seen_is_answered_without_client_context_and_told(follow: Connect, alice: Actor, bot: Actor) -> None:
    first, second = alice.send(bot, "one"), alice.send(bot, "two")
    reader, writer = follow(bot, seq_id=1002), follow(alice, seq_id=1002)
    reader.publish("132", {"action": "mark_seen", "thread_id": THREAD, "item_id": second.item_id})
    own, answer = reader.patch(), reader.json("133")
    assert answer["status"] == "ok"
    assert "client_context" not in answer["payload"]
    for entry in (own, writer.patch()):
        assert entry["patch"]["op"] == "replace"
        assert entry["patch"]["path"] == f"/direct_v2/threads/{THREAD}/participants/{bot.pk}/has_seen"
        assert entry["value"]["item_id"] == second.item_id
        assert entry["value"]["timestamp"].isdecimal()
        assert entry["mutation_token"] is None
    reader.publish("132", {"action": "mark_seen", "thread_id": THREAD, "item_id": first.item_id, "client_context": "5"})
    assert reader.json("133")["payload"]["client_context"] == "5"
    assert writer.is_idle()


@pytest.mark.parametrize(("emoji", "kind"), [("🔥", "emojis"), ("", "likes")])
def test_reactions_come_and_go(follow: Connect, alice: Actor, bot: Actor, emoji: str, kind: str) -> None:
    item = alice.send(bot, "good?")
    client, witness = follow(bot, seq_id=1001), follow(alice, seq_id=1001)
    command = text("x", "r-1", item_type="reaction", item_id=item.item_id, node_type="item", reaction_type="like")
    client.publish("132", {**command, "reaction_status": "created", "emoji": emoji})
    client.patch()
    assert client.json("133")["payload"]["item_id"] == item.item_id
    created = witness.patch()
    path = f"/direct_v2/threads/{THREAD}/items/{item.item_id}/reactions/{kind}/{bot.pk}"
    assert created["patch"]["op"] == "add"
    assert created["patch"]["path"] == path
    assert created["value"]["sender_id"] == bot.pk
    assert created["value"].get("emoji", "") == emoji
    assert created["mutation_token"] == "r-1"
    assert item.reactions[bot.pk].emoji == emoji
    client.publish("132", {**command, "reaction_status": "deleted", "client_context": "r-2"})
    client.patch()
    assert client.json("133")["status"] == "ok"
    removed = witness.patch()
    assert (removed["patch"]["op"], removed["patch"]["path"], removed["value"]) == ("remove", path, {})
    assert item.reactions == {}


def test_a_repeated_reaction_is_told_once(follow: Connect, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "good?")
    client, witness = follow(bot, seq_id=1001), follow(alice, seq_id=1001)
    command = text("x", "r", item_type="reaction", item_id=item.item_id, reaction_status="created", emoji="🔥")
    client.publish("132", command)
    client.publish("132", command)
    witness.patch()
    client.patch()
    assert client.json("133") == client.json("133")
    assert witness.is_idle()


def test_viewing_visual_media_is_told(follow: Connect, alice: Actor, bot: Actor) -> None:
    item = alice.send_raven(bot, "77")
    client, witness = follow(bot), follow(alice)
    assert client.patch()["value"]["visual_media"]["seen_user_ids"] == []
    witness.patch()
    for _ in range(2):
        client.publish("132", {"action": "mark_visual_item_seen", "thread_id": THREAD, "item_id": item.item_id})
    update = witness.patch()
    assert update["patch"]["op"] == "replace"
    assert update["value"]["visual_media"]["seen_user_ids"] == [bot.pk]
    assert witness.is_idle()


# --- what actors do ---------------------------------------------------------------------------------------------------


def test_unsending_removes_the_item(follow: Connect, alice: Actor, bot: Actor) -> None:
    item = alice.send(bot, "oops")
    client = follow(bot, seq_id=1001)
    alice.unsend(item)
    alice.unsend(item)
    removed = client.patch()
    assert removed["patch"]["op"] == "remove"
    assert removed["patch"]["path"].endswith(f"/items/{item.item_id}")
    assert removed["value"] == int(item.item_id)
    assert client.is_idle()
    with pytest.raises(ValueError, match="own messages"):
        bot.unsend(alice.send(bot, "mine"))


def test_typing_reaches_those_who_asked_for_it(connect: Connect, alice: Actor, bot: Actor) -> None:
    asked, silent = connect(bot), connect(bot, deviceId="another")
    asked.subscribe("149", TYPING)
    alice.typing(bot)
    event = asked.struct("149", GRAPHQL_EVENT)
    assert event["topic"] == "direct"
    (patch,) = json.loads(event["payload"])["data"]
    assert patch["op"] == "add"
    assert patch["path"].startswith(f"/direct_v2/threads/{THREAD}/activity_indicator_id/")
    value = json.loads(patch["value"])
    assert (value["sender_id"], value["ttl"], value["activity_status"]) == (str(alice.pk), 12000, 1)
    assert silent.is_idle()


def test_typing_is_heard_by_the_others_only(connect: Connect, alice: Actor, bot: Actor) -> None:
    bot.thread_with(alice)
    typer, other = connect(bot), connect(alice)
    typer.subscribe("149", TYPING)
    other.subscribe("149", direct_typing(alice.pk))
    command = {"action": "indicate_activity", "thread_id": THREAD, "activity_status": "1", "client_context": "7"}
    typer.publish("132", command)
    payload = typer.json("133")["payload"]
    assert (payload["client_context"], payload["activity_status"], payload["ttl"]) == ("7", 1, 10000)
    event = json.loads(other.struct("149", GRAPHQL_EVENT)["payload"])
    assert event["data"][0]["path"].endswith("/activity_indicator_id/7")
    typer.publish("132", {**command, "activity_status": 0})
    event = json.loads(other.struct("149", GRAPHQL_EVENT)["payload"])
    assert json.loads(event["data"][0]["value"])["activity_status"] == 0


def test_presence_reaches_contacts_who_asked_for_it(emu: Emulator, connect: Connect, alice: Actor, bot: Actor) -> None:
    stranger = connect(emu.account("carol"))
    client, silent = connect(bot), connect(bot, deviceId="another")
    stranger.subscribe("149", PRESENCE)
    client.subscribe("149", PRESENCE)
    alice.thread_with(bot)
    alice.presence(active=False)
    event = client.struct("149", GRAPHQL_EVENT)
    assert event["topic"] == "17846944882223835"
    presence = json.loads(event["payload"])["presence_event"]
    assert presence.pop("last_activity_at_ms").isdecimal()
    assert presence == {"user_id": str(alice.pk), "is_active": False, "in_threads": None}
    assert stranger.is_idle()
    assert silent.is_idle()


def test_live_broadcasts_reach_contacts_who_asked_for_them(connect: Connect, alice: Actor, bot: Actor) -> None:
    alice.thread_with(bot)
    client = connect(bot)
    client.subscribe("88", f"ig/live_notification_subscribe/{bot.pk}")
    alice.live()
    alice.live()
    alice.live(active=False)
    alice.live(active=False)
    for op, word in (("add", "started"), ("remove", "ended")):
        event = client.struct("88", SKYWALKER_EVENT)
        assert event["topic"] == 2
        (patch,) = json.loads(event["payload"])["data"]
        assert patch["op"] == op
        assert patch["path"].endswith(f"/{word}")
        assert json.loads(patch["value"])["user"]["pk"] == alice.pk
    assert client.is_idle()


def test_subscriptions_are_kept_by_their_literal_text(emu: Emulator, connect: Connect, bot: Actor) -> None:
    client = connect(bot)
    client.subscribe("149", TYPING, PRESENCE)
    client.subscribe("88", "ig/u/v1/1")
    assert emu.subscriptions(bot) == {TYPING, PRESENCE, "ig/u/v1/1"}
    client.publish("149", {"unsub": [TYPING.replace(": ", ":"), PRESENCE, 5]})
    client.expect(PubAck)
    assert emu.subscriptions("bot") == {TYPING, "ig/u/v1/1"}


def test_a_group_hears_everything(emu: Emulator, follow: Connect, alice: Actor, bot: Actor) -> None:
    group = emu.group(alice, bot, emu.account("carol"), title="friends")
    clients = [follow(bot, seq_id=1001), follow(emu.account("carol"), seq_id=1001)]
    alice.send(group, "hi all")
    for client in clients:
        assert client.patch()["value"]["text"] == "hi all"


def test_many_actors_at_once_keep_the_order_of_the_queue(
    emu: Emulator, follow: Connect, alice: Actor, bot: Actor
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    client = follow(bot)
    with ThreadPoolExecutor(4) as pool:
        for name in ("ann", "ben", "cid", "dan"):
            pool.submit(lambda actor: [actor.send(bot, str(n)) for n in range(25)], emu.account(name))
    assert [client.patch()["seq_id"] for _ in range(100)] == list(range(1001, 1101))


def test_acknowledging_everything_leaves_nothing(emu: Emulator, follow: Connect, alice: Actor, bot: Actor) -> None:
    client = follow(bot)
    alice.send(bot, "hi")
    client.patch()
    emu.wait_until(lambda: emu.unacknowledged(bot) == [])
    alice.send(bot, "hi")
    client.body("146", acknowledge=False)
    assert [packet.topic for packet in emu.unacknowledged(bot)] == ["146"]
    assert isinstance(emu.unacknowledged(bot)[0], Publish)
