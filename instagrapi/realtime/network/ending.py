"""Why a connection ended, for everybody who asks."""

from __future__ import annotations

from instagrapi import exceptions
from instagrapi.exceptions import ClientError, ConnectionLost


def why_ended(error: Exception | None) -> Exception:
    """The reason as a new exception: the same object must not be raised from several threads."""
    is_our_own = getattr(exceptions, type(error).__name__, None) is type(error)
    if isinstance(error, ClientError) and is_our_own:
        return type(error)(str(error))
    return ConnectionLost(f"the transport failed: {type(error).__name__}")


class CutOff(BaseException):
    """This side has closed the connection under a handler, which could not go on: what it got has to come again."""
