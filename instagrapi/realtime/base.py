"""What the realtime and the FBNS client have in common: the loops that a program can choose from."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Self, TypeVar

from instagrapi.exceptions import ConcurrencyError, NotConnectedError, RealtimeTimeout
from instagrapi.realtime import events as ev
from instagrapi.realtime.connecting import Options, TransportFactory, Wake
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.reading import DEFAULT_PING_TIMEOUT, Outage, Reading
from instagrapi.realtime.state import State

__all__ = ["DEFAULT_PING_TIMEOUT", "MQTToTClient", "Options", "TransportFactory", "Wake"]

logger = logging.getLogger("instagrapi.realtime")

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
E = TypeVar("E", bound=ev.Event)


class MQTToTClient(Reading):
    """A client of one of the two brokers.

    :meth:`read_once` in a loop of the program's own, :meth:`run_forever`, :meth:`start`, :meth:`events` and
    :meth:`wait_for` all read the same way; one of them at a time may.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None

    # --- running ---------------------------------------------------------------------------------------------------

    def run_forever(self) -> None:
        """Connects if need be, then reads and runs handlers until :meth:`stop` or :meth:`disconnect`.

        Called in the main thread, SIGINT and SIGTERM stop it, and it returns as after :meth:`stop`.

        Raises:
            ConcurrencyError: somebody is reading already.
            ClientError: the client cannot go on; the error says what a person has to do.
        """
        with self._stopped_by_signals():
            self._run()

    def start(self) -> Self:
        """Does what :meth:`run_forever` does, on a daemon thread.

        Raises:
            ConcurrencyError: it runs already.
        """
        if self.is_running:
            raise ConcurrencyError("the client runs already")
        self._failure = None
        self._stopping = False
        name = f"instagrapi-{type(self).__name__.lower()}-{self._own_user_id() or 'unknown'}"
        self._thread = threading.Thread(target=self._run_in_background, name=name, daemon=True)
        self._thread.start()
        return self

    def stop(self, timeout: float | None = None) -> bool:
        """Ends every loop; from any thread, also from a handler. Safe when nothing runs.

        Args:
            timeout: seconds to wait for the thread of :meth:`start`; a handler may take its time.

        Returns:
            Whether nothing runs any more.
        """
        self._stopping = True
        self.disconnect()
        thread = self._thread
        if thread is None or thread is threading.current_thread():
            return True
        thread.join(timeout)
        return not thread.is_alive()

    @property
    def is_running(self) -> bool:
        """Whether the thread of :meth:`start` runs."""
        return self._thread is not None and self._thread.is_alive()

    def wait_connected(self, timeout: float | None = None) -> None:
        """Waits until the client is live.

        Raises:
            RealtimeTimeout: it is not, after so many seconds.
            ClientError: it never will be; see :meth:`run_forever`.
        """

        with self._state_changed:
            if not self._state_changed.wait_for(self._is_settled, timeout):
                raise RealtimeTimeout(f"the client is still {self.state}")
        if failure := self._failure:
            raise failure

    def is_healthy(self) -> bool:
        """Whether the connection stands, carries what was subscribed to, and has shown life within one and a half keep
        alives; for the probe of a supervisor. From any thread, at once.
        """
        connection = self._connection
        if connection is None or not connection.is_open or self.state not in (State.LIVE, State.CATCHING_UP):
            return False
        keep_alive = connection.keep_alive
        return keep_alive.interval == 0 or self._clock() - keep_alive.last_received <= 1.5 * keep_alive.interval

    def _is_settled(self) -> bool:
        return self._failure is not None or self.state is State.LIVE

    def _run(self) -> None:
        self._stopping = False
        self._connect_soon()
        while not self._is_over():
            try:
                self.read_once()
            except NotConnectedError:
                if not self._is_over():
                    raise

    def _is_over(self) -> bool:
        return self._stopping or self.state is State.STOPPED

    def _run_in_background(self) -> None:
        try:
            self._run()
        except Exception as error:
            logger.exception("%s cannot go on", type(self).__name__)
            self._failure = error
            with self._state_changed:
                self._state_changed.notify_all()
            self.emit("error", {"event": "run", "error": error})

    def _connect_soon(self) -> None:
        """Without a connection the first attempt is due now, with everything that holds for later ones."""
        if self._connection is None and self._outage is None:
            self._wake.clear()
            self._outage = Outage(None, self._clock())

    @contextlib.contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(*_: object) -> None:
            # The thread that was interrupted may hold any lock; another one can wait for it.
            threading.Thread(target=self.stop, daemon=True).start()

        before = [(number, signal.signal(number, stop)) for number in _SIGNALS]
        try:
            yield
        finally:
            for number, handler in before:
                signal.signal(number, handler)

    # --- one event after another -----------------------------------------------------------------------------------

    def events(self, timeout: float | None = None) -> Iterator[ev.Event]:
        """Typed events as they come, for a loop. Handlers run as well.

        Args:
            timeout: seconds; the loop ends when nothing came for so long. ``None`` waits for ever.

        Yields:
            Events; the loop ends quietly after :meth:`stop` or :meth:`disconnect`.

        Raises:
            As :meth:`read_once`.
        """
        came: deque[ev.Event] = deque()
        self._connect_soon()
        with self.on(ev.Event, came.append):
            while True:
                while came:
                    yield came.popleft()
                try:
                    found = self.read_once(timeout)
                except NotConnectedError:
                    if self.state is State.STOPPED:
                        return
                    raise
                if found is None and not came:
                    return

    def wait_for(
        self, event: type[E], check: Callable[[E], object] = lambda event: True, timeout: float | None = None
    ) -> E:
        """The next event of a class that passes a check, whoever reads meanwhile.

        Raises:
            RealtimeTimeout: none came within ``timeout`` seconds.
            ConcurrencyError: a handler called this; it would keep the event from coming.
        """
        found: list[E] = []
        arrived = threading.Condition()

        def take(candidate: E) -> None:
            if not found and check(candidate):
                with arrived:
                    found.append(candidate)
                    arrived.notify_all()

        deadline = Deadline.after(timeout, self._clock)
        with self.on(event, take):
            while not found and not deadline.expired():
                if self.is_running:
                    if self._thread is threading.current_thread():
                        raise ConcurrencyError("a handler cannot wait for an event: it keeps it from coming")
                    with arrived:
                        arrived.wait_for(lambda: bool(found), deadline.remaining())
                else:
                    self.read_once(deadline.remaining())
        if not found:
            raise RealtimeTimeout("the event did not come in time")
        return found[0]
