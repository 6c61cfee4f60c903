"""One TCP connection, with TLS on top: bytes in, bytes out, from several threads."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections import deque
from collections.abc import Iterator

from instagrapi.exceptions import ConnectFailed, ConnectionLost, RealtimeTimeout, TransportError
from instagrapi.proxy import Proxy
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.dial import dial
from instagrapi.realtime.network.raw import RawSocket
from instagrapi.realtime.network.tls import TlsLayer
from instagrapi.realtime.network.tunnel import pass_proxy
from instagrapi.realtime.network.waiting import Interrupt


class Stream:
    """A connected socket, encrypted when ``tls`` is given.

    One thread may receive, any number may send, and any may close at any time. Reading never waits for writing, so a
    slow peer can stop our writing but not our reading: what the reader has to say is posted, goes out as far as the
    socket takes it, and the rest when it takes more. A ``send`` that failed or came too late leaves an unusable stream;
    a ``receive`` that ran out of time lost nothing.

    Args:
        raw: the connected socket; the stream owns it from here on.
        tls: a TLS layer after its handshake. TLS 1.3 lets data come together with the last of it.
    """

    def __init__(self, raw: RawSocket, tls: TlsLayer | None = None) -> None:
        self._raw = raw
        self._tls = tls
        self._write_lock = threading.Lock()
        self._use_lock = threading.RLock()  # a signal handler may close what it has just interrupted
        self._users = 0
        self._closed = False
        self._posted: deque[bytes] = deque()
        self._unsent = bytearray()  # of what was posted, ready for the wire; belongs to who holds the write lock
        self._early, self._ended = tls.decrypt_rest() if tls is not None else (b"", False)

    def fileno(self) -> int:
        """The socket's descriptor; -1 once closed. Decrypted bytes may be waiting although it is not readable."""
        return self._raw.fileno()

    def receive(self, deadline: Deadline) -> bytes:
        """The next bytes, at least one; empty at the end of the stream.

        Raises:
            RealtimeTimeout: nothing came in time.
            ConnectionLost: the connection broke or was closed from this side.
        """
        with self._in_use():
            if self._early:
                early, self._early = self._early, b""
                return early
            while not self._ended:
                received = self._receive_raw(deadline)
                if received is None:
                    self._flush()
                    continue
                if self._tls is None:
                    return bytes(received)
                decrypted = self._tls.decrypt(received)
                self._ended = decrypted.ended
                self._flush()
                if decrypted.data:
                    return decrypted.data
            return b""

    def send(self, data: bytes, deadline: Deadline) -> None:
        """Writes all of it.

        Raises:
            RealtimeTimeout: the peer, or another sender, took too long; the stream is then unusable.
            ConnectionLost: the connection broke or was closed from this side.
        """
        with self._in_use():
            remaining = deadline.remaining()
            if not self._write_lock.acquire(timeout=-1 if remaining is None else remaining):
                raise RealtimeTimeout("no time left while others are sending")
            try:
                waiting, self._unsent = bytes(self._unsent), bytearray()
                self._raw.send_all(waiting + self._encrypted(data), deadline, "sending")
            finally:
                self._write_lock.release()
            self._flush()

    def post(self, data: bytes) -> None:
        """Sends without waiting for the peer or for another sender; what cannot go out now goes out later.

        Raises:
            ConnectionLost: the connection was closed from this side.
        """
        with self._in_use():
            self._posted.append(data)
            self._flush()

    def _receive_raw(self, deadline: Deadline) -> memoryview | None:
        if self._unsent:
            return self._raw.receive_or_writable(deadline, "waiting for data")
        return self._raw.receive(deadline, "waiting for data")

    def _flush(self) -> None:
        """Sends what was posted, and TLS's own words, as far as the socket takes them.

        Whoever holds the write lock looks again after releasing it, so nothing is forgotten.
        """
        while self._posted or self._unsent or (self._tls is not None and self._tls.has_output):
            if not self._write_lock.acquire(blocking=False):
                return
            try:
                while self._posted:
                    self._unsent += self._encrypted(self._posted.popleft())
                if self._tls is not None:
                    self._unsent += self._tls.take_output()
                del self._unsent[: self._raw.send_now(self._unsent)]
                stuck = bool(self._unsent)
            finally:
                self._write_lock.release()
            if stuck:
                return

    def _encrypted(self, data: bytes) -> bytes:
        return self._tls.encrypt(data) if self._tls is not None else data

    def close(self) -> None:
        """Ends the stream at once and wakes whoever waits in it. Never raises, harmless when repeated."""
        with self._use_lock:
            if self._closed:
                return
            self._closed = True
            idle = self._users == 0
            self._users += 1  # or the last one out could release the descriptors while we use them
        if idle and self._tls is not None and not self._unsent:
            self._raw.send_now(self._tls.close_notify())
        self._raw.interrupt()
        self._leave()

    @contextlib.contextmanager
    def _in_use(self) -> Iterator[None]:
        """Descriptors are only given back when nobody is inside, or a new socket could get their numbers."""
        with self._use_lock:
            if self._closed:
                raise ConnectionLost("the connection was closed from this side")
            self._users += 1
        try:
            yield
        finally:
            self._leave()

    def _leave(self) -> None:
        with self._use_lock:
            self._users -= 1
            last = self._closed and self._users == 0
        if last:
            self._raw.release()


