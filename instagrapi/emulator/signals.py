"""What the world tells about itself, each time to one account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from instagrapi.emulator.iris import IrisEvent
from instagrapi.emulator.model import Account, Item, Thread


@dataclass(frozen=True, slots=True)
class Synced:
    """The account's message-sync queue has a new event."""

    event: IrisEvent


@dataclass(frozen=True, slots=True)
class Messaged:
    """Somebody wrote to the account. ``unseen_count`` is the number of its unread threads.

    Attributes:
        is_request: whether the account has yet to accept the thread.
    """

    sender: Account
    thread: Thread
    item: Item
    unseen_count: int
    is_request: bool = False


@dataclass(frozen=True, slots=True)
class Notified:
    """The account shall get a push about something else.

    Attributes:
        collapse_key: which kind it is.
        action: where a tap leads, such as ``user?username=alice``.
        unseen_count: as in :class:`Messaged`.
        source: who caused it; ``None`` when nobody did, as with a silent push.
        is_bare: whether the envelope comes without a notification.
    """

    collapse_key: str
    message: str
    action: str
    unseen_count: int
    source: Account | None = None
    is_bare: bool = False


@dataclass(frozen=True, slots=True)
class Typed:
    """Somebody types (``status`` 1), records (2) or stopped (0). ``timestamp`` is in microseconds."""

    sender: Account
    thread_id: str
    status: int
    indicator_id: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """Somebody came or went; ``at_ms`` is in milliseconds."""

    user: Account
    is_active: bool
    at_ms: int


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Somebody went live, or ended it; ``at`` is in seconds."""

    user: Account
    broadcast_id: str
    started: bool
    at: int


@dataclass(frozen=True, slots=True)
class Commented:
    """Somebody commented on a live broadcast, as the ``comment_count``-th; ``at`` is in seconds."""

    user: Account
    broadcast_id: str
    comment_id: str
    text: str
    comment_count: int
    at: int


@dataclass(frozen=True, slots=True)
class Called:
    """Something happened about a video call that the account is in or invited to; ``at_ms`` is in milliseconds."""

    call_id: str
    message_type: int | str
    at_ms: int


Signal: TypeAlias = Synced | Messaged | Notified | Typed | PresenceChanged | Broadcast | Commented | Called
Listener: TypeAlias = Callable[[Account, Signal], None]
