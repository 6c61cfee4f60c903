from __future__ import annotations

import base64
import json
import zlib
from collections import Counter
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.realtime import FbnsDeviceAuth, events
from instagrapi.realtime.dispatch import Dispatcher
from instagrapi.realtime.router import RealtimeRouter
from instagrapi.realtime.wire.decode import decode_fbns, decode_realtime
from instagrapi.realtime.wire.push import push_fields, unwrap
from instagrapi.realtime.wire.topics import MQTToTTopics
from tests.support.bodies import deflated, element, encode, graphql, patch, region_hint, skywalker
from tests.support.labels import mistakes
from tests.support.shared import cases, needs_shared, payloads, vector

NAMES = (
    "receive",
    "message",
    "thread_update",
    "iris",
    "direct",
    "typing",
    "seen",
    "presence",
    "send_response",
    "iris_sub_response",
    "realtime_sub",
    "undecoded",
    "error",
)

THREAD, ITEM = "340282366841710300949128000000000000077", "30000000000000000000000000000000077"
T = f"/direct_v2/threads/{THREAD}"
TEXT = {"item_id": ITEM, "user_id": 20002, "timestamp": "1700000000000000", "item_type": "text", "text": "hello"}
META = {"event": "patch", "message_type": 1, "seq_id": 41, "mutation_token": None, "realtime": True}


class Recorder:
    """A router with a handler for every name, and what they got."""

    def __init__(self, *names: str, typed: bool = False, own_user_id: str | None = None) -> None:
        self.named: list[tuple[str, Any]] = []
        self.typed: list[Any] = []
        self.counts: Counter[str] = Counter()
        self.dispatcher = Dispatcher("raise")
        self.router = RealtimeRouter(self.dispatcher, lambda: own_user_id, self.counts)
        for name in names:
            self.dispatcher.on(name, partial(self._note, name))
        if typed:
            self.dispatcher.on(events.Event, self.typed.append)

    def _note(self, name: str, payload: Any) -> None:
        self.named.append((name, payload))

    def route(self, topic: str, payload: bytes) -> Recorder:
        self.router.route(decode_realtime(topic, payload), payload)
        return self


def named(topic: str, payload: bytes) -> list[tuple[str, Any]]:
    """What the handlers by name get, ``receive`` left out."""
    recorded = Recorder(*NAMES).route(topic, payload).named
    assert recorded[0] == ("receive", {"topic": topic, "payload": decode_realtime(topic, payload).body})
    assert [name for name, _ in recorded].count("receive") == 1
    return recorded[1:]


def typed(topic: str, payload: bytes, own_user_id: str | None = None) -> list[Any]:
    return Recorder(typed=True, own_user_id=own_user_id).route(topic, payload).typed


# --- by name: message sync -------------------------------------------------------------------------------------------


def test_a_message() -> None:
    path = f"{T}/items/{ITEM}"
    assert named("146", deflated([element(patch(path, TEXT))])) == [
        ("message", {**META, "message": {"path": path, "op": "add", "thread_id": THREAD, **TEXT}}),
        ("direct", {"path": path, "op": "add", "value": TEXT, "thread_id": THREAD}),
    ]


def test_a_thread_update() -> None:
    path, value = f"/direct_v2/inbox/threads/{THREAD}", {"thread_id": THREAD, "thread_title": "t"}
    assert named("146", deflated([element(patch(path, value, "replace"))])) == [
        ("thread_update", {**META, "message": {"path": path, "op": "replace", **value}}),
        ("direct", {"path": path, "op": "replace", "value": value, "thread_id": THREAD}),
    ]


def test_a_read_receipt() -> None:
    path, value = f"{T}/participants/20002/has_seen", {"timestamp": "1700000000000000", "item_id": 3 * 10**34}
    direct = {"path": path, "op": "replace", "value": value, "thread_id": THREAD}
    assert named("146", deflated([element(patch(path, value, "replace"))])) == [
        ("message", {**META, "message": {"path": path, "op": "replace", "thread_id": THREAD, **value}}),
        ("direct", direct),
        ("seen", direct),
    ]


