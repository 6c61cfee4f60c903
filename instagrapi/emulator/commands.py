"""Direct commands of topic 132: reads one, lets the world do it, and words the answer of topic 133."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from instagrapi.emulator.bodies import TYPING_ACK_TTL_MS
from instagrapi.emulator.model import Account, Item, Refused
from instagrapi.emulator.render import receipt_json
from instagrapi.emulator.world import World
from instagrapi.emulator.world_items import Receipt
from instagrapi.realtime.protocol.payload import parse_json

Command = dict[str, Any]
Json = dict[str, Any]


def answer(world: World, account: Account, body: bytes) -> Json:
    """Does what a command asks for and says how it went.

    Success has ``status`` ok and a payload (captured). Failures keep the action ``item_ack`` and give their reason in
    ``payload.message`` and ``message`` (captured); which code goes with which mistake is assumed. Where nobody is
    logged in any more the answer names an exception (reported).
    """
    if not account.sessions:
        return {"status": "fail", "exception": "ThreadUserIdDoesNotExist", "content": "the account has no session"}
    command: Command = {}
    try:
        command = _read(body)
        act = _ACTIONS.get(_text(command, "action"))
        if act is None:
            raise Refused(400, "unknown action")
        return _item_ack("200", "ok", payload=act(world, account, command))
    except Refused as refusal:
        return _refusal(refusal, command.get("client_context"))


def refused(body: bytes, status: int, message: str) -> Json:
    """The answer to a command that is refused whatever it says; forms as with :func:`answer`."""
    client_context = outline(body)[1] or None
    return _refusal(Refused(status, message), client_context)


def outline(body: bytes) -> tuple[str, str]:
    """The action of a command, as far as it is known, and its client context; empty where there is none."""
    try:
        command = _read(body)
    except Refused:
        return "unreadable", ""
    action, client_context = command.get("action"), command.get("client_context")
    name = next((known for known in _ACTIONS if known == action), "unknown action")
    return name, client_context if isinstance(client_context, str) else ""


def _refusal(refusal: Refused, client_context: object) -> Json:
    payload = {
        "client_context": client_context if isinstance(client_context, str) else None,
        "message": refusal.message,
    }
    return _item_ack(str(refusal.status), "fail", message=refusal.message, payload=payload)


def _item_ack(status_code: str, status: str, **fields: Any) -> Json:
    return {"action": "item_ack", "status_code": status_code, **fields, "status": status}


def _read(body: bytes) -> Command:
    try:
        command = parse_json(body)
    except ValueError:
        command = None
    if not isinstance(command, dict):
        raise Refused(400, "the command is no JSON object in a zlib stream")
    return command


def _send_item(world: World, account: Account, command: Command) -> Json:
    thread = world.thread(account, _text(command, "thread_id"))
    client_context = _client_context(command) or world.new_client_context()
    item_type = _text(command, "item_type")
    if item_type == "reaction":
        receipt = _react(world, account, command, client_context)
    else:
        receipt = world.send(account, thread, item_type, command, client_context)
    return _payload(receipt, client_context)


def _react(world: World, account: Account, command: Command, client_context: str) -> Receipt:
    item = _target(world, account, command)
    match command.get("reaction_status"):
        case "created":
            return world.react(account, item, _optional_text(command, "emoji") or "", client_context)
        case "deleted":
            return world.unreact(account, item, client_context)
    raise Refused(400, "reaction_status is neither created nor deleted")


def _mark_seen(world: World, account: Account, command: Command) -> Json:
    client_context = _client_context(command)
    return _payload(world.mark_seen(account, _target(world, account, command), client_context), client_context)


def _mark_visual_item_seen(world: World, account: Account, command: Command) -> Json:
    client_context = _client_context(command)
    return _payload(world.watch(account, _target(world, account, command), client_context), client_context)


def _indicate_activity(world: World, account: Account, command: Command) -> Json:
    thread = world.thread(account, _text(command, "thread_id"))
    status = _activity_status(command)
    client_context = _client_context(command) or world.new_client_context()
    timestamp = world.indicate_activity(account, thread, status, client_context)
    return {
        "client_context": client_context,
        "thread_id": thread.thread_id,
        "timestamp": str(timestamp),
        "activity_status": status,
        "indicator_id": client_context,
        "ttl": TYPING_ACK_TTL_MS,
    }


_ACTIONS: dict[str, Callable[[World, Account, Command], Json]] = {
    "send_item": _send_item,
    "mark_seen": _mark_seen,
    "mark_visual_item_seen": _mark_visual_item_seen,
    "indicate_activity": _indicate_activity,
}


def _target(world: World, account: Account, command: Command) -> Item:
    return world.item(world.thread(account, _text(command, "thread_id")), _text(command, "item_id"))


def _payload(receipt: Receipt, client_context: str | None) -> Json:
    return receipt_json(receipt.item, receipt.timestamp, client_context)


def _activity_status(command: Command) -> int:
    """A number, or text with one (both reported)."""
    status = command.get("activity_status")
    if isinstance(status, bool) or status not in (0, 1, 2, "0", "1", "2"):
        raise Refused(400, "activity_status is none of 0, 1 and 2")
    return int(status)


def _client_context(command: Command) -> str | None:
    return _optional_text(command, "client_context")


def _optional_text(command: Command, name: str) -> str | None:
    """A field that may be absent, null or empty."""
    value = command.get(name)
    return None if value is None or value == "" else _text(command, name)


def _text(command: Command, name: str) -> str:
    """A field that must be text, as all clients send it (reported); that nothing else is taken is assumed."""
    value = command.get(name)
    if not isinstance(value, str) or not value:
        raise Refused(400, f"{name} is missing or no text")
    return value
