"""Answers of the HTTP API: status, JSON body and the headers by which the service sets a client's state."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias

from instagrapi.emulator.handshake import EMPTY_BEARER, bearer
from instagrapi.emulator.model import Account
from instagrapi.emulator.render import own_user_json
from instagrapi.emulator.two_factor import TwoFactor

_RUR_EXPIRY = 1_900_000_000
_MAC = "01f7" + "0" * 60
_SITE = "https://i.instagram.com"

#: How a challenge can be passed: with a code, on a page inside the app, or in the app's newer login.
ChallengeKind: TypeAlias = Literal["legacy", "native", "auth_platform"]

#: Why a login can fail that is otherwise right; ``risky`` is the false ``bad_password``.
LoginRefusal: TypeAlias = Literal[
    "risky", "ip_block", "needs_upgrade", "rate_limit_error", "sentry_block", "inactive user", "unusable_password"
]
_LOGIN_REFUSALS: dict[LoginRefusal, tuple[str, dict[str, Any]]] = {
    "risky": (
        "We can send you an email to help you get back into your account.",
        {
            "buttons": [
                {"title": "Send email", "action": "send_one_click_login_email"},
                {"title": "Try again", "action": "dismiss"},
            ],
            "exception_name": "UserInvalidCredentials",
            "invalid_credentials": True,
        },
    ),
    "ip_block": (
        "The username you entered doesn't appear to belong to an account. Please check your username and try again.",
        {"exception_name": "RleLoginBlocked"},
    ),
    "needs_upgrade": (
        "Your version of Instagram is out of date. Please upgrade your app to log in to Instagram.",
        {},
    ),
    "rate_limit_error": ("There was a problem with your request. Please try again later.", {}),
    "sentry_block": ("Sorry, there was a problem with your request.", {}),
    "inactive user": ("Your account has been disabled for violating our terms.", {}),
    "unusable_password": ("Your password has to be changed.", {}),
}


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


def feature_gone() -> Answer:
    """A path that apps no longer use (reported)."""
    return Rejected(400, "This feature is no longer supported.").answer


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


def challenge_required(account: Account, kind: ChallengeKind, nonce: str) -> Answer:
    """The owner must prove who they are (forms reported)."""
    api_path = f"/challenge/{account.pk}/{nonce}/" if kind != "auth_platform" else f"/auth_platform/?apc={nonce}"
    challenge = {
        "url": _SITE + api_path,
        "api_path": api_path,
        "hide_webview_header": True,
        "lock": True,
        "logout": False,
        "native_flow": kind != "legacy",
        "flow_render_type": 4 if kind == "native" else 0,
    }
    if kind != "auth_platform":
        context = {"step_name": "", "nonce_code": nonce, "user_id": account.pk, "is_stateless": False}
        challenge["challenge_context"] = json.dumps(context, separators=(",", ":"))
    return Rejected(400, "challenge_required", challenge=challenge, error_type="checkpoint_challenge_required").answer


def two_factor_info(account: Account, settings: TwoFactor, identifier: str) -> dict[str, Any]:
    """How a login can be confirmed (form reported)."""
    info: dict[str, Any] = {
        "pk": account.pk,
        "username": account.username,
        "sms_two_factor_on": "sms" in settings.ways,
        "whatsapp_two_factor_on": "whatsapp" in settings.ways,
        "totp_two_factor_on": "app" in settings.ways,
        "eligible_for_multiple_totp": True,
        "obfuscated_phone_number": "0000",
        "two_factor_identifier": identifier,
        "show_messenger_code_option": False,
        "show_new_login_screen": True,
        "show_trusted_device_option": False,
        "should_opt_in_trusted_device_option": True,
        "pending_trusted_notification": False,
        "sms_not_allowed_reason": None,
        "trusted_notification_polling_nonce": None,
        "is_trusted_device": False,
        "phone_verification_settings": {
            "max_sms_count": 2,
            "resend_sms_delay_sec": 60,
            "robocall_count_down_time_sec": 30,
            "robocall_after_max_sms": True,
        },
    }
    return {**info, "two_step_verification_context": f"emulated.{identifier}"} if settings.is_moved else info


def two_factor_required(info: Mapping[str, Any]) -> Rejected:
    """The password was right and a code is needed (form reported)."""
    return Rejected(
        400,
        "",
        two_factor_required=True,
        two_factor_info=info,
        phone_verification_settings=info["phone_verification_settings"],
        error_type="two_factor_required",
    )


def wrong_code() -> Rejected:
    """A two-factor code that is not right (reported)."""
    return Rejected(400, "Please check the security code and try again.", error_type="sms_code_validation_code_invalid")


def two_factor_expired() -> Rejected:
    """A code for a login that is too long ago (the name reported, the text assumed)."""
    return Rejected(400, "This code has expired. Go back to log in again.", error_type="invalid_nonce")


def invalid_parameters() -> Rejected:
    """A two-factor step that the service does not know, or not in this form (reported)."""
    return Rejected(400, "Invalid Parameters", error_type="invalid_parameters")


def suspended() -> Answer:
    """The account was suspended: a challenge that leads to the page about it (reported)."""
    challenge = {"url": f"{_SITE}/accounts/suspended/?next=%2F", "api_path": "/accounts/suspended/", "lock": True}
    return Rejected(400, "challenge_required", challenge=challenge).answer


def checkpoint_required() -> Answer:
    """A person must pass a checkpoint (form reported)."""
    return Rejected(400, "checkpoint_required", checkpoint_url=f"{_SITE}/checkpoint/dismiss/", lock=True).answer


def consent_required() -> Answer:
    """A person must accept new terms (form reported)."""
    terms = {"headline": "Updates to Our Terms", "content": "Please review them.", "button_text": "Review Now"}
    return Rejected(400, "consent_required", consent_data=terms).answer


def please_wait(status: int) -> Answer:
    """Too many actions (text reported, with each of these statuses; with 401 it claims that a login is required)."""
    more = {"require_login": True, "logout_reason": 6, "logout_expectedness": "inactive"} if status == 401 else {}
    return Rejected(status, "Please wait a few minutes before you try again.", **more).answer


def feedback_required() -> Answer:
    """The action is blocked for some hours (form reported)."""
    return Rejected(
        400,
        "feedback_required",
        spam=True,
        feedback_title="Try Again Later",
        feedback_message="We limit how often you can do certain things on Instagram.",
        feedback_url="repute/report_problem/scraping/",
        feedback_appeal_label="Tell us",
        feedback_ignore_label="OK",
        feedback_action="report_problem",
    ).answer


def throttled(retry_after: int | None, *, is_empty: bool = False) -> Answer:
    """Too many requests (text reported; that it comes with ``Retry-After`` is assumed).

    Without any body it is what a client gets whose kind of connection is not liked (reported).
    """
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer("" if is_empty else {"message": "", "status": "fail"}, 429, headers)


def login_refused(reason: LoginRefusal) -> Answer:
    """A login that fails whatever the password is (forms reported)."""
    message, more = _LOGIN_REFUSALS[reason]
    return Rejected(400, message, error_type="bad_password" if reason == "risky" else reason, **more).answer


def session_headers(account: Account) -> dict[str, str]:
    """What every answer to a logged-in client sets (reported)."""
    return {
        "x-ig-set-www-claim": f"hmac.AR0{account.pk}",
        "ig-set-ig-u-rur": f"RVA,{account.pk},{_RUR_EXPIRY}:{_MAC}",
    }


def logged_in(account: Account, sessionid: str) -> Answer:
    """A login that succeeded (reported)."""
    body = {"logged_in_user": own_user_json(account), "status": "ok"}
    return Answer(body, headers=login_headers(account, sessionid))


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