def test_a_count_and_another_path() -> None:
    body = [element(patch("/direct_v2/inbox/unseen_count", "3", "replace", ts="1"), patch("/unknown/path", {"a": 1}))]
    count = {"path": "/direct_v2/inbox/unseen_count", "op": "replace", "thread_id": None}
    unknown = {"path": "/unknown/path", "op": "add", "thread_id": None}
    assert named("146", deflated(body)) == [
        ("thread_update", {**META, "message": {**count, "value": 3}}),
        ("direct", {**count, "value": 3}),
        ("thread_update", {**META, "message": {**unknown, "a": 1}}),
        ("direct", {**unknown, "value": {"a": 1}}),
    ]


def test_elements_and_patches_that_are_none() -> None:
    body = [
        "text",
        42,
        None,
        {"seq_id": 1},
        {"seq_id": 2, "data": {"slide": []}},
        element("text", {"op": "add"}, {"path": 5}),
    ]
    assert named("146", deflated(body)) == [
        ("iris", "text"),
        ("iris", 42),
        ("iris", None),
        ("iris", {"seq_id": 1}),
        ("iris", {"seq_id": 2, "data": {"slide": []}}),
        ("iris", {**META, "data": "text"}),
        ("iris", {**META, "op": "add"}),
        ("iris", {**META, "path": 5}),
    ]


def test_a_body_that_is_one_element_is_read_like_a_list_of_one() -> None:
    one = element(patch(f"{T}/items/{ITEM}", TEXT))
    assert named("146", deflated(one)) == named("146", deflated([one]))


def test_order_is_kept_and_a_bad_patch_stops_nothing() -> None:
    good = [patch(f"{T}/items/{number}", {**TEXT, "item_id": str(number)}) for number in range(3)]
    body = [element(good[0], "bad", good[1], seq_id=1), 7, element(good[2], seq_id=2)]
    recorded = named("146", deflated(body))
    assert [payload["message"]["item_id"] for name, payload in recorded if name == "message"] == ["0", "1", "2"]
    assert [payload["seq_id"] for name, payload in recorded if name == "message"] == [1, 1, 2]


def test_nobody_can_change_what_the_next_element_looks_like() -> None:
    recorder = Recorder(*NAMES)
    recorder.dispatcher.on("message", lambda payload: payload.clear())
    recorder.route("146", deflated([element(patch(f"{T}/items/{number}", TEXT) | {}, seq_id=8) for number in range(2)]))
    assert [payload.get("value") for name, payload in recorder.named if name == "direct"] == [TEXT, TEXT]


# --- by name: GraphQL and pubsub -------------------------------------------------------------------------------------

TYPING = {"timestamp": "1700000000000000", "sender_id": "20002", "ttl": 12000, "activity_status": 1}
TYPING_PATH = f"{T}/activity_indicator_id/ctx"
TYPING_BODY = {
    "event": "patch",
    "data": [patch(TYPING_PATH, TYPING, doublePublish=True)],
    "lazy": False,
    "num_endpoints": 1,
}
TYPING_EVENT = {
    "event": "patch",
    "lazy": False,
    "num_endpoints": 1,
    "op": "add",
    "path": TYPING_PATH,
    "value": TYPING,
    "doublePublish": True,
    "thread_id": THREAD,
}


@pytest.mark.parametrize("topic", ["149", "88"])
@pytest.mark.parametrize("form", ["envelope", "plain"])
def test_typing(topic: str, form: str) -> None:
    envelopes = {"149": graphql("direct", TYPING_BODY), "88": skywalker(1, TYPING_BODY)}
    payload = envelopes[topic] if form == "envelope" else deflated(TYPING_BODY)
    expected = [("direct", TYPING_EVENT), ("typing", TYPING_EVENT)]
    if topic == "149":
        expected.insert(0, ("realtime_sub", decode_realtime(topic, payload).body))
    assert named(topic, payload) == expected


@pytest.mark.parametrize("query_id", ["17846944882223835", "17875950769655493"])
def test_presence(query_id: str) -> None:
    value = {"user_id": "20002", "is_active": False, "last_activity_at_ms": "1700000000000", "in_threads": None}
    event = {"path": None, "op": None, "value": value, "thread_id": None}
    assert named("149", graphql(query_id, {"presence_event": value})) == [
        ("realtime_sub", {"topic": query_id, "payload": {"presence_event": value}}),
        ("presence", event),
    ]


def test_any_other_query_is_only_handed_on() -> None:
    body = {"presence_event": {"user_id": "1"}}
    assert named("149", graphql("17849856529644700", body)) == [
        ("realtime_sub", {"topic": "17849856529644700", "payload": body})
    ]


