"""Typed events: what happened, as immutable objects.

Every event keeps the payload it was read from in ``raw``, untouched. A field that the payload does not have, or has in
a form that makes no sense, is ``None``; nothing in here raises for what a payload contains. Ids are text. ``kind`` is
the name under which the event is counted and documented.
"""

from __future__ import annotations

from instagrapi.realtime.events.base import Event, ItemEvent, Receiver, ThreadEvent
from instagrapi.realtime.events.direct import (
    Message,
    MessageDelete,
    MessageEvent,
    MessageUpdate,
    Presence,
    Reaction,
    Seen,
    ThreadRemove,
    ThreadUpdate,
    Typing,
    UnseenCount,
    VisualMessage,
)
from instagrapi.realtime.events.others import (
    CaughtUp,
    Connected,
    Disconnected,
    GraphQL,
    IrisSubResponse,
    LiveComment,
    LiveComments,
    LiveStarted,
    LiveStopped,
    RegionHint,
    Resync,
    SendResponse,
    StateChanged,
    Undecoded,
    Unknown,
)
from instagrapi.realtime.events.push import Badge, Push
from instagrapi.realtime.wire.push_categories import PushCategory

#: The class of each kind of event.
KINDS: dict[str, type[Event]] = {
    cls.kind: cls
    for cls in (
        Message,
        MessageUpdate,
        MessageDelete,
        VisualMessage,
        Reaction,
        Seen,
        Typing,
        Presence,
        ThreadUpdate,
        ThreadRemove,
        UnseenCount,
        LiveStarted,
        LiveStopped,
        GraphQL,
        SendResponse,
        IrisSubResponse,
        RegionHint,
        Push,
        Connected,
        Disconnected,
        StateChanged,
        CaughtUp,
        Resync,
        Undecoded,
        Unknown,
    )
}

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

__all__ = [
    "DICTIONARY_KINDS",
    "KINDS",
    "Badge",
    "CaughtUp",
    "Connected",
    "Disconnected",
    "Event",
    "GraphQL",
    "IrisSubResponse",
    "ItemEvent",
    "LiveComment",
    "LiveComments",
    "LiveStarted",
    "LiveStopped",
    "Message",
    "MessageDelete",
    "MessageEvent",
    "MessageUpdate",
    "Presence",
    "Push",
    "PushCategory",
    "Reaction",
    "Receiver",
    "RegionHint",
    "Resync",
    "Seen",
    "SendResponse",
    "StateChanged",
    "ThreadEvent",
    "ThreadRemove",
    "ThreadUpdate",
    "Typing",
    "Undecoded",
    "Unknown",
    "UnseenCount",
    "VisualMessage",
]
