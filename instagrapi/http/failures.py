"""What an answer means when it is not a success.

One pure function. The order of its questions is the order of the wire page's table of errors: what the body says comes
before what the status says, because Instagram sends the same refusal with different statuses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from requests.structures import CaseInsensitiveDict

from instagrapi import exceptions as errors
from instagrapi.exceptions import ClientError
from instagrapi.http.paths import challenge_path

_SESSION_ENDED = {"login_required", "user_has_logged_out"}

#: What a recipient's refusal to be written to reads like, in lower case and with a straight apostrophe.
_RECIPIENT_REFUSES = (
    "can't message this account",
    "can't receive your message",
    "can't send messages to this",
    "can't be messaged",
    "unless they follow you",
    "new message requests",
)

#: Secrets that a server's sentence might repeat: a session id, a bearer, a password that was sent.
_SECRET = re.compile(r"\d{5,20}(?:%3A|:)[^\s:%]+(?:%3A|:)\S*|IGT:\S*|#PWD_\S*", re.IGNORECASE)

#: Where a sentence stands when neither ``message`` nor ``payload.message`` is one.
_OTHER_PLACES = ("error_body", "feedback_message", "errors", "error", "challenge", "error_title")
#: Below these paths, the last of them on the upload host, a bare "Not Found" means that.
_NOT_MASKED = ("direct_v2/", "challenge/", "messenger_")
#: How deep such a place is looked into.
_DEPTH = 4

_E = TypeVar("_E", bound=ClientError)


def failure(
    status: int, headers: Mapping[str, str], body: Any, path: str = "", now: float | None = None
) -> ClientError | None:
    """The error that an answer stands for, or ``None`` when it is a success. Never raises.

    Args:
        status: HTTP status.
        headers: the answer's headers; only ``Retry-After`` and ``Date`` are read.
        body: the parsed JSON, or the text itself when it is no JSON.
        path: of the request below ``/api/v1/``, such as ``direct_v2/inbox/``.
        now: unix seconds, for an answer that has no ``Date``.
    """
    answer = _Answer(status, body, path)
    if answer.succeeded:
        return None
    error = _told_by_body(answer) or _told_by_status(answer)
    error.code, error.body, error.retry_after = status, body, retry_after(headers, now)
    return error


class _Answer:
    """The parts of an answer that tell failures apart, each of one type whatever the server sent."""

    def __init__(self, status: int, body: Any, path: str) -> None:
        self.status = status
        self.body = body
        self.json: Mapping[str, Any] = body if isinstance(body, Mapping) else {}
        self.path = path.lstrip("/")
        self.message = _text(self.json.get("message"))
        self.refusal = _text(self.mapping("payload").get("message"))
        self.error_type = _text(self.json.get("error_type")).replace(" ", "_")

    def mapping(self, key: str) -> Mapping[str, Any]:
        value = self.json.get(key)
        return value if isinstance(value, Mapping) else {}

    @property
    def succeeded(self) -> bool:
        # Uploads answer without a ``status``; everything else says "ok".
        fine = self.json.get("status") in (None, "ok")
        return 200 <= self.status < 300 and isinstance(self.body, Mapping) and fine

    @property
    def is_direct(self) -> bool:
        return self.path.startswith("direct_v2/")

    def quote(self, otherwise: str) -> str:
        """The server's own sentence, or another one when it said nothing."""
        hidden = map(_text, (self.json.get(key) for key in _OTHER_PLACES))
        return _quotable(self.message or self.refusal or next(filter(None, hidden), "")) or otherwise


