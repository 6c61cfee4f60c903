"""A scripted broker on loopback, with or without TLS, whose threads end with it."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeAlias, TypeVar

from instagrapi.realtime.protocol.packets import ConnAck, Connect, Packet
from instagrapi.realtime.protocol.parser import PacketParser
from tests.support.memory import polite

#: The longest that anything on the broker's side waits, in seconds.
PATIENCE = 20.0
#: How long a closing broker lets its scripts read what the clients said last, in seconds.
GRACE = 0.5
P = TypeVar("P", bound=Packet)


class Peer:
    """The broker's end of one connection."""

    def __init__(self, sock: socket.socket, hung_up: threading.Event) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        #: Set when the broker closes: what a script waits for that has nothing more to do.
        self.hung_up = hung_up
        self._parser = PacketParser(max_packet_size=2**28)
        self._packets: list[Packet] = []

    def receive(self, size: int = 65536) -> bytes:
        """Some bytes, empty at the end."""
        return self.sock.recv(size)

    def receive_exactly(self, size: int) -> bytes:
        """So many bytes."""
        data = bytearray()
        while len(data) < size:
            piece = self.sock.recv(min(size - len(data), 65536))
            assert piece, "the client closed too early"
            data += piece
        return bytes(data)

    def drain(self) -> int:
        """Reads until the client closes; returns how many bytes came."""
        count = 0
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while data := self.sock.recv(65536):
                count += len(data)
        return count

    def send(self, *what: bytes | Packet) -> None:
        """Writes bytes or packets."""
        self.sock.sendall(b"".join(piece if isinstance(piece, bytes) else piece.encode() for piece in what))

    def read(self) -> Packet | None:
        """The next packet, ``None`` at the end."""
        while not self._packets:
            data = self.sock.recv(65536)
            if not data:
                return None
            self._packets = self._parser.feed(data)
            assert self._parser.error is None, f"{self._parser.error}: {data.hex()}"
        return self._packets.pop(0)

    def expect(self, kind: type[P]) -> P:
        """The next packet, which must be of that type."""
        packet = self.read()
        assert isinstance(packet, kind), f"the client sent {packet}"
        return packet

    def accept_connect(self) -> Connect:
        """CONNECT and its answer."""
        connect = self.expect(Connect)
        self.send(ConnAck(0))
        return connect

    def serve(self) -> list[Packet]:
        """Answers politely until the client leaves; returns what it said."""
        said = []
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            while (packet := self.read()) is not None:
                said.append(packet)
                for reply in polite(packet):
                    self.send(reply)  # type: ignore[arg-type]
        return said

    def wait(self) -> None:
        """Does nothing until the broker closes."""
        self.hung_up.wait(PATIENCE)


Script: TypeAlias = Callable[[Peer], object]


def say_nothing(peer: Peer) -> None:
    """Accepts, and that is all."""
    peer.wait()


def hang_up(peer: Peer) -> None:
    """Accepts and closes."""


class LoopbackServer:
    """Runs a script for each connection, on a thread each.

    Leaving the context closes every connection, joins the threads and raises what a script raised.
    """

    def __init__(self, script: Script, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.failures: list[BaseException] = []
        #: What the scripts returned.
        self.results: list[object] = []
        self.accepted = 0
        #: Failed handshakes.
        self.handshake_errors: list[Exception] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._wake, self._woken = socket.socketpair()
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()
        if error is None and self.failures:
            raise self.failures[0]

    def close(self) -> None:
        """Ends everything."""
        self._closing.set()
        self._wake.close()
        grace = time.monotonic() + GRACE
        for thread in list(self._threads):
            thread.join(max(0.0, grace - time.monotonic()))
        with self._lock:
            for sock in self._sockets:
                with contextlib.suppress(OSError):
                    # Not the method of SSLSocket: that one lets a reader on another thread see encrypted bytes.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)
        # The accepting thread is the first; once it is gone no other can be added.
        for thread in self._threads:
            thread.join(PATIENCE)
            assert not thread.is_alive(), "a script does not end"
        self._listener.close()
        self._woken.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="loopback-server", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            while True:
                selector.select()
                if self._closing.is_set():
                    return
                sock, _ = self._listener.accept()
                self.accepted += 1
                with self._lock:
                    self._sockets.add(sock)
                self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        try:
            sock.settimeout(PATIENCE)
            if self._tls is not None:
                try:
                    encrypted = self._tls.wrap_socket(sock, server_side=True)
                except (OSError, ValueError) as error:
                    self.handshake_errors.append(error)
                    return
                with self._lock:
                    self._sockets.discard(sock)
                    self._sockets.add(encrypted)
                sock = encrypted
                if self._closing.is_set():
                    return
            self.results.append(self._script(Peer(sock, self._closing)))
        except BaseException as error:
            if not (self._closing.is_set() and isinstance(error, OSError)):
                self.failures.append(error)
        finally:
            with self._lock:
                self._sockets.discard(sock)
            sock.close()
