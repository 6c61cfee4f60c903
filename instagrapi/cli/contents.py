"""What a message holds, in a few words."""

from __future__ import annotations

from collections.abc import Iterator

from instagrapi.types import Content, Media, UnknownContent, Xma

#: What tells a reader most about content that is no text, in the order in which it is said.
_TELLING = ("title", "name", "description", "message", "emoji", "url", "address")
_MOST = 60


def content_words(content: Content) -> str:
    """The text in quotes, else the kind of content and what tells most about it."""
    said = f"“{content.text}”" if content.text else ""
    if content.kind == "text" and said:
        return said
    kind = (
        content.item_type or "unknown" if isinstance(content, UnknownContent | Xma) else content.kind.replace("_", " ")
    )
    return " ".join(part for part in (f"[{', '.join([kind, *_details(content)])}]", said) if part)


def _details(content: Content) -> Iterator[str]:
    if content.media is not None:
        yield from _measures(content.media)
    username = getattr(getattr(content, "user", None), "username", None)
    if username:
        yield f"@{username}"
    values = [getattr(content, name, None) for name in _TELLING if not (name == "url" and content.media)]
    if isinstance(content, Xma) and content.cards:
        values.append(content.cards[0].title or content.cards[0].header)
    if content.media is not None:
        values.append(content.media.caption)
    telling = next((value for value in values if isinstance(value, str) and value and value != content.text), "")
    if telling:
        yield telling if len(telling) <= _MOST else f"{telling[:_MOST]}…"


def _measures(media: Media) -> Iterator[str]:
    if media.width and media.height:
        yield f"{media.width}×{media.height}"
    if media.duration:
        yield f"{media.duration:.1f} s"
    if media.items:
        yield f"{len(media.items)} items"
