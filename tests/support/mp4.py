"""Files of the kinds that can be sent, as small as they get."""

from __future__ import annotations

import struct

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 8 + b"\xff\xd9"


def box(kind: bytes, content: bytes = b"", *, wide: bool = False) -> bytes:
    """A box of an MP4, with its size in four or, when it is wide, in eight bytes."""
    if wide:
        return struct.pack(">I4sQ", 1, kind, len(content) + 16) + content
    return struct.pack(">I4s", len(content) + 8, kind) + content


def movie_header(seconds: float, timescale: int = 1000, *, version: int = 0) -> bytes:
    """``mvhd``: how long it lasts."""
    times, form = (bytes(16), ">IQ") if version else (bytes(8), ">II")
    duration = struct.pack(form, timescale, int(seconds * timescale))
    return box(b"mvhd", bytes([version, 0, 0, 0]) + times + duration + bytes(80))


def mp4(seconds: float = 2.0, *, brand: bytes = b"isom", data: bytes = b"") -> bytes:
    """A film or a recording without any track."""
    return box(b"ftyp", brand + bytes(4)) + box(b"mdat", data) + box(b"moov", movie_header(seconds))