def open_stream(
    host: str,
    port: int,
    *,
    deadline: Deadline,
    interrupt: Interrupt,
    context: ssl.SSLContext | None,
    proxy: Proxy | None = None,
) -> Stream:
    """Resolves, connects, passes the proxy and shakes hands, all before one deadline.

    ``context=None`` leaves TLS out, for tests. The name is verified against the certificate and sent as SNI.

    Raises:
        ConnectFailed: one of the steps failed; what was opened is closed, the interrupt too.
        RealtimeTimeout: the deadline passed.
    """
    try:
        tls = TlsLayer(context, host) if context is not None else None
        first_hop = (proxy.host, proxy.port) if proxy else (host, port)
        sock = dial(*first_hop, deadline, interrupt)
    except BaseException:
        interrupt.close()
        raise
    raw = RawSocket(sock, interrupt)
    try:
        if proxy is not None:
            pass_proxy(raw, proxy, host, port, deadline, interrupt)
        if tls is not None:
            _shake_hands(raw, tls, deadline, host)
    except BaseException:
        raw.release()
        raise
    return Stream(raw, tls)


def accept_stream(sock: socket.socket, context: ssl.SSLContext, deadline: Deadline) -> Stream:
    """The server's side of :func:`open_stream`, over an accepted socket.

    Raises:
        ConnectFailed: the handshake failed; the socket is closed.
        RealtimeTimeout: the deadline passed.
    """
    sock.setblocking(False)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    raw = RawSocket(sock, Interrupt())
    try:
        tls = TlsLayer(context)
        _shake_hands(raw, tls, deadline, "the client")
    except BaseException:
        raw.release()
        raise
    return Stream(raw, tls)


def _shake_hands(raw: RawSocket, tls: TlsLayer, deadline: Deadline, peer: str) -> None:
    doing = f"shaking hands with {peer}"
    try:
        done = tls.handshake()
        raw.send_all(tls.take_output(), deadline, doing)
        while not done:
            received = raw.receive(deadline, doing)
            if not received:
                raise ConnectFailed(f"{peer} closed the connection during the TLS handshake")
            done = tls.handshake(received)
            raw.send_all(tls.take_output(), deadline, doing)
    except TransportError as error:
        # The alert that tells the peer what we did not like, where there is one.
        raw.send_now(tls.take_output())
        if isinstance(error, ConnectFailed):
            raise
        raise ConnectFailed(f"the connection to {peer} broke during the TLS handshake") from error
