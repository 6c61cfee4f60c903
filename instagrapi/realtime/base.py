"""What the realtime and the FBNS client have in common: the loops that a program can choose from."""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, repeat
from typing import Any, Self, TypeVar

from instagrapi.exceptions import ConcurrencyError, LimitExceeded, NotConnectedError, RealtimeTimeout, TransportError
from instagrapi.realtime import events as ev
from instagrapi.realtime.connecting import Options, TransportFactory, Wake
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.reading import DEFAULT_PING_TIMEOUT, Reading
from instagrapi.realtime.recovering import INHERITED
from instagrapi.realtime.state import State

__all__ = ["DEFAULT_PING_TIMEOUT", "MQTToTClient", "Options", "TransportFactory", "Wake"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
#: Seconds that a running handler has when the interpreter ends.
_LAST_SECONDS = 1.0
#: How many events may wait for a loop over :meth:`MQTToTClient.events`.
_MOST_EVENTS = 100_000
E = TypeVar("E", bound=ev.Event)


class MQTToTClient(Reading):
    """A client of one of the two brokers.

    :meth:`read_once` in a loop of the program's own, :meth:`run_forever`, :meth:`start`, :meth:`events` and
    :meth:`wait_for` all read the same way; one of them at a time may. As a context manager it connects, unless it runs
    already, and stops. It belongs to the process that made it: in the child of a fork it can do nothing any more.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._thread: threading.Thread | None = None
        self._failure: Exception | None = None
        _CLIENTS.add(self)

    # --- running ---------------------------------------------------------------------------------------------------

    def run_forever(self) -> None:
        """Connects if need be, then reads and runs handlers until :meth:`stop` or :meth:`disconnect`.

        Called in the main thread, SIGINT and SIGTERM stop it, and it returns as after :meth:`stop`; a second signal
        disconnects at once.

        Raises:
            ConcurrencyError: somebody is reading already.
            OSError: it has ended, and the position cannot be saved.
            ClientError: the client cannot go on; the error says what a person has to do.
        """
        begun = self._disconnects
        with self._turns.loop(), self._stopped_by_signals():
            try:
                self._run(begun, self._get_going(begun))
            except BaseException:
                self._save_quietly()
                raise
            self._save()

    def start(self) -> Self:
        """Does what :meth:`run_forever` does, on a daemon thread.

        When the interpreter ends, the thread is stopped; a handler that is running then has a second to return.

        Raises:
            ConcurrencyError: it runs already.
        """
        begun = self._disconnects  # before a stop() could wait for the loop
        self._turns.begin_loop()
        try:
            self._failure = None
            subscribe = self._get_going(begun)
            name = f"instagrapi-{type(self).__name__.lower()}-{self._own_user_id() or 'unknown'}"
            thread = threading.Thread(target=self._run_in_background, args=(begun, subscribe), name=name, daemon=True)
            self._thread = thread
            atexit.register(self._stop_at_exit)
            thread.start()
        except BaseException:
            self._thread = None
            self._end_background()
            raise
        return self

    def stop(self, timeout: float | None = None) -> bool:
        """Handles nothing further, lets the handlers that run return, disconnects, and ends every loop.

        From any thread, but not from a signal handler of the program's own. Until the handlers have returned they have
        the connection, for replies and results. Safe when nothing runs.

        Args:
            timeout: seconds to wait; then the connection is closed as by :meth:`disconnect`.

        Returns:
            Whether everything has ended in time; inside a handler true at once: it ends when that has returned.

        Raises:
            OSError: the position cannot be saved.
        """
        deadline, thread, loops = Deadline.after(timeout), self._thread, self._turns.loops  # others may start it anew
        disconnects = self._disconnects
        self._begin_stopping()
        if self._turns.is_mine:
            return True
        in_time = self._wait_until_stopped(disconnects, deadline)
        if not in_time:
            self._part()
        has_ended = self._turns.wait_for_loops(loops, deadline)
        if has_ended and thread is not None:
            thread.join(deadline.remaining())
            has_ended = not thread.is_alive()
        self._save()
        return in_time and has_ended

    @property
    def is_running(self) -> bool:
        """Whether the thread of :meth:`start` runs."""
        return self._thread is not None and self._thread.is_alive()

    def wait_connected(self, timeout: float | None = None) -> None:
        """Waits until the client is live.

        Raises:
            RealtimeTimeout: it is not, after so many seconds.
            NotConnectedError: it was stopped.
            ClientError: it never will be; see :meth:`run_forever`.
        """
        with self._state_changed:
            if not self._state_changed.wait_for(self._is_settled, timeout):
                raise RealtimeTimeout(f"the client is still {self.state}")
        if failure := self._failure or self._fatal:
            raise failure
        if self.state is State.STOPPED:
            raise NotConnectedError("the client was stopped")

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
        if self._failure is not None or self.state in (State.LIVE, State.STOPPED):
            return True
        return self.state is State.FAILED and self._fatal is not None and self._attempted_by is None

    # --- the loop --------------------------------------------------------------------------------------------------

    def _choose(self) -> bool:
        """Decides to subscribe to what a loop needs if the program has subscribed to nothing; whether it has."""
        return False

    def _subscribe_chosen(self) -> None:
        """Subscribes to that over the connection that stands."""

    def _get_going(self, begun: int) -> bool:
        """Plans to connect if need be; true when there is a connection that still lacks what :meth:`_choose` chose."""
        if self._is_inherited:
            raise ConcurrencyError(INHERITED)
        chosen = self._choose()
        return not self._connect_soon(begun) and chosen

    def _connect_soon(self, begun: int) -> bool:
        """Without a connection the first attempt is due now, with everything that holds for later ones."""
        with self._noticing:
            connection = self._connection
            if connection is not None and (connection.error is None or connection.has_packets or self._unread):
                return False
            if self._disconnects == begun and self._outage is None and self._attempted_by is None:
                now, self._fatal = self._clock(), None
                wait = self._connect_limit.wait(now)
                self._outage = self._outage_until(now + wait, None)
                self._note_state(State.BACKING_OFF if wait else State.CONNECTING)
        self._tell_state()
        return True

    def _run(self, begun: int, subscribe: bool) -> None:
        with self._ending_quietly(begun):
            if subscribe:
                self._subscribe_chosen()
            while self._disconnects == begun:
                self.read_once()

    @contextlib.contextmanager
    def _ending_quietly(self, begun: int) -> Iterator[None]:
        """Lets the end of a connection pass that the program wanted; any other tells why there will be no other one."""
        try:
            yield
        except (NotConnectedError, TransportError) as error:
            if self._disconnects != begun:
                return
            if self._fatal is not None and isinstance(error, NotConnectedError):  # another thread has met that
                raise self._fatal from None
            raise

    def _run_in_background(self, begun: int, subscribe: bool) -> None:
        self._turns.join_loop()
        try:
            self._run(begun, subscribe)
        except BaseException as error:
            self.log.exception("it cannot go on")
            if self._disconnects == begun:
                self._close_connection()  # nobody reads any more
                self._set_state(State.FAILED)
            with self._state_changed:
                self._failure = error if isinstance(error, Exception) else NotConnectedError("the thread was ended")
                self._state_changed.notify_all()
            self.emit("error", {"event": "run", "error": error})
        finally:
            self._save_quietly()
            self._end_background()

    def _end_background(self) -> None:
        atexit.unregister(self._stop_at_exit)
        self._turns.end_loop()

    def _stop_at_exit(self) -> None:
        with contextlib.suppress(OSError):  # it is logged
            self.stop(_LAST_SECONDS)

    @contextlib.contextmanager
    def _stopped_by_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        ends: Iterator[Callable[[], object]] = chain([self._begin_stopping], repeat(self._part))

        def stop(*_: object) -> None:
            # The thread that was interrupted may hold any lock; another one can wait for it.
            threading.Thread(target=next(ends), name="instagrapi-stop", daemon=True).start()

        before = {number: signal.getsignal(number) for number in _SIGNALS}
        for number in _SIGNALS:
            if before[number] is not signal.SIG_IGN:  # so does a shell with SIGINT in the background
                signal.signal(number, stop)
        try:
            yield
        finally:
            for number, handler in before.items():
                if signal.getsignal(number) is stop:
                    signal.signal(number, signal.SIG_DFL if handler is None else handler)

    # --- as a context manager --------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        if not self._turns.is_looping:
            self.connect()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    # --- one event after another -----------------------------------------------------------------------------------

    def events(self, timeout: float | None = None) -> Iterator[ev.Event]:
        """Typed events as they come, for a loop. Handlers run as well.

        Args:
            timeout: seconds; the loop ends when no event came for so long. ``None`` waits for ever.

        Yields:
            Events; the loop ends quietly after :meth:`stop` or :meth:`disconnect`.

        Raises:
            LimitExceeded: others read meanwhile, and the loop took none of 100,000 events.
            Exception: as :meth:`read_once`.
        """
        came: deque[ev.Event] = deque()
        missed = False

        def take(event: ev.Event) -> None:
            nonlocal missed
            missed = missed or len(came) >= _MOST_EVENTS
            if not missed:
                came.append(event)

        begun = self._disconnects
        with self.on(ev.Event, take):
            with self._ending_quietly(begun):
                if self._get_going(begun):
                    self._subscribe_chosen()
            deadline, failure = Deadline.after(timeout, self._clock), None
            while True:
                while came:
                    with self._caretaker.watching():
                        yield came.popleft()
                    deadline = Deadline.after(timeout, self._clock)
                if missed:
                    raise LimitExceeded(f"the loop over events() took none of {_MOST_EVENTS} events")
                if failure is not None:
                    raise failure
                if self._disconnects != begun:
                    return
                try:
                    with self._ending_quietly(begun):
                        self.read_once(deadline.remaining())
                        self._await_handlers(lambda: came, deadline)
                except Exception as error:
                    failure = error  # behind what came before it
                    self._await_handlers(lambda: False, deadline)
                if failure is None and deadline.expired() and not came:
                    return

    def wait_for(
        self, event: type[E], check: Callable[[E], object] = lambda event: True, timeout: float | None = None
    ) -> E:
        """The next event of a class that passes a check, whoever reads meanwhile; while nobody does, this reads.

        Raises:
            RealtimeTimeout: none came within ``timeout`` seconds.
            ConcurrencyError: a handler called this; it would keep the event from coming.
            Exception: what the check raised, or as :meth:`read_once`.
        """
        if self._turns.is_mine:
            raise ConcurrencyError("a handler cannot wait for an event: it keeps it from coming")
        found: list[E | Exception] = []

        def take(candidate: E) -> None:
            if found:
                return
            try:
                if check(candidate):
                    found.append(candidate)
            except Exception as error:
                found.append(error)
            if found:
                self._turns.tell()

        deadline = Deadline.after(timeout, self._clock)
        with self.on(event, take):
            while not found and not deadline.expired():
                self._turns.wait_while_taken(lambda: found, deadline)
                if not found and not self._turns.is_taken:
                    self._stand_in(lambda: bool(found), deadline)
                    self._await_handlers(lambda: found, deadline)
        if not found:
            raise RealtimeTimeout("the event did not come in time")
        if isinstance(found[0], Exception):
            raise found[0]
        return found[0]

    # --- after a fork ----------------------------------------------------------------------------------------------

    def _leave_to_parent(self) -> None:
        """This is the child of a fork, where nothing may be done with the parent's connection, nor with its locks."""
        super()._leave_to_parent()
        self._thread = None


_CLIENTS: weakref.WeakSet[MQTToTClient] = weakref.WeakSet()


def _leave_to_parent() -> None:
    for client in list(_CLIENTS):
        client._leave_to_parent()  # noqa: SLF001


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_to_parent)
