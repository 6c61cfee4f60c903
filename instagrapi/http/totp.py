"""The six digits of an authenticator app (RFC 6238)."""

from __future__ import annotations

import base64
import hashlib
import hmac

from instagrapi.exceptions import RealtimeConfigError

_STEP = 30
_DIGITS = 6


def totp_code(seed: str, now: float) -> str:
    """The code at a moment: SHA-1, 30 seconds, six digits.

    Args:
        seed: base32, as Instagram shows it when two-factor is set up; spaces, case and padding do not matter.
        now: unix seconds.

    Raises:
        RealtimeConfigError: this is no seed; it is not repeated.
    """
    text = "".join(seed.split()).upper().rstrip("=")
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        key = b""
    if not key:
        raise RealtimeConfigError("the seed of an authenticator app is base32: letters and the digits 2 to 7")
    digest = hmac.digest(key, int(now // _STEP).to_bytes(8, "big"), hashlib.sha1)
    offset = digest[-1] & 0xF
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**_DIGITS:0{_DIGITS}}"
