"""Checks of what a program passes on its way to the wire: a mistake is named before anything is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

from instagrapi.exceptions import RealtimeConfigError

#: An id: a number, or text; on the wire it is text.
Id: TypeAlias = int | str

#: Thread ids have 39 digits; what is longer by far is a mistake.
_MOST_DIGITS = 100
_LARGEST = 10**_MOST_DIGITS
#: Digits; of a post or a story perhaps ``<media id>_<user id of the owner>``.
_OBJECT = re.compile(r"\d{1,100}(?:_\d{1,100})*", re.ASCII)


def id_text(name: str, value: object) -> str:
    """An id as text.

    Raises:
        RealtimeConfigError: it is empty, or neither text nor a number.
    """
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _LARGEST:
        return str(value)
    if isinstance(value, str) and value and value.isprintable() and value == value.strip():
        return value
    raise RealtimeConfigError(f"{name} must be an id: text that is not empty, without space around it, or an integer")


def object_id(name: str, value: object) -> str:
    """The id of a thread, an item, a user, a place or a medium as text; others may be made of anything.

    Raises:
        RealtimeConfigError: it is neither a number nor text of digits.
    """
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) and value < _LARGEST else value
    if isinstance(text, str) and _OBJECT.fullmatch(text):
        return text
    raise RealtimeConfigError(f"{name} must be an id: a number, or text of digits")


def words(name: str, value: object, *, may_be_empty: bool = False) -> str:
    """A text.

    Raises:
        RealtimeConfigError: it is no text, or empty though it may not be.
    """
    if not isinstance(value, str) or not (value or may_be_empty):
        raise RealtimeConfigError(f"{name} must be text{'' if may_be_empty else ' that is not empty'}")
    return value


def each_text(name: str, values: object) -> list[str]:
    """One text or several, as a list.

    Raises:
        RealtimeConfigError: there is none, or one of them is empty or no text.
    """
    texts = [words(name, value) for value in _listed(values)]
    if not texts:
        raise RealtimeConfigError(f"{name} must name at least one")
    return texts


def each_id(name: str, values: object) -> list[str]:
    """One id or several, or none at all, as a list of texts.

    Raises:
        RealtimeConfigError: one of them is no id.
    """
    return [id_text(name, value) for value in _listed(values)]


def integer(name: str, value: object, *, at_least: int | None = None) -> int:
    """A number that stands on the wire as such; digits as text are taken too.

    Raises:
        RealtimeConfigError: it is none, or too small.
    """
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= _MOST_DIGITS:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or (at_least is not None and value < at_least):
        raise RealtimeConfigError(
            f"{name} must be an integer{'' if at_least is None else f' that is at least {at_least}'}"
        )
    return value


def _listed(values: object) -> list[object]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        return [values]
    return list(values)
