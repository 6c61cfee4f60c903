"""The ways in which a network may hand over the same bytes."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st


def every_split(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The bytes in two pieces, cut at each place; both pieces hold something."""
    for position in range(1, len(data)):
        yield data[:position], data[position:]


def byte_by_byte(data: bytes) -> list[bytes]:
    """The bytes one at a time."""
    return [data[position : position + 1] for position in range(len(data))]


def cut(data: bytes, sizes: list[int]) -> list[bytes]:
    """The bytes in pieces of these sizes, used over and over."""
    pieces, position, turn = [], 0, 0
    while position < len(data):
        size = sizes[turn % len(sizes)]
        pieces.append(data[position : position + size])
        position, turn = position + size, turn + 1
    return pieces


#: Sizes for :func:`cut`.
sizes = st.lists(st.integers(1, 20), min_size=1, max_size=10)
