"""Lists that come in pages."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Protocol, TypeVar


class HasId(Protocol):
    """An entry with an id, which is empty when the server sent none."""

    id: str


_Page = TypeVar("_Page")
_Entry = TypeVar("_Entry", bound=HasId)
_Any = TypeVar("_Any")


def pages(
    fetch: Callable[[str | None], _Page], cursor_after: Callable[[_Page], str | None], cursor: str | None = None
) -> Iterator[_Page]:
    """Page by page, each fetched when it is asked for.

    Args:
        fetch: gives the page at a cursor; the first one is at ``None``.
        cursor_after: where the page after this one begins; ``None`` when it is the last. A cursor that was followed
            already ends the list, too: it would lead around for ever.
        cursor: where to begin.
    """
    followed = {cursor}
    while True:
        page = fetch(cursor)
        yield page
        cursor = cursor_after(page)
        if cursor in followed or cursor is None:
            return
        followed.add(cursor)


def fresh(pages: Iterable[_Page], entries_of: Callable[[_Page], Iterable[_Entry]]) -> Iterator[_Entry]:
    """The entries of the pages, each once: while one pages, new messages push others over to the next page.

    A page without a new one ends the list: more of the kind would lead around for ever.
    """
    known: set[str] = set()
    for page in pages:
        leads_on = False
        for entry in entries_of(page):
            if entry.id in known:
                continue
            leads_on = True
            if entry.id:
                known.add(entry.id)
            yield entry
        if not leads_on:
            return


def up_to(amount: int, entries: Iterable[_Any]) -> list[_Any]:
    """So many entries at most, all when the amount is 0; no page is fetched that they are not on."""
    return list(itertools.islice(entries, amount if amount > 0 else None))