@pytest.mark.parametrize("kind", [2, 3, 4, 99])
def test_pubsub_that_is_not_direct_is_only_handed_on(kind: int) -> None:
    assert named("88", skywalker(kind, TYPING_BODY)) == []


# --- by name: answers ------------------------------------------------------------------------------------------------

ACK = {
    "action": "item_ack",
    "status_code": "200",
    "payload": {"client_context": "ctx", "item_id": ITEM, "thread_id": THREAD},
    "status": "ok",
}


@pytest.mark.parametrize("payload", [deflated(ACK), deflated({"status": "fail"}), deflated([1])])
def test_the_answer_to_a_command(payload: bytes) -> None:
    assert named("133", payload) == [("send_response", decode_realtime("133", payload).body)]


def test_an_answer_may_come_through_pubsub() -> None:
    assert named("88", skywalker(1, ACK)) == [("send_response", ACK)]


def test_the_answer_to_a_subscription() -> None:
    body = {"succeeded": True, "seq_id": 5, "latest_seq_id": 6}
    assert named("135", deflated(body)) == [("iris_sub_response", body)]


@pytest.mark.parametrize("payload", [region_hint("FRC"), region_hint("")])
def test_a_region_hint_has_no_name_of_its_own(payload: bytes) -> None:
    assert named("150", payload) == []


@pytest.mark.parametrize(
    ("topic", "payload"), [("34", b""), ("34", b"text"), ("999", deflated({"a": 1})), ("1", b"\0")]
)
def test_unknown_topics_are_handed_on(topic: str, payload: bytes) -> None:
    assert named(topic, payload) == []


@pytest.mark.parametrize("topic", ["146", "133", "135", "150", "88", "149", "9"])
def test_what_cannot_be_decoded_is_said_to_be(topic: str) -> None:
    payload = b"\x19garbage"
    recorded = named(topic, payload)
    error = decode_realtime(topic, payload).problem
    assert recorded[0] == ("undecoded", {"topic": topic, "payload": payload, "error": error})
    assert recorded[1:] == ([("realtime_sub", payload)] if topic == "149" else [])
    (event,) = typed(topic, payload)
    assert isinstance(event, events.Undecoded)
    assert (event.topic, event.payload, event.error) == (topic, payload, error)


@pytest.mark.parametrize("name", ["message", "direct", "typing", "receive"])
def test_a_handler_needs_no_other_handler(name: str) -> None:
    body = deflated([element(patch(TYPING_PATH, TYPING))])
    everything = [event for event in Recorder(*NAMES).route("146", body).named if event[0] == name]
    assert Recorder(name).route("146", body).named == everything
    assert len(everything) == 1


# --- typed -----------------------------------------------------------------------------------------------------------


def test_a_typed_event_says_where_and_when_it_came_from() -> None:
    raw = patch(f"{T}/items/{ITEM}", TEXT)
    (live,) = typed("146", deflated([element(raw, seq_id=77)]))
    assert (live.source, live.seq_id, live.raw) == ("realtime", 77, raw)
    assert live.received_at > 1_700_000_000
    (replayed,) = typed("146", deflated([element(raw, realtime=False)]))
    assert replayed.source == "replay"
    (typing,) = typed("149", graphql("direct", TYPING_BODY))
    assert (typing.source, typing.seq_id) == ("realtime", None)


@pytest.mark.parametrize(("own_user_id", "from_me"), [("20002", True), ("20001", False), (None, None)])
def test_own_messages_are_told_apart(own_user_id: str | None, from_me: bool | None) -> None:
    (event,) = typed("146", deflated([element(patch(f"{T}/items/{ITEM}", TEXT))]), own_user_id)
    assert event.from_me is from_me


@pytest.mark.parametrize(
    ("path", "op", "kind"),
    [
        ("/broadcast/18/started", "add", "live_started"),
        ("/broadcast/18/started", "remove", "live_stopped"),
        ("/broadcast/18/ended", "remove", "live_stopped"),
        ("/broadcast/18/ended", "add", "live_stopped"),
        ("/broadcast/18/started", None, "unknown"),
        ("/broadcast/18/paused", "add", "unknown"),
        ("/live_with/invite/18", "add", "unknown"),
        (f"{T}/items/{ITEM}", "add", "unknown"),
    ],
)
@pytest.mark.parametrize("skywalker_type", [2, 3])
def test_live_broadcasts_start_and_stop(skywalker_type: int, path: str, op: Any, kind: str) -> None:
    value = {"broadcast_id": 18, "user": {"pk": 20002}}
    (event,) = typed("88", skywalker(skywalker_type, {"event": "patch", "data": [patch(path, value, op)]}))
    assert event.kind == kind
    if kind != "unknown":
        assert (event.broadcast_id, event.user_id) == ("18", "20002")
    else:
        assert (event.op, event.path) == (op, path)


