"""Errors as the sentence that a person reads."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from instagrapi import Client
from instagrapi.exceptions import ChallengeRequired, ClientNeedsUpgradeError, ConnectRefused
from instagrapi.realtime.refusals import explained


@contextlib.contextmanager
def asking_why(client: Client) -> Iterator[None]:
    """Asks the private API, by one request, why a broker does not accept the session: the broker only gives a number.

    Raises:
        ClientError: what that says, or else the refusal.
    """
    try:
        yield
    except ConnectRefused as refused:
        reason = explained(client, refused)
        if reason is refused:
            raise
        raise reason from refused


def sentence(error: Exception) -> str:
    """What went wrong and what to do, with the page or the hint that belongs to it."""
    if isinstance(error, ChallengeRequired):
        if error.needs_app:
            return open_the_app(error)
        return "Instagram wants to know who you are: run 'instagrapi login', which can have a code sent"
    if isinstance(error, ClientNeedsUpgradeError):
        return f"Instagram no longer accepts the app release that is presented: {upgrade_the_app()}"
    page, hint = getattr(error, "url", None), getattr(error, "hint", None)
    parts = (str(error) or type(error).__name__, hint, f"The page: {page}" if page else None)
    return " ".join(filter(None, parts))


def upgrade_the_app() -> str:
    """What to do about an app release that has grown too old."""
    return "run 'instagrapi login --upgrade-app'; if that does not help, a newer instagrapi-realtime is needed"


def open_the_app(error: ChallengeRequired, kind: str | None = None) -> str:
    """What to do about a challenge that has no steps for programs, or none for the kind that it turned out to be."""
    page = f" or {error.url}" if error.url else ""
    return (
        f"Instagram wants to know who you are, in a way that only works in the app ({kind or error.kind}): "
        f"open the Instagram app{page}, confirm there that it was you, then run the command again"
    )
