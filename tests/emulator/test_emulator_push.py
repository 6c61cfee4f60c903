"""Push: device identities, registration, notifications."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
import requests

from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.handshake import bearer
from instagrapi.realtime.protocol.packets import ConnAck, Disconnect, PubAck, SubAck, Subscribe, UnsubAck, Unsubscribe
from tests.emulator.tiny_client import TinyClient, fbns_connect, refusal

Auth = dict[str, Any]
ConnectFbns = Callable[..., tuple[TinyClient, Auth]]
REQUEST = {"pkg_name": "com.instagram.android", "appid": "567067343352427"}


def register(emu: Emulator, actor: Actor, token: str) -> requests.Response:
    return requests.post(
        f"{emu.endpoints.http}/api/v1/push/register/",
        data={"device_token": token, "users": str(actor.pk)},
        headers={"Authorization": bearer(actor.account, actor.new_session())},
        verify=emu.endpoints.ca_file,
        timeout=5,
    )


@pytest.fixture
def registered(emu: Emulator, connect_fbns: ConnectFbns, bot: Actor) -> tuple[TinyClient, Auth]:
    client, auth = connect_fbns()
    client.publish("79", REQUEST)
    assert register(emu, bot, client.json("80")["token"]).ok
    return client, auth


def test_the_first_connect_gets_an_identity(connect_fbns: ConnectFbns) -> None:
    _, auth = connect_fbns()
    assert {key: type(value) for key, value in auth.items()} == {"ck": int, "cs": str, "sr": int, "di": str, "ds": str}
    assert len(auth["di"]) == 36
    _, other = connect_fbns()
    assert other["ck"] != auth["ck"]


def test_a_known_identity_is_confirmed(emu: Emulator, connect_fbns: ConnectFbns) -> None:
    client, auth = connect_fbns()
    client.send(Disconnect())
    client.until_closed()
    _, again = connect_fbns(auth)
    assert again == auth
    assert [(entry.service, entry.account, entry.device_id) for entry in emu.connections] == [
        ("fbns", None, auth["di"]),
        ("fbns", None, auth["di"]),
    ]


@pytest.mark.parametrize("change", [{"ck": 1}, {"cs": "x"}, {"di": "x"}, {"ds": "x"}, {"cs": ""}])
def test_a_wrong_identity_is_told_to_start_from_zero(
    dial: Callable[..., TinyClient], connect_fbns: ConnectFbns, change: Auth
) -> None:
    _, auth = connect_fbns()
    client = dial("fbns")
    client.send(fbns_connect({**auth, **change}))
    assert refusal(client) == 4


@pytest.mark.parametrize(
    "changes",
    [{"clientType": "cookie_auth"}, {"appId": 567067343352427}, {"endpointCapabilities": 0}, {"subscribeTopics": []}],
)
def test_the_fields_of_connect_are_checked(dial: Callable[..., TinyClient], changes: dict[str, Any]) -> None:
    client = dial("fbns")
    client.send(fbns_connect(**changes))
    assert refusal(client) == 5


def test_a_known_device_identifies_itself_as_such(dial: Callable[..., TinyClient], connect_fbns: ConnectFbns) -> None:
    _, auth = connect_fbns()
    client = dial("fbns")
    client.send(fbns_connect(auth, client_identifier="another"))
    assert refusal(client) == 2


@pytest.mark.parametrize(
    "request_",
    [
        [],
        {"pkg_name": {}, "appid": 1},
        {"pkg_name": "p", "appid": float("inf")},
        {"pkg_name": "p", "appid": "9" * 5000},
        {"pkg_name": "p", "appid": True},
        {"pkg_name": "p", "appid": {}},
    ],
)
def test_a_malformed_registration_is_refused(connect_fbns: ConnectFbns, request_: Any) -> None:
    client, _ = connect_fbns()
    client.publish("79", json.dumps(request_).encode())
    assert client.json("80")["error"]


def test_an_empty_connack_can_be_planned_once(emu: Emulator, dial: Callable[..., TinyClient]) -> None:
    emu.answer_next_connect("fbns", ConnAck(0))
    first, second = dial("fbns"), dial("fbns")
    first.send(fbns_connect())
    assert first.socket.recv(100) == bytes.fromhex("20020000")
    second.send(fbns_connect())
    assert second.expect(ConnAck).payload


def test_the_same_device_replaces_its_connection(connect_fbns: ConnectFbns) -> None:
    first, auth = connect_fbns()
    connect_fbns(auth)
    assert first.until_closed() == []


def test_subscriptions_are_optional_and_change_what_is_delivered(
    emu: Emulator, connect_fbns: ConnectFbns, alice: Actor, bot: Actor
) -> None:
    client, _ = connect_fbns(subscribeTopics=[80])
    client.publish("79", REQUEST)
    assert register(emu, bot, client.json("80")["token"]).ok
    alice.send(bot, "unheard")
    client.send(Subscribe(7, ("76", "77"), qos=1))
    assert client.receive() == SubAck(7, (1, 1))
    alice.send(bot, "heard")
    assert json.loads(client.json("76")["fbpushnotif"])["m"] == "alice: heard"
    client.send(Unsubscribe(8, ("76",)))
    assert client.receive() == UnsubAck(8)


@pytest.mark.parametrize("app_id", ["567067343352427", 567310203415052])
def test_a_registration_gives_the_same_token_each_time(connect_fbns: ConnectFbns, app_id: Any) -> None:
    client, auth = connect_fbns()
    answers = []
    for _ in range(2):
        packet_id = client.publish("79", {**REQUEST, "appid": app_id})
        assert client.receive() == PubAck(packet_id)
        answers.append(client.json("80"))
    assert answers[0] == answers[1]
    assert answers[0]["error"] == ""
    token = json.loads(answers[0]["token"])
    assert (token["v"], token["t"]) == (0, "fbns-b64")
    assert json.loads(base64.b64decode(token["k"])) == {
        "pn": "com.instagram.android",
        "di": auth["di"],
        "ai": int(app_id),
        "ck": str(auth["ck"]),
    }


@pytest.mark.parametrize("request_body", [b"[]", b"x", b'{"pkg_name":"a"}', b'{"pkg_name":"a","appid":"b"}'])
def test_a_wrong_registration_gets_an_error_and_no_token(connect_fbns: ConnectFbns, request_body: bytes) -> None:
    client, _ = connect_fbns()
    client.publish("79", request_body)
    answer = client.json("80")
    assert answer["error"]
    assert "token" not in answer


def test_a_message_is_pushed(registered: tuple[TinyClient, Auth], alice: Actor, bot: Actor) -> None:
    client, auth = registered
    item = alice.send(bot, "hi")
    envelope = client.json("76")
    notification = json.loads(envelope.pop("fbpushnotif"))
    assert len(envelope.pop("nid")) == 19
    assert json.loads(envelope.pop("token"))["t"] == "fbns-b64"
    assert envelope == {
        "ck": str(auth["ck"]),
        "pn": "com.instagram.android",
        "cp": "direct_v2_message",
        "bu": False,
        "num_endpoints": 1,
    }
    assert notification.pop("pi") == notification.pop("PushNotifID")
    assert json.loads(notification.pop("bc")) == {"di": 1, "ds": 0, "ac": 0}
    assert notification.pop("a").startswith("https://")
    assert notification == {
        "t": "alice",
        "m": "alice: hi",
        "tt": "alice: hi",
        "ig": f"direct_v2?id={item.thread_id}&x={item.item_id}",
        "collapse_key": "direct_v2_message",
        "c": "direct_v2_message",
        "sound": "default",
        "u": bot.pk,
        "s": str(alice.pk),
    }


def test_own_messages_are_not_pushed(registered: tuple[TinyClient, Auth], alice: Actor, bot: Actor) -> None:
    client, _ = registered
    bot.send(alice, "not to me")
    alice.share(bot, "like")
    assert json.loads(client.json("76")["fbpushnotif"])["m"] == "alice sent you a message."


def test_pushes_wait_for_an_absent_device(
    emu: Emulator, registered: tuple[TinyClient, Auth], connect_fbns: ConnectFbns, alice: Actor, bot: Actor
) -> None:
    client, auth = registered
    client.send(Disconnect())
    client.until_closed()
    emu.wait_until(lambda: not emu.connections[0].is_open)
    alice.send(bot, "one")
    alice.send(bot, "two")
    again, _ = connect_fbns(auth)
    waiting = [again.json("76") for _ in range(2)]
    assert [json.loads(push["fbpushnotif"])["m"] for push in waiting] == ["alice: one", "alice: two"]
    assert [push["bu"] for push in waiting] == [True, True]
    alice.send(bot, "three")
    assert again.json("76")["bu"] is False


def test_accounts_without_a_token_are_not_pushed_to(
    emu: Emulator, registered: tuple[TinyClient, Auth], alice: Actor, bot: Actor
) -> None:
    client, _ = registered
    alice.send(emu.account("carol"), "elsewhere")
    alice.send(bot, "here")
    assert json.loads(client.json("76")["fbpushnotif"])["m"] == "alice: here"


def test_an_unknown_token_is_accepted_and_leads_nowhere(emu: Emulator, alice: Actor, bot: Actor) -> None:
    assert register(emu, bot, "of another broker").ok
    alice.send(bot, "hi")


def test_raw_pushes_and_missing_acknowledgements(
    emu: Emulator, registered: tuple[TinyClient, Auth], bot: Actor
) -> None:
    client, _ = registered
    emu.wait_until(lambda: emu.unacknowledged(bot) == [])
    emu.publish(bot, "76", b"\x78\x9craw")
    (waiting,) = emu.unacknowledged(bot)
    assert client.receive() == waiting
    assert waiting.payload == b"\x78\x9craw"


# --- other pushes -----------------------------------------------------------------------------------------------------


def test_a_request_is_pushed_as_such(emu: Emulator, registered: tuple[TinyClient, Auth], bot: Actor) -> None:
    client, _ = registered
    item = emu.account("stranger").request(bot, "do I know you?")
    envelope = client.json("76")
    notification = json.loads(envelope["fbpushnotif"])
    assert envelope["cp"] == notification["collapse_key"] == notification["c"] == "direct_v2_pending"
    assert notification["ig"] == f"direct_v2?id={item.thread_id}&x={item.item_id}"
    assert notification["m"] == "stranger: do I know you?"


def test_muted_threads_are_not_pushed(registered: tuple[TinyClient, Auth], alice: Actor, bot: Actor) -> None:
    client, _ = registered
    thread = alice.thread_with(bot)
    bot.mute(thread)
    alice.send(bot, "unheard")
    bot.mute(thread, is_muted=False)
    alice.send(bot, "heard")
    assert json.loads(client.json("76")["fbpushnotif"])["m"] == "alice: heard"


def test_pushes_of_other_kinds(registered: tuple[TinyClient, Auth], alice: Actor, bot: Actor) -> None:
    client, _ = registered
    alice.push(bot, "like", message="alice liked your post.", action="media?id=1_2")
    envelope = client.json("76")
    notification = json.loads(envelope["fbpushnotif"])
    assert envelope["cp"] == "like"
    assert notification.pop("pi") == notification.pop("PushNotifID")
    assert json.loads(notification.pop("bc")) == {"di": 0, "ds": 0, "ac": 0}
    assert notification.pop("a").startswith("https://")
    assert notification == {
        "m": "alice liked your post.",
        "ig": "media?id=1_2",
        "collapse_key": "like",
        "c": "like",
        "sound": "default",
        "u": bot.pk,
        "s": str(alice.pk),
    }


def test_a_silent_push_has_fewer_keys(emu: Emulator, registered: tuple[TinyClient, Auth], bot: Actor) -> None:
    client, _ = registered
    emu.silent_push("bot")
    notification = json.loads(client.json("76")["fbpushnotif"])
    assert notification.pop("pi")
    assert notification == {
        "m": "",
        "ig": "news",
        "collapse_key": "reachability_silent_push",
        "c": "reachability_silent_push",
        "u": str(bot.pk),
        "bc": '{"di":0}',
    }


def test_an_envelope_may_be_all_there_is(emu: Emulator, registered: tuple[TinyClient, Auth], bot: Actor) -> None:
    client, _ = registered
    emu.bare_push(bot)
    assert "fbpushnotif" not in client.json("76")