def test_the_id_of_a_broadcast_may_only_be_in_its_path() -> None:
    (event,) = typed("88", skywalker(2, {"event": "patch", "data": [patch("/broadcast/18/ended", op="remove")]}))
    assert (event.kind, event.broadcast_id, event.user_id) == ("live_stopped", "18", None)


MARK = patch(f"{T}/activity_indicator_id/c", {"sender_id": 20002, "activity_status": 1})
PRESENCE = {"presence_event": {"user_id": "20002", "is_active": True}}


@pytest.mark.parametrize(
    ("topic", "payload", "kinds"),
    [
        ("149", deflated([element(MARK), PRESENCE]), ["typing", "presence"]),
        ("149", deflated(PRESENCE), ["presence"]),
        ("149", graphql("direct", [MARK, MARK]), ["typing", "typing"]),
        ("9", graphql("direct", [element(MARK)]), ["typing"]),
        ("88", deflated([element(MARK)]), ["typing"]),
        ("88", skywalker(1, [MARK]), ["typing"]),
        ("149", graphql("direct", {"data": [1, {"op": "add"}]}), ["unknown"]),
        ("149", graphql("direct", "text"), ["unknown"]),
        ("149", deflated({}), ["unknown"]),
        ("149", deflated([]), []),
        ("88", skywalker(1, {}), ["unknown"]),
        ("88", skywalker(2, []), ["unknown"]),
        ("88", skywalker(1, {"event": "patch", "action": "x", "data": [MARK]}), ["typing"]),
    ],
)
def test_no_body_vanishes(topic: str, payload: bytes, kinds: list[str]) -> None:
    assert [event.kind for event in typed(topic, payload)] == kinds


def test_what_comes_twice_is_emitted_once_but_message_sync_tells_of_all_its_patches() -> None:
    recorder = Recorder("message", "direct", typed=True)
    item = patch(f"{T}/items/{ITEM}", TEXT, doublePublish=True)
    recorder.route("88", skywalker(1, element(item)))
    recorder.route("146", deflated([element(patch(f"{T}/items/{ITEM}", TEXT))]))
    assert [event.kind for event in recorder.typed] == ["message"]
    assert [name for name, _ in recorder.named] == ["direct", "message"]
    assert recorder.counts["duplicate"] == 1


def test_an_element_without_patches_keeps_its_place_in_the_queue() -> None:
    (event,) = typed("146", deflated([{"event": "patch", "seq_id": 7000, "realtime": False}]))
    assert (event.kind, event.seq_id, event.source) == ("unknown", 7000, "replay")


def test_every_broadcast_of_a_body_is_told() -> None:
    data = [patch("/broadcast/5/started", {"broadcast_id": str(number)}) for number in range(3)]
    body = skywalker(2, {"event": "patch", "data": data})
    assert [event.broadcast_id for event in typed("88", body)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    ("topic", "payload", "expected"),
    [
        ("150", region_hint("FRC"), events.RegionHint(hint="FRC")),
        ("88", skywalker(4, {"a": 1}), events.Unknown(topic="88")),
        ("34", b"text", events.Unknown(topic="34")),
        ("999", deflated({"a": 1}), events.Unknown(topic="999")),
        ("146", deflated([5]), events.Unknown(topic="146")),
        (
            "149",
            graphql("17849856529644700", {}),
            events.GraphQL(query_id="17849856529644700", name="client_config_update"),
        ),
        ("9", graphql("x", {}), events.GraphQL(query_id="x")),
    ],
    ids=lambda value: value.kind if isinstance(value, events.Event) else "",
)
def test_what_has_no_name_has_a_type(topic: str, payload: bytes, expected: events.Event) -> None:
    (event,) = typed(topic, payload)
    own = set(type(event).model_fields) - set(events.Event.model_fields)
    assert type(event) is type(expected)
    assert event.model_dump(include=own) == expected.model_dump(include=own)


def test_an_empty_region_hint_is_none() -> None:
    assert typed("150", region_hint("")) == []


