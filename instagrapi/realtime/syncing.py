"""Message sync across connections: where it stands, what comes again, and when live begins."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from instagrapi.realtime.network.deadline import Clock
from instagrapi.realtime.position import SyncPosition, SyncProgress
from instagrapi.realtime.stores import Autosave
from instagrapi.realtime.wire import commands

#: Marks an element that this side made of what it fetched over HTTP.
FETCHED = "fetched"
_NEWEST = "newest_item_at"
_BEGUN = "begun_at"
_ACCOUNT = "account_id"


class Begun:
    """An element whose handlers run beside those of others.

    Args:
        queue: what its number counts in.
    """

    __slots__ = ("is_awaited", "queue", "since")

    def __init__(self, queue: object) -> None:
        self.queue = queue
        #: Whether the position waits for it, should it have been fetched.
        self.is_awaited = True
        #: The time of the oldest item that came new with it, in microseconds.
        self.since: int | None = None


class MessageSync:
    """Keeps the position of message sync and what was handled lately, saved as they change.

    Args:
        autosave: where the state is saved.
        unix_clock: seconds since 1970.
        account_id: gives the id of the account, as the position of another one means nothing.
    """

    def __init__(self, autosave: Autosave, unix_clock: Clock, account_id: Callable[[], str | None]) -> None:
        self._progress = SyncProgress()
        self._lock = threading.Lock()  # one thread may fetch, or go elsewhere, while others handle
        self._queue = object()  # another one when the position was put elsewhere
        self._begun: set[Begun] = set()
        self._autosave = autosave
        self._unix_clock = unix_clock
        self._account_id = account_id
        self._is_changed = False
        self._to_handle = 0
        #: Whether what was saved is known.
        self.is_restored = False
        #: What a subscription says besides the position; ``None`` while nobody has subscribed.
        self.wishes: dict[str, Any] | None = None
        #: When the account was first subscribed, by the server's clock and in microseconds since 1970.
        self.begun_at: int | None = None
        self._newest: int | None = None
        self._abandoned_since: int | None = None

    # --- the state -------------------------------------------------------------------------------------------------

    @property
    def position(self) -> SyncPosition | None:
        """Where to subscribe from; ``None`` before anything is known."""
        return self._progress.position

    @property
    def newest_item_at(self) -> int | None:
        """The time of the newest item that was handled, or of an older one that still is being or has to come again; in
        microseconds since 1970.
        """
        with self._lock:
            if self._newest is None:
                return None
            unhandled = [self._abandoned_since, *(begun.since for begun in self._begun)]
            return min([self._newest, *(since for since in unhandled if since is not None)])

    @property
    def catching_up(self) -> bool:
        """Whether the server still replays what happened before the subscription."""
        return self._progress.catching_up

    def restore(self, state: Mapping[str, Any] | None) -> None:
        """Goes on from a saved state, if it is one of this account."""
        if state is not None and state.get(_ACCOUNT) not in (None, self._account_id()):
            state = None
        self.is_restored = True
        self._progress.restore(state)
        newest, begun = (state.get(_NEWEST), state.get(_BEGUN)) if state else (None, None)
        self._newest = newest if isinstance(newest, int) else None
        self.begun_at = begun if isinstance(begun, int) else None

    def due_in(self) -> float | None:
        """Seconds until :meth:`tick` has something to save; ``None`` when nothing waits."""
        return 0.0 if self._is_changed else self._autosave.due_in()

    def forget(self) -> None:
        """Another account is logged in: what is known is not its."""
        with self._lock:
            self._progress.restore(None)
            self._queue = object()
            self._begun.clear()
            self._newest = self._abandoned_since = self.begun_at = None
            self._to_handle, self._is_changed, self.is_restored = 0, False, False

    def tick(self) -> None:
        """Saves what has changed, if it is time."""
        if self._is_changed:
            self._is_changed = False
            self._autosave.changed(self._state)
        else:
            self._autosave.tick()

    def go_to(self, position: SyncPosition, fetched: int) -> None:
        """Goes on from where the inbox stands.

        Args:
            position: where that is.
            fetched: how many missed items are to be handled before. Until they are, the position is not saved, so that
                a new start fetches again what was not handled.
        """
        with self._lock:
            self._to_handle += fetched
            if self._newest is None and self.begun_at is None:
                self.begun_at = position.snapshot_at_ms * 1000
            self._go(position)

    @property
    def missed_since(self) -> int | None:
        """From when on something may have been missed, in microseconds since 1970; ``None`` before the first start."""
        newest = self.newest_item_at
        return self.begun_at if newest is None else newest

    def call_off(self) -> None:
        """What was fetched will not be handled: without a position it is fetched again."""
        with self._lock:
            unhandled, self._to_handle = self._to_handle, 0
            for begun in self._begun:
                begun.is_awaited = False
            if unhandled:
                self._go(None)

    def _go(self, position: SyncPosition | None) -> None:
        self._progress.reset(position)
        self._queue = object()
        self._is_changed = True

    def flush(self) -> None:
        """Saves what is not saved yet.

        Raises:
            OSError: it cannot be saved, and that was not raised since it has changed.
        """
        self._note_change()
        self._autosave.flush()

    def flush_quietly(self) -> None:
        """The same; an error is logged only."""
        self._note_change()
        self._autosave.flush_quietly()

    def _note_change(self) -> None:
        if self._is_changed:
            self._is_changed = False
            self._autosave.note(self._state)

    def _state(self) -> dict[str, Any]:
        known = {_NEWEST: self.newest_item_at, _BEGUN: self.begun_at, _ACCOUNT: self._account_id()}
        state = self._progress.snapshot()
        if self._to_handle:
            state = {name: value for name, value in state.items() if name not in SyncPosition._fields}
        return {**state, **{name: value for name, value in known.items() if value is not None}}

    # --- subscribing -----------------------------------------------------------------------------------------------

    def subscription(self, position: SyncPosition, wishes: Mapping[str, Any]) -> commands.Body:
        """What to say to subscribe from a position; the wishes are remembered for the connections to come."""
        self.wishes = dict(wishes)
        return commands.iris_subscription(position.seq_id, position.snapshot_at_ms, **wishes)

    def leave(self, seq_id: int) -> None:
        """The program subscribes from a place of its own."""
        self._progress.subscribing_elsewhere(seq_id)

    def subscribed(self, position: SyncPosition, answer: Mapping[str, Any]) -> None:
        """The server agreed."""
        if self.position is None:
            self._progress.reset(position)
        self._progress.subscribed(position.seq_id, answer.get("subscribed_at_ms"), answer.get("latest_seq_id"))
        self._is_changed = True

    # --- handling --------------------------------------------------------------------------------------------------

    def is_replayed(self, element: Mapping[str, Any]) -> bool:
        """Whether what is in an element may have been handled before. What is live is new."""
        return element.get("realtime") is False or self._progress.catching_up

    def was_handled(self, key: str | None, element: Mapping[str, Any]) -> bool:
        """Whether a patch of an element was handled before, or all of the element."""
        return self.knows(key) or self._progress.has_passed(element.get("seq_id"))

    def knows(self, key: str | None) -> bool:
        """Whether something was handled before."""
        return self._progress.is_repeated(key)

    def begin(self, element: Mapping[str, Any]) -> Begun:
        """The handlers of an element are about to run, beside those of others; the position will not pass it."""
        with self._lock:
            begun = Begun(self._queue)
            self._begun.add(begun)
            self._progress.received(element.get("seq_id"))
            return begun

    def abandon(self, begun: Begun) -> None:
        """Not all handlers of an element will run: it has to come again."""
        with self._lock:
            if begun in self._begun and begun.since is not None:
                self._abandoned_since = min(begun.since, self._abandoned_since or begun.since)
            self._begun.discard(begun)

    def handled_part(self, begun: Begun, key: str | None) -> None:
        """The handlers of one patch of an element have returned."""
        with self._lock:
            if begun in self._begun:
                self._progress.handled(None, [key], 0)

    def handled(
        self, element: Mapping[str, Any], keys: list[str | None], item_times: list[int], begun: Begun | None = None
    ) -> bool:
        """The handlers of an element have returned; true when live begins with this.

        Args:
            element: as it came.
            keys: of its patches.
            item_times: of the items that came new with it, in microseconds.
            begun: from :meth:`begin`, if that was called.
        """
        seq_id = element.get("seq_id")
        with self._lock:
            if begun is not None:
                if begun not in self._begun:
                    return False
                self._begun.remove(begun)
                if begun.queue is not self._queue:
                    seq_id = None  # its number means nothing any more
            if element.get(FETCHED) is True and (begun is None or begun.is_awaited):
                self._to_handle = max(0, self._to_handle - 1)
                self._abandoned_since = self._abandoned_since if self._to_handle else None
            self._progress.handled(seq_id, keys, int(self._unix_clock() * 1000))
            if item_times:
                self._newest = max(*item_times, self._newest or 0)
            self._is_changed = True
        if self._autosave.saves_each_change:
            self.tick()
        if not (self._progress.catching_up and self._progress.caught_up(seq_id)):
            return False
        with self._lock:  # what was abandoned has come again, unless it is still to be
            self._abandoned_since = self._abandoned_since if self._to_handle else None
        return True
