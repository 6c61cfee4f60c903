"""Direct messages and threads."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Self

from pydantic import AliasChoices, BeforeValidator, Field, model_validator

from instagrapi.types.content import Content
from instagrapi.types.entities import ItemReaction, Mention, mentions_of, reactions_of
from instagrapi.types.families import content_of
from instagrapi.types.lenient import Ids, Lenient, Words
from instagrapi.types.media import Media, media_of
from instagrapi.types.moments import EPOCH, Timestamp
from instagrapi.types.users import UserShort


class DirectMessage(Lenient):
    """A message. What it holds is in ``content``, which is read from ``raw`` when it is first asked for.

    Attributes:
        user_id: the sender; empty where the server does not say it.
        timestamp: when it was sent, to the microsecond.
        item_type: as Instagram names it; the set is open.
        client_context: the sender's own token for the message, the same over HTTP and realtime.
        hide_in_thread: whether the apps do not show it, as with the line about a reaction.
        reactions: as the server sends them; :attr:`item_reactions` tells them as objects.
        reply: the message that this one quotes.
    """

    id: str = Field(default="", validation_alias=AliasChoices("item_id", "id"))
    user_id: str = ""
    thread_id: str = ""
    timestamp: Timestamp = None
    item_type: str = ""
    client_context: str | None = None
    is_sent_by_viewer: bool | None = None
    is_shh_mode: bool | None = None
    hide_in_thread: bool | None = None
    text: str | None = Field(default=None, repr=False)
    reactions: dict[str, Any] | None = None
    reply: DirectMessage | None = Field(default=None, validation_alias=AliasChoices("replied_to_message", "reply"))

    @cached_property
    def content(self) -> Content:
        """What the message holds, as one of the classes of :mod:`instagrapi.types`."""
        return content_of(self.raw)

    @property
    def media(self) -> Media | None:
        """What there is to look at or listen to; of a share perhaps only a preview."""
        return self.content.media

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
    """How far somebody has read a thread. Older payloads have no ``created_at``.

    Attributes:
        shh_seen_state: the same in messages that disappear, as the server sends it; mostly empty.
        disappearing_messages_seen_state: likewise.
    """

    item_id: str = ""
    timestamp: Timestamp = None
    created_at: Timestamp = None
    shh_seen_state: dict[str, Any] | None = None
    disappearing_messages_seen_state: dict[str, Any] | None = None


class DirectShortThread(Lenient):
    """A conversation without its messages, as a search shows it.

    Attributes:
        id: 39 digits; the one that events have.
        pk: the other, shorter id of the thread, which the server takes as well.
        users: everybody but the own account.
        thread_type: ``private``, also of groups.
        named: whether it was given a title.
        pending: whether it is a message request.
        viewer_id: the own account.
    """

    id: str = Field(default="", validation_alias=AliasChoices("thread_id", "id"))
    pk: str = Field(default="", validation_alias=AliasChoices("thread_v2_id", "pk"))
    users: list[UserShort] = Field(default_factory=list)
    thread_title: str = ""
    thread_type: str = ""
    named: bool | None = None
    canonical: bool | None = None
    pending: bool | None = None
    is_group: bool | None = None
    viewer_id: str = ""


def _image(value: object) -> Media | None:
    found = value if isinstance(value, Media) else media_of(value)
    return found.without_page() if found else None


class DirectThread(DirectShortThread):
    """A conversation with its latest messages, newest first.

    Cursors are passed on as they are: ``oldest_cursor`` leads to older messages as long as ``has_older``.

    Attributes:
        inviter: who began it; may be missing.
        last_seen_at: how far each has read, by user id.
        folder: 0 primary, 1 general.
        read_state: 0 read, 1 unread (assumed); :meth:`is_unread` does not rely on it.
        last_permanent_item: the newest message but for those that disappear.
        thread_image: of a group.
        theme: as the server sends it.
    """

    messages: list[DirectMessage] = Field(default_factory=list, validation_alias=AliasChoices("items", "messages"))
    left_users: list[UserShort] = Field(default_factory=list)
    inviter: UserShort | None = None
    admin_user_ids: Ids = Field(default_factory=list)
    last_activity_at: Timestamp = None
    last_non_sender_item_at: Timestamp = None
    last_seen_at: dict[str, LastSeen] = Field(default_factory=dict)
    muted: bool | None = None
    archived: bool | None = None
    vc_muted: bool | None = None
    is_pin: bool | None = None
    mentions_muted: bool | None = None
    approval_required_for_new_members: bool | None = None
    is_close_friend_thread: bool | None = None
    shh_mode_enabled: bool | None = None
    marked_as_unread: bool | None = None
    valued_request: bool | None = None
    folder: int | None = None
    input_mode: int | None = None
    read_state: int | None = None
    business_thread_folder: int | None = None
    thread_subtype: int | None = None
    thread_label: int | None = None
    assigned_admin_id: str | None = None
    video_call_id: Words = None
    has_older: bool | None = None
    has_newer: bool | None = None
    oldest_cursor: str | None = None
    newest_cursor: str | None = None
    next_cursor: str | None = None
    prev_cursor: str | None = None
    last_permanent_item: DirectMessage | None = None
    thread_image: Annotated[Media | None, BeforeValidator(_image)] = None
    theme: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _tell_messages(self) -> Self:
        for message in (*self.messages, *filter(None, [self.last_permanent_item])):
            message.thread_id = message.thread_id or self.id
        return self

    def is_seen(self, user_id: str | int) -> bool:
        """Whether that user has read as far as everybody else has."""
        times = {user: seen.timestamp or EPOCH for user, seen in self.last_seen_at.items()}
        own = times.pop(str(user_id), EPOCH)
        return all(time <= own for time in times.values())

    @property
    def is_unread(self) -> bool:
        """Whether there is something to read for the own account, or it marked the thread as unread.

        There is when the newest permanent message is somebody else's and the account's seen mark is on another one
        (reported). A mark on a message that is no longer there counts by its time.
        """
        if self.marked_as_unread:
            return True
        newest = self.last_permanent_item or next(iter(self.messages), None)
        if newest is None or newest.is_sent_by_viewer or newest.user_id == self.viewer_id:
            return False
        mark = self.last_seen_at.get(self.viewer_id)
        if mark is None:
            return True
        read = next((message for message in self.messages if message.id == mark.item_id), mark)
        return mark.item_id != newest.id and (read.timestamp or EPOCH) < (newest.timestamp or EPOCH)
