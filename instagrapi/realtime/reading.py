"""Reading from the connection, and coming back when it has broken."""

from __future__ import annotations

from collections.abc import Callable
from logging import DEBUG
from typing import Any

from instagrapi.exceptions import ConnectionLost, RealtimeError
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Deadline, sooner
from instagrapi.realtime.network.ending import CutOff
from instagrapi.realtime.protocol.packets import Packet, Publish
from instagrapi.realtime.state import State
from instagrapi.realtime.stopping import Stopping
from instagrapi.realtime.wire.topics import MQTToTTopics

DEFAULT_PING_TIMEOUT = 10.0


class Reading(Stopping):
    """Reads packets and runs handlers.

    What had arrived before a connection broke is handled before anything that the next one brings. While a handler
    runs for long, another thread keeps the connection alive.
    """

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
        self._turns.refuse_handlers()
        try:  # an interrupt may come as soon as it is this thread's turn
            return self._read(deadline) if self._turns.take(deadline) else None
        finally:
            self._turns.end()
            if self._unread:
                self._deliver()  # what somebody wanted to tell just now

    def _stand_in(self, enough: Callable[[], bool], deadline: Deadline) -> None:
        """Reads one packet as :meth:`read_once`, unless there is enough or somebody else reads it."""

        def has_come() -> bool:
            connection = self._connection
            at_hand = self._unread or (connection is not None and connection.has_packets)
            return bool(at_hand) or enough() or self._turns.is_taken

        if self._wait_until(has_come, deadline.remaining()) and not enough():
            try:
                if self._turns.stand_in():
                    self._read(Deadline.after(0, self._clock))
            finally:
                self._turns.end()
                self._deliver()

    def _read(self, deadline: Deadline) -> Any:
        try:
            found = self._next_packet(deadline)
            if found is None:
                return None
            connection, packet = found
            return self._handle(connection, packet) if type(packet) is Publish else packet
        finally:
            self._end_of(self._connection)
            if self._unread:
                self._deliver()
            self._settle()
            if self._is_stopping or self._current_state is State.STOPPED:
                self._have_returned()

    def _await_handlers(self, enough: Callable[[], object], deadline: Deadline) -> None:
        """Waits until handlers that run beside the reader have returned, or there is enough."""

    def _settle(self) -> None:
        """Does what has become due by what was read and handled."""

    def _next_packet(self, deadline: Deadline) -> tuple[Connection, Packet] | None:
        while True:
            if self._is_stopping:
                self._await_handlers(lambda: not self._is_stopping, deadline)
                return None
            while self._unread and (unread := self._take_unread()) is not None:
                if isinstance(unread, tuple):
                    return unread
                self._announce(unread)
            connection = self._standing_connection(deadline)
            if self._unread:  # who has connected left something to tell
                continue
            if connection is None:
                return None
            try:
                packet = connection.read(0 if connection.has_packets else self._patience(deadline))
            except Exception:
                if not self._survives(connection):
                    raise
            else:
                if packet is not None:
                    return connection, packet
                if deadline.expired():
                    return None
            self._tick()

    def _patience(self, deadline: Deadline) -> float | None:
        return sooner(deadline.remaining(), self._due_in())

    def _due_in(self) -> float | None:
        """Seconds until :meth:`_tick` has something to do; ``None`` for never."""
        return None

    def _tick(self) -> None:
        """Does what is due while the line is quiet."""

    def _handle(self, connection: Connection, publish: Publish) -> Any:
        """Runs the handlers and acknowledges, unless this side is to close the connection, or has meanwhile."""
        self._is_handling = True  # before the look at what does not wait for handlers that have not begun
        try:
            if self._is_stopping or connection.era != self._disconnects:
                return None
            return self._run_handlers(connection, publish)
        except CutOff:
            return None
        finally:
            self._is_handling = False

    def _run_handlers(self, connection: Connection, publish: Publish) -> Any:
        """Runs the handlers and acknowledges; a handler's exception does not keep the broker from its PUBACK."""
        failure, body = None, None
        if self.log.isEnabledFor(DEBUG):
            self.log.debug("< publish on %s, %d bytes", publish.topic, len(publish.payload))
        care = self._caretaker.begin()
        self._dispatcher.came_in(connection.era)
        try:
            body = self.dispatch_packet(publish.topic, publish.payload)
        except Exception as error:
            failure = error
        except BaseException:  # it was not handled, should the program read on
            if connection.era == self._disconnects:
                self._unread.appendleft((connection, publish))
            raise
        finally:
            self._dispatcher.came_in(None)
            self._caretaker.end(care)
        if publish.packet_id is not None:
            self._acknowledge(connection, publish.packet_id)
        if publish.topic == MQTToTTopics.PREEMPTIVE_PING and self._policy:
            connection.fail(ConnectionLost("the server asked to connect again"))
        if failure is not None:
            raise failure
        return body

    def _acknowledge(self, connection: Connection, packet_id: int) -> None:
        """Sends PUBACK for what was handled."""
        connection.acknowledge(packet_id)

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
            try:
                return connection.wait_until(done, deadline.remaining())
            except Exception:
                if not self._survives(connection):
                    raise
        return True

    def _survives(self, connection: Connection) -> bool:
        """Whether another connection takes the place of one that has ended."""
        return not self._attempts_itself and self._end_of(connection, at_once=True)