def _told_by_body(answer: _Answer) -> ClientError | None:
    """What the body says, at any status."""
    message = answer.message.lower()
    if "please wait a few minutes" in message:
        return errors.PleaseWaitFewMinutes(
            "Instagram asks to wait a few minutes: stop sending for a while and do not try again in a loop."
        )
    if message in _SESSION_ENDED:
        return errors.LoginRequired("The session has ended; log in again from the same device settings.")
    if answer.json.get("two_factor_info") or answer.error_type == "two_factor_required":
        return _with(
            errors.TwoFactorRequired("The password is right and a two-factor code is needed: call two_factor_login()."),
            info=answer.mapping("two_factor_info"),
            is_moved=bool(answer.mapping("two_factor_info").get("two_step_verification_context")),
        )
    if message == "challenge_required" or answer.error_type == "checkpoint_challenge_required":
        return _challenge(answer)
    if message == "checkpoint_required" or answer.error_type == "checkpoint_required":
        return _with(
            errors.CheckpointRequired("Pass the checkpoint in the app, or at the page in `url`, then try again."),
            url=_text(answer.json.get("checkpoint_url")) or None,
        )
    if message == "consent_required" or answer.error_type == "consent_required":
        return errors.ConsentRequired("Open the Instagram app and accept the new terms, then try again.")
    if message == "feedback_required" or answer.json.get("spam") is True:
        said = _quotable(_text(answer.json.get("feedback_message"))) or "Instagram gave no reason."
        return errors.FeedbackRequired(f"This action is blocked for some hours: {said}")
    if answer.error_type in _BY_ERROR_TYPE:
        return _BY_ERROR_TYPE[answer.error_type](answer)
    return _told_by_sentence(answer)


def _told_by_sentence(answer: _Answer) -> ClientError | None:
    """Refusals that only the English text tells apart."""
    if answer.status >= 500:
        return None
    text = f"{answer.message} {answer.refusal}".lower().replace("’", "'")
    if answer.is_direct:
        if any(phrase in text for phrase in _RECIPIENT_REFUSES):
            return errors.DirectMessageRequestsDisabled(answer.quote(""))
        if answer.refusal:
            return errors.DirectError(answer.quote(""))
    if "not authorized to view user" in text:
        return errors.PrivateAccount("The account is private and this one does not follow it.")
    if "unable to fetch followers" in text:
        return errors.UserNotFound("There is no such user.")
    if "the username you entered" in text:
        blocked = answer.json.get("exception_name") == "RleLoginBlocked"
        return _address_blocked(answer) if blocked else _invalid_user(answer)
    return None


def _told_by_status(answer: _Answer) -> ClientError:
    """What is left: the HTTP status, with the server's sentence where there is one."""
    status = answer.status
    if 200 <= status < 300 and not isinstance(answer.body, Mapping):
        return errors.ClientJSONDecodeError("The answer is no JSON object; a proxy or a web page may have sent it.")
    if status == 400 or 200 <= status < 300:
        said = answer.quote(
            answer.error_type and f"Instagram refused the request ({_quotable(answer.error_type)[:80]})."
        )
        if said:
            return errors.UnknownError(said)
        return errors.ClientBadRequestError("Instagram refused the request without a reason.")
    if status == 404 and not answer.path.startswith(_NOT_MASKED) and _text(answer.body).strip() == "Not Found":
        # Elsewhere a bare "Not Found" hides a checkpoint.
        return errors.ChallengeRequired("Instagram hides this from the account: open the app and confirm who you are.")
    if status == 429:
        empty = not answer.body
        hint = "empty answer, so rather the kind of connection than a limit" if empty else "stop sending for a while"
        return _with(errors.ClientThrottledError(f"Too many requests (HTTP 429): {hint}."), empty_body=empty)
    if 300 <= status < 400:
        return ClientError(f"Instagram led to another address (HTTP {status}), which is not followed.")
    kind = _BY_STATUS.get(status, errors.ClientServerError if status >= 500 else ClientError)
    return kind(f"{answer.quote('Instagram refused the request')} (HTTP {status})")


def _challenge(answer: _Answer) -> ClientError:
    challenge = answer.mapping("challenge")
    url, api_path = _text(challenge.get("url")), _text(challenge.get("api_path"))
    if "/suspended/" in url:
        return errors.AccountSuspended("Instagram suspended the account; its owner can appeal in the app.")
    if api_path.startswith("/auth_platform/"):
        kind = "auth_platform"
    elif challenge.get("native_flow") is True:
        kind = "native"
    else:
        kind = "legacy" if challenge_path(api_path) else "unknown"
    remedy = "challenge_state() shows the way to a code, or" if kind == "legacy" else "a person has to"
    return _with(
        errors.ChallengeRequired(
            f"Instagram wants to know who you are (a challenge of the kind {kind!r}): "
            f"{remedy} open the app or the page in `url`, confirm, then try again."
        ),
        kind=kind,
        url=url or None,
        challenge=challenge,
    )


