"""What can be done with a thread and its items."""

from __future__ import annotations

from instagrapi.emulator.http_answers import Answer, ok
from instagrapi.emulator.views.base import Call, Routes, ViewGroup, check_uuid


class ThreadViews(ViewGroup):
    """Changes to threads."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            ("POST", "direct_v2/threads/<thread_id>/approve/"): self.approve,
            ("POST", "direct_v2/threads/<thread_id>/decline/"): self.decline,
            ("POST", "direct_v2/threads/<thread_id>/items/<item_id>/delete/"): self.delete_item,
        }

    def approve(self, call: Call, thread_id: str) -> Answer:
        """Accepts a message request."""
        check_uuid(call)
        with self._hub.changing() as world:
            world.approve(call.account, world.thread(call.account, thread_id))
        return ok()

    def decline(self, call: Call, thread_id: str) -> Answer:
        """Turns a message request down."""
        check_uuid(call)
        with self._hub.changing() as world:
            world.decline(call.account, world.thread(call.account, thread_id))
        return ok()

    def delete_item(self, call: Call, thread_id: str, item_id: str) -> Answer:
        """Takes an own item back."""
        check_uuid(call)
        with self._hub.changing() as world:
            world.unsend(call.account, world.item(world.thread(call.account, thread_id), item_id))
        return ok()
