"""How an account confirms its logins with a second factor."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from random import Random
from typing import Literal, TypeAlias

from instagrapi.http.totp import totp_code

#: Where codes can come from, besides the list of backup codes that everybody has.
Way: TypeAlias = Literal["app", "sms", "whatsapp"]
#: The values of ``verification_method`` (reported).
SMS, BACKUP, APP = "1", "2", "3"
_BACKUP_CODES = 5
#: Codes of an app are accepted this many seconds early or late (assumed).
_TOLERANCE = 30


@dataclass(slots=True)
class TwoFactor:
    """The settings of an account.

    Attributes:
        ways: where codes can come from.
        seed: of the authenticator app, in base32.
        backup_codes: eight digits each, good for one login.
        is_moved: whether the account has the newer two-factor, and the classic step is refused.
        trusted_devices: Android ids that are not asked again.
        sent_code: what was sent to the telephone last and not used yet.
    """

    ways: frozenset[Way]
    seed: str = field(repr=False)
    backup_codes: list[str] = field(repr=False)
    is_moved: bool = False
    trusted_devices: set[str] = field(default_factory=set, repr=False)
    sent_code: str | None = field(default=None, repr=False)

    @classmethod
    def new(cls, random: Random, ways: frozenset[Way], *, is_moved: bool = False) -> TwoFactor:
        """Settings with a random seed and random backup codes."""
        seed = base64.b32encode(random.randbytes(20)).decode()
        codes = [f"{random.randrange(10**8):08}" for _ in range(_BACKUP_CODES)]
        return cls(ways, seed, codes, is_moved)

    def accepts(self, code: str, method: str, now: float) -> bool:
        """Whether a code is right; sent codes and backup codes are used up by it."""
        if method == APP and "app" in self.ways:
            return code in (totp_code(self.seed, now + shift) for shift in (-_TOLERANCE, 0, _TOLERANCE))
        if method == SMS and code == self.sent_code:
            self.sent_code = None
            return True
        if method == BACKUP and code in self.backup_codes:
            self.backup_codes.remove(code)
            return True
        return False
