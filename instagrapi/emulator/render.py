"""The world as JSON: users, items and threads, as HTTP answers and message sync show them.

Keys and forms follow HTTP samples and captured sync bodies; what a reader has no use for is left out.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from instagrapi.emulator.model import Account, Item, Reaction, Thread

Json = dict[str, Any]


def user_json(account: Account) -> Json:
    """A user as others see it."""
    return {
        "pk": account.pk,
        "pk_id": str(account.pk),
        "id": str(account.pk),
        "strong_id__": str(account.pk),
        "username": account.username,
        "full_name": account.full_name,
        "is_private": False,
        "is_verified": False,
        "profile_pic_id": f"3000000000000000000_{account.pk}",
        "profile_pic_url": f"https://scontent.example.net/{account.username}_150x150.jpg",
        "has_anonymous_profile_picture": False,
    }


def profile_json(account: Account) -> Json:
    """A user as their own page shows them to others."""
    large = f"https://scontent.example.net/{account.username}_1080x1080.jpg"
    return {
        **user_json(account),
        "biography": "",
        "external_url": "",
        "bio_links": [],
        "is_business": False,
        "account_type": 1,
        "category": None,
        "media_count": 0,
        "follower_count": 0,
        "following_count": 0,
        "hd_profile_pic_versions": [{"width": 320, "height": 320, "url": large.replace("1080", "320")}],
        "hd_profile_pic_url_info": {"width": 1080, "height": 1080, "url": large},
    }


def own_user_json(account: Account) -> Json:
    """A user as it sees itself."""
    return {
        **profile_json(account),
        "birthday": None,
        "gender": 3,
        "phone_number": "",
        "email": f"{account.username}@example.org",
    }


def reaction_json(reaction: Reaction) -> Json:
    """One reaction; hearts have no ``emoji``. ``timestamp`` is in microseconds."""
    entry: Json = {
        "timestamp": reaction.timestamp,
        "client_context": reaction.client_context,
        "sender_id": reaction.sender_id,
        "super_react_type": "none",
    }
    return {**entry, "emoji": reaction.emoji} if reaction.emoji else entry


def item_json(item: Item) -> Json:
    """An item. ``timestamp`` is text of microseconds."""
    shown: Json = {
        "item_id": item.item_id,
        "user_id": item.user_id,
        "timestamp": str(item.timestamp),
        "item_type": item.item_type,
        "client_context": item.client_context,
        "show_forward_attribution": False,
        "is_shh_mode": False,
        **item.shown,
    }
    if item.reactions:
        shown["reactions"] = _reactions_json(item.reactions.values())
    return shown


def short_thread_json(thread: Thread, viewer: Account) -> Json:
    """A thread as a search shows it to one of its participants."""
    others = [account for account in thread.participants if account is not viewer]
    return {
        "thread_id": thread.thread_id,
        "thread_v2_id": thread.thread_v2_id,
        "users": [user_json(account) for account in others],
        "canonical": not thread.is_group,
        "named": bool(thread.title),
        "thread_title": thread.title or ", ".join(account.username for account in others),
        "pending": viewer.pk in thread.pending_for,
        "thread_type": "private",
        "viewer_id": viewer.pk,
        "is_group": thread.is_group,
    }


def thread_json(thread: Thread, viewer: Account, *, limit: int, before: str | None = None) -> Json:
    """A thread as one of its participants sees it, with its newest items first.

    Args:
        limit: how many items to show.
        before: an item id; only older items are shown.
    """
    older = [item for item in thread.latest_first() if before is None or int(item.item_id) < int(before)]
    page = older[:limit]
    newest, oldest = (page[0].item_id, page[-1].item_id) if page else ("MAXCURSOR", "MINCURSOR")
    last = next(thread.latest_first(), None)
    return {
        **short_thread_json(thread, viewer),
        "left_users": [user_json(account) for account in thread.left],
        "admin_user_ids": list(thread.admins),
        "items": [{**item_json(item), "is_sent_by_viewer": item.user_id == viewer.pk} for item in page],
        "last_activity_at": thread.last_activity_at,
        "muted": viewer.pk in thread.muted_by,
        "is_pin": False,
        "archived": False,
        "folder": 0,
        "vc_muted": viewer.pk in thread.vc_muted_by,
        "mentions_muted": False,
        "approval_required_for_new_members": thread.is_approval_required,
        "input_mode": 0,
        "business_thread_folder": 0,
        "read_state": int(thread.is_unread_by(viewer)),
        "last_non_sender_item_at": next(
            (item.timestamp for item in thread.latest_first() if item.user_id != viewer.pk), 0
        ),
        "assigned_admin_id": 0,
        "shh_mode_enabled": False,
        "is_close_friend_thread": False,
        "inviter": user_json(thread.inviter),
        "has_older": len(older) > len(page),
        "has_newer": before is not None,
        "last_seen_at": {str(pk): seen_json(seen.item_id, seen.timestamp) for pk, seen in thread.seen.items()},
        "newest_cursor": newest,
        "oldest_cursor": oldest,
        "next_cursor": newest if before else "MAXCURSOR",
        "prev_cursor": oldest,
        "last_permanent_item": item_json(last) if last else None,
        "marked_as_unread": viewer.pk in thread.marked_unread_by,
        "thread_subtype": 0,
        "thread_image": thread.image,
        "theme": {"id": "0"},
    }


def seen_json(item_id: str, timestamp: int) -> Json:
    """A seen mark; the times are text of microseconds."""
    return {"item_id": item_id, "timestamp": str(timestamp), "created_at": str(timestamp), "shh_seen_state": {}}


def receipt_json(item: Item, timestamp: int, client_context: str | None) -> Json:
    """The payload that acknowledges a command or a request about an item; its time is text of microseconds."""
    payload = {"item_id": item.item_id, "timestamp": str(timestamp), "thread_id": item.thread_id}
    return {"client_context": client_context, **payload} if client_context else payload


def _reactions_json(reactions: Iterable[Reaction]) -> Json:
    entries = [reaction_json(reaction) for reaction in reactions]
    hearts = [entry for entry in entries if "emoji" not in entry]
    return {
        "likes": hearts,
        "likes_count": len(hearts),
        "emojis": [entry for entry in entries if "emoji" in entry],
    }
