"""What the realtime and the FBNS client have in common: handlers, one connection at a time, and reading from it."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Literal, Self, TypedDict

from instagrapi.exceptions import ConcurrencyError, NotConnectedError, RealtimeConfigError, RealtimeError
from instagrapi.profile import Address, MqttProfile, Profile
from instagrapi.realtime import events as ev
from instagrapi.realtime.dispatch import Dispatcher, Listening, OnHandlerError
from instagrapi.realtime.host import profile_of
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Clock
from instagrapi.realtime.network.tls import verified_context
from instagrapi.realtime.network.traffic import Traffic
from instagrapi.realtime.network.transport import ByteTransport, PacketTransport, SocketMQTToTTransport, Transport
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Publish
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE
from instagrapi.realtime.protocol.session import MQTToTSession
from instagrapi.realtime.state import State, Stats
from instagrapi.realtime.wire.connect import MQTToTConnection

logger = logging.getLogger("instagrapi.realtime")

DEFAULT_CONNECT_TIMEOUT = 30.0
DEFAULT_PING_TIMEOUT = 10.0


class Options(TypedDict, total=False):
    """The keyword arguments of both clients; :class:`MQTToTClient` says what they do."""

    profile: Profile | None
    on_handler_error: OnHandlerError
    connect_timeout: float
    max_packet_size: int
    max_inflated_size: int
    clock: Clock


class MQTToTClient(Listening, ABC):
    """A client of one of the two brokers.

    The client outlives its connections: handlers and settings stay, a connection is made anew by each
    :meth:`connect`. Any thread may send; one thread at a time may read.

    Args:
        client: the host, a logged-in client.
        transport: carries the packets; by default a TLS socket, made anew for each connect, through the host's proxy.
        profile: replaces the host's profile.
        on_handler_error: ``continue`` logs a failing handler and goes on, ``raise`` lets ``read_once`` raise it, after
            all handlers ran and the message was acknowledged.
        connect_timeout: seconds for connecting, and again for the answer to CONNECT.
        max_packet_size: largest packet to accept, in bytes.
        max_inflated_size: largest body to accept after inflating, in bytes.
        clock: seconds that never go back.
    """

    def __init__(
        self,
        client: Any,
        transport: Transport | None = None,
        *,
        profile: Profile | None = None,
        on_handler_error: OnHandlerError = "continue",
        connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
        max_packet_size: int = DEFAULT_MAX_PACKET_SIZE,
        max_inflated_size: int = DEFAULT_MAX_INFLATED_SIZE,
        clock: Clock = time.monotonic,
    ) -> None:
        if min(max_packet_size, max_inflated_size) < 1:
            raise RealtimeConfigError("limits are sizes in bytes, at least 1")
        self.client = client
        self._given_transport = transport
        self._made_transport: SocketMQTToTTransport | None = None
        self._profile = profile
        self._connect_timeout = connect_timeout
        self._max_packet_size = max_packet_size
        self._max_inflated_size = max_inflated_size
        self._clock = clock
        self._dispatcher = Dispatcher(on_handler_error)
        self.handlers = self._dispatcher.handlers
        self._receiver = ev.Receiver(host=client)
        self._connection: Connection | None = None
        self._end_announced: Connection | None = None
        self._state = State.IDLE
        self._connecting = threading.Lock()
        self._reading = threading.Lock()
        self._announcing = threading.Lock()
        self._disconnects = 0
        self._traffic = Traffic()
        self._event_counts: Counter[str] = Counter()
        self._connects = 0

    # --- what the two clients differ in ----------------------------------------------------------------------------

    #: What its events say about where they came from.
    _source: Literal["realtime", "push"] = "realtime"
    #: Topics whose publishes :meth:`_notice` sees as soon as they arrive.
    _expected_topics: frozenset[str] = frozenset()

    @abstractmethod
    def build_connection(self) -> MQTToTConnection:
        """What CONNECT will say."""

    @abstractmethod
    def dispatch_packet(self, topic: str, payload: bytes) -> Any:
        """Decodes the body of a publish, runs the handlers and returns the decoded body."""

    @abstractmethod
    def _mqtt_profile(self) -> MqttProfile:
        """The part of the profile that is about this connection."""

    @abstractmethod
    def _address(self) -> Address:
        """Where the broker is."""

    def _notice(self, publish: Publish) -> bool:
        """Sees publishes of expected topics before handlers do; true keeps one from them."""
        return False

    # --- handlers --------------------------------------------------------------------------------------------------

    def emit(self, event: str, payload: Any) -> None:
        """Runs the handlers of an event name."""
        self._dispatcher.emit(event, payload)

    # --- state -----------------------------------------------------------------------------------------------------

    @property
    def profile(self) -> Profile:
        """What Instagram-specific values are in use."""
        return self._profile or profile_of(self.client)

    @property
    def connected(self) -> bool:
        """Whether there is a connection that has not ended."""
        connection = self._connection
        return connection is not None and connection.is_open

    @property
    def state(self) -> State:
        """Where the client stands."""
        return self._state

    def stats(self) -> Stats:
        """Counters and ages."""
        connection = self._connection
        keep_alive = connection.keep_alive if connection else None
        return Stats(
            packets_in=self._traffic.packets_in,
            packets_out=self._traffic.packets_out,
            bytes_in=self._traffic.bytes_in,
            bytes_out=self._traffic.bytes_out,
            connects=self._connects,
            reconnects=max(0, self._connects - 1),
            events=dict(self._event_counts),
            ping_round_trip=keep_alive.latency if keep_alive else None,
            last_byte_age=self._clock() - keep_alive.last_received if keep_alive else None,
        )

    def fileno(self) -> int:
        """The socket's descriptor for an outer selector, -1 without one.

        Packets may be buffered although it is not readable: call ``read_once(timeout=0)`` until it returns ``None``
        before waiting.

        Raises:
            NotConnectedError: there is no connection.
        """
        return self._require_connection().fileno()

    # --- connecting ------------------------------------------------------------------------------------------------

    def _open_connection(self) -> ConnAck:
        """Makes a new connection in place of the old one and performs CONNECT."""
        if not self._connecting.acquire(blocking=False):
            raise ConcurrencyError("another thread is connecting")
        disconnects = self._disconnects
        try:
            self._close_connection()
            self._state = State.CONNECTING
            transport = self._make_transport()
            handshake = self._handshake(transport)
            connection = Connection(
                transport,
                MQTToTSession(max_packet_size=self._max_packet_size),
                keep_alive=self._mqtt_profile().keep_alive,
                clock=self._clock,
                expects=self._expected_topics,
                on_publish=self._notice,
                traffic=self._traffic,
            )
            self._connection = connection
            if self._disconnects != disconnects:  # it found no connection to close yet
                raise NotConnectedError("the connection was closed from this side")
            connack = connection.open(handshake, self._connect_timeout)
        except BaseException:
            self._connection = None
            self._state = State.FAILED if self._disconnects == disconnects else State.STOPPED
            raise
        finally:
            self._connecting.release()
        self._connects += 1
        if self._disconnects == disconnects:
            self._state = State.LIVE
        logger.info("%s connected", type(self).__name__)
        return connack

    def _handshake(self, transport: ByteTransport) -> Connect | None:
        return self.build_connection().to_packet(self._mqtt_profile().keep_alive)

    @property
    def transport(self) -> Any:
        """The transport that the program gave, else the one of the current connection."""
        return self._given_transport or self._made_transport

    @transport.setter
    def transport(self, transport: Transport | None) -> None:
        self._given_transport = transport

    def _make_transport(self) -> ByteTransport:
        given: Any = self._given_transport
        if given is not None:
            return given if getattr(given, "receives_bytes", False) is True else PacketTransport(given)
        address = self._address()
        self._made_transport = SocketMQTToTTransport(
            address.host,
            address.port,
            timeout=self._connect_timeout,
            tls_context=verified_context(self.profile.endpoints.ca_file),
            proxy=getattr(self.client, "proxy", None),
        )
        return self._made_transport

    def _announce_connected(self) -> None:
        self.emit("connected", {"resumed": False})
        self._emit_typed(ev.Connected, resumed=False)
        self._dispatcher.raise_failure()

    def disconnect(self) -> None:
        """Sends DISCONNECT and closes the connection; wakes a blocked reader at once. Safe without a connection."""
        self._disconnects += 1
        self._close_connection()
        if self._state is not State.IDLE:
            self._state = State.STOPPED

    def _close_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def __enter__(self) -> Self:
        self.connect()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.disconnect()

    @abstractmethod
    def connect(self) -> None:
        """Connects."""

    # --- reading ---------------------------------------------------------------------------------------------------

    def read_once(self, timeout: float | None = None) -> Any:
        """Reads one packet, runs the handlers for it, and acknowledges it.

        Args:
            timeout: seconds; ``None`` waits for ever and keeps the connection alive meanwhile, 0 polls.

        Returns:
            The decoded body of a publish, the packet itself when it is none, ``None`` when nothing came in time.

        Raises:
            NotConnectedError: there is no connection, or :meth:`disconnect` was called.
            ConnectionLost: the connection ended; what had arrived before was read first.
            RealtimeProtocolError: the broker broke the rules; the connection is closed.
            ConcurrencyError: another thread is reading, or a handler called this.
        """
        connection = self._require_connection()
        if not self._reading.acquire(blocking=False):
            raise ConcurrencyError("somebody is reading already; one thread at a time may, and no handler")
        try:
            packet = connection.read(timeout)
            if type(packet) is not Publish:
                return packet
            return self._handle(connection, packet)
        finally:
            self._reading.release()
            if connection.error is not None:
                self._notice_end(connection)

    def _handle(self, connection: Connection, publish: Publish) -> Any:
        """Runs the handlers and acknowledges; a handler's exception does not keep the broker from its PUBACK."""
        failure, body = None, None
        try:
            body = self.dispatch_packet(publish.topic, publish.payload)
        except Exception as error:
            failure = error
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
            Whether PINGRESP came; false also when the connection breaks meanwhile.

        Raises:
            NotConnectedError: there is no connection.
        """
        connection = self._require_connection()
        try:
            with self._watching(connection):
                return connection.ping(timeout)
        except (RealtimeError, OSError):
            return False

    def _wait_until(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """Reads until ``done`` without running handlers."""
        connection = self._require_connection()
        with self._watching(connection):
            return connection.wait_until(done, timeout)

    def _require_connection(self) -> Connection:
        connection = self._connection
        if connection is None:
            raise NotConnectedError("not connected: call connect() first")
        return connection

    @contextlib.contextmanager
    def _watching(self, connection: Connection) -> Iterator[None]:
        """Notices when the connection ended under a call."""
        try:
            yield
        finally:
            if connection.error is not None:
                self._notice_end(connection)

    def _notice_end(self, connection: Connection) -> None:
        """Announces, once, that a connection ended; not before everything that came over it was read."""
        with self._announcing:
            if self._connection is not connection or connection.has_packets or self._end_announced is connection:
                return
            self._end_announced = connection
        self._state = State.FAILED
        reason = str(connection.error) or type(connection.error).__name__
        logger.info("%s disconnected: %s", type(self).__name__, reason)
        self.emit("disconnected", {"reason": reason, "will_retry": False})
        self._emit_typed(ev.Disconnected, reason=reason)
        self._dispatcher.forget_failure()  # why the connection ended is what matters now

    def _emit_typed(self, kind: type[ev.Event], **fields: Any) -> None:
        self._event_counts[kind.kind] += 1
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(self._event(kind, **fields))

    def _event(self, kind: type[ev.Event], **fields: Any) -> ev.Event:
        event = kind(received_at=time.time(), account_id=self._own_user_id(), source=self._source, **fields)
        return event.received_by(self._receiver)

    def _own_user_id(self) -> str | None:
        user_id = getattr(self.client, "user_id", None)
        return None if user_id is None else str(user_id)
