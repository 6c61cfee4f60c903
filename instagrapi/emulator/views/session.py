"""Logging in and out."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from werkzeug.wrappers import Request

from instagrapi.emulator.http_answers import (
    Answer,
    bad_password,
    invalid_user,
    logged_out_headers,
    login_headers,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.passwords import PasswordVault
from instagrapi.emulator.render import own_user_json
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup

_LOGIN = frozenset(
    {
        "jazoest",
        "country_codes",
        "phone_id",
        "enc_password",
        "username",
        "adid",
        "guid",
        "device_id",
        "google_tokens",
        "login_attempt_count",
    }
)
_LOGOUT = frozenset({"guid", "phone_id", "device_id", "_uuid", "one_tap_app_login"})


class SessionViews(ViewGroup):
    """Keys for passwords, sessions.

    Args:
        hub: the world and its lock.
        random: where machine ids and nonces come from.
        open_registration: whether an unknown user name that logs in becomes an account with that password.
    """

    def __init__(self, hub: Hub, random: Random, *, open_registration: bool) -> None:
        super().__init__(hub)
        self._random = random
        self._open_registration = open_registration
        self._vault = PasswordVault()

    @property
    def public(self) -> Routes:
        """Paths for everybody."""
        return {
            ("POST", "launcher/sync/"): self.sync,
            ("GET", "qe/sync/"): self.sync,
            ("POST", "qe/sync/"): self.sync,
            ("POST", "accounts/login/"): self.login,
        }

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {("POST", "accounts/logout/"): self.logout}

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        return {
            ("POST", "launcher/sync/"): Convention(signed=True, fields=frozenset({"id", "server_config_retrieval"})),
            ("POST", "accounts/login/"): Convention(signed=True, fields=_LOGIN),
            ("POST", "accounts/logout/"): Convention(signed=True, fields=_LOGOUT),
        }

    def sync(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Announces the key for passwords and, to a client that has none, a machine id."""
        headers = {**self._vault.headers(), **logged_out_headers()}
        if "X-MID" not in request.headers:
            headers["ig-set-x-mid"] = f"aAAAAAABAAG{self._random.getrandbits(64):016x}"
        headers["Set-Cookie"] = f"csrftoken={self._random.getrandbits(128):032x}; Path=/; Secure"
        return Answer({"configs": {}, "status": "ok"}, headers=headers)

    def login(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Opens a session."""
        username = str(fields.get("username", "")).strip()
        password = self._vault.open(str(fields.get("enc_password", "")))
        with self._hub.changing() as world:
            account = world.accounts.by_name(username)
            if account is None and self._open_registration and username and password:
                account = world.accounts.create(username, password)
            if account is None:
                raise invalid_user()
            if password != account.password:
                raise bad_password(account.username)
            sessionid = world.accounts.open_session(account)
        body = {"logged_in_user": own_user_json(account), "status": "ok"}
        return Answer(body, headers=login_headers(account, sessionid))

    def logout(self, call: Call) -> Answer:
        """Ends the session."""
        with self._hub.changing() as world:
            world.accounts.end_session(call.sessionid)
        body = {"login_nonce": f"{self._random.getrandbits(96):024x}", "status": "ok"}
        return Answer(body, headers=logged_out_headers())
