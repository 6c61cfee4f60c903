"""The Direct commands that go over the realtime connection."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Unpack

from instagrapi.realtime.replies import CommandHandle
from instagrapi.realtime.wire import commands
from instagrapi.realtime.wire.arguments import Id
from instagrapi.realtime.wire.commands import ItemOptions, ReplyTo


class DirectCommands(ABC):
    """Sends commands on topic 132.

    Each returns at once with the dictionary of instagrapi 3.x (``thread_id``, ``action``, ``client_context``), whose
    ``result(timeout=…)`` waits for the server's answer. Ids are numbers or text.

    ``client_context`` is the command's own token: free in form, unique per message, made up when it is not given. It
    comes back with the answer and with the message. Repeating a command with the context of one that the server
    accepted sends nothing and returns the earlier answer.

    What sends an item also takes, by name, ``vanish_mode`` (whether the item belongs to vanish mode; ``None``, the
    default, does not say) and ``offline_threading_id`` (whether to say the client context under this name too, as
    apps do; ``False`` by default).

    Every command raises ``RealtimeConfigError`` for an argument that cannot be right (an empty id, no text, an unknown
    status), before anything is sent, ``NotConnectedError`` without a connection and ``ConnectionLost`` when it breaks.
    Photos, videos and voice messages cannot be sent this way, and nothing can be unsent: that takes HTTP.
    """

    @abstractmethod
    def _send_command(self, body: commands.Body) -> CommandHandle:
        """Publishes a command and keeps track of its answer."""

    @staticmethod
    def new_client_context() -> str:
        """A fresh client context: unique per message, otherwise free in form."""
        return str(uuid.uuid4())

    # --- messages --------------------------------------------------------------------------------------------------

    def direct_send_text(
        self,
        thread_id: Id,
        text: str,
        client_context: Id | None = None,
        *,
        reply_to: ReplyTo | None = None,
        mentioned_user_ids: Id | Iterable[Id] = (),
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Sends a text.

        Args:
            thread_id: the thread.
            text: what to say.
            client_context: see the class.
            reply_to: item id and client context of the message to quote; the server wants both.
            mentioned_user_ids: ids of the users whose ``@names`` are in the text.
            options: see the class.
        """
        context = client_context or self.new_client_context()
        return self._send_command(
            commands.text(thread_id, text, context, reply_to=reply_to, mentioned_user_ids=mentioned_user_ids, **options)
        )

    def direct_reply(
        self,
        thread_id: Id,
        item_id: Id,
        item_client_context: Id,
        text: str,
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Sends a text that quotes an item; the server wants the item's client context too."""
        reply_to = (item_id, item_client_context)
        return self.direct_send_text(thread_id, text, client_context, reply_to=reply_to, **options)

    def direct_send_link(
        self,
        thread_id: Id,
        text: str,
        urls: str | Iterable[str],
        client_context: Id | None = None,
        *,
        reply_to: ReplyTo | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Sends a text with previews of the URLs that it contains; ``reply_to`` as for a text."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.link(thread_id, text, urls, context, reply_to=reply_to, **options))

    def direct_send_like(
        self, thread_id: Id, client_context: Id | None = None, **options: Unpack[ItemOptions]
    ) -> CommandHandle:
        """Sends a heart as a message of its own."""
        return self._send_command(commands.like(thread_id, client_context or self.new_client_context(), **options))

    # --- shares ----------------------------------------------------------------------------------------------------

    def direct_send_hashtag(
        self,
        thread_id: Id,
        hashtag: str,
        text: str = "",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Shares a hashtag, named without ``#``."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.hashtag(thread_id, hashtag, text, context, **options))

    def direct_send_location(
        self,
        thread_id: Id,
        venue_id: Id,
        text: str = "",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Shares a place."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.location(thread_id, venue_id, text, context, **options))

    def direct_send_profile(
        self,
        thread_id: Id,
        user_id: Id,
        text: str = "",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Shares a user's profile."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.profile(thread_id, user_id, text, context, **options))

    def direct_send_media_share(
        self,
        thread_id: Id,
        media_id: Id,
        text: str = "",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Shares a post; ``media_id`` is ``<pk>_<owner>``."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.media_share(thread_id, media_id, text, context, **options))

    def direct_send_story_share(
        self,
        thread_id: Id,
        media_id: Id,
        text: str = "",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Shares a story; ``media_id`` is ``<pk>_<owner>``."""
        context = client_context or self.new_client_context()
        return self._send_command(commands.story_share(thread_id, media_id, text, context, **options))

    # --- reactions -------------------------------------------------------------------------------------------------

    def direct_send_reaction(
        self,
        thread_id: Id,
        item_id: Id,
        emoji: str = "",
        reaction_type: str = "like",
        reaction_status: str = "created",
        target_item_type: str | None = "text",
        client_context: Id | None = None,
        *,
        reaction_action_source: str | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Reacts to an item, in place of an earlier reaction, or takes the reaction back.

        Args:
            thread_id: the thread.
            item_id: the item.
            emoji: the empty text is the plain heart.
            reaction_type: only ``like`` is known; it covers every emoji.
            reaction_status: ``created``, or ``deleted`` to take it back.
            target_item_type: the item's type; ``None`` does not say.
            client_context: see the class.
            reaction_action_source: how a user would have done it, such as ``double_tap``; not said by default.
            options: see the class.
        """
        return self._send_command(
            commands.reaction(
                thread_id,
                item_id,
                client_context or self.new_client_context(),
                emoji=emoji,
                reaction_type=reaction_type,
                reaction_status=reaction_status,
                target_item_type=target_item_type,
                reaction_action_source=reaction_action_source,
                **options,
            )
        )

    def direct_delete_reaction(
        self,
        thread_id: Id,
        item_id: Id,
        emoji: str = "",
        target_item_type: str | None = "text",
        client_context: Id | None = None,
        **options: Unpack[ItemOptions],
    ) -> CommandHandle:
        """Takes the account's reaction to an item back."""
        return self.direct_send_reaction(
            thread_id,
            item_id,
            emoji,
            reaction_status="deleted",
            target_item_type=target_item_type,
            client_context=client_context,
            **options,
        )

    # --- read marks and activity -----------------------------------------------------------------------------------

    def direct_mark_seen(
        self,
        thread_id: Id,
        item_id: Id,
        client_context: Id | None = None,
        *,
        offline_threading_id: bool = False,
    ) -> CommandHandle:
        """Marks a thread as read up to an item. A client context is sent only if it is given."""
        return self._send_command(
            commands.mark_seen(thread_id, item_id, client_context or None, offline_threading_id=offline_threading_id)
        )

    def direct_mark_visual_item_seen(
        self,
        thread_id: Id,
        item_id: Id,
        client_context: Id | None = None,
        *,
        offline_threading_id: bool = False,
    ) -> CommandHandle:
        """Marks a disappearing photo or video as watched. A client context is sent only if it is given."""
        return self._send_command(
            commands.mark_visual_item_seen(
                thread_id, item_id, client_context or None, offline_threading_id=offline_threading_id
            )
        )

    def direct_indicate_activity(
        self,
        thread_id: Id,
        is_active: bool = True,
        client_context: Id | None = None,
        *,
        visual: bool = False,
        offline_threading_id: bool = False,
    ) -> CommandHandle:
        """Shows the others that the account types, or no longer does.

        The mark goes by itself after 10 to 22 seconds, as apps have it.

        Args:
            thread_id: the thread.
            is_active: whether it does.
            client_context: see the class.
            visual: it is not a text in the making but a photo, video or voice message.
            offline_threading_id: see the class.
        """
        context = client_context or self.new_client_context()
        return self._send_command(
            commands.indicate_activity(
                thread_id, is_active, context, visual=visual, offline_threading_id=offline_threading_id
            )
        )
