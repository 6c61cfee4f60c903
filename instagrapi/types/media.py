"""Photos, videos, recordings and albums."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import ConfigDict, Field, field_validator

from instagrapi.types.lenient import Lenient, Url, Words, identifier, mapping, objects, words
from instagrapi.types.moments import EPOCH, Timestamp, moment, whole_number
from instagrapi.types.users import UserShort

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#: The CDN's own word on when a link ends: unix seconds in hexadecimal.
_CDN_EXPIRY = re.compile(r"[?&]oe=([0-9A-Fa-f]{8})(?=[&#]|$)")
#: The CDN's number is believed from here on: the first of January 2010, before Instagram began.
_CDN_EXPIRY_FROM = 1_262_304_000
#: What tells an object that describes a medium from one that merely contains one, and where those contain it.
_MARKS = ("media_type", "image_versions2", "video_versions", "carousel_media", "audio")
_CONTAINERS = ("media", "visual_media", "raven_media", "voice_media", "clip", "video")
_MAX_DEPTH = 4


class MediaKind(StrEnum):
    """What a medium is; ``unknown`` when the payload does not tell."""

    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    ALBUM = "album"
    UNKNOWN = "unknown"


_KINDS = {1: MediaKind.PHOTO, 2: MediaKind.VIDEO, 8: MediaKind.ALBUM, 11: MediaKind.AUDIO}


class Media(Lenient):
    """A photo, a video, a recording or an album.

    Links to the CDN are signed and end at ``expires_at``, mostly after days; a new one comes with the message fetched
    anew. A medium may arrive before its links do (reported): ``url`` is ``None`` then.

    Attributes:
        kind: from ``media_type`` (1 photo, 2 video: captured; 8 album, 11 audio: reported), or from what is there.
        id: as sent, mostly ``<number>_<user id of the owner>`` (captured); videos from 2018 have none.
        url: the version with the most pixels; the recording; the cover of an album.
        width: of that version in pixels, of the original when there is none.
        height: likewise.
        duration: in seconds, of a video or a recording.
        expires_at: when ``url`` ends, as told by the server or by the link itself.
        preview_url: the largest still image of a video.
        items: what an album holds.
        user: the owner.
        caption: what the owner wrote below a post.
        code: the short name of a post in links; computed from the id when it was not sent.
        taken_at: when it was posted.
        product_type: such as ``feed``, ``clips`` or ``direct_audio``; the set is open.
        waveform: loudness of a recording from 0 to 1, at ``waveform_hz`` values per second (reported).
        mime_type: where the server says it.
    """

    model_config = ConfigDict(frozen=True)

    kind: MediaKind = MediaKind.UNKNOWN
    id: Words = None
    url: Url = None
    width: int | None = None
    height: int | None = None
    duration: float | None = None
    expires_at: Timestamp = None
    preview_url: Url = None
    items: list[Media] = Field(default_factory=list)
    user: UserShort | None = None
    caption: Words = Field(default=None, repr=False)
    code: Words = None
    taken_at: Timestamp = None
    product_type: Words = None
    waveform: list[float] = Field(default_factory=list)
    waveform_hz: float | None = None
    mime_type: Words = None

    @property
    def pk(self) -> str | None:
        """The number that ``id`` begins with."""
        return self.id.partition("_")[0] if self.id else None

    @property
    def permalink(self) -> str | None:
        """The page of a post; ``None`` for what was never posted."""
        return f"https://www.instagram.com/p/{self.code}/" if self.code else None

    def is_expired(self, now: datetime | None = None) -> bool:
        """Whether ``url`` has ended.

        Args:
            now: an aware moment; the present one if omitted.
        """
        return self.expires_at is not None and self.expires_at <= (now or datetime.now(UTC))

    def without_page(self) -> Media:
        """The same medium, known never to have been posted: only a code that the server sent is kept."""
        code = words(self.raw.get("code"))
        return self if self.code == code else self.model_copy(update={"code": code})

    @field_validator("items", mode="after")
    @classmethod
    def _items_have_no_pages(cls, items: list[Media]) -> list[Media]:
        return [item.without_page() for item in items]

    @classmethod
    def _facts(cls, data: Mapping[str, Any]) -> Mapping[str, Any]:
        kind = media_kind(data)
        image, audio = _best(_images(data)), mapping(data.get("audio"))
        shown = _shown(kind, data, image, audio)
        url = _link(shown) or words(data.get("url"))
        media_id = next(filter(None, (identifier(data.get(name)) for name in ("id", "pk", "media_id"))), None)
        facts = {
            "kind": data.get("kind") if kind is MediaKind.UNKNOWN else kind,
            "id": media_id,
            "url": url,
            "width": _size(shown.get("width"), data.get("width"), data.get("original_width")),
            "height": _size(shown.get("height"), data.get("height"), data.get("original_height")),
            "duration": _duration(data, audio),
            "expires_at": data.get("expires_at") or _expiry(shown, data, url),
            "preview_url": _link(image) if kind is MediaKind.VIDEO and image else data.get("preview_url"),
            "items": objects(data.get("carousel_media")) or data.get("items"),
            "user": data.get("user") or None,
            "caption": words(data.get("caption")) or mapping(data.get("caption")).get("text"),
            "code": words(data.get("code"))
            or (None if kind is MediaKind.AUDIO else shortcode(data.get("pk"), media_id)),
            "taken_at": data.get("taken_at"),
            "product_type": data.get("product_type"),
            "waveform": _numbers(_first(audio.get("waveform_data"), data.get("waveform"))),
            "waveform_hz": _number(_first(audio.get("waveform_sampling_frequency_hz"), data.get("waveform_hz"))),
            "mime_type": data.get("mime_type"),
        }
        return {name: value for name, value in facts.items() if value is not None}


def media_payload(value: object, depth: int = _MAX_DEPTH) -> Mapping[str, Any] | None:
    """The object that describes a medium: the value, the first of a list, or one that lies a few steps deeper."""
    for entry in objects(value):
        if any(entry.get(mark) for mark in _MARKS):
            return entry
        inner = (entry[name] for name in _CONTAINERS if depth and entry.get(name))
        found = next(filter(None, (media_payload(one, depth - 1) for one in inner)), None)
        # Of what can be seen no more, ``media`` may only say whose it was.
        if found := found or mapping(entry.get("media")) or None:
            return found
    return None


def media_of(value: object) -> Media | None:
    """The medium that a payload describes or contains."""
    known = value.get("media") if isinstance(value, Mapping) else None
    if isinstance(known, Media):
        return known
    found = media_payload(value)
    return Media.model_validate(found) if found is not None else None


def picture(url: object, raw: Mapping[str, Any], **known: Any) -> Media | None:
    """A photo of which little more is known than its link; ``None`` without one.

    Args:
        url: the link.
        raw: what the server sent.
        known: further fields.
    """
    if words(url) is None:
        return None
    return Media.model_validate({"kind": MediaKind.PHOTO, "url": url, **known}).model_copy(update={"raw": raw})


def media_kind(payload: Mapping[str, Any]) -> MediaKind:
    """What a payload describes, by ``media_type``, or else by what is there."""
    kind = _KINDS.get(whole_number(payload.get("media_type")) or 0)
    if kind is not None:
        return kind
    if objects(payload.get("carousel_media")):
        return MediaKind.ALBUM
    if mapping(payload.get("audio")):
        return MediaKind.AUDIO
    if _best(payload.get("video_versions")):
        return MediaKind.VIDEO
    return MediaKind.PHOTO if _best(_images(payload)) else MediaKind.UNKNOWN


def shortcode(*ids: object) -> str | None:
    """The code of a post in links, from the first id that begins with a number: the number to the base of 64."""
    for one in ids:
        number = whole_number((identifier(one) or "").partition("_")[0])
        if number is not None and number > 0:
            code = ""
            while number:
                number, digit = divmod(number, len(_ALPHABET))
                code = _ALPHABET[digit] + code
            return code
    return None


def _shown(
    kind: MediaKind, data: Mapping[str, Any], image: Mapping[str, Any], audio: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The version that ``url`` leads to."""
    if kind is MediaKind.VIDEO:
        return _best(data.get("video_versions"))
    if kind is MediaKind.AUDIO:
        return {
            "url": audio.get("audio_src"),
            "url_expiration_timestamp_us": audio.get("audio_src_expiration_timestamp_us"),
        }
    if kind is MediaKind.ALBUM and not image:
        return next(filter(None, (_best(_images(item)) for item in objects(data.get("carousel_media")))), {})
    return image


