"""Shares as cards: what newer apps send where older ones sent the shared thing itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, parse_qs, urlsplit

from pydantic import AliasChoices, ConfigDict, Field

from instagrapi.types.content import Content, ContentKind, item_type_of
from instagrapi.types.lenient import Lenient, Url, Words, mapping, objects, words
from instagrapi.types.media import Media, MediaKind, picture

_PREFIX = "xma_"
_GENERIC = "generic_xma"
_MEDIA_ID = re.compile(r"[0-9]{5,20}(_[0-9]{1,20})?")
#: The pages that the first part of a path leads to; the second part is the code or, for stories, the user's name.
_CODE_PAGES = ("p", "reel", "reels", "tv")
_STORY_PAGE = "stories"
#: The same in links into the app: ``instagram://media?id=…``.
_MEDIA_PAGE = "media"
_SUBJECTS = {
    "xma_media_share": ContentKind.POST,
    "xma_clip": ContentKind.CLIP,
    "xma_story_share": ContentKind.STORY_SHARE,
    "xma_reel_share": ContentKind.STORY_REPLY,
    "xma_reel_mention": ContentKind.STORY_MENTION,
    "xma_profile": ContentKind.PROFILE,
    "xma_link": ContentKind.LINK,
}


class _Target(NamedTuple):
    """What a link to a page of Instagram says about the post or story there."""

    media_id: str | None = None
    code: str | None = None
    is_post: bool = False


class XmaCard(Lenient):
    """A card: a picture with words around it that leads somewhere (reported).

    Attributes:
        title: for a post mostly the owner's name and the caption.
        subtitle: below the title.
        header: at the top, mostly the owner's name.
        body: longer text.
        target_url: where a tap leads; also links into the app, such as ``instagram://…``.
        preview_url: the picture.
        preview_width: in pixels.
        preview_height: in pixels.
        preview_mime_type: of the picture.
        preview_fbid: the picture's id.
        playable_url: the video behind the picture, which few cards have (assumed).
        icon_url: the small picture in the header.
    """

    model_config = ConfigDict(frozen=True)

    title: Words = Field(default=None, validation_alias=AliasChoices("title_text", "title"))
    subtitle: Words = Field(default=None, validation_alias=AliasChoices("subtitle_text", "subtitle"))
    header: Words = Field(default=None, validation_alias=AliasChoices("header_title_text", "header"))
    body: Words = Field(default=None, validation_alias=AliasChoices("caption_body_text", "body"), repr=False)
    target_url: Url = None
    preview_url: Url = None
    preview_width: int | None = None
    preview_height: int | None = None
    preview_mime_type: Words = Field(
        default=None, validation_alias=AliasChoices("preview_url_mime_type", "preview_mime_type")
    )
    preview_fbid: Words = Field(default=None, validation_alias=AliasChoices("preview_media_fbid", "preview_fbid"))
    playable_url: Url = None
    icon_url: Url = Field(default=None, validation_alias=AliasChoices("header_icon_url", "icon_url"))

    @property
    def media_id(self) -> str | None:
        """The id of the post or story that the card leads to, as far as the target says it."""
        return _target(self.target_url).media_id

    @property
    def code(self) -> str | None:
        """The code of the post that the card leads to."""
        return _target(self.target_url).code

    @property
    def media(self) -> Media | None:
        """The video of the card, or else its picture; the id and the code are those of the post or story."""
        target = _target(self.target_url)
        known: dict[str, Any] = {"id": target.media_id, "code": target.code}
        known |= {"width": self.preview_width, "height": self.preview_height}
        if self.playable_url:
            known |= {"kind": MediaKind.VIDEO, "preview_url": self.preview_url}
        else:
            known["mime_type"] = self.preview_mime_type
        media = picture(self.playable_url or self.preview_url, self.raw, **known)
        return media if media is None or target.is_post else media.without_page()

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        info = mapping(data.get("preview_url_info"))
        return {
            **data,
            "preview_url": words(data.get("preview_url")) or info.get("url"),
            "preview_width": data.get("preview_width") or info.get("width"),
            "preview_height": data.get("preview_height") or info.get("height"),
        }


class Xma(Content):
    """Something shared in the form of cards (reported); the item types are all that begin with ``xma_``.

    ``media`` is that of the first card that has one.

    Attributes:
        cards: mostly one.
    """

    kind = ContentKind.XMA
    item_types = (_GENERIC, *_SUBJECTS)

    cards: list[XmaCard] = Field(default_factory=list)

    @property
    def subject(self) -> ContentKind:
        """What was shared: the kind that the same thing has in the older form, ``xma`` when it has none."""
        return _SUBJECTS.get(self.item_type, ContentKind.XMA)

    @property
    def target_url(self) -> str | None:
        """Where the first card that leads anywhere leads."""
        return next((card.target_url for card in self.cards if card.target_url), None)

    @property
    def media_id(self) -> str | None:
        """The id of the post or story that is shared, as far as a card says it."""
        return next(filter(None, (card.media_id for card in self.cards)), None)

    @staticmethod
    def key_in(item: Mapping[str, Any]) -> str | None:
        """The key under which an item has its cards."""
        keys = (item_type_of(item), *item)
        return next((key for key in keys if is_xma(key) and objects(item.get(key))), None)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        key = cls.key_in(data)
        given = objects(data.get(key)) if key else data.get("cards")
        cards = [XmaCard.model_validate(card) for card in given] if isinstance(given, list) else []
        return {
            "item_type": item_type_of(data) or key,
            "text": words(data.get("text")),
            "media": next(filter(None, (card.media for card in cards)), None),
            "cards": cards,
        }


def is_xma(key: object) -> bool:
    """Whether an item type, or the key of a payload, is one of cards."""
    return isinstance(key, str) and (key == _GENERIC or key.startswith(_PREFIX))


def _target(url: str | None) -> _Target:
    try:
        parts = urlsplit(url or "")
        own = parts.scheme == "instagram" or f".{parts.hostname}".endswith(".instagram.com")
        return _read_target(parts) if own else _Target()
    except ValueError:
        return _Target()


def _read_target(parts: SplitResult) -> _Target:
    page, name, last = [*parts.path.strip("/").split("/"), "", "", ""][:3]
    if parts.scheme == "instagram":
        page = parts.netloc
    media_id = (parse_qs(parts.query).get("id") or [""])[0]
    is_post = page in (*_CODE_PAGES, _MEDIA_PAGE)
    if page == _STORY_PAGE:
        media_id = media_id or last
    elif not is_post:
        return _Target()
    code = name if page in _CODE_PAGES and name else None
    return _Target(media_id if _MEDIA_ID.fullmatch(media_id) else None, code, is_post)
