"""Bodies of what the realtime broker publishes, before they are deflated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from instagrapi.emulator.iris import IrisEvent
from instagrapi.emulator.render import user_json
from instagrapi.emulator.signals import Broadcast, Called, Commented, PresenceChanged, Typed
from instagrapi.emulator.subscriptions import LIVE_COMMENTS
from instagrapi.realtime.protocol.payload import dump_json
from instagrapi.realtime.protocol.thrift import encode_struct
from instagrapi.realtime.wire.structs import GRAPHQL_EVENT, REGION_HINT, SKYWALKER_EVENT
from instagrapi.realtime.wire.subscriptions import APP_PRESENCE

#: How long a typing mark lasts, in milliseconds (captured 2018 to 2020; 22000 was seen in 2025).
TYPING_TTL_MS = 12_000
#: The same in the answer to the typer (captured).
TYPING_ACK_TTL_MS = 10_000
#: The types of topic 88 (1 and 2 captured, 4 reported).
_DIRECT, _LIVE, _VIDEO_CALL = 1, 2, 4

#: The type of a refusal of message sync for which a new position helps (reported of the number).
POSITION_UNKNOWN = 1

Json = dict[str, Any]


# --- message sync -----------------------------------------------------------------------------------------------------


def message_sync(events: Iterable[IrisEvent], *, realtime: bool, quotes: bool) -> bytes:
    """Topic 146: a JSON list of patches (captured)."""
    return dump_json([event.render(realtime=realtime, quotes=quotes) for event in events])


def doubled(event: IrisEvent, now_ms: int, *, quotes: bool) -> bytes:
    """Topic 88, type 1: what message sync has as well (captured)."""
    patches = [{**patch.render(quotes=quotes), "doublePublish": True} for patch in event.patches]
    return _skywalker(_DIRECT, _published(patches, now_ms, event.seq_id))


def iris_accepted(seq_id: int, latest_seq_id: int, now_ms: int) -> Json:
    """Topic 135, message sync starts at a position (captured)."""
    return {
        "succeeded": True,
        "seq_id": seq_id,
        "error_type": None,
        "error_message": None,
        "subscribed_at_ms": now_ms,
        "latest_seq_id": latest_seq_id,
    }


def iris_refused(error_message: str, error_type: int = POSITION_UNKNOWN) -> Json:
    """Topic 135, message sync does not start (captured of positions that cannot be used)."""
    return {
        "succeeded": False,
        "seq_id": None,
        "error_type": error_type,
        "error_message": error_message,
        "subscribed_at_ms": None,
    }


# --- topic 149 --------------------------------------------------------------------------------------------------------


def graphql(query_id: str, payload: Mapping[str, Any]) -> bytes:
    """Topic 149: the event of a query (form captured)."""
    return encode_struct(GRAPHQL_EVENT, {"topic": query_id, "payload": dump_json(payload)})


def typing(signal: Typed, *, plain: bool) -> bytes:
    """Topic 149, ``direct`` (captured); ``plain`` leaves the struct out (reported)."""
    body = {"event": "patch", "data": [_typing_patch(signal)], "lazy": False, "num_endpoints": 1}
    return dump_json(body) if plain else graphql("direct", body)


def presence(signal: PresenceChanged) -> bytes:
    """Topic 149, the query id of app presence (captured)."""
    event = {
        "user_id": str(signal.user.pk),
        "is_active": signal.is_active,
        "last_activity_at_ms": str(signal.at_ms),
        "in_threads": None,
    }
    return graphql(APP_PRESENCE, {"presence_event": event})


def comment(signal: Commented, subscription_id: str | None) -> bytes:
    """Topic 149, the query id of live comments (keys and types reported)."""
    entry = {
        "pk": signal.comment_id,
        "user_id": str(signal.user.pk),
        "text": signal.text,
        "type": 0,
        "created_at": signal.at,
        "created_at_utc": signal.at,
        "content_type": "comment",
        "status": "Active",
        "bit_flags": 0,
        "did_report_as_spam": False,
        "inline_composer_display_condition": "never",
        "user": user_json(signal.user),
    }
    event = {
        "client_subscription_id": subscription_id,
        "live_seconds_per_comment": 1,
        "comment_likes_enabled": False,
        "comment_count": signal.comment_count,
        "caption": None,
        "caption_is_edited": False,
        "has_more_comments": False,
        "has_more_headload_comments": False,
        "media_header_display": "none",
        "comment_muted": 0,
        "comments": [entry],
        "pinned_comment": None,
        "system_comments": None,
    }
    return graphql(LIVE_COMMENTS, {"live_video_comment_event": event})


# --- topic 88 ---------------------------------------------------------------------------------------------------------


def doubled_typing(signal: Typed) -> bytes:
    """Topic 88, type 1: what topic 149 has as well (captured)."""
    return _skywalker(_DIRECT, _published([_typing_patch(signal)], signal.timestamp // 1000, signal.timestamp))


def answer(body: Json) -> bytes:
    """Topic 88, type 1: the answer to a command (reported)."""
    return _skywalker(_DIRECT, body)


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
    return _skywalker(_LIVE, body)


def video_call(signal: Called) -> bytes:
    """Topic 88, type 4 (keys reported; that the times are milliseconds is assumed)."""
    payload = {"videoCallId": signal.call_id, "messageType": signal.message_type}
    return _skywalker(_VIDEO_CALL, {"timestamp": signal.at_ms, "payload": payload})


def _typing_patch(signal: Typed) -> Json:
    value = {
        "timestamp": str(signal.timestamp),
        "sender_id": str(signal.sender.pk),
        "ttl": TYPING_TTL_MS,
        "activity_status": signal.status,
    }
    return {
        "op": "add",
        "path": f"/direct_v2/threads/{signal.thread_id}/activity_indicator_id/{signal.indicator_id}",
        "value": dump_json(value).decode(),
        "doublePublish": True,
    }


def _published(patches: list[Json], at_ms: int, publish_id: int) -> Json:
    at = datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    metadata = {"topic_publish_id": publish_id, "publish_time_ms": at}
    return {"event": "patch", "data": patches, "lazy": False, "publish_metadata": metadata, "num_endpoints": 1}


def _skywalker(kind: int, payload: Json) -> bytes:
    return encode_struct(SKYWALKER_EVENT, {"topic": kind, "payload": dump_json(payload)})


# --- topic 150 --------------------------------------------------------------------------------------------------------


def region_hint(region: str) -> bytes:
    """Topic 150 (captured)."""
    return encode_struct(REGION_HINT, {"hint": region})
