"""What people send about stories."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import AliasChoices, Field

from instagrapi.types.content import Content, ContentKind, item_type_of, without_page
from instagrapi.types.lenient import Words, mapping, words
from instagrapi.types.media import Media
from instagrapi.types.messages import Animation
from instagrapi.types.moments import Timestamp


class StoryShare(Content):
    """Somebody's story, sent on (reported). ``media`` is ``None`` when it cannot be seen, and the rest says why.

    Attributes:
        title: what is shown in its place.
        message: likewise.
        reason: a number; 3 came with a story that had ended (reported).
    """

    kind = ContentKind.STORY_SHARE
    item_types = ("story_share",)
    payload_keys = ("story_share",)

    title: Words = None
    message: Words = None
    reason: int | None = None

    @property
    def is_expired(self) -> bool:
        """Whether there is no story to be seen any more."""
        return self.media is None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return without_page(super()._facts(data))


class StoryContent(Content):
    """What comes about a story: the base of a reply, a reaction and a mention (reported).

    Attributes:
        owner_id: whose story it is. Of the story itself perhaps no more is known.
        story_expires_at: when the story ends.
    """

    item_types = ("reel_share", "reel_react")
    payload_keys = ("reel_share", "reel_react")

    owner_id: Words = Field(default=None, validation_alias=AliasChoices("reel_owner_id", "owner_id"))
    story_expires_at: Timestamp = None

    @classmethod
    def variant(cls, item: Mapping[str, Any]) -> type[Content]:
        """By the ``type`` in the payload, or else by what is there."""
        payload = cls.payload(item)
        if payload.get("type") == "mention":
            return StoryMention
        reacts = payload.get("type") == "reaction" or item_type_of(item) == "reel_react"
        return StoryReaction if reacts or words(mapping(payload.get("reaction_info")).get("emoji")) else StoryReply

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = without_page(super()._facts(data))
        media: Media | None = facts["media"]
        if media is not None:
            facts["story_expires_at"] = media.raw.get("expiring_at", facts.get("story_expires_at"))
            if facts.get("reel_owner_id") is None and media.user is not None:
                facts["reel_owner_id"] = media.user.pk
        return facts


class StoryReply(StoryContent):
    """An answer to a story.

    Attributes:
        gif: what was sent instead of words (such answers are named in the protocol, the place of the GIF is assumed).
    """

    kind = ContentKind.STORY_REPLY

    gif: Media | None = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        for place in (facts, data):
            if mapping(place.get("animated_media")):
                return {**facts, "gif": Animation.model_validate({"animated_media": place["animated_media"]}).media}
        return facts


class StoryReaction(StoryContent):
    """An emoji for a story.

    Attributes:
        emoji: also as ``text``.
    """

    kind = ContentKind.STORY_REACTION

    emoji: Words = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        emoji = words(mapping(facts.get("reaction_info")).get("emoji")) or words(facts.get("emoji")) or facts["text"]
        return {**facts, "emoji": emoji, "text": facts["text"] or emoji}


class StoryMention(StoryContent):
    """The sender's story mentions somebody.

    Attributes:
        mentioned_user_id: whom.
    """

    kind = ContentKind.STORY_MENTION

    mentioned_user_id: Words = None
