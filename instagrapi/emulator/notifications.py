"""Push notifications for Direct messages: the envelope of topic 76 and the JSON text inside it."""

from __future__ import annotations

from random import Random
from typing import Any

from instagrapi.emulator.devices import Device
from instagrapi.emulator.model import Account
from instagrapi.emulator.render import user_json
from instagrapi.emulator.signals import Messaged
from instagrapi.realtime.protocol.payload import dump_json

COLLAPSE_KEY = "direct_v2_message"


def envelope(token: str, device: Device, recipient: Account, signal: Messaged, random: Random) -> dict[str, Any]:
    """The body of topic 76; ``bu`` tells whether it waited for the device to come back (keys reported)."""
    return {
        "token": token,
        "ck": str(device.connection_key),
        "pn": "com.instagram.android",
        "cp": COLLAPSE_KEY,
        "fbpushnotif": dump_json(_notification(recipient, signal, random)).decode(),
        "nid": str(random.randrange(10**18, 10**19)),
        "bu": False,
        "num_endpoints": 1,
    }


def _notification(recipient: Account, signal: Messaged, random: Random) -> dict[str, Any]:
    """Short keys and types as captured: ``u`` is a number, ``s`` is text, ``bc`` is JSON in JSON in JSON."""
    sender, item = signal.sender, signal.item
    message = f"{sender.username}: {item.text}" if item.text else f"{sender.username} sent you a message."
    push_id = f"{random.getrandbits(52):013x}H{recipient.pk:x}H1"
    return {
        "t": sender.username,
        "m": message,
        "tt": message,
        "ig": f"direct_v2?id={item.thread_id}&x={item.item_id}",
        "collapse_key": COLLAPSE_KEY,
        "a": user_json(sender)["profile_pic_url"],
        "sound": "default",
        "pi": push_id,
        "c": COLLAPSE_KEY,
        "u": recipient.pk,
        "s": str(sender.pk),
        "bc": dump_json({"di": signal.unseen_count, "ds": 0, "ac": 0}).decode(),
        "PushNotifID": push_id,
    }
