"""Types of event fields: exact where the payload makes sense, ``None`` where it does not; nothing here raises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from instagrapi.types import moment

_FLAGS: dict[int | str, bool] = {0: False, 1: True, "0": False, "1": True, "false": False, "true": True}


#: Thread ids have 39 digits; what is longer by far is costly to convert, and no number that means anything.
_MOST_DIGITS = 100
_LARGEST = 10**_MOST_DIGITS


def as_text(value: object) -> str | None:
    """Text as it is, a whole number as text."""
    if isinstance(value, str):
        return value
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) >= _LARGEST:
        return None
    return str(value)


def as_integer(value: object) -> int | None:
    """A whole number, also from digits as text."""
    if isinstance(value, str):
        digits = value.removeprefix("-")
        return int(value) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _as_flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return _FLAGS.get(value) if isinstance(value, int | str) else None


def _as_mapping(value: object) -> dict[str, Any] | None:
    return dict(value) if isinstance(value, Mapping) else None


def _as_words(value: object) -> str | None:
    return value if isinstance(value, str) else None


#: Ids and names; ids come as text or as numbers, here they are always text.
Text = Annotated[str | None, BeforeValidator(as_text)]
#: What people wrote: text only, a number is none.
Words = Annotated[str | None, BeforeValidator(_as_words)]
Integer = Annotated[int | None, BeforeValidator(as_integer)]
Flag = Annotated[bool | None, BeforeValidator(_as_flag)]
#: An aware moment in UTC, from seconds, milliseconds or microseconds since 1970.
Moment = Annotated[datetime | None, BeforeValidator(moment)]
Fields = Annotated[dict[str, Any] | None, BeforeValidator(_as_mapping)]
