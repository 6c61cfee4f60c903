"""Reading from the connection, and coming back when it has broken."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, NoReturn

from instagrapi.exceptions import ConcurrencyError, ConnectionLost, NotConnectedError, RealtimeError
from instagrapi.realtime import events as ev
from instagrapi.realtime.connecting import Connecting
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import Packet, Publish
from instagrapi.realtime.refusals import explained, is_dead_session
from instagrapi.realtime.state import State
from instagrapi.realtime.wire.topics import MQTToTTopics

logger = logging.getLogger("instagrapi.realtime")

DEFAULT_PING_TIMEOUT = 10.0


class Outage(NamedTuple):
    """A time without a connection: why, and at which moment of the client's clock the next attempt is due."""

    error: Exception | None
    retry_at: float


class Reading(Connecting):
    """Reads packets and runs handlers; with a reconnect policy it also connects again.

    Whoever needs the connection while there is none waits for the next attempt and makes it: the thread that reads, or
    one that waits for an answer. One does it, the others wait for that one. What had arrived before the connection
    broke is handled first.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._reading = threading.Lock()
        self._noticing = threading.Lock()
        self._recovering = threading.RLock()
        self._end_noticed: Connection | None = None
        self._outage: Outage | None = None
        self._renewed_session = False
        self._coming_back: int | None = None
        self._unread: deque[tuple[Connection, Packet]] = deque()

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
        if not self._unread and self._outage is None:
            self._require_connection()
        if not self._reading.acquire(blocking=False):
            raise ConcurrencyError("somebody is reading already; one thread at a time may, and no handler")
        try:
            found = self._next_packet(Deadline.after(timeout, self._clock))
            if found is None:
                return None
            connection, packet = found
            return self._handle(connection, packet) if type(packet) is Publish else packet
        finally:
            self._reading.release()
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
        try:
            body = self.dispatch_packet(publish.topic, publish.payload)
        except Exception as error:
            failure = error
        if publish.packet_id is not None:
            connection.acknowledge(publish.packet_id)
        if publish.topic == MQTToTTopics.PREEMPTIVE_PING and self._policy:
            connection.fail(ConnectionLost("the server asked to connect again"))
        if failure is not None:
            raise failure
        return body

    def ping(self, timeout: float | None = DEFAULT_PING_TIMEOUT, max_packets: int | None = None) -> bool:
        """Sends PINGREQ and waits for PINGRESP, whatever arrives in between; nothing of that is lost or dispatched.

        Args:
            timeout: seconds to wait.
            max_packets: has no meaning any more; accepted because instagrapi 3.x has it.

        Returns:
            Whether PINGRESP came; false also when the connection breaks meanwhile.

        Raises:
            NotConnectedError: there is no connection.
        """
        connection = self._require_connection()
        try:
            return connection.ping(timeout)
        except (RealtimeError, OSError):
            self._end_of(connection)
            return False

    def _wait_until(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """Reads until ``done`` without running handlers, across a reconnect if need be."""
        deadline = Deadline.after(timeout, self._clock)
        while True:
            connection = self._standing_connection(deadline)
            if connection is None:
                return done()
            with self._surviving(connection):
                return connection.wait_until(done, deadline.remaining())

    @contextlib.contextmanager
    def _surviving(self, connection: Connection) -> Iterator[None]:
        """Lets the end of a connection pass if another one will take its place."""
        try:
            yield
        except Exception:
            if not self._end_of(connection, at_once=True):
                raise

    # --- the end of a connection -----------------------------------------------------------------------------------

    def _end_of(self, connection: Connection | None, *, at_once: bool = False) -> bool:
        """Notices and announces, once, that a connection has ended; true when another one will take its place, or has.

        Args:
            connection: the one that may have ended.
            at_once: whether not to wait until everything that came over it was read.
        """
        if connection is None or connection.error is None or self._is_coming_back_here():
            return False
        with self._noticing:
            if self._connection is not connection:
                return self._connection is not None or self._outage is not None
            if self._end_noticed is connection:
                return self._outage is not None
            if connection.has_packets and not (at_once and self._policy):
                return False
            self._end_noticed = connection
            self._outage = self._plan(connection.error)
            if self._outage is not None:
                self._unread.extend((connection, packet) for packet in connection.take_unread())
        if self._outage is None:
            self._release_device()
        self._announce_end(connection.error)
        return self._outage is not None

    def _plan(self, error: Exception) -> Outage | None:
        """When to connect again; ``None`` for not at all."""
        policy, now = self._policy, self._clock()
        if policy is None or not policy.is_retryable(error):
            return None
        delay = self._backoff.next_delay(now)
        if delay is None:
            return None
        return Outage(error, now + max(delay, self._connect_limit.wait(now)))

    def _announce_end(self, error: Exception) -> None:
        outage = self._outage
        retry_in = None if outage is None else max(0.0, outage.retry_at - self._clock())
        self._set_state(State.FAILED if outage is None else State.BACKING_OFF)
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
        while self._outage is not None and not self._is_coming_back_here():
            if not self._recover(deadline):
                return None
        return self._require_connection()

    def _is_coming_back_here(self) -> bool:
        """Whether this thread is making the connection anew: then a failure is that of the attempt."""
        return self._coming_back == threading.get_ident()

    def _recover(self, deadline: Deadline) -> bool:
        """Makes attempts as they fall due, until one succeeds; false when the time ran out first."""
        remaining = deadline.remaining()
        if not self._recovering.acquire(timeout=-1 if remaining is None else remaining):
            return False
        try:
            while (outage := self._outage) is not None:
                pause = outage.retry_at - self._clock()
                if pause <= 0:
                    self._attempt(outage)
                    continue
                remaining = deadline.remaining()
                self._wake.wait(pause if remaining is None else min(pause, remaining))
                if deadline.expired() and self._clock() < outage.retry_at:
                    return False
            return True
        finally:
            self._recovering.release()

    def _attempt(self, outage: Outage) -> None:
        """Connects again, or plans the next attempt.

        Raises:
            ClientError: another attempt makes no sense, or there have been enough.
        """
        self._coming_back = threading.get_ident()
        try:
            self._come_back()
        except Exception as error:
            self._coming_back = None
            self._close_connection()
            with self._noticing:
                if self._outage is None:
                    raise NotConnectedError("the connection was closed from this side") from error
                self._outage = self._plan(error)
            if self._outage is None and not self._renew_session(error):
                self._end_for_good(error)
            self._set_state(State.BACKING_OFF)
            logger.info("%s could not connect: %s", type(self).__name__, type(error).__name__)
            return
        self._coming_back = None
        with self._noticing:
            if self._outage is outage:
                self._outage = None
        self._renewed_session = False
        self._backoff.opened(self._clock())
        self._announce_connected(resumed=outage.error is not None)

    def _renew_session(self, error: Exception) -> bool:
        """Lets the program log in again, once; then the next attempt is due at once."""
        if self._on_session_expired is None or self._renewed_session or not is_dead_session(error):
            return False
        self._renewed_session = True
        if not self._on_session_expired(error):
            return False
        self._outage = Outage(error, self._clock())
        return True

    def _end_for_good(self, error: Exception) -> NoReturn:
        self._set_state(State.FAILED)
        self._release_device()
        reason = explained(self.client, error)
        if reason is error:
            raise error
        raise reason from error

    def _will_try_again(self) -> bool:
        return self._outage is not None

    def _come_back(self) -> None:
        """Connects and restores what the old connection had."""
        self._open_connection()

    def disconnect(self) -> None:
        """Sends DISCONNECT and closes the connection; wakes a blocked reader at once. Safe without a connection."""
        with self._noticing:
            self._outage = None
        self._wake.set()
        super().disconnect()
