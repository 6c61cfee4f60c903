"""Logging in and out."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from werkzeug.wrappers import Request

from instagrapi.emulator.http_answers import (
    Answer,
    Rejected,
    bad_password,
    invalid_user,
    logged_in,
    logged_out_headers,
    two_factor_info,
    two_factor_required,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.passwords import PasswordVault
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup

_SYNC = Convention(signed=True, fields=frozenset({"id", "server_config_retrieval"}))
_LOGIN = Convention(
    signed=True,
    fields=frozenset(
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
    ),
)
_ONE_TAP = Convention(
    signed=True,
    fields=frozenset({"phone_id", "user_id", "adid", "guid", "device_id", "login_nonce", "_csrftoken"}),
)
_LOGOUT = Convention(signed=True, fields=frozenset({"guid", "phone_id", "device_id", "_uuid", "one_tap_app_login"}))


class SessionViews(ViewGroup):
    """Keys for passwords, sessions.

    Args:
        hub: the world and its lock.
        random: where machine ids come from.
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
            ("POST", "accounts/one_tap_app_login/"): self.one_tap_login,
        }

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {("POST", "accounts/logout/"): self.logout}

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        return {
            ("POST", "launcher/sync/"): _SYNC,
            ("POST", "accounts/login/"): _LOGIN,
            ("POST", "accounts/one_tap_app_login/"): _ONE_TAP,
            ("POST", "accounts/logout/"): _LOGOUT,
        }

    def sync(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Announces the key for passwords and, to a client that has none, a machine id."""
        headers = {**self._vault.headers(), **logged_out_headers()}
        if "X-MID" not in request.headers:
            headers["ig-set-x-mid"] = f"aAAAAAABAAG{self._random.getrandbits(64):016x}"
        headers["Set-Cookie"] = f"csrftoken={self._random.getrandbits(128):032x}; Path=/; Secure"
        return Answer({"configs": {}, "status": "ok"}, headers=headers)

    def login(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Opens a session, or asks for a code."""
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
            settings = account.two_factor
            if settings is not None and fields.get("device_id") not in settings.trusted_devices:
                if settings.ways == {"sms"}:
                    settings.sent_code = world.accounts.send_code(account)
                info = two_factor_info(account, settings, world.accounts.issue_ticket(account))
                raise two_factor_required(info)
            return logged_in(account, world.accounts.open_session(account))

    def one_tap_login(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Opens a session for who was logged out here (path and fields reported)."""
        nonce = str(fields.get("login_nonce", ""))
        with self._hub.changing() as world:
            account = world.accounts.by_ticket(nonce)
            if account is None or str(account.pk) != str(fields.get("user_id")):
                raise Rejected(400, "Please log in with your password.", error_type="invalid_one_tap_nonce")
            world.accounts.withdraw_ticket(nonce)
            return logged_in(account, world.accounts.open_session(account))

    def logout(self, call: Call) -> Answer:
        """Ends the session, and gives what logs in again on the same telephone."""
        with self._hub.changing() as world:
            world.accounts.end_session(call.sessionid)
            nonce = world.accounts.issue_ticket(call.account)
        return Answer({"login_nonce": nonce, "status": "ok"}, headers=logged_out_headers())
