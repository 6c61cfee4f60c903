"""Answers of the HTTP API: status, JSON body and the headers by which the service sets a client's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from instagrapi.emulator.handshake import EMPTY_BEARER, bearer
from instagrapi.emulator.model import Account

_RUR_EXPIRY = 1_900_000_000
_MAC = "01f7" + "0" * 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets."""

    body: dict[str, Any]
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Rejected(Exception):
    """The request gets ``answer``."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = Answer({"message": message, **more, "status": "fail"}, status)


def ok(**body: Any) -> Answer:
    """A success without headers of its own."""
    return Answer({**body, "status": "ok"})


def login_required() -> Rejected:
    """No session, or none that the service knows."""
    return Rejected(
        403,
        "login_required",
        error_title="You've Been Logged Out",
        error_body="Please log back in.",
        logout_reason=8,
        logout_expectedness="session_expired",
    )


def user_has_logged_out() -> Rejected:
    """A session that was logged out."""
    return Rejected(403, "user_has_logged_out", logout_reason=9)


def invalid_user() -> Rejected:
    """A login with a name that nobody has."""
    return _bad_login(
        "invalid_user",
        "Incorrect Username",
        "The username you entered doesn't appear to belong to an account. Please check your username and try again.",
    )


def bad_password(username: str) -> Rejected:
    """A login with the wrong password."""
    return _bad_login(
        "bad_password",
        f"Incorrect password for {username}",
        "The password you entered is incorrect. Please try again.",
    )


def session_headers(account: Account) -> dict[str, str]:
    """What every answer to a logged-in client sets (reported)."""
    return {
        "x-ig-set-www-claim": f"hmac.AR0{account.pk}",
        "ig-set-ig-u-rur": f"RVA,{account.pk},{_RUR_EXPIRY}:{_MAC}",
    }


def login_headers(account: Account, sessionid: str) -> dict[str, str]:
    """What a login sets in addition (reported)."""
    return {
        "ig-set-authorization": bearer(account, sessionid),
        "ig-set-ig-u-ds-user-id": str(account.pk),
        "ig-set-ig-u-ig-direct-region-hint": f"LLA,{account.pk},{_RUR_EXPIRY}:{_MAC}",
        **session_headers(account),
    }


def logged_out_headers() -> dict[str, str]:
    """What a client without a session is told (reported)."""
    return {"ig-set-authorization": EMPTY_BEARER, "x-ig-set-www-claim": "0"}


def _bad_login(error_type: str, title: str, message: str) -> Rejected:
    return Rejected(
        400,
        message,
        invalid_credentials=True,
        error_title=title,
        buttons=[{"title": "Try Again", "action": "dismiss"}],
        error_type=error_type,
    )
