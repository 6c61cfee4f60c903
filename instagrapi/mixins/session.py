"""Sessions that come from elsewhere, and how a session ends."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from instagrapi.exceptions import LoginRequired, RealtimeConfigError
from instagrapi.http.headers import absorb_headers, session_data
from instagrapi.http.ids import known_id
from instagrapi.http.making import Session
from instagrapi.mixins.account import AccountMixin
from instagrapi.types.lenient import mapping

_SHORTEST_SESSION_ID = 31


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
        if known_id(user_id) is None or len(sessionid) < _SHORTEST_SESSION_ID:
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
            absorb_headers(self.settings, self._session.hints, headers)
            self.settings.cookies = dict(cookies)
            if not (self.sessionid and self.user_id):
                raise LoginRequired("These headers and cookies hold no session.")

    def logout(self) -> bool:
        """Ends the session and forgets it; device ids stay. A session that was dead already is only forgotten.

        Raises:
            ClientError: see :meth:`private_request`; the session is kept.
        """
        with self._logging_in:
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
            with self._changing_session:
                self._session.forget()
        return True

    @contextlib.contextmanager
    def _replacing_session(self, begun: Session | None = None) -> Iterator[None]:
        """Makes another session, on the same device, and uses it once it has come about; else the old one stays.

        Other threads go on with the old one meanwhile.
        """
        with self._logging_in:
            made = begun or self._live.anew()
            try:
                with self._using(made):
                    yield
            except BaseException:
                self._live.learn(made)
                raise
            self._use(made)

    def _take_name(self, answer: Mapping[str, Any]) -> None:
        """The account's own name: one can also log in with an e-mail address."""
        name = mapping(answer.get("logged_in_user")).get("username")
        self.username = name if isinstance(name, str) and name else self.username

    def _use(self, made: Session) -> None:
        made.settings.last_login = self._clock()
        with self._changing_session:
            self._live.learn(made)
            self._live.adopt(made)
        self._challenge = self._two_factor = None
        self._relogins = 0
