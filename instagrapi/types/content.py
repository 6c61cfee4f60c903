"""What a message holds: the kinds there are, and what they have in common."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from instagrapi.types.lenient import Lenient, Words, objects, words
from instagrapi.types.media import Media, media_of


class ContentKind(StrEnum):
    """The kinds of content, one for each class."""

    TEXT = "text"
    #: The heart that is a message of its own.
    LIKE = "like"
    LINK = "link"
    #: A photo, a video or an album of which only later is said what it is.
    MEDIA = "media"
    PHOTO = "photo"
    VIDEO = "video"
    ALBUM = "album"
    VOICE = "voice"
    #: A photo or video that can be watched once, or once more.
    VIEW_ONCE = "view_once"
    #: A GIF.
    ANIMATION = "animation"
    STICKER = "sticker"
    POST = "post"
    CLIP = "clip"
    STORY_SHARE = "story_share"
    STORY_REPLY = "story_reply"
    STORY_REACTION = "story_reaction"
    STORY_MENTION = "story_mention"
    PROFILE = "profile"
    LOCATION = "location"
    HASHTAG = "hashtag"
    PRODUCT = "product"
    GUIDE = "guide"
    LIVE = "live"
    #: A share in the form that newer apps send: cards with a title, a picture and a target.
    XMA = "xma"
    #: What Instagram shows instead of something that the app is too old for, or that is gone.
    PLACEHOLDER = "placeholder"
    #: A line about what happened, such as a new group name or a reaction.
    ACTION_LOG = "action_log"
    CALL = "call"
    POLL_VOTE = "poll_vote"
    DELETION = "deletion"
    UNKNOWN = "unknown"


class Content(Lenient):
    """What a message holds. :func:`~instagrapi.types.content_of` says which class it is.

    Where a field comes from: an item has its payload under a key that mostly is the item type, and the fields have
    the names of the payload's fields or say what those are.

    Attributes:
        kind: one for each class.
        item_type: as the server wrote it; the set is open.
        text: the sender's own words: a text, the comment that goes with a share; ``None`` if there are none.
        media: what there is to look at or listen to; of a share perhaps only a preview.
        raw: the whole item as it came.
    """

    model_config = ConfigDict(frozen=True)

    kind: ClassVar[ContentKind] = ContentKind.UNKNOWN
    #: The item types that are this content.
    item_types: ClassVar[tuple[str, ...]] = ()
    #: Where the payload may be besides under the item type.
    payload_keys: ClassVar[tuple[str, ...]] = ()

    item_type: str = ""
    text: Words = Field(default=None, repr=False)
    media: Media | None = None

    @classmethod
    def variant(cls, item: Mapping[str, Any]) -> type[Content]:
        """The class of exactly this item, for classes that share their item types."""
        return cls

    @classmethod
    def payload(cls, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The part of the item that is about this content; the item itself when there is none."""
        for key in (item_type_of(item), *cls.payload_keys):
            if found := objects(item.get(key)):
                return found[0]
        return item

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        payload = cls.payload(data)
        return {
            **payload,
            "item_type": item_type_of(data),
            "text": words(payload.get("text")) or words(data.get("text")),
            "media": media_of(payload),
        }

    @model_serializer(mode="wrap")
    def _tell_kind(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"kind": self.kind.value, **handler(self)}


def item_type_of(item: Mapping[str, Any]) -> str:
    """The item type, empty when there is none."""
    value = item.get("item_type")
    return value if isinstance(value, str) else ""


def without_page(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The same fields, their medium known to have no page of its own: only a code that the server sent is kept."""
    media: Media | None = facts["media"]
    return {**facts, "media": media.without_page() if media is not None else None}
