"""From patches and answers to typed events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from instagrapi.realtime import events as ev
from instagrapi.realtime.events.fields import as_integer, as_text
from instagrapi.realtime.replies import is_ok, reason_of, status_of
from instagrapi.realtime.wire.paths import Path, Target


class Patch(NamedTuple):
    """One operation on one path, its value parsed."""

    path: str
    target: Path
    op: str | None
    value: Any
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when an event came in; what every typed event says about that."""

    received_at: float | None = None
    seq_id: Any = None
    source: str = "realtime"
    mutation_token: Any = None
    account_id: str | None = None

    def fields(self, raw: Any) -> dict[str, Any]:
        """As keyword arguments of an event."""
        return {
            "raw": raw,
            "source": self.source,
            "seq_id": self.seq_id,
            "received_at": self.received_at,
            "account_id": self.account_id,
        }

    def from_me(self, user_id: Any) -> bool | None:
        """Whether a user is the account itself; ``None`` when one of the two is not known."""
        user = as_text(user_id)
        return None if user is None or self.account_id is None else user == self.account_id


_ITEM = Target.ITEM
#: The operations there are; a patch with another one, or with none, does not say what happened.
_SETTING = ("add", "replace")
_OPERATIONS = (*_SETTING, "remove", "notify")
_ITEM_EVENTS: dict[str | None, type[ev.Event]] = {"add": ev.Message, "replace": ev.MessageUpdate}
_ITEM_FIELDS = ("user_id", "item_type", "text", "client_context", "timestamp")


def patch_class(patch: Patch) -> type[ev.Event]:
    """Which event a Direct patch is; ``Unknown`` when it is none that has a class."""
    target, op, value = patch.target, patch.op, patch.value
    has_fields = isinstance(value, dict) and bool(value)
    if op == "add" and has_fields and target.target is _ITEM:
        return ev.Message  # as nearly always
    match target.target:
        case Target.ITEM | Target.VISUAL_ITEM if op == "remove":
            return ev.MessageDelete
        case Target.VISUAL_ITEM if has_fields and op in _SETTING:
            return ev.VisualMessage
        case Target.ITEM if has_fields:
            return _ITEM_EVENTS.get(op, ev.Unknown)
        case Target.REACTION if op in (*_SETTING, "remove"):
            return ev.Reaction
        case Target.SEEN if op in _SETTING:
            return ev.Seen
        case Target.TYPING if has_fields and op != "remove":
            return ev.Typing
        case Target.THREAD if target.field == "thread" and op == "remove":
            return ev.ThreadRemove
        case Target.THREAD if op in _OPERATIONS:
            return ev.ThreadUpdate
        case Target.UNSEEN_COUNT if op in _SETTING:
            return ev.UnseenCount
    return ev.Unknown


def patch_event(patch: Patch, origin: Origin, cls: type[ev.Event] | None = None) -> ev.Event:
    """The event that a Direct patch is; ``cls`` spares finding its class once more."""
    cls, target = cls or patch_class(patch), patch.target
    value: dict[str, Any] = patch.value if isinstance(patch.value, dict) else {}
    fields = {**origin.fields(patch.raw), "op": patch.op, "thread_id": target.thread_id}
    if issubclass(cls, ev.MessageEvent):
        return _message_event(cls, value, {**fields, "item_id": target.item_id}, origin)
    if cls is ev.Reaction:
        return _reaction_event(target, value, fields, origin)
    if cls is ev.Seen:
        fields.update({name: value.get(name) for name in ("item_id", "timestamp")})
        return ev.Seen(**fields, user_id=target.user_id, from_me=origin.from_me(target.user_id))
    if cls is ev.Typing:
        return _typing_event(value, fields)
    if cls is ev.UnseenCount:
        return ev.UnseenCount(**fields, inbox=target.field, count=patch.value)
    if cls is ev.ThreadUpdate:
        return ev.ThreadUpdate(**fields, field=target.field, user_id=target.user_id, value=patch.value)
    if cls is ev.ThreadRemove:
        return ev.ThreadRemove(**fields, field=target.field)
    return ev.Unknown(**fields, path=patch.path)


