"""Message requests: who writes to somebody who does not know them."""

from __future__ import annotations

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup, check_uuid
from instagrapi.emulator.views.fields import json_list
from instagrapi.emulator.views.inbox import box_page

_READING = frozenset({"visual_message_return_type", "persistentBadging", "is_prefetching"})
_SEVERAL = Convention(signed=False, fields=frozenset({"_uuid", "thread_ids"}))


class RequestViews(ViewGroup):
    """Reading requests, and answering several at once."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("GET", "direct_v2/pending_inbox/"): self.pending_inbox,
            ("GET", "direct_v2/spam_inbox/"): self.spam_inbox,
            ("GET", "direct_v2/async_get_pending_requests_preview/"): self.preview,
            ("POST", "direct_v2/threads/approve_multiple/"): self.approve_multiple,
            ("POST", "direct_v2/threads/decline_multiple/"): self.decline_multiple,
            ("POST", "direct_v2/threads/decline_all/"): self.decline_all,
        }

    @property
    def conventions(self) -> Conventions:
        """What the requests of the apps have (reported)."""
        return {
            ("GET", "direct_v2/pending_inbox/"): Convention(query=_READING),
            ("GET", "direct_v2/spam_inbox/"): Convention(query=_READING),
            ("GET", "direct_v2/async_get_pending_requests_preview/"): Convention(
                query=frozenset({"pending_inbox_filters"})
            ),
            ("POST", "direct_v2/threads/approve_multiple/"): _SEVERAL,
            ("POST", "direct_v2/threads/decline_multiple/"): _SEVERAL,
            ("POST", "direct_v2/threads/decline_all/"): Convention(signed=False, fields=frozenset({"_uuid"})),
        }

    def pending_inbox(self, call: Call) -> Answer:
        """A page of message requests."""
        return self._box(call, hidden=False)

    def spam_inbox(self, call: Call) -> Answer:
        """A page of hidden requests."""
        return self._box(call, hidden=True)

    def preview(self, call: Call) -> Answer:
        """How many message requests there are; that all count as not looked at is assumed."""
        with self._hub.changing() as world:
            count = len(world.requests_to(call.account))
        return ok(pending_requests_total=count, unread_pending_requests=count)

    def approve_multiple(self, call: Call) -> Answer:
        """Accepts several message requests; none of them when one is no thread of the account."""
        check_uuid(call)
        with self._hub.changing() as world:
            for thread in [world.thread(call.account, thread_id) for thread_id in _thread_ids(call)]:
                world.approve(call.account, thread)
        return ok()

    def decline_multiple(self, call: Call) -> Answer:
        """Turns several message requests down; none of them when one is no thread of the account."""
        check_uuid(call)
        with self._hub.changing() as world:
            for thread in [world.thread(call.account, thread_id) for thread_id in _thread_ids(call)]:
                world.decline(call.account, thread)
        return ok()

    def decline_all(self, call: Call) -> Answer:
        """Turns all message requests down; that the hidden ones stay is assumed."""
        check_uuid(call)
        with self._hub.changing() as world:
            for thread in world.requests_to(call.account):
                world.decline(call.account, thread)
        return ok()

    def _box(self, call: Call, *, hidden: bool) -> Answer:
        with self._hub.changing() as world:
            requests = world.requests_to(call.account, hidden=hidden)
            return box_page(world, call, requests, len(requests), {})


def _thread_ids(call: Call) -> list[str]:
    thread_ids = json_list(call.fields, "thread_ids")
    if not thread_ids:
        raise Rejected(400, "thread_ids names no thread")
    return [str(thread_id) for thread_id in thread_ids]
