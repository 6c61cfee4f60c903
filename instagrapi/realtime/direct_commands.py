"""The Direct commands that go over the realtime connection."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from instagrapi.realtime.replies import CommandHandle
from instagrapi.realtime.wire import commands


class DirectCommands(ABC):
    """Sends commands on topic 132.

    Each returns at once with the dictionary of instagrapi 3.x (``thread_id``, ``action``, ``client_context``), whose
    ``result(timeout=…)`` waits for the server's answer. ``client_context`` is made up when it is not given; repeating a
    command with the context of one that the server accepted sends nothing and returns the earlier answer.

    Every command raises ``NotConnectedError`` without a connection and ``ConnectionLost`` when it breaks.
    """

    @abstractmethod
    def _send_command(self, body: commands.Body) -> CommandHandle:
        """Publishes a command and keeps track of its answer."""

    @staticmethod
    def new_client_context() -> str:
        """A fresh client context: unique per message, otherwise free in form."""
        return str(uuid.uuid4())

    def direct_send_text(
        self,
        thread_id: int | str,
        text: str,
        client_context: str | None = None,
        *,
        reply_to: tuple[str, str] | None = None,
        mentioned_user_ids: Sequence[int | str] = (),
    ) -> CommandHandle:
        """Sends a text.

        Args:
            thread_id: the thread.
            text: what to say.
            client_context: see the class.
            reply_to: item id and client context of the message to quote.
            mentioned_user_ids: ids of the users whose ``@names`` are in the text.
        """
        context = client_context or self.new_client_context()
        return self._send_command(
            commands.text(thread_id, text, context, reply_to=reply_to, mentioned_user_ids=mentioned_user_ids)
        )

    def direct_reply(
        self,
        thread_id: int | str,
        item_id: str,
        item_client_context: str,
        text: str,
        client_context: str | None = None,
    ) -> CommandHandle:
        """Sends a text that quotes an item; the server wants the item's client context too."""
        return self.direct_send_text(thread_id, text, client_context, reply_to=(item_id, item_client_context))

    def direct_send_link(
        self, thread_id: int | str, text: str, urls: Iterable[str], client_context: str | None = None
    ) -> CommandHandle:
        """Sends a text with previews of the URLs that it contains."""
        return self._send_command(commands.link(thread_id, text, urls, client_context or self.new_client_context()))

    def direct_send_like(self, thread_id: int | str, client_context: str | None = None) -> CommandHandle:
        """Sends a heart as a message of its own."""
        return self._send_command(commands.like(thread_id, client_context or self.new_client_context()))

    def direct_send_hashtag(
        self, thread_id: int | str, hashtag: str, text: str = "", client_context: str | None = None
    ) -> CommandHandle:
        """Shares a hashtag, named without ``#``."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.hashtag(thread_id, hashtag, text, context))

    def direct_send_location(
        self, thread_id: int | str, venue_id: int | str, text: str = "", client_context: str | None = None
    ) -> CommandHandle:
        """Shares a place."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.location(thread_id, str(venue_id), text, context))

    def direct_send_profile(
        self, thread_id: int | str, user_id: int | str, text: str = "", client_context: str | None = None
    ) -> CommandHandle:
        """Shares a user's profile."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.profile(thread_id, str(user_id), text, context))

    def direct_send_media_share(
        self, thread_id: int | str, media_id: str, text: str = "", client_context: str | None = None
    ) -> CommandHandle:
        """Shares a post; ``media_id`` is ``<pk>_<owner>``."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.media_share(thread_id, media_id, text, context))

    def direct_send_story_share(
        self, thread_id: int | str, media_id: str, text: str = "", client_context: str | None = None
    ) -> CommandHandle:
        """Shares a story."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.story_share(thread_id, media_id, text, context))

    def direct_send_reaction(
        self,
        thread_id: int | str,
        item_id: str,
        emoji: str = "",
        reaction_type: str = "like",
        reaction_status: str = "created",
        target_item_type: str = "text",
        client_context: str | None = None,
    ) -> CommandHandle:
        """Reacts to an item; no emoji is the plain heart, ``reaction_status="deleted"`` takes a reaction back."""
        return self._send_command(
            commands.reaction(
                thread_id,
                item_id,
                client_context or self.new_client_context(),
                emoji=emoji,
                reaction_type=reaction_type,
                reaction_status=reaction_status,
                target_item_type=target_item_type,
            )
        )

    def direct_delete_reaction(
        self,
        thread_id: int | str,
        item_id: str,
        emoji: str = "",
        target_item_type: str = "text",
        client_context: str | None = None,
    ) -> CommandHandle:
        """Takes the account's reaction to an item back."""
        return self.direct_send_reaction(
            thread_id,
            item_id,
            emoji,
            reaction_status="deleted",
            target_item_type=target_item_type,
            client_context=client_context,
        )

    def direct_mark_seen(self, thread_id: int | str, item_id: str) -> CommandHandle:
        """Marks a thread as read up to an item."""
        return self._send_command(commands.mark_seen(thread_id, item_id))

    def direct_mark_visual_item_seen(self, thread_id: int | str, item_id: str) -> CommandHandle:
        """Marks a disappearing photo or video as watched."""
        return self._send_command(commands.mark_visual_item_seen(thread_id, item_id))

    def direct_indicate_activity(
        self, thread_id: int | str, is_active: bool = True, client_context: str | None = None
    ) -> CommandHandle:
        """Shows the others that the account types, or no longer does."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.indicate_activity(thread_id, is_active, context))
