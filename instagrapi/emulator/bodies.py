"""Bodies of what the realtime broker publishes, before they are deflated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instagrapi.emulator.iris import IrisEvent
from instagrapi.emulator.render import user_json
from instagrapi.emulator.signals import Broadcast, PresenceChanged, Typed
from instagrapi.realtime.protocol.payload import dump_json
from instagrapi.realtime.protocol.thrift import encode_struct
from instagrapi.realtime.wire.structs import GRAPHQL_EVENT, REGION_HINT, SKYWALKER_EVENT
from instagrapi.realtime.wire.subscriptions import APP_PRESENCE

#: How long a typing mark lasts, in milliseconds (captured 2018 to 2020; 22000 was seen in 2025).
TYPING_TTL_MS = 12_000
#: The same in the answer to the typer (captured).
TYPING_ACK_TTL_MS = 10_000
_SKYWALKER_LIVE = 2


def message_sync(events: Iterable[IrisEvent], *, realtime: bool, quotes: bool) -> bytes:
    """Topic 146: a JSON list of patches (captured)."""
    return dump_json([event.render(realtime=realtime, quotes=quotes) for event in events])


def typing(signal: Typed) -> bytes:
    """Topic 149, ``direct`` (captured)."""
    value = {
        "timestamp": str(signal.timestamp),
        "sender_id": str(signal.sender.pk),
        "ttl": TYPING_TTL_MS,
        "activity_status": signal.status,
    }
    patch = {
        "op": "add",
        "path": f"/direct_v2/threads/{signal.thread_id}/activity_indicator_id/{signal.indicator_id}",
        "value": dump_json(value).decode(),
        "doublePublish": True,
    }
    body = {"event": "patch", "data": [patch], "lazy": False, "num_endpoints": 1}
    return encode_struct(GRAPHQL_EVENT, {"topic": "direct", "payload": dump_json(body)})


def presence(signal: PresenceChanged) -> bytes:
    """Topic 149, the query id of app presence (captured)."""
    event = {
        "user_id": str(signal.user.pk),
        "is_active": signal.is_active,
        "last_activity_at_ms": str(signal.at_ms),
        "in_threads": None,
    }
    return encode_struct(GRAPHQL_EVENT, {"topic": APP_PRESENCE, "payload": dump_json({"presence_event": event})})


def live(signal: Broadcast) -> bytes:
    """Topic 88, type 2 (captured)."""
    value = {
        "broadcast_id": signal.broadcast_id,
        "user": user_json(signal.user),
        "published_time": signal.at,
        "is_periodic": 0,
        "broadcast_message": "",
        "display_notification": signal.started,
    }
    patch = {
        "op": "add" if signal.started else "remove",
        "path": f"/broadcast/{signal.broadcast_id}/{'started' if signal.started else 'ended'}",
        "value": dump_json(value).decode(),
        "doublePublish": True,
    }
    body = {"event": "patch", "data": [patch], "publisher": signal.user.pk, "lazy": False, "num_endpoints": 1}
    return encode_struct(SKYWALKER_EVENT, {"topic": _SKYWALKER_LIVE, "payload": dump_json(body)})


def region_hint(region: str) -> bytes:
    """Topic 150 (captured)."""
    return encode_struct(REGION_HINT, {"hint": region})


def iris_accepted(seq_id: int, latest_seq_id: int, now_ms: int) -> dict[str, Any]:
    """Topic 135, message sync starts at a position (captured)."""
    return {
        "succeeded": True,
        "seq_id": seq_id,
        "error_type": None,
        "error_message": None,
        "subscribed_at_ms": now_ms,
        "latest_seq_id": latest_seq_id,
    }


def iris_refused(error_message: str) -> dict[str, Any]:
    """Topic 135, the position cannot be used (captured): get a new one over HTTP."""
    return {
        "succeeded": False,
        "seq_id": None,
        "error_type": 1,
        "error_message": error_message,
        "subscribed_at_ms": None,
    }
