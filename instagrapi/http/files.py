"""Files that are sent: opening them, and telling what they are.

Nothing is converted: that would need a library for pictures and another one for films, and would hide what is lost.
"""

from __future__ import annotations

import contextlib
import io
import os
import struct
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
        TypeError: it is none of what a source can be.
    """
    if isinstance(source, bytes):
        yield io.BytesIO(source)
    elif isinstance(source, str | os.PathLike):
        with open(source, "rb") as file:
            yield file
    elif _is_binary_file(source):
        yield source
    else:
        raise TypeError(f"a file is its path, its bytes, or a file opened in binary mode, not {type(source).__name__}")


def _is_binary_file(source: object) -> bool:
    return hasattr(source, "read") and hasattr(source, "seek") and not isinstance(source, io.TextIOBase)


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


def mp4_tracks(file: BinaryIO) -> frozenset[bytes]:
    """What the tracks of an MP4 hold, by their handlers (ISO 14496-12, ``hdlr``): ``vide``, ``soun`` and others."""
    found = set()
    for kind, begin, end in _boxes(file, *(_find_box(file, b"moov", 0, file.seek(0, io.SEEK_END)) or (0, 0))):
        media = _find_box(file, b"mdia", begin, end) if kind == b"trak" else None
        handler = _find_box(file, b"hdlr", *media) if media else None
        if handler:
            file.seek(handler[0] + 8)
            found.add(file.read(4))
    return frozenset(found)


def _find_box(file: BinaryIO, wanted: bytes, begin: int, end: int) -> tuple[int, int] | None:
    """Where the content of a box begins and ends."""
    return next(((start, stop) for kind, start, stop in _boxes(file, begin, end) if kind == wanted), None)


def _boxes(file: BinaryIO, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The kinds of the boxes, and where their content begins and ends."""
    for _ in range(_MAX_BOXES):
        file.seek(begin)
        head = file.read(16)
        if len(head) < 8:
            return
        size, kind = struct.unpack(">I4s", head[:8])
        content = begin + 8
        if size == 1:  # the size follows, in eight bytes
            size, content = int.from_bytes(head[8:]), content + 8
        elif size == 0:  # it is the last one
            size = end - begin
        if size < content - begin or begin + size > end:
            return
        yield kind, content, begin + size
        begin += size
