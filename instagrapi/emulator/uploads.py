"""Files on their way here, piece by piece and over as many connections as it takes."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from instagrapi.emulator.media import Media, MediaKind
from instagrapi.emulator.model import Account, Refused

#: So many uploads are remembered; the oldest go first.
CAPACITY = 32
#: Of larger files only the size and the checksum are kept.
KEPT_SIZE = 8 * 1024 * 1024
#: The id of the first file: so many digits (reported), counted up from here (assumed).
_FIRST_MEDIA_ID = 700_000_000_000_001

#: What files begin with.
_MARKS = {"photo": (0, b"\xff\xd8\xff"), "video": (4, b"ftyp"), "voice": (4, b"ftyp")}


@dataclass(slots=True, eq=False)
class Upload:
    """A file that arrives.

    Attributes:
        kind: ``photo``, ``video`` or ``voice``.
        name: the last part of the path.
        size: how many bytes it has in all.
        received: how many are here.
        offsets: where each request began.
        media_id: its id, when it is complete.
        file: its name among what can be downloaded; ``None`` when it is not complete or too large to be kept.
    """

    kind: MediaKind
    name: str
    size: int
    received: int = 0
    offsets: list[int] = field(default_factory=list)
    media_id: int | None = None
    file: str | None = None
    turn: int = 0
    head: bytes = b""
    content: bytearray | None = field(default=None, repr=False)
    digest: Any = field(default_factory=hashlib.sha256, repr=False)

    @property
    def sha256(self) -> str:
        """The checksum of what is here, in hexadecimal."""
        return str(self.digest.hexdigest())


class Uploads:
    """All of them.

    Whoever asks for the offset of an upload, or goes on with it, ends what may still be on its way in an earlier
    request.

    Args:
        media: where complete files go.
    """

    def __init__(self, media: Media) -> None:
        self._media = media
        self._lock = threading.Lock()
        self._uploads: OrderedDict[tuple[int, str, str], Upload] = OrderedDict()
        self._next_id = _FIRST_MEDIA_ID

    def __iter__(self) -> Iterator[Upload]:
        """In the order in which they began."""
        with self._lock:
            return iter(list(self._uploads.values()))

    def offset(self, account: Account, kind: MediaKind, name: str) -> int:
        """How much of a file is here."""
        with self._lock:
            upload = self._uploads.get((account.pk, kind, name))
            if upload is None:
                return 0
            upload.turn += 1
            return upload.received

    def begin(self, account: Account, kind: MediaKind, name: str, offset: int, size: int) -> tuple[Upload, int]:
        """An upload that goes on at an offset, and the number of this request.

        Raises:
            Refused: something else has arrived under that name.
        """
        with self._lock:
            key = (account.pk, kind, name)
            upload = self._uploads.get(key)
            if upload is None:
                upload = self._uploads[key] = Upload(kind, name, size)
                upload.content = bytearray() if size <= KEPT_SIZE else None
                if len(self._uploads) > CAPACITY:
                    self._uploads.popitem(last=False)
            if size != upload.size or offset != upload.received:
                raise Refused(400, f"{upload.received} of {upload.size} bytes are here")
            upload.turn += 1
            upload.offsets.append(offset)
            return upload, upload.turn

    def add(self, upload: Upload, turn: int, piece: bytes) -> bool:
        """Takes the next bytes; not when another request has gone on in the meantime."""
        with self._lock:
            if turn != upload.turn:
                return False
            upload.received += len(piece)
            upload.digest.update(piece)
            upload.head = (upload.head + piece[:16])[:16]
            if upload.content is not None:
                upload.content += piece
            return True

    def finish(self, upload: Upload) -> int:
        """The id of a file that is complete; the same each time.

        Raises:
            Refused: it is not what it was said to be.
        """
        with self._lock:
            begin, mark = _MARKS[upload.kind]
            if not upload.head.startswith(mark, begin):
                raise Refused(400, f"the file is no {upload.kind}")
            if upload.media_id is None:
                upload.media_id, self._next_id = self._next_id, self._next_id + 1
                if upload.content is not None:
                    upload.file, upload.content = self._media.keep(upload.kind, bytes(upload.content)), None
            return upload.media_id

    def find(self, account: Account, kind: MediaKind, media_id: str) -> Upload:
        """A file of the account.

        Raises:
            Refused: there is none of that id.
        """
        with self._lock:
            for (pk, _, _), upload in self._uploads.items():
                if (pk, upload.kind, str(upload.media_id)) == (account.pk, kind, media_id):
                    return upload
        raise Refused(400, "attachment_fbid names no file of this kind")
