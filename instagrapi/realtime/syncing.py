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


class MessageSync:
    """Keeps the position of message sync and what was handled lately, saved as they change.

    Args:
        autosave: where the state is saved.
        unix_clock: seconds since 1970.
        account_id: gives the id of the account, as the position of another one means nothing.
    """

    def __init__(self, autosave: Autosave, unix_clock: Clock, account_id: Callable[[], str | None]) -> None:
        self._progress = SyncProgress()
        self._autosave = autosave
        self._unix_clock = unix_clock
        self._account_id = account_id
        self._is_changed = False
        self._to_handle = 0
        self._counting = threading.Lock()  # what is to be handled: one thread may fetch while another one handles
        #: Whether what was saved is known.
        self.is_restored = False
        #: What a subscription says besides the position; ``None`` while nobody has subscribed.
        self.wishes: dict[str, Any] | None = None
        #: The time of the newest item that was handled, in microseconds since 1970.
        self.newest_item_at: int | None = None
        #: When the account was first subscribed, by the server's clock and in the same unit.
        self.begun_at: int | None = None

    # --- the state -------------------------------------------------------------------------------------------------

    @property
    def position(self) -> SyncPosition | None:
        """Where to subscribe from; ``None`` before anything is known."""
        return self._progress.position

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
        self.newest_item_at = newest if isinstance(newest, int) else None
        self.begun_at = begun if isinstance(begun, int) else None

    def due_in(self) -> float | None:
        """Seconds until :meth:`tick` has something to save; ``None`` when nothing waits."""
        return 0.0 if self._is_changed else self._autosave.due_in()

    def forget(self) -> None:
        """Another account is logged in: what is known is not its."""
        self._progress.restore(None)
        self.newest_item_at = self.begun_at = None
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
        with self._counting:
            self._to_handle += fetched
        if self.missed_since is None:
            self.begun_at = position.snapshot_at_ms * 1000
        self._progress.reset(position)
        self._is_changed = True

    @property
    def missed_since(self) -> int | None:
        """From when on something may have been missed, in microseconds since 1970; ``None`` before the first start."""
        return self.begun_at if self.newest_item_at is None else self.newest_item_at

    def call_off(self) -> None:
        """What was fetched will not be handled: without a position it is fetched again."""
        with self._counting:
            unhandled, self._to_handle = self._to_handle, 0
        if unhandled:
            self._progress.reset(None)
            self._is_changed = True

    def flush(self) -> None:
        """Saves what is not saved yet.

        Raises:
            OSError: it cannot be saved.
        """
        self.tick()
        self._autosave.flush()

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

    def is_repeated(self, key: str | None, element: Mapping[str, Any]) -> bool:
        """Whether a patch of a replay was handled before. What is live is new."""
        if element.get("realtime") is not False and not self._progress.catching_up:
            return False
        return self._progress.is_repeated(key) or self._progress.has_passed(element.get("seq_id"))

    def knows(self, key: str) -> bool:
        """Whether something was handled before."""
        return self._progress.is_repeated(key)

    def handled(self, element: Mapping[str, Any], keys: list[str | None], item_times: list[int]) -> bool:
        """The handlers of an element have returned; true when live begins with this.

        Args:
            element: as it came.
            keys: of its patches.
            item_times: of the items that came new with it, in microseconds.
        """
        seq_id = element.get("seq_id")
        self._progress.handled(seq_id, keys, int(self._unix_clock() * 1000))
        if element.get(FETCHED) is True:
            with self._counting:
                self._to_handle = max(0, self._to_handle - 1)
        if item_times:
            self.newest_item_at = max(*item_times, self.newest_item_at or 0)
        self._is_changed = True
        if self._autosave.saves_each_change:
            self.tick()
        return self._progress.catching_up and self._progress.caught_up(seq_id)