def _images(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    versions = objects(data.get("image_versions2"))
    return [image for one in versions for image in (objects(one["candidates"]) if "candidates" in one else [one])]


def _best(versions: object) -> Mapping[str, Any]:
    """The version with the most pixels, the first of equals; empty when none has a link."""
    return max(filter(_link, objects(versions)), key=_pixels, default={})


def _pixels(version: Mapping[str, Any]) -> int:
    return (whole_number(version.get("width")) or 0) * (whole_number(version.get("height")) or 0)


def _size(*values: object) -> int | None:
    return next(filter(None, map(whole_number, values)), None)


def _link(version: Mapping[str, Any]) -> str | None:
    return words(version.get("url"))


def _expiry(shown: Mapping[str, Any], data: Mapping[str, Any], url: str | None) -> datetime | None:
    for source in (shown, data):
        for name in ("url_expiration_timestamp_us", "url_expire_at_secs"):
            found = moment(source.get(name))
            if found is not None and found > EPOCH:
                return found
    end = _CDN_EXPIRY.search(url or "")
    seconds = int(end[1], 16) if end else 0
    return moment(seconds) if seconds >= _CDN_EXPIRY_FROM else None


def _duration(data: Mapping[str, Any], audio: Mapping[str, Any]) -> float | None:
    milliseconds = _number(audio.get("duration"))
    if milliseconds is not None:
        return milliseconds / 1000
    return _number(_first(data.get("video_duration"), data.get("duration")))


def _numbers(value: object) -> list[float]:
    values = value if isinstance(value, list | tuple) else []
    return [number for number in map(_number, values) if number is not None]


def _number(value: object) -> float | None:
    """A finite number from zero up, also from text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and number >= 0 else None


def _first(*values: object) -> object:
    return next((value for value in values if value is not None), None)
