"""Items: what is written into threads, and what becomes of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from instagrapi.emulator import items
from instagrapi.emulator.iris import DEFAULT_CAPACITY, Patch
from instagrapi.emulator.model import FIRST_ITEM_ID, Account, Item, Link, Reaction, Refused, RemovalForm, Seen, Thread
from instagrapi.emulator.render import item_json, reaction_json, seen_json, user_json
from instagrapi.emulator.signals import Messaged, Typed
from instagrapi.emulator.world_threads import WorldThreads

#: So many client contexts are remembered, of all accounts together (assumed); after that the oldest is new again.
RECEIPT_CAPACITY = 10_000


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an accepted command did: to which item, and when (microseconds)."""

    item: Item
    timestamp: int


class WorldItems(WorldThreads):
    """The part of the world in which people write, react and read."""

    def __init__(self, clock: Callable[[], float], random: Random, queue_capacity: int = DEFAULT_CAPACITY) -> None:
        super().__init__(clock, random, queue_capacity)
        self._item_count = 0
        #: By user id, thread id and client context.
        self._receipts: OrderedDict[tuple[int, str, str], Receipt] = OrderedDict()

    # --- writing ------------------------------------------------------------------------------------------------------

    def send(
        self, sender: Account, thread: Thread, item_type: str, fields: Mapping[str, Any], client_context: str
    ) -> Receipt:
        """Adds what a ``send_item`` asks for. A client context that was used before in the thread only gives the first
        receipt again.

        Args:
            fields: the command's own fields, see :mod:`instagrapi.emulator.items`.

        Raises:
            Refused: the type is unknown, a field is missing, or the recipient takes no requests.
        """
        if known := self._receipts.get((sender.pk, thread.thread_id, client_context)):
            return known
        self.check_recipients(sender, thread)
        data = items.compose(item_type, fields, self._user_card)
        if quoted := self._quoted(thread, fields):
            data["replied_to_message"] = item_json(quoted)
        if fields.get("is_shh_mode") in (1, "1"):
            data["is_shh_mode"] = True
        return self.post(sender, thread, item_type, data, client_context)

    def post(
        self,
        sender: Account,
        thread: Thread,
        item_type: str,
        data: dict[str, Any],
        client_context: str,
        *,
        later: dict[str, Any] | None = None,
        is_visual: bool = False,
        link: Link | None = None,
    ) -> Receipt:
        """Adds an item of any type, as an upload or a newer app does; client contexts as with :meth:`send`.

        Writing to a message request accepts it, and writing to a thread shows it again where it was hidden (assumed).
        Nobody is pushed a hidden request (assumed).

        Args:
            data: what the item carries.
            later: what it carries once it is complete, see :meth:`complete`.
            is_visual: whether it goes to the visual inbox.
            link: see :class:`Item`.
        """
        if known := self._receipts.get((sender.pk, thread.thread_id, client_context)):
            return known
        self.approve(sender, thread)
        item = Item(
            item_id=str(FIRST_ITEM_ID + self._item_count),
            thread_id=thread.thread_id,
            user_id=sender.pk,
            timestamp=self._timestamp(),
            item_type=item_type,
            client_context=client_context,
            data=data,
            is_visual=is_visual,
            later=later,
            link=link,
        )
        self._add_item(thread, item)
        for account in thread.participants:
            self.show(account, thread)
        self._sync(thread, Patch("add", item.path, item_json(item)), client_context)
        for account in thread.participants:
            if account is not sender and account.pk not in thread.spam_for:
                is_request = account.pk in thread.pending_for
                self._tell(account, Messaged(sender, thread, item, self.unseen_count(account), is_request))
        return self._receipt(sender, client_context, Receipt(item, item.timestamp))

    def check_recipients(self, sender: Account, thread: Thread) -> None:
        """Makes sure that a thread of two may be written to.

        Raises:
            Refused: the other one refuses requests, and has never written here.
        """
        if thread.is_group:
            return
        for other in thread.participants:
            wrote = any(item.user_id == other.pk for item in thread.items)
            if other is not sender and other.refuses_requests and not wrote:
                raise Refused(403, "This account can't receive your message unless they follow you.")

    def complete(self, sender: Account, item: Item) -> None:
        """Tells what was still missing when an item was posted: the URLs of its media, the preview of its link.

        Raises:
            Refused: nothing was missing, or the item is somebody else's.
        """
        self._check_own(sender, item)
        if item.later is None:
            raise Refused(400, "nothing of the item is missing")
        item.data, item.later = item.later, None
        self._tell_change_of(sender, item)

    def edit(self, sender: Account, item: Item, text: str) -> None:
        """Gives an own text another wording.

        Raises:
            Refused: the item is no text, or somebody else's.
        """
        self._check_own(sender, item)
        if item.text is None:
            raise Refused(400, "only texts can be edited")
        item.data = {**item.data, "text": text}
        self._tell_change_of(sender, item)

    def unsend(self, sender: Account, item: Item, form: RemovalForm = "item_id") -> None:
        """Removes an own item; harmless when it is gone already.

        Args:
            form: what the patch has for a value.

        Raises:
            Refused: it is somebody else's.
        """
        self._check_own(sender, item)
        if not item.is_unsent:
            item.is_unsent = True
            value = {"item_id": int(item.item_id), "empty": {}, "absent": None}[form]
            self._sync(self.thread(sender, item.thread_id), Patch("remove", item.path, value))

    # --- reacting and reading -----------------------------------------------------------------------------------------

    def react(
        self, sender: Account, item: Item, emoji: str, client_context: str, *, is_folded: bool = False
    ) -> Receipt:
        """Sets the sender's one reaction to an item; an empty emoji is the plain heart.

        Args:
            is_folded: whether the whole item is told again (captured) instead of the reaction (reported).
        """
        if known := self._receipts.get((sender.pk, item.thread_id, client_context)):
            return known
        thread = self.thread(sender, item.thread_id)
        previous = item.reactions.get(sender.pk)
        reaction = Reaction(sender.pk, emoji, self._timestamp(), client_context)
        item.reactions[sender.pk] = reaction
        if is_folded:
            patch = Patch("replace", item.path, item_json(item))
        else:
            path = _reaction_path(item, reaction)
            op = "replace" if previous and _reaction_path(item, previous) == path else "add"
            patch = Patch(op, path, reaction_json(reaction))
        self._sync(thread, patch, client_context)
        return self._receipt(sender, client_context, Receipt(item, reaction.timestamp))

    def unreact(self, sender: Account, item: Item, client_context: str) -> Receipt:
        """Takes the sender's reaction back; harmless when there is none."""
        thread = self.thread(sender, item.thread_id)
        reaction = item.reactions.pop(sender.pk, None)
        if reaction is not None:
            self._sync(thread, Patch("remove", _reaction_path(item, reaction), {}), client_context)
        return Receipt(item, self._timestamp())

    def mark_seen(self, reader: Account, item: Item, client_context: str | None = None) -> Receipt:
        """Moves the reader's mark forward to an item; an older item changes nothing, nor does reading a request.

        A thread that was put aside is read now.
        """
        thread = self.thread(reader, item.thread_id)
        if reader.pk in thread.marked_unread_by:
            thread.marked_unread_by.remove(reader.pk)
            self._sync_thread("replace", thread, reader)
        receipt = Receipt(item, self._timestamp())
        mark = thread.seen.get(reader.pk)
        if reader in thread.audience and (mark is None or int(mark.item_id) < int(item.item_id)):
            thread.seen[reader.pk] = Seen(item.item_id, receipt.timestamp)
            path = f"/direct_v2/threads/{thread.thread_id}/participants/{reader.pk}/has_seen"
            self._sync(thread, Patch("replace", path, seen_json(item.item_id, receipt.timestamp)), client_context)
        return receipt

    def watch(self, viewer: Account, item: Item, client_context: str | None = None) -> Receipt:
        """Notes that a photo or video that may be viewed once was viewed.

        Raises:
            Refused: the item is no such media.
        """
        visual = _visual_media(item)
        if viewer.pk not in visual["seen_user_ids"]:
            viewers = [*visual["seen_user_ids"], viewer.pk]
            item.data = {**item.data, "visual_media": {**visual, "seen_user_ids": viewers, "seen_count": len(viewers)}}
            self._tell_change_of(viewer, item, client_context)
        return Receipt(item, self._timestamp())

    def notify(self, viewer: Account, item: Item, description: str) -> None:
        """Tells what the viewer did with such a photo or video besides viewing it (form reported).

        Raises:
            Refused: the item is no such media.
        """
        _visual_media(item)
        action_log = {"description": description, "bold": [], "text_attributes": []}
        patch = Patch("notify", item.path, {"user_id": viewer.pk, "action_log": action_log})
        self._sync(self.thread(viewer, item.thread_id), patch)

    def indicate_activity(self, sender: Account, thread: Thread, status: int, client_context: str) -> int:
        """Tells the others that the sender types (1), records (2) or stopped (0); returns microseconds."""
        signal = Typed(sender, thread.thread_id, status, client_context, self._timestamp())
        if sender in thread.audience:
            for account in thread.audience:
                if account is not sender:
                    self._tell(account, signal)
        return signal.timestamp

    # --- helpers ------------------------------------------------------------------------------------------------------

    def _add_item(self, thread: Thread, item: Item) -> None:
        self._item_count += 1
        thread.items.append(item)
        if item.is_visual:
            thread.visual_items.append(item)

    def _tell_change_of(self, account: Account, item: Item, client_context: str | None = None) -> None:
        thread = self.thread(account, item.thread_id)
        self._sync(thread, Patch("replace", item.path, item_json(item)), client_context)

    def _receipt(self, sender: Account, client_context: str, receipt: Receipt) -> Receipt:
        """Remembers a receipt and gives it."""
        self._receipts[sender.pk, receipt.item.thread_id, client_context] = receipt
        if len(self._receipts) > RECEIPT_CAPACITY:
            self._receipts.popitem(last=False)
        return receipt

    def _user_card(self, pk: str) -> dict[str, Any]:
        account = self.accounts.by_pk(pk)
        return user_json(account) if account else {}

    def _quoted(self, thread: Thread, fields: Mapping[str, Any]) -> Item | None:
        wanted = fields.get("replied_to_item_id"), fields.get("replied_to_client_context")
        return next((item for item in thread.latest_first() if (item.item_id, item.client_context) == wanted), None)

    @staticmethod
    def _check_own(account: Account, item: Item) -> None:
        if item.user_id != account.pk:
            raise Refused(403, "only own messages can be changed or unsent")


def _visual_media(item: Item) -> dict[str, Any]:
    visual: dict[str, Any] | None = item.data.get("visual_media")
    if visual is None:
        raise Refused(400, "the item is no visual media")
    return visual


def _reaction_path(item: Item, reaction: Reaction) -> str:
    kind = "emojis" if reaction.emoji else "likes"
    return f"/direct_v2/threads/{item.thread_id}/items/{item.item_id}/reactions/{kind}/{reaction.sender_id}"
