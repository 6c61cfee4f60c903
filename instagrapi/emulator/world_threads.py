"""Threads: who takes part in them, what they are called, and in whose inbox they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from instagrapi.emulator.iris import Patch
from instagrapi.emulator.model import FIRST_THREAD_ID, FIRST_THREAD_V2_ID, Account, Refused, Thread
from instagrapi.emulator.world_core import WorldCore


class WorldThreads(WorldCore):
    """The part of the world that makes and changes threads.

    What changes for everybody is told to everybody, with the whole thread where no path of its own is known. That
    everybody is told at once, and who may change what, is assumed.
    """

    def direct_thread(self, one: Account, other: Account) -> Thread:
        """The thread of two accounts, made if need be, of which nobody is told.

        Raises:
            ValueError: it is twice the same account.
        """
        return self._direct_thread(one, other) or self._add_thread((one, other))

    def request_thread(self, sender: Account, recipient: Account, *, hidden: bool = False) -> Thread:
        """The thread in which a stranger writes to somebody who has not accepted that yet, made if need be.

        Args:
            hidden: whether a new one is taken for spam.

        Raises:
            ValueError: it is twice the same account.
            Refused: the two have a thread already.
        """
        thread = self._direct_thread(sender, recipient)
        if thread is None:
            thread = self._add_thread((sender, recipient))
            thread.pending_for.add(recipient.pk)
            if hidden:
                thread.spam_for.add(recipient.pk)
        elif recipient.pk not in thread.pending_for:
            raise Refused(400, f"{recipient.username} is no stranger")
        return thread

    def create_group(self, members: Sequence[Account], title: str) -> Thread:
        """A new thread of several accounts; the first one is its admin.

        Raises:
            ValueError: there are fewer than two different members.
        """
        unique = tuple(dict.fromkeys(members))
        if len(unique) < 2:
            raise ValueError("a group has at least two members")
        thread = self._add_thread(unique, title=title, is_group=True)
        thread.admins.append(unique[0].pk)
        for account in thread.participants:
            self._sync_thread("add", thread, account)
        return thread

    def _direct_thread(self, one: Account, other: Account) -> Thread | None:
        if one is other:
            raise ValueError("an account has no thread with itself")
        for thread in self._threads[one.pk]:
            if not thread.is_group and other in thread.participants:
                return thread
        return None

    def _add_thread(self, participants: tuple[Account, ...], *, title: str = "", is_group: bool = False) -> Thread:
        thread = Thread(
            thread_id=str(FIRST_THREAD_ID + self._thread_count),
            thread_v2_id=str(FIRST_THREAD_V2_ID + self._thread_count),
            participants=participants,
            inviter=participants[0],
            created_at=self._timestamp(),
            title=title,
            is_group=is_group,
        )
        self._thread_count += 1
        for account in participants:
            self._threads[account.pk].append(thread)
        return thread

    # --- groups -------------------------------------------------------------------------------------------------------

    def rename(self, account: Account, thread: Thread, title: str) -> None:
        """Gives a group another name."""
        self._member(account, thread)
        thread.title = title
        self._tell_change(thread)

    def set_image(self, account: Account, thread: Thread, image: dict[str, Any]) -> None:
        """Gives a group another image."""
        self._member(account, thread)
        thread.image = image
        self._sync(thread, Patch("replace", f"{_path(thread)}/thread_image", image))

    def add_participant(self, account: Account, thread: Thread, other: Account) -> None:
        """Adds somebody to a group; harmless when they are in it. To the newcomer the thread appears.

        Where an admin has to approve new members, those of others wait for that, and nobody is told (assumed).
        """
        self._member(account, thread)
        if other in thread.participants:
            return
        if thread.is_approval_required and account.pk not in thread.admins:
            if other not in thread.awaiting:
                thread.awaiting.append(other)
            return
        if other in thread.awaiting:
            thread.awaiting.remove(other)
        thread.participants = (*thread.participants, other)
        if other in thread.left:
            thread.left.remove(other)
        else:
            self._threads[other.pk].append(thread)
        self._tell_change(thread, newcomer=other)

    def approve_participants(self, account: Account, thread: Thread, others: Sequence[Account]) -> None:
        """Lets those into a group who wait for it.

        Raises:
            Refused: the account is no admin of it, or somebody does not wait.
        """
        self._member(account, thread, admin=True)
        if not all(other in thread.awaiting for other in others):
            raise Refused(400, "somebody does not wait to be approved")
        for other in others:
            self.add_participant(account, thread, other)

    def remove_participant(self, account: Account, thread: Thread, other: Account) -> None:
        """Takes somebody out of a group, or oneself.

        Raises:
            Refused: they are not in it, or the account is no admin and means somebody else.
        """
        self._member(account, thread, admin=other is not account)
        self._member(other, thread)
        thread.participants = tuple(member for member in thread.participants if member is not other)
        thread.left.append(other)
        if other.pk in thread.admins:
            thread.admins.remove(other.pk)
        self._tell_change(thread)
        self._sync_removal(thread, other, None)

    def set_admin(self, account: Account, thread: Thread, other: Account, is_admin: bool) -> None:
        """Makes somebody an admin, or takes that back; harmless when it is so already."""
        self._member(account, thread, admin=True)
        self._member(other, thread)
        if (other.pk in thread.admins) is is_admin:
            return
        if is_admin:
            thread.admins.append(other.pk)
            op = "add"
        else:
            thread.admins.remove(other.pk)
            op = "remove"
        self._sync(thread, Patch(op, f"{_path(thread)}/admin_user_ids/{other.pk}", other.pk))

    def require_approval(self, account: Account, thread: Thread, is_required: bool) -> None:
        """Says whether an admin has to approve new members."""
        self._member(account, thread, admin=True)
        thread.is_approval_required = is_required
        self._sync(thread, Patch("replace", f"{_path(thread)}/approval_required_for_new_members", is_required))

    def _member(self, account: Account, thread: Thread, *, admin: bool = False) -> None:
        """Checks that an account may change a group, or be changed in it."""
        if not thread.is_group:
            raise Refused(400, "the thread is no group")
        if account not in thread.participants:
            raise Refused(404, f"{account.username} is not in the group")
        if admin and account.pk not in thread.admins:
            raise Refused(403, f"{account.username} is no admin of the group")

    def _tell_change(self, thread: Thread, newcomer: Account | None = None) -> None:
        for account in thread.audience:
            self._sync_thread("add" if account is newcomer else "replace", thread, account)

    # --- one's own inbox ----------------------------------------------------------------------------------------------

    def mute(self, account: Account, thread: Thread, is_muted: bool) -> None:
        """Ends pushes from a thread, or wants them again; only the account itself is told."""
        if is_muted:
            thread.muted_by.add(account.pk)
        else:
            thread.muted_by.discard(account.pk)
        self._sync_thread("replace", thread, account)

    def mute_video_calls(self, account: Account, thread: Thread, is_muted: bool) -> None:
        """Mutes the video calls of a thread, or no longer; only the account itself is told."""
        if is_muted:
            thread.vc_muted_by.add(account.pk)
        else:
            thread.vc_muted_by.discard(account.pk)
        self._sync_thread("replace", thread, account)

    def mark_unread(self, account: Account, thread: Thread) -> None:
        """Puts a thread aside until the account reads in it; only the account itself is told."""
        thread.marked_unread_by.add(account.pk)
        self._sync_thread("replace", thread, account)

    def hide(self, account: Account, thread: Thread) -> None:
        """Removes a thread from the account's inbox until something is written to it; harmless when repeated."""
        if thread.is_in_inbox_of(account):
            thread.hidden_from.add(account.pk)
            self._sync_removal(thread, account, {})

    def show(self, account: Account, thread: Thread) -> None:
        """Puts a thread that was hidden back to where it was; harmless when it is there."""
        if account.pk in thread.hidden_from:
            thread.hidden_from.remove(account.pk)
            if thread.is_in_inbox_of(account):
                self._sync_thread("add", thread, account)

    def approve(self, account: Account, thread: Thread) -> None:
        """Accepts a message request, which moves the thread to the inbox; harmless when it is none."""
        if account.pk in thread.pending_for:
            for pks in (thread.pending_for, thread.spam_for, thread.hidden_from):
                pks.discard(account.pk)
            self._sync_thread("add", thread, account)

    def decline(self, account: Account, thread: Thread) -> None:
        """Turns a message request down: it is gone until the stranger writes again (assumed).

        Raises:
            Refused: the thread is no request.
        """
        if account.pk not in thread.pending_for:
            raise Refused(400, "the thread is no message request")
        thread.hidden_from.add(account.pk)


def _path(thread: Thread) -> str:
    return f"/direct_v2/threads/{thread.thread_id}"
