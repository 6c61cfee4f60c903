"""A user of the emulated service, played by a test."""

from __future__ import annotations

from typing import Any

from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account, Item, Thread
from instagrapi.emulator.world import World


class Actor:
    """Does what a person with the app would do. When a method returns, everybody concerned is being told.

    Where a method takes ``to``, it is another actor (their thread of two is meant) or a thread. All methods raise
    ``ValueError`` for what the service would refuse, such as an item that is gone or somebody else's thread.
    """

    def __init__(self, hub: Hub, account: Account) -> None:
        self._hub = hub
        self._account = account

    def __repr__(self) -> str:
        return f"Actor({self.username!r}, pk={self.pk})"

    @property
    def account(self) -> Account:
        """The account behind the actor."""
        return self._account

    @property
    def pk(self) -> int:
        """The user id."""
        return self._account.pk

    @property
    def username(self) -> str:
        """The user name, in lower case."""
        return self._account.username

    @property
    def password(self) -> str:
        """What a program logs in with."""
        return self._account.password

    def new_session(self) -> str:
        """A ``sessionid`` as a login would give it, percent-encoded."""
        with self._hub.changing() as world:
            return world.accounts.open_session(self._account)

    def end_sessions(self) -> None:
        """Logs every program of the account out: HTTP and new connections refuse their sessions from now on."""
        with self._hub.changing() as world:
            for sessionid in list(self._account.sessions):
                world.accounts.end_session(sessionid)

    def thread_with(self, other: Actor) -> Thread:
        """The thread of the two, made if need be."""
        with self._hub.changing() as world:
            return world.direct_thread(self._account, other.account)

    def send(
        self, to: Actor | Thread, text: str, *, reply_to: Item | None = None, client_context: str | None = None
    ) -> Item:
        """Sends a text; a ``client_context`` that was used before gives the item of that time."""
        quote = {}
        if reply_to is not None:
            quote = {"replied_to_item_id": reply_to.item_id, "replied_to_client_context": reply_to.client_context}
        return self.share(to, "text", client_context=client_context, text=text, **quote)

    def share(self, to: Actor | Thread, item_type: str, *, client_context: str | None = None, **fields: Any) -> Item:
        """Sends an item of any type that ``send_item`` knows, with the command's own fields."""
        with self._hub.changing() as world:
            context = client_context or world.new_client_context()
            return world.send(self._account, self._thread(world, to), item_type, fields, context).item

    def send_raven(self, to: Actor | Thread, media_id: str) -> Item:
        """Sends a photo that may be viewed once."""
        with self._hub.changing() as world:
            return world.send_raven(self._account, self._thread(world, to), media_id).item

    def react(self, item: Item, emoji: str = "") -> None:
        """Reacts to an item, in place of an earlier reaction; without an emoji it is the plain heart."""
        with self._hub.changing() as world:
            world.react(self._account, self._own_view(world, item), emoji, world.new_client_context())

    def unreact(self, item: Item) -> None:
        """Takes the reaction to an item back; harmless when there is none."""
        with self._hub.changing() as world:
            world.unreact(self._account, self._own_view(world, item), world.new_client_context())

    def seen(self, what: Thread | Item) -> None:
        """Reads up to an item, or to the end of a thread."""
        with self._hub.changing() as world:
            if isinstance(what, Thread):
                item = next(self._thread(world, what).latest_first(), None)
                if item is None:
                    return
            else:
                item = self._own_view(world, what)
            world.mark_seen(self._account, item)

    def typing(self, to: Actor | Thread, active: bool = True) -> None:
        """Starts typing, or stops."""
        with self._hub.changing() as world:
            thread = self._thread(world, to)
            world.indicate_activity(self._account, thread, int(active), world.new_client_context())

    def unsend(self, item: Item) -> None:
        """Takes an own item back; harmless when it is gone already."""
        with self._hub.changing() as world:
            world.unsend(self._account, item)

    def presence(self, active: bool = True) -> None:
        """Is shown as active, or no longer."""
        with self._hub.changing() as world:
            world.set_presence(self._account, active)

    def live(self, active: bool = True) -> None:
        """Goes live, or ends it."""
        with self._hub.changing() as world:
            if active:
                world.start_live(self._account)
            else:
                world.end_live(self._account)

    def last_message_from(self, other: Actor) -> Item | None:
        """The newest item of the other in any thread that both take part in; ``None`` without one."""
        with self._hub.changing() as world:
            items = (
                item
                for thread in world.threads_of(self._account)
                for item in thread.latest_first()
                if item.user_id == other.pk
            )
            return max(items, key=lambda item: item.timestamp, default=None)

    def _thread(self, world: World, to: Actor | Thread) -> Thread:
        if isinstance(to, Actor):
            return world.direct_thread(self._account, to.account)
        return world.thread(self._account, to.thread_id)

    def _own_view(self, world: World, item: Item) -> Item:
        return world.item(world.thread(self._account, item.thread_id), item.item_id)
