"""Every kind of payload on its whole way: the emulator's broker, a real TLS socket, a client, its handlers."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.realtime import FbnsClient, RealtimeClient, events
from tests.support.bodies import deflated, element, encode, graphql, patch, region_hint, skywalker
from tests.support.labels import mistakes
from tests.support.shared import payloads

THREAD = "/direct_v2/threads/340282366841710300949128000000000000007"
ITEM = {"item_id": "31", "user_id": 9, "item_type": "text", "text": "hi", "timestamp": "1700000000000000"}
TYPING = {"sender_id": 9, "ttl": 12000, "activity_status": 1, "timestamp": 1700000000000000}
PRESENCE = {"presence_event": {"user_id": "9", "is_active": True, "last_activity_at_ms": "1700000000000"}}
PUSH = {"fbpushnotif": '{"collapse_key":"like","m":"x","bc":"{\\"di\\":1}"}'}

#: Topic, body, and the kinds that come of it.
OWN = {
    "message": ("146", deflated([element(patch(f"{THREAD}/items/31", ITEM))]), ["message"]),
    "update": ("146", deflated([element(patch(f"{THREAD}/items/31", ITEM, "replace"))]), ["message_update"]),
    "unsent": ("146", deflated([element(patch(f"{THREAD}/items/31", op="remove"))]), ["message_delete"]),
    "reaction": ("146", deflated([element(patch(f"{THREAD}/items/31/reactions/likes/9", {}))]), ["reaction"]),
    "seen": ("146", deflated([element(patch(f"{THREAD}/participants/9/has_seen", {"item_id": 31}))]), ["seen"]),
    "thread": ("146", deflated([element(patch("/direct_v2/inbox/threads/7", {}, "replace"))]), ["thread_update"]),
    "gone": ("146", deflated([element(patch("/direct_v2/inbox/threads/7", op="remove"))]), ["thread_remove"]),
    "count": ("146", deflated([element(patch("/direct_v2/inbox/unseen_count", "3", "replace"))]), ["unseen_count"]),
    "visual": ("146", deflated([element(patch("/direct_v2/visual_threads/7/items/31", ITEM))]), ["visual_message"]),
    "two patches": (
        "146",
        deflated([element(patch(f"{THREAD}/items/31", ITEM), patch(f"{THREAD}/items/32", ITEM))]),
        ["message", "message"],
    ),
    "unknown path": ("146", deflated([element(patch("/somewhere/else", {}))]), ["unknown"]),
    "newer form": ("146", deflated([{"data": {"slide_delta_processor": []}}]), ["unknown"]),
    "typing": ("149", graphql("direct", element(patch(f"{THREAD}/activity_indicator_id/c", TYPING))), ["typing"]),
    "plain typing": ("149", deflated(element(patch(f"{THREAD}/activity_indicator_id/c", TYPING))), ["typing"]),
    "pubsub typing": ("88", skywalker(1, element(patch(f"{THREAD}/activity_indicator_id/c", TYPING))), ["typing"]),
    "presence": ("149", graphql("17846944882223835", PRESENCE), ["presence"]),
    "other query": ("149", graphql("17913953740109069", {"zero_product_provisioning_event": {}}), ["graphql"]),
    "live": ("88", skywalker(2, element(patch("/broadcast/5/started", {"broadcast_id": 5}))), ["live_started"]),
    "live end": ("88", skywalker(2, element(patch("/broadcast/5/ended", op="remove"))), ["live_stopped"]),
    "hint": ("150", region_hint("FRC"), ["region_hint"]),
    "answer": ("133", deflated({"status": "ok", "payload": {"client_context": "c"}}), ["send_response"]),
    "iris": ("135", deflated({"succeeded": False, "error_type": 1}), ["iris_sub_response"]),
    "not JSON": ("146", deflated(b"not JSON"), ["undecoded"]),
    "not deflated": ("146", b"\xff\xfe\xfd", ["undecoded"]),
    "no struct": ("149", deflated(b"\x18\x7f"), ["undecoded"]),
    "bomb": ("146", deflated(b"\0" * (33 * 2**20)), ["undecoded"]),
    "unknown topic": ("151", deflated({"badge": 1}), ["unknown"]),
    "push": ("76", deflated(PUSH), ["push"]),
    "push without notification": ("76", deflated({"nid": "1"}), ["unknown"]),
    "unreadable push": ("76", b"\xff\xff", ["undecoded"]),
}


class Connected:
    """An emulator and a client with both connections, shared by all payloads: none may disturb the next."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._client: Client = emulator.client(emulator.account("me"))
        self.start_anew()
        self.fbns: FbnsClient = self._client.fbns_connect()

    def start_anew(self) -> None:
        """Another realtime client, which has heard of nothing but the region hint that comes first."""
        self._client.realtime_disconnect()
        self.realtime: RealtimeClient = self._client.realtime_connect()
        while "hint" not in str(self.realtime.read_once(timeout=10)):
            pass

    def end(self) -> None:
        self._client.realtime_disconnect()
        self._client.fbns_disconnect()


@pytest.fixture(scope="module")
def connected() -> Iterator[Connected]:
    with Emulator() as emulator:
        connected = Connected(emulator)
        yield connected
        connected.end()


class Arrival:
    """What one publish led to."""

    def __init__(self) -> None:
        self.received: list[Any] = []
        self.typed: list[events.Event] = []
        self.failed: list[Any] = []


def send(connected: Connected, topic: str, payload: bytes) -> Arrival:
    """Publishes a body and reads until it has arrived."""
    client = connected.fbns if topic in ("76", "80", "231") else connected.realtime
    arrival = Arrival()
    with (
        client.on("receive", arrival.received.append),
        client.on(events.Event, arrival.typed.append),
        client.on("error", arrival.failed.append),
    ):
        connected.emulator.publish("me", topic, payload)
        while not arrival.received or arrival.received[-1]["topic"] != topic:
            client.read_once(timeout=10)
    assert arrival.failed == []
    if topic == "34":  # the server asks to connect again
        connected.start_anew()
    else:
        assert client.connected
    return arrival


@pytest.mark.parametrize("name", OWN)
def test_a_payload_arrives_as_what_it_is(connected: Connected, name: str) -> None:
    topic, payload, kinds = OWN[name]
    assert [event.kind for event in send(connected, topic, payload).typed] == kinds


@pytest.mark.parametrize("record", payloads(published=True))
def test_a_published_payload_arrives_as_it_was_labelled(connected: Connected, record: dict[str, Any]) -> None:
    raw = base64.b64decode(record["payload"]["base64"]) if record["encoding"].endswith("raw") else None
    if "doublePublish" in str(record["payload"]):  # for a client that has heard it, it would be a copy
        connected.start_anew()
    arrival = send(connected, record["topic"], encode(record, raw))
    emitted: list[tuple[str, Any]] = [(event.kind, event) for event in arrival.typed]
    if record["kind"] == "fbns_reg_response":
        emitted.append(("fbns_token", arrival.received[-1]["payload"]))
    assert mistakes(record["expected"], emitted) == []


def test_everything_was_acknowledged(connected: Connected) -> None:
    send(connected, "146", deflated([]))
    assert connected.realtime.ping()
    assert connected.fbns.ping()
    assert connected.emulator.unacknowledged("me") == []
