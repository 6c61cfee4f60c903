"""Logging in, staying logged in, logging out.

A saved session is the stable way; a password login is the fragile one, and everything it can end with surfaces as an
error that says what a person has to do. Nothing here asks at a prompt, and nothing waits in a loop.
"""

from __future__ import annotations

import contextlib

from instagrapi.exceptions import (
    BadCredentials,
    ClientError,
    ClientThrottledError,
    LoginRequired,
    PleaseWaitFewMinutes,
    ReloginAttemptExceeded,
    TwoFactorRequired,
)
from instagrapi.http.device import jazoest
from instagrapi.http.forms import compact_json
from instagrapi.http.password import PasswordKey, encrypt_password
from instagrapi.http.state import PendingLogin
from instagrapi.mixins.two_factor import TwoFactorMixin
from instagrapi.types import Account, TwoFactorInfo

_MOST_RELOGINS = 2


class AuthMixin(TwoFactorMixin):
    """Methods that log in with a password."""

    def login(
        self,
        username: str | None = None,
        password: str | None = None,
        relogin: bool = False,
        verification_code: str = "",
        *,
        totp_seed: str | None = None,
    ) -> bool:
        """Makes sure that there is a live session: the loaded one if it still works, otherwise a new one.

        A new one is made with the password and the same device. A session that ended elsewhere counts as dead, and
        one of another account does not count; either is lost only when the new login succeeds. Any other failure of the
        check is raised, and the loaded session kept. Afterwards ``username`` is that of the session's account.

        Threads log in one after the other, so that the second one finds the session of the first; requests of other
        threads go out with the old session until there is a new one.

        Args:
            username: of the account, or its e-mail address or telephone number; the last one given if omitted.
            password: needed only when a new session has to be made; the last one given for this account if omitted.
            relogin: whether to make a new session in any case.
            verification_code: two-factor code, if one is asked for; :meth:`two_factor_login` takes one afterwards.
            totp_seed: of the account's authenticator app, to make that code; the last one given for this account if
                omitted. Whoever has it beside the password has both factors.

        Raises:
            BadCredentials: a new session is needed, and user name or password is missing.
            BadPassword, InvalidUser, ProxyAddressIsBlocked, ClientNeedsUpgradeError, RateLimitError: as Instagram says.
            TwoFactorRequired: the password is right and a code is needed; go on with :meth:`two_factor_login`.
            TwoFactorError: the code was not accepted.
            ChallengeRequired, CheckpointRequired, ConsentRequired, AccountSuspended: a person has to act.
            ReloginAttemptExceeded: it was the third ``relogin`` without success in between.
            ClientError: see :meth:`private_request`.
        """
        name = (username or self.username or "").strip() or None
        with self._logging_in:
            if self.username and name not in (self.username, self._login_name):
                self.password = self._totp_seed = None  # they are another account's
            self.password, self._totp_seed = password or self.password, totp_seed or self._totp_seed
            self.username = self._login_name = name
            if self.user_id and not relogin and self._session_serves():
                return True
            if not self.username or not self.password:
                raise BadCredentials("A new session needs user name and password.")
            if relogin:
                self._count_relogin()
            try:
                with self._replacing_session():
                    self._login_by_password(self.username, self.password)
            except TwoFactorRequired:
                if not self._confirm_at_once(verification_code):
                    raise
            return True

    def relogin(self) -> bool:
        """Makes a new session with the user name and password of the last :meth:`login`."""
        return self.login(relogin=True)

    def _count_relogin(self) -> None:
        if self._relogins >= _MOST_RELOGINS:
            raise ReloginAttemptExceeded("Two new logins in a row did not succeed; a person has to look.")
        self._relogins += 1

    def _confirm_at_once(self, verification_code: str) -> bool:
        """Finishes the login with a code that is known already, or that the seed makes."""
        if verification_code:
            return self.two_factor_login(verification_code)
        info, seed = self.two_factor_info, self._totp_seed
        if seed and info and info.app:
            return self.two_factor_login(self.totp_generate_code(seed), "app")
        return False

    def _session_serves(self) -> bool:
        """Whether the session is alive and of the requested account."""
        try:
            account = self.account_info()
        except LoginRequired:
            return False
        if not _is_called(account, self.username):
            return False
        self.username = account.username or self.username
        return True

    def _login_by_password(self, username: str, password: str) -> None:
        """The classic flow (wire page, login): key, then ``accounts/login/``."""
        country_codes = [{"country_code": str(self.settings.country_code), "source": ["default"]}]
        form = {
            "jazoest": jazoest(self.phone_id),
            "country_codes": compact_json(country_codes),
            "phone_id": self.phone_id,
            "enc_password": encrypt_password(password, self._password_key(), clock=self._clock),
            "username": username,
            "adid": str(self.settings.uuids["advertising_id"]),
            "guid": self.uuid,
            "device_id": self.android_device_id,
            "google_tokens": "[]",
            "login_attempt_count": "0",
        }
        self._two_factor = None
        try:
            self._take_name(self.private_request("accounts/login/", data=form))
        except TwoFactorRequired as error:
            info = TwoFactorInfo.model_validate(error.info)
            self._two_factor = PendingLogin(info, info.username or username, self._session)
            raise
        if not (self.sessionid and self.user_id):
            raise ClientError("Instagram accepted the login, but its answer holds no session.")

    def _password_key(self) -> PasswordKey:
        """A fresh key, as the app asks for one before each login; the same answer brings the machine id."""
        with contextlib.suppress(ClientThrottledError, PleaseWaitFewMinutes):
            self.private_request("launcher/sync/", data={"id": self.uuid, "server_config_retrieval": "1"})
        if self._session.hints.password_key is None:
            self.private_request("qe/sync/")
        if self._session.hints.password_key is None:
            raise ClientError("Instagram sent no key to encrypt the password with; try again later.")
        return self._session.hints.password_key


def _is_called(account: Account, name: str | None) -> bool:
    """Whether the account goes by that name; true as well when there is nothing to compare."""
    if not name or not account.username:
        return True
    names = (account.username, account.email, account.phone_number)
    return name.strip().casefold() in {own.strip().casefold() for own in names if own}
