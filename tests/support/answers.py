"""Answers of the private API about Direct and users, in the shapes that are reported."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

VIEWER = 10000000001
ALICE = 20000000002
BOB = 30000000003


def user(pk: int = ALICE, username: str = "alice.example", **more: Any) -> Json:
    return {
        "pk": pk,
        "pk_id": str(pk),
        "id": str(pk),
        "strong_id__": str(pk),
        "username": username,
        "full_name": username.title(),
        "is_private": False,
        "is_verified": False,
        "profile_pic_id": f"3000000000000000000_{pk}",
        "profile_pic_url": f"https://cdn.example/{username}.jpg",
        "has_anonymous_profile_picture": False,
        "account_badges": [],
        "interop_messaging_user_fbid": 100000000000000 + pk,
        "fbid_v2": 17841400000000000 + pk,
        "friendship_status": {"following": True, "blocking": False, "is_restricted": False},
        **more,
    }


def item(number: int, text: str | None = "hello", user_id: int = ALICE, **more: Any) -> Json:
    """The item of that number, which was sent so many seconds after the first."""
    return {
        "item_id": str(32000000000000000000000000000000000 + number),
        "user_id": user_id,
        "timestamp": 1790000000123456 + number * 1_000_000,
        "item_type": "text",
        "client_context": str(6800000000000000000 + number),
        "is_shh_mode": False,
        "is_sent_by_viewer": user_id == VIEWER,
        "text": text,
        **more,
    }


def seen(at: Json) -> Json:
    return {"item_id": at["item_id"], "timestamp": str(at["timestamp"]), "created_at": "1790000000000000"}


def thread(number: int = 1, items: list[Json] | None = None, **more: Any) -> Json:
    """A thread; its items are newest first, and all of them are read."""
    items = [item(2), item(1, "hi", VIEWER)] if items is None else items
    newest, oldest = (items[0]["item_id"], items[-1]["item_id"]) if items else ("MAXCURSOR", "MINCURSOR")
    return {
        "thread_id": str(340282366841710300949128100000000000000 + number),
        "thread_v2_id": str(17900000000000000 + number),
        "users": [user()],
        "left_users": [],
        "admin_user_ids": [],
        "items": items,
        "last_activity_at": 1790000000123456,
        "last_non_sender_item_at": "1790000000123456",
        "muted": False,
        "is_pin": False,
        "named": False,
        "canonical": True,
        "pending": False,
        "archived": False,
        "valued_request": False,
        "thread_type": "private",
        "viewer_id": VIEWER,
        "thread_title": "alice.example",
        "folder": 0,
        "vc_muted": False,
        "is_group": False,
        "mentions_muted": False,
        "approval_required_for_new_members": False,
        "input_mode": 0,
        "business_thread_folder": 0,
        "read_state": 0,
        "assigned_admin_id": 0,
        "shh_mode_enabled": False,
        "is_close_friend_thread": False,
        "inviter": user(),
        "has_older": True,
        "has_newer": False,
        "last_seen_at": {str(VIEWER): seen(items[0])} if items else {},
        "newest_cursor": newest,
        "oldest_cursor": oldest,
        "next_cursor": "MAXCURSOR",
        "prev_cursor": oldest,
        "last_permanent_item": items[0] if items else None,
        "theme": {"id": "0"},
        "thread_label": 0,
        "marked_as_unread": False,
        "thread_subtype": 0,
        "thread_image": None,
        "video_call_id": None,
        **more,
    }


def cursor(number: int) -> str:
    return f'{{"cursor_thread_v2_id":{number},"cursor_timestamp_seconds":1790000000,"cursor_relevancy_score":0}}'


def inbox(*threads: Json, **more: Any) -> Json:
    """A page; the keywords belong to the inbox itself."""
    box = {
        "threads": list(threads),
        "has_older": True,
        "unseen_count": 1,
        "unseen_count_ts": 1790000000123456,
        "newest_cursor": cursor(1),
        "oldest_cursor": cursor(len(threads)),
        **more,
    }
    return {
        "inbox": box,
        "viewer": user(VIEWER, "me.example"),
        "seq_id": 4711,
        "snapshot_at_ms": 1790000000456,
        "pending_requests_total": 1,
        "most_recent_inviter": None,
        "status": "ok",
    }


def single(found: Json) -> Json:
    return {"thread": found, "status": "ok"}


def short_thread(number: int = 1) -> Json:
    names = ("thread_id", "thread_v2_id", "users", "named", "thread_title", "pending", "thread_type", "viewer_id")
    whole = thread(number)
    return {name: whole[name] for name in (*names, "is_group", "canonical")}


def recipients() -> Json:
    nobody = user(50000000005, "", full_name="From Elsewhere")
    found = [{"user": user()}, {"thread": short_thread()}, {"user": nobody}, {"user": user(BOB, "bob_example")}]
    return {"ranked_recipients": found, "expires": 60, "filtered": False, "status": "ok"}


def message_search() -> Json:
    found = {"matched_message_info": {"item_info": item(1), "matched_text": "hello"}, "thread": short_thread()}
    results = {"message_search_result_items": [found], "has_more": False, "next_offset": None}
    return {"message_search_results": results, "status": "ok"}


def presence() -> Json:
    there = {"is_active": True, "last_activity_at_ms": 1790000000000, "in_threads": [thread()["thread_id"]]}
    away = {"is_active": False, "last_activity_at_ms": "1789999000000", "in_threads": []}
    return {"user_presence": {str(ALICE): there, str(BOB): away}, "status": "ok"}


def photo(number: int) -> Json:
    image = {"width": 1080, "height": 1350, "url": f"https://cdn.example/{number}.jpg"}
    return {"id": str(3000000000000000000 + number), "media_type": 1, "image_versions2": {"candidates": [image]}}


def thread_media(*numbers: int, more_available: bool = False) -> Json:
    items = [item(number, None, item_type="media", media=photo(number)) for number in numbers]
    return {"items": items, "more_available": more_available, "status": "ok"}


def profile() -> Json:
    small = {"width": 320, "height": 320, "url": "https://cdn.example/320.jpg"}
    large = {"width": 1080, "height": 1080, "url": "https://cdn.example/1080.jpg"}
    page = user(
        biography="bio",
        external_url="",
        bio_links=[],
        is_business=False,
        account_type=1,
        category=None,
        media_count=3,
        follower_count=10,
        following_count=20,
        hd_profile_pic_versions=[small],
        hd_profile_pic_url_info=large,
    )
    return {"user": page, "status": "ok"}


def account() -> Json:
    own = user(VIEWER, "me.example", birthday=None, phone_number="", gender=3, email="me@example.org")
    return {"user": own, "status": "ok"}


def user_search() -> Json:
    return {"num_results": 1, "users": [user()], "has_more": False, "status": "ok"}
