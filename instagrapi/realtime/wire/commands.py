"""Bodies of what the client says: Direct commands, subscriptions, foreground state.

The order of keys is that of the app's other clients (action, thread, item data, client context); the server accepts
any. Ids are numbers or text and become text. What is missing, empty or unknown raises ``RealtimeConfigError`` with the
argument's name.

By default a command says what instagrapi and instagram_mqtt say. What mauigpapi says besides can be asked for; the
comments below name it MA.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, TypedDict, Unpack

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.protocol.payload import deflate
from instagrapi.realtime.protocol.thrift import encode_struct
from instagrapi.realtime.wire.arguments import Id, each_id, each_text, id_text, integer, object_id, words
from instagrapi.realtime.wire.structs import FOREGROUND_STATE

Body = dict[str, Any]
#: The message to quote: its item id and its client context; the server wants both.
ReplyTo: TypeAlias = tuple[Id, Id]

REACTION_STATUSES = ("created", "deleted")


class ItemOptions(TypedDict, total=False):
    """What any item may say besides its own fields.

    Attributes:
        vanish_mode: whether the item belongs to vanish mode (``is_shh_mode`` on the wire); ``None`` does not say.
        offline_threading_id: whether to say the client context under this name too, as apps do.
    """

    vanish_mode: bool | None
    offline_threading_id: bool


# --- items -----------------------------------------------------------------------------------------------------------


def send_item(
    thread_id: Id,
    item_type: str,
    data: Mapping[str, Any],
    client_context: Id,
    *,
    vanish_mode: bool | None = None,
    offline_threading_id: bool = False,
) -> Body:
    """``send_item`` of any type, with the item's own fields."""
    body = _command("send_item", thread_id, item_type=words("item_type", item_type))
    if vanish_mode is not None:
        body["is_shh_mode"] = "1" if vanish_mode else "0"  # MA
    return _signed({**body, **data}, client_context, offline_threading_id)


def text(
    thread_id: Id,
    body: str,
    client_context: Id,
    *,
    reply_to: ReplyTo | None = None,
    mentioned_user_ids: Id | Iterable[Id] = (),
    **options: Unpack[ItemOptions],
) -> Body:
    """A text."""
    data: Body = {"text": words("text", body)}
    if users := each_id("mentioned_user_ids", mentioned_user_ids):
        data["mentioned_user_ids"] = _json(users)  # MA
        data["sampled"] = True
    return send_item(thread_id, "text", {**data, **_quoted(reply_to)}, client_context, **options)


def link(
    thread_id: Id,
    body: str,
    urls: str | Iterable[str],
    client_context: Id,
    *,
    reply_to: ReplyTo | None = None,
    **options: Unpack[ItemOptions],
) -> Body:
    """A text with link previews (MA)."""
    data = {"link_text": words("text", body), "link_urls": _json(each_text("urls", urls))}
    return send_item(thread_id, "link", {**data, **_quoted(reply_to)}, client_context, **options)


