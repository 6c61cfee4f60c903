from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from instagrapi.http.files import JPEG, MP4, kind_of, mp4_seconds, opened
from tests.support import mp4


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (mp4.JPEG, JPEG),
        (mp4.mp4(), MP4),
        (mp4.mp4(brand=b"qt  "), MP4),
        (mp4.mp4(brand=b"M4A "), MP4),
        (mp4.mp4(brand=b"heic"), "an HEIF or AVIF picture"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"GIF89a", "a GIF picture"),
        (b"RIFF....WEBPVP8 ", "a WebP picture"),
        (b"RIFF....WAVEfmt ", "a WAV file"),
        (b"RIFF....AVI ", "a RIFF file"),
        (b"OggS\x00", "an Ogg file"),
        (b"ID3\x03", "an MP3 file"),
        (b"#!AMR\n", "an AMR file"),
        (b"\xff\xd8", "a file of an unknown kind"),
        (b"x", "a file of an unknown kind"),
        (b"", "a file of an unknown kind"),
    ],
)
def test_the_first_bytes_tell_what_a_file_is(head: bytes, kind: str) -> None:
    assert kind_of(io.BytesIO(head)) == kind


def test_a_source_is_a_path_bytes_or_a_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"content")
    for source in (path, str(path), b"content"):
        with opened(source) as file:
            assert file.read() == b"content"
        assert file.closed is not isinstance(source, bytes)
    own = io.BytesIO(b"content")
    with opened(own) as file:
        assert file is own
    assert not own.closed


@pytest.mark.parametrize("version", [0, 1])
@pytest.mark.parametrize("wide", [False, True])
def test_the_movie_header_tells_how_long_it_lasts(version: int, wide: bool) -> None:
    movie = mp4.box(b"moov", mp4.movie_header(12.5, version=version), wide=wide)
    before = mp4.box(b"ftyp", b"isom") + mp4.box(b"mdat", bytes(1000), wide=wide)
    assert mp4_seconds(io.BytesIO(before + movie)) == 12.5
    assert mp4_seconds(io.BytesIO(movie + before)) == 12.5


def test_the_last_box_may_leave_its_size_open() -> None:
    movie = struct.pack(">I4s", 0, b"moov") + mp4.movie_header(3)
    assert mp4_seconds(io.BytesIO(mp4.box(b"ftyp") + movie)) == 3


WHOLE = mp4.mp4(2.0)


@pytest.mark.parametrize("size", range(0, len(WHOLE), 7))
def test_half_a_file_does_not_say_how_long_it_lasts(size: int) -> None:
    assert mp4_seconds(io.BytesIO(WHOLE[:size])) is None


@pytest.mark.parametrize(
    "odd",
    [
        mp4.JPEG,
        mp4.box(b"moov", b""),
        mp4.box(b"moov", mp4.box(b"mvhd", b"\x00")),
        mp4.box(b"moov", mp4.movie_header(5, timescale=0)),
        mp4.box(b"moov", mp4.box(b"mvhd", bytes(12) + struct.pack(">II", 1000, 2**32 - 1))),
        struct.pack(">I4s", 3, b"moov") + mp4.movie_header(3),
        struct.pack(">I4s", 2**32 - 1, b"moov") + mp4.movie_header(3),
        mp4.box(b"free") * 100 + mp4.box(b"moov", mp4.movie_header(3)),
    ],
    ids=["jpeg", "empty movie", "short header", "no timescale", "unknown", "small box", "large box", "many boxes"],
)
def test_an_odd_file_does_not_say_how_long_it_lasts(odd: bytes) -> None:
    assert mp4_seconds(io.BytesIO(odd)) is None
