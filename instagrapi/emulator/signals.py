"""What the world tells about itself, each time to one account."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from instagrapi.emulator.iris import IrisEvent
from instagrapi.emulator.model import Account, Item


@dataclass(frozen=True, slots=True)
class Synced:
    """The account's message-sync queue has a new event."""

    event: IrisEvent


@dataclass(frozen=True, slots=True)
class Messaged:
    """Somebody wrote to the account. ``unseen_count`` is the number of its unread threads."""

    sender: Account
    item: Item
    unseen_count: int


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


Signal: TypeAlias = Synced | Messaged | Typed | PresenceChanged | Broadcast
Listener: TypeAlias = Callable[[Account, Signal], None]
