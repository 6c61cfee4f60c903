"""Transports: what carries the packets of one connection."""

from __future__ import annotations

import ssl
import threading
from collections import deque
from typing import Any, Protocol, runtime_checkable

from instagrapi.exceptions import ConnectionLost, NotConnectedError, RealtimeTimeout, TransportError
from instagrapi.proxy import Proxy
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream, open_stream
from instagrapi.realtime.network.tls import verified_context
from instagrapi.realtime.network.waiting import Interrupt
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE, read_fixed_header


@runtime_checkable
class Transport(Protocol):
    """What a client needs to carry its packets: anyone's object with these four methods.

    ``recv_packet`` returns one whole control packet and raises ``TimeoutError`` when the transport's own timeout
    passes, with nothing lost. An attribute ``performs_handshake`` that is true says that CONNECT and CONNACK are the
    transport's own business.
    """

    def connect(self) -> None:
        """Opens the connection."""

    def send(self, packet: bytes) -> None:
        """Writes one control packet."""

    def recv_packet(self) -> bytes:
        """Reads one control packet."""

    def disconnect(self) -> None:
        """Closes the connection."""


class ByteTransport(Protocol):
    """What a connection needs of a transport; see ``SocketMQTToTTransport`` for the contract."""

    def connect(self) -> None:
        """Opens it."""

    def send(self, packet: bytes) -> None:
        """Writes all bytes."""

    def post(self, data: bytes) -> None:
        """Sends without waiting for anyone, now or as soon as it can."""

    def receive(self, timeout: float | None) -> bytes:
        """The next bytes, empty at the end; ``TimeoutError`` when nothing came."""

    def disconnect(self) -> None:
        """Closes it and wakes a blocked ``receive``."""

    def fileno(self) -> int:
        """A descriptor for an outer selector, or -1."""


class SocketMQTToTTransport:
    """TLS over TCP, directly or through a proxy.

    TLS 1.2 or newer; certificate and host name are always verified; SNI is sent, ALPN is not. One deadline of
    ``timeout`` seconds covers name resolution, TCP, the proxy and the TLS handshake.

    Args:
        host: name of the broker, also the name its certificate must carry.
        port: TCP port.
        timeout: seconds for the whole of ``connect``, for one ``send``, and for one ``recv_packet``.
        tls_context: replaces the default context; it must verify certificates and host names.
        proxy: URL of an HTTP, SOCKS4(a) or SOCKS5(h) proxy, or ``None``.
        max_packet_size: largest packet that ``recv_packet`` accepts, in bytes.
    """

    #: Gives bytes as they come, through ``receive``; other transports give packets.
    receives_bytes = True

    def __init__(
        self,
        host: str,
        port: int = 443,
        timeout: float = 30.0,
        tls_context: ssl.SSLContext | None = None,
        proxy: str | None = None,
        *,
        max_packet_size: int = DEFAULT_MAX_PACKET_SIZE,
    ) -> None:
        self.host = host
        self.port = port
        self.timeout = timeout
        self.tls_context = tls_context
        self._proxy = Proxy.from_url(proxy) if proxy else None
        self._max_packet_size = max_packet_size
        self._lock = threading.RLock()  # a signal handler may call disconnect() wherever it has interrupted us
        self._interrupt: Interrupt | None = None
        self._stream: Stream | None = None
        self._received = bytearray()

    def __repr__(self) -> str:
        through = f" through a {self._proxy.scheme} proxy" if self._proxy else ""
        return f"<SocketMQTToTTransport {self.host}:{self.port}{through}>"

    def connect(self) -> None:
        """Opens the connection, closing an earlier one.

        Raises:
            ConnectFailed: a name, an address, the proxy or the TLS handshake failed.
            ConnectionLost: another thread called :meth:`disconnect` meanwhile.
            RealtimeTimeout: it took longer than ``timeout``.
        """
        self.disconnect()
        interrupt = Interrupt()
        with self._lock:
            self._interrupt = interrupt
        self._received.clear()
        try:
            stream = open_stream(
                self.host,
                self.port,
                deadline=Deadline.after(self.timeout),
                interrupt=interrupt,
                context=self.tls_context or verified_context(),
                proxy=self._proxy,
            )
        except TransportError as error:
            if self._interrupt is interrupt:
                raise
            raise ConnectionLost("the connection was closed from this side") from error
        with self._lock:
            wanted = self._interrupt is interrupt
            if wanted:
                self._stream = stream
        if not wanted:
            stream.close()
            raise ConnectionLost("the connection was closed from this side")

    def disconnect(self) -> None:
        """Closes the connection and wakes whoever waits in it, from any thread; harmless when there is none."""
        with self._lock:
            stream, self._stream = self._stream, None
            interrupt, self._interrupt = self._interrupt, None
        if stream is not None:
            stream.close()
        elif interrupt is not None:
            interrupt.set()

    def send(self, packet: bytes) -> None:
        """Writes all of ``packet``.

        Raises:
            NotConnectedError: there is no connection.
            ConnectionLost: it broke, or the peer took the bytes more slowly than ``timeout`` allows.
        """
        try:
            self._current().send(packet, Deadline.after(self.timeout))
        except RealtimeTimeout as error:
            self.disconnect()
            raise ConnectionLost(f"the broker took nothing for {self.timeout:g} s") from error

    def post(self, data: bytes) -> None:
        """Sends without waiting for the broker or another sender, now or as soon as it can; for control packets.

        Raises:
            NotConnectedError: there is no connection.
            ConnectionLost: it was closed from this side.
        """
        self._current().post(data)

    def receive(self, timeout: float | None) -> bytes:
        """The next bytes, however they are cut; empty at the end of the stream.

        Raises:
            RealtimeTimeout: nothing came for ``timeout`` seconds (``None``: wait for ever); nothing is lost.
            NotConnectedError: there is no connection.
            ConnectionLost: it broke or was closed from this side.
        """
        if self._received:
            data = bytes(self._received)
            self._received.clear()
            return data
        return self._current().receive(Deadline.after(timeout))

    def recv_packet(self) -> bytes:
        """One whole control packet.

        Raises:
            RealtimeTimeout: it did not arrive within ``timeout``; what did arrive is kept for the next call.
            ConnectionLost: the connection ended.
            MalformedPacket, LimitExceeded: the bytes are no packet, or one that is too large.
        """
        stream, deadline = self._current(), Deadline.after(self.timeout)
        while True:
            header = read_fixed_header(self._received, 0, self._max_packet_size)
            if header is not None and header[1] <= len(self._received):
                packet = bytes(self._received[: header[1]])
                del self._received[: header[1]]
                return packet
            data = stream.receive(deadline)
            if not data:
                raise ConnectionLost("the broker closed the connection")
            self._received += data

    def fileno(self) -> int:
        """The socket's descriptor, for an outer selector; -1 without a connection."""
        stream = self._stream
        return stream.fileno() if stream is not None else -1

    def _current(self) -> Stream:
        stream = self._stream
        if stream is None:
            raise NotConnectedError("the transport is not connected")
        return stream


