"""What all views have in common that write an item into threads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.model import Account, Refused, Thread
from instagrapi.emulator.render import receipt_json
from instagrapi.emulator.views.base import Call, Convention, ViewGroup, check_uuid
from instagrapi.emulator.views.fields import json_list, users
from instagrapi.emulator.world import World
from instagrapi.emulator.world_items import Receipt

#: Where items are sent.
BROADCAST = "direct_v2/threads/broadcast"

_TOKENS = ("client_context", "mutation_token", "offline_threading_id")
_BASE = frozenset({"_uuid", "device_id", *_TOKENS})


def sent_with(*fields: str, signed: bool | None = False, query: frozenset[str] = frozenset()) -> Convention:
    """How apps send an item with these fields of its own; to whom it goes may be said in two ways."""
    return Convention(signed=signed, fields=_BASE | {*fields}, query=query)


class BroadcastViews(ViewGroup):
    """The base of views that write items."""

    def _broadcast(self, call: Call, write: Callable[[World, Thread, str], Receipt]) -> Answer:
        """Writes into each thread that the form names and acknowledges that.

        Args:
            write: gets the world, a thread and the token of the item.
        """
        check_uuid(call)
        context = _token(call.fields)
        try:
            with self._hub.changing() as world:
                threads = _threads(world, call)
                for thread in threads:
                    world.check_recipients(call.account, thread)
                written = [(thread, write(world, thread, context)) for thread in threads]
        except Refused as refusal:
            raise _refusal(refusal, context) from refusal
        return _acknowledgement(written, context)


def _token(fields: Mapping[str, Any]) -> str:
    """The token of the item. That it must be there, and be the same wherever it is said, is assumed."""
    tokens = {str(fields[name]) for name in _TOKENS if fields.get(name)}
    if len(tokens) != 1:
        raise Rejected(400, f"{', '.join(_TOKENS)} are missing or differ")
    return tokens.pop()


def _threads(world: World, call: Call) -> list[Thread]:
    """Where the item goes: threads, or conversations with the users of each inner list, made if need be."""
    thread_ids = json_list(call.fields, "thread_ids")
    conversations = json_list(call.fields, "recipient_users")
    if bool(thread_ids) is bool(conversations):
        raise Rejected(400, "either thread_ids or recipient_users is needed")
    if thread_ids:
        return [world.thread(call.account, str(thread_id)) for thread_id in thread_ids]
    return [_conversation(world, call.account, user_ids) for user_ids in conversations]


def _conversation(world: World, account: Account, user_ids: object) -> Thread:
    others = users(world, "recipient_users", user_ids if isinstance(user_ids, list) else [])
    if account in others:
        raise Rejected(400, "recipient_users names the sender")
    if len(others) == 1:
        return world.direct_thread(account, others[0])
    return world.thread_among(account, others) or world.create_group((account, *others), "")


def _acknowledgement(written: list[tuple[Thread, Receipt]], context: str) -> Answer:
    """One item in ``payload``, several in ``message_metadata`` (both forms reported; which of them when assumed)."""
    told = [receipt_json(receipt.item, receipt.timestamp, context) for _, receipt in written]
    if len(told) == 1:
        return ok(action="item_ack", status_code="200", payload=told[0])
    participants = [[str(account.pk) for account in thread.participants] for thread, _ in written]
    metadata = [{**item, "participant_ids": ids} for item, ids in zip(told, participants, strict=True)]
    return ok(action="item_ack", status_code="200", message_metadata=metadata)


def _refusal(refusal: Refused, context: str) -> Rejected:
    """A recipient's refusal hides in the payload of an acknowledgement (reported); other mistakes speak up."""
    rejected = Rejected(refusal.status, refusal.message)
    if refusal.status == 403:
        payload = {"client_context": context, "message": refusal.message}
        body = {"action": "item_ack", "status_code": "403", "payload": payload, "status": "fail"}
        rejected.answer = Answer(body, refusal.status)
    return rejected
