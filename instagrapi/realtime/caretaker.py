"""Keeps a connection alive while the handlers of its thread take long."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

from instagrapi.realtime.logs import Log, logger
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Clock


class Caretaker:
    """Reads for a thread that is busy with handlers for more than half a keep alive.

    Packets are kept for that thread and no handler runs; pings are sent and answered. When the connection cannot keep
    any more, reading stops. Another connection may take the place of one that breaks meanwhile. The daemon thread that
    does it begins with a handler, and ends when no handler has begun for half a keep alive, or when there is no
    connection: one that began and ended with each handler would hold up those of a busy account.

    On any clock but the real one there is nothing to take care of: there handlers take no time.

    Args:
        clock: the client's.
        connection: gives the one that stands, if any does.
    """

    def __init__(self, clock: Clock, connection: Callable[[], Connection | None], log: Log = logger) -> None:
        self._clock = clock
        self._connection = connection
        self._log = log
        self._is_real = clock is time.monotonic
        self._lock = threading.Lock()
        self._look = threading.Event()
        self._busy: list[float] = []  # since when somebody is
        self._begun = self._seen_begun = 0.0  # the last time; and what it was when nobody was busy
        self._thread: threading.Thread | None = None

    def begin(self) -> float:
        """This thread may be busy for long from now on, until :meth:`end`, which needs what this gives."""
        if not self._is_real:
            return 0.0
        since = self._begun = self._clock()
        self._busy.append(since)
        if self._thread is None:
            self._start_if_needed()
        return since

    def end(self, since: float) -> None:
        """It is done."""
        if self._is_real:
            self._busy.remove(since)

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """Both, around a block."""
        since = self.begin()
        try:
            yield
        finally:
            self.end(since)

    def look(self) -> None:
        """A connection has ended, or another one stands."""
        self._look.set()
        self._start_if_needed()

    def _start_if_needed(self) -> None:
        with self._lock:
            if self._busy and self._thread is None and self._line() is not None:
                self._start()

    def _start(self) -> None:
        self._look.clear()
        self._thread = threading.Thread(target=self._run, name="instagrapi-caretaker", daemon=True)
        try:
            self._thread.start()
        except RuntimeError:  # no thread can be had, or the interpreter is ending
            self._thread = None

    def _line(self) -> Connection | None:
        """The connection, if there is one that can be kept alive."""
        connection = self._connection()
        if connection is None or not connection.is_open or connection.is_full or connection.answers_are_scripted:
            return None
        return connection if connection.keep_alive.interval > 0 else None

    def _run(self) -> None:
        while (task := self._next()) is not None:
            since, connection = task
            wait = since + connection.keep_alive.interval / 2 - self._clock()
            if wait > 0:
                self._look.wait(wait)
                self._look.clear()
                continue
            try:
                self.attend(since, connection)
            except Exception as error:  # whoever reads next meets it too
                self._log.debug("the line ended while a handler ran: %s", type(error).__name__)

    def attend(self, since: float, connection: Connection) -> None:
        """Reads until the thread that is busy since then is done, or no more can be kept.

        Raises:
            ConnectionLost, RealtimeProtocolError, NotConnectedError: as :meth:`Connection.wait_until`.
        """
        connection.wait_until(lambda: since not in self._busy or connection.is_full, None)

    def _next(self) -> tuple[float, Connection] | None:
        """Who is busy longest, and what to look after meanwhile; without one of them the thread ends."""
        with self._lock:
            while True:
                since, connection = min(self._busy, default=None), self._line()
                if since is None and self._begun != self._seen_begun:  # as if somebody were busy since now
                    since, self._seen_begun = self._clock(), self._begun
                if since is not None and connection is not None:
                    self._thread = threading.current_thread()
                    return since, connection
                if self._thread is None:
                    return None
                self._thread = None  # and once more: who has begun before may have seen it
