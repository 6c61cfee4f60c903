"""One connection at a time to one of the two brokers, with the handlers and settings that outlive it."""

from __future__ import annotations

import random as chance
import threading
import time
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal, Protocol, TypeAlias, TypedDict

from instagrapi.exceptions import ConcurrencyError, NotConnectedError, RealtimeConfigError
from instagrapi.profile import Address, MqttProfile, Profile
from instagrapi.realtime import events as ev
from instagrapi.realtime.dispatch import Dispatcher, Listening, OnHandlerError
from instagrapi.realtime.guard import DeviceGuard
from instagrapi.realtime.host import profile_of
from instagrapi.realtime.logs import About, ClientLog, Sparing
from instagrapi.realtime.network.connection import Connection
from instagrapi.realtime.network.deadline import Clock
from instagrapi.realtime.network.tls import verified_context
from instagrapi.realtime.network.traffic import Traffic
from instagrapi.realtime.network.transport import ByteTransport, PacketTransport, SocketMQTToTTransport, Transport
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Publish
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE
from instagrapi.realtime.protocol.session import MQTToTSession
from instagrapi.realtime.recovery import Backoff, HourlyLimit, ReconnectPolicy
from instagrapi.realtime.state import STANDING, State, StateChanges, Stats
from instagrapi.realtime.wire.connect import MQTToTConnection

DEFAULT_CONNECT_TIMEOUT = 30.0
TransportFactory: TypeAlias = Callable[[Address], ByteTransport]
SessionExpired: TypeAlias = Callable[[Exception], bool]


class Wake(Protocol):
    """What interrupts a wait; :class:`threading.Event` is one."""

    def set(self) -> None:
        """Ends the wait, and every later one at once."""

    def clear(self) -> None:
        """Lets :meth:`wait` wait again."""

    def wait(self, timeout: float | None = None) -> bool:
        """Waits so many seconds; true when it was ended before."""


class Options(TypedDict, total=False):
    """The keyword arguments of both clients; :class:`MQTToTClient` says what they do."""

    profile: Profile | None
    on_handler_error: OnHandlerError
    connect_timeout: float
    max_packet_size: int
    max_inflated_size: int
    clock: Clock
    unix_clock: Clock
    transport_factory: TransportFactory | None
    wake: Callable[[], Wake]
    reconnect: ReconnectPolicy | bool | None
    random: Callable[[], float]
    guard_device: bool
    on_session_expired: SessionExpired | None


