"""What happened while message sync could not tell: new items found in the inbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from instagrapi.realtime.events.fields import as_integer, as_text


class Missed(NamedTuple):
    """A new item and its thread; ``at`` is in microseconds since 1970."""

    at: int
    thread_id: str
    item: Mapping[str, Any]


def threads_of(inbox: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The threads in an answer of the inbox."""
    box = inbox.get("inbox")
    threads = box.get("threads") if isinstance(box, Mapping) else None
    return [thread for thread in threads if isinstance(thread, Mapping)] if isinstance(threads, list) else []


def has_more_threads(inbox: Mapping[str, Any]) -> bool:
    """Whether the inbox has threads that the answer does not show."""
    box = inbox.get("inbox")
    return isinstance(box, Mapping) and box.get("has_older") is True


def is_quiet(thread: Mapping[str, Any], since: int) -> bool:
    """Whether nothing came after a moment; then the same holds for all threads below it, as the inbox is sorted."""
    return next(missed_in(thread, since + 1, lambda item_id: False), None) is None


def missed_in(thread: Mapping[str, Any], since: int, is_known: Callable[[str], bool]) -> Iterator[Missed]:
    """The items of a thread that came after a moment and were not handled.

    Args:
        thread: as the inbox shows it.
        since: microseconds since 1970.
        is_known: whether an item id was handled before.
    """
    thread_id = as_text(thread.get("thread_id"))
    for item in _items(thread):
        item_id, at = as_text(item.get("item_id")), as_integer(item.get("timestamp"))
        if thread_id and item_id and at is not None and at >= since and not is_known(item_id):
            yield Missed(at, thread_id, item)


def goes_on(thread: Mapping[str, Any], since: int) -> bool:
    """Whether the thread has more items after that moment than it shows."""
    times = [at for item in _items(thread) if (at := as_integer(item.get("timestamp"))) is not None]
    return thread.get("has_older") is True and min(times, default=since) >= since


def _items(thread: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    items = thread.get("items")
    return [item for item in items if isinstance(item, Mapping)] if isinstance(items, list) else []
