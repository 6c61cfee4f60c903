"""Bodies of PUBLISH packets: zlib streams with a limit, and JSON."""

from __future__ import annotations

import json
import zlib
from json.scanner import make_scanner
from typing import Any

from instagrapi.exceptions import LimitExceeded

DEFAULT_MAX_INFLATED_SIZE = 32 * 2**20

#: A zlib stream with a 32 KiB window starts with this byte (RFC 1950); no known body that is not deflated does.
_ZLIB_MARK = 0x78
#: What ``json.loads`` does in the end, without what it looks at before.
_scan = make_scanner(json.JSONDecoder())  # type: ignore[arg-type]  # typeshed mistakes the argument
_WHITESPACE = " \t\n\r"


def deflate(data: bytes) -> bytes:
    """A zlib stream of level 9, as all clients of the broker send."""
    return zlib.compress(data, 9)


def inflate(data: bytes, max_size: int = DEFAULT_MAX_INFLATED_SIZE) -> bytes:
    """The inflated body, or ``data`` itself when it is no complete zlib stream.

    Never gives more than ``max_size`` bytes (at least 1), nor takes more than about twice as many to find out, whatever
    the stream announces.

    Raises:
        LimitExceeded: the body would be longer than ``max_size``.
    """
    if not data or data[0] != _ZLIB_MARK:
        return data
    stream = zlib.decompressobj()
    try:
        body = stream.decompress(data, max_size)
        if not stream.eof and len(body) >= max_size and stream.decompress(stream.unconsumed_tail, 1):
            raise LimitExceeded(f"a body inflates to more than {max_size} bytes")
    except zlib.error:
        return data
    return body if stream.eof else data


def dump_json(value: Any) -> bytes:
    """Compact JSON with non-ASCII characters escaped."""
    return json.dumps(value, separators=(",", ":")).encode()


def parse_json(text: str | bytes) -> Any:
    """The value of a JSON text, integers exact at any length the interpreter accepts; ``NaN`` is let through.

    Raises:
        ValueError: the text is no JSON (also not UTF-8, nested too deeply, or followed by something else).
    """
    if isinstance(text, bytes):
        text = text.decode()
    try:
        value, end = _scan(text, 0)
    except StopIteration:  # blanks come first, or it is none
        value, end = _scan_behind_blanks(text)
    except RecursionError:
        raise ValueError("the JSON text is nested too deeply") from None
    if end != len(text) and text[end:].strip(_WHITESPACE):
        raise ValueError("the JSON text is followed by something else")
    return value


def _scan_behind_blanks(text: str) -> tuple[Any, int]:
    try:
        return _scan(text, len(text) - len(text.lstrip(_WHITESPACE)))
    except StopIteration as stop:
        raise json.JSONDecodeError("Expecting value", text, stop.value) from None
    except RecursionError:
        raise ValueError("the JSON text is nested too deeply") from None
