"""Why a connection ended, for everybody who asks."""

from __future__ import annotations

from instagrapi.exceptions import ClientError, ConnectionLost


def why_ended(error: Exception | None) -> Exception:
    """The reason as a new exception: the same object must not be raised from several threads."""
    if isinstance(error, ClientError) and type(error).__module__ == ClientError.__module__:
        return type(error)(str(error))
    return ConnectionLost(f"the transport failed: {type(error).__name__}")
