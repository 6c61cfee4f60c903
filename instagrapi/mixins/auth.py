"""Logging in, staying logged in, logging out.

A saved session is the stable way; a password login is the fragile one, and everything it can end with surfaces as an
error that says what a person has to do. Nothing here asks at a prompt, and nothing waits in a loop.
"""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from instagrapi.exceptions import (
    BadCredentials,
    ClientError,
    ClientThrottledError,
    LoginRequired,
    PleaseWaitFewMinutes,
    RealtimeConfigError,
    ReloginAttemptExceeded,
)
from instagrapi.http.device import jazoest
from instagrapi.http.forms import compact_json
from instagrapi.http.headers import absorb_headers, session_data
from instagrapi.http.password import PasswordKey, encrypt_password
from instagrapi.mixins.account import AccountMixin
from instagrapi.types import Account

_MOST_RELOGINS = 2
_SHORTEST_SESSION_ID = 31
_SESSION_KEYS = ("authorization_data", "cookies", "ig_u_rur", "ig_www_claim", "last_login")


class AuthMixin(AccountMixin):
    """Methods about the session."""

    def login(self, username: str | None = None, password: str | None = None, relogin: bool = False) -> bool:
        """Makes sure that there is a live session: the loaded one if it still works, otherwise a new one.

        A new one is made with the password and the same device. A session that ended elsewhere counts as dead, and
        one of another account does not count; it is lost only when the new login succeeds. Any other failure of the
        check is raised, and the loaded session kept. Afterwards ``username`` is that of the session's account.

        Args:
            username: of the account, or its e-mail address or telephone number; the last one given if omitted.
            password: needed only when a new session has to be made; the last one given if omitted.
            relogin: whether to make a new session in any case.

        Raises:
            BadCredentials: a new session is needed, and user name or password is missing.
            BadPassword, InvalidUser, ProxyAddressIsBlocked, ClientNeedsUpgradeError, RateLimitError: as Instagram says.
            TwoFactorRequired: the password is right and a code is needed.
            ChallengeRequired, CheckpointRequired, ConsentRequired, AccountSuspended: a person has to act.
            ReloginAttemptExceeded: it was the third ``relogin`` without success in between.
            ClientError: see :meth:`private_request`.
        """
        self.username = (username or self.username or "").strip() or None
        self.password = password or self.password
        if self.user_id and not relogin and self._session_serves():
            return True
        if not self.username or not self.password:
            raise BadCredentials("A new session needs user name and password.")
        if relogin:
            if self._relogins >= _MOST_RELOGINS:
                raise ReloginAttemptExceeded("Two new logins in a row did not succeed; a person has to look.")
            self._relogins += 1
        with self._replacing_session():
            self._login_by_password(self.username, self.password)
        self._relogins = 0
        return True

    def relogin(self) -> bool:
        """Makes a new session with the user name and password of the last :meth:`login`."""
        return self.login(relogin=True)

    def login_by_sessionid(self, sessionid: str) -> bool:
        """Takes over a session by its id, as a cookie or a bearer holds it, and checks that it works.

        Sessions of a browser may read and then be ended at the first message: their device is another one.

        Raises:
            RealtimeConfigError: this is no session id.
            LoginRequired: the session has ended.
            ClientError: see :meth:`private_request`.
        """
        sessionid = sessionid.strip()
        if ":" in sessionid:
            sessionid = quote(sessionid, safe="%")
        user_id = sessionid.partition("%3A")[0]
        if not user_id.isdecimal() or len(sessionid) < _SHORTEST_SESSION_ID:
            raise RealtimeConfigError("this is no session id: it has to start with the user id and be longer")
        with self._replacing_session():
            self.settings.authorization_data = session_data(sessionid, user_id)
            self.settings.cookies = {"sessionid": sessionid}
            self.username = self.account_info().username or self.username
        return True

    def apply_session(self, headers: Mapping[str, str], cookies: Mapping[str, str] | Iterable[str] = ()) -> None:
        """Takes over a session that was made by other means, such as a login flow that this package does not have.

        Args:
            headers: of the answer that made it: ``ig-set-authorization``, ``x-ig-set-www-claim`` and so on.
            cookies: by name, or the lines of ``Set-Cookie``.

        Raises:
            LoginRequired: there is no session in them; the current one is kept.
        """
        if not isinstance(cookies, Mapping):
            pairs = (line.partition(";")[0].partition("=") for line in cookies)
            cookies = {name.strip(): value.strip() for name, _, value in pairs}
        with self._replacing_session():
            absorb_headers(self.settings, self._hints, headers)
            self.settings.cookies = dict(cookies)
            if not (self.sessionid and self.user_id):
                raise LoginRequired("These headers and cookies hold no session.")

    def logout(self) -> bool:
        """Ends the session and forgets it; device ids stay. A session that was dead already is only forgotten.

        Raises:
            ClientError: see :meth:`private_request`; the session is kept.
        """
        with contextlib.suppress(LoginRequired):
            self.private_request(
                "accounts/logout/",
                data={
                    "guid": self.uuid,
                    "phone_id": self.phone_id,
                    "device_id": self.android_device_id,
                    "_uuid": self.uuid,
                    "one_tap_app_login": "true",
                },
            )
        self._forget_session()
        return True

    def _session_serves(self) -> bool:
        """Whether the session is alive and of the requested account; a dead one is forgotten."""
        try:
            account = self.account_info()
        except LoginRequired:
            self._forget_session()
            return False
        if not _is_called(account, self.username):
            return False
        self.username = account.username or self.username
        return True

    def _login_by_password(self, username: str, password: str) -> None:
        """The classic flow (wire page, login): key, then ``accounts/login/``."""
        country_codes = [{"country_code": str(self.settings.country_code), "source": ["default"]}]
        self.private_request(
            "accounts/login/",
            data={
                "jazoest": jazoest(self.phone_id),
                "country_codes": compact_json(country_codes),
                "phone_id": self.phone_id,
                "enc_password": encrypt_password(password, self._password_key()),
                "username": username,
                "adid": str(self.settings.uuids["advertising_id"]),
                "guid": self.uuid,
                "device_id": self.android_device_id,
                "google_tokens": "[]",
                "login_attempt_count": "0",
            },
        )
        if not (self.sessionid and self.user_id):
            raise ClientError("Instagram accepted the login, but its answer holds no session.")

    def _password_key(self) -> PasswordKey:
        """A fresh key, as the app asks for one before each login; the same answer brings the machine id."""
        with contextlib.suppress(ClientThrottledError, PleaseWaitFewMinutes):
            self.private_request("launcher/sync/", data={"id": self.uuid, "server_config_retrieval": "1"})
        if self._hints.password_key is None:
            self.private_request("qe/sync/")
        if self._hints.password_key is None:
            raise ClientError("Instagram sent no key to encrypt the password with; try again later.")
        return self._hints.password_key

    @contextlib.contextmanager
    def _replacing_session(self) -> Iterator[None]:
        """Forgets the session for another one; when that does not come about, the old one is put back."""
        kept = {key: self.settings[key] for key in _SESSION_KEYS}
        had_session = self.sessionid is not None
        self._forget_session()
        try:
            yield
        except BaseException:
            if had_session:
                self.settings.update(kept)
            raise
        self.settings.last_login = time.time()

    def _forget_session(self) -> None:
        for key in _SESSION_KEYS:
            self.settings[key] = None
        self._hints = dataclasses.replace(self._hints, direct_region_hint=None, shbid=None, shbts=None)


def _is_called(account: Account, name: str | None) -> bool:
    """Whether the account goes by that name; true as well when there is nothing to compare."""
    if not name or not account.username:
        return True
    names = (account.username, account.email, account.phone_number)
    return name.strip().casefold() in {own.strip().casefold() for own in names if own}