def _message_event(
    cls: type[ev.MessageEvent], item: dict[str, Any], fields: dict[str, Any], origin: Origin
) -> ev.MessageEvent:
    fields.update({name: item.get(name) for name in _ITEM_FIELDS})
    return cls(
        **fields,
        item=dict(item) or None,
        mutation_token=origin.mutation_token,
        from_me=origin.from_me(item.get("user_id")),
    )


def _reaction_event(target: Path, value: Mapping[str, Any], fields: dict[str, Any], origin: Origin) -> ev.Reaction:
    fields.update({name: value.get(name) for name in ("emoji", "timestamp", "client_context")})
    from_me = origin.from_me(target.user_id)
    return ev.Reaction(**fields, item_id=target.item_id, user_id=target.user_id, from_me=from_me)


def _typing_event(value: Mapping[str, Any], fields: dict[str, Any]) -> ev.Typing:
    fields.update({name: value.get(name) for name in ("sender_id", "ttl", "timestamp", "activity_status")})
    return ev.Typing(**fields, is_active=as_integer(fields["activity_status"]) not in (None, 0))


def broadcast_class(patch: Patch) -> type[ev.Event]:
    """Whether a live broadcast began or ended (topic 88, types 2 and 3)."""
    if patch.target.target is not Target.BROADCAST:
        return ev.Unknown
    if patch.op == "remove" or (patch.target.field == "ended" and patch.op in _SETTING):
        return ev.LiveStopped
    return ev.LiveStarted if patch.target.field == "started" and patch.op in _SETTING else ev.Unknown


def broadcast_event(patch: Patch, origin: Origin) -> ev.Event:
    """The event of a live broadcast."""
    cls, fields = broadcast_class(patch), origin.fields(patch.raw)
    if cls is ev.Unknown:
        return ev.Unknown(**fields, op=patch.op, path=patch.path)
    value = patch.value if isinstance(patch.value, Mapping) else {}
    user = value.get("user")
    user_id = user.get("pk") if isinstance(user, Mapping) else None
    broadcast_id = value.get("broadcast_id") or patch.target.item_id
    return cls(**{**fields, "broadcast_id": broadcast_id, "user_id": user_id})


def presence_event(value: Mapping[str, Any], raw: Any, origin: Origin) -> ev.Presence:
    """Somebody's presence, told apart by its key and never by words in it."""
    return ev.Presence(
        user_id=value.get("user_id"),
        is_active=value.get("is_active"),
        last_activity_at_ms=value.get("last_activity_at_ms"),
        **origin.fields(raw),
    )


def send_response_event(body: Any, origin: Origin) -> ev.SendResponse:
    """The answer to a command."""
    payload = body.get("payload") if isinstance(body, Mapping) else None
    payload = payload if isinstance(payload, Mapping) else {}
    return ev.SendResponse(
        ok=is_ok(body),
        client_context=payload.get("client_context"),
        status_code=status_of(body),
        message=reason_of(body),
        item_id=payload.get("item_id"),
        thread_id=payload.get("thread_id"),
        **origin.fields(body),
    )


def iris_accepted(body: Any) -> bool:
    """Whether an answer to a message-sync subscription says yes; ``succeeded`` may be missing."""
    if not isinstance(body, Mapping):
        return False
    succeeded = body.get("succeeded")
    if succeeded is None:
        return body.get("error_type") is None and body.get("error_message") is None
    return succeeded is True


def iris_response_event(body: Any, origin: Origin) -> ev.IrisSubResponse:
    """The answer to a message-sync subscription."""
    values = body if isinstance(body, Mapping) else {}
    fields = origin.fields(body)
    fields["seq_id"] = values.get("seq_id")
    return ev.IrisSubResponse(
        ok=iris_accepted(body),
        error_type=values.get("error_type"),
        error_message=values.get("error_message"),
        latest_seq_id=values.get("latest_seq_id"),
        subscribed_at_ms=values.get("subscribed_at_ms"),
        **fields,
    )
