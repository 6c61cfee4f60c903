"""What all forms that send an item to Direct have in common, and what the answer says about the item.

The names and values are those of the wire page; every value is text already, so that a form can travel plain or signed.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final

from instagrapi.http.forms import plain_form
from instagrapi.http.ids import Ids, each_id
from instagrapi.types.lenient import identifier, mapping, objects

#: What nearly every item says besides its own fields.
FLAGS: Final[Mapping[str, Any]] = {
    "action": "send_item",
    "is_shh_mode": "0",
    "btt_dual_send": False,
    "is_ae_dual_send": False,
}

#: A host with a dot, a path perhaps. What ends a sentence is no part of it.
_URL = re.compile(r"\bhttps?://[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:[/?#][^\s<>\"]*)?", re.IGNORECASE)
_PUNCTUATION = ".,;:!?'*_~"


def new_client_context(now: float) -> str:
    """A fresh token of an item, as apps make them: the time in milliseconds (``now`` is in seconds), then 22 bits."""
    return str(int(now * 1000) << 22 | secrets.randbits(22))


def recipients(user_ids: Ids = None, thread_ids: Ids = None) -> dict[str, Any]:
    """To whom an item goes: the threads, or the one conversation with these users.

    Raises:
        ValueError: neither or both are given, or one of them is no id.
    """
    users, threads = each_id("user_ids", user_ids), each_id("thread_ids", thread_ids)
    if bool(users) is bool(threads):
        raise ValueError("give either user_ids or thread_ids")
    return {"thread_ids": threads} if threads else {"recipient_users": [users]}


def broadcast_form(
    fields: Mapping[str, Any], to: Mapping[str, Any], client_context: str, *, uuid: str, device_id: str
) -> dict[str, str]:
    """The form of an item.

    Args:
        fields: the item's own, and those of :data:`FLAGS` that it says.
        to: see :func:`recipients`.
        client_context: the item's token, which three fields repeat.
        uuid: of the app's device.
        device_id: the ``android-…`` id.
    """
    tokens = dict.fromkeys(("client_context", "mutation_token", "offline_threading_id"), client_context)
    return plain_form({"_uuid": uuid, "device_id": device_id, **tokens, **fields, **to})


def acknowledged(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the answer says about the item: in ``payload``, or else as the first of ``message_metadata``."""
    told = [mapping(answer.get("payload")), *objects(answer.get("message_metadata"))]
    return next((item for item in told if identifier(item.get("item_id"))), told[0])


def urls_in(text: str) -> list[str]:
    """The links in a text, in order and each once: what starts with ``http://`` or ``https://`` and names a host."""
    return list(dict.fromkeys(_without_end_of_sentence(match[0]) for match in _URL.finditer(text)))


def _without_end_of_sentence(url: str) -> str:
    while True:
        if url[-1] in _PUNCTUATION or (url[-1] in ")]}" and _is_unopened(url)):
            url = url[:-1]
        else:
            return url


def _is_unopened(url: str) -> bool:
    closing = url[-1]
    return url.count(closing) > url.count({")": "(", "]": "[", "}": "{"}[closing])
