"""Lines in a thread that nobody wrote: placeholders, logs, calls, and what has no class of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, Field

from instagrapi.types.content import Content, ContentKind, item_type_of
from instagrapi.types.lenient import Words, words

_EXPIRED = "expired_placeholder"
_REACTION_TYPES = ("reaction_log", "reaction", "user_reaction")


class Placeholder(Content):
    """What Instagram shows instead of something that the app is too old for, or that is gone (captured).

    Attributes:
        title: what to show.
        message: likewise.
        reason: a number without a published meaning.
    """

    kind = ContentKind.PLACEHOLDER
    item_types = ("placeholder", _EXPIRED)
    payload_keys = ("placeholder",)

    title: Words = None
    message: Words = None
    reason: int | None = None

    @property
    def is_expired(self) -> bool:
        """Whether it stands for something whose time is over."""
        return self.item_type == _EXPIRED


class ActionLog(Content):
    """A line about what happened, such as a new group name or a reaction (reported).

    Attributes:
        description: the line, in the account's language.
        is_reaction_log: whether it is about a reaction; what happened is in the reactions of the message then.
        is_hidden: whether the apps leave it out of the thread.
    """

    kind = ContentKind.ACTION_LOG
    item_types = ("action_log", *_REACTION_TYPES)
    payload_keys = ("action_log",)

    description: Words = None
    is_reaction_log: bool = False
    is_hidden: bool = Field(default=False, validation_alias=AliasChoices("hide_in_thread", "is_hidden"))

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = dict(super()._facts(data))
        facts["hide_in_thread"] = data.get("hide_in_thread", data.get("is_hidden"))
        if item_type_of(data) in _REACTION_TYPES:
            facts["is_reaction_log"] = True
        return facts


class Call(Content):
    """A call began, ended or was missed (reported).

    Attributes:
        action: such as ``video_call_ended``; the set is open.
        call_id: the same in all messages about a call.
        description: the line to show, in the account's language.
        did_join: whether the account took part; ``None`` where that says nothing.
    """

    kind = ContentKind.CALL
    item_types = ("video_call_event",)
    payload_keys = ("video_call_event",)

    action: Words = None
    call_id: Words = Field(default=None, validation_alias=AliasChoices("vc_id", "call_id"))
    description: Words = None
    did_join: bool | None = None


class PollVote(Content):
    """Somebody voted in a poll; its fields are not published, so they are only in ``raw``."""

    kind = ContentKind.POLL_VOTE
    item_types = ("poll_vote",)
    payload_keys = ("poll_vote",)


class Deletion(Content):
    """A message was unsent; seen in the place of the message itself (reported)."""

    kind = ContentKind.DELETION
    item_types = ("deletion",)


class UnknownContent(Content):
    """Anything else. ``text`` and ``media`` are what is found where other items have it."""

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        return {**facts, "text": facts["text"] or words(data.get(item_type_of(data)))}
