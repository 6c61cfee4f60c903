"""From decoded bodies of the realtime connection to handlers.

What a body is follows from its topic, its envelope, the segments of its paths and its operations. What its texts
contain plays no part.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from instagrapi.realtime import events as ev
from instagrapi.realtime import typed
from instagrapi.realtime.dispatch import Dispatcher, Once
from instagrapi.realtime.doubles import DoublePublishes
from instagrapi.realtime.events.fields import as_integer
from instagrapi.realtime.position import patch_key
from instagrapi.realtime.replies import is_answer
from instagrapi.realtime.state import DUPLICATE
from instagrapi.realtime.syncing import FETCHED, MessageSync
from instagrapi.realtime.typed import Origin, Patch
from instagrapi.realtime.wire.decode import Decoded, parse_value
from instagrapi.realtime.wire.paths import Target, parse_path
from instagrapi.realtime.wire.subscriptions import (
    APP_PRESENCE,
    APP_PRESENCE_ALTERNATIVE,
    LIVE_REALTIME_COMMENTS,
    query_name,
)
from instagrapi.realtime.wire.topics import MQTToTTopics

PRESENCE_QUERIES = frozenset({APP_PRESENCE, APP_PRESENCE_ALTERNATIVE})
_DIRECT_SKYWALKER_TYPE = 1
_LIVE_SKYWALKER_TYPES = (2, 3)
_THREADS = "/direct_v2/threads/"
#: Patches that programs know under a name of their own.
_NAMED = (ev.Typing, ev.Seen)
_NOBODY = ev.Receiver(host=None)


class RealtimeRouter:
    """Emits what a body means, under the names of instagrapi 3.x and as typed events.

    A patch that the server publishes on two topics is emitted once. Only the names that tell of bodies see both:
    ``receive``, and those of message sync, ``message`` and ``thread_update``.

    Args:
        dispatcher: runs the handlers.
        own_user_id: gives the account's id, to tell its own messages.
        counts: counts typed kinds.
        receiver: what the events are answered through.
        clock: gives unix time in seconds.
        sync: keeps what was handled, and tells what was handled before.
        on_caught_up: called when everything that had happened before was replayed.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        own_user_id: Callable[[], str | None] = lambda: None,
        counts: Counter[str] | None = None,
        receiver: ev.Receiver = _NOBODY,
        clock: Callable[[], float] = time.time,
        sync: MessageSync | None = None,
        on_caught_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._dispatcher = dispatcher
        self._wants = dispatcher.handlers.get
        self._own_user_id = own_user_id
        self._counts: Counter[str] = Counter() if counts is None else counts
        self._receiver = receiver
        self._clock = clock
        self._sync = sync
        self._on_caught_up = on_caught_up
        self._doubles = DoublePublishes()
        self._routes: dict[str, Callable[[Any], None]] = {
            MQTToTTopics.MESSAGE_SYNC: self._message_sync,
            MQTToTTopics.REALTIME_SUB: self._realtime_sub,
            MQTToTTopics.GRAPHQL: partial(self._graphql, MQTToTTopics.GRAPHQL),
            MQTToTTopics.PUBSUB: self._pubsub,
            MQTToTTopics.SEND_MESSAGE_RESPONSE: self._send_response,
            MQTToTTopics.IRIS_SUB_RESPONSE: self._iris_response,
            MQTToTTopics.REGION_HINT: self._region_hint,
        }

    def route(self, decoded: Decoded, payload: bytes) -> None:
        """Runs the handlers for one body; ``payload`` are its bytes as published."""
        topic, body = decoded.topic, decoded.body
        emit = self._dispatcher.emit
        if self._wants("receive"):
            emit("receive", {"topic": str(topic), "payload": body})
        if decoded.problem is not None and topic in self._routes:
            emit("undecoded", {"topic": str(topic), "payload": payload, "error": decoded.problem})
            self._typed(ev.Undecoded, body, topic=topic, payload=payload, error=decoded.problem)
            if topic == MQTToTTopics.REALTIME_SUB:
                emit("realtime_sub", body)
            return
        handle = self._routes.get(topic)
        if handle is None:
            self._typed(ev.Unknown, body, topic=topic)
        else:
            handle(body)

    # --- emitting --------------------------------------------------------------------------------------------------

    def _emit(self, cls: type[ev.Event], build: Callable[[], ev.Event]) -> None:
        """Counts an event of a class, and builds and emits it if anybody wants typed events."""
        self._counts[cls.kind] += 1
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(build())

    def _typed(self, cls: type[ev.Event], raw: Any, meta: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Emits an event whose fields are at hand."""
        self._emit(cls, lambda: cls(**self._origin(meta).fields(raw), **fields).received_by(self._receiver))

    def _origin(self, meta: Mapping[str, Any] | None = None) -> Origin:
        meta = meta or {}
        return Origin(
            self._clock(),
            meta.get("seq_id"),
            _source(meta),
            meta.get("mutation_token"),
            self._own_user_id(),
        )

    # --- message sync ----------------------------------------------------------------------------------------------

    def _message_sync(self, body: Any) -> None:
        for element in body if isinstance(body, list) else (body,):
            patches = element.get("data") if isinstance(element, dict) else None
            if not isinstance(patches, list):
                self._not_a_patch(element)
                if self._sync is not None and isinstance(element, dict) and self._sync.handled(element, [], []):
                    self._on_caught_up()
                continue
            meta = {key: value for key, value in element.items() if key != "data"}
            self._sync_element(element, meta, patches)

    def _sync_element(self, element: dict[str, Any], meta: dict[str, Any], patches: list[Any]) -> None:
        """Emits what is new in an element, and notes that it was handled once the handlers have returned."""
        keys: list[str | None] = []
        times: list[int] = []
        for index, raw in enumerate(patches):
            path = raw.get("path") if isinstance(raw, dict) else None
            if not isinstance(path, str):
                self._not_a_patch({**meta, **raw} if isinstance(raw, dict) else {**meta, "data": raw})
                continue
            patch = _parse(path, raw)
            key = patch_key(meta.get("seq_id"), index, patch.target, patch.op)
            keys.append(key)
            if self._sync is not None and self._sync.is_repeated(key, element):
                self._counts[DUPLICATE] += 1
                continue
            name = "message" if path.startswith(_THREADS) else "thread_update"
            self._direct_patch(MQTToTTopics.MESSAGE_SYNC, patch, {}, meta, sync_name=name)
            times += _item_time(patch)
        if self._sync is not None and self._sync.handled(element, keys, times):
            self._on_caught_up()

    def _not_a_patch(self, element: Any) -> None:
        self._dispatcher.emit("iris", element)
        meta = element if isinstance(element, dict) else None
        self._typed(ev.Unknown, element, meta, topic=MQTToTTopics.MESSAGE_SYNC)

    # --- the other topics ------------------------------------------------------------------------------------------

    def _realtime_sub(self, body: Any) -> None:
        self._dispatcher.emit("realtime_sub", body)
        self._graphql(MQTToTTopics.REALTIME_SUB, body)

    def _graphql(self, topic: str, body: Any) -> None:
        if not isinstance(body, dict) or "topic" not in body or "payload" not in body:
            self._plain(topic, body)
            return
        query_id, payload = body["topic"], body["payload"]
        if query_id == "direct":
            self._plain(topic, payload)
        elif _presence_in(payload) and isinstance(query_id, str) and query_id in PRESENCE_QUERIES:
            self._presence(payload)
        else:
            cls = ev.LiveComments if query_id == LIVE_REALTIME_COMMENTS else ev.GraphQL
            self._typed(cls, payload, query_id=query_id, name=query_name(query_id))

    def _plain(self, topic: str, payload: Any) -> None:
        """Direct patches, or presence, without an envelope, in one object or a list of them."""
        for element in payload if isinstance(payload, list) else (payload,):
            if _presence_in(element):
                self._presence(element)
            else:
                self._direct_payload(topic, element)

    def _presence(self, payload: dict[str, Any]) -> None:
        presence = payload["presence_event"]
        build = Once(lambda: typed.presence_event(presence, payload, self._origin()).received_by(self._receiver))
        event = {"path": None, "op": None, "value": presence, "thread_id": None}
        self._dispatcher.emit("presence", event, build)
        self._emit(ev.Presence, build)

    def _pubsub(self, body: Any) -> None:
        if not isinstance(body, dict) or "topic" not in body or "payload" not in body:
            self._plain(MQTToTTopics.PUBSUB, body)
            return
        kind, payload = body["topic"], body["payload"]
        if kind in _LIVE_SKYWALKER_TYPES:
            self._live(payload)
        elif kind == _DIRECT_SKYWALKER_TYPE and is_answer(payload):
            self._send_response(payload)
        elif kind == _DIRECT_SKYWALKER_TYPE:
            self._plain(MQTToTTopics.PUBSUB, payload)
        else:
            self._typed(ev.Unknown, body, topic=MQTToTTopics.PUBSUB)

    def _live(self, payload: Any) -> None:
        patches = _patches(payload)
        for _, raw in patches:
            patch = _parse(raw["path"], raw)
            self._emit(typed.broadcast_class(patch), partial(self._broadcast, patch))
        if not patches:
            self._typed(ev.Unknown, payload, topic=MQTToTTopics.PUBSUB)

    def _broadcast(self, patch: Patch) -> ev.Event:
        return typed.broadcast_event(patch, self._origin()).received_by(self._receiver)

    def _direct_payload(self, topic: str, payload: Any) -> None:
        patches = _patches(payload)
        for meta, raw in patches:
            self._direct_patch(topic, _parse(raw["path"], raw), {**meta, **raw}, meta)
        if not patches:
            self._typed(ev.Unknown, payload, topic=topic)

    def _send_response(self, body: Any) -> None:
        self._dispatcher.emit("send_response", body)
        self._emit(ev.SendResponse, lambda: typed.send_response_event(body, self._origin()))

    def _iris_response(self, body: Any) -> None:
        self._dispatcher.emit("iris_sub_response", body)
        self._emit(ev.IrisSubResponse, lambda: typed.iris_response_event(body, self._origin()))

    def _region_hint(self, body: Any) -> None:
        if body.get("hint"):
            self._typed(ev.RegionHint, body, hint=body["hint"])

    # --- Direct patches, wherever they come from -------------------------------------------------------------------

    def _direct_patch(
        self, topic: str, patch: Patch, extra: Mapping[str, Any], meta: Mapping[str, Any], sync_name: str | None = None
    ) -> None:
        cls = typed.patch_class(patch)
        build = Once(partial(self._patch_event, patch, cls, meta))
        if sync_name and self._wants(sync_name):
            self._dispatcher.emit(sync_name, {**meta, "message": _message(patch)}, build)
        if self._doubles.is_copy(topic, patch, self._clock()):
            self._counts[DUPLICATE] += 1
            return
        name = cls.kind if cls in _NAMED and isinstance(patch.value, dict) else None
        if self._wants("direct") or (name and self._wants(name)):
            event = {
                **extra,
                "path": patch.path,
                "op": patch.op,
                "value": patch.value,
                "thread_id": patch.target.thread_id,
            }
            self._dispatcher.emit("direct", event, build)
            if name:
                self._dispatcher.emit(name, event, build)
        self._emit(cls, build)

    def _patch_event(self, patch: Patch, cls: type[ev.Event], meta: Mapping[str, Any]) -> ev.Event:
        return typed.patch_event(patch, self._origin(meta), cls).received_by(self._receiver)


def _presence_in(payload: Any) -> bool:
    return isinstance(payload, dict) and isinstance(payload.get("presence_event"), dict)


def _source(meta: Mapping[str, Any]) -> str:
    if meta.get(FETCHED) is True:
        return "poll"
    return "replay" if "seq_id" in meta and meta.get("realtime") is False else "realtime"


def _item_time(patch: Patch) -> list[int]:
    """The time of a new item, in microseconds, as far as it has one."""
    if patch.op != "add" or patch.target.target is not Target.ITEM or not isinstance(patch.value, dict):
        return []
    time = as_integer(patch.value.get("timestamp"))
    return [] if time is None else [time]


def _patches(payload: Any) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The patches of a body with what surrounds them; a body that is one patch itself counts."""
    if not isinstance(payload, dict):
        return []
    data = payload.get("data")
    if isinstance(data, list):
        meta = {key: value for key, value in payload.items() if key != "data"}
        return [(meta, raw) for raw in data if isinstance(raw, dict) and isinstance(raw.get("path"), str)]
    return [({}, payload)] if isinstance(payload.get("path"), str) else []


def _parse(path: str, raw: Mapping[str, Any]) -> Patch:
    op = raw.get("op")
    return Patch(path, parse_path(path), op if isinstance(op, str) else None, parse_value(raw.get("value")), raw)


def _message(patch: Patch) -> dict[str, Any]:
    """The ``message`` of a patch as instagrapi 3.x gives it: the value's keys beside the path's."""
    message: dict[str, Any] = {"path": patch.path, "op": patch.op, "thread_id": patch.target.thread_id}
    if isinstance(patch.value, dict):
        message.update(patch.value)
    elif patch.value is not None:
        message["value"] = patch.value
    return message
