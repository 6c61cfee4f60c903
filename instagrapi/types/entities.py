"""What is attached to a message: mentions in its text, and reactions to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, BeforeValidator, ConfigDict, Field

from instagrapi.types.lenient import Lenient, Words, identifiers, mapping, objects, words
from instagrapi.types.messages import HEART
from instagrapi.types.moments import Timestamp

#: Asks for the heart as a picture; the same heart comes with it and without.
_AS_PICTURE = "\ufe0f"


def _plain_heart(value: object) -> str:
    emoji = words(value) or HEART
    return HEART if emoji.removesuffix(_AS_PICTURE) == HEART else emoji


class Mention(Lenient):
    """Somebody is mentioned in a text (reported).

    Attributes:
        user_id: whom. The server names the users, and the places by another id, in lists of their own; where these
            cannot be matched, a mention with a place has that other id here, too, and one with the user has no place.
        fbid: that other id, ``fbid_v2`` of the user.
        offset: where in the text, in characters as the server counts them.
        length: how many of them, with the ``@``.
    """

    model_config = ConfigDict(frozen=True)

    user_id: str = Field(default="", validation_alias=AliasChoices("user_id", "pk", "id"))
    fbid: Words = None
    offset: int | None = None
    length: int | None = None


class ItemReaction(Lenient):
    """Somebody's reaction to a message (reported).

    Attributes:
        emoji: the plain heart, which older payloads do not name, is always ``"❤"``.
        user_id: who reacted.
        timestamp: when.
        client_context: the sender's own token for the reaction.
    """

    model_config = ConfigDict(frozen=True)

    emoji: Annotated[str, BeforeValidator(_plain_heart)] = HEART
    user_id: str = Field(default="", validation_alias=AliasChoices("sender_id", "user_id"))
    timestamp: Timestamp = None
    client_context: Words = None


def mentions_of(item: Mapping[str, Any]) -> list[Mention]:
    """Who is mentioned in the text of a message, in the order of the text as far as that is known; never raises."""
    item = mapping(item)
    entities = item.get("text_entities")
    placed = [Mention.model_validate(one) for one in (*objects(item.get("mentioned_entities")), *_placed(entities))]
    user_ids = _mentioned_user_ids(item) or _mentioned_user_ids(mapping(entities))
    fbids = list(dict.fromkeys(mention.fbid for mention in placed if not mention.user_id and mention.fbid))
    users = dict(zip(fbids, user_ids, strict=True)) if len(fbids) == len(user_ids) else {}
    mentions = [_named(mention, users.get(mention.fbid or "")) for mention in placed]
    known = {mention.user_id for mention in mentions}
    return [*mentions, *(Mention(user_id=user_id) for user_id in user_ids if user_id not in known)]


def reactions_of(item: Mapping[str, Any]) -> list[ItemReaction]:
    """The reactions to a message, each of a user once: hearts of the older kind, then emojis; never raises."""
    reactions = mapping(mapping(item).get("reactions"))
    entries = (*objects(reactions.get("likes")), *objects(reactions.get("emojis")))
    found = map(ItemReaction.model_validate, entries)
    return list({(reaction.user_id, reaction.emoji): reaction for reaction in found}.values())


def _mentioned_user_ids(place: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(identifiers(place.get("mentioned_user_ids"))))


def _placed(entities: object) -> list[Mapping[str, Any]]:
    return [one for one in objects(entities) if "offset" in one]


def _named(mention: Mention, user_id: str | None) -> Mention:
    return mention.model_copy(update={"user_id": mention.user_id or user_id or mention.fbid or ""})
