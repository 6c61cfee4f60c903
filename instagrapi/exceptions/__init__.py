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
    │   ├── ChallengeError ─ ChallengeRequired, ChallengeBadCode, ChallengeBadChoice
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
        ├── CommandNotSent ─ SendingTooFast, OutboxFull, SendingPaused   nothing has happened
        └── CommandFailed            with ``status`` and ``payload``
            ├── IrisSubscribeFailed
            └── FbnsRegistrationFailed [RuntimeError]

No message, ``repr`` or attribute that is shown by either contains a session id, a token, a password, a device
secret or a proxy's credentials.
"""

from __future__ import annotations

from instagrapi.exceptions.http import *  # noqa: F403
from instagrapi.exceptions.realtime import *  # noqa: F403
