"""Fields of forms that hold more than a word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instagrapi.emulator.http_answers import Rejected
from instagrapi.emulator.model import Account
from instagrapi.emulator.world import World
from instagrapi.realtime.protocol.payload import parse_json


def json_list(fields: Mapping[str, Any], name: str) -> list[Any]:
    """The list in a field of JSON text; empty without the field.

    Raises:
        Rejected: it is no list.
    """
    text = fields.get(name) or "[]"
    try:
        values = parse_json(text) if isinstance(text, str) else None
    except ValueError:
        values = None
    if not isinstance(values, list):
        raise Rejected(400, f"{name}: a list in JSON text was expected")
    return values


def users(world: World, name: str, ids: list[Any]) -> list[Account]:
    """The accounts with these ids, which are numbers or text (both reported), each once.

    Raises:
        Rejected: there is no such account, or none at all.
    """
    found = [world.accounts.by_pk(pk) if isinstance(pk, str | int) else None for pk in ids]
    known = dict.fromkeys(account for account in found if account is not None)
    if not found or None in found:
        raise Rejected(400, f"{name} names nobody, or somebody who does not exist")
    return list(known)