def test_events_are_counted_by_kind_whoever_listens() -> None:
    body = deflated([element(patch(f"{T}/items/{ITEM}", TEXT), patch("/x", {}), "no patch")])
    recorder = Recorder(*NAMES)
    assert recorder.route("146", body).counts == {"message": 1, "unknown": 2}
    recorder.dispatcher.on(events.Reaction, print)
    assert recorder.route("146", body).counts == {"message": 2, "unknown": 4}


def test_names_come_before_types() -> None:
    recorder = Recorder("direct", "message", "receive")
    recorder.dispatcher.on(events.Message, lambda event: recorder.named.append(("typed", event)))
    recorder.route("146", deflated([element(patch(f"{T}/items/{ITEM}", TEXT))]))
    assert [name for name, _ in recorder.named] == ["receive", "message", "direct", "typed"]


# --- defects of instagrapi 3.2.2 that must not return ----------------------------------------------------------------


def kinds(topic: str, payload: bytes) -> tuple[list[str], list[str]]:
    """The names and the typed kinds that a body leads to."""
    return [name for name, _ in named(topic, payload)], [event.kind for event in typed(topic, payload)]


def test_defect_5_a_failing_handler_stops_nothing() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    listened_to: tuple[str | type[events.Event], ...] = ("receive", "message", "direct", events.Message)
    for event in listened_to:
        dispatcher.on(event, lambda payload: 1 / 0)
        dispatcher.on(event, got.append)
    payload = deflated([element(patch(f"{T}/items/{ITEM}", TEXT))])
    RealtimeRouter(dispatcher).route(decode_realtime("146", payload), payload)
    assert len(got) == 4


@pytest.mark.parametrize(
    "words",
    [
        "did you read this, seen_user_ids?",
        "what is_active means",
        "typing activity_status activity_indicator_id",
        "presence_event last_activity_at_ms has_seen",
    ],
)
def test_defect_6_words_in_a_message_do_not_make_it_something_else(words: str) -> None:
    item = {**TEXT, "text": words, "seen_user_ids": [1], "read_state": 0, "is_active": True, "activity_status": 1}
    body = deflated([element(patch(f"{T}/items/{ITEM}", item))])
    assert kinds("146", body) == (["message", "direct"], ["message"])


def test_defect_6_a_reaction_is_no_read_receipt() -> None:
    body = deflated([element(patch(f"{T}/items/{ITEM}/reactions/likes/20002", {"sender_id": 20002}))])
    assert kinds("146", body) == (["message", "direct"], ["reaction"])


def test_defect_6_what_was_seen_or_typed_is_still_told() -> None:
    seen = patch(f"{T}/participants/20002/has_seen", {"item_id": ITEM})
    typing = patch(TYPING_PATH, TYPING)
    assert kinds("146", deflated([element(seen, typing)])) == (
        ["message", "direct", "seen", "message", "direct", "typing"],
        ["seen", "typing"],
    )


@pytest.mark.parametrize(
    "gone",
    [
        patch(f"{T}/participants/20002/has_seen", {"item_id": ITEM}, "remove"),
        patch(f"{T}/participants/20002/has_seen", "no json"),
        patch(TYPING_PATH, op="remove"),
        patch(TYPING_PATH, "3"),
    ],
)
def test_defect_6_a_patch_that_says_nothing_is_neither_seen_nor_typing(gone: dict[str, Any]) -> None:
    names, _ = kinds("146", deflated([element(gone)]))
    assert names == ["message", "direct"]


def test_defect_7_bodies_in_thrift_are_decoded() -> None:
    presence = graphql("17846944882223835", {"presence_event": {"user_id": "20002", "is_active": True}})
    assert kinds("149", graphql("direct", TYPING_BODY)) == (["realtime_sub", "direct", "typing"], ["typing"])
    assert kinds("88", skywalker(1, TYPING_BODY)) == (["direct", "typing"], ["typing"])
    assert kinds("149", presence) == (["realtime_sub", "presence"], ["presence"])


@pytest.mark.parametrize("value", [None, ITEM, "{}", {"item_id": ITEM}, "null"], ids=repr)
def test_defect_9_an_unsent_message_is_one_whatever_its_value(value: Any) -> None:
    path = f"{T}/items/{ITEM}"
    body = deflated([element(patch(path, value, "remove"))])
    assert kinds("146", body) == (["message", "direct"], ["message_delete"])
    (wrapper,) = [payload for name, payload in named("146", body) if name == "message"]
    assert wrapper["message"].items() >= {"op": "remove", "path": path, "thread_id": THREAD}.items()
    (event,) = typed("146", body)
    assert (event.thread_id, event.item_id, event.text) == (THREAD, ITEM, None)


