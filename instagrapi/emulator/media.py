"""Files that can be downloaded again: the bytes, and links to them that end."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from instagrapi.emulator import samples
from instagrapi.emulator.model import Link, Refused

MediaKind: TypeAlias = Literal["photo", "video", "voice"]

#: Seconds that a link lasts (assumed; the service's last for days).
LIFETIME = 3 * 86_400
#: So many bytes are kept, of all files together; the oldest go first.
CAPACITY = 64 * 1024 * 1024

#: What files of a kind are called, what they are, and which key of an item's content holds the links to them.
_FORMS = {
    "photo": ("jpg", "image/jpeg", "candidates"),
    "video": ("mp4", "video/mp4", "video_versions"),
    "voice": ("m4a", "audio/mp4", "audio"),
}


class File(NamedTuple):
    """Something that is downloaded."""

    content: bytes
    media_type: str


#: What is downloaded of media that nobody gave a file for, by name.
_SAMPLES = {
    f"sample_n.{extension}": File(content, media_type)
    for (extension, media_type, _), content in zip(
        _FORMS.values(), (samples.PHOTO, samples.VIDEO, samples.VOICE), strict=True
    )
}


class Media:
    """What was uploaded, and the samples. Links to it have the CDN's form: they say when they end, and are signed.

    Args:
        clock: gives unix time in seconds.

    Attributes:
        root: what links begin with.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.root = "https://media.emulator.invalid"
        self._clock = clock
        self._lock = threading.Lock()
        self._files: OrderedDict[str, File] = OrderedDict()
        self._count = 0
        self._generation = 0

    def keep(self, kind: MediaKind, content: bytes) -> str:
        """Keeps a file and gives its name."""
        extension, media_type, _ = _FORMS[kind]
        with self._lock:
            self._count += 1
            name = f"{self._count:06}_n.{extension}"
            self._files[name] = File(content, media_type)
            while sum(len(file.content) for file in self._files.values()) > CAPACITY:
                self._files.popitem(last=False)
        return name

    def sample(self, kind: MediaKind) -> str:
        """The name of a small file that is always there."""
        return f"sample_n.{_FORMS[kind][0]}"

    def read(self, name: str, end: str, signature: str) -> File:
        """The file that a link leads to.

        Raises:
            Refused: the link was made up or has ended, or there is no such file any more.
        """
        if signature != self._signature(name, end):
            raise Refused(403, "URL signature mismatch")
        if int(end, 16) <= self._clock():
            raise Refused(403, "URL signature expired")
        with self._lock:
            file = self._files.get(name) or _SAMPLES.get(name)
        if file is None:
            raise Refused(404, "not found")
        return file

    def end_links(self) -> None:
        """Ends all links that have been given out."""
        self._generation += 1

    def linker(self, kind: MediaKind, name: str) -> Link:
        """What puts links to a file that last from now on into an item's content, in place of those that are there."""

        def link(data: dict[str, Any]) -> dict[str, Any]:
            ends_at = int(self._clock()) + LIFETIME
            end = f"{ends_at:X}"
            url = f"{self.root}/media/{name}?oe={end}&oh={self._signature(name, end)}"
            linked: dict[str, Any] = _with_links(data, _FORMS[kind][2], url, ends_at * 1_000_000)
            return linked

        return link

    def _signature(self, name: str, end: str) -> str:
        return hashlib.sha256(f"{self._generation}:{name}:{end}".encode()).hexdigest()[:32]


def _with_links(value: Any, holder: str, url: str, ends_at: int) -> Any:
    if isinstance(value, list):
        return [_with_links(one, holder, url, ends_at) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _linked(inner, url, ends_at) if key == holder else _with_links(inner, holder, url, ends_at)
        for key, inner in value.items()
    }


def _linked(versions: Any, url: str, ends_at: int) -> Any:
    if isinstance(versions, list):
        return [{**version, "url": url, "url_expiration_timestamp_us": ends_at} for version in versions]
    return {**versions, "audio_src": url, "audio_src_expiration_timestamp_us": ends_at}
