"""What can be done with a thread and its items."""

from __future__ import annotations

import functools
from collections.abc import Callable

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.model import Account, Thread
from instagrapi.emulator.render import thread_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup, check_uuid
from instagrapi.emulator.views.fields import json_list, users
from instagrapi.emulator.world import World

_ITEMS_IN_THREAD = 10
_THREAD = "direct_v2/threads/<thread_id>"
_CREATE = "direct_v2/create_group_thread/"

#: What an account does with a thread.
Act = Callable[[World, Account, Thread], None]

#: What needs no more than the thread, by the end of the path.
_PLAIN_ACTS: dict[str, Act] = {
    "approve": lambda world, account, thread: world.approve(account, thread),
    "decline": lambda world, account, thread: world.decline(account, thread),
    "hide": lambda world, account, thread: world.hide(account, thread),
    "leave": lambda world, account, thread: world.remove_participant(account, thread, account),
    "mark_unread": lambda world, account, thread: world.mark_unread(account, thread),
    "mute": lambda world, account, thread: world.mute(account, thread, True),
    "unmute": lambda world, account, thread: world.mute(account, thread, False),
    "mute_video_call": lambda world, account, thread: world.mute_video_calls(account, thread, True),
    "unmute_video_call": lambda world, account, thread: world.mute_video_calls(account, thread, False),
}
#: Clients differ about signing the others.
_SIGNED = {"mark_unread": True, "mute_video_call": True, "unmute_video_call": True, "hide": False}


class ThreadViews(ViewGroup):
    """Changes to threads."""

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {
            **{_path(name): functools.partial(self.act, act) for name, act in _PLAIN_ACTS.items()},
            ("POST", _CREATE): self.create,
            _path("update_title"): self.rename,
            _path("add_user"): self.add_users,
            _path("approve_participant_requests"): self.approve_participants,
            _path("items/<item_id>/seen"): self.mark_seen,
            _path("items/<item_id>/delete"): self.delete_item,
        }

    @property
    def conventions(self) -> Conventions:
        """How apps send these."""
        created_with = ("_uid", "client_context", "is_partnership_folder", "recipient_users", "thread_title")
        return {
            **{_path(name): _sent_with(signed=_SIGNED.get(name)) for name in _PLAIN_ACTS},
            ("POST", _CREATE): _sent_with(*created_with, signed=True),
            _path("update_title"): _sent_with("title", signed=False),
            _path("add_user"): _sent_with("user_ids", signed=False),
            _path("approve_participant_requests"): _sent_with("user_ids"),
            _path("items/<item_id>/seen"): _sent_with("thread_id", "action", signed=False),
            _path("items/<item_id>/delete"): _sent_with(),
        }

    def act(self, act: Act, call: Call, thread_id: str) -> Answer:
        """What needs no more than the thread."""
        check_uuid(call)
        with self._hub.changing() as world:
            act(world, call.account, world.thread(call.account, thread_id))
        return ok()

    def create(self, call: Call) -> Answer:
        """Makes a group; the answer is the thread itself (reported)."""
        check_uuid(call)
        with self._hub.changing() as world:
            others = users(world, "recipient_users", json_list(call.fields, "recipient_users"))
            if len({call.account, *others}) < 3:
                raise Rejected(400, "a group needs two others at least")
            title = str(call.fields.get("thread_title") or "")
            thread = world.create_group((call.account, *others), title)
            return ok(**thread_json(thread, call.account, limit=_ITEMS_IN_THREAD))

    def rename(self, call: Call, thread_id: str) -> Answer:
        """Gives a group another name."""
        title = str(call.fields.get("title") or "")
        return self._changed(call, thread_id, lambda world, account, thread: world.rename(account, thread, title))

    def add_users(self, call: Call, thread_id: str) -> Answer:
        """Adds users to a group."""

        def add(world: World, account: Account, thread: Thread) -> None:
            for other in users(world, "user_ids", json_list(call.fields, "user_ids")):
                world.add_participant(account, thread, other)

        return self._changed(call, thread_id, add)

    def approve_participants(self, call: Call, thread_id: str) -> Answer:
        """Lets users into a group who wait for that."""

        def approve(world: World, account: Account, thread: Thread) -> None:
            others = users(world, "user_ids", json_list(call.fields, "user_ids"))
            world.approve_participants(account, thread, others)

        return self._changed(call, thread_id, approve)

    def mark_seen(self, call: Call, thread_id: str, item_id: str) -> Answer:
        """Moves the account's mark forward to an item."""
        check_uuid(call)
        token = call.fields.get("client_context")
        with self._hub.changing() as world:
            item = world.item(world.thread(call.account, thread_id), item_id)
            receipt = world.mark_seen(call.account, item, str(token) if token else None)
            unseen = world.unseen_count(call.account)
        payload = {"count": unseen, "timestamp": str(receipt.timestamp)}
        return ok(
            action="item_ack",
            status_code="200",
            payload=payload,
            unseen_count=unseen,
            unseen_count_ts=receipt.timestamp,
        )

    def delete_item(self, call: Call, thread_id: str, item_id: str) -> Answer:
        """Takes an own item back."""
        check_uuid(call)
        with self._hub.changing() as world:
            world.unsend(call.account, world.item(world.thread(call.account, thread_id), item_id))
        return ok()

    def _changed(self, call: Call, thread_id: str, act: Act) -> Answer:
        """Changes a thread and shows it."""
        check_uuid(call)
        with self._hub.changing() as world:
            thread = world.thread(call.account, thread_id)
            act(world, call.account, thread)
            return ok(thread=thread_json(thread, call.account, limit=_ITEMS_IN_THREAD))


def _path(name: str) -> tuple[str, str]:
    return "POST", f"{_THREAD}/{name}/"


def _sent_with(*fields: str, signed: bool | None = None) -> Convention:
    return Convention(signed=signed, fields=frozenset({"_uuid", *fields}))
