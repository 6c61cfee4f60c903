"""Paths of threads."""

from __future__ import annotations

ROOT = "direct_v2/"


def thread_path(thread_id: str | int, rest: str = "") -> str:
    """The path of a thread, or of something about it; the server takes either id of a thread (reported).

    Raises:
        ValueError: the id does not consist of digits.
    """
    digits = str(thread_id)
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("a thread id consists of digits")
    return f"{ROOT}threads/{digits}/{rest}"
