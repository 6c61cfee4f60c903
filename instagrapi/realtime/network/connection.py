"""One life of one socket: who reads, who writes, when to ping, and why it ended."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable

from instagrapi.exceptions import ClientError, ConnectFailed, ConnectionLost, LimitExceeded, NotConnectedError
from instagrapi.realtime.network.acks import MAX_ACK_DELAY, MAX_HELD_ACKS, take_pubacks
from instagrapi.realtime.network.deadline import Clock, Deadline
from instagrapi.realtime.network.ending import why_ended
from instagrapi.realtime.network.handshake import await_answer, check_accepted
from instagrapi.realtime.network.traffic import Traffic
from instagrapi.realtime.network.transport import ByteTransport
from instagrapi.realtime.network.watch import KeepAliveWatch
from instagrapi.realtime.protocol.keepalive import KeepAlive, Verdict
from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet, PingReq, PingResp, Publish
from instagrapi.realtime.protocol.session import MQTToTSession, SessionState

DEFAULT_MAX_INBOX = 10_000


class Connection:
    """Single use: it connects once, and once ended stays ended with a reason.

    Whoever waits for something reads for everyone: the first thread that has to wait takes the part of the reader,
    files what arrives and wakes the others. Waiting never runs handlers; packets queue up in the inbox until somebody
    calls :meth:`read`.

    Args:
        transport: carries the bytes; opened by :meth:`open`, closed by the end.
        session: the protocol state, new.
        keep_alive: seconds, as announced in CONNECT.
        clock: gives the time in seconds.
        expects: topics whose publishes are shown to ``on_publish`` as soon as they arrive.
        on_publish: sees them before the inbox does; true keeps a publish out of it.
        traffic: counts what goes over the line; may be shared by connections that follow each other.
        max_inbox: how many packets may wait for :meth:`read`.
        era: how often the client had disconnected before.
    """

    def __init__(
        self,
        transport: ByteTransport,
        session: MQTToTSession,
        *,
        keep_alive: float,
        clock: Clock = time.monotonic,
        expects: frozenset[str] = frozenset(),
        on_publish: Callable[[Publish], bool] = lambda publish: False,
        traffic: Traffic | None = None,
        max_inbox: int = DEFAULT_MAX_INBOX,
        era: int = 0,
    ) -> None:
        self._transport, self._session = transport, session
        self._clock = clock
        self._keep_alive = KeepAlive(keep_alive, clock())
        self._expects, self._on_publish = expects, on_publish
        self._max_inbox = max_inbox
        self._inbox: deque[Packet] = deque()
        self._lock = threading.RLock()  # taken for all that arrives, which costs less without the condition around it
        self._changed = threading.Condition(self._lock)
        self._opened = self._inside_packet = False
        self._pumped_by: int | None = None
        self._watch = KeepAliveWatch(self._keep_alive)
        self._attend_at = 0.0  # to that and to collected PUBACKs, while packets are at hand
        self._pongs = 0
        self._acks: deque[int] = deque()
        self.traffic, self.era = traffic or Traffic(), era
        #: Why the connection ended; ``None`` while it lives.
        self.error: Exception | None = None

    # --- beginning and end -----------------------------------------------------------------------------------------

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""
        return self._opened and self.error is None and self._session.state is SessionState.OPEN

    @property
    def keep_alive(self) -> KeepAlive:
        """The keep alive, its interval adjustable."""
        return self._keep_alive

    def open(self, connect: Connect | None, timeout: float | None) -> ConnAck:
        """Opens the transport and performs CONNECT; ``None`` when the transport does that itself.

        Raises:
            ConnectFailed: the broker closed the connection or did not answer CONNECT in ``timeout`` seconds.
            ConnectRefused: the broker refused; ``return_code`` says how.
            RealtimeProtocolError: the answer was no CONNACK.
            NotConnectedError: another thread called :meth:`close` meanwhile.
        """
        try:
            self._transport.connect()
            if self.error is not None:  # closed before there was anything to close
                raise why_ended(self.error)
            if connect is None:
                self._session.skip_handshake()
                connack = ConnAck(0)
            else:
                connack = self._shake_hands(connect, Deadline.after(timeout, self._clock))
            self._opened = True  # until here nobody else may read: it could take CONNACK away
            return connack
        except BaseException as error:
            self.fail(error if isinstance(error, Exception) else ConnectionLost("interrupted while connecting"))
            self._disconnect_transport()
            if isinstance(self.error, NotConnectedError) and self.error is not error:
                raise why_ended(self.error) from error
            raise

    def close(self) -> None:
        """Sends DISCONNECT if that is possible without waiting for anyone, and closes the transport. Never raises."""
        with self._changed:
            farewell = take_pubacks(self._acks) + self._session.send_disconnect() if self.is_open else b""
        if farewell:
            with contextlib.suppress(Exception):  # the peer notices the closed socket as well
                self._transport.post(farewell)
        self.fail(NotConnectedError("the connection was closed from this side"))

    @property
    def answers_are_scripted(self) -> bool:
        """Whether the transport plays something back, so that waiting for a particular answer makes no sense."""
        return bool(getattr(self._transport, "performs_handshake", False))

    def fileno(self) -> int:
        """The descriptor for an outer selector; drain with ``read(0)`` first, bytes may be buffered."""
        return self._transport.fileno()

    def _shake_hands(self, connect: Connect, deadline: Deadline) -> ConnAck:
        try:
            self._transmit(self._session.send_connect(connect))
            await_answer(self._session, lambda: self._receive_some(deadline), deadline)
        except ConnectionLost as error:
            raise ConnectFailed("the connection broke before the broker answered CONNECT") from error
        connack = self._inbox.popleft() if self._inbox else None
        if not isinstance(connack, ConnAck):  # the session lets nothing else through
            raise self._session.error or ConnectFailed("the broker did not answer CONNECT with CONNACK")
        check_accepted(connack)
        return connack

    def _receive_some(self, deadline: Deadline) -> bytes | None:
        try:
            data = self._transport.receive(deadline.remaining())
        except TimeoutError:
            if self.answers_are_scripted:
                raise
            return None
        if data:
            self._receive(data)
        return data

    def fail(self, error: Exception) -> None:
        """Ends the connection, for a reason that the first caller gives."""
        with self._changed:
            first = self.error is None
            if first:
                self.error = error
            self._changed.notify_all()
        if first:  # later, a transport that is used again belongs to the next connection
            self._disconnect_transport()

    def _disconnect_transport(self) -> None:
        with contextlib.suppress(Exception):  # anyone's transport; there is nobody to tell
            self._transport.disconnect()

    # --- reading ---------------------------------------------------------------------------------------------------

    @property
    def has_packets(self) -> bool:
        """Whether :meth:`read` would return at once."""
        return bool(self._inbox)

    @property
    def is_full(self) -> bool:
        """Whether so many packets wait for :meth:`read` that one more ends the connection."""
        return len(self._inbox) >= self._max_inbox

    def read(self, timeout: float | None) -> Packet | None:
        """The next packet, or ``None`` when none came in ``timeout`` seconds (``None``: wait for ever).

        Meanwhile the connection is kept alive. What arrived before the connection ended is still returned.

        Raises:
            ConnectionLost: the connection ended, also because a PINGRESP did not come.
            RealtimeProtocolError: the broker broke the rules.
            NotConnectedError: :meth:`close` was called.
        """
        inbox = self._inbox
        if inbox and self._clock() >= self._attend_at:  # the handlers of the next packet may take long
            self.flush_acks()
            self._ping_if_due()
        if inbox and self._opened and (packet := self._take()):
            return packet
        deadline = Deadline.after(timeout, self._clock)
        while self._wait(inbox.__len__, deadline):
            if packet := self._take():
                return packet
        return None

    def _take(self) -> Packet | None:
        try:
            return self._inbox.popleft()
        except IndexError:  # somebody took what was unread
            return None

    def take_unread(self) -> list[Packet]:
        """What came before the end and was not read; nobody else will get it."""
        return list(iter(self._take, None))  # a reader may take some itself

    def wait_until(self, done: Callable[[], bool], timeout: float | None) -> bool:
        """Reads until ``done``, filing every packet in the inbox; false when the time ran out first.

        Raises:
            ConnectionLost, RealtimeProtocolError, NotConnectedError: as :meth:`read`.
        """
        came = self._wait(done, Deadline.after(timeout, self._clock))
        self.flush_acks()  # of what was consumed meanwhile: nobody may be about to read
        return came

    def _wait(self, done: Callable[[], object], deadline: Deadline) -> bool:
        self.flush_acks()
        me, is_first = threading.get_ident(), True
        while True:
            try:  # an interrupt may come as soon as this thread is the one that reads
                with self._lock:
                    if not self._opened and self.error is None:
                        raise NotConnectedError("not connected: the connection is still being made")
                    if done():
                        return True
                    if self.error is not None:
                        raise why_ended(self.error) from self.error
                    if not is_first and deadline.expired():
                        return False
                    is_first = False
                    if self._pumped_by is not None:
                        self._changed.wait(deadline.remaining())
                        continue
                    self._pumped_by = me
                self._pump(deadline)
            finally:
                if self._pumped_by == me:
                    with self._lock:
                        self._pumped_by = None
                        self._changed.notify_all()

    def _pump(self, deadline: Deadline) -> None:
        """One step of progress: some bytes, a ping, or the end of the wait."""
        if self.is_full:
            self.fail(LimitExceeded(f"{self._max_inbox} packets wait to be read"))
            return
        self._ping_if_due()
        try:
            data = self._transport.receive(self._watch.patience(deadline.remaining(), self._clock()))
        except TimeoutError:
            if self.answers_are_scripted:
                raise
            if self._verdict() is Verdict.DEAD:  # only now: bytes that are there to read prove a live line
                self.fail(ConnectionLost("the line is dead: no PINGRESP came"))
            return
        except Exception as error:
            ended_here = self.error is not None
            self.fail(error)
            if not ended_here and not isinstance(error, ClientError):
                raise
            return
        self._receive(data)

    def _ping_if_due(self) -> None:
        """Sends PINGREQ when the keep alive asks for it, and notes when to look again."""
        if not self._watch.is_early(self._clock()):
            if self._verdict() is Verdict.SEND_PING:
                self._send_pingreq()
            self._watch.has_looked(inside_packet=self._inside_packet)
        self._attend_at = self._watch.look_at

    def _verdict(self) -> Verdict:
        return self._keep_alive.verdict(self._clock(), inside_packet=self._inside_packet)

    def _receive(self, data: bytes) -> None:
        now = self._clock()
        with self._lock:
            self._keep_alive.received(now)
            # What ends a packet buys as much time as what is within: the PINGRESP may have had to wait behind it.
            self._inside_packet = self._session.inside_packet
            if data:
                packets = self._session.feed(data)
            else:
                packets = []
                self._session.feed_eof()
            self._inside_packet = self._inside_packet or self._session.inside_packet
            self.traffic.received(len(data), len(packets))
        for packet in packets:
            if type(packet) is Publish and packet.topic not in self._expects or not self._consume(packet, now):
                self._inbox.append(packet)
        if self._session.error is not None:
            self.fail(self._session.error)

    def _consume(self, packet: Packet, now: float) -> bool:
        """Deals with packets that are the connection's own business; true when nobody else needs to see it."""
        if type(packet) is Publish:
            if not self._on_publish(packet):
                return False
            if packet.packet_id is not None:
                self.acknowledge(packet.packet_id)
            return True
        if type(packet) is PingResp and self._keep_alive.ping_outstanding:
            with self._changed:
                self._keep_alive.pong_received(now)
                self._pongs += 1
            return True
        if type(packet) is PingReq:
            self._post(PingResp().encode())
        return False

    # --- writing ---------------------------------------------------------------------------------------------------

    def publish(self, topic: str, payload: bytes) -> int:
        """Sends a PUBLISH with QoS 1 and returns its packet identifier. From any thread.

        Raises:
            NotConnectedError: the connection is not open.
            ConnectionLost: it broke while sending.
        """
        with self._changed:
            self._require_open()
            outgoing = self._session.send_publish(topic, payload)
        self._transmit(outgoing.data)
        return outgoing.packet_id

    def subscribe(self, *topics: str) -> int:
        """Sends SUBSCRIBE with QoS 1; errors as :meth:`publish`."""
        with self._changed:
            self._require_open()
            outgoing = self._session.send_subscribe(topics)
        self._transmit(outgoing.data)
        return outgoing.packet_id

    def acknowledge(self, packet_id: int) -> None:
        """Sends PUBACK, possibly together with the next ones of packets that are at hand already."""
        self._acks.append(packet_id)
        if not self._inbox or len(self._acks) >= MAX_HELD_ACKS:
            self.flush_acks()
        elif len(self._acks) == 1:
            self._attend_at = min(self._attend_at, self._clock() + MAX_ACK_DELAY)

    def flush_acks(self) -> None:
        """Sends the PUBACKs that were collected; a failure shows at the next read."""
        if self._acks:
            self._post(take_pubacks(self._acks))

    def ping(self, timeout: float | None) -> bool:
        """Sends PINGREQ and waits for PINGRESP, whatever else arrives; false when it did not come in time."""
        with self._changed:
            self._require_open()
            seen = self._pongs
        if not self._keep_alive.ping_outstanding:
            self._send_pingreq()
        return self.wait_until(lambda: self._pongs > seen, timeout)

    def _send_pingreq(self) -> None:
        with self._changed:
            if not self.is_open:
                return
            self._keep_alive.ping_sent(self._clock())
            pingreq = self._session.send_pingreq()
        self._post(pingreq)

    def _require_open(self) -> None:
        if not self.is_open:
            raise NotConnectedError("not connected") from self.error

    def _transmit(self, data: bytes) -> None:
        if self.error is not None:
            raise why_ended(self.error) from self.error
        try:
            self._transport.send(data)
        except Exception as error:
            self.fail(error)
            raise
        self._count_sent(data)

    def _post(self, data: bytes) -> None:
        """Sends a control packet without waiting for anyone: reading must go on, or both sides wait for each other."""
        if self.error is not None:
            return  # the transport may carry the next connection already
        try:
            self._transport.post(data)
        except Exception as error:
            self.fail(error)  # it reaches whoever reads next
        else:
            self._count_sent(data)

    def _count_sent(self, data: bytes) -> None:
        with self._lock:
            self._keep_alive.sent(self._clock())
            self.traffic.sent(len(data))