def like(thread_id: Id, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A heart of its own."""
    return send_item(thread_id, "like", {}, client_context, **options)


def hashtag(thread_id: Id, tag: str, body: str, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A hashtag."""
    tag = words("hashtag", tag)
    data = {"text": _comment(body), "hashtag": tag, "item_id": tag}
    return send_item(thread_id, "hashtag", data, client_context, **options)


def location(thread_id: Id, venue_id: Id, body: str, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A place."""
    venue = object_id("venue_id", venue_id)
    data = {"text": _comment(body), "venue_id": venue, "item_id": venue}
    return send_item(thread_id, "location", data, client_context, **options)


def profile(thread_id: Id, user_id: Id, body: str, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A user's profile."""
    user = object_id("user_id", user_id)
    data = {"text": _comment(body), "profile_user_id": user, "item_id": user}
    return send_item(thread_id, "profile", data, client_context, **options)


def media_share(thread_id: Id, media_id: Id, body: str, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A post; ``media_id`` is ``<pk>_<owner>``."""
    data = {"text": _comment(body), "media_id": object_id("media_id", media_id)}
    return send_item(thread_id, "media_share", data, client_context, **options)


def story_share(thread_id: Id, media_id: Id, body: str, client_context: Id, **options: Unpack[ItemOptions]) -> Body:
    """A story; ``media_id`` is ``<pk>_<owner>``."""
    story = object_id("media_id", media_id)
    data = {"text": _comment(body), "item_id": story, "media_id": story}
    return send_item(thread_id, "reel_share", data, client_context, **options)


def reaction(
    thread_id: Id,
    item_id: Id,
    client_context: Id,
    *,
    emoji: str,
    reaction_type: str,
    reaction_status: str,
    target_item_type: str | None,
    reaction_action_source: str | None = None,
    **options: Unpack[ItemOptions],
) -> Body:
    """A reaction or, with the status ``deleted``, its removal.

    Args:
        emoji: the empty text is the plain heart.
        target_item_type: type of the item; ``None`` does not say, as instagram_mqtt by default.
        reaction_action_source: how the user did it, such as ``double_tap`` (MA).
    """
    if reaction_status not in REACTION_STATUSES:
        raise RealtimeConfigError(f"reaction_status must be one of {', '.join(REACTION_STATUSES)}")
    data = {
        "item_id": object_id("item_id", item_id),
        "node_type": "item",
        "reaction_type": words("reaction_type", reaction_type),
        "reaction_status": reaction_status,
    }
    if target_item_type is not None:
        data["target_item_type"] = words("target_item_type", target_item_type)
    data["emoji"] = words("emoji", emoji, may_be_empty=True)
    if reaction_action_source is not None:
        data["reaction_action_source"] = words("reaction_action_source", reaction_action_source)
    return send_item(thread_id, "reaction", data, client_context, **options)


# --- other commands --------------------------------------------------------------------------------------------------


def mark_seen(
    thread_id: Id, item_id: Id, client_context: Id | None = None, *, offline_threading_id: bool = False
) -> Body:
    """Read up to and including an item. Only MA sends a client context with it."""
    body = _command("mark_seen", thread_id, item_id=object_id("item_id", item_id))
    return _signed(body, client_context, offline_threading_id)


def mark_visual_item_seen(
    thread_id: Id, item_id: Id, client_context: Id | None = None, *, offline_threading_id: bool = False
) -> Body:
    """A disappearing photo or video was watched (MA, which sends a client context with it)."""
    body = _command("mark_visual_item_seen", thread_id, item_id=object_id("item_id", item_id))
    return _signed(body, client_context, offline_threading_id)


def indicate_activity(
    thread_id: Id, is_active: bool, client_context: Id, *, visual: bool = False, offline_threading_id: bool = False
) -> Body:
    """Typing, recording or taking a picture (``visual``), or no longer any of that.

    The status is text as instagrapi and instagram_mqtt send it; MA sends the same numbers as such, and alone has 2.
    """
    status = ("2" if visual else "1") if is_active else "0"
    return _signed(
        _command("indicate_activity", thread_id, activity_status=status), client_context, offline_threading_id
    )


# --- subscriptions and the app's state -------------------------------------------------------------------------------


def subscribe(subscriptions: str | Iterable[str]) -> Body:
    """Subscribes to texts, one or several (topics 88 and 149)."""
    return {"sub": each_text("subscriptions", subscriptions)}


def unsubscribe(subscriptions: str | Iterable[str]) -> Body:
    """Ends subscriptions, each by the text that began it (topics 88 and 149)."""
    return {"unsub": each_text("subscriptions", subscriptions)}


def iris_subscription(
    seq_id: int,
    snapshot_at_ms: int,
    snapshot_app_version: str,
    *,
    timezone_offset: int | None = None,
    subscription_type: str | None = None,
) -> Body:
    """Message sync from a position of the queue.

    Args:
        seq_id: the position.
        snapshot_at_ms: when that was, in milliseconds since 1970.
        snapshot_app_version: the app version to claim.
        timezone_offset: seconds (MA).
        subscription_type: ``message`` asks for patches (MA), which is also what comes when it is not said.
    """
    body: Body = {
        "seq_id": integer("seq_id", seq_id, at_least=0),
        "snapshot_at_ms": integer("snapshot_at_ms", snapshot_at_ms, at_least=0),
        "snapshot_app_version": words("snapshot_app_version", snapshot_app_version),
    }
    if timezone_offset is not None:
        body["timezone_offset"] = integer("timezone_offset", timezone_offset)
    if subscription_type is not None:
        body["subscription_type"] = words("subscription_type", subscription_type)
    return body


def foreground_state(state: Body) -> bytes:
    """The deflated body of topic 102: one zero byte and the struct."""
    return deflate(b"\0" + encode_struct(FOREGROUND_STATE, state))


# --- helpers ---------------------------------------------------------------------------------------------------------


def _command(action: str, thread_id: Id, **data: Any) -> Body:
    return {"action": action, "thread_id": object_id("thread_id", thread_id), **data}


def _signed(body: Body, client_context: Id | None, offline_threading_id: bool) -> Body:
    """With the token of the command at its end."""
    if client_context is None:
        if offline_threading_id:
            raise RealtimeConfigError("offline_threading_id repeats the client_context, and there is none")
        return body
    context = id_text("client_context", client_context)
    repeated = {"offline_threading_id": context} if offline_threading_id else {}  # MA
    return {**body, "client_context": context, **repeated}


def _quoted(reply_to: object) -> Body:
    if reply_to is None:
        return {}
    if not isinstance(reply_to, tuple | list) or len(reply_to) != 2:
        raise RealtimeConfigError("reply_to must be a pair: the item id and the client context of the message to quote")
    item_id, client_context = reply_to
    return {
        "replied_to_item_id": object_id("the item id in reply_to", item_id),
        "replied_to_client_context": id_text("the client context in reply_to", client_context),
    }


def _comment(body: str) -> str:
    return words("text", body, may_be_empty=True)


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
