"""How far message sync has been handled, and what was handled, so that a new connection resumes without losing any.

The server keeps a queue of numbered elements. A subscription names a position in it, and the server replays what comes
after. The numbers grow but leave gaps; a replay repeats the numbers of the first time.
"""

from __future__ import annotations

import threading
from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any, NamedTuple, Self

from instagrapi.realtime.wire.paths import Path, Target

#: How many keys of what was handled are remembered.
DEFAULT_CAPACITY = 2000
#: How many of them, the latest, are in the state that is saved.
DEFAULT_SAVED = 500
_RECENT = "recent"
_ADDED = "add:"
_MAX_NUMBER = 2**63 - 1
_ITEM = Target.ITEM


def added_key(item_id: str) -> str:
    """The key of a new item, wherever the client learned of it: message sync or the inbox."""
    return f"{_ADDED}{item_id}"


def patch_key(seq_id: Any, index: int, target: Path | None = None, op: str | None = None) -> str | None:
    """What a replayed patch has in common with its first publish.

    An added item is known by its id; anything else by where it stands in the queue.

    Args:
        seq_id: the number of the element, as it came.
        index: which of the element's patches it is, from 0.
        target: what the patch's path means.
        op: its operation.

    Returns:
        The key; ``None`` for what cannot be recognised, as its element has no number.
    """
    if op == "add" and target is not None and target.target is _ITEM and target.item_id:
        return added_key(target.item_id)
    number = _number(seq_id)
    return None if number is None else f"{number}.{index}"


class SyncPosition(NamedTuple):
    """A place in the queue.

    Attributes:
        seq_id: the number of the last element before it.
        snapshot_at_ms: when that was the newest that the client knew, in unix milliseconds.
    """

    seq_id: int
    snapshot_at_ms: int

    @classmethod
    def from_mapping(cls, data: object) -> Self | None:
        """The position that a saved state or the inbox tells, ``None`` if it tells none that makes sense."""
        if not isinstance(data, Mapping):
            return None
        seq_id, snapshot_at_ms = _number(data.get("seq_id")), _number(data.get("snapshot_at_ms"))
        return None if seq_id is None or snapshot_at_ms is None else cls(seq_id, snapshot_at_ms)

    def as_dict(self) -> dict[str, int]:
        """``{"seq_id": int, "snapshot_at_ms": int}``."""
        return {"seq_id": self.seq_id, "snapshot_at_ms": self.snapshot_at_ms}