class PacketTransport:
    """Makes a stream of bytes out of any :class:`Transport` that only gives whole packets."""

    #: The shortest pause between two ``recv_packet`` calls that found nothing: a transport may return at once.
    PAUSE = 0.02

    def __init__(self, transport: Transport) -> None:
        self.inner = transport
        self._send_lock = threading.Lock()
        self._posted: deque[bytes] = deque()
        self._closed = threading.Event()
        self.performs_handshake = bool(getattr(transport, "performs_handshake", False))

    def connect(self) -> None:
        """Opens the inner transport."""
        self._closed.clear()
        self._posted.clear()
        self.inner.connect()

    def send(self, packet: bytes) -> None:
        """One packet at a time, whatever the inner transport can stand."""
        with self._send_lock:
            self._send_each(packet)
        self.post(b"")

    def post(self, data: bytes) -> None:
        """The same, or by the thread that is sending, when it is done."""
        self._posted.append(data)
        while self._posted and self._send_lock.acquire(blocking=False):
            try:
                while self._posted:
                    self._send_each(self._posted.popleft())
            finally:
                self._send_lock.release()

    def _send_each(self, packets: bytes) -> None:
        position = 0
        while header := read_fixed_header(packets, position, len(packets)):
            self.inner.send(packets[position : header[1]])
            position = header[1]

    def receive(self, timeout: float | None) -> bytes:
        """The next packet. The inner transport decides how long it waits; ``timeout`` only limits the pause."""
        try:
            return self.inner.recv_packet()
        except TimeoutError:
            if not self.performs_handshake:
                self._closed.wait(self.PAUSE if timeout is None else min(self.PAUSE, timeout))
            raise

    def disconnect(self) -> None:
        """Closes the inner transport."""
        self._closed.set()
        self.inner.disconnect()

    def fileno(self) -> int:
        """The inner transport's descriptor, -1 when it has none."""
        fileno: Any = getattr(self.inner, "fileno", None)
        return int(fileno()) if callable(fileno) else -1
