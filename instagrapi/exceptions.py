"""Every error that the package raises.

The tree, with the builtin that each realtime error also is (so that programs which catch the builtin keep
working)::

    ClientError
    ├── ClientConnectionError, ClientJSONDecodeError, ClientIncompleteReadError, ClientRequestTimeout,
    │   ClientBadRequestError, ClientUnauthorizedError, ClientForbiddenError, ClientNotFoundError,
    │   ClientThrottledError, ClientServerError, ReloginAttemptExceeded, AccountSuspended
    ├── UnsupportedMedia             [ValueError]  the file, before anything is sent
    ├── MediaUnavailable             nothing to download, or not any more
    ├── PrivateError
    │   ├── LoginRequired, BadPassword, BadCredentials, InvalidUser, FeedbackRequired, PleaseWaitFewMinutes,
    │   │   RateLimitError, SentryBlock, ProxyAddressIsBlocked, PrivateAccount, CheckpointRequired, ConsentRequired
    │   ├── TwoFactorRequired, TwoFactorError ─ TwoFactorBadCode, TwoFactorCodeExpired
    │   ├── UnknownError ─ ClientNeedsUpgradeError
    │   ├── ChallengeError ─ ChallengeRequired, ChallengeBadCode
    │   ├── UserError ─ UserNotFound
    │   └── DirectError ─ DirectThreadNotFound, DirectMessageNotFound, DirectMessageRequestsDisabled
    └── RealtimeError
        ├── RealtimeConfigError      [ValueError]
        ├── NotConnectedError        [RuntimeError]
        ├── ConcurrencyError         [RuntimeError]
        ├── DeviceInUse              [RuntimeError]  who holds it is ``pid``
        ├── RealtimeTimeout          [TimeoutError]
        ├── TransportError           [ConnectionError]
        │   ├── ConnectFailed        name, TCP, proxy or TLS
        │   └── ConnectionLost       end of stream, reset, keep alive gave up
        ├── ConnectRefused           [ConnectionError]  the CONNACK code is ``return_code``
        ├── RealtimeProtocolError
        │   ├── LocalProtocolError   our mistake
        │   ├── MalformedPacket, ThriftDecodeError, LimitExceeded   the peer's
        │   └── ThriftEncodeError    [ValueError]
        └── CommandFailed            with ``status`` and ``payload``
            ├── IrisSubscribeFailed
            └── FbnsRegistrationFailed [RuntimeError]

No message, ``repr`` or attribute that is shown by either contains a session id, a token, a password, a device
secret or a proxy's credentials.
"""

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
    """The request did not reach the server, or no answer came back."""

    retryable = True


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


# --- Realtime and FBNS -----------------------------------------------------------------------------------------------


class RealtimeError(ClientError):
    """Anything about the two MQTToT connections."""


class RealtimeConfigError(RealtimeError, ValueError):
    """Something needed to connect is missing or malformed: session id, proxy URL, profile."""


class NotConnectedError(RealtimeError, RuntimeError):
    """The call needs a connection and there is none."""


class ConcurrencyError(RealtimeError, RuntimeError):
    """Two threads in a call that only one may be in, or ``read_once`` from inside a handler."""


class DeviceInUse(RealtimeError, RuntimeError):
    """Another client on this machine is connected as the same device, and each would end the other's connection.

    ``pid`` is the id of its process, ``None`` where that is not known.
    """

    def __init__(self, message: str = "", *, pid: int | None = None) -> None:
        super().__init__(message)
        self.pid = pid


class RealtimeTimeout(RealtimeError, TimeoutError):
    """Something expected did not arrive in time. Nothing was lost; the connection stays usable."""

    retryable = True


class TransportError(RealtimeError, ConnectionError):
    """The network failed. The ``OSError`` or ``SSLError`` is the cause."""

    retryable = True


class ConnectFailed(TransportError):
    """Name resolution, TCP, the proxy or the TLS handshake failed."""


class ConnectionLost(TransportError):
    """The connection ended: end of stream, reset, or the keep alive gave up."""


class ConnectRefused(RealtimeError, ConnectionError):
    """The broker answered CONNECT with another code than 0 (MQTT 3.1.1 section 3.2.2.3)."""

    def __init__(self, message: str = "", *, return_code: int = -1) -> None:
        super().__init__(message)
        self.return_code = return_code

    @property
    def retryable(self) -> bool:  # type: ignore[override]
        """Only "server unavailable" can pass by itself."""
        return self.return_code == 3


class RealtimeProtocolError(RealtimeError):
    """The rules of MQTToT were broken."""


class LocalProtocolError(RealtimeProtocolError):
    """The caller asked for something that the protocol does not allow now. The state is unchanged."""


class MalformedPacket(RealtimeProtocolError):
    """The peer sent bytes that are no control packet."""

    retryable = True


class LimitExceeded(RealtimeProtocolError):
    """The peer announced or sent more than the limit allows."""

    retryable = True


class ThriftDecodeError(RealtimeProtocolError):
    """The bytes are no thrift struct in the compact protocol, or exceed a limit."""


class ThriftEncodeError(RealtimeProtocolError, ValueError):
    """A value does not fit the field it is meant for."""


class CommandFailed(RealtimeError):
    """The server refused a command. ``status`` is its status code as text, ``payload`` the whole answer."""

    def __init__(self, message: str = "", *, status: str | None = None, payload: Any = None) -> None:
        super().__init__(message)
        self.status = status
        self.payload = payload


class CommandNotSent(RealtimeError):
    """A command was not sent, and will not be. Nothing has happened; it can be given again later."""

    retryable = True


class SendingTooFast(CommandNotSent):
    """So many commands were given that this one would have to wait too long; ``retry_after`` says how much too long."""


class OutboxFull(CommandNotSent):
    """Too many commands wait to be sent or answered."""


class SendingPaused(CommandNotSent):
    """Instagram has asked to stop: feedback required, spam, or "please wait". ``retry_after`` are the seconds left."""


class IrisSubscribeFailed(CommandFailed):
    """The message-sync queue refused the subscription: connected, but no message would arrive."""

    retryable = True


class FbnsRegistrationFailed(CommandFailed, RuntimeError):
    """FBNS gave no push token."""
