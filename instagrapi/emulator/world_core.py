"""What all parts of the world share: who and what there is, the clock, and how news travels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from random import Random
from typing import Any

from instagrapi.emulator.accounts import Accounts
from instagrapi.emulator.iris import DEFAULT_CAPACITY, IrisQueue, Patch
from instagrapi.emulator.model import FIRST_MEDIA_ID, Account, Item, Refused, Thread
from instagrapi.emulator.render import thread_json
from instagrapi.emulator.signals import Listener, Signal, Synced

#: So many items does a thread come with in message sync (assumed).
_ITEMS_IN_PATCH = 10


class WorldCore:
    """Accounts, their threads and their message-sync queues.

    Args:
        clock: gives unix time in seconds.
        random: where passwords, sessions and tokens come from.
        queue_capacity: how many sync events each account can be replayed.

    Attributes:
        listeners: called with an account and a signal whenever something happens that concerns the account.
    """

    def __init__(self, clock: Callable[[], float], random: Random, queue_capacity: int = DEFAULT_CAPACITY) -> None:
        self.accounts = Accounts(random)
        self.listeners: list[Listener] = []
        self._clock = clock
        self._random = random
        self._queue_capacity = queue_capacity
        self._queues: dict[int, IrisQueue] = {}
        self._thread_count = 0
        #: By user id, the threads that the account takes part in, or once did.
        self._threads: defaultdict[int, list[Thread]] = defaultdict(list)
        self._told_counts: dict[tuple[int, str], int] = {}
        self._last_timestamp = 0
        self._media_count = 0

    # --- looking ------------------------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        return int(self._clock() * 1000)

    def queue(self, account: Account) -> IrisQueue:
        """The account's message-sync queue."""
        return self._queues.setdefault(account.pk, IrisQueue(self._queue_capacity))

    def threads_of(self, account: Account) -> list[Thread]:
        """The threads in the account's inbox, the latest activity first."""
        return _latest_first(self._inbox(account))

    def requests_to(self, account: Account, *, hidden: bool = False) -> list[Thread]:
        """The message requests that wait for the account, or the hidden ones, the latest activity first."""
        threads = self._threads[account.pk]
        return _latest_first(thread for thread in threads if thread.is_request_to(account, hidden=hidden))

    def thread_among(self, account: Account, others: Collection[Account]) -> Thread | None:
        """The latest thread of exactly these people."""
        wanted = {account.pk, *(other.pk for other in others)}
        threads = _latest_first(thread for thread in self._threads[account.pk] if account in thread.participants)
        return next((thread for thread in threads if {one.pk for one in thread.participants} == wanted), None)

    def contacts_of(self, account: Account) -> list[Account]:
        """Everybody with whom the account shares a thread that neither has still to accept."""
        threads = [thread for thread in self._threads[account.pk] if account in thread.audience]
        contacts = {other.pk: other for thread in threads for other in thread.audience}
        contacts.pop(account.pk, None)
        return list(contacts.values())

    def thread(self, account: Account, thread_id: str) -> Thread:
        """A thread that the account takes part in, in its inbox or not, by either of its ids.

        Raises:
            Refused: there is none.
        """
        for thread in self._threads[account.pk]:
            if thread_id in (thread.thread_id, thread.thread_v2_id) and account in thread.participants:
                return thread
        raise Refused(404, "thread not found")

    def items(self) -> Iterator[Item]:
        """Every item there ever was, unsent ones included."""
        threads = {thread.thread_id: thread for threads in self._threads.values() for thread in threads}
        return (item for thread in threads.values() for item in thread.items)

    def item(self, thread: Thread, item_id: str) -> Item:
        """An item of a thread.

        Raises:
            Refused: there is none, or it was unsent. The message is the captured one.
        """
        for item in thread.latest_first():
            if item.item_id == item_id:
                return item
        raise Refused(404, "target item is not supported")

    def unseen_count(self, account: Account) -> int:
        """How many threads of its inbox the account has not read to their end."""
        return sum(thread.is_unread_by(account) for thread in self._inbox(account))

    def visual_unseen_count(self, account: Account) -> int:
        """The same for the visual inbox."""
        return sum(thread.is_unwatched_by(account) for thread in self._inbox(account))

    def new_client_context(self) -> str:
        """What an app would make up for a command: milliseconds, then 22 random bits (reported)."""
        return str(self.now_ms() << 22 | self._random.getrandbits(22))

    def new_media_id(self) -> str:
        """The id of something that was uploaded."""
        self._media_count += 1
        return str(FIRST_MEDIA_ID - 1 + self._media_count)

    def _inbox(self, account: Account) -> Iterator[Thread]:
        return (thread for thread in self._threads[account.pk] if thread.is_in_inbox_of(account))

    # --- telling ------------------------------------------------------------------------------------------------------

    def _sync(self, thread: Thread, patch: Patch, mutation_token: str | None = None) -> None:
        """Tells everybody in a thread."""
        for account in thread.audience:
            self._sync_to(account, patch, mutation_token)

    def _sync_to(self, account: Account, patch: Patch, mutation_token: str | None = None) -> None:
        """Tells one account; unseen counts that changed go along (captured of an item and a count on topic 88)."""
        patches = (patch, *self._changed_counts(account))
        self._tell(account, Synced(self.queue(account).append(patches, mutation_token)))

    def _sync_thread(self, op: str, thread: Thread, account: Account) -> None:
        """Tells one account how a thread looks to it now."""
        value = thread_json(thread, account, limit=_ITEMS_IN_PATCH)
        self._sync_to(account, Patch(op, _inbox_path(thread), value))

    def _sync_removal(self, thread: Thread, account: Account, value: Any) -> None:
        """Tells one account that a thread left its inbox."""
        self._sync_to(account, Patch("remove", _inbox_path(thread), value))

    def _changed_counts(self, account: Account) -> Iterator[Patch]:
        counts = {"inbox": self.unseen_count(account), "visual_inbox": self.visual_unseen_count(account)}
        for inbox, count in counts.items():
            if self._told_counts.get((account.pk, inbox), 0) != count:
                self._told_counts[account.pk, inbox] = count
                yield Patch("replace", f"/direct_v2/{inbox}/unseen_count", count, ts=self._last_timestamp)

    def _tell_contacts(self, account: Account, signal: Signal) -> None:
        for other in self.contacts_of(account):
            self._tell(other, signal)

    def _tell(self, account: Account, signal: Signal) -> None:
        for listener in self.listeners:
            listener(account, signal)

    def _timestamp(self) -> int:
        """Microseconds that never repeat, so that they order what happened."""
        self._last_timestamp = max(self._last_timestamp + 1, int(self._clock() * 1_000_000))
        return self._last_timestamp


def _latest_first(threads: Iterator[Thread]) -> list[Thread]:
    return sorted(threads, key=lambda thread: thread.last_activity_at, reverse=True)


def _inbox_path(thread: Thread) -> str:
    return f"/direct_v2/inbox/threads/{thread.thread_id}"
