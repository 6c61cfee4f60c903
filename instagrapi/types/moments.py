"""Numbers and moments, however the server writes them.

The private API counts time in seconds (``taken_at``, ``url_expire_at_secs``), in milliseconds (``snapshot_at_ms``) and
in microseconds (the ``timestamp`` of an item), as numbers or as text. Here a moment is always aware and in UTC.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import BeforeValidator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

#: A 64-bit number has at most this many digits. What is longer is no number of the API, and costly to convert.
_MAX_DIGITS = 20
_LIMIT = 10**_MAX_DIGITS
#: Up to which number a unit is meant, and how many microseconds it has. Each ends in the year 5138, and the next one
#: begins in 1973, before anything could happen on Instagram.
_UNITS = ((10**11, 1_000_000), (10**14, 1_000), (10**17, 1))


def whole_number(value: object) -> int | None:
    """A number from an integer, a float without a fraction, or text of digits; anything else is ``None``."""
    if isinstance(value, str):
        return int(value) if len(value) <= _MAX_DIGITS and value.isascii() and value.isdigit() else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LIMIT < value < _LIMIT:
        return None
    return int(value) if isinstance(value, int) or value.is_integer() else None


def moment(value: object) -> datetime | None:
    """The moment that a number or text of seconds, milliseconds or microseconds since 1970 means, aware and in UTC.

    The unit is told by the magnitude. What is a moment already stays as it is; what makes no sense is ``None``.
    """
    if isinstance(value, datetime):
        return value
    number = whole_number(value)
    if number is None or number < 0:
        return None
    for limit, microseconds in _UNITS:
        if number < limit:
            return EPOCH + timedelta(microseconds=number * microseconds)
    return None


def moment_from_microseconds(value: object) -> datetime | None:
    """The moment that a number or a text of microseconds since 1970 means, aware and in UTC.

    What is a moment already stays as it is; what makes no sense is ``None``.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    if isinstance(value, float) and not value.is_integer():
        return None
    try:
        return EPOCH + timedelta(microseconds=int(value))
    except (ValueError, OverflowError):
        return None


#: A field that holds what :func:`moment` reads.
Timestamp = Annotated[datetime | None, BeforeValidator(moment)]
