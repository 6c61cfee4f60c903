"""Which content an item has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from instagrapi.types.content import Content, item_type_of
from instagrapi.types.lenient import mapping, words
from instagrapi.types.messages import Animation, Like, Link, MediaContent, Sticker, Text, ViewOnce, Voice
from instagrapi.types.notices import ActionLog, Call, Deletion, Placeholder, PollVote, UnknownContent
from instagrapi.types.shares import Clip, Guide, Hashtag, Live, Location, Post, Product, SharedProfile
from instagrapi.types.stories import StoryContent, StoryShare
from instagrapi.types.xma import Xma, is_xma

#: Those that a payload is told by come first; ``media`` may also lie beside another payload.
_FAMILIES: tuple[type[Content], ...] = (
    Text,
    ViewOnce,
    Voice,
    Animation,
    Sticker,
    Clip,
    Post,
    StoryShare,
    StoryContent,
    SharedProfile,
    Location,
    Hashtag,
    Product,
    Guide,
    Live,
    Call,
    ActionLog,
    Placeholder,
    PollVote,
    Link,
    Like,
    Xma,
    Deletion,
    MediaContent,
)
_BY_ITEM_TYPE = {item_type: family for family in _FAMILIES for item_type in family.item_types}
_BY_KEY = {key: family for family in _FAMILIES for key in family.payload_keys}


def content_of(item: Mapping[str, Any]) -> Content:
    """What a message holds.

    The class follows from the item type, or from the payload that is there when the item type is missing or unknown.
    Nothing raises, whatever the item is: what is no known content is :class:`UnknownContent`, and ``raw`` always is
    the item.

    Args:
        item: a message as the server sends it, over HTTP or realtime.
    """
    fields = mapping(item)
    return _family(fields).variant(fields).model_validate(item)


def _family(item: Mapping[str, Any]) -> type[Content]:
    item_type = item_type_of(item)
    known = _BY_ITEM_TYPE.get(item_type)
    if known is not None:
        return known
    if is_xma(item_type):
        return Xma
    if _is_payload(item.get(item_type)):
        return UnknownContent
    for key, family in _BY_KEY.items():
        if _is_payload(item.get(key)):
            return family
    if Xma.key_in(item):
        return Xma
    if item_type:
        # Words or a heart alone do not make something new a text.
        return UnknownContent
    return Like if words(item.get("like")) else Text if words(item.get("text")) else UnknownContent


def _is_payload(value: object) -> bool:
    return isinstance(value, Mapping | list) and bool(value)
