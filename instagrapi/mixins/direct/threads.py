"""What can be done with a thread, and with a message in it, over HTTP.

Which requests travel signed follows instagrapi (wire page).
"""

from __future__ import annotations

from instagrapi.exceptions import ClientError, DirectMessageNotFound, DirectThreadNotFound
from instagrapi.http.broadcast import new_client_context
from instagrapi.http.forms import compact_json
from instagrapi.http.ids import Id, Ids, each_id, id_text, known_id
from instagrapi.mixins.direct.posting import DirectPostingMixin
from instagrapi.mixins.missing import missing_as
from instagrapi.realtime.host import fetch_thread, unsend_item
from instagrapi.types.lenient import mapping, objects


class DirectThreadsMixin(DirectPostingMixin):
    """Methods that change a thread. Ids are numbers or text.

    All but the first return ``True``. Each raises ``ValueError`` for what is no id, ``DirectThreadNotFound``, or
    ``DirectMessageNotFound`` where a message is named (Instagram does not say which of the two is missing), and
    ``ClientError`` as :meth:`private_request` does.
    """

    # --- groups -----------------------------------------------------------------------------------------------------

    def direct_thread_create(self, user_ids: Ids, title: str = "") -> str:
        """Makes a group with at least two others and returns the thread's id. Repeating it may make another group.

        Raises:
            ValueError: there are fewer than two others.
            ClientError: the answer does not name the thread; see also :meth:`private_request`.
        """
        others = list(dict.fromkeys(each_id("user_ids", user_ids)))
        if len(others) < 2:
            raise ValueError("a group needs two others at least")
        form = {
            "_uuid": self.uuid,
            "_uid": self.user_id or "",
            "client_context": new_client_context(self._clock()),
            "is_partnership_folder": "false",
            "recipient_users": compact_json(others),
            "thread_title": title,
        }
        answer = self.private_request("direct_v2/create_group_thread/", form)
        # The answer is the thread itself; in older ones the thread is inside.
        thread_id = known_id(answer.get("thread_id")) or known_id(mapping(answer.get("thread")).get("thread_id"))
        if thread_id is None:
            raise ClientError("The answer does not name the new thread; look for it in the inbox.", body=answer)
        return thread_id

    def direct_thread_update_title(self, thread_id: Id, title: str) -> bool:
        """Gives a group another name."""
        self._change_thread(thread_id, "update_title", {"title": title})
        return True

    def direct_thread_add_users(self, thread_id: Id, user_ids: Ids) -> bool:
        """Adds users to a group. Where an admin has to approve new members, they wait for that.

        Raises:
            ValueError: besides what the class says, there is nobody to add.
        """
        self._change_thread(thread_id, "add_user", {"user_ids": _somebody(user_ids)})
        return True

    def direct_thread_approve_participants(self, thread_id: Id, user_ids: Ids) -> bool:
        """Lets users into a group who wait for an admin's approval (reported of instagram-private-api).

        Raises:
            ValueError: besides what the class says, there is nobody to approve.
        """
        fields = {"user_ids": _somebody(user_ids), "share_join_chat_story": True}
        self._change_thread(thread_id, "approve_participant_requests", fields)
        return True

    def direct_thread_leave(self, thread_id: Id) -> bool:
        """Leaves a group (reported of instagram-private-api)."""
        self._change_thread(thread_id, "leave")
        return True

    # --- the own inbox ----------------------------------------------------------------------------------------------

    def direct_thread_hide(self, thread_id: Id, move_to_spam: bool = False) -> bool:
        """Removes a thread from the inbox, which the app calls deleting; the others keep it.

        Args:
            thread_id: the thread.
            move_to_spam: whether what comes from there in future goes to the hidden requests.
        """
        self._change_thread(thread_id, "hide", {"should_move_future_requests_to_spam": move_to_spam})
        return True

    def direct_thread_mute(self, thread_id: Id, revert: bool = False) -> bool:
        """Wants no pushes from a thread; with ``revert`` it wants them again."""
        self._change_thread(thread_id, "unmute" if revert else "mute", with_signature=True)
        return True

    def direct_thread_unmute(self, thread_id: Id) -> bool:
        """Wants pushes from a thread again."""
        return self.direct_thread_mute(thread_id, revert=True)

    def direct_thread_mute_video_call(self, thread_id: Id, revert: bool = False) -> bool:
        """Mutes the video calls of a thread; with ``revert`` no longer."""
        self._change_thread(thread_id, "unmute_video_call" if revert else "mute_video_call", with_signature=True)
        return True

    def direct_thread_unmute_video_call(self, thread_id: Id) -> bool:
        """No longer mutes the video calls of a thread."""
        return self.direct_thread_mute_video_call(thread_id, revert=True)

    def direct_thread_mark_unread(self, thread_id: Id) -> bool:
        """Shows a thread as unread, on all of the account's devices."""
        self._change_thread(thread_id, "mark_unread", with_signature=True)
        return True

    # --- messages ---------------------------------------------------------------------------------------------------

    def direct_message_seen(self, thread_id: Id, message_id: Id) -> bool:
        """Marks a thread as read up to a message."""
        thread, item, token = id_text("thread_id", thread_id), id_text("message_id", message_id), self._context(None)
        fields = {
            "thread_id": thread,
            "action": "mark_seen",
            "client_context": token,
            "offline_threading_id": token,
        }
        self._change_thread(thread, f"items/{item}/seen", fields, missing=DirectMessageNotFound)
        return True

    def direct_send_seen(self, thread_id: Id, message_id: Id | None = None) -> bool:
        """Marks a thread as read up to a message; without one, up to the newest, which costs a request to find it.

        Returns:
            whether there was anything to mark: ``False`` for a thread without messages.
        """
        if message_id is None:
            with missing_as(DirectThreadNotFound):
                items = objects(fetch_thread(self, id_text("thread_id", thread_id)).get("items"))
            message_id = next((found for item in items if (found := known_id(item.get("item_id")))), None)
        return message_id is not None and self.direct_message_seen(thread_id, message_id)

    def direct_message_delete(self, thread_id: Id, message_id: Id) -> bool:
        """Takes an own message back, for everybody."""
        thread, item = id_text("thread_id", thread_id), id_text("message_id", message_id)
        with missing_as(DirectMessageNotFound):
            unsend_item(self, thread, item)
        return True

    def direct_message_unsend(self, thread_id: Id, message_id: Id) -> bool:
        """Takes an own message back, for everybody; another name of :meth:`direct_message_delete`."""
        return self.direct_message_delete(thread_id, message_id)


def _somebody(user_ids: Ids) -> list[str]:
    users = each_id("user_ids", user_ids)
    if not users:
        raise ValueError("user_ids must name at least one user")
    return users
