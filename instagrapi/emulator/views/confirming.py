"""Proving who one is: two-factor codes and challenges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.wrappers import Request

from instagrapi.emulator.challenges import Challenge
from instagrapi.emulator.http_answers import (
    Answer,
    Rejected,
    invalid_parameters,
    logged_in,
    login_headers,
    ok,
    two_factor_expired,
    two_factor_info,
    wrong_code,
)
from instagrapi.emulator.model import Account
from instagrapi.emulator.render import own_user_json
from instagrapi.emulator.two_factor import TwoFactor, Way
from instagrapi.emulator.views.base import Convention, Conventions, Routes, ViewGroup

_CHALLENGE = "challenge/<int:pk>/<nonce>/"
_REPLAY, _RESET = "challenge/replay/<int:pk>/<nonce>/", "challenge/reset/<int:pk>/<nonce>/"
_CODE_BY = {"sms": "accounts/send_two_factor_login_sms/", "whatsapp": "accounts/send_two_factor_login_whatsapp/"}
_TWO_FACTOR = Convention(
    signed=True,
    fields=frozenset(
        {
            "verification_code",
            "two_factor_identifier",
            "username",
            "guid",
            "device_id",
            "phone_id",
            "_csrftoken",
            "trust_this_device",
            "verification_method",
            "waterfall_id",
        }
    ),
)
_SEND_CODE = Convention(signed=True, fields=frozenset({"two_factor_identifier", "username", "guid", "device_id"}))
_ASK = Convention(query=frozenset({"guid", "device_id"}), may_have_session=True)
_ANSWER = Convention(signed=True, fields=frozenset({"guid", "device_id", "_csrftoken"}), may_have_session=True)


class ConfirmingViews(ViewGroup):
    """What stands between a password and a session. That forms are signed is reported of the first, else assumed."""

    @property
    def public(self) -> Routes:
        """Paths for everybody."""
        return {
            ("POST", "accounts/two_factor_login/"): self.two_factor_login,
            ("POST", _CODE_BY["sms"]): self.send_sms,
            ("POST", _CODE_BY["whatsapp"]): self.send_whatsapp,
            ("GET", _CHALLENGE): self.challenge_state,
            ("POST", _CHALLENGE): self.answer_challenge,
            ("POST", _REPLAY): self.replay_challenge,
            ("POST", _RESET): self.reset_challenge,
        }

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        return {
            ("POST", "accounts/two_factor_login/"): _TWO_FACTOR,
            **{("POST", path): _SEND_CODE for path in _CODE_BY.values()},
            ("GET", _CHALLENGE): _ASK,
            **{("POST", path): _ANSWER for path in (_CHALLENGE, _REPLAY, _RESET)},
        }

    # --- two-factor ---------------------------------------------------------------------------------------------------

    def two_factor_login(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Opens a session with a code."""
        with self._hub.changing() as world:
            account, settings = self._waiting(fields)
            code, method = str(fields.get("verification_code", "")), str(fields.get("verification_method", ""))
            if not settings.accepts(code, method, self._hub.clock.time()):
                raise wrong_code()
            world.accounts.withdraw_ticket(str(fields["two_factor_identifier"]))
            if fields.get("trust_this_device") == "1":
                settings.trusted_devices.add(str(fields.get("device_id")))
            return logged_in(account, world.accounts.open_session(account))

    def send_sms(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Sends a code by SMS."""
        return self._send(fields, "sms")

    def send_whatsapp(self, request: Request, fields: Mapping[str, Any]) -> Answer:
        """Sends a code by WhatsApp (the path is assumed)."""
        return self._send(fields, "whatsapp")

    def _send(self, fields: Mapping[str, Any], way: Way) -> Answer:
        with self._hub.changing() as world:
            account, settings = self._waiting(fields)
            if way not in settings.ways:
                raise invalid_parameters()
            settings.sent_code = world.accounts.send_code(account)
            identifier = str(fields["two_factor_identifier"])
            return ok(two_factor_info=two_factor_info(account, settings, identifier))

    def _waiting(self, fields: Mapping[str, Any]) -> tuple[Account, TwoFactor]:
        """Whose login waits for its code."""
        with self._hub.changing() as world:
            account = world.accounts.by_ticket(str(fields.get("two_factor_identifier", "")))
        if account is None:
            raise invalid_parameters() if not fields.get("two_factor_identifier") else two_factor_expired()
        if account.two_factor is None or account.two_factor.is_moved:
            raise invalid_parameters()
        return account, account.two_factor

    # --- challenges ---------------------------------------------------------------------------------------------------

    def challenge_state(self, request: Request, fields: Mapping[str, Any], pk: int, nonce: str) -> Answer:
        """How far it has come."""
        return ok(**self._challenge(pk, nonce).state())

    def answer_challenge(self, request: Request, fields: Mapping[str, Any], pk: int, nonce: str) -> Answer:
        """Takes a choice or a code."""
        with self._hub.changing():
            challenge = self._challenge(pk, nonce)
            if "security_code" in fields:
                taken = challenge.enter(str(fields["security_code"]))
                complaint = "Please check the code we sent you and try again."
            else:
                taken = challenge.choose(str(fields.get("choice", "")))
                complaint = "Select a valid choice."
            if not taken:
                raise Rejected(400, complaint, challenge={"errors": [complaint]})
            return self._closed(challenge) if not challenge.is_open else ok(**challenge.state())

    def replay_challenge(self, request: Request, fields: Mapping[str, Any], pk: int, nonce: str) -> Answer:
        """Sends the code again."""
        with self._hub.changing():
            challenge = self._challenge(pk, nonce)
            challenge.send_again()
            return ok(**challenge.state())

    def reset_challenge(self, request: Request, fields: Mapping[str, Any], pk: int, nonce: str) -> Answer:
        """Goes back to where it began."""
        with self._hub.changing():
            challenge = self._challenge(pk, nonce)
            challenge.reset()
            return ok(**challenge.state())

    def _challenge(self, pk: int, nonce: str) -> Challenge:
        with self._hub.changing() as world:
            challenge = world.accounts.challenge(pk, nonce)
        if challenge is None:
            raise Rejected(404, "This page is not available.")
        return challenge

    def _closed(self, challenge: Challenge) -> Answer:
        with self._hub.changing() as world:
            headers = login_headers(challenge.account, world.accounts.open_session(challenge.account))
        return ok(action="close", logged_in_user=own_user_json(challenge.account)).with_headers(headers)
