"""Inboxes and threads, as they are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from instagrapi.emulator.http_answers import Answer, ok
from instagrapi.emulator.model import Thread
from instagrapi.emulator.render import thread_json, user_json
from instagrapi.emulator.views.base import Call, Routes, ViewGroup, positive
from instagrapi.emulator.world import World
from instagrapi.realtime.protocol.payload import parse_json

_THREADS_PER_PAGE = 20
_ITEMS_PER_PAGE = 20
_ITEMS_IN_INBOX = 10


class InboxViews(ViewGroup):
    """What is in the inboxes."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "direct_v2/inbox/"): self.inbox,
            ("GET", "direct_v2/pending_inbox/"): self.pending_inbox,
            ("GET", "direct_v2/threads/<thread_id>/"): self.thread,
        }

    def inbox(self, call: Call) -> Answer:
        """A page of threads, with the position of message sync that goes with it."""
        account = call.account
        with self._hub.changing() as world:
            position = {"seq_id": world.queue(account).latest_seq_id, "snapshot_at_ms": world.now_ms()}
            return _inbox(world, call, world.threads_of(account), world.unseen_count(account), position)

    def pending_inbox(self, call: Call) -> Answer:
        """A page of message requests."""
        with self._hub.changing() as world:
            requests = world.requests_to(call.account)
            return _inbox(world, call, requests, len(requests), {})

    def thread(self, call: Call, thread_id: str) -> Answer:
        """A page of the items of a thread or a message request, the newest first."""
        limit = positive(call.request, "limit", _ITEMS_PER_PAGE)
        cursor = call.request.args.get("cursor", type=int)
        with self._hub.changing() as world:
            thread = world.thread(call.account, thread_id)
            before = None if cursor is None else str(cursor)
            return ok(thread=thread_json(thread, call.account, limit=limit, before=before))


def _inbox(world: World, call: Call, threads: list[Thread], unseen_count: int, position: Mapping[str, int]) -> Answer:
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
    return ok(
        inbox=box,
        viewer=user_json(call.account),
        **position,
        pending_requests_total=len(world.requests_to(call.account)),
        has_pending_top_requests=False,
        most_recent_inviter=None,
    )


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
