from __future__ import annotations

import contextlib
import json
import math
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import LimitExceeded
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE, deflate, dump_json, inflate, parse_json
from tests.support.chunking import every_split

TEXT = b'{"event":"patch","data":[{"op":"add"},{"op":"add"},{"op":"add"}]}'

# --- zlib ------------------------------------------------------------------------------------------------------------


def test_bodies_are_deflated_at_the_highest_level() -> None:
    assert deflate(TEXT)[:2] == b"\x78\xda"
    assert zlib.decompress(deflate(TEXT)) == TEXT


@pytest.mark.parametrize("level", [0, 1, 6, 9])
def test_a_stream_of_any_level_is_inflated(level: int) -> None:
    assert inflate(zlib.compress(TEXT, level)) == TEXT


@pytest.mark.parametrize(
    "body",
    [b"", TEXT, b"[]", b"\x18\x03FRC\x00", b"\x15\x02\x00", b"\x00\x11\x00", b"plain"],
    ids=["empty", "object", "array", "struct", "struct-of-integers", "foreground-state", "text"],
)
def test_a_body_that_was_not_deflated_is_left_alone(body: bytes) -> None:
    assert inflate(body) == body


def test_a_stream_that_breaks_off_is_left_alone() -> None:
    for broken, _ in every_split(deflate(TEXT)):
        assert inflate(broken) == broken


@pytest.mark.parametrize(
    "body",
    [b"x", b"xyz", b"\x78\xda", b"\x78\xda" + b"\xff" * 20, deflate(TEXT)[:-4] + b"\0\0\0\0", b"\x78\xbb\0\0\0\1abc"],
    ids=["letter", "word", "header", "garbage", "wrong-checksum", "preset-dictionary"],
)
def test_what_only_looks_like_a_stream_is_left_alone(body: bytes) -> None:
    assert inflate(body) == body


def test_bytes_after_a_stream_are_dropped() -> None:
    assert inflate(deflate(TEXT) + b"\0trailing") == TEXT
    assert inflate(deflate(TEXT) + deflate(b"more")) == TEXT


@pytest.mark.parametrize("size", [1, 100, 65_536])
def test_a_body_may_be_as_long_as_the_limit(size: int) -> None:
    assert inflate(deflate(bytes(size)), size) == bytes(size)
    with pytest.raises(LimitExceeded):
        inflate(deflate(bytes(size + 1)), size)


def test_the_checksum_counts_at_the_limit_too() -> None:
    broken = deflate(bytes(100))[:-1] + b"\xff"
    assert inflate(broken, 100) == broken


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb, limit = deflate(bytes(200 * 2**20)), 2**20
    assert len(bomb) < 2**18
    tracemalloc.start()
    try:
        with pytest.raises(LimitExceeded, match=str(limit)):
            inflate(bomb, limit)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * limit


def test_the_default_limit_is_thirty_two_mebibytes() -> None:
    assert DEFAULT_MAX_INFLATED_SIZE == 32 * 2**20
    with pytest.raises(LimitExceeded):
        inflate(deflate(bytes(DEFAULT_MAX_INFLATED_SIZE + 1)))


@given(st.binary(max_size=500))
def test_whatever_was_deflated_comes_back(body: bytes) -> None:
    assert inflate(deflate(body)) == body


@given(st.binary(max_size=100), st.integers(1, 100))
def test_no_bytes_raise_anything_but_the_limit(tail: bytes, limit: int) -> None:
    for body in (tail, b"\x78" + tail, b"\x78\x9c" + tail):
        with contextlib.suppress(LimitExceeded):
            assert isinstance(inflate(body, limit), bytes)


# --- JSON ------------------------------------------------------------------------------------------------------------


def test_json_is_written_compactly_and_in_ascii() -> None:
    assert dump_json({"b": [1, "é✓"], "a": None}) == b'{"b":[1,"\\u00e9\\u2713"],"a":null}'


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{}", {}),
        (b'["\xc3\xa9"]', ["é"]),
        ('"text"', "text"),
        ("3", 3),
        ("null", None),
        (" \t\r\n[1] \n", [1]),
        ("29301319068610801628245323821358206", 29301319068610801628245323821358206),
        ("-9223372036854775809", -9223372036854775809),
        ('"\\ud83d\\udd25"', "🔥"),
        ('"\\ud83d"', "\ud83d"),
        ('"\\u0000"', "\0"),
        ('{"a":1,"a":2}', {"a": 2}),
        ("9" * 4300, 10**4300 - 1),
    ],
    ids=lambda value: repr(value)[:20].encode("ascii", "replace").decode(),
)
def test_json_is_read_exactly(text: str | bytes, value: Any) -> None:
    assert parse_json(text) == value


def test_what_python_reads_beyond_json_is_read() -> None:
    assert math.isnan(parse_json("NaN"))
    assert parse_json("[Infinity, -Infinity, 1e999]") == [math.inf, -math.inf, math.inf]


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "{",
        "nul",
        "{'a':1}",
        '{"a":1} trailing',
        "[] []",
        "[1,]",
        '"\n"',
        b"\xff\xfe",
        b'"\xed\xa0\x80"',
        b"\xef\xbb\xbf{}",
        "9" * 5000,
        "[" * 100_000,
        '{"a":' * 100_000,
        "[" * 100_000 + "]" * 100_000,
    ],
    ids=lambda value: repr(value)[:20].encode("ascii", "replace").decode(),
)
def test_anything_else_is_a_value_error(text: str | bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  # json's own messages
        parse_json(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**40), 10**40) | st.floats(allow_nan=False) | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(json_values)
def test_json_comes_back_as_it_was(value: Any) -> None:
    assert parse_json(dump_json(value)) == value


@given(st.text(max_size=30) | st.binary(max_size=30))
def test_a_text_is_read_as_the_standard_library_does_or_refused_as_well(text: str | bytes) -> None:
    try:
        expected = json.loads(text.decode() if isinstance(text, bytes) else text)
    except ValueError:
        with pytest.raises(ValueError):  # noqa: PT011  # json's own messages
            parse_json(text)
    else:
        assert repr(parse_json(text)) == repr(expected)
