"""What happens in Direct: messages, reactions, read marks, typing, threads."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import Field

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.events.base import Event, ItemEvent, ThreadEvent
from instagrapi.realtime.events.fields import Fields, Flag, Integer, Moment, Text, Words
from instagrapi.realtime.host import unsend_item
from instagrapi.realtime.replies import CommandHandle
from instagrapi.types import (
    HEART,
    Content,
    DirectMessage,
    DirectThread,
    ItemReaction,
    Media,
    Mention,
    content_of,
    mentions_of,
    reactions_of,
)

_ACTIVITIES = {0: "off", 1: "text", 2: "visual"}


class MessageEvent(ItemEvent):
    """What the events about one message have in common.

    The fields are read when the event is made; ``content``, ``media``, ``mentions``, ``reactions`` and ``replied_to``
    when they are first asked for.

    Attributes:
        op: ``add``, ``replace`` or ``remove``.
        user_id: the sender.
        item_type: as Instagram names it; the set is open.
        client_context: the sender's own token for the message.
        mutation_token: the token of the command that caused the event; may differ from ``client_context``.
        timestamp: when it was sent, to the microsecond.
        from_me: whether the account itself is the sender; ``None`` when the sender is not known.
        item: the whole item as Instagram wrote it.
    """

    op: Text = None
    user_id: Text = None
    item_type: Text = None
    text: Words = Field(default=None, repr=False)
    client_context: Text = None
    mutation_token: Text = None
    timestamp: Moment = None
    from_me: bool | None = None
    item: Fields = Field(default=None, repr=False, exclude=True)

    @cached_property
    def content(self) -> Content:
        """What the message holds, as one of the classes of :mod:`instagrapi.types`; never raises."""
        return content_of(self.item or {"item_type": self.item_type, "text": self.text})

    @property
    def media(self) -> Media | None:
        """What there is to look at or listen to."""
        return self.content.media

    @cached_property
    def mentions(self) -> list[Mention]:
        """Who is mentioned in the text."""
        return mentions_of(self.item or {})

    @cached_property
    def reactions(self) -> list[ItemReaction]:
        """The reactions that the message has already."""
        return reactions_of(self.item or {})

    @cached_property
    def replied_to(self) -> DirectMessage | None:
        """The message that this one quotes."""
        quoted = (self.item or {}).get("replied_to_message")
        return DirectMessage.model_validate(quoted) if isinstance(quoted, Mapping) and quoted else None

    def is_echo_of(self, client_context: str | Mapping[str, Any] | None) -> bool:
        """Whether this is the account's own command coming back.

        Args:
            client_context: that of the command, what the command returned, or the answer to it.
        """
        if isinstance(client_context, Mapping):
            payload = client_context.get("payload")  # that of an answer
            client_context = (payload if isinstance(payload, Mapping) else client_context).get("client_context")
        if not client_context:
            return False
        tokens = (self.client_context, self.mutation_token)
        return any(token is not None and token.casefold() == str(client_context).casefold() for token in tokens)

    def reply(self, text: str, *, quote: bool = True, client_context: str | None = None) -> CommandHandle:
        """Sends a text that quotes the message.

        Args:
            text: what to say.
            quote: whether to quote; a message that came without a client context cannot be quoted.
            client_context: makes a repetition harmless: the same one is never sent twice.
        """
        pair = (self.item_id, self.client_context) if self.item_id and self.client_context else None
        return self._commands().direct_send_text(
            self.thread_id or "", text, client_context, reply_to=pair if quote else None
        )

    def mark_visual_item_seen(self) -> CommandHandle:
        """Tells Instagram that a disappearing photo or video was watched."""
        return self._commands().direct_mark_visual_item_seen(self.thread_id or "", self.item_id or "")

    def download(self, path: str | os.PathLike[str], **options: Any) -> Path:
        """Saves the photo, video or recording of the message, with a new link when the old one has ended.

        Args:
            path: of the file.
            options: of ``Client.media_download``, which does it.

        Raises:
            RealtimeConfigError: the client cannot download.
            ClientError, OSError: see there; ``MediaUnavailable`` when there is nothing to download.
        """
        download = getattr(self._host(), "media_download", None)
        if download is None:
            raise RealtimeConfigError("the client of this event has no media_download")
        return Path(download(self, path, **options))

    def unsend(self) -> None:
        """Takes the message back, which works for the account's own; over HTTP, as there is no such command.

        Raises:
            ClientError: the request failed.
        """
        unsend_item(self._host(), self.thread_id or "", self.item_id or "")

    def _target_item_type(self) -> str | None:
        return self.item_type


class Message(MessageEvent):
    """A message arrived in a thread, also one that the account sent itself."""

    kind = "message"


class MessageUpdate(MessageEvent):
    """A message changed: edited, its media became available, its reactions were folded in."""

    kind = "message_update"


class MessageDelete(MessageEvent):
    """A message was unsent. Only its ids are known."""

    kind = "message_delete"


class VisualMessage(MessageEvent):
    """A disappearing photo or video arrived."""

    kind = "visual_message"


class Reaction(ItemEvent):
    """Somebody reacted to a message, or took the reaction back (``op`` is ``remove``).

    Attributes:
        op: ``add``, ``replace`` or ``remove``.
        user_id: who reacted.
        emoji: none means the plain heart.
        timestamp: when.
        from_me: whether it was the account itself.
    """

    kind = "reaction"
    op: Text = None
    user_id: Text = None
    emoji: Text = None
    timestamp: Moment = None
    client_context: Text = None
    from_me: bool | None = None

    @property
    def symbol(self) -> str:
        """The emoji, the heart when there is none."""
        return self.emoji or HEART

    @property
    def is_removed(self) -> bool:
        """Whether it was taken back."""
        return self.op == "remove"


class Seen(ItemEvent):
    """Somebody read a thread up to an item.

    Attributes:
        user_id: who read.
        timestamp: when.
        from_me: whether it was the account itself, on another device perhaps.
    """

    kind = "seen"
    user_id: Text = None
    timestamp: Moment = None
    from_me: bool | None = None


class Typing(ThreadEvent):
    """Somebody types, or stopped.

    Attributes:
        sender_id: who.
        is_active: false when they stopped.
        activity_status: 0 stopped, 1 typing, 2 recording or taking a photo.
        ttl: how long it holds, in milliseconds.
        timestamp: since when.
    """

    kind = "typing"
    sender_id: Text = None
    is_active: bool = False
    activity_status: Integer = None
    ttl: Integer = None
    timestamp: Moment = None

    @property
    def activity(self) -> str | None:
        """``off``, ``text`` or ``visual``."""
        return _ACTIVITIES.get(self.activity_status if self.activity_status is not None else int(self.is_active))

    @property
    def expires_at(self) -> datetime | None:
        """When the mark is to be taken down unless another one comes."""
        if self.timestamp is None or self.ttl is None:
            return None
        try:
            return self.timestamp + timedelta(milliseconds=self.ttl)
        except OverflowError:
            return None


class Presence(Event):
    """Somebody came online or left.

    Attributes:
        last_activity_at_ms: milliseconds since 1970, as text.
    """

    kind = "presence"
    user_id: Text = None
    is_active: Flag = None
    last_activity_at_ms: Text = None


class ThreadUpdate(ThreadEvent):
    """A thread changed, or appeared.

    Attributes:
        op: ``add``, ``replace``, ``remove`` or ``notify``.
        field: what of it: the first segment of the path after the thread id, ``thread`` for the whole object.
        user_id: whom it is about, where the path says so, as for an admin who was added.
        value: the new value, parsed.
    """

    kind = "thread_update"
    op: Text = None
    field: Text = None
    user_id: Text = None
    value: Any = Field(default=None, repr=False, exclude=True)

    @cached_property
    def thread(self) -> DirectThread | None:
        """The thread, when the whole object came."""
        whole = self.field == "thread" and isinstance(self.value, Mapping)
        return DirectThread.model_validate(self.value) if whole else None


class ThreadRemove(ThreadEvent):
    """A thread left the inbox."""

    kind = "thread_remove"
    op: Text = None
    field: Text = None


class UnseenCount(Event):
    """How many threads of an inbox are unread.

    Attributes:
        inbox: ``inbox`` or ``visual_inbox``.
    """

    kind = "unseen_count"
    inbox: Text = None
    count: Integer = None
