"""Answers of the HTTP API: status, JSON body and the headers by which the service sets a client's state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from instagrapi.emulator.handshake import EMPTY_BEARER, bearer
from instagrapi.emulator.model import Account

_RUR_EXPIRY = 1_900_000_000
_MAC = "01f7" + "0" * 60
_SITE = "https://i.instagram.com"
_CHALLENGE_KEY = "EmUlAtEd"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request gets; a text as ``body`` is a web page, bytes are a file of that ``media_type``."""

    body: dict[str, Any] | str | bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    media_type: str = "application/octet-stream"

    @property
    def content_type(self) -> str:
        """The header that says what the body is."""
        if isinstance(self.body, bytes):
            return self.media_type
        return "text/html; charset=utf-8" if isinstance(self.body, str) else "application/json; charset=utf-8"

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        """The answer with more headers; its own come first."""
        return replace(self, headers={**headers, **self.headers})


class Rejected(Exception):
    """The request gets ``answer``."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.answer = Answer({"message": message, **more, "status": "fail"}, status)


def ok(**body: Any) -> Answer:
    """A success without headers of its own."""
    return Answer({**body, "status": "ok"})


def login_required(status: int = 403) -> Rejected:
    """No session, or none that the service knows."""
    return Rejected(
        status,
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


def challenge_required(account: Account) -> Answer:
    """The owner must prove who they are (form reported)."""
    api_path = f"/challenge/{account.pk}/{_CHALLENGE_KEY}/"
    challenge = {
        "url": _SITE + api_path,
        "api_path": api_path,
        "hide_webview_header": True,
        "lock": True,
        "logout": False,
        "native_flow": True,
    }
    return Rejected(400, "challenge_required", challenge=challenge).answer


def suspended() -> Answer:
    """The account was suspended: a challenge that leads to the page about it (reported)."""
    challenge = {"url": f"{_SITE}/accounts/suspended/?next=%2F", "api_path": "/accounts/suspended/", "lock": True}
    return Rejected(400, "challenge_required", challenge=challenge).answer


def checkpoint_required() -> Answer:
    """A person must pass a checkpoint (form reported)."""
    return Rejected(400, "checkpoint_required", checkpoint_url=f"{_SITE}/checkpoint/dismiss/", lock=True).answer


def feedback_required() -> Answer:
    """The action is blocked for some hours (form reported)."""
    return Rejected(
        400,
        "feedback_required",
        spam=True,
        feedback_title="Try Again Later",
        feedback_message="We limit how often you can do certain things on Instagram.",
        error_type="feedback_required",
    ).answer


def feature_gone() -> Answer:
    """A path that apps no longer use (reported)."""
    return Rejected(400, "This feature is no longer supported.").answer


def throttled(retry_after: int | None) -> Answer:
    """Too many requests (text reported; that it comes with ``Retry-After`` is assumed)."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer({"message": "", "status": "fail"}, 429, headers)


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
