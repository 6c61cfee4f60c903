"""Direct messages and threads."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from pydantic import AliasChoices, Field, model_validator

from instagrapi.types.content import Content
from instagrapi.types.entities import ItemReaction, Mention, mentions_of, reactions_of
from instagrapi.types.families import content_of
from instagrapi.types.lenient import Lenient
from instagrapi.types.moments import EPOCH, Timestamp
from instagrapi.types.users import UserShort


class DirectMessage(Lenient):
    """A message. What it holds is in ``content``, which is read from ``raw`` when it is first asked for."""

    id: str = Field(default="", validation_alias=AliasChoices("item_id", "id"))
    user_id: str = ""
    thread_id: str = ""
    timestamp: Timestamp = None
    item_type: str = ""
    #: The sender's own token for the message, the same over HTTP and realtime.
    client_context: str | None = None
    is_sent_by_viewer: bool | None = None
    is_shh_mode: bool | None = None
    text: str | None = Field(default=None, repr=False)
    #: As the server sends them; :attr:`item_reactions` tells them as objects.
    reactions: dict[str, Any] | None = None
    reply: DirectMessage | None = Field(default=None, validation_alias=AliasChoices("replied_to_message", "reply"))

    @cached_property
    def content(self) -> Content:
        """What the message holds, as one of the classes of :mod:`instagrapi.types`."""
        return content_of(self.raw)

    @cached_property
    def mentions(self) -> list[Mention]:
        """Who is mentioned in the text."""
        return mentions_of(self.raw)

    @cached_property
    def item_reactions(self) -> list[ItemReaction]:
        """The reactions to the message."""
        return reactions_of(self.raw)

    @property
    def replied_to(self) -> DirectMessage | None:
        """The message that this one quotes; another name of ``reply``."""
        return self.reply

    def is_echo_of(self, client_context: str | None) -> bool:
        """Whether the message is the one that was sent with that token; the server may change the case of a token."""
        if not client_context or not self.client_context:
            return False
        return self.client_context.casefold() == client_context.casefold()


class LastSeen(Lenient):
    """How far somebody has read a thread."""

    item_id: str = ""
    timestamp: Timestamp = None
    created_at: Timestamp = None


class DirectThread(Lenient):
    """A conversation with its latest messages, newest first."""

    id: str = Field(default="", validation_alias=AliasChoices("thread_id", "id"))
    #: The other, shorter id of the thread.
    pk: str = Field(default="", validation_alias=AliasChoices("thread_v2_id", "pk"))
    messages: list[DirectMessage] = Field(default_factory=list, validation_alias=AliasChoices("items", "messages"))
    #: Everybody but the own account.
    users: list[UserShort] = Field(default_factory=list)
    left_users: list[UserShort] = Field(default_factory=list)
    inviter: UserShort | None = None
    admin_user_ids: list[str] = Field(default_factory=list)
    viewer_id: str = ""
    thread_title: str = ""
    thread_type: str = ""
    last_activity_at: Timestamp = None
    #: By user id.
    last_seen_at: dict[str, LastSeen] = Field(default_factory=dict)
    muted: bool | None = None
    named: bool | None = None
    canonical: bool | None = None
    pending: bool | None = None
    archived: bool | None = None
    vc_muted: bool | None = None
    is_group: bool | None = None
    is_pin: bool | None = None
    mentions_muted: bool | None = None
    approval_required_for_new_members: bool | None = None
    is_close_friend_thread: bool | None = None
    shh_mode_enabled: bool | None = None
    marked_as_unread: bool | None = None
    folder: int | None = None
    input_mode: int | None = None
    read_state: int | None = None
    business_thread_folder: int | None = None
    assigned_admin_id: str | None = None
    has_older: bool | None = None
    oldest_cursor: str | None = None
    last_permanent_item: DirectMessage | None = None

    @model_validator(mode="after")
    def _tell_messages(self) -> Self:
        for message in self.messages:
            message.thread_id = message.thread_id or self.id
        return self

    def is_seen(self, user_id: str | int) -> bool:
        """Whether that user has read as far as everybody else has."""
        times = {user: seen.timestamp or EPOCH for user, seen in self.last_seen_at.items()}
        own = times.pop(str(user_id), EPOCH)
        return all(time <= own for time in times.values())
