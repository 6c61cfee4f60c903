"""Uploads of attachments: one file on its way to the upload host, over as many connections as it takes.

Paths, headers and answers are those of the wire page (uploads). The host names the offset that it wants the file from,
so that what it has already is not sent again; that it does so for photos too is assumed.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, BinaryIO, Final, Protocol, TypeAlias

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientNotFoundError,
    ClientServerError,
    UnsupportedMedia,
)
from instagrapi.http.files import JPEG, MP4, kind_of
from instagrapi.types.lenient import identifier
from instagrapi.types.moments import whole_number

#: Told how many bytes have been handed to the connection, and how many there are in all.
Progress: TypeAlias = Callable[[int, int], object]

#: Seconds before each further attempt; afterwards it is given up.
PAUSES: Final = (1.0, 2.0, 4.0, 8.0, 16.0)

#: Of the headers of the private API, those that the upload host takes; with the others its edge answers 404 (IG).
_KEPT = (
    "Authorization",
    "IG-INTENDED-USER-ID",
    "IG-U-DS-USER-ID",
    "IG-U-RUR",
    "X-MID",
    "User-Agent",
    "Accept-Language",
    "X-FB-Client-IP",
    "X-FB-Server-Cluster",
    "X-FB-HTTP-Engine",
    "X-Tigon-Is-Retry",
)
_MIB = 1024 * 1024


@dataclass(frozen=True)
class UploadKind:
    """What differs between photos, videos and voice messages.

    Attributes:
        what: how sentences call it.
        path: the first part of the path.
        takes: what its files have to be, see :func:`~instagrapi.http.files.kind_of`.
        advice: what makes such a file of another one.
        headers: those that only it has; ``{entity}`` stands for the random part of the name.
        name: the last part of the path; the millisecond, the size and a random part make it unlike any other.
        max_size: in bytes; larger files are not even tried (assumed, no source names the server's limits).
        asks_first: whether the app asks for the offset before it sends anything.
    """

    what: str
    path: str
    takes: str
    advice: str
    headers: Mapping[str, str]
    name: str
    max_size: int
    asks_first: bool


PHOTO: Final = UploadKind(
    what="photo",
    path="messenger_image",
    takes=JPEG,
    advice="Pillow: Image.open(path).convert('RGB').save('photo.jpg')",
    headers={"image_type": "FILE_ATTACHMENT", "x-entity-type": "image/jpeg"},
    name="{ms}_0_{digits}",
    max_size=32 * _MIB,
    asks_first=False,
)
VIDEO: Final = UploadKind(
    what="video",
    path="messenger_video",
    takes=MP4,
    advice="ffmpeg -i FILE -c:v libx264 -c:a aac video.mp4",
    headers={
        "video_type": "FILE_ATTACHMENT",
        "x-entity-type": "video/mp4",
        "segment-start-offset": "0",
        "segment-type": "3",
        "ephemeral_media_view_mode": "2",
        "ig_raven_metadata": "{}",
        "x_fb_video_waterfall_id": "{entity}",
    },
    name="{entity}-0-{size}-{ms}-{ms}",
    max_size=1024 * _MIB,
    asks_first=True,
)
VOICE: Final = UploadKind(
    what="recording",
    path="messenger_audio",
    takes=MP4,
    advice="ffmpeg -i FILE -vn -c:a aac voice.m4a",
    headers={"audio_type": "FILE_ATTACHMENT", "x-entity-type": "audio/mp4"},
    name="{ms}_0_{number}",
    max_size=32 * _MIB,
    asks_first=True,
)


class Exchange(Protocol):
    """Sends one request to the upload host and gives the JSON of the answer; failures are those of the client."""

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> dict[str, Any]:
        """``body`` is read while it is sent."""


def may_pass(error: ClientConnectionError | ClientServerError, seconds: float) -> bool:
    """Whether another attempt so soon may end differently, and the server has not asked for a longer rest."""
    return not getattr(error, "is_lasting", False) and (error.retry_after or 0) <= seconds


def upload_headers(private: Mapping[str, str]) -> dict[str, str]:
    """The headers of a request to the upload host, out of those of one to the private API."""
    kept = {name: private[name] for name in _KEPT if name in private}
    return {**kept, "Accept-Encoding": "gzip", "Priority": "u=6, i"}


class Upload:
    """One file. Its name stays the same over all attempts, so that the server knows what it has of it already.

    Args:
        kind: what it is.
        file: where it is read from.
        now: unix seconds.
        random: what makes the name unlike others.
        progress: is told how far it is, from 0; after a broken connection it goes back to where the server is. What it
            raises ends the upload.

    Attributes:
        upload_id: the millisecond at which it began.
        name: the last part of the path.

    Raises:
        UnsupportedMedia: the server would refuse the file: it is empty, too large or of another kind.
    """

    def __init__(
        self, kind: UploadKind, file: BinaryIO, *, now: float, random: Random, progress: Progress | None = None
    ) -> None:
        self._kind = kind
        self._file = file
        self._size = _checked_size(kind, file)
        self._progress = progress or (lambda sent, total: None)
        self.upload_id = str(int(now * 1000))
        facts = {
            "ms": self.upload_id,
            "size": str(self._size),
            "entity": f"{random.getrandbits(128):032x}",
            "digits": str(random.randrange(10**9, 10**10)),
            "number": str(random.randrange(-(2**31), 2**31)),
        }
        self.name = kind.name.format(**facts)
        self._headers = {
            name: facts["entity"] if value == "{entity}" else value for name, value in kind.headers.items()
        }

    def run(self, exchange: Exchange, sleep: Callable[[float], object]) -> str:
        """Sends the file, again from where the server is when a connection breaks or the server fails.

        Returns:
            the id by which the item that is sent then names the file.

        Raises:
            ClientError: the server refused it, or it failed as often as there are :data:`PAUSES`, and once more; at
                once when that would not help, see :func:`may_pass`.
        """
        try:
            return self._run(exchange, sleep)
        except BodyFailed as failed:
            raise failed.reason from None

    def _run(self, exchange: Exchange, sleep: Callable[[float], object]) -> str:
        asks = self._kind.asks_first
        for pause in PAUSES:
            try:
                return self._attempt(exchange, asks)
            except (ClientConnectionError, ClientServerError) as error:
                if not may_pass(error, pause):
                    raise
                sleep(pause)
                asks = True
        return self._attempt(exchange, asks)

    def _attempt(self, exchange: Exchange, asks: bool) -> str:
        path = f"{self._kind.path}/{self.name}"
        offset = self._offset(exchange, path) if asks else 0
        headers = {
            **self._headers,
            "offset": str(offset),
            "x-entity-length": str(self._size),
            "x-entity-name": self.name,
            "content-type": "application/octet-stream",
        }
        rest = Body(self._file, offset, self._size, self._progress) if offset < self._size else None
        answer = exchange("POST", path, headers, rest)
        media_id = identifier(answer.get("media_id"))
        if media_id is None:
            raise ClientError(
                f"The upload host took the {self._kind.what} and did not say what it is now.", body=answer
            )
        if rest is None:
            self._progress(self._size, self._size)
        return media_id

    def _offset(self, exchange: Exchange, path: str) -> int:
        """How much of the file the server has already."""
        try:
            answer = exchange("GET", path, self._headers)
        except ClientNotFoundError:
            if self._kind.asks_first:
                raise
            return 0  # the app never asks for photos, so the server need not know the question
        offset = max(0, whole_number(answer.get("offset")) or 0)
        if offset > self._size:
            raise ClientError(f"The upload host has more of the {self._kind.what} than there is.", body=answer)
        return offset


class Body:
    """The rest of a file, read while it is sent."""

    def __init__(self, file: BinaryIO, offset: int, size: int, progress: Progress) -> None:
        self._file = file
        self._at = offset
        self._length = size - offset
        self._size = size
        self._progress = progress
        file.seek(offset)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        """Marks it as something that is sent piece by piece."""
        return iter(lambda: self.read(io.DEFAULT_BUFFER_SIZE), b"")

    def read(self, size: int = -1) -> bytes:
        """The next bytes; asking for them means that the ones before are on their way.

        Raises:
            BodyFailed: whoever is told the progress wants no more, or the file cannot be read.
        """
        try:
            self._progress(self._at, self._size)
            remaining = self._size - self._at
            piece = self._file.read(min(size, remaining) if size >= 0 else remaining)
            if remaining and not piece:
                raise ClientError("The file became shorter while it was sent.")
        except BaseException as error:
            raise BodyFailed(error) from None
        self._at += len(piece)
        return piece


class BodyFailed(BaseException):
    """Carries what the program raised past all who would take it for a failure of the network."""

    def __init__(self, reason: BaseException) -> None:
        super().__init__()
        self.reason = reason


def _checked_size(kind: UploadKind, file: BinaryIO) -> int:
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise UnsupportedMedia(f"The {kind.what} is empty.")
    if size > kind.max_size:
        raise UnsupportedMedia(f"The {kind.what} has {size} bytes; no more than {kind.max_size} can be sent.")
    found = kind_of(file)
    if found != kind.takes:
        raise UnsupportedMedia(
            f"The {kind.what} is {found}, and only {kind.takes} can be sent as one. "
            f"Convert it first, for instance with {kind.advice}"
        )
    return size