def _bad_password(answer: _Answer) -> ClientError:
    hint = "The password may be right and the login look risky: log in with a saved session, or first in the app."
    return _with(
        errors.BadPassword(answer.quote("Instagram says that the password is wrong.")),
        hint=hint if "send you an email" in answer.message.lower() else None,
    )


def _unusable_password(answer: _Answer) -> ClientError:
    return _with(
        errors.BadPassword(answer.quote("The password can no longer be used.")),
        hint="Choose a new password in the app, then log in with it.",
    )


def _invalid_parameters(answer: _Answer) -> ClientError:
    if answer.path.startswith(("accounts/two_factor_login", "accounts/send_two_factor_login")):
        return errors.TwoFactorError(
            "Instagram does not accept this two-factor step: it is too old, or the account needs the app for it."
        )
    return errors.UnknownError(answer.quote("Instagram refused the request (invalid_parameters)."))


def _invalid_user(_: _Answer) -> ClientError:
    return errors.InvalidUser("There is no account of that name.")


def _address_blocked(_: _Answer) -> ClientError:
    return errors.ProxyAddressIsBlocked("Logins from this address are blocked; use another network or proxy.")


_BY_ERROR_TYPE: dict[str, Callable[[_Answer], ClientError]] = {
    "sentry_block": lambda _: errors.SentryBlock("Instagram stopped the request as suspicious; wait, or use the app."),
    "rate_limit_error": lambda _: errors.RateLimitError("Too many logins or codes; wait some hours before the next."),
    "bad_password": _bad_password,
    "unusable_password": _unusable_password,
    "invalid_user": _invalid_user,
    "ip_block": _address_blocked,
    "needs_upgrade": lambda _: errors.ClientNeedsUpgradeError(
        "Instagram no longer accepts this app version: set a newer `app` part in the Profile (all three fields) "
        "and call upgrade_app()."
    ),
    "sms_code_validation_code_invalid": lambda _: errors.TwoFactorBadCode("The code is wrong; enter it again."),
    "invalid_nonce": lambda _: errors.TwoFactorCodeExpired("The two-factor step is too old; log in again for another."),
    "invalid_parameters": _invalid_parameters,
    "inactive_user": lambda answer: errors.AccountSuspended(answer.quote("Instagram disabled the account.")),
}

_BY_STATUS: dict[int, type[ClientError]] = {
    401: errors.ClientUnauthorizedError,
    403: errors.ClientForbiddenError,
    404: errors.ClientNotFoundError,
    408: errors.ClientRequestTimeout,
}


def _with(error: _E, **details: Any) -> _E:
    """The error with its details, which the tree keeps as attributes rather than arguments."""
    for name, value in details.items():
        setattr(error, name, value)
    return error


def _text(value: Any, depth: int = _DEPTH) -> str:
    """Text, or the texts in a list or inside an object such as ``{"errors": ["…"]}``, or nothing."""
    if isinstance(value, str) or depth == 0:
        return value if isinstance(value, str) else ""
    if isinstance(value, Mapping):
        places = (value.get("errors"), value.get("message"), value.get("text"))
        return next(filter(None, (_text(place, depth - 1) for place in places)), "")
    texts = (_text(item, depth - 1) for item in value[:20]) if isinstance(value, list) else ()
    return " ".join(filter(None, texts))


def _quotable(text: str) -> str:
    """Somebody else's text as part of a message: one line, not endless, without secrets."""
    return _SECRET.sub("…", " ".join(text[:2000].split()))[:300]


def retry_after(headers: Mapping[str, str], now: float | None = None) -> float | None:
    """Seconds that the server asks to wait. A date is compared with that of the answer, or else with ``now``."""
    answer = CaseInsensitiveDict(headers)
    value = str(answer.get("retry-after", ""))
    if re.fullmatch(r"\d{1,9}", value, re.ASCII):
        return float(value)
    until, since = _moment(value), _moment(str(answer.get("date", "")))
    since = now if since is None else since
    return None if until is None or since is None else max(0.0, until - since)


def _moment(date: str) -> float | None:
    """The unix time of an HTTP date."""
    try:
        return parsedate_to_datetime(date[:100]).timestamp()
    except (ValueError, OverflowError):
        return None
