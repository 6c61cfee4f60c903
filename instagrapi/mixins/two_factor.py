"""Two-factor codes."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from instagrapi.exceptions import ClientError, TwoFactorCodeExpired, TwoFactorError, TwoFactorRequired
from instagrapi.http.state import PendingLogin
from instagrapi.http.totp import totp_code
from instagrapi.mixins.session import SessionMixin
from instagrapi.types import TwoFactorInfo, TwoFactorWay

#: ``verification_method`` (wire page, two-factor). That codes by WhatsApp count as those by SMS is assumed.
_METHODS: dict[TwoFactorWay, str] = {"sms": "1", "whatsapp": "1", "backup": "2", "app": "3"}
_BACKUP_DIGITS = 8


class TwoFactorMixin(SessionMixin):
    """Methods that finish a login whose password was right.

    After :class:`~instagrapi.exceptions.TwoFactorRequired` the client keeps what belongs to that login, until it is
    finished or another one begins; the password is not needed again.
    """

    @property
    def two_factor_info(self) -> TwoFactorInfo | None:
        """How the login that waits for a code can be confirmed; ``None`` when none waits."""
        return self._two_factor.info if self._two_factor else None

    def two_factor_login(self, code: str, method: TwoFactorWay | None = None, *, trust_device: bool = True) -> bool:
        """Finishes the login with a code.

        Args:
            code: spaces and dashes do not matter.
            method: where the code comes from. If omitted: eight digits are a backup code; otherwise it was sent, if
                :meth:`two_factor_send_code` was called or the account has no authenticator app.
            trust_device: whether this device shall not be asked again.

        Raises:
            TwoFactorBadCode: the code is wrong; another one can be tried.
            TwoFactorCodeExpired: the login is too old; log in again.
            TwoFactorError: no login waits for a code, or Instagram wants this one to be confirmed in the app.
            ValueError: there is no such method.
            ClientError: see :meth:`private_request`.
        """
        pending = self._pending_login()
        code = code.replace(" ", "").replace("-", "")
        method = method or _likely_way(pending, code)
        if method not in _METHODS:
            raise ValueError(f"method is one of {', '.join(_METHODS)}")
        try:
            with self._replacing_session(pending.session):
                self._confirm(pending, code, _METHODS[method], trust_device)
        except TwoFactorCodeExpired:
            self._two_factor = None
            raise
        return True

    def two_factor_send_code(self, by: TwoFactorWay = "sms") -> bool:
        """Has a code sent to the telephone, once more or in the first place.

        Args:
            by: ``sms`` or ``whatsapp``.

        Raises:
            TwoFactorError: no login waits for a code, or the account does not have codes sent this way.
            RateLimitError: too many codes.
            ValueError: codes cannot be sent by that.
            ClientError: see :meth:`private_request`.
        """
        if by not in ("sms", "whatsapp"):
            raise ValueError("codes are sent by sms or whatsapp")
        pending = self._pending_login()
        try:
            with self._using(pending.session):
                answer = self.private_request(
                    f"accounts/send_two_factor_login_{by}/",
                    data={
                        "two_factor_identifier": pending.info.identifier,
                        "username": pending.username,
                        "guid": self.uuid,
                        "device_id": self.android_device_id,
                    },
                )
            info = answer.get("two_factor_info")
        except TwoFactorRequired as error:  # some answers repeat it, and mean that the code is on its way
            info = error.info
        renewed = TwoFactorInfo.model_validate(info)
        self._two_factor = pending._replace(info=renewed if renewed.identifier else pending.info, was_sent=True)
        return True

    def totp_generate_code(self, seed: str, clock: Callable[[], float] | None = None) -> str:
        """The code that an authenticator app with this seed shows now (RFC 6238, SHA-1, six digits, 30 seconds).

        Args:
            seed: base32, as Instagram shows it when the app is set up.
            clock: gives unix time; that of the client if omitted.

        Raises:
            RealtimeConfigError: this is no seed; it is not repeated.
        """
        return totp_code(seed, (clock or self._clock)())

    def _pending_login(self) -> PendingLogin:
        if self._two_factor is None:
            raise TwoFactorError("No login waits for a two-factor code; call login() first.")
        return self._two_factor

    def _confirm(self, pending: PendingLogin, code: str, method: str, trust_device: bool) -> None:
        answer = self.private_request(
            "accounts/two_factor_login/",
            data={
                "verification_code": code,
                "two_factor_identifier": pending.info.identifier,
                "username": pending.username,
                "guid": self.uuid,
                "device_id": self.android_device_id,
                "phone_id": self.phone_id,
                "_csrftoken": self.token,
                "trust_this_device": "1" if trust_device else "0",
                "verification_method": method,
                "waterfall_id": str(uuid.uuid4()),
            },
        )
        self._take_name(answer)
        if not (self.sessionid and self.user_id):
            raise ClientError("Instagram accepted the code, but its answer holds no session.")


def _likely_way(pending: PendingLogin, code: str) -> TwoFactorWay:
    if len(code) == _BACKUP_DIGITS:
        return "backup"
    is_sent = pending.was_sent or (not pending.info.app and (pending.info.sms or pending.info.whatsapp))
    return "sms" if is_sent else "app"
