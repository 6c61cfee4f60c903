"""Reading from the connection, and coming back when it has broken."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from instagrapi.exceptions import ConcurrencyError, NotConnectedError, RealtimeError
from instagrapi.realtime import events as ev
from instagrapi.realtime.caretaker import Caretaker
from instagrapi.realtime.connecting import Connecting, Wake
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import Packet, Publish
from instagrapi.realtime.state import State
from instagrapi.realtime.turns import Turns

logger = logging.getLogger("instagrapi.realtime")

DEFAULT_PING_TIMEOUT = 10.0
INHERITED = "the client belongs to the process that made it; make a new one in this one"


class Outage(NamedTuple):
    """A time without a connection: why, when on the client's clock the next attempt is due, what wakes who waits."""

    error: Exception | None
    retry_at: float
    wake: Wake


class Reading(Connecting):
    """Reads packets and runs handlers; with a reconnect policy it also connects again.

    Whoever needs the connection while there is none waits for the next attempt and makes it: the thread that reads, or
    one that waits for an answer. One does it, the others wait for that one. What had arrived before the connection
    broke is handled first. While a handler runs for long, another thread keeps the connection alive.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._turns = Turns()
        self._caretaker = Caretaker(self._clock)
        self._noticing = threading.Condition()  # guards the outage and who attempts to connect
        self._attempted_by: int | None = None
        self._end_noticed: Connection | None = None
        self._outage: Outage | None = None
        self._fatal: Exception | None = None  # why coming back made no sense
        self._unread: deque[tuple[Connection, Packet]] = deque()
        self._is_inherited = False  # by the child of a fork

    # --- reading ---------------------------------------------------------------------------------------------------

    def read_once(self, timeout: float | None = None) -> Any:
        """Reads one packet, runs the handlers for it, and acknowledges it.

        With a reconnect policy a broken connection does not show here: the client waits, connects again and reads on.

        Args:
            timeout: seconds; ``None`` waits for ever and keeps the connection alive meanwhile, 0 polls.

        Returns:
            The decoded body of a publish, the packet itself when it is none, ``None`` when nothing came in time.

        Raises:
            NotConnectedError: there is no connection, or :meth:`disconnect` was called.
            ConnectionLost: the connection ended; what had arrived before was read first.
            RealtimeProtocolError: the broker broke the rules; the connection is closed.
            ConcurrencyError: another thread is reading, or a handler called this.
            ClientError: connecting again makes no sense; the error says what a person has to do.
        """
        deadline = Deadline.after(timeout, self._clock)
        if not self._turns.take(deadline):
            return None
        try:
            return self._read(deadline)
        finally:
            self._turns.end()

    def _stand_in(self, enough: Callable[[], bool], deadline: Deadline) -> None:
        """Reads one packet as :meth:`read_once`, unless there is enough or somebody else reads it."""

        def has_come() -> bool:
            connection = self._connection
            at_hand = self._unread or (connection is not None and connection.has_packets)
            return bool(at_hand) or enough() or self._turns.is_taken

        if self._wait_until(has_come, deadline.remaining()) and not enough() and self._turns.stand_in():
            try:
                self._read(Deadline.after(0, self._clock))
            finally:
                self._turns.end()

    def _read(self, deadline: Deadline) -> Any:
        try:
            found = self._next_packet(deadline)
            if found is None:
                return None
            connection, packet = found
            return self._handle(connection, packet) if type(packet) is Publish else packet
        finally:
            self._end_of(self._connection)

    def _next_packet(self, deadline: Deadline) -> tuple[Connection, Packet] | None:
        while True:
            if self._unread:
                return self._unread.popleft()
            connection = self._standing_connection(deadline)
            if connection is None:
                return None
            with self._surviving(connection):
                packet = connection.read(deadline.remaining())
                return None if packet is None else (connection, packet)

    def _handle(self, connection: Connection, publish: Publish) -> Any:
        """Runs the handlers and acknowledges; a handler's exception does not keep the broker from its PUBACK."""
        failure, body = None, None
        care = self._caretaker.begin(connection)
        try:
            body = self.dispatch_packet(publish.topic, publish.payload)
        except Exception as error:
            failure = error
        finally:
            self._caretaker.end(care)
        if publish.packet_id is not None:
            connection.acknowledge(publish.packet_id)
        if failure is not None:
            raise failure
        return body

    def ping(self, timeout: float | None = DEFAULT_PING_TIMEOUT, max_packets: int | None = None) -> bool:
        """Sends PINGREQ and waits for PINGRESP, whatever arrives in between; nothing of that is lost or dispatched.

        Args:
            timeout: seconds to wait.
            max_packets: has no meaning any more; accepted because instagrapi 3.x has it.

        Returns:
            Whether PINGRESP came; false also when the connection breaks meanwhile, and at once when it is to come back.

        Raises:
            NotConnectedError: there is no connection.
        """
        if self._outage is not None:
            return False
        connection = self._require_connection()
        try:
            return connection.ping(timeout)
        except (RealtimeError, OSError):
            self._end_of(connection)
            return False

    def _wait_until(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """Reads until ``done`` without running handlers, across a reconnect if need be."""
        deadline = Deadline.after(timeout, self._clock)
        while not done():
            connection = self._standing_connection(deadline)
            if connection is None:
                return done()
            with self._surviving(connection):
                return connection.wait_until(done, deadline.remaining())
        return True

    @contextlib.contextmanager
    def _surviving(self, connection: Connection) -> Iterator[None]:
        """Lets the end of a connection pass if another one will take its place."""
        try:
            yield
        except Exception:
            if self._attempts_itself or not self._end_of(connection, at_once=True):
                raise

    # --- the end of a connection -----------------------------------------------------------------------------------

    def _end_of(self, connection: Connection | None, *, at_once: bool = False) -> bool:
        """Notices and announces, once, that a connection has ended; true when another one will take its place, or has.

        Args:
            connection: the one that may have ended.
            at_once: whether not to wait until everything that came over it was read.
        """
        error = None if connection is None else connection.error
        if connection is None or error is None:
            return False
        with self._noticing:
            # What ends while it is being made is the business of who makes it.
            is_mended = self._outage is not None or self._attempted_by is not None
            if is_mended or self._connection is not connection or self._end_noticed is connection:
                return self._is_replaced(connection)
            if connection.has_packets and not (at_once and self._policy):
                return False
            self._end_noticed = connection
            outage = self._outage = self._plan(error)
            self._set_state(State.FAILED if outage is None else State.BACKING_OFF)
            if outage is not None:
                self._unread.extend((connection, packet) for packet in connection.take_unread())
        self._caretaker.look()
        self._announce_end(error, outage)
        return self._is_replaced(connection)

    def _is_replaced(self, connection: Connection) -> bool:
        is_planned = self._outage is not None or self._attempted_by is not None
        return is_planned or (self._connection is not None and self._connection is not connection)

    def _plan(self, error: Exception) -> Outage | None:
        """When to connect again; ``None`` for not at all."""
        policy, now = self._policy, self._clock()
        if policy is None or not policy.is_retryable(error):
            return None
        delay = self._backoff.next_delay(now)
        if delay is None:
            return None
        return self._outage_until(now + max(delay, self._connect_limit.wait(now)), error)

    def _outage_until(self, retry_at: float, error: Exception | None) -> Outage:
        wake = self._make_wake()
        wake.clear()
        return Outage(error, retry_at, wake)

    def _announce_end(self, error: Exception, outage: Outage | None) -> None:
        retry_in = None if outage is None else max(0.0, outage.retry_at - self._clock())
        reason = str(error) or type(error).__name__
        again = "" if retry_in is None else f", next attempt in {retry_in:.1f} s"
        logger.info("%s disconnected: %s%s", type(self).__name__, reason, again)
        fields = {"reason": reason, "will_retry": outage is not None, "retry_in": retry_in}
        self.emit("disconnected", fields)
        self._emit_typed(ev.Disconnected, **fields)
        self._dispatcher.forget_failure()  # why the connection ended is what matters now

    # --- coming back -----------------------------------------------------------------------------------------------

    def _standing_connection(self, deadline: Deadline) -> Connection | None:
        """The connection, after waiting for one if it is to come back; ``None`` when the time ran out before."""
        connection = self._connection  # before the next line, or it could be one that is still being made
        if connection is not None and self._outage is None and self._attempted_by is None:
            return connection
        return self._require_connection() if self._attempts_itself or self._recover(deadline) else None

    @property
    def _attempts_itself(self) -> bool:
        """Whether this very thread is making a connection, such as in a handler that runs on the way."""
        return self._attempted_by == threading.get_ident()

    def _recover(self, deadline: Deadline) -> bool:
        """Makes attempts as they fall due, or waits for who makes them; false when the time ran out first."""
        while True:
            with self._noticing:
                outage = self._outage
                is_called_off = outage is None and self._decided_at != self._disconnects
                if self._attempted_by is not None and not is_called_off:
                    if not self._noticing.wait(deadline.remaining()):
                        return False
                    continue
                if outage is None:
                    return True
                pause = outage.retry_at - self._clock()
                if pause <= 0:
                    self._begin_attempt()
            if pause <= 0:
                self._recover_now(outage)
                continue
            remaining = deadline.remaining()
            outage.wake.wait(pause if remaining is None else min(pause, remaining))
            if deadline.expired() and self._clock() < outage.retry_at:
                return False

    def _recover_now(self, outage: Outage) -> None:
        try:
            has_come = self._attempt(outage)
        finally:
            self._end_attempt(None)
        connection = self._connection
        if has_come and connection is not None:
            with self._caretaker.watching(connection):
                self._announce_connected(resumed=outage.error is not None)

    def _attempt(self, outage: Outage) -> bool:
        """Connects again, or plans the next attempt; true when a connection stands.

        Raises:
            ClientError: another attempt makes no sense, or there have been enough.
        """
        try:
            self._come_back()
        except Exception as error:
            with self._noticing:
                if self._outage is not outage:
                    if self.connected:  # a handler that ran on the way has connected
                        return False
                    raise NotConnectedError("the connection was closed from this side") from error
                self._plan_anew(error)
            if self._outage is None:
                raise
            logger.info("%s could not connect: %s", type(self).__name__, type(error).__name__)
            return False
        return self._end_outage()

    def _come_back(self) -> None:
        """Connects and restores what the old connection had."""
        self._open_connection()

    def _plan_anew(self, error: Exception) -> None:
        """What was just made, or half made, is no connection."""
        self._close_connection()
        self._outage = self._plan(error)
        self._fatal = error if self._outage is None else None
        self._set_state(State.FAILED if self._outage is None else State.BACKING_OFF)

    def _begin_attempt(self) -> int | None:
        """Keeps others from connecting; gives what :meth:`_end_attempt` needs."""
        before, self._attempted_by = self._attempted_by, threading.get_ident()
        self._decided_at = self._disconnects
        return before

    def _end_attempt(self, before: int | None) -> None:
        with self._noticing:
            self._attempted_by = before
            self._noticing.notify_all()

    def _end_outage(self) -> bool:
        """A connection stands; false when it was closed meanwhile."""
        with self._noticing:
            if self._decided_at != self._disconnects:
                return False
            outage, self._outage = self._outage, None
            self._fatal = None
        if outage is not None:
            outage.wake.set()
        self._backoff.opened(self._clock())
        return True

    @contextlib.contextmanager
    def _by_hand(self) -> Iterator[bool]:
        """The program connects by itself, in place of what was planned.

        Gives whether the client is in use, so that the connection takes the place of another one: a loop runs, or it is
        to come back anyway. It still is when this fails.

        Raises:
            ConcurrencyError: another thread is connecting.
        """
        if self._is_inherited:
            raise ConcurrencyError(INHERITED)
        with self._noticing:
            while self._attempted_by is not None and not self._attempts_itself:
                is_called_off = self._decided_at != self._disconnects
                if not (is_called_off and self._noticing.wait(self._connect_timeout)):
                    raise ConcurrencyError("another thread is connecting")
            before = self._begin_attempt()
            in_use = self._outage is not None or self._turns.is_looping
        try:
            yield in_use
            self._end_outage()
        except Exception as error:
            with self._noticing:
                if in_use and self._decided_at == self._disconnects:
                    outage = self._outage
                    self._plan_anew(error)
                    if outage is not None:
                        outage.wake.set()
            raise
        finally:
            self._end_attempt(before)

    def disconnect(self) -> None:
        """Sends DISCONNECT and closes the connection; wakes a blocked reader at once. Safe without a connection."""
        if self._is_inherited:
            return
        with self._noticing:
            self._disconnects += 1
            outage, self._outage = self._outage, None
            self._noticing.notify_all()
        if outage is not None:
            outage.wake.set()
        super().disconnect()
        self._caretaker.look()

    def _leave_to_parent(self) -> None:
        self._is_inherited = True
        self._turns, self._noticing, self._state_changed = Turns(), threading.Condition(), threading.Condition()
        self._connection = self._outage = self._attempted_by = None
        self._unread = deque()
        self._current_state = State.IDLE
