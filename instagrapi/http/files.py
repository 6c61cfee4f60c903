"""Files that are sent or received: opening them, telling what they are, and writing them whole or not at all.

Nothing is converted: that would need a library for pictures and another one for films, and would hide what is lost.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
import tempfile
from collections.abc import Iterator
from typing import BinaryIO, TypeAlias

#: A path, the content itself, or a binary file that can be read from any place, from its beginning.
Source: TypeAlias = str | os.PathLike[str] | bytes | BinaryIO

#: What Instagram takes: pictures, and films or recordings. QuickTime (MOV) counts as MP4, and so does M4A.
JPEG, MP4 = "a JPEG picture", "an MP4 file"

_HEAD = 32
_MAGIC = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG": "a PNG picture",
    b"GIF8": "a GIF picture",
    b"BM": "a BMP picture",
    b"\x1a\x45\xdf\xa3": "a WebM or Matroska film",
    b"OggS": "an Ogg file",
    b"ID3": "an MP3 file",
    b"\xff\xfb": "an MP3 file",
    b"\xff\xf1": "a bare AAC stream",
    b"#!AMR": "an AMR file",
}
#: Brands of ``ftyp`` that are pictures.
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})
_MAX_BOXES = 100


@contextlib.contextmanager
def opened(source: Source) -> Iterator[BinaryIO]:
    """The bytes of a source as a file; one that the caller opened stays open.

    Raises:
        OSError: the file cannot be read; ``FileNotFoundError`` when there is none.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            yield file
    else:
        yield source


@contextlib.contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[BinaryIO]:
    """A file, readable by its owner only, that takes the place of another when all of it has been written.

    Raises:
        OSError: it cannot be written; whatever was there is untouched, as it is when the block raises.
    """
    target = os.path.realpath(path)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".instagrapi-")
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        os.replace(temporary, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def kind_of(file: BinaryIO) -> str:
    """What a file is, told by its first bytes: :data:`JPEG`, :data:`MP4`, or another noun with its article."""
    file.seek(0)
    head = file.read(_HEAD)
    if head[4:8] == b"ftyp":
        return "an HEIF or AVIF picture" if head[8:12] in _PICTURE_BRANDS else MP4
    if head.startswith(b"RIFF"):
        return {b"WEBP": "a WebP picture", b"WAVE": "a WAV file"}.get(head[8:12], "a RIFF file")
    return next((name for magic, name in _MAGIC.items() if head.startswith(magic)), "a file of an unknown kind")


def mp4_seconds(file: BinaryIO) -> float | None:
    """How long an MP4 lasts, by its movie header (ISO 14496-12, ``moov`` and ``mvhd``); ``None`` when it does not say.

    Reads a few bytes of each box, and of 100 boxes at most.
    """
    movie = _find_box(file, b"moov", 0, file.seek(0, io.SEEK_END))
    header = _find_box(file, b"mvhd", *movie) if movie else None
    if header is None:
        return None
    file.seek(header[0])
    data = file.read(32)
    form, skipped = (">IQ", 20) if data[:1] == b"\x01" else (">II", 12)
    try:
        timescale, duration = struct.unpack_from(form, data, skipped)
    except struct.error:
        return None
    unknown = duration in (0, 2**32 - 1, 2**64 - 1)
    return None if unknown or not timescale else duration / timescale


def _find_box(file: BinaryIO, wanted: bytes, begin: int, end: int) -> tuple[int, int] | None:
    """Where the content of a box begins and ends."""
    for _ in range(_MAX_BOXES):
        file.seek(begin)
        head = file.read(16)
        if len(head) < 8:
            return None
        size, kind = struct.unpack(">I4s", head[:8])
        content = begin + 8
        if size == 1:  # the size follows, in eight bytes
            size, content = int.from_bytes(head[8:]), content + 8
        elif size == 0:  # it is the last one
            size = end - begin
        if size < content - begin or begin + size > end:
            return None
        if kind == wanted:
            return content, begin + size
        begin += size
    return None
