"""Typed events: what happened, as immutable objects.

Every event keeps the payload it was read from in ``raw``, untouched. A field that the payload does not have, or has in
a form that makes no sense, is ``None``; nothing in here raises for what a payload contains. Ids are text. ``kind`` is
the name under which the event is counted and documented.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from instagrapi.types import moment_from_microseconds

_FLAGS: dict[int | str, bool] = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}


def _as_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _as_integer(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None


def _as_flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value) if isinstance(value, int | str) else None


def _as_mapping(value: object) -> dict[str, Any] | None:
    return dict(value) if isinstance(value, Mapping) else None


Text = Annotated[str | None, BeforeValidator(_as_text)]
Integer = Annotated[int | None, BeforeValidator(_as_integer)]
Flag = Annotated[bool | None, BeforeValidator(_as_flag)]
#: Read from microseconds since 1970, whether they come as a number or as text.
Moment = Annotated[datetime | None, BeforeValidator(moment_from_microseconds)]
Fields = Annotated[dict[str, Any] | None, BeforeValidator(_as_mapping)]


#: Kinds whose handlers by name get :meth:`Event.as_dictionary`; the other names have dictionaries of their own.
DICTIONARY_KINDS = frozenset(
    [
        "message_update",
        "message_delete",
        "visual_message",
        "reaction",
        "thread_remove",
        "unseen_count",
        "live_started",
        "live_stopped",
        "graphql",
        "region_hint",
        "unknown",
    ]
)


class Event(BaseModel):
    """The base of all events; a handler for it receives every one.

    Attributes:
        raw: the payload as it came.
        source: ``realtime``, ``replay`` (the backlog after subscribing), ``push`` or ``poll``.
        seq_id: position in the message-sync queue, for events that came through it.
        received_at: unix time in seconds at which the event was read.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True, ser_json_bytes="base64")
    kind: ClassVar[str] = "event"

    raw: Any = Field(default=None, repr=False)
    source: Literal["realtime", "replay", "push", "poll"] = "realtime"
    seq_id: Integer = None
    received_at: float | None = None

    def as_dictionary(self) -> dict[str, Any]:
        """The kind and all fields, ``raw`` included."""
        return {"kind": self.kind, **{name: getattr(self, name) for name in type(self).model_fields}}


class MessageEvent(Event):
    """What the events about one message have in common. ``op`` is ``add``, ``replace``, ``remove`` or ``notify``."""

    op: Text = None
    thread_id: Text = None
    item_id: Text = None
    user_id: Text = None
    item_type: Text = None
    text: Annotated[str | None, BeforeValidator(lambda value: value if isinstance(value, str) else None)] = Field(
        default=None, repr=False
    )
    client_context: Text = None
    timestamp: Moment = None
    #: Whether the account itself is the sender; ``None`` when the sender is not known.
    from_me: bool | None = None


class Message(MessageEvent):
    """A message arrived in a thread, also one that the account sent itself."""

    kind = "message"


class MessageUpdate(MessageEvent):
    """A message changed: edited, its media became available, its reactions were folded in."""

    kind = "message_update"


class MessageDelete(MessageEvent):
    """A message was unsent. Only its ids are known."""

    kind = "message_delete"


class VisualMessage(MessageEvent):
    """A disappearing photo or video arrived."""

    kind = "visual_message"


class Reaction(Event):
    """Somebody reacted to a message, or took the reaction back (``op`` is ``remove``). No emoji means the heart."""

    kind = "reaction"
    op: Text = None
    thread_id: Text = None
    item_id: Text = None
    user_id: Text = None
    emoji: Text = None


class Seen(Event):
    """Somebody read a thread up to an item."""

    kind = "seen"
    thread_id: Text = None
    user_id: Text = None
    item_id: Text = None


class Typing(Event):
    """Somebody types, or stopped. ``ttl`` is how long it holds, in milliseconds."""

    kind = "typing"
    thread_id: Text = None
    sender_id: Text = None
    is_active: bool = False
    ttl: Integer = None


class Presence(Event):
    """Somebody came online or left."""

    kind = "presence"
    user_id: Text = None
    is_active: Flag = None
    last_activity_at_ms: Text = None


class ThreadUpdate(Event):
    """A thread changed; ``field`` says what of it, ``thread`` meaning the whole object."""

    kind = "thread_update"
    op: Text = None
    thread_id: Text = None
    field: Text = None


class ThreadRemove(Event):
    """A thread left the inbox."""

    kind = "thread_remove"
    op: Text = None
    thread_id: Text = None
    field: Text = None


class UnseenCount(Event):
    """How many threads of an inbox are unread."""

    kind = "unseen_count"
    inbox: Text = None
    count: Integer = None


class LiveStarted(Event):
    """Somebody went live."""

    kind = "live_started"
    broadcast_id: Text = None
    user_id: Text = None


class LiveStopped(Event):
    """A live broadcast ended."""

    kind = "live_stopped"
    broadcast_id: Text = None
    user_id: Text = None


class GraphQL(Event):
    """An event of a GraphQL subscription that has no class of its own; ``raw`` is its decoded payload."""

    kind = "graphql"
    query_id: Text = None


class SendResponse(Event):
    """The server's answer to a Direct command. ``message`` is the reason when it is not ``ok``."""

    kind = "send_response"
    ok: bool = False
    client_context: Text = None
    status_code: Text = None
    message: Text = None
    item_id: Text = None
    thread_id: Text = None


class IrisSubResponse(Event):
    """The server's answer to a message-sync subscription."""

    kind = "iris_sub_response"
    ok: bool = False
    error_type: Integer = None
    error_message: Text = None
    latest_seq_id: Integer = None


class RegionHint(Event):
    """The data centre that the server would like the client to prefer."""

    kind = "region_hint"
    hint: Text = None


class Push(Event):
    """A push notification. ``badge`` holds the counts by their short names, such as ``di`` for Direct."""

    kind = "push"
    collapse_key: Text = None
    recipient_id: Text = None
    source_id: Text = None
    action_path: Text = None
    action_params: Fields = None
    message: Text = Field(default=None, repr=False)
    push_id: Text = None
    badge: Fields = None


class Connected(Event):
    """The connection stands."""

    kind = "connected"
    resumed: bool = False


class Disconnected(Event):
    """The connection ended without being asked to."""

    kind = "disconnected"
    reason: Text = None
    will_retry: bool = False


class Undecoded(Event):
    """A body that could not be read; ``payload`` are its bytes as published."""

    kind = "undecoded"
    topic: Text = None
    payload: bytes = Field(default=b"", repr=False)
    error: Text = None


class Unknown(Event):
    """Something readable that has no meaning here, passed through in ``raw``."""

    kind = "unknown"
    topic: Text = None
    path: Text = None
