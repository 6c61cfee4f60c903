"""Bodies of what the client says: Direct commands, subscriptions, foreground state.

The order of keys is that of the app's other clients (action, thread, item data, client context); the server accepts
any. Thread ids are text.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from instagrapi.realtime.protocol.payload import deflate
from instagrapi.realtime.protocol.thrift import encode_struct
from instagrapi.realtime.wire.structs import FOREGROUND_STATE

Body = dict[str, Any]


def send_item(thread_id: int | str, item_type: str, client_context: str, **data: Any) -> Body:
    """``send_item`` of any type, with the item's own fields."""
    return {
        "action": "send_item",
        "thread_id": str(thread_id),
        "item_type": item_type,
        **data,
        "client_context": client_context,
    }


def text(
    thread_id: int | str,
    body: str,
    client_context: str,
    *,
    reply_to: tuple[str, str] | None = None,
    mentioned_user_ids: Sequence[int | str] = (),
) -> Body:
    """A text. ``reply_to`` is the quoted item's id and client context; both are needed to quote."""
    data: Body = {"text": body}
    if reply_to:
        data["replied_to_item_id"], data["replied_to_client_context"] = reply_to
    if mentioned_user_ids:
        data["mentioned_user_ids"] = _json([str(user_id) for user_id in mentioned_user_ids])
        data["sampled"] = True
    return send_item(thread_id, "text", client_context, **data)


def link(thread_id: int | str, body: str, urls: Iterable[str], client_context: str) -> Body:
    """A text with link previews."""
    return send_item(thread_id, "link", client_context, link_text=body, link_urls=_json(list(urls)))


def like(thread_id: int | str, client_context: str) -> Body:
    """A heart of its own."""
    return send_item(thread_id, "like", client_context)


def hashtag(thread_id: int | str, tag: str, body: str, client_context: str) -> Body:
    """A hashtag."""
    return send_item(thread_id, "hashtag", client_context, text=body, hashtag=tag, item_id=tag)


def location(thread_id: int | str, venue_id: str, body: str, client_context: str) -> Body:
    """A place."""
    return send_item(thread_id, "location", client_context, text=body, venue_id=venue_id, item_id=venue_id)


def profile(thread_id: int | str, user_id: str, body: str, client_context: str) -> Body:
    """A user's profile."""
    return send_item(thread_id, "profile", client_context, text=body, profile_user_id=user_id, item_id=user_id)


def media_share(thread_id: int | str, media_id: str, body: str, client_context: str) -> Body:
    """A post; ``media_id`` is ``<pk>_<owner>``."""
    return send_item(thread_id, "media_share", client_context, text=body, media_id=media_id)


def story_share(thread_id: int | str, media_id: str, body: str, client_context: str) -> Body:
    """A story."""
    return send_item(thread_id, "reel_share", client_context, text=body, item_id=media_id, media_id=media_id)


def reaction(
    thread_id: int | str,
    item_id: str,
    client_context: str,
    *,
    emoji: str,
    reaction_type: str,
    reaction_status: str,
    target_item_type: str,
) -> Body:
    """A reaction or, with the status ``deleted``, its removal; an empty emoji is the plain heart."""
    return send_item(
        thread_id,
        "reaction",
        client_context,
        item_id=item_id,
        node_type="item",
        reaction_type=reaction_type,
        reaction_status=reaction_status,
        target_item_type=target_item_type,
        emoji=emoji,
    )


def mark_seen(thread_id: int | str, item_id: str) -> Body:
    """Read up to and including an item. Carries no client context."""
    return {"action": "mark_seen", "thread_id": str(thread_id), "item_id": item_id}


def mark_visual_item_seen(thread_id: int | str, item_id: str) -> Body:
    """A disappearing photo or video was watched."""
    return {"action": "mark_visual_item_seen", "thread_id": str(thread_id), "item_id": item_id}


def indicate_activity(thread_id: int | str, is_active: bool, client_context: str) -> Body:
    """Typing, or no longer typing."""
    return {
        "action": "indicate_activity",
        "thread_id": str(thread_id),
        "activity_status": "1" if is_active else "0",
        "client_context": client_context,
    }


def iris_subscription(seq_id: int, snapshot_at_ms: int, snapshot_app_version: str) -> Body:
    """Message sync from a position of the queue; the times are milliseconds."""
    return {"seq_id": seq_id, "snapshot_at_ms": snapshot_at_ms, "snapshot_app_version": snapshot_app_version}


def foreground_state(state: Body) -> bytes:
    """The deflated body of topic 102: one zero byte and the struct."""
    return deflate(b"\0" + encode_struct(FOREGROUND_STATE, state))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
