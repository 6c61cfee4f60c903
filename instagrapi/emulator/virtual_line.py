"""Connections without sockets: a program's transport on one side, a broker's line on the other, a clock between."""

from __future__ import annotations

from collections import deque
from enum import Enum, auto
from typing import Any

from instagrapi.emulator.broker import Broker
from instagrapi.emulator.conversation import Conversation
from instagrapi.emulator.gate import Arrival
from instagrapi.emulator.virtual_clock import VirtualClock
from instagrapi.exceptions import ConnectFailed, ConnectionLost, NotConnectedError, RealtimeTimeout

#: Seconds after which a connection that hangs is given up, as by a client's default ``connect_timeout``.
CONNECT_TIMEOUT = 30.0


class _Ending(Enum):
    FINISHED = auto()
    RESET = auto()


class VirtualTransport:
    """Carries a client's bytes to a broker in the same process, on a virtual clock and on the calling thread.

    Whatever waits in it lets time pass, in which everything planned happens.

    Args:
        clock: the time.
        broker: whom to connect to.
        latency: seconds that connecting takes, and everything that the broker says.
        connect_timeout: seconds after which a connection that hangs is given up.
    """

    receives_bytes = True

    def __init__(
        self,
        clock: VirtualClock,
        broker: Broker[Any],
        *,
        latency: float = 0.0,
        connect_timeout: float = CONNECT_TIMEOUT,
    ) -> None:
        self._clock = clock
        self._broker = broker
        self._latency = latency
        self._connect_timeout = connect_timeout
        self._connection: _VirtualConnection | None = None
        self._connects = 0

    def connect(self) -> None:
        """Opens a connection, closing an earlier one.

        Raises:
            ConnectFailed: a fault refuses it, or shows a certificate that is not valid.
            RealtimeTimeout: a fault lets it hang.
            ConnectionLost: :meth:`disconnect` was called meanwhile.
        """
        self.disconnect()
        self._connects += 1
        attempt = self._connects
        visitor = self._broker.gate.arrive()
        hangs = visitor.arrival is Arrival.NO_TLS
        took = self._connect_timeout if hangs else self._latency
        if self._clock.wait_until(lambda: self._connects != attempt, took):
            raise ConnectionLost("the connection was closed from this side")
        if hangs:
            raise RealtimeTimeout("no time left while shaking hands with the emulator")
        if visitor.arrival is Arrival.REFUSED:
            raise ConnectFailed("the connection to the emulator broke during the TLS handshake")
        if visitor.arrival is Arrival.EXPIRED:
            raise ConnectFailed("the certificate of the emulator is not valid: certificate has expired")
        connection = _VirtualConnection(self._clock)
        connection.begin(self._broker.begin(connection, visitor, self._latency))
        self._connection = connection

    def disconnect(self) -> None:
        """Closes the connection and ends a wait in it; harmless when there is none."""
        self._connects += 1
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.leave()

    def send(self, packet: bytes) -> None:
        """Gives bytes to the broker.

        Raises:
            NotConnectedError: there is no connection.
            ConnectionLost: it was reset.
        """
        self._current().send(packet)

    def post(self, data: bytes) -> None:
        """The same: nothing here can stand in the way."""
        self._current().send(data)

    def receive(self, timeout: float | None) -> bytes:
        """The next bytes, empty at the end of the stream; lets time pass until there are any.

        Raises:
            RealtimeTimeout: nothing came for ``timeout`` seconds (``None``: wait for ever).
            NotConnectedError: there is no connection.
            ConnectionLost: it was reset, or closed from this side.
            NothingToWaitFor: nothing is planned, so nothing will ever come.
        """
        return self._current().receive(timeout)

    def fileno(self) -> int:
        """There is no descriptor: always -1."""
        return -1

    def _current(self) -> _VirtualConnection:
        if self._connection is None:
            raise NotConnectedError("the transport is not connected")
        return self._connection


class _VirtualConnection:
    """One connection; towards the broker it is a ``Line``."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._conversation: Conversation | None = None
        self._arrived: deque[bytes | _Ending] = deque()
        self._ending: _Ending | None = None
        self._has_left = False
        self._look_at = float("inf")

    def begin(self, conversation: Conversation) -> None:
        """Takes note of who takes the program's bytes, and sees to it that the program is not silent for too long."""
        self._conversation = conversation
        self._watch(conversation)

    # --- the program's side -------------------------------------------------------------------------------------------

    def send(self, data: bytes) -> None:
        if self._ending is _Ending.RESET:
            raise ConnectionLost("the connection broke: Connection reset by peer")
        if self._conversation is not None:
            self._conversation.take(data)
            self._watch(self._conversation)

    def receive(self, timeout: float | None) -> bytes:
        self._clock.wait_until(lambda: self._arrived or self._has_left, timeout)
        if self._has_left:
            raise ConnectionLost("the connection was closed from this side")
        if not self._arrived:
            raise RealtimeTimeout("no time left while waiting for data")
        match self._arrived[0]:
            case _Ending.FINISHED:
                return b""
            case _Ending.RESET:
                raise ConnectionLost("the connection broke: Connection reset by peer")
            case data:
                self._arrived.popleft()
                return data

    def leave(self) -> None:
        self._has_left = True
        self._end_conversation("the program has closed it")

    # --- the broker's side --------------------------------------------------------------------------------------------

    def write(self, data: bytes) -> None:
        if self._ending is None:
            self._arrived.append(data)

    def close(self) -> None:
        self._end(_Ending.FINISHED)

    def reset(self) -> None:
        self._end(_Ending.RESET)

    def _end(self, ending: _Ending) -> None:
        if self._ending is None:
            self._ending = ending
            self._arrived.append(ending)
            # Not at once: the broker may be in the middle of something, and a thread would come to it later, too.
            self._clock.after(0, lambda: self._end_conversation("the broker has closed it"))

    def _end_conversation(self, why: str) -> None:
        conversation, self._conversation = self._conversation, None
        if conversation is not None:
            conversation.end(why)

    def _watch(self, conversation: Conversation) -> None:
        """Looks again when the program's silence would become too long, which may be earlier than was thought."""
        remaining = conversation.deadline.remaining()
        if remaining is not None and (look_at := self._clock.elapsed + remaining) < self._look_at:
            self._look_at = look_at
            self._clock.at(look_at, self._look)

    def _look(self) -> None:
        self._look_at = float("inf")
        if self._conversation is None:
            return
        if self._conversation.deadline.expired():
            self._end_conversation("the program has been silent for too long")
        else:
            self._watch(self._conversation)
