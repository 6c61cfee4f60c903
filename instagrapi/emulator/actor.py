"""A user of the emulated service, played by a test."""

from __future__ import annotations

from instagrapi.emulator.actor_core import ActorCore
from instagrapi.emulator.actor_items import ActorItems
from instagrapi.emulator.actor_threads import ActorThreads
from instagrapi.emulator.model import Item, Thread

_STOPPED, _TYPING, _RECORDING = 0, 1, 2


class Actor(ActorItems, ActorThreads):
    """Does what a person with the app would do. When a method returns, everybody concerned is being told.

    Where a method takes ``to``, it is another actor (their thread of two is meant) or a thread. All methods raise
    ``ValueError`` for what the service would refuse, such as an item that is gone or somebody else's thread.
    """

    # --- reacting and reading -----------------------------------------------------------------------------------------

    def react(self, item: Item, emoji: str = "", *, folded: bool = False) -> None:
        """Reacts to an item, in place of an earlier reaction; without an emoji it is the plain heart.

        Args:
            folded: whether everybody is told the whole item again instead of the reaction.
        """
        with self._hub.changing() as world:
            own, context = self._own_view(world, item), world.new_client_context()
            world.react(self._account, own, emoji, context, is_folded=folded)

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

    def watch(self, item: Item) -> None:
        """Views a photo that may be viewed once."""
        with self._hub.changing() as world:
            world.watch(self._account, self._own_view(world, item))

    def screenshot(self, item: Item) -> None:
        """Takes a screenshot of such a photo, of which everybody is notified."""
        with self._hub.changing() as world:
            world.notify(self._account, self._own_view(world, item), f"{self.username} took a screenshot")

    def replay(self, item: Item) -> None:
        """Views such a photo again, of which everybody is notified."""
        with self._hub.changing() as world:
            world.notify(self._account, self._own_view(world, item), f"{self.username} replayed your photo")

    def typing(self, to: ActorCore | Thread, active: bool = True) -> None:
        """Starts typing, or stops."""
        self._indicate(to, _TYPING if active else _STOPPED)

    def recording(self, to: ActorCore | Thread) -> None:
        """Starts to take a picture or to record."""
        self._indicate(to, _RECORDING)

    def last_message_from(self, other: ActorCore) -> Item | None:
        """The newest item of the other in any thread of the actor's inbox; ``None`` without one."""
        with self._hub.changing() as world:
            items = (
                item
                for thread in world.threads_of(self._account)
                for item in thread.latest_first()
                if item.user_id == other.pk
            )
            return max(items, key=lambda item: item.timestamp, default=None)

    # --- beside the threads -------------------------------------------------------------------------------------------

    def presence(self, active: bool = True) -> None:
        """Is shown as active, or no longer."""
        with self._hub.changing() as world:
            world.set_presence(self._account, active)

    def live(self, active: bool = True) -> str | None:
        """Goes live, or ends it; gives the id of the broadcast that runs."""
        with self._hub.changing() as world:
            if active:
                return world.start_live(self._account)
            world.end_live(self._account)
            return None

    def comment(self, on_live_of: ActorCore, text: str) -> None:
        """Comments on the live broadcast of somebody, or on the own one."""
        with self._hub.changing() as world:
            world.comment(self._account, on_live_of.account, text)

    def call(self, to: ActorCore | Thread, message_type: int | str = 1) -> str:
        """Tells the others about a video call, by what kind of message; gives the call's id."""
        with self._hub.changing() as world:
            return world.call(self._account, self._thread(world, to), message_type)

    def push(self, to: ActorCore, collapse_key: str, *, message: str = "", action: str = "") -> None:
        """Causes a push to somebody about anything but a message.

        Args:
            collapse_key: its kind, such as ``new_follower``, ``like``, ``comment`` or ``live_broadcast``.
            message: its text.
            action: where a tap leads, such as ``user?username=alice`` or ``media?id=1_2``.
        """
        with self._hub.changing() as world:
            world.notify_by_push(self._account, to.account, collapse_key, message, action)

    def _indicate(self, to: ActorCore | Thread, status: int) -> None:
        with self._hub.changing() as world:
            world.indicate_activity(self._account, self._thread(world, to), status, world.new_client_context())
