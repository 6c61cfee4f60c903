"""Push notifications: the envelope of topic 76 and the JSON text inside it."""

from __future__ import annotations

from random import Random
from typing import Any

from instagrapi.emulator.devices import Device
from instagrapi.emulator.model import Account
from instagrapi.emulator.render import user_json
from instagrapi.emulator.signals import Messaged, Notified
from instagrapi.realtime.protocol.payload import dump_json

Json = dict[str, Any]

_MESSAGE, _REQUEST = "direct_v2_message", "direct_v2_pending"


def of_message(recipient: Account, signal: Messaged, random: Random) -> Json:
    """The notification of a message (reported) or a message request (its key reported, the rest assumed)."""
    sender, item = signal.sender, signal.item
    message = f"{sender.username}: {item.text}" if item.text else f"{sender.username} sent you a message."
    action = f"direct_v2?id={item.thread_id}&x={item.item_id}"
    key = _REQUEST if signal.is_request else _MESSAGE
    common = _from_somebody(recipient, sender, key, message, action, signal.unseen_count, random)
    return {**common, "t": sender.username, "tt": message}


def of_anything(recipient: Account, signal: Notified, random: Random) -> Json | None:
    """Any other notification (captured of posts and silent ones, reported of others); ``None`` when there is none."""
    if signal.is_bare:
        return None
    if signal.source is None:
        return _silent(recipient, signal, random)
    return _from_somebody(
        recipient, signal.source, signal.collapse_key, signal.message, signal.action, signal.unseen_count, random
    )


def envelope(token: str, device: Device, collapse_key: str, notification: Json | None, random: Random) -> Json:
    """The body of topic 76; ``bu`` tells whether it waited for the device to come back (keys reported)."""
    inner = {} if notification is None else {"fbpushnotif": dump_json(notification).decode()}
    return {
        "token": token,
        "ck": str(device.connection_key),
        "pn": "com.instagram.android",
        "cp": collapse_key,
        **inner,
        "nid": str(random.randrange(10**18, 10**19)),
        "bu": False,
        "num_endpoints": 1,
    }


def _from_somebody(
    recipient: Account, source: Account, key: str, message: str, action: str, unseen_count: int, random: Random
) -> Json:
    """Short keys and types as captured: ``u`` is a number, ``s`` is text, ``bc`` is JSON in JSON in JSON."""
    push_id = _push_id(recipient, random)
    return {
        "m": message,
        "ig": action,
        "collapse_key": key,
        "a": user_json(source)["profile_pic_url"],
        "sound": "default",
        "pi": push_id,
        "c": key,
        "u": recipient.pk,
        "s": str(source.pk),
        "bc": dump_json({"di": unseen_count, "ds": 0, "ac": 0}).decode(),
        "PushNotifID": push_id,
    }


def _silent(recipient: Account, signal: Notified, random: Random) -> Json:
    """Fewer keys, and ``u`` is text (captured)."""
    return {
        "m": signal.message,
        "ig": signal.action,
        "collapse_key": signal.collapse_key,
        "pi": _push_id(recipient, random),
        "c": signal.collapse_key,
        "u": str(recipient.pk),
        "bc": dump_json({"di": signal.unseen_count}).decode(),
    }


def _push_id(recipient: Account, random: Random) -> str:
    return f"{random.getrandbits(52):013x}H{recipient.pk:x}H1"