# --- bodies that make no sense ---------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(10**40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
words = st.sampled_from(["direct", "17846944882223835", "x"])
paths = st.sampled_from(
    [f"{T}/items/1", TYPING_PATH, f"{T}/participants/2/has_seen", "/direct_v2/inbox/unseen_count", "/x"]
)
KEYS = (
    "event",
    "data",
    "path",
    "op",
    "value",
    "topic",
    "payload",
    "action",
    "seq_id",
    "realtime",
    "presence_event",
    "user_id",
    "is_active",
    "text",
    "timestamp",
)
realistic = st.recursive(
    json_values | words | paths | json_values.map(json.dumps),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=12,
)
topics = st.sampled_from([*MQTToTTopics, "76", "999"])


def check(topic: str, payload: bytes) -> None:
    recorder = Recorder(*NAMES, typed=True).route(topic, payload)
    assert recorder.named[0][0] == "receive"
    assert all(isinstance(event, events.Event) for event in recorder.typed)


@given(topics, realistic)
def test_no_json_makes_the_router_raise(topic: str, body: Any) -> None:
    check(topic, deflated(json.dumps(body).encode()))


@given(words, realistic)
def test_no_json_in_an_envelope_makes_the_router_raise(query_id: str, body: Any) -> None:
    check("149", graphql(query_id, json.dumps(body).encode()))
    for kind in range(1, 5):
        check("88", skywalker(kind, json.dumps(body).encode()))


@given(
    path=paths,
    op=st.sampled_from(["add", "replace", "remove", "notify", None, 5]),
    value=realistic | realistic.map(json.dumps),
    meta=st.dictionaries(st.sampled_from(KEYS), json_values, max_size=3),
)
def test_no_patch_makes_the_router_raise(path: str, op: Any, value: Any, meta: dict[str, Any]) -> None:
    body = {**meta, "data": [{"op": op, "path": path, "value": value}]}
    check("146", deflated(json.dumps([body]).encode()))
    check("149", graphql("direct", json.dumps(body).encode()))
    check("88", skywalker(2, json.dumps(body).encode()))


@given(topics, st.binary(max_size=60))
def test_no_bytes_make_the_router_raise(topic: str, payload: bytes) -> None:
    check(topic, payload)
    check(topic, zlib.compress(payload))


@pytest.mark.parametrize("topic", ["149", "88", "9"])
@pytest.mark.parametrize(
    "body",
    [
        {"payload": 1},
        {"topic": "direct"},
        {"topic": [], "payload": {"presence_event": {}}},
        {"topic": {}, "payload": {"data": [None]}},
        {"data": [{"path": None}, 5]},
    ],
    ids=repr,
)
def test_what_looks_like_an_envelope_and_is_none_is_handed_on(topic: str, body: Any) -> None:
    check(topic, deflated(body))


@pytest.mark.parametrize("text", ['"\\ud800"', "NaN", "Infinity", "1e999", "9" * 4300, "[" * 900 + "]" * 900])
def test_odd_values_in_fields_become_events_all_the_same(text: str) -> None:
    keys = ("user_id", "text", "item_type", "timestamp", "client_context", "sender_id", "ttl", "item_id", "emoji")
    value = "{" + ",".join(f'"{key}":{text}' for key in keys) + "}"
    targets = [f"{T}/items/1", f"{T}/items/1/reactions/likes/2", f"{T}/participants/2/has_seen", TYPING_PATH]
    recorder = Recorder(typed=True).route("146", deflated([element(*(patch(path, value) for path in targets))]))
    assert [event.kind for event in recorder.typed] == ["message", "reaction", "seen", "typing"]


# --- kinds that only exist as typed events, by name -------------------------------------------------------------------


NAMED = {
    "message_delete": ("146", deflated([element(patch(f"{T}/items/31", op="remove"))])),
    "reaction": ("146", deflated([element(patch(f"{T}/items/31/reactions/likes/9", {"emoji": "x"}))])),
    "unseen_count": ("146", deflated([element(patch("/direct_v2/inbox/unseen_count", "3", "replace"))])),
    "thread_remove": ("146", deflated([element(patch("/direct_v2/inbox/threads/7", op="remove"))])),
    "live_stopped": ("88", skywalker(2, element(patch("/broadcast/5/ended", op="remove")))),
    "graphql": ("149", graphql("17913953740109069", {"a": 1})),
    "region_hint": ("150", region_hint("FRC")),
    "unknown": ("151", deflated({"badge": 1})),
}