class Connecting(Listening, ABC):
    """Connects to one of the two brokers.

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
        unix_clock: seconds since 1970.
        transport_factory: makes the transport of each connect, instead of a TLS socket.
        wake: makes what interrupts the wait between two attempts to connect; an event that knows ``set``, ``clear`` and
            ``wait(seconds)``.
        reconnect: how to come back after the connection has broken; true means the default policy. By default a client
            without a given transport comes back by itself, and one with a transport does not.
        random: gives numbers from 0 up to, but without, 1.
        guard_device: whether to refuse to connect while another client on this machine is connected as the same device;
            never with a transport of the program's own.
        on_session_expired: called with the error when a reconnect finds the session dead. It may log the host in again
            and return true, which leads to one more attempt; otherwise the error ends the client.
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
        unix_clock: Clock = time.time,
        transport_factory: TransportFactory | None = None,
        wake: Callable[[], Wake] = threading.Event,
        reconnect: ReconnectPolicy | bool | None = None,
        random: Callable[[], float] = chance.random,
        guard_device: bool = True,
        on_session_expired: SessionExpired | None = None,
    ) -> None:
        if min(max_packet_size, max_inflated_size) < 1:
            raise RealtimeConfigError("limits are sizes in bytes, at least 1")
        self.client = client
        #: Logs to ``instagrapi.realtime``, with the account and the connection in each record.
        self.log = ClientLog(lambda: About(self._own_user_id(), self._source, self._connects))
        self._given_transport = transport
        self._made_transport: SocketMQTToTTransport | None = None
        self._profile = profile
        self._connect_timeout = connect_timeout
        self._max_packet_size = max_packet_size
        self._max_inflated_size = max_inflated_size
        self._clock = clock
        self._unix_clock = unix_clock
        self._transport_factory = transport_factory
        if reconnect is None:
            reconnect = transport is None
        self._policy = ReconnectPolicy() if reconnect is True else reconnect or None
        limits = self._policy or ReconnectPolicy()
        self._backoff = Backoff(limits, random)
        self._connect_limit = HourlyLimit(limits.connects_per_hour)
        self._random, self._make_wake = random, wake
        self._on_session_expired = on_session_expired
        self._guards_device = guard_device and transport is None and transport_factory is None
        self._device: DeviceGuard | None = None
        self._undecoded = Sparing(self.log, clock)
        self._dispatcher = Dispatcher(on_handler_error, self.log, lambda: self._disconnects)
        self.handlers = self._dispatcher.handlers
        self._receiver = ev.Receiver(host=client)
        self._noticing = threading.Condition()  # guards the connection, the outage and who attempts to connect
        self._connection: Connection | None = None
        self._state_changed = threading.Condition()
        self._current_state = State.IDLE
        self._state_changes = StateChanges()
        self._connecting = threading.Lock()
        self._disconnects = 0
        self._decided_at = 0  # how many there were when the attempt was decided on that is being made
        self._traffic = Traffic()
        self._event_counts: Counter[str] = Counter()
        self._connects = 0

    # --- what the two clients differ in ----------------------------------------------------------------------------

    #: What its events say about where they came from.
    _source: Literal["realtime", "push"] = "realtime"
    #: Topics whose publishes :meth:`_notice` sees as soon as they arrive.
    _expected_topics: frozenset[str] = frozenset()

    @property
    def _state_when_open(self) -> State:
        """Where the client stands right after CONNACK."""
        return State.LIVE

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
        return self._current_state

    def _set_state(self, state: State) -> None:
        self._note_state(state)
        self._tell_state()

    def _note_state(self, state: State) -> None:
        """With a lock held, in place of :meth:`_set_state`; :meth:`_tell_state` has to follow without one."""
        with self._state_changed:
            if state in STANDING and not self.connected:  # it was closed meanwhile
                return
            if state is not self._current_state:
                self._state_changes.note(self._current_state, state)
            self._current_state = state
            self._state_changed.notify_all()

    def _tell_state(self) -> None:
        self._state_changes.tell(self._announce_state)

    def _announce_state(self, previous: State, state: State) -> None:
        self.emit("state_changed", {"previous": previous, "state": state})
        self._emit_typed(ev.StateChanged, previous=previous, state=state)

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
        self._set_state(State.CONNECTING)
        if not self._connecting.acquire(blocking=False):
            raise ConcurrencyError("another thread is connecting")
        disconnects, packets = self._decided_at, self._traffic.packets_out
        try:
            self._close_connection()
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
                era=disconnects,
            )
            with self._noticing:
                if self._disconnects != disconnects:  # that found no connection to close yet
                    raise NotConnectedError("the connection was closed from this side")
                self._connection = connection
            connack = connection.open(handshake, self._connect_timeout)
        except BaseException:
            self._connection = None
            if not self._will_try_again():
                self._release_device()
                self._note_state(State.FAILED if self._disconnects == disconnects else State.STOPPED)
            raise
        finally:
            if self._traffic.packets_out > packets:  # the broker was asked
                self._connect_limit.take(self._clock())
            self._connecting.release()
            self._tell_state()
        self._connects += 1
        if self._disconnects == disconnects:
            self._set_state(self._state_when_open)
        self.log.info("connected")
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

    @property
    def given_transport(self) -> Transport | None:
        """The transport that the program gave."""
        return self._given_transport

    def _make_transport(self) -> ByteTransport:
        given: Any = self._given_transport
        if given is not None:
            return given if getattr(given, "receives_bytes", False) is True else PacketTransport(given)
        address = self._address()
        if self._transport_factory is not None:
            return self._transport_factory(address)
        self._hold_device(address)
        self._made_transport = SocketMQTToTTransport(
            address.host,
            address.port,
            timeout=self._connect_timeout,
            tls_context=verified_context(self.profile.endpoints.ca_file),
            proxy=getattr(self.client, "proxy", None),
        )
        return self._made_transport

    def _hold_device(self, address: Address) -> None:
        """Keeps other clients on this machine from connecting as the same device, which would end this connection."""
        if not self._guards_device:
            return
        device = DeviceGuard(address, self._device_id(), self._own_user_id() or "", log=self.log)
        if self._device is None or self._device.key != device.key:
            self._release_device()
            self._device = device
        self._device.acquire()

    def _device_id(self) -> str:
        """What tells this device from others, and stays the same."""
        return self.build_connection().client_identifier

    def _release_device(self) -> None:
        if self._device is not None:
            self._device.release()

    def _will_try_again(self) -> bool:
        """Whether another attempt follows one that fails."""
        return False

    def _announce_connected(self, *, resumed: bool) -> None:
        self.emit("connected", {"resumed": resumed})
        self._emit_typed(ev.Connected, resumed=resumed)
        self._dispatcher.raise_failure()

    def _close_connection(self) -> None:
        if (connection := self._take_connection()) is not None:
            connection.close()

    def _take_connection(self) -> Connection | None:
        with self._noticing:
            connection, self._connection = self._connection, None
            return connection

    @abstractmethod
    def connect(self) -> None:
        """Connects."""

    def _require_connection(self) -> Connection:
        connection = self._connection
        if connection is None:
            raise NotConnectedError("not connected: call connect() first")
        return connection

    def _emit_typed(self, kind: type[ev.Event], **fields: Any) -> None:
        self._event_counts[kind.kind] += 1
        if self._dispatcher.handlers.has_typed:
            self._dispatcher.emit_typed(self._event(kind, **fields))

    def _event(self, kind: type[ev.Event], **fields: Any) -> ev.Event:
        event = kind(received_at=self._unix_clock(), account_id=self._own_user_id(), source=self._source, **fields)
        return event.received_by(self._receiver)

    def _own_user_id(self) -> str | None:
        user_id = getattr(self.client, "user_id", None)
        return None if user_id is None else str(user_id)
