"""The emulated world: what happens when accounts act, and whom it is told.

Pure: no sockets, no threads of execution, no waiting; time and chance come from outside.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

from instagrapi.emulator.iris import DEFAULT_CAPACITY
from instagrapi.emulator.model import Account, Refused, Thread
from instagrapi.emulator.signals import Broadcast, Called, Commented, Notified, PresenceChanged
from instagrapi.emulator.world_items import WorldItems

_FIRST_BROADCAST_ID = 17890000000000001
_FIRST_COMMENT_ID = 17950000000000001
_FIRST_CALL_ID = 18000000000000001
#: The kind of a push that shows nothing and only keeps the device reachable (captured, as where it leads).
SILENT_PUSH = "reachability_silent_push"
_SILENT_ACTION = "news"


class World(WorldItems):
    """Threads, items, and what happens beside them: presence, live broadcasts, calls and pushes."""

    def __init__(self, clock: Callable[[], float], random: Random, queue_capacity: int = DEFAULT_CAPACITY) -> None:
        super().__init__(clock, random, queue_capacity)
        self._broadcasts: dict[int, str] = {}
        self._broadcast_count = 0
        self._comment_counts: Counter[str] = Counter()
        self._call_count = 0

    def set_presence(self, account: Account, is_active: bool) -> None:
        """Shows the account as active, or not, to everybody it shares a thread with."""
        account.is_active, account.last_active_at_ms = is_active, self.now_ms()
        self._tell_contacts(account, PresenceChanged(account, is_active, self.now_ms()))

    def start_live(self, account: Account) -> str:
        """Starts a live broadcast, or names the one that runs."""
        if account.pk not in self._broadcasts:
            broadcast_id = str(_FIRST_BROADCAST_ID + self._broadcast_count)
            self._broadcast_count += 1
            self._broadcasts[account.pk] = broadcast_id
            self._tell_contacts(account, Broadcast(account, broadcast_id, True, int(self._clock())))
        return self._broadcasts[account.pk]

    def end_live(self, account: Account) -> None:
        """Ends the account's live broadcast; harmless when there is none."""
        broadcast_id = self._broadcasts.pop(account.pk, None)
        if broadcast_id is not None:
            self._tell_contacts(account, Broadcast(account, broadcast_id, False, int(self._clock())))

    def comment(self, account: Account, broadcaster: Account, text: str) -> None:
        """Comments on a live broadcast; whoever follows its comments is told.

        Raises:
            Refused: there is no broadcast.
        """
        broadcast_id = self._broadcasts.get(broadcaster.pk)
        if broadcast_id is None:
            raise Refused(404, f"{broadcaster.username} is not live")
        comment_id = str(_FIRST_COMMENT_ID + self._comment_counts.total())
        self._comment_counts[broadcast_id] += 1
        count = self._comment_counts[broadcast_id]
        signal = Commented(account, broadcast_id, comment_id, text, count, int(self._clock()))
        for viewer in self.accounts:
            self._tell(viewer, signal)

    def call(self, caller: Account, thread: Thread, message_type: int | str) -> str:
        """Tells the others of a thread about a video call; gives the call's id."""
        call_id = str(_FIRST_CALL_ID + self._call_count)
        self._call_count += 1
        for account in thread.audience:
            if account is not caller:
                self._tell(account, Called(call_id, message_type, self.now_ms()))
        return call_id

    def notify_by_push(self, source: Account, recipient: Account, collapse_key: str, message: str, action: str) -> None:
        """Pushes a notification about anything but a message."""
        count = self.unseen_count(recipient)
        self._tell(recipient, Notified(collapse_key, message, action, count, source))

    def push_silently(self, recipient: Account) -> None:
        """Pushes a notification that shows nothing."""
        self._tell(recipient, Notified(SILENT_PUSH, "", _SILENT_ACTION, self.unseen_count(recipient)))

    def push_bare(self, recipient: Account) -> None:
        """Pushes an envelope without a notification."""
        self._tell(recipient, Notified(SILENT_PUSH, "", "", 0, is_bare=True))
