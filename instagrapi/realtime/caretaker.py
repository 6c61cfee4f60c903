"""Keeps a connection alive while the handlers of its thread take long."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

from instagrapi.realtime.logs import Log, logger
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Clock

_NEVER = float("inf")


class Care:
    """What a connection is cared for by: somebody is busy since then."""

    __slots__ = ("connection", "due")

    def __init__(self, connection: Connection, due: float) -> None:
        self.connection = connection
        self.due = due


class Caretaker:
    """Reads for a thread that is busy with handlers for more than half a keep alive.

    Packets are kept for that thread and no handler runs; pings are sent and answered. When the connection cannot keep
    any more, reading stops. The daemon thread that does it begins with a handler, and ends when it finds, half a keep
    alive later, that nobody is busy, or when the connection ends.

    On any clock but the real one there is nothing to take care of: there handlers take no time.
    """

    def __init__(self, clock: Clock, log: Log = logger) -> None:
        self._clock = clock
        self._log = log
        self._is_real = clock is time.monotonic
        self._lock = threading.Lock()
        self._look = threading.Event()
        self._cares: list[Care] = []
        self._thread: threading.Thread | None = None

    def begin(self, connection: Connection) -> Care | None:
        """This thread may be busy for long from now on, until :meth:`end`."""
        interval = connection.keep_alive.interval
        if not self._is_real or interval <= 0 or connection.answers_are_scripted:
            return None
        care = Care(connection, self._clock() + interval / 2)
        with self._lock:
            self._cares.append(care)
            if self._thread is None:
                self._start()
        return care

    def end(self, care: Care | None) -> None:
        """It is done."""
        if care is not None:
            self._cares.remove(care)

    @contextlib.contextmanager
    def watching(self, connection: Connection) -> Iterator[None]:
        """Both, around a block."""
        care = self.begin(connection)
        try:
            yield
        finally:
            self.end(care)

    def look(self) -> None:
        """A connection has ended: lets the thread see that."""
        self._look.set()

    def _start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="instagrapi-caretaker", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no thread can be had, or the interpreter is ending
            self._thread = None

    def _run(self) -> None:
        while (care := self._next()) is not None:
            wait = care.due - self._clock()
            if wait > 0:
                self._look.wait(wait)
                self._look.clear()
                continue
            try:
                self.attend(care)
            except Exception as error:  # whoever reads next meets it too
                care.due = _NEVER
                self._log.debug("the line ended while a handler ran: %s", type(error).__name__)

    def attend(self, care: Care) -> None:
        """Reads until the busy thread is done, or no more can be kept.

        Raises:
            ConnectionLost, RealtimeProtocolError, NotConnectedError: as :meth:`Connection.wait_until`.
        """
        connection = care.connection
        connection.wait_until(lambda: care not in self._cares or connection.is_full, None)
        if connection.is_full:
            care.due = _NEVER

    def _next(self) -> Care | None:
        """Whom to look after next; when there is nobody, the thread ends."""
        with self._lock:
            alive = [care for care in self._cares if care.connection.error is None and care.due != _NEVER]
            if not alive:
                self._thread = None
                return None
            return min(alive, key=lambda care: care.due)
