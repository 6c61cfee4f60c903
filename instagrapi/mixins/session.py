"""Sessions that come from elsewhere, and how a session ends."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from instagrapi.exceptions import LoginRequired, RealtimeConfigError
from instagrapi.http.headers import absorb_headers, session_data
from instagrapi.mixins.account import AccountMixin

_SHORTEST_SESSION_ID = 31
_SESSION_KEYS = ("authorization_data", "cookies", "ig_u_rur", "ig_www_claim", "last_login")


class SessionMixin(AccountMixin):
    """Methods that take over a session or end it."""

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
        self.settings.last_login = self._clock()
        self._challenge = None

    def _forget_session(self) -> None:
        for key in _SESSION_KEYS:
            self.settings[key] = None
        self._hints = dataclasses.replace(self._hints, direct_region_hint=None, shbid=None, shbts=None)