@pytest.mark.parametrize("kind", NAMED)
def test_further_kinds_reach_handlers_by_name_as_a_dictionary(kind: str) -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on(kind, got.append)
    topic, payload = NAMED[kind]
    RealtimeRouter(dispatcher).route(decode_realtime(topic, payload), payload)
    (dictionary,) = got
    assert dictionary["kind"] == kind
    assert dictionary["source"] == "realtime"
    assert "raw" in dictionary


def test_the_dictionary_has_the_fields_of_the_event() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on("reaction", got.append)
    topic, payload = NAMED["reaction"]
    RealtimeRouter(dispatcher).route(decode_realtime(topic, payload), payload)
    assert {name: got[0][name] for name in ("op", "item_id", "user_id", "emoji", "seq_id")} == {
        "op": "add",
        "item_id": "31",
        "user_id": "9",
        "emoji": "x",
        "seq_id": 41,
    }


# --- labelled payloads -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("record", payloads())
def test_a_labelled_payload_leads_to_the_events_it_asks_for(record: dict[str, Any]) -> None:
    assert mistakes(record["expected"], events_of(record)) == []


def events_of(record: dict[str, Any]) -> list[tuple[str, Any]]:
    if record["kind"] == "fbns_connack":
        auth = FbnsDeviceAuth()
        auth.read(json.dumps(record["payload"]).encode())
        return [("fbns_auth", auth)]
    raw = base64.b64decode(record["payload"]["base64"]) if record["encoding"].endswith("raw") else None
    payload = encode(record, raw)
    if not record["kind"].startswith("fbns"):
        return [(event.kind, event) for event in typed(record["topic"], payload)]
    body = decode_fbns(record["topic"], payload).body
    if record["kind"] == "fbns_reg_response":
        return [("fbns_token", body)]
    notification = unwrap(body)
    return [] if notification is None else [("push", events.Push(**push_fields(notification, body)))]


# --- what other implementations emit ---------------------------------------------------------------------------------


@needs_shared
def test_message_sync_is_emitted_as_by_instagrapi_but_for_what_it_takes_for_seen() -> None:
    file = vector("instagrapi_events")
    theirs = [tuple(event) for event in file["events"]["iris_batch"]]
    ours = Recorder(*NAMES).route("146", bytes.fromhex(file["hex"])).named
    mistaken = [event for event in theirs if event[0] == "seen" and not event[1]["path"].endswith("/has_seen")]
    assert len(mistaken) == 2
    assert ours == [event for event in theirs if event not in mistaken]


@needs_shared
def test_an_answer_is_emitted_as_by_instagrapi() -> None:
    theirs = [tuple(event) for event in vector("instagrapi_events")["events"]["send_response"]]
    body = theirs[0][1]["payload"]
    assert Recorder(*NAMES).route("133", deflated(body)).named == theirs


@needs_shared
def test_message_sync_means_what_it_means_to_instagram_mqtt() -> None:
    file = vector("instagram_mqtt_events")
    ours = iter(event for event in named("146", bytes.fromhex(file["hex"])) if event[0] in ("message", "thread_update"))
    compared = 0
    for name, theirs in file["events"]:
        if name == "message":
            assert next(ours) == ("message", theirs)
            compared += 1
        elif name == "threadUpdate":
            meta, update = theirs.pop("meta"), theirs.pop("update")
            assert next(ours) == ("thread_update", {**theirs, "message": {**meta, **update}})
            compared += 1
    assert compared == 3
    assert next(ours, None) is None


@pytest.mark.parametrize("case", cases("instagram_mqtt_inbound_thrift"))
def test_typing_means_what_it_means_to_instagram_mqtt(case: dict[str, Any]) -> None:
    theirs = [event for name, event in vector("instagram_mqtt_events")["events"] if name == "direct"]
    direct = [event for name, event in named(case["topic"], bytes.fromhex(case["hex"])) if name == "direct"]
    if case["name"] in ("graphql_direct_typing", "graphql_json_form"):
        (event,) = direct
        assert {key: event[key] for key in theirs[0]} == theirs[0] == theirs[1]
    else:
        assert direct == []
