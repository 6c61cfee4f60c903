"""What goes wrong in this package, and over HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class ClientError(Exception):
    """Anything that went wrong in this package. ``retryable`` tells whether trying again later can help."""

    retryable: ClassVar[bool] = False

    def __init__(
        self,
        message: str = "",
        *,
        code: int | None = None,
        body: Any = None,
        response: Any = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        #: HTTP status of the answer, where there was one.
        self.code = code
        #: Parsed body of the answer, untouched.
        self.body = body
        #: The ``requests.Response``, where there was one.
        self.response = response
        #: Seconds that the server asked to wait (``Retry-After``).
        self.retry_after = retry_after


# --- HTTP: how the exchange failed -----------------------------------------------------------------------------------


class ClientConnectionError(ClientError):
    """The request did not reach the server, or no answer came back.

    ``is_lasting`` tells that another attempt within seconds ends the same way: the certificate is not trusted, or the
    proxy refuses the credentials.
    """

    retryable = True
    is_lasting: bool = False


class ClientRequestTimeout(ClientConnectionError):
    """No answer in time (also HTTP 408)."""


class ClientIncompleteReadError(ClientConnectionError):
    """The answer broke off in the middle."""


class ClientJSONDecodeError(ClientError):
    """A successful status, but the body is not JSON: mostly something in between answered, such as a proxy."""

    retryable = True


class ClientBadRequestError(ClientError):
    """HTTP 400 without a reason that has a class of its own."""


class ClientUnauthorizedError(ClientError):
    """HTTP 401."""


class ClientForbiddenError(ClientError):
    """HTTP 403."""


class ClientNotFoundError(ClientError):
    """HTTP 404."""


class ClientThrottledError(ClientError):
    """HTTP 429. ``empty_body`` hints at a transport that the server does not like rather than a rate limit."""

    retryable = True
    empty_body: bool = False


class ClientServerError(ClientError):
    """HTTP 5xx."""

    retryable = True


class ReloginAttemptExceeded(ClientError):
    """Logging in again was tried twice without success; a person has to look."""


class AccountSuspended(ClientError):
    """Instagram suspended the account."""


class UnsupportedMedia(ClientError, ValueError):
    """The file is none that can be sent as what it was to be sent; nothing was sent."""


class MediaUnavailable(ClientError):
    """There is nothing to download: no link yet, or not any more, and no new one to be had."""


# --- HTTP: what the private API says ---------------------------------------------------------------------------------


class PrivateError(ClientError):
    """A refusal that the private API gave a reason for."""


class LoginRequired(PrivateError):
    """The session is dead or missing: log in again."""


class BadPassword(PrivateError):
    """The password is wrong, or Instagram says so. ``hint`` is what it suggests instead."""

    hint: str | None = None


class BadCredentials(PrivateError):
    """User name or password missing."""


class InvalidUser(PrivateError):
    """There is no account of that name."""


class FeedbackRequired(PrivateError):
    """This kind of action is blocked for the account for some hours."""


class PleaseWaitFewMinutes(PrivateError):
    """A rate limit: stop writing and do not try in a loop."""

    retryable = True


class RateLimitError(PrivateError):
    """Too many logins or codes."""

    retryable = True


class SentryBlock(PrivateError):
    """The request was stopped as suspicious."""


class ProxyAddressIsBlocked(PrivateError):
    """Logins from this address are blocked."""


class PrivateAccount(PrivateError):
    """The account is private and not followed."""


class CheckpointRequired(PrivateError):
    """A person has to pass a checkpoint, at ``url`` where one was given."""

    url: str | None = None


class ConsentRequired(PrivateError):
    """A person has to accept new terms in the app."""


class TwoFactorRequired(PrivateError):
    """The password was right; a code is needed. ``info`` says which kinds are offered.

    ``is_moved`` tells that the account has the newer two-factor, for which the classic step is often refused.
    """

    info: Mapping[str, Any] = {}
    is_moved: bool = False


class TwoFactorError(PrivateError):
    """The two-factor step failed."""


class TwoFactorBadCode(TwoFactorError):
    """The code is wrong."""


class TwoFactorCodeExpired(TwoFactorError):
    """The code, or the whole two-factor step, is too old."""


class UnknownError(PrivateError):
    """A reason that has no class of its own; the message is the server's."""


class ClientNeedsUpgradeError(UnknownError):
    """The app version that the client presents is no longer accepted for this account."""


class ChallengeError(PrivateError):
    """A challenge stands in the way."""


class ChallengeRequired(ChallengeError):
    """Instagram wants the owner to prove who they are.

    ``kind`` is ``legacy`` (a code by mail or SMS can solve it), ``native``, ``auth_platform`` or ``unknown``; all but
    the first can only be solved by a person in the app. ``url`` is the page to open; ``challenge`` the server's object.
    """

    kind: str = "unknown"
    url: str | None = None
    challenge: Mapping[str, Any] = {}

    @property
    def needs_app(self) -> bool:
        """Whether only a person in the Instagram app, or on the page in ``url``, can go on."""
        return self.kind != "legacy"


class ChallengeBadCode(ChallengeError):
    """The code for a challenge is wrong or too old."""


class ChallengeBadChoice(ChallengeError):
    """What was chosen in a challenge is not offered."""


class UserError(PrivateError):
    """Something about a user."""


class UserNotFound(UserError):
    """There is no such user."""


class DirectError(PrivateError):
    """Something about Direct."""


class DirectThreadNotFound(DirectError):
    """There is no such thread."""


class DirectMessageNotFound(DirectError):
    """There is no such message."""


class DirectMessageRequestsDisabled(DirectError):
    """The recipient does not take messages from this account."""
