"""Which events a handler wants: by thread, by person, by direction, by text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias, TypedDict

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.events import KINDS, Event, MessageEvent
from instagrapi.realtime.wire.arguments import each_id

Ids: TypeAlias = int | str | Iterable[int | str]

#: Where the events keep what a filter looks at.
_USER_FIELDS = ("user_id", "sender_id", "source_id")


class Filters(TypedDict, total=False):
    """The keyword arguments of ``on`` that narrow what a handler gets. All that are given must hold.

    Attributes:
        thread_id: one id or several.
        from_user: the id, or ids, of who wrote, reacted, typed, read, came online, or caused a push.
        incoming: true for what others did, false for what the account itself did. An event that does not say who did
            it, such as an unsent message, is neither.
        text: a regular expression that is searched for in the text of a message or push.
    """

    thread_id: Ids
    from_user: Ids
    incoming: bool
    text: str | re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Filter:
    """Filters, ready to be applied to typed events."""

    thread_ids: frozenset[str] | None = None
    user_ids: frozenset[str] | None = None
    incoming: bool | None = None
    text: re.Pattern[str] | None = None

    @classmethod
    def of(cls, filters: Filters) -> Filter | None:
        """The filter that the keyword arguments mean; ``None`` without any.

        Raises:
            RealtimeConfigError: an argument is unknown or makes no sense.
        """
        if unknown := filters.keys() - Filters.__annotations__.keys():
            raise RealtimeConfigError(f"there is no filter {', '.join(sorted(unknown))}")
        incoming = filters.get("incoming")
        if incoming is not None and not isinstance(incoming, bool):
            raise RealtimeConfigError("incoming is True, False, or left out")
        user_ids = _ids("from_user", filters.get("from_user"))
        if not all(user_id.isdigit() for user_id in user_ids or ()):
            raise RealtimeConfigError("from_user takes user ids, which are numbers, and no user names")
        found = cls(_ids("thread_id", filters.get("thread_id")), user_ids, incoming, _pattern(filters.get("text")))
        return None if found == cls() else found

    def check_class(self, cls: type[Event]) -> None:
        """Refuses a filter that no event of a class could ever pass.

        Raises:
            RealtimeConfigError: the class has nothing that the filter looks at.
        """
        candidates = [known for known in (*KINDS.values(), cls) if issubclass(known, cls)]
        wanted = {
            "thread_id": (self.thread_ids, ("thread_id",)),
            "from_user": (self.user_ids, _USER_FIELDS),
            "incoming": (self.incoming, (*_USER_FIELDS, "from_me")),
            "text": (self.text, ("text",)),
        }
        for name, (value, fields) in wanted.items():
            if value is not None and not any(
                hasattr(one, name) or name in one.model_fields for one in candidates for name in fields
            ):
                raise RealtimeConfigError(f"events of the kind {cls.kind!r} have nothing to filter by {name}")

    def accepts(self, event: Event) -> bool:
        """Whether the handler wants the event."""
        if self.thread_ids is not None and getattr(event, "thread_id", None) not in self.thread_ids:
            return False
        if self.user_ids is not None and _first(event, _USER_FIELDS) not in self.user_ids:
            return False
        if self.incoming is not None and _is_incoming(event) is not self.incoming:
            return False
        return self.text is None or any(self.text.search(text) for text in _texts(event))


def _first(event: Event, names: tuple[str, ...]) -> str | None:
    return next((value for name in names if isinstance(value := getattr(event, name, None), str)), None)


def _is_incoming(event: Event) -> bool | None:
    user_id = _first(event, _USER_FIELDS)
    if user_id is None or event.account_id is None:
        return None
    return user_id != event.account_id


def _texts(event: Event) -> Iterator[str]:
    """The words of an event: those of a message may be in its content, as those that go with a link are."""
    if text := _first(event, ("text",)):
        yield text
    elif isinstance(event, MessageEvent) and event.item and event.content.text:
        yield event.content.text


def _pattern(text: object) -> re.Pattern[str] | None:
    try:
        pattern = re.compile(text) if isinstance(text, str) else text
    except re.error as error:
        raise RealtimeConfigError(f"text is no regular expression: {error}") from None
    if pattern is None or (isinstance(pattern, re.Pattern) and isinstance(pattern.pattern, str)):
        return pattern
    raise RealtimeConfigError("text is a regular expression, as text or compiled from text")


def _ids(name: str, ids: Ids | None) -> frozenset[str] | None:
    if ids is None:
        return None
    found = frozenset(each_id(name, ids))
    if not found:
        raise RealtimeConfigError(f"{name} must name at least one")
    return found
