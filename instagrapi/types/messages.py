"""What people write, photograph and record: content that came into being with the message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pydantic import AliasChoices, AliasPath, Field

from instagrapi.types.content import Content, ContentKind, item_type_of, without_page
from instagrapi.types.lenient import Ids, Url, Words, mapping, objects, words
from instagrapi.types.media import Media, MediaKind, media_kind, media_of, media_payload, picture
from instagrapi.types.moments import Timestamp, moment
from instagrapi.types.users import UserShort

HEART = "❤"


class Text(Content):
    """A text (captured)."""

    kind = ContentKind.TEXT
    item_types = ("text",)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"item_type": item_type_of(data), "text": words(data.get("text"))}


class Like(Content):
    """The heart that is a message of its own; ``text`` is the heart as it was sent (reported)."""

    kind = ContentKind.LIKE
    item_types = ("like",)
    payload_keys = ("like",)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"item_type": item_type_of(data), "text": words(data.get("like")) or words(data.get("text")) or HEART}


class Link(Content):
    """A text with a link in it, and what Instagram found behind it (captured).

    Attributes:
        url: what Instagram took for a link, which need not be one: digits with a dot are enough.
        title: of the page; like the rest it may come later, with an update of the message.
        summary: of the page.
        image_url: its picture, also as ``media``.
    """

    kind = ContentKind.LINK
    item_types = ("link",)
    payload_keys = ("link",)

    url: Url = Field(default=None, validation_alias=AliasPath("link_context", "link_url"))
    title: Words = Field(default=None, validation_alias=AliasPath("link_context", "link_title"))
    summary: Words = Field(default=None, validation_alias=AliasPath("link_context", "link_summary"))
    image_url: Url = Field(default=None, validation_alias=AliasPath("link_context", "link_image_url"))

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        context = mapping(facts.get("link_context"))
        return {**facts, "media": facts["media"] or picture(context.get("link_image_url"), context)}


class MediaContent(Content):
    """A photo, a video or an album that was sent as such; this class itself when only later is said which (captured).

    Media that were sent in a message have no page of their own, so they have no permalink.
    """

    kind = ContentKind.MEDIA
    item_types = (
        "media",
        "configure_photo",
        "configure_video",
        "photo_attachment",
        "video_attachment",
    )
    payload_keys = ("media",)

    @classmethod
    def variant(cls, item: Mapping[str, Any]) -> type[Content]:
        """By what the medium is, or else by the item type."""
        if cls is not MediaContent:
            return cls
        found = media_kind(media_payload(cls.payload(item)) or {})
        return _MEDIA_CLASSES.get(found) or _ITEM_TYPE_CLASSES.get(item_type_of(item), cls)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts, payload = super()._facts(data), cls.payload(data)
        # What came with little more than an id is not told by its looks.
        early = media_of({"media": payload}) if facts["media"] is None and payload is not data else None
        return without_page({**facts, "media": facts["media"] or early})


class Photo(MediaContent):
    """A photo."""

    kind = ContentKind.PHOTO


class Video(MediaContent):
    """A video."""

    kind = ContentKind.VIDEO


class Album(MediaContent):
    """Several photos and videos, in ``media.items``."""

    kind = ContentKind.ALBUM


class Voice(Content):
    """A voice message; length and waveform are in ``media`` (reported).

    Attributes:
        seen_user_ids: who listened.
    """

    kind = ContentKind.VOICE
    item_types = ("voice_media", "share_voice", "voice_attachment")
    payload_keys = ("voice_media",)

    seen_user_ids: Ids = Field(default_factory=list)

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        return without_page(super()._facts(data))


_MEDIA_CLASSES: dict[MediaKind, type[Content]] = {
    MediaKind.PHOTO: Photo,
    MediaKind.VIDEO: Video,
    MediaKind.ALBUM: Album,
    MediaKind.AUDIO: Voice,
}
_ITEM_TYPE_CLASSES: dict[str, type[Content]] = {
    "configure_photo": Photo,
    "photo_attachment": Photo,
    "configure_video": Video,
    "video_attachment": Video,
}


class ViewOnce(Content):
    """A photo or video that disappears (captured).

    Attributes:
        view_mode: ``once``, ``replayable`` or ``permanent``.
        seen_count: how often it was watched.
        seen_user_ids: by whom.
        replay_expires_at: until when it can be watched again.
        playback_duration: for how many seconds a photo is shown.
        last_action: what happened to it last, such as ``raven_delivered``.
        last_action_at: when.
    """

    kind = ContentKind.VIEW_ONCE
    item_types = ("raven_media", "visual_media")
    payload_keys = ("visual_media", "raven_media")

    view_mode: Words = None
    seen_count: int = 0
    seen_user_ids: Ids = Field(default_factory=list)
    replay_expires_at: Timestamp = Field(
        default=None, validation_alias=AliasChoices("replay_expiring_at_us", "replay_expires_at")
    )
    playback_duration: float | None = Field(
        default=None, validation_alias=AliasChoices("playback_duration_secs", "playback_duration")
    )
    last_action: Words = Field(default=None, validation_alias=AliasPath("expiring_media_action_summary", "type"))
    last_action_at: Timestamp = Field(
        default=None, validation_alias=AliasPath("expiring_media_action_summary", "timestamp")
    )

    @property
    def is_gone(self) -> bool:
        """Whether nothing is left to watch: afterwards the server says no more than photo or video."""
        return self.media is not None and self.media.url is None and self.media.id is None

    @property
    def is_viewed(self) -> bool:
        """Whether somebody has watched it."""
        return self.seen_count > 0 or bool(self.seen_user_ids) or self.is_gone

    @classmethod
    def payload(cls, item: Mapping[str, Any]) -> Mapping[str, Any]:
        """The inner object where those of either name lie in each other."""
        return super().payload(super().payload(item))

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        # Old items say beside the payload who has seen it.
        facts = {**data, **super().payload(data), **without_page(super()._facts(data))}
        media, end = facts["media"], moment(facts.get("url_expire_at_secs"))
        if media is None or end is None:
            return facts
        return {**facts, "media": media.model_copy(update={"expires_at": end})}


class Animation(Content):
    """A GIF, mostly from Giphy (reported). ``media`` is the GIF.

    Attributes:
        id: at Giphy.
        is_sticker: whether its background is transparent.
        url: of the GIF.
        mp4_url: the same as a video, which is smaller.
        webp_url: the same as an animated picture.
        width: in pixels.
        height: in pixels.
        user: who published it, by name only.
    """

    kind = ContentKind.ANIMATION
    item_types: ClassVar[tuple[str, ...]] = ("animated_media",)
    payload_keys: ClassVar[tuple[str, ...]] = ("animated_media",)

    id: Words = None
    is_sticker: bool = False
    url: Url = None
    mp4_url: Url = None
    webp_url: Url = None
    width: int | None = None
    height: int | None = None
    user: UserShort | None = None

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = super()._facts(data)
        rendition = _rendition(facts.get("images"))
        version = rendition or facts
        found = {
            "url": version.get("url") or facts.get("image_url"),
            "mp4_url": version.get("mp4") or facts.get("mp4_url"),
            "webp_url": version.get("webp") or facts.get("webp_url"),
            "width": version.get("width"),
            "height": version.get("height"),
            "mime_type": "image/gif" if rendition else None,
        }
        return {**facts, **found, "media": facts["media"] or _moving_picture(found, version)}


class Sticker(Animation):
    """A sticker, a selfie or an avatar; named in the protocol, its fields taken to be those of a GIF."""

    kind = ContentKind.STICKER
    item_types = ("static_sticker", "selfie_sticker", "avatar_sticker")
    payload_keys = ("static_sticker", "selfie_sticker", "avatar_sticker")

    is_sticker: bool = True


def _rendition(images: object) -> Mapping[str, Any]:
    """The size that the apps show, or else the first one that has a link."""
    versions = mapping(images)
    for version in (versions.get("fixed_height"), *versions.values(), *objects(images)):
        if any(words(mapping(version).get(name)) for name in ("url", "mp4", "webp")):
            return mapping(version)
    return {}


def _moving_picture(found: Mapping[str, Any], version: Mapping[str, Any]) -> Media | None:
    size = {name: found[name] for name in ("width", "height")}
    return (
        picture(found["url"], version, **size, mime_type=found["mime_type"])
        or picture(found["webp_url"], version, **size, mime_type="image/webp")
        or picture(found["mp4_url"], version, **size, mime_type="video/mp4", kind=MediaKind.VIDEO)
    )
