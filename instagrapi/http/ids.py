"""Ids as programs pass them: numbers or text of digits. They go into paths, so that nothing else may pass."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

#: A thread, an item or a user.
Id: TypeAlias = int | str
#: Some ids, one, or none at all.
Ids: TypeAlias = Iterable[Id] | Id | None

_DIGITS = re.compile(r"\d{1,100}", re.ASCII)
_MEDIA_ID = re.compile(r"(\d{1,50})_(\d{1,50})", re.ASCII)
_LIMIT = 10**100


def known_id(value: object) -> str | None:
    """An id as text, ``None`` when it is none."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LIMIT:
        return str(value)
    return value if isinstance(value, str) and _DIGITS.fullmatch(value) else None


def id_text(name: str, value: object) -> str:
    """An id as text.

    Raises:
        ValueError: it is none.
    """
    text = known_id(value)
    if text is None:
        raise ValueError(f"{name} must be an id: a number, or text of digits")
    return text


def each_id(name: str, values: Ids) -> list[str]:
    """The ids as a list of texts.

    Raises:
        ValueError: one of them is no id.
    """
    if values is None:
        return []
    listed = [values] if isinstance(values, str | int) else values
    return [id_text(name, value) for value in listed]


def media_and_owner(name: str, value: object) -> tuple[str, str]:
    """The id of a post or a story, taken apart: that of the medium and that of its owner.

    Raises:
        ValueError: it does not say both.
    """
    match = _MEDIA_ID.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValueError(f"{name} must be <media id>_<owner's user id>, such as 3000000000000000001_10000000001")
    return match[1], match[2]
