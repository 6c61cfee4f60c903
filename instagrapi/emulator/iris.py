"""The message-sync queue of an account: numbered events, of which only the latest are kept."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from instagrapi.realtime.protocol.payload import dump_json

#: How many events can be replayed (assumed; the real number is not known).
DEFAULT_CAPACITY = 115
#: Where a new account's queue stands (assumed; captures show 2 to about 120000).
FIRST_SEQ_ID = 1000


class PositionUnknown(LookupError):
    """The queue cannot replay from a position; the message is the name of the service's exception (captured)."""


@dataclass(frozen=True, slots=True)
class Patch:
    """One operation on one path. ``value`` becomes JSON text on the wire; ``None`` leaves it out.

    Attributes:
        ts: when, in microseconds; only unseen counts say so (captured).
    """

    op: str
    path: str
    value: Any = None
    ts: int | None = None

    def render(self, *, quotes: bool) -> dict[str, Any]:
        """As it is on the wire (form captured).

        Args:
            quotes: whether the receiver's app is new enough to be shown what an item replies to.
        """
        shown: dict[str, Any] = {"op": self.op, "path": self.path}
        if self.value is not None:
            shown["value"] = dump_json(self.value if quotes else _without_quote(self.value)).decode()
        if self.ts is not None:
            shown["ts"] = str(self.ts)
        return shown


@dataclass(frozen=True, slots=True)
class IrisEvent:
    """What happened at once."""

    seq_id: int
    patches: tuple[Patch, ...]
    mutation_token: str | None

    def item_ids(self) -> Iterator[str]:
        """The items that it brings, by themselves or in a thread."""
        for patch in self.patches:
            if patch.op == "add" and isinstance(patch.value, dict):
                yield from (
                    item["item_id"] for item in (patch.value, *patch.value.get("items", ())) if "item_id" in item
                )

    def render(self, *, realtime: bool, quotes: bool) -> dict[str, Any]:
        """The element of a topic 146 body (form captured).

        Args:
            realtime: false while the backlog is replayed.
            quotes: see :meth:`Patch.render`.
        """
        return {
            "event": "patch",
            "data": [patch.render(quotes=quotes) for patch in self.patches],
            "message_type": 1,
            "seq_id": self.seq_id,
            "mutation_token": self.mutation_token,
            "realtime": realtime,
        }


class IrisQueue:
    """Events with growing ``seq_id``; a ring buffer of ``capacity``."""

    def __init__(self, capacity: int = DEFAULT_CAPACITY) -> None:
        self._events: deque[IrisEvent] = deque(maxlen=capacity)
        self.latest_seq_id = FIRST_SEQ_ID

    def append(self, patches: Iterable[Patch], mutation_token: str | None) -> IrisEvent:
        """Adds an event under the next number."""
        self.latest_seq_id += 1
        event = IrisEvent(self.latest_seq_id, tuple(patches), mutation_token)
        self._events.append(event)
        return event

    def after(self, position: int) -> list[IrisEvent]:
        """The events behind a position, oldest first.

        Raises:
            PositionUnknown: the position is ahead of the queue (underflow), or events behind it are gone (overflow).
        """
        if position > self.latest_seq_id:
            raise PositionUnknown("IrisQueueUnderflowException")
        if position < self.latest_seq_id - len(self._events):
            raise PositionUnknown("IrisQueueOverflowException")
        return [event for event in self._events if event.seq_id > position]


def _without_quote(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {key: element for key, element in value.items() if key != "replied_to_message"}
