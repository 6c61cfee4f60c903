"""Commands and subscriptions as other clients write them: all are taken and answered."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.emulator import Actor, Emulator
from tests.emulator.tiny_client import TinyClient
from tests.support.shared import cases

Connect = Callable[..., TinyClient]
THREAD = "340282366841710300949128000000000000001"
ITEM = "31000000000000000000000000000000001"


def of_topic(name: str, topic: str) -> list[Any]:
    """The recorded publishes of a client to a topic."""
    return [case for case in cases(name, label="method") if not case.values[0] or case.values[0]["topic"] == topic]


@pytest.fixture
def peer(emu: Emulator, alice: Actor, bot: Actor, connect: Connect) -> TinyClient:
    """A connection of an account with one thread, in which there is a view-once photo."""
    item = alice.send_raven(bot)
    assert (item.thread_id, item.item_id) == (THREAD, ITEM)
    return connect(bot)


def ask(client: TinyClient, command: dict[str, Any] | bytes) -> Any:
    client.publish("132", command)
    return client.json("133")


@pytest.mark.parametrize(
    "case",
    [
        *of_topic("instagrapi_commands", "132"),
        *of_topic("instagram_mqtt_direct_commands", "132"),
        *of_topic("mauigpapi_commands", "132"),
    ],
)
def test_recorded_commands_are_carried_out(peer: TinyClient, case: dict[str, Any]) -> None:
    answer = ask(peer, bytes.fromhex(case["hex"]))
    command = json.loads(case["json"])
    assert (answer["action"], answer["status"], answer["status_code"]) == ("item_ack", "ok", "200")
    assert answer["payload"]["thread_id"] == THREAD
    assert answer["payload"].get("client_context") == command.get("client_context")


@pytest.mark.parametrize("case", [*of_topic("instagrapi_commands", "134"), *of_topic("mauigpapi_commands", "134")])
def test_recorded_subscriptions_to_message_sync_are_answered(
    emu: Emulator, connect: Connect, bot: Actor, case: dict[str, Any]
) -> None:
    client = connect(bot)
    seq_id = json.loads(case["json"])["seq_id"]
    with emu._hub.changing() as world:
        world.queue(bot.account).latest_seq_id = seq_id
    client.publish("134", bytes.fromhex(case["hex"]))
    answer = client.json("135")
    assert (answer["succeeded"], answer["seq_id"]) == (True, seq_id)


@pytest.mark.parametrize(
    "extra",
    [
        {"offline_threading_id": "6900000000000000001", "is_shh_mode": "0"},
        {"replied_to_item_id": None, "replied_to_client_context": None},
        {"mentioned_user_ids": '["10000000001"]', "sampled": True},
        {"device_id": "android-1", "mutation_token": "6900000000000000001"},
    ],
)
def test_texts_may_have_more_fields(peer: TinyClient, extra: dict[str, Any]) -> None:
    command = {"action": "send_item", "thread_id": THREAD, "item_type": "text", "text": "hi", "client_context": "c"}
    assert ask(peer, {**command, **extra})["status"] == "ok"


@pytest.mark.parametrize("status", [0, 1, 2, "0", "1", "2"])
def test_activity_is_a_number_or_text_with_one(peer: TinyClient, status: int | str) -> None:
    command = {"action": "indicate_activity", "thread_id": THREAD, "activity_status": status}
    assert ask(peer, command)["payload"]["activity_status"] == int(status)


@pytest.mark.parametrize("more", [{}, {"timezone_offset": 7200, "subscription_type": "message"}])
def test_message_sync_may_be_asked_for_with_more(connect: Connect, bot: Actor, more: dict[str, Any]) -> None:
    client = connect(bot)
    client.publish("134", {"seq_id": 1000, "snapshot_at_ms": 1, "snapshot_app_version": "428.0", **more})
    assert client.json("135")["succeeded"] is True


def test_without_any_session_the_answer_is_an_exception(peer: TinyClient, bot: Actor) -> None:
    bot.end_sessions()
    answer = ask(peer, {"action": "mark_seen", "thread_id": THREAD, "item_id": ITEM})
    assert answer.keys() == {"status", "exception", "content"}
    assert (answer["status"], answer["exception"]) == ("fail", "ThreadUserIdDoesNotExist")
