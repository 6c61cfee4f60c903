"""What the emulated world consists of: accounts, threads, items. Values without behaviour of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from instagrapi.emulator.two_factor import TwoFactor

#: Offsets of the ids: digits and lengths as on the wire (captured), numbers counted up from here (assumed).
FIRST_PK = 10_000_000_001
FIRST_THREAD_ID = 340282366841710300949128000000000000001
FIRST_THREAD_V2_ID = 17900000000000001
FIRST_ITEM_ID = 31000000000000000000000000000000001
FIRST_MEDIA_ID = 3000000000000000001

#: What the patch of an unsent item has for a value: the item's id (captured), ``{}``, or none at all (reported).
RemovalForm: TypeAlias = Literal["item_id", "empty", "absent"]


#: Puts links that last from now on into what an item carries.
Link: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]


class Refused(ValueError):
    """The world does not do what was asked. ``status`` is the HTTP status that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(slots=True, eq=False)
class Account:
    """A user of the service. ``sessions`` are alive, ``ended_sessions`` were logged out.

    Attributes:
        two_factor: how logins are confirmed; ``None`` when the password is enough.
        codes: what was sent by SMS, WhatsApp or mail, the latest last.
        refuses_requests: whether only those can write to it to whom it has written.
        last_active_at_ms: when it was last seen to be active, in unix milliseconds; ``None`` when it never was.
    """

    pk: int
    username: str
    password: str = field(repr=False)
    sessions: set[str] = field(default_factory=set, repr=False)
    ended_sessions: set[str] = field(default_factory=set, repr=False)
    is_active: bool = False
    two_factor: TwoFactor | None = field(default=None, repr=False)
    codes: list[str] = field(default_factory=list, repr=False)
    refuses_requests: bool = False
    last_active_at_ms: int | None = None

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
    """A message. ``timestamp`` is in microseconds; ``data`` holds the fields of its type as they are on the wire.

    Attributes:
        is_visual: whether it belongs to the visual inbox of older apps; its patches then have another path.
        later: what ``data`` becomes once everything about the item is known; ``None`` when it is.
        link: puts links that last from now on into ``data``, where it has some that end.
    """

    item_id: str
    thread_id: str
    user_id: int
    timestamp: int
    item_type: str
    client_context: str
    data: dict[str, Any]
    is_visual: bool = False
    later: dict[str, Any] | None = None
    link: Link | None = None
    reactions: dict[int, Reaction] = field(default_factory=dict)
    is_unsent: bool = False

    @property
    def text(self) -> str | None:
        """The text, of items that are nothing else."""
        return self.data.get("text")

    @property
    def shown(self) -> dict[str, Any]:
        """The fields of its type as somebody sees them who looks now."""
        return self.data if self.link is None else self.link(self.data)

    @property
    def path(self) -> str:
        """The path of patches about the item."""
        root = "visual_threads" if self.is_visual else "threads"
        return f"/direct_v2/{root}/{self.thread_id}/items/{self.item_id}"

    def is_unwatched_by(self, account: Account) -> bool:
        """Whether it is somebody else's visual media, still there, that the account has not viewed."""
        viewers = self.data.get("visual_media", {}).get("seen_user_ids", ())
        return self.user_id != account.pk and account.pk not in viewers and not self.is_unsent


@dataclass(slots=True, eq=False)
class Thread:
    """A conversation; ``items`` are in the order of their arrival, unsent ones included. The sets hold user ids.

    Attributes:
        visual_items: those of the items that belong to the visual inbox.
        left: who took part in it once.
        admins: of a group, in the order of their appointment.
        pending_for: to whom it is a message request that waits to be accepted.
        spam_for: to whom of these it is a hidden request, which the service takes for spam.
        hidden_from: whose inboxes it was removed from, until something is written to it.
        vc_muted_by: who muted the video calls, which changes no more than that it is shown (assumed).
        marked_unread_by: who put it aside to read it later.
        awaiting: who was added to a group and waits for an admin to approve that.
        image: the image of a group, as it is on the wire.
    """

    thread_id: str
    thread_v2_id: str
    participants: tuple[Account, ...]
    inviter: Account
    created_at: int
    title: str = ""
    is_group: bool = False
    is_approval_required: bool = False
    image: dict[str, Any] | None = None
    items: list[Item] = field(default_factory=list, repr=False)
    visual_items: list[Item] = field(default_factory=list, repr=False)
    seen: dict[int, Seen] = field(default_factory=dict, repr=False)
    left: list[Account] = field(default_factory=list, repr=False)
    admins: list[int] = field(default_factory=list, repr=False)
    pending_for: set[int] = field(default_factory=set, repr=False)
    spam_for: set[int] = field(default_factory=set, repr=False)
    hidden_from: set[int] = field(default_factory=set, repr=False)
    muted_by: set[int] = field(default_factory=set, repr=False)
    vc_muted_by: set[int] = field(default_factory=set, repr=False)
    marked_unread_by: set[int] = field(default_factory=set, repr=False)
    awaiting: list[Account] = field(default_factory=list, repr=False)

    @property
    def audience(self) -> list[Account]:
        """Who hears of what happens here: the participants, without those to whom it is a message request."""
        return [account for account in self.participants if account.pk not in self.pending_for]

    def is_in_inbox_of(self, account: Account) -> bool:
        """Whether the account finds it in its inbox."""
        pk = account.pk
        return account in self.participants and pk not in self.pending_for and pk not in self.hidden_from

    def is_request_to(self, account: Account, *, hidden: bool = False) -> bool:
        """Whether the account finds it among its message requests, or among the hidden ones."""
        pk = account.pk
        waits = pk in self.pending_for and pk not in self.hidden_from
        return account in self.participants and waits and (pk in self.spam_for) is hidden

    def latest_first(self) -> Iterator[Item]:
        """The items that are still there."""
        return (item for item in reversed(self.items) if not item.is_unsent)

    @property
    def last_activity_at(self) -> int:
        """Microseconds."""
        return next((item.timestamp for item in self.latest_first()), self.created_at)

    def is_unread_by(self, account: Account) -> bool:
        """Whether it was put aside, or the newest item is somebody else's and lies behind the account's seen mark."""
        if account.pk in self.marked_unread_by:
            return True
        newest = next((item for item in self.latest_first() if not item.is_visual), None)
        if newest is None or newest.user_id == account.pk:
            return False
        mark = self.seen.get(account.pk)
        return mark is None or int(mark.item_id) < int(newest.item_id)

    def is_unwatched_by(self, account: Account) -> bool:
        """Whether an item of the visual inbox waits for the account to view it."""
        return any(item.is_unwatched_by(account) for item in self.visual_items)
