"""The FBNS client: a device of its own, its token, and what it is told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import (
    ClientConnectionError,
    ConnectionLost,
    ConnectRefused,
    FbnsRegistrationFailed,
    MalformedPacket,
    NotConnectedError,
    RealtimeTimeout,
)
from instagrapi.profile import Profile
from instagrapi.realtime import FbnsClient, FbnsDeviceAuth, State, events
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet, PubAck, Publish, Subscribe
from instagrapi.realtime.protocol.payload import deflate, inflate
from instagrapi.realtime.wire.connect import MQTToTConnection
from tests.support.hosts import CSRF_TOKEN, PHONE_ID, SESSION_ID, Host
from tests.support.memory import MemoryTransport, Reply, polite

DEVICE_ID = "7a1c2f00-1111-4222-8333-444444444444"
ISSUED = {"ck": 555000111, "cs": "connectionSecret", "di": DEVICE_ID, "ds": "deviceSecret", "sr": 1, "rc": "ok"}
TOKEN = '{"k":"c2VjcmV0VG9rZW4=","v":0,"t":"fbns-b64"}'
NOT_FOUND = "The entity backed by id 123 was not found. It may have been deleted."


class Fbns:
    """FBNS, as far as connecting and registering goes. CONNACKs and registrations are taken from lists."""

    def __init__(self) -> None:
        self.connacks: list[ConnAck] = []
        self.registrations: list[dict[str, Any] | None] = []
        self.presented: list[MQTToTConnection] = []
        self.asked: list[Any] = []

    def __call__(self, packet: Packet) -> list[Reply]:
        if isinstance(packet, Connect):
            self.presented.append(MQTToTConnection.from_packet(packet))
            return [self.connacks.pop(0) if self.connacks else ConnAck(0, json.dumps(ISSUED).encode())]
        replies = polite(packet)
        if isinstance(packet, Publish) and packet.topic == "79":
            self.asked.append(json.loads(inflate(packet.payload)))
            answer: dict[str, Any] | None = {"pkg_name": "com.instagram.android", "token": TOKEN, "error": ""}
            if self.registrations:
                answer = self.registrations.pop(0)
            if answer is not None:
                replies.append(Publish("80", deflate(json.dumps(answer).encode()), 700))
        return replies


def made(host: Host | None = None, **options: Any) -> tuple[FbnsClient, Fbns, MemoryTransport]:
    fbns = Fbns()
    transport = MemoryTransport(broker=fbns)
    return FbnsClient(host or Host(), transport, clock=transport.clock, **options), fbns, transport


def stored(**changes: Any) -> dict[str, Any]:
    """What a session file holds after an earlier connection."""
    return {
        "client_id": DEVICE_ID[:20],
        "user_id": 555000111,
        "password": "connectionSecret",
        "device_id": DEVICE_ID,
        "device_secret": "deviceSecret",
        "server_region": "1",
        "region_hint": "ok",
        "raw": ISSUED,
        **changes,
    }


def push(**changes: Any) -> bytes:
    notification = {"collapse_key": "direct_v2_message", "m": "someone: hi", "u": "1", "s": "2", **changes}
    return deflate(json.dumps({"token": "t", "fbpushnotif": json.dumps(notification)}).encode())


# --- the device ------------------------------------------------------------------------------------------------------


def test_a_new_device_is_issued_an_identity_and_keeps_it() -> None:
    host = Host()
    client, fbns, _ = made(host)
    client.connect()
    first = fbns.presented[0]
    assert first.client_identifier == PHONE_ID[:20]
    assert (first.password, first.client_info["deviceId"], first.client_info["deviceSecret"]) == ("", "", "")
    assert first.client_info["userId"] == 0
    saved = host.settings["fbns_auth"]
    assert {key: saved[key] for key in stored()} == stored()
    assert client.state is State.LIVE


def test_the_next_connect_presents_it() -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    client.connect()
    (presented,) = fbns.presented
    assert presented.client_identifier == DEVICE_ID[:20]
    assert presented.password == "connectionSecret"
    info = presented.client_info
    assert (info["userId"], info["deviceId"], info["deviceSecret"]) == (555000111, DEVICE_ID, "deviceSecret")


def test_an_identity_that_is_handed_in_goes_before_the_stored_one() -> None:
    auth = FbnsDeviceAuth(client_id="other", user_id=9, password="pw", device_id="d", device_secret="s")
    client, fbns, _ = made(Host(settings={"fbns_auth": stored()}), auth=auth)
    client.connect(register=False)
    assert fbns.presented[0].client_identifier == "other"


def test_a_connack_that_says_less_keeps_the_old_values() -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    fbns.connacks = [ConnAck(0, b'{"ck":0,"cs":"fresh"}')]
    client.connect(register=False)
    saved = host.settings["fbns_auth"]
    assert (saved["password"], saved["user_id"], saved["device_secret"]) == ("fresh", 555000111, "deviceSecret")


@pytest.mark.parametrize("refusal", [ConnAck(0), ConnAck(4)], ids=["empty CONNACK", "code 4"])
def test_an_identity_that_fbns_no_longer_knows_is_dropped_and_a_new_one_asked_for(refusal: ConnAck) -> None:
    host = Host(settings={"fbns_auth": stored(token="old", registered_user_id="10000000001")})
    client, fbns, transport = made(host)
    fbns.connacks = [refusal]
    client.connect()
    assert [presented.client_info["deviceSecret"] for presented in fbns.presented] == ["deviceSecret", ""]
    assert transport.connects == 2
    assert client.connected
    assert host.settings["fbns_auth"]["token"] == TOKEN


@pytest.mark.parametrize("refusal", [ConnAck(0), ConnAck(4)], ids=["empty CONNACK", "code 4"])
def test_appendix_a_15_no_identity_is_an_error_after_one_more_try(refusal: ConnAck) -> None:
    """An empty CONNACK was read as {}, and the registration timed out much later."""
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, transport = made(host)
    fbns.connacks = [refusal, refusal]
    with pytest.raises(ConnectRefused) as caught:
        client.connect()
    assert caught.value.return_code == refusal.return_code
    assert len(fbns.presented) == 2
    assert fbns.asked == []
    assert not client.connected
    assert transport.fileno() == -1
    assert "device_secret" in host.settings["fbns_auth"]
    assert not host.settings["fbns_auth"]["device_secret"], "the dead identity is gone"


@pytest.mark.parametrize("refusal", [ConnAck(0), ConnAck(4)], ids=["empty CONNACK", "code 4"])
def test_a_new_device_that_gets_no_identity_does_not_try_twice(refusal: ConnAck) -> None:
    client, fbns, _ = made()
    fbns.connacks = [refusal]
    with pytest.raises(ConnectRefused):
        client.connect()
    assert len(fbns.presented) == 1


@pytest.mark.parametrize("code", [1, 2, 3, 5])
def test_other_refusals_leave_the_identity_alone(code: int) -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    fbns.connacks = [ConnAck(code)]
    with pytest.raises(ConnectRefused) as caught:
        client.connect()
    assert caught.value.return_code == code
    assert len(fbns.presented) == 1
    assert host.settings["fbns_auth"] == stored()


@pytest.mark.parametrize("payload", [b"not JSON", b"[1]", b"7", b"\xff\xfe"])
def test_an_identity_that_cannot_be_read_is_an_error(payload: bytes) -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, transport = made(host)
    fbns.connacks = [ConnAck(0, payload)]
    with pytest.raises(MalformedPacket, match="no JSON object"):
        client.connect()
    assert transport.fileno() == -1
    assert host.settings["fbns_auth"] == stored()


# --- the token -------------------------------------------------------------------------------------------------------


def test_connecting_registers_the_token_over_both_ways() -> None:
    host = Host()
    client, fbns, transport = made(host)
    told: list[Any] = []
    for name in ("auth", "reg_response", "registered"):
        client.on(name, lambda payload, name=name: told.append((name, payload)))  # type: ignore[misc]
    client.connect()
    assert transport.sent_of(Subscribe) == [Subscribe(1, ("76",))]
    assert fbns.asked == [{"pkg_name": "com.instagram.android", "appid": "567067343352427"}]
    (request,) = host.requests_to("push/register/")
    assert request["with_signature"] is False
    assert request["data"] == {
        "device_type": "android_mqtt",
        "is_main_push_channel": "true",
        "device_sub_type": "2",
        "device_token": TOKEN,
        "_csrftoken": CSRF_TOKEN,
        "guid": host.uuid,
        "uuid": host.uuid,
        "users": "10000000001",
        "family_device_id": PHONE_ID,
    }
    assert [name for name, _ in told] == ["auth", "reg_response", "registered"]
    assert told[0][1]["device_secret"] == "deviceSecret"
    assert told[2][1] == {"token": TOKEN, "response": {"status": "ok"}}
    assert PubAck(700) in transport.sent


def test_the_profile_may_leave_subscribe_out() -> None:
    client, _, transport = made(profile=Profile().replace(fbns={"subscribe": False}))
    client.connect()
    assert transport.sent_of(Subscribe) == []


def test_without_register_nothing_is_registered() -> None:
    host = Host()
    client, fbns, _ = made(host)
    client.connect(register=False)
    assert client.connected
    assert fbns.asked == []
    assert host.requests == []


def test_the_same_token_of_the_same_account_goes_over_http_once() -> None:
    host = Host()
    client, fbns, _ = made(host)
    client.connect()
    client.connect()
    again, _, _ = made(host)
    again.connect()
    assert len(fbns.asked) == 2
    assert len(host.requests_to("push/register/")) == 1


@pytest.mark.parametrize("change", ["token", "account"])
def test_a_new_token_or_account_goes_over_http_again(change: str) -> None:
    host = Host()
    client, fbns, _ = made(host)
    client.connect()
    if change == "token":
        fbns.registrations = [{"token": "another", "error": ""}]
    else:
        host.user_id = 20000000002
    client.connect()
    requests = host.requests_to("push/register/")
    assert len(requests) == 2
    assert requests[1]["data"]["device_token" if change == "token" else "users"] in ("another", "20000000002")


def test_appendix_a_14_the_device_looks_the_same_each_time() -> None:
    """Each connect registered with a fresh random family_device_id."""
    host = Host()
    client, fbns, _ = made(host)
    client.connect()
    fbns.registrations = [{"token": "another"}]
    client.connect()
    first, second = (request["data"] for request in host.requests_to("push/register/"))
    assert {key: first[key] for key in first if key != "device_token"} == {
        key: second[key] for key in second if key != "device_token"
    }


def test_a_failed_http_registration_ends_the_connection_and_is_tried_again() -> None:
    host = Host()
    host.answers["push/register/"] = ClientConnectionError("no network")
    client, _, transport = made(host)
    with pytest.raises(ClientConnectionError):
        client.connect()
    assert not client.connected
    assert transport.fileno() == -1
    host.answers["push/register/"] = {"status": "ok"}
    client.connect()
    assert len(host.requests_to("push/register/")) == 2
    assert client.connected


def test_a_device_that_was_not_found_is_dropped_and_registered_anew() -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    fbns.registrations = [{"pkg_name": "com.instagram.android", "error": NOT_FOUND}]
    client.connect()
    assert [presented.client_info["deviceSecret"] for presented in fbns.presented] == ["deviceSecret", ""]
    assert len(fbns.asked) == 2
    assert client.connected


def test_a_device_that_is_never_found_is_an_error() -> None:
    client, fbns, transport = made(Host(settings={"fbns_auth": stored()}))
    fbns.registrations = [{"error": NOT_FOUND}, {"error": NOT_FOUND}]
    with pytest.raises(FbnsRegistrationFailed, match="was not found") as caught:
        client.connect()
    assert caught.value.payload == {"error": NOT_FOUND}
    assert isinstance(caught.value, RuntimeError)
    assert len(fbns.presented) == 2
    assert transport.fileno() == -1


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"error": "too many"}, "too many"), ({"error": ""}, "without a token"), ({"token": ""}, "without a token")],
)
def test_other_registration_errors_keep_the_identity(answer: dict[str, Any], words: str) -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    fbns.registrations = [answer]
    with pytest.raises(FbnsRegistrationFailed, match=words):
        client.connect()
    assert len(fbns.presented) == 1
    assert not client.connected
    assert host.settings["fbns_auth"]["device_secret"] == "deviceSecret"


def test_no_answer_to_the_registration_is_an_error() -> None:
    client, fbns, transport = made()
    fbns.registrations = [None]
    began = transport.clock()
    with pytest.raises(RealtimeTimeout, match="did not answer the registration"):
        client.connect()
    assert transport.clock() - began == 30.0
    assert not client.connected


def test_registering_by_hand_loses_no_push() -> None:
    client, fbns, transport = made()
    client.connect(register=False)
    fbns.registrations = [None]
    transport.arrive(Publish("76", push(), 5), after=1.0)
    transport.arrive(Publish("80", deflate(b'{"token":"late"}'), 6), after=2.0)
    assert client.register_token(timeout=5) == "late"
    transport.arrive(Publish("80", deflate(b'{"token":"unasked"}'), 7))
    seen = [client.read_once() for _ in range(3)]
    assert PubAck(1) in seen
    assert [body["m"] for body in seen if isinstance(body, dict) and "m" in body] == ["someone: hi"]
    assert seen[-1] == {"token": "unasked"}, "an answer that nobody waits for goes to the handlers"


def test_a_connection_that_breaks_while_registering() -> None:
    client, fbns, transport = made()
    fbns.registrations = [None]
    transport.arrive(b"", after=1.0)
    with pytest.raises(ConnectionLost):
        client.connect()
    with pytest.raises(NotConnectedError):
        client.register_token()


# --- what arrives ----------------------------------------------------------------------------------------------------


def connected() -> tuple[FbnsClient, MemoryTransport, list[Any]]:
    """A connected client whose string events are written down."""
    client, _, transport = made()
    client.connect(register=False)
    told: list[Any] = []
    for name in ("receive", "push", "direct_v2_message", "message", "logging", "pp", "reg_response", "undecoded"):
        client.on(name, lambda payload, name=name: told.append((name, payload)))  # type: ignore[misc]
    return client, transport, told


def test_a_push_is_told_under_both_names_before_receive() -> None:
    client, transport, told = connected()
    typed: list[Any] = []
    client.on(events.Push, typed.append)
    transport.arrive(Publish("76", push(), 5))
    notification = client.read_once()
    assert notification["m"] == "someone: hi"
    assert told == [
        ("push", notification),
        ("direct_v2_message", notification),
        ("receive", {"topic": "76", "payload": notification}),
    ]
    assert [(event.collapse_key, event.recipient_id, event.source) for event in typed] == [
        ("direct_v2_message", "1", "push")
    ]
    assert transport.sent[-1] == PubAck(5)


def test_a_push_that_comes_again_is_told_once_and_acknowledged_each_time() -> None:
    client, transport, told = connected()
    for packet_id, body in enumerate([push(pi="1"), push(pi="1"), push(pi="2"), push(), push()], 5):
        transport.arrive(Publish("76", body, packet_id))
        client.read_once()
    assert [payload.get("pi") for name, payload in told if name == "push"] == ["1", "2", None, None]
    assert client.stats().events["duplicate"] == 1
    assert transport.sent_of(PubAck) == [PubAck(packet_id) for packet_id in range(5, 10)]


def test_a_push_whose_handler_did_not_return_is_no_copy() -> None:
    client, transport, told = connected()
    interrupts = [KeyboardInterrupt]

    def interrupted(payload: Any) -> None:
        if interrupts:
            raise interrupts.pop()

    client.on("push", interrupted)
    transport.arrive(Publish("76", push(pi="1"), 5))
    with pytest.raises(KeyboardInterrupt):
        client.read_once()
    client.read_once()
    assert [name for name, _ in told].count("push") == 2


@pytest.mark.parametrize("name", ["receive", "push", "error", "disconnected", "undecoded"])
def test_a_collapse_key_cannot_pose_as_another_event(name: str) -> None:
    client, transport, told = connected()
    client.on(name, lambda payload: told.append("posed"))
    told.clear()
    transport.arrive(Publish("76", push(collapse_key=name), 5))
    client.read_once()
    assert told.count("posed") == (1 if name in ("receive", "push") else 0)


@pytest.mark.parametrize(
    ("topic", "name"), [("80", "reg_response"), ("231", "logging"), ("34", "pp"), ("9", "message")]
)
def test_the_other_topics_have_names(topic: str, name: str) -> None:
    client, transport, told = connected()
    transport.arrive(Publish(topic, deflate(b'{"a":1}'), 5))
    assert client.read_once() == {"a": 1}
    assert told == [(name, {"a": 1}), ("receive", {"topic": topic, "payload": {"a": 1}})]


def test_an_envelope_without_notification_is_a_message() -> None:
    client, transport, told = connected()
    transport.arrive(Publish("76", deflate(b'{"token":"t"}'), 5))
    assert client.read_once() == {"token": "t"}
    assert [name for name, _ in told] == ["message", "receive"]


@pytest.mark.parametrize(
    "payload", [b"", b"\x78\xda", b"\xff" * 9, b"{", b'{"fbpushnotif":"{"}', b'{"fbpushnotif":[1]}']
)
@pytest.mark.parametrize("topic", ["76", "80", "231", "34", "9"])
def test_nothing_that_arrives_can_raise(topic: str, payload: bytes) -> None:
    client, _, _ = made(on_handler_error="raise")
    client.on(events.Event, lambda event: None)
    client.dispatch_packet(topic, payload)
    client.dispatch_packet(topic, deflate(payload))


# --- secrets ---------------------------------------------------------------------------------------------------------


def test_no_secret_shows_anywhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, transport = made(host)
    fbns.connacks = [ConnAck(4)]
    client.on("auth", lambda payload: 1 / 0)
    client.connect()
    shown: list[Callable[[], str] | str] = [
        repr(client),
        repr(client.auth),
        str(client.auth),
        repr(client.build_connection()),
        repr(client.build_connection().to_packet(60)),
        repr(ConnAck(0, json.dumps(ISSUED).encode())),
        repr(transport.sent_of(Publish)),
    ]
    fbns.registrations = [{"error": "no", "token": TOKEN}]
    with pytest.raises(FbnsRegistrationFailed) as caught:
        client.connect()
    shown += [repr(caught.value), str(caught.value)]
    text = "\n".join([*map(str, shown), caplog.text])
    for secret in ("connectionSecret", "deviceSecret", DEVICE_ID, "c2VjcmV0VG9rZW4", SESSION_ID, CSRF_TOKEN):
        assert secret not in text


# --- another account -------------------------------------------------------------------------------------------------


def test_another_account_of_the_same_client_brings_its_own_device() -> None:
    host = Host(settings={"fbns_auth": stored()})
    client, fbns, _ = made(host)
    client.connect()
    host.user_id, host.settings = 20000000002, {}
    client.connect()
    assert [presented.password for presented in fbns.presented] == ["connectionSecret", ""]
    assert host.settings["fbns_auth"]["device_id"] == DEVICE_ID


@pytest.mark.parametrize("key", ["1e999", "9223372036854775808", '"x"', "[]", "null"])
def test_a_connection_key_that_is_none_is_ignored(key: str) -> None:
    client, fbns, _ = made()
    fbns.connacks = [ConnAck(0, f'{{"ck":{key},"cs":"s","di":"d","ds":"s"}}'.encode())]
    client.connect(register=False)
    assert client.auth.user_id == 0
    assert client.build_connection().to_thrift()


def test_disconnecting_between_two_identities_is_not_forgotten() -> None:
    client, fbns, _ = made(Host(settings={"fbns_auth": stored()}))

    class Refused(list[ConnAck]):
        def pop(self, index: Any = -1) -> ConnAck:
            client.disconnect()
            return super().pop(index)

    fbns.connacks = Refused([ConnAck(4)])
    with pytest.raises(NotConnectedError):
        client.connect()
    assert not client.connected
    assert len(fbns.presented) == 1
