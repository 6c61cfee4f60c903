"""Threads: who is in them, what they are called, and in whose inbox they are."""

from __future__ import annotations

from instagrapi.emulator import content
from instagrapi.emulator.actor_core import ActorCore
from instagrapi.emulator.model import Thread


class ActorThreads(ActorCore):
    """The part of an actor that changes threads. Groups only, up to :meth:`leave`."""

    def thread_with(self, other: ActorCore) -> Thread:
        """The thread of the two, made if need be."""
        with self._hub.changing() as world:
            return world.direct_thread(self._account, other.account)

    def rename(self, thread: Thread, title: str) -> None:
        """Gives a group another name."""
        with self._hub.changing() as world:
            world.rename(self._account, self._thread(world, thread), title)

    def change_image(self, thread: Thread) -> None:
        """Gives a group another image."""
        with self._hub.changing() as world:
            image = content.photo(content.Source(world.new_media_id()))["media"]
            world.set_image(self._account, self._thread(world, thread), image)

    def add_to(self, thread: Thread, other: ActorCore) -> None:
        """Adds somebody to a group; harmless when they are in it."""
        with self._hub.changing() as world:
            world.add_participant(self._account, self._thread(world, thread), other.account)

    def remove_from(self, thread: Thread, other: ActorCore) -> None:
        """Takes somebody out of a group, which an admin can."""
        with self._hub.changing() as world:
            world.remove_participant(self._account, self._thread(world, thread), other.account)

    def make_admin(self, thread: Thread, other: ActorCore, is_admin: bool = True) -> None:
        """Makes somebody an admin of a group, or takes that back, which an admin can."""
        with self._hub.changing() as world:
            world.set_admin(self._account, self._thread(world, thread), other.account, is_admin)

    def require_approval(self, thread: Thread, is_required: bool = True) -> None:
        """Says whether new members of a group must be approved, which an admin can."""
        with self._hub.changing() as world:
            world.require_approval(self._account, self._thread(world, thread), is_required)

    def approve_in(self, thread: Thread, other: ActorCore) -> None:
        """Lets somebody into a group who was added and waits for an admin, which the account is."""
        with self._hub.changing() as world:
            world.approve_participants(self._account, self._thread(world, thread), [other.account])

    def leave(self, thread: Thread) -> None:
        """Leaves a group."""
        with self._hub.changing() as world:
            world.remove_participant(self._account, self._thread(world, thread), self._account)

    def mute(self, thread: Thread, is_muted: bool = True) -> None:
        """Wants no pushes from a thread, or wants them again."""
        with self._hub.changing() as world:
            world.mute(self._account, self._thread(world, thread), is_muted)

    def hide(self, thread: Thread) -> None:
        """Removes a thread from the own inbox, until something is written to it."""
        with self._hub.changing() as world:
            world.hide(self._account, self._thread(world, thread))

    def approve(self, thread: Thread) -> None:
        """Accepts a message request; harmless when it is none."""
        with self._hub.changing() as world:
            world.approve(self._account, self._thread(world, thread))

    def refuse_requests(self, is_refusing: bool = True) -> None:
        """Takes messages only from those to whom the account has written, or from everybody again."""
        with self._hub.changing():
            self._account.refuses_requests = is_refusing

    def decline(self, thread: Thread) -> None:
        """Turns a message request down."""
        with self._hub.changing() as world:
            world.decline(self._account, self._thread(world, thread))
