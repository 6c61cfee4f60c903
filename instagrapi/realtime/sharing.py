"""Shares the handlers of different Direct threads out to workers, and keeps in order what follows from them."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any, Unpack

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.base import MQTToTClient
from instagrapi.realtime.connecting import Options
from instagrapi.realtime.lanes import Lanes, Sharer
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.transport import Transport
from instagrapi.realtime.protocol.packets import Publish

#: Seconds after which a reader looks up from the line while handlers run, to do what they have left to it.
LOOK_UP = 0.05


class Sharing(MQTToTClient):
    """Runs handlers in workers, if the program wants any.

    Args:
        workers: how many threads run the handlers of Direct threads, those of different ones side by side; 0 runs all
            handlers in the thread that reads.
    """

    def __init__(
        self, client: Any, transport: Transport | None = None, *, workers: int = 0, **options: Unpack[Options]
    ) -> None:
        super().__init__(client, transport, **options)
        if workers < 0:
            raise RealtimeConfigError("workers is a number of threads, 0 or more")
        self._workers = workers
        self._epoch = 0
        self._sharer = self._make_sharer()

    def _make_sharer(self) -> Sharer | None:
        if not self._workers:
            return None
        name = lambda: f"instagrapi-worker-{self._own_user_id() or 'unknown'}"  # noqa: E731
        lanes = Lanes(self._workers, name, on_end=self._have_returned)
        self._turns.is_helper = lambda: lanes.is_mine
        return Sharer(lanes, self._dispatcher.came_in)

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read(self, deadline: Deadline) -> Any:
        if self._sharer is None:
            return super()._read(deadline)
        self._epoch = self._sharer.lanes.epoch  # before waiting: what was read before disconnect() is dropped after it
        body = super()._read(deadline)
        self._do_what_is_left()
        return body

    def _handle(self, connection: Connection, publish: Publish) -> Any:
        sharer = self._sharer
        if sharer is None:
            return super()._handle(connection, publish)
        sharer.begin_publish(self._epoch, connection.era)
        try:
            return super()._handle(connection, publish)
        finally:
            sharer.end_publish(lambda: None)  # also what needs no PUBACK, or gets none

    def _acknowledge(self, connection: Connection, packet_id: int) -> None:
        if self._sharer is None:
            super()._acknowledge(connection, packet_id)
        else:
            self._sharer.end_publish(partial(connection.acknowledge, packet_id))

    def _patience(self, deadline: Deadline) -> float | None:
        sharer, connection = self._sharer, self._connection
        if sharer is not None and self._clock is not time.monotonic and not (connection and connection.has_packets):
            sharer.lanes.wait(lambda: sharer.left_to_reader, deadline)  # on a virtual clock handlers take no time
        return super()._patience(deadline)

    def _due_in(self) -> float | None:
        sharer = self._sharer
        if sharer is None:
            return super()._due_in()
        if sharer.left_to_reader or self._dispatcher.has_failure:
            return 0.0
        return LOOK_UP if sharer.lanes.is_busy else super()._due_in()

    def _tick(self) -> None:
        super()._tick()
        self._do_what_is_left()

    def _do_what_is_left(self) -> None:
        """Does what handlers in workers have left to the thread that reads, and raises what they have raised."""
        sharer = self._sharer
        if sharer is None:
            return
        while sharer.left_to_reader:
            sharer.left_to_reader.popleft()()
        self._dispatcher.raise_failure()

    def _await_handlers(self, enough: Callable[[], object], deadline: Deadline) -> None:
        sharer = self._sharer
        if sharer is None:
            return
        with self._caretaker.watching():
            sharer.lanes.wait(enough, deadline)
        self._do_what_is_left()

    # --- the end ---------------------------------------------------------------------------------------------------

    @property
    def _handlers_run(self) -> bool:
        return super()._handlers_run or (self._sharer is not None and self._sharer.lanes.is_running)

    def _run(self, begun: int, subscribe: bool) -> None:
        try:
            super()._run(begun, subscribe)
        finally:
            if self._sharer is not None:
                self._sharer.lanes.wait(lambda: False, Deadline.after(None))

    def _drop_waiting(self) -> None:
        if self._sharer is not None and not self._is_inherited:
            self._sharer.lanes.clear()

    def _leave_to_parent(self) -> None:
        super()._leave_to_parent()
        self._sharer = self._make_sharer()
