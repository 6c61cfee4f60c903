"""What is told about the inbox as a whole, about requests, and about who is there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pydantic import AliasChoices, Field

from instagrapi.types.direct import DirectMessage, DirectShortThread, DirectThread
from instagrapi.types.lenient import Ids, Lenient, mapping
from instagrapi.types.moments import Timestamp
from instagrapi.types.users import UserShort


class DirectInbox(Lenient):
    """A page of the inbox, of the message requests or of the hidden requests.

    Attributes:
        threads: the latest first.
        cursor: where the next page begins, to be passed on as it is. The last page has one, too; see ``next_cursor``.
        unseen_count: how many threads have something to read.
        unseen_count_at: when that was so.
        seq_id: the position in message sync that this page shows; only the inbox itself has one.
        snapshot_at_ms: when that was, in unix milliseconds; both are what a realtime subscription starts from.
        pending_requests_total: how many message requests wait.
        viewer: the own account.
    """

    threads: list[DirectThread] = Field(default_factory=list)
    cursor: str | None = Field(default=None, validation_alias=AliasChoices("oldest_cursor", "cursor"))
    has_older: bool | None = None
    unseen_count: int | None = None
    unseen_count_at: Timestamp = Field(
        default=None, validation_alias=AliasChoices("unseen_count_ts", "unseen_count_at")
    )
    seq_id: int | None = None
    snapshot_at_ms: int | None = None
    pending_requests_total: int | None = None
    viewer: UserShort | None = None

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; ``None`` on the last page."""
        return self.cursor if self.threads and self.has_older is not False else None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**data, **mapping(data.get("inbox"))}


class PendingPreview(Lenient):
    """How many message requests wait, and how many of them were not looked at."""

    pending_requests_total: int | None = None
    unread_pending_requests: int | None = None


class Presence(Lenient):
    """Whether somebody is active now, or when they last were. People may hide it.

    Attributes:
        last_activity_at: to the millisecond.
        in_threads: the threads that they have open (assumed).
    """

    user_id: str = ""
    is_active: bool | None = None
    last_activity_at: Timestamp = Field(
        default=None, validation_alias=AliasChoices("last_activity_at_ms", "last_activity_at")
    )
    in_threads: Ids = Field(default_factory=list)


class FoundMessage(NamedTuple):
    """A message that a search found, and the thread that it is in."""

    message: DirectMessage
    thread: DirectShortThread


def presence_map(answer: Mapping[str, Any]) -> dict[str, Presence]:
    """Who is there, by user id, from an answer with ``user_presence``."""
    entries = mapping(answer.get("user_presence")).items()
    return {str(user): Presence.model_validate({**mapping(entry), "user_id": user}) for user, entry in entries}
