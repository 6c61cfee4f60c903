"""Why a broker refuses: it only gives a number, the private API says more."""

from __future__ import annotations

from typing import Any

from instagrapi.exceptions import ClientError, ConnectRefused, LoginRequired

#: CONNACK codes "bad user name or password" and "not authorized" (MQTT 3.1.1 section 3.2.2.3).
_CREDENTIALS = (4, 5)


def is_dead_session(error: Exception) -> bool:
    """Whether an error says that the session is not accepted any more."""
    return isinstance(error, LoginRequired) or (isinstance(error, ConnectRefused) and error.return_code in _CREDENTIALS)


def explained(host: Any, error: Exception) -> Exception:
    """The error that says what a person has to do, found by one request; the same error when that tells nothing new.

    Args:
        host: the logged-in client.
        error: why the connection was refused.
    """
    request = getattr(host, "private_request", None)
    if not is_dead_session(error) or isinstance(error, LoginRequired) or not callable(request):
        return error
    try:
        request("accounts/current_user/", params={"edit": "true"})
    except ClientError as answer:
        return error if answer.retryable else answer
    return error