class SyncProgress:
    """The position up to which everything was handled, and the keys of what was handled lately.

    Guaranteed, if :meth:`handled` is called once the handlers of an element have returned, and the elements come in
    the order of their numbers:

    - The position never passes an element whose handlers have not returned, so that whoever subscribes from it gets
      every such element again: at least once. Where several threads handle elements, this holds for what was
      announced with :meth:`received`.
    - The position never moves back; only :meth:`reset` and :meth:`restore` put it elsewhere.
    - What was handled is recognised as long as it is among the latest ``capacity`` keys; after a restart, among the
      latest ``saved`` keys of the last state that was saved. So a clean stop repeats nothing. After a sudden end the
      program sees again what it was handling and what it had handled since the last save.

    Safe to use from any thread. Numbers are taken as they come from the wire: a ``seq_id`` that is no number moves
    nothing. Times are unix milliseconds.

    Args:
        capacity: how many keys to remember; the oldest is forgotten first.
        saved: how many of them :meth:`snapshot` contains.
    """

    def __init__(self, *, capacity: int = DEFAULT_CAPACITY, saved: int = DEFAULT_SAVED) -> None:
        self._capacity = capacity
        self._saved = saved
        self._lock = threading.Lock()
        self._position: SyncPosition | None = None
        #: Everything after this number and up to the position was handled.
        self._passed_since = 0
        self._keys: OrderedDict[str, None] = OrderedDict()
        #: Numbers of elements that were received and not handled yet, ascending.
        self._unfinished: list[int] = []
        #: Numbers of handled elements that the position cannot move to yet: the last one of each gap between those.
        self._ahead: list[int] = []
        self._latest: int | None = None

    @property
    def position(self) -> SyncPosition | None:
        """Where to subscribe from; ``None`` before anything is known."""
        return self._position

    # --- handling --------------------------------------------------------------------------------------------------

    def is_repeated(self, key: str | None) -> bool:
        """Whether something was handled before; never for ``None``. What is being handled now was not yet."""
        with self._lock:
            return key in self._keys

    def has_passed(self, seq_id: Any) -> bool:
        """Whether an element was handled, by its number: the position has moved over it, element by element."""
        number = _number(seq_id)
        with self._lock:
            position = self._position
            return number is not None and position is not None and self._passed_since < number <= position.seq_id

    def received(self, seq_id: Any) -> bool:
        """Announces that the handlers of an element are about to run: the position will not pass it before they have.

        Needed only where an element may be handled before an earlier one. If it never is, because its connection ended
        first, nothing has to be said: the position stays before it and the server replays it.

        Returns:
            False when the element, being a replay, has been announced before and not handled yet.
        """
        number = _number(seq_id)
        with self._lock:
            if number is None or (self._position is not None and number <= self._position.seq_id):
                return True
            if number in self._unfinished:
                return False
            insort(self._unfinished, number)
            return True

    def handled(self, seq_id: Any, keys: Iterable[str | None], now_ms: int) -> None:
        """Notes that the handlers of an element have returned.

        Args:
            seq_id: the element's number; ``None`` to remember keys without moving.
            keys: of its patches, see :func:`patch_key`; also those that were repeated and therefore not handled again.
            now_ms: the time; becomes the position's when that advances.
        """
        number = _number(seq_id)
        with self._lock:
            self._remember(keys)
            if number is None:
                return
            if not self._unfinished and not self._ahead:  # in order, as nearly always
                self._reach(number, now_ms)
                return
            if number in self._unfinished:
                self._unfinished.remove(number)
            insort(self._ahead, number)
            self._advance(now_ms)

    def _remember(self, keys: Iterable[str | None]) -> None:
        for key in keys:
            if key is not None:
                if key in self._keys:
                    self._keys.move_to_end(key)
                else:
                    self._keys[key] = None
        while len(self._keys) > self._capacity:
            self._keys.popitem(last=False)

    def _advance(self, now_ms: int) -> None:
        """Moves to the last handled element before all unfinished ones."""
        gaps = {bisect_left(self._unfinished, number): number for number in self._ahead}
        reached = gaps.pop(0, None)
        self._ahead = list(gaps.values())
        if reached is not None and self._reach(reached, now_ms):
            # A replay may have announced once more what was handled before; it will not come again.
            del self._unfinished[: bisect_right(self._unfinished, reached)]

    def _reach(self, number: int, now_ms: int) -> bool:
        """Moves forward; false when it is no step forward."""
        if self._position is None:
            self._passed_since = number - 1
        elif number <= self._position.seq_id:
            return False
        self._position = SyncPosition(number, now_ms)
        return True

    # --- subscribing -----------------------------------------------------------------------------------------------

    def subscribing_elsewhere(self, seq_id: int) -> None:
        """The program subscribes from a place of its own: what comes need not follow what was handled."""
        with self._lock:
            self._passed_since = max(seq_id, self._position.seq_id if self._position else 0)

    def subscribed(self, seq_id: Any, subscribed_at_ms: Any, latest_seq_id: Any) -> None:
        """Takes note of the server's answer to a subscription. The position stays: the replay is not handled yet.

        Where nothing is to be replayed, the position was up to date at that moment, and gets its time. Where there was
        no position, this becomes it.

        Args:
            seq_id: where the subscription begins.
            subscribed_at_ms: when the server answered.
            latest_seq_id: the newest element in the queue; without it nothing is expected to be replayed.
        """
        begin = SyncPosition.from_mapping({"seq_id": seq_id, "snapshot_at_ms": subscribed_at_ms})
        at, latest = _number(subscribed_at_ms), _number(latest_seq_id)
        with self._lock:
            if self._position is None and begin is not None:
                self._position, self._passed_since = begin, begin.seq_id
            position = self._position
            behind = latest is not None and (position is None or position.seq_id < latest)
            self._latest = latest if behind else None
            if position is not None and position.seq_id == latest and at is not None:
                self._position = position._replace(snapshot_at_ms=max(at, position.snapshot_at_ms))

    @property
    def catching_up(self) -> bool:
        """Whether something is still to be replayed that had happened before the subscription."""
        return self._latest is not None

    def caught_up(self, seq_id: Any) -> bool:
        """Whether live begins with this; to be asked for each element after :meth:`handled`.

        Live begins when the element that was the newest at the time of the subscription, or a later one, was handled,
        and with it everything received before. Without anything to replay it has begun already: :attr:`catching_up`
        is false after :meth:`subscribed`.

        Returns:
            True once per subscription that had something to replay.
        """
        with self._lock:
            if self._latest is None:
                return False
            reached = max(_number(seq_id) or 0, self._position.seq_id if self._position else 0)
            if reached < self._latest or (self._unfinished and self._unfinished[0] <= self._latest):
                return False
            self._latest = None
            return True

    def reset(self, position: SyncPosition | None) -> None:
        """Goes to another place, also back: where the inbox stands after a resync, or nowhere.

        Ids of added items stay known. Everything else that was known by its place in the queue is forgotten, as a new
        queue may count anew. Elements of before must not be reported as handled afterwards.
        """
        with self._lock:
            self._begin(position, (key for key in self._keys if key.startswith(_ADDED)))

    # --- saving ----------------------------------------------------------------------------------------------------

    def snapshot(self) -> dict[str, Any]:
        """The state to save: that of the position, if there is one, and ``recent``, the latest keys, oldest first."""
        with self._lock:
            position = self._position.as_dict() if self._position else {}
            recent = list(islice(reversed(self._keys), self._saved))
        return {**position, _RECENT: recent[::-1]}

    def restore(self, state: object) -> None:
        """Goes on from a saved state. What in it makes no sense counts as missing; no state means a first start."""
        recent = state.get(_RECENT) if isinstance(state, Mapping) else None
        keys = [key for key in recent if isinstance(key, str)] if isinstance(recent, list | tuple) else []
        with self._lock:
            self._begin(SyncPosition.from_mapping(state), keys)

    def _begin(self, position: SyncPosition | None, keys: Iterable[str]) -> None:
        self._position = position
        self._passed_since = position.seq_id if position else 0
        self._keys = OrderedDict.fromkeys(keys)
        self._remember(())
        self._unfinished, self._ahead, self._latest = [], [], None


def _number(value: Any) -> int | None:
    """A number of the queue, or a time: an i64 that is not negative, or its digits. Anything else is none."""
    if type(value) is int:  # as nearly always
        return value if 0 <= value <= _MAX_NUMBER else None
    if isinstance(value, str):
        digits = value.isascii() and value.isdigit() and len(value) <= len(str(_MAX_NUMBER))
        return _number(int(value)) if digits else None
    # What some JSON writers make of it.
    return _number(int(value)) if isinstance(value, float) and value.is_integer() else None
