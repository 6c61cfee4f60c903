"""From patches and answers to typed events."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from instagrapi.realtime import events as ev
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

    def fields(self, raw: Any) -> dict[str, Any]:
        """As keyword arguments of an event."""
        return {"raw": raw, "source": self.source, "seq_id": self.seq_id, "received_at": self.received_at}


_ITEM_EVENTS: dict[str | None, type[ev.MessageEvent]] = {
    "add": ev.Message,
    "replace": ev.MessageUpdate,
    "remove": ev.MessageDelete,
}


def patch_event(patch: Patch, origin: Origin, own_user_id: str | None) -> ev.Event:
    """The event that a patch is; ``Unknown`` when it is none that has a class."""
    target, value = patch.target, patch.value
    fields = origin.fields(patch.raw)
    mapping = value if isinstance(value, Mapping) else {}
    match target.target:
        case Target.ITEM | Target.VISUAL_ITEM:
            return _item_event(patch, mapping, fields, own_user_id)
        case Target.REACTION:
            return ev.Reaction(
                op=patch.op,
                thread_id=target.thread_id,
                item_id=target.item_id,
                user_id=target.user_id,
                emoji=mapping.get("emoji"),
                **fields,
            )
        case Target.SEEN if patch.op != "remove":
            return ev.Seen(thread_id=target.thread_id, user_id=target.user_id, item_id=mapping.get("item_id"), **fields)
        case Target.TYPING if mapping and patch.op != "remove":
            return ev.Typing(
                thread_id=target.thread_id,
                sender_id=mapping.get("sender_id"),
                is_active=mapping.get("activity_status") not in (None, 0, "0", False),
                ttl=mapping.get("ttl"),
                **fields,
            )
        case Target.THREAD:
            return _thread_event(patch, fields)
        case Target.UNSEEN_COUNT:
            return ev.UnseenCount(inbox=target.field, count=value, **fields)
    return ev.Unknown(path=patch.path, **fields)


def _item_event(patch: Patch, item: Mapping[str, Any], fields: dict[str, Any], own_user_id: str | None) -> ev.Event:
    cls = _ITEM_EVENTS.get(patch.op)
    if patch.target.target is Target.VISUAL_ITEM and patch.op != "remove":
        cls = ev.VisualMessage
    if cls is None or (not item and cls is not ev.MessageDelete):
        return ev.Unknown(path=patch.path, **fields)
    event = cls(
        op=patch.op,
        thread_id=patch.target.thread_id,
        item_id=patch.target.item_id,
        user_id=item.get("user_id"),
        item_type=item.get("item_type"),
        text=item.get("text"),
        client_context=item.get("client_context"),
        timestamp=item.get("timestamp"),
        **fields,
    )
    if event.user_id is None or own_user_id is None:
        return event
    return event.model_copy(update={"from_me": event.user_id == own_user_id})


def _thread_event(patch: Patch, fields: dict[str, Any]) -> ev.Event:
    whole = patch.target.field == "thread"
    cls = ev.ThreadRemove if whole and patch.op == "remove" else ev.ThreadUpdate
    return cls(op=patch.op, thread_id=patch.target.thread_id, field=patch.target.field, **fields)


def broadcast_event(patch: Patch, origin: Origin) -> ev.Event:
    """A live broadcast began or ended (topic 88, type 2)."""
    value = patch.value if isinstance(patch.value, Mapping) else {}
    user = value.get("user")
    cls = {"add": ev.LiveStarted, "remove": ev.LiveStopped}.get(patch.op or "")
    if cls is None:
        return ev.Unknown(path=patch.path, **origin.fields(patch.raw))
    return cls(
        broadcast_id=value.get("broadcast_id"),
        user_id=user.get("pk") if isinstance(user, Mapping) else None,
        **origin.fields(patch.raw),
    )


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
        **fields,
    )
