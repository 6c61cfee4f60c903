"""Facts collected about other implementations and captured payloads, in a folder next to the checkout.

The folder is read where it lies and is no part of the project: without it the tests that use it are skipped.
"""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Iterable
from typing import Any

import pytest

SHARED = (pathlib.Path(__file__).resolve().parents[2] / ".." / "shared").resolve()
REASON = "the folder with vectors and payloads is not next to the checkout"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason=REASON)


def vector(name: str) -> dict[str, Any]:
    """One file of vectors; skips the running test when it is not there."""
    path = SHARED / "vectors" / f"{name}.json"
    if not path.is_file():
        pytest.skip(REASON)
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def cases(name: str, *, key: str = "cases", label: str = "name") -> list[Any]:
    """The cases of a file of vectors, as parameters of a test."""
    return _parameters(lambda: ((case.get(label, ""), case) for case in vector(name)[key]))


def payloads(*, published: bool = False) -> list[Any]:
    """Every labelled payload, or only those that a PUBLISH carries, as parameters of a test."""
    return _parameters(lambda: (entry for entry in _read_payloads() if not published or entry[1]["topic"] is not None))


def _read_payloads() -> Iterable[tuple[str, Any]]:
    for folder in ("corpus", "corpus-typed"):
        for path in sorted((SHARED / folder).glob("[0-9]*.json")):
            record = json.loads(path.read_text())
            if record["kind"] != "inbox_http":  # an HTTP body, which no broker sends
                yield f"{folder}-{path.stem}", record


def _parameters(read: Callable[[], Iterable[tuple[str, Any]]]) -> list[Any]:
    if not SHARED.is_dir():
        return [pytest.param(None, marks=pytest.mark.skip(reason=REASON), id="absent")]
    return [pytest.param(value, id=name) for name, value in read()]
