"""What the emulated world consists of: accounts, threads, items. Values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

#: Offsets of the ids: digits and lengths as on the wire (captured), numbers counted up from here (assumed).
FIRST_PK = 10_000_000_001
FIRST_THREAD_ID = 340282366841710300949128000000000000001
FIRST_THREAD_V2_ID = 17900000000000001
FIRST_ITEM_ID = 31000000000000000000000000000000001


class Refused(ValueError):
    """The world does not do what was asked. ``status`` is the HTTP status that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True, eq=False)
class Account:
    """A user of the service. ``sessions`` are alive, ``ended_sessions`` were logged out."""

    pk: int
    username: str
    password: str = field(repr=False)
    sessions: set[str] = field(default_factory=set, repr=False)
    ended_sessions: set[str] = field(default_factory=set, repr=False)
    is_active: bool = False

    @property
    def full_name(self) -> str:
        """The name that people read."""
        return self.username.replace(".", " ").replace("_", " ").title()


@dataclass(slots=True)
class Reaction:
    """What one user feels about an item; an empty emoji is the plain heart. ``timestamp`` is in microseconds."""

    sender_id: int
    emoji: str
    timestamp: int
    client_context: str


@dataclass(slots=True)
class Seen:
    """How far a user has read. ``timestamp`` is when, in microseconds."""

    item_id: str
    timestamp: int


@dataclass(slots=True, eq=False)
class Item:
    """A message. ``timestamp`` is in microseconds; ``data`` holds the fields of its type as they are on the wire."""

    item_id: str
    thread_id: str
    user_id: int
    timestamp: int
    item_type: str
    client_context: str
    data: dict[str, Any]
    reactions: dict[int, Reaction] = field(default_factory=dict)
    is_unsent: bool = False

    @property
    def text(self) -> str | None:
        """The text, of items that are nothing else."""
        return self.data.get("text")


@dataclass(slots=True, eq=False)
class Thread:
    """A conversation; ``items`` are in the order of their arrival, unsent ones included."""

    thread_id: str
    thread_v2_id: str
    participants: tuple[Account, ...]
    created_at: int
    title: str = ""
    is_group: bool = False
    items: list[Item] = field(default_factory=list, repr=False)
    seen: dict[int, Seen] = field(default_factory=dict, repr=False)

    def latest_first(self) -> Iterator[Item]:
        """The items that are still there."""
        return (item for item in reversed(self.items) if not item.is_unsent)

    @property
    def last_activity_at(self) -> int:
        """Microseconds."""
        return next((item.timestamp for item in self.latest_first()), self.created_at)

    def is_unread_by(self, account: Account) -> bool:
        """Whether the newest item is somebody else's and lies behind the account's seen mark."""
        newest = next(self.latest_first(), None)
        if newest is None or newest.user_id == account.pk:
            return False
        mark = self.seen.get(account.pk)
        return mark is None or int(mark.item_id) < int(newest.item_id)
