"""The emulated world: what happens to threads when accounts act, and whom it is told.

Pure: no sockets, no threads of execution, no waiting; time and chance come from outside.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from instagrapi.emulator import items
from instagrapi.emulator.accounts import Accounts
from instagrapi.emulator.iris import DEFAULT_CAPACITY, IrisQueue
from instagrapi.emulator.model import (
    FIRST_ITEM_ID,
    FIRST_THREAD_ID,
    FIRST_THREAD_V2_ID,
    Account,
    Item,
    Reaction,
    Refused,
    Seen,
    Thread,
)
from instagrapi.emulator.render import item_json, reaction_json, seen_json, user_json
from instagrapi.emulator.signals import Broadcast, Listener, Messaged, PresenceChanged, Signal, Synced, Typed

_FIRST_BROADCAST_ID = 17890000000000001
#: So many client contexts are remembered, of all accounts together (assumed); after that the oldest is new again.
RECEIPT_CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an accepted command did: to which item, and when (microseconds)."""

    item: Item
    timestamp: int


class World:
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
        self._threads: dict[str, Thread] = {}
        self._item_count = 0
        self._last_timestamp = 0
        self._receipts: OrderedDict[tuple[int, str], Receipt] = OrderedDict()
        self._broadcasts: dict[int, str] = {}
        self._broadcast_count = 0

    # --- looking ------------------------------------------------------------------------------------------------------

    def now_ms(self) -> int:
        """Unix time in milliseconds."""
        return int(self._clock() * 1000)

    def queue(self, account: Account) -> IrisQueue:
        """The account's message-sync queue."""
        return self._queues.setdefault(account.pk, IrisQueue(self._queue_capacity))

    def threads_of(self, account: Account) -> list[Thread]:
        """The account's threads, the latest activity first."""
        threads = [thread for thread in self._threads.values() if account in thread.participants]
        return sorted(threads, key=lambda thread: thread.last_activity_at, reverse=True)

    def thread(self, account: Account, thread_id: str) -> Thread:
        """A thread that the account takes part in, by either of its ids.

        Raises:
            Refused: there is none.
        """
        for thread in self._threads.values():
            if thread_id in (thread.thread_id, thread.thread_v2_id) and account in thread.participants:
                return thread
        raise Refused(404, "thread not found")

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
        """How many threads the account has not read to their end."""
        return sum(thread.is_unread_by(account) for thread in self._threads.values() if account in thread.participants)

    def new_client_context(self) -> str:
        """What an app would make up for a command: milliseconds, then 22 random bits (reported)."""
        return str(self.now_ms() << 22 | self._random.getrandbits(22))

    # --- threads ------------------------------------------------------------------------------------------------------

    def direct_thread(self, one: Account, other: Account) -> Thread:
        """The thread of two accounts, made if need be.

        Raises:
            ValueError: it is twice the same account.
        """
        if one is other:
            raise ValueError("an account has no thread with itself")
        for thread in self._threads.values():
            if not thread.is_group and set(thread.participants) == {one, other}:
                return thread
        return self._add_thread((one, other))

    def create_group(self, members: Sequence[Account], title: str) -> Thread:
        """A new thread of several accounts; the first one is its admin.

        Raises:
            ValueError: there are fewer than two different members.
        """
        unique = tuple(dict.fromkeys(members))
        if len(unique) < 2:
            raise ValueError("a group has at least two members")
        return self._add_thread(unique, title=title, is_group=True)

    def _add_thread(self, participants: tuple[Account, ...], *, title: str = "", is_group: bool = False) -> Thread:
        number = len(self._threads)
        thread = Thread(
            thread_id=str(FIRST_THREAD_ID + number),
            thread_v2_id=str(FIRST_THREAD_V2_ID + number),
            participants=participants,
            created_at=self._timestamp(),
            title=title,
            is_group=is_group,
        )
        self._threads[thread.thread_id] = thread
        return thread

    # --- acting -------------------------------------------------------------------------------------------------------

    def send(
        self, sender: Account, thread: Thread, item_type: str, fields: Mapping[str, Any], client_context: str
    ) -> Receipt:
        """Adds an item; a client context that was used before gives the first receipt again and does nothing.

        Args:
            fields: the command's own fields, see :mod:`instagrapi.emulator.items`.

        Raises:
            Refused: the type is unknown or a field is missing.
        """
        if known := self._receipts.get((sender.pk, client_context)):
            return known
        data = items.compose(item_type, fields, self._user_card)
        if quoted := self._quoted(thread, fields):
            data["replied_to_message"] = item_json(quoted)
        if fields.get("is_shh_mode") in (1, "1"):
            data["is_shh_mode"] = True
        return self._add_item(sender, thread, item_type, data, client_context)

    def send_raven(self, sender: Account, thread: Thread, media_id: str) -> Receipt:
        """Adds a photo that may be viewed once."""
        return self._add_item(sender, thread, "raven_media", items.raven_media(media_id), self.new_client_context())

    def _add_item(
        self, sender: Account, thread: Thread, item_type: str, data: dict[str, Any], client_context: str
    ) -> Receipt:
        item = Item(
            item_id=str(FIRST_ITEM_ID + self._item_count),
            thread_id=thread.thread_id,
            user_id=sender.pk,
            timestamp=self._timestamp(),
            item_type=item_type,
            client_context=client_context,
            data=data,
        )
        self._item_count += 1
        thread.items.append(item)
        receipt = self._receipt(sender, client_context, Receipt(item, item.timestamp))
        self._sync(thread, "add", f"items/{item.item_id}", item_json(item), client_context)
        for account in thread.participants:
            if account is not sender:
                self._tell(account, Messaged(sender, item, self.unseen_count(account)))
        return receipt

    def react(self, sender: Account, item: Item, emoji: str, client_context: str) -> Receipt:
        """Sets the sender's one reaction to an item; an empty emoji is the plain heart."""
        if known := self._receipts.get((sender.pk, client_context)):
            return known
        thread = self.thread(sender, item.thread_id)
        previous = item.reactions.get(sender.pk)
        reaction = Reaction(sender.pk, emoji, self._timestamp(), client_context)
        item.reactions[sender.pk] = reaction
        path = _reaction_path(item, reaction)
        op = "replace" if previous and _reaction_path(item, previous) == path else "add"
        self._sync(thread, op, path, reaction_json(reaction), client_context)
        return self._receipt(sender, client_context, Receipt(item, reaction.timestamp))

    def unreact(self, sender: Account, item: Item, client_context: str) -> Receipt:
        """Takes the sender's reaction back; harmless when there is none."""
        thread = self.thread(sender, item.thread_id)
        reaction = item.reactions.pop(sender.pk, None)
        if reaction is not None:
            self._sync(thread, "remove", _reaction_path(item, reaction), {}, client_context)
        return Receipt(item, self._timestamp())

    def mark_seen(self, reader: Account, item: Item, client_context: str | None = None) -> Receipt:
        """Moves the reader's mark forward to an item; an older item changes nothing."""
        thread = self.thread(reader, item.thread_id)
        receipt = Receipt(item, self._timestamp())
        mark = thread.seen.get(reader.pk)
        if mark is None or int(mark.item_id) < int(item.item_id):
            thread.seen[reader.pk] = Seen(item.item_id, receipt.timestamp)
            value = seen_json(item.item_id, receipt.timestamp)
            self._sync(thread, "replace", f"participants/{reader.pk}/has_seen", value, client_context)
        return receipt

    def watch(self, viewer: Account, item: Item, client_context: str | None = None) -> Receipt:
        """Notes that a photo that may be viewed once was viewed.

        Raises:
            Refused: the item is no such photo.
        """
        visual = item.data.get("visual_media")
        if visual is None:
            raise Refused(400, "the item is no visual media")
        if viewer.pk not in visual["seen_user_ids"]:
            viewers = [*visual["seen_user_ids"], viewer.pk]
            item.data["visual_media"] = {**visual, "seen_user_ids": viewers, "seen_count": len(viewers)}
            thread = self.thread(viewer, item.thread_id)
            self._sync(thread, "replace", f"items/{item.item_id}", item_json(item), client_context)
        return Receipt(item, self._timestamp())

    def unsend(self, sender: Account, item: Item) -> None:
        """Removes an item of the sender's own; harmless when it is gone already.

        Raises:
            Refused: it is somebody else's.
        """
        if item.user_id != sender.pk:
            raise Refused(403, "only own messages can be unsent")
        if not item.is_unsent:
            item.is_unsent = True
            # Captures show the bare id as the value.
            self._sync(self.thread(sender, item.thread_id), "remove", f"items/{item.item_id}", int(item.item_id), None)

    def indicate_activity(self, sender: Account, thread: Thread, status: int, client_context: str) -> int:
        """Tells the others that the sender types (1), records (2) or stopped (0); returns microseconds."""
        signal = Typed(sender, thread.thread_id, status, client_context, self._timestamp())
        for account in thread.participants:
            if account is not sender:
                self._tell(account, signal)
        return signal.timestamp

    def set_presence(self, account: Account, is_active: bool) -> None:
        """Shows the account as active, or not, to everybody it shares a thread with."""
        account.is_active = is_active
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

    # --- telling ------------------------------------------------------------------------------------------------------

    def _sync(self, thread: Thread, op: str, path: str, value: Any, mutation_token: str | None) -> None:
        whole_path = f"/direct_v2/threads/{thread.thread_id}/{path}"
        for account in thread.participants:
            self._tell(account, Synced(self.queue(account).append(op, whole_path, value, mutation_token)))

    def _tell_contacts(self, account: Account, signal: Signal) -> None:
        contacts = {other.pk: other for thread in self.threads_of(account) for other in thread.participants}
        contacts.pop(account.pk, None)
        for other in contacts.values():
            self._tell(other, signal)

    def _tell(self, account: Account, signal: Signal) -> None:
        for listener in self.listeners:
            listener(account, signal)

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _timestamp(self) -> int:
        """Microseconds that never repeat, so that they order what happened."""
        self._last_timestamp = max(self._last_timestamp + 1, int(self._clock() * 1_000_000))
        return self._last_timestamp

    def _receipt(self, sender: Account, client_context: str, receipt: Receipt) -> Receipt:
        """Remembers a receipt and gives it."""
        self._receipts[sender.pk, client_context] = receipt
        if len(self._receipts) > RECEIPT_CAPACITY:
            self._receipts.popitem(last=False)
        return receipt

    def _user_card(self, pk: str) -> dict[str, Any]:
        account = self.accounts.by_pk(pk)
        return user_json(account) if account else {}

    def _quoted(self, thread: Thread, fields: Mapping[str, Any]) -> Item | None:
        wanted = fields.get("replied_to_item_id"), fields.get("replied_to_client_context")
        return next((item for item in thread.latest_first() if (item.item_id, item.client_context) == wanted), None)


def _reaction_path(item: Item, reaction: Reaction) -> str:
    kind = "emojis" if reaction.emoji else "likes"
    return f"items/{item.item_id}/reactions/{kind}/{reaction.sender_id}"
