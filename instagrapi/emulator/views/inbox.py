"""The inbox and its threads, as they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.model import Account, Item, Thread
from instagrapi.emulator.render import thread_json, user_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup, positive
from instagrapi.emulator.views.fields import json_list
from instagrapi.emulator.world import World
from instagrapi.realtime.protocol.payload import parse_json

_THREADS_PER_PAGE = 20
_ITEMS_PER_PAGE = 20
_ITEMS_IN_INBOX = 10
_GENERAL = "1"


class InboxViews(ViewGroup):
    """What is in the inbox, and in a thread."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "direct_v2/inbox/"): self.inbox,
            ("GET", "direct_v2/threads/get_by_participants/"): self.by_participants,
            ("GET", "direct_v2/threads/<thread_id>/"): self.thread,
            ("GET", "direct_v2/threads/<thread_id>/media/"): self.media,
        }

    @property
    def conventions(self) -> Conventions:
        """What the queries of the apps have (reported)."""
        inbox = {"visual_message_return_type", "persistentBadging", "limit", "is_prefetching", "fetch_reason"}
        return {
            ("GET", "direct_v2/inbox/"): Convention(query=frozenset(inbox | {"thread_message_limit"})),
            ("GET", "direct_v2/threads/get_by_participants/"): Convention(query=frozenset({"recipient_users"})),
            ("GET", "direct_v2/threads/<thread_id>/"): Convention(
                query=frozenset({"visual_message_return_type", "direction", "limit"})
            ),
            ("GET", "direct_v2/threads/<thread_id>/media/"): Convention(query=frozenset({"limit", "media_type"})),
        }

    def inbox(self, call: Call) -> Answer:
        """A page of threads, with the position of message sync that goes with it."""
        account = call.account
        with self._hub.changing() as world:
            position = {"seq_id": world.queue(account).latest_seq_id, "snapshot_at_ms": world.now_ms()}
            threads = _selected(world.threads_of(account), call)
            return box_page(world, call, threads, world.unseen_count(account), position)

    def thread(self, call: Call, thread_id: str) -> Answer:
        """A page of the items of a thread or a message request, the newest first."""
        limit = positive(call.request, "limit", _ITEMS_PER_PAGE)
        cursor = call.request.args.get("cursor", type=int)
        with self._hub.changing() as world:
            thread = world.thread(call.account, thread_id)
            before = None if cursor is None else str(cursor)
            return ok(thread=thread_json(thread, call.account, limit=limit, before=before))

    def media(self, call: Call, thread_id: str) -> Answer:
        """A page of the photos and videos of a thread, the newest first."""
        limit = positive(call.request, "limit", _ITEMS_PER_PAGE)
        before = call.request.args.get("max_timestamp", type=int)
        with self._hub.changing() as world:
            items = [
                item
                for item in world.thread(call.account, thread_id).latest_first()
                if "media" in item.data and (before is None or item.timestamp < before)
            ]
            return ok(items=list(map(_media_json, items[:limit])), more_available=len(items) > limit)

    def by_participants(self, call: Call) -> Answer:
        """The thread of exactly these people, or who they are when there is none."""
        limit = positive(call.request, "limit", _ITEMS_PER_PAGE)
        pks = json_list(call.request.args, "recipient_users")
        if not pks:
            raise Rejected(400, "recipient_users names nobody")
        with self._hub.changing() as world:
            others: list[Account] = [account for pk in pks if (account := world.accounts.by_pk(pk))]
            thread = world.thread_among(call.account, others) if len(others) == len(pks) else None
            if thread is None:
                return ok(users=[user_json(account) for account in others])
            return ok(thread=thread_json(thread, call.account, limit=limit))


def box_page(world: World, call: Call, threads: list[Thread], unseen_count: int, position: Mapping[str, int]) -> Answer:
    """A page of an inbox of any kind.

    Args:
        world: the world.
        call: its query says which page.
        threads: all threads of the inbox, the latest first.
        unseen_count: how many threads have something to read.
        position: where message sync stands, empty where that is not told.
    """
    limit = positive(call.request, "limit", _THREADS_PER_PAGE)
    items = positive(call.request, "thread_message_limit", _ITEMS_IN_INBOX)
    threads = _after_cursor(threads, call.request.args.get("cursor"))
    page = threads[:limit]
    box: dict[str, Any] = {
        "threads": [thread_json(thread, call.account, limit=items) for thread in page],
        "has_older": len(threads) > len(page),
        "unseen_count": unseen_count,
        "unseen_count_ts": world.now_ms() * 1000,
        "blended_inbox_enabled": True,
    }
    if page:
        box["oldest_cursor"] = _cursor(page[-1])
        box["newest_cursor"] = _cursor(page[0])
    return ok(
        inbox=box,
        viewer=user_json(call.account),
        **position,
        pending_requests_total=len(world.requests_to(call.account)),
        has_pending_top_requests=False,
        most_recent_inviter=None,
    )


def _selected(threads: list[Thread], call: Call) -> list[Thread]:
    """Those that the query asks for; nothing is ever flagged here, and everything is in the primary folder."""
    chosen = call.request.args.get("selected_filter")
    if chosen == "flagged" or call.request.args.get("folder") == _GENERAL:
        return []
    return [thread for thread in threads if thread.is_unread_by(call.account)] if chosen == "unread" else threads


def _media_json(item: Item) -> dict[str, Any]:
    return {
        "item_id": item.item_id,
        "user_id": item.user_id,
        "timestamp": item.timestamp,
        "item_type": item.item_type,
        "media": item.data["media"],
    }


def _cursor(thread: Thread) -> str:
    position = {
        "cursor_thread_v2_id": int(thread.thread_v2_id),
        "cursor_timestamp_seconds": thread.last_activity_at // 1_000_000,
        "cursor_relevancy_score": 0,
    }
    return json.dumps(position, separators=(",", ":"))


def _after_cursor(threads: list[Thread], cursor: str | None) -> list[Thread]:
    """The threads behind the one that the cursor names; all of them without a usable cursor."""
    try:
        last = str(parse_json(cursor or "")["cursor_thread_v2_id"])
    except (ValueError, TypeError, KeyError):
        return threads
    ids = [thread.thread_v2_id for thread in threads]
    return threads[ids.index(last) + 1 :] if last in ids else threads
