"""Payloads that are not quite as published: nothing raises, and no event turns up in a family it does not belong to."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from instagrapi.realtime import FbnsClient, FbnsDeviceAuth, RealtimeClient, events
from tests.support.bodies import deflated, element, graphql, patch, region_hint, skywalker
from tests.support.hosts import Host
from tests.support.labels import GUARDED
from tests.support.memory import FourMethods
from tests.support.mutations import mutated
from tests.support.shared import payloads

THREAD = "/direct_v2/threads/340282366841710300949128000000000000007"
USER = {"pk": 9, "username": "ann"}
IMAGE = {"candidates": [{"width": 640, "height": 800, "url": "https://cdn.example/p.jpg?oe=66666666"}]}
ITEM = {
    "item_id": "31000000000000000000000000000000001",
    "user_id": 9,
    "timestamp": "1700000000000000",
    "item_type": "text",
    "text": "is_active presence seen read typing",
    "client_context": "6900000000000000001",
    "reactions": {"likes": [{"sender_id": 9, "timestamp": 1}], "likes_count": 1, "emojis": []},
    "replied_to_message": {"item_id": "30", "item_type": "text", "text": "before"},
    "mentioned_entities": [{"fbid": 9, "offset": 0, "length": 3}],
}
PHOTO = {**ITEM, "item_type": "media", "media": {"id": 2**60, "media_type": 1, "image_versions2": IMAGE}}
VOICE = {**ITEM, "item_type": "voice_media", "voice_media": {"media": {"audio": {"audio_src": "u", "duration": 9}}}}
TYPING = {"sender_id": "9", "ttl": 12000, "activity_status": 1, "timestamp": 1700000000000000}
SEEN = {"item_id": 31, "timestamp": "1700000000000000", "created_at": 1700000000000}
PRESENCE = {"presence_event": {"user_id": "9", "is_active": True, "last_activity_at_ms": "1", "in_threads": None}}
COMMENTS = {"live_video_comment_event": {"comments": [{"pk": 1, "text": "hi", "user": USER}], "comment_count": 1}}
NOTIFICATION = {"m": "ann: hi", "ig": "direct_v2?id=340&x=31", "collapse_key": "direct_v2_message", "s": "9", "u": 7}
PUSH = {"nid": "5", "fbpushnotif": json.dumps({**NOTIFICATION, "bc": '{"di":1,"ds":0,"ac":2}'})}
ANSWER = {"action": "item_ack", "status_code": "200", "payload": {"client_context": "c", "item_id": 3}, "status": "ok"}
REFUSED = {"status": "fail", "exception": "ThreadUserIdDoesNotExist", "content": "x", "payload": {"message": "m"}}
IRIS = {"succeeded": True, "seq_id": 5, "error_type": None, "error_message": None, "latest_seq_id": 5}

#: A payload, the topic with what wraps it, and the kinds that may come of it besides ``unknown`` and ``undecoded``.
OWN: dict[str, tuple[Any, str, set[str]]] = {
    "text": ([element(patch(f"{THREAD}/items/31", ITEM))], "146", {"message"}),
    "photo": ([element(patch(f"{THREAD}/items/31", PHOTO))], "146", {"message"}),
    "voice": ([element(patch(f"{THREAD}/items/31", VOICE), seq_id=None)], "146", {"message"}),
    "edit": ([element(patch(f"{THREAD}/items/31", ITEM, "replace"))], "146", {"message_update"}),
    "unsent": ([element(patch(f"{THREAD}/items/31", "31", "remove"))], "146", {"message_delete"}),
    "several": (
        [
            element(patch(f"{THREAD}/items/31", ITEM), patch(f"{THREAD}/participants/9/has_seen", SEEN)),
            element(patch("/direct_v2/inbox/unseen_count", "3", "replace", ts="1700000000000000")),
        ],
        "146",
        {"message", "seen", "unseen_count"},
    ),
    "reaction": ([element(patch(f"{THREAD}/items/31/reactions/emojis/9", {"emoji": "🔥"}))], "146", {"reaction"}),
    "reaction gone": ([element(patch(f"{THREAD}/items/31/reactions/likes/9", op="remove"))], "146", {"reaction"}),
    "thread": ([element(patch("/direct_v2/inbox/threads/7", {"users": [USER]}, "replace"))], "146", {"thread_update"}),
    "admin": ([element(patch(f"{THREAD}/admin_user_ids/9", op="remove"))], "146", {"thread_update"}),
    "gone": ([element(patch("/direct_v2/inbox/threads/7", "{}", op="remove"))], "146", {"thread_remove"}),
    "visual": ([element(patch("/direct_v2/visual_threads/7/items/31", ITEM))], "146", {"visual_message"}),
    "one object": (element(patch(f"{THREAD}/items/31", ITEM)), "146", {"message"}),
    "typing": (element(patch(f"{THREAD}/activity_indicator_id/c", TYPING)), "149 direct", {"typing"}),
    "plain typing": (element(patch(f"{THREAD}/activity_indicator_id/c", TYPING)), "149", {"typing"}),
    "pubsub": (element(patch(f"{THREAD}/items/31", ITEM, doublePublish=True)), "88 1", {"message"}),
    "pubsub answer": (ANSWER, "88 1", {"send_response"}),
    "presence": (PRESENCE, "149 17846944882223835", {"presence", "graphql"}),
    "comments": (COMMENTS, "149 17855344750227125", {"graphql"}),
    "live": (element(patch("/broadcast/5/started", {"broadcast_id": 5, "user": USER})), "88 2", {"live_started"}),
    "call": ({"timestamp": 1, "payload": {"videoCallId": 5}}, "88 4", set()),
    "answer": (ANSWER, "133", {"send_response"}),
    "refusal": (REFUSED, "133", {"send_response"}),
    "iris": (IRIS, "135", {"iris_sub_response"}),
    "hint": ("FRC", "150", {"region_hint"}),
    "push": (PUSH, "76", {"push"}),
    "newer form": ([{"data": {"slide_delta_processor": [{"path": "x", "text": "seen"}]}}], "146", set()),
}


def wrapped(payload: Any, wrapping: str) -> tuple[str, bytes]:
    """Topic and bytes; a payload that lost its shape travels as JSON all the same."""
    topic, _, query = wrapping.partition(" ")
    if topic == "150":
        return topic, region_hint(payload if isinstance(payload, str) else json.dumps(payload))
    if topic == "149" and query:
        return topic, graphql(query, payload)
    if topic == "88" and query:
        return topic, skywalker(int(query), payload)
    return topic, deflated(payload)


def kinds_of(topic: str, body: bytes) -> set[str]:
    """Which kinds come of a body. Everything that an event can be asked for is asked for."""
    client: Any = (
        FbnsClient(Host(), transport=FourMethods(), auth=FbnsDeviceAuth(), on_handler_error="raise")
        if topic == "76"
        else RealtimeClient(Host(), transport=FourMethods(), on_handler_error="raise")
    )
    kinds: set[str] = set()

    @client.on(events.Event)
    def handler(event: events.Event) -> None:
        kinds.add(event.kind)
        read_everything(event)

    client.dispatch_packet(topic, body)
    return kinds


def read_everything(event: events.Event) -> None:
    repr(event)
    event.as_dictionary()
    event.model_dump_json(exclude={"raw", "item", "value", "payload"})
    for cls in type(event).__mro__[: type(event).__mro__.index(events.Event) + 1]:
        for name, member in vars(cls).items():
            if isinstance(member, property | cached_property) and not name.startswith("_"):
                getattr(event, name)


def stays_in_its_family(before: set[str], topic: str, body: bytes) -> None:
    strangers = (kinds_of(topic, body) & GUARDED) - before
    assert not strangers


@pytest.mark.parametrize("name", OWN)
def test_the_payloads_are_what_they_seem(name: str) -> None:
    payload, wrapping, kinds = OWN[name]
    assert kinds_of(*wrapped(payload, wrapping)) <= kinds | {"unknown", "graphql"}
    assert kinds == set() or kinds_of(*wrapped(payload, wrapping)) & kinds


@pytest.mark.parametrize("name", OWN)
@settings(max_examples=60, suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data())
def test_a_changed_payload_raises_nothing_and_stays_in_its_family(name: str, data: st.DataObject) -> None:
    payload, wrapping, kinds = OWN[name]
    changed = data.draw(mutated(payload))
    stays_in_its_family(kinds, *wrapped(changed, wrapping))


@pytest.mark.parametrize("record", payloads(published=True))
@settings(max_examples=20, suppress_health_check=[HealthCheck.data_too_large])
@given(data=st.data())
def test_a_changed_published_payload_stays_in_its_family(record: dict[str, Any], data: st.DataObject) -> None:
    if record["encoding"] in ("raw", "zlib_raw"):
        return
    labels = {label["event"] for label in record["expected"]}
    payload, wrapping = record["payload"], str(record["topic"])
    if record["encoding"].startswith("thrift_") and "topic" in payload:
        wrapping, payload = f"{wrapping} {payload['topic']}", json.loads(payload["payload"])
    elif record["encoding"] == "thrift_region_hint":
        payload = payload["hint"]
    stays_in_its_family(labels, *wrapped(data.draw(mutated(payload)), wrapping))
