"""From decoded bodies of the realtime connection to handlers.

What a body is follows from its topic, its envelope, the segments of its paths and its operations. What its texts
contain plays no part.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from instagrapi.realtime import events as ev
from instagrapi.realtime import typed
from instagrapi.realtime.dispatch import Dispatcher, Once
from instagrapi.realtime.doubles import DoublePublishes
from instagrapi.realtime.lanes import Part, Sharer
from instagrapi.realtime.network.ending import CutOff
from instagrapi.realtime.patches import (
    has_presence,
    message_of,
    note_time,
    patch_of,
    patches_of,
    source_of,
    surrounded,
    sync_name_of,
)
from instagrapi.realtime.position import patch_key
from instagrapi.realtime.replies import is_answer
from instagrapi.realtime.state import DUPLICATE
from instagrapi.realtime.syncing import Begun, MessageSync
from instagrapi.realtime.typed import Origin, Patch
from instagrapi.realtime.wire.decode import Decoded
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
_MESSAGE_SYNC = MQTToTTopics.MESSAGE_SYNC.value
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
        sharer: runs the handlers of different Direct threads side by side; only together with ``sync``.
        is_ending: whether to begin with nothing further.
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
        sharer: Sharer | None = None,
        is_ending: Callable[[], bool] = lambda: False,
    ) -> None:
        self._dispatcher = dispatcher
        self._wants = dispatcher.handlers.get
        self._own_user_id = own_user_id
        self._counts: Counter[str] = Counter() if counts is None else counts
        self._receiver = receiver
        self._clock = clock
        self._sync = sync
        self._on_caught_up = on_caught_up
        self._sharer = sharer
        self._is_ending = is_ending
        self._counting = threading.Lock()  # and of what came twice
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

    def knows(self, topic: str) -> bool:
        """Whether bodies of a topic have a meaning here."""
        return topic in self._routes

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
        self._count(cls.kind)
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(build())

    def _count(self, kind: str) -> None:
        with self._counting:
            self._counts[kind] += 1

    def _typed(self, cls: type[ev.Event], raw: Any, meta: Mapping[str, Any] | None = None, /, **fields: Any) -> None:
        """Emits an event whose fields are at hand."""
        self._emit(cls, lambda: cls(**self._origin(meta).fields(raw), **fields).received_by(self._receiver))

    def _origin(self, meta: Mapping[str, Any] | None = None) -> Origin:
        meta = meta or {}
        return Origin(
            self._clock(),
            meta.get("seq_id"),
            source_of(meta),
            meta.get("mutation_token"),
            self._own_user_id(),
        )

    # --- message sync ----------------------------------------------------------------------------------------------

    def _message_sync(self, body: Any) -> None:
        for element in body if isinstance(body, list) else (body,):
            if self._is_ending():
                raise CutOff
            patches = element.get("data") if isinstance(element, dict) else None
            if not isinstance(patches, list):
                self._not_a_patch(element)
                if self._sync is not None and isinstance(element, dict) and self._sync.handled(element, [], []):
                    self._on_caught_up()
                continue
            meta = element.copy()
            del meta["data"]
            if self._sync is None or self._sharer is None:
                self._sync_element(element, meta, patches)
            else:
                self._share_element(self._sync, self._sharer, element, meta, patches)

    def _sync_element(self, element: dict[str, Any], meta: dict[str, Any], patches: list[Any]) -> None:
        """Emits what is new in an element, and notes that it was handled once the handlers have returned."""
        keys: list[str | None] = []
        times: list[int] = []
        sync, seq_id = self._sync, meta.get("seq_id")
        may_be_known = sync is not None and sync.is_replayed(element)
        for index, raw in enumerate(patches):
            if (patch := patch_of(raw)) is None:
                self._not_a_patch(surrounded(raw, meta))
                continue
            key = patch_key(seq_id, index, patch.target, patch.op)
            keys.append(key)
            if patch.op == "add":
                note_time(patch, times)
            if may_be_known and sync is not None and sync.was_handled(key, element):
                self._count(DUPLICATE)
            else:
                self._direct_patch(_MESSAGE_SYNC, patch, {}, meta, sync_name=sync_name_of(patch.path))
        if sync is not None and sync.handled(element, keys, times):
            self._on_caught_up()

    def _share_element(
        self, sync: MessageSync, sharer: Sharer, element: dict[str, Any], meta: dict[str, Any], patches: list[Any]
    ) -> None:
        """The same, each conversation's patches by a worker."""
        keys: list[str | None] = []
        times: list[int] = []
        parts: list[Part] = []
        replayed = element if sync.is_replayed(element) else None
        begun = sync.begin(element)
        origin = self._origin(meta)  # when it was read, not handled
        for index, raw in enumerate(patches):
            if (patch := patch_of(raw)) is None:
                parts.append((None, partial(self._not_a_patch, surrounded(raw, meta))))
                continue
            key = patch_key(meta.get("seq_id"), index, patch.target, patch.op)
            keys.append(key)
            if patch.op == "add":
                note_time(patch, times)
            run = partial(self._shared_patch, sync, patch, meta, key, replayed, origin, begun)
            parts.append((patch.target.thread_id, run))
        begun.since = min(times, default=None)
        note = partial(self._shared_element_handled, sync, sharer, element, keys, times, begun)
        sharer.share_out(parts, note, partial(sync.abandon, begun))

    def _shared_patch(
        self,
        sync: MessageSync,
        patch: Patch,
        meta: dict[str, Any],
        key: str | None,
        replayed: dict[str, Any] | None,
        origin: Origin,
        begun: Begun,
    ) -> None:
        # Asked only now: the first copy may have been on its way when this one came.
        if replayed is not None and sync.was_handled(key, replayed):
            self._count(DUPLICATE)
            return
        self._direct_patch(_MESSAGE_SYNC, patch, {}, meta, sync_name=sync_name_of(patch.path), origin=origin)
        sync.handled_part(begun, key)

    def _shared_element_handled(
        self,
        sync: MessageSync,
        sharer: Sharer,
        element: dict[str, Any],
        keys: list[str | None],
        times: list[int],
        begun: Begun,
    ) -> None:
        if sync.handled(element, keys, times, begun):
            sharer.left_to_reader.append(self._on_caught_up)

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
        elif has_presence(payload) and isinstance(query_id, str) and query_id in PRESENCE_QUERIES:
            self._presence(payload)
        else:
            cls = ev.LiveComments if query_id == LIVE_REALTIME_COMMENTS else ev.GraphQL
            self._typed(cls, payload, query_id=query_id, name=query_name(query_id))

    def _plain(self, topic: str, payload: Any) -> None:
        """Direct patches, or presence, without an envelope, in one object or a list of them."""
        for element in payload if isinstance(payload, list) else (payload,):
            if has_presence(element):
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
        patches = patches_of(payload)
        for _, _, patch in patches:
            self._emit(typed.broadcast_class(patch), partial(self._broadcast, patch))
        if not patches:
            self._typed(ev.Unknown, payload, topic=MQTToTTopics.PUBSUB)

    def _broadcast(self, patch: Patch) -> ev.Event:
        return typed.broadcast_event(patch, self._origin()).received_by(self._receiver)

    def _direct_payload(self, topic: str, payload: Any) -> None:
        patches = patches_of(payload)
        for meta, raw, patch in patches:
            extra = {**meta, **raw}
            if self._sharer is None:
                self._direct_patch(topic, patch, extra, meta)
            else:
                run = partial(self._direct_patch, topic, patch, extra, meta, origin=self._origin(meta))
                self._sharer.share_out([(patch.target.thread_id, run)])
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
        self,
        topic: str,
        patch: Patch,
        extra: Mapping[str, Any],
        meta: Mapping[str, Any],
        sync_name: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        cls = typed.patch_class(patch)
        build = _PatchEvent(self, patch, cls, meta, origin)
        run, wants = self._dispatcher.run, self._wants
        if sync_name and (wanted := wants(sync_name)):
            run(sync_name, wanted, {**meta, "message": message_of(patch)}, build)
        with self._counting:
            is_copy = self._doubles.is_copy(topic, patch, self._clock())
            self._counts[DUPLICATE if is_copy else cls.kind] += 1
        if is_copy:
            return
        name = cls.kind if cls in _NAMED and isinstance(patch.value, dict) else None
        direct, named = wants("direct"), wants(name) if name else None
        if direct or named:
            event = {
                **extra,
                "path": patch.path,
                "op": patch.op,
                "value": patch.value,
                "thread_id": patch.target.thread_id,
            }
            if direct:
                run("direct", direct, event, build)
            if name and named:
                run(name, named, event, build)
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(build())

    def _patch_event(
        self, patch: Patch, cls: type[ev.Event], meta: Mapping[str, Any], origin: Origin | None = None
    ) -> ev.Event:
        return typed.patch_event(patch, origin or self._origin(meta), cls).received_by(self._receiver)


class _PatchEvent:
    """The typed event of a patch, built when it is first asked for, as mostly nobody does."""

    __slots__ = ("_event", "_made_of", "_router")

    def __init__(self, router: RealtimeRouter, *made_of: Any) -> None:
        self._router = router
        self._made_of = made_of
        self._event: ev.Event | None = None

    def __call__(self) -> ev.Event:
        if self._event is None:
            self._event = self._router._patch_event(*self._made_of)  # noqa: SLF001
        return self._event
