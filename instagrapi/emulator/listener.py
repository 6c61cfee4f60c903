"""A TLS server on the loopback: one thread that accepts, and one per connection."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import TypeAlias

from instagrapi.emulator.certificates import ServerContexts
from instagrapi.emulator.gate import Arrival, Gate, Visitor
from instagrapi.emulator.sockets import AcceptedSocket, reset
from instagrapi.exceptions import ConnectionLost, RealtimeTimeout, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream, accept_stream
from instagrapi.realtime.network.waiting import READ, Interrupt, Waiter

#: Seconds that a client may take for its TLS handshake.
HANDSHAKE_TIMEOUT = 10.0
#: Seconds to wait when the system has no descriptor left for a client that stands in the queue.
_BACK_OFF = 0.1
_NEVER = Deadline(None)

Serve: TypeAlias = Callable[[Stream, AcceptedSocket, Visitor], None]


class Listener:
    """Listens from the start, on a free port, until :meth:`close`.

    Args:
        name: what its threads are called.
        contexts: the server's TLS contexts.
        gate: says how to receive each connection.
        serve: called with each connection that got through its TLS handshake, on the connection's own thread; the
            connection is closed afterwards.

    Attributes:
        port: the port on 127.0.0.1.
    """

    def __init__(self, name: str, contexts: ServerContexts, gate: Gate, serve: Serve) -> None:
        self._name = name
        self._contexts = contexts
        self._gate = gate
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._interrupt = Interrupt()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, AcceptedSocket] = {}
        self._acceptor = threading.Thread(target=self._accept, name=f"{name}-accept", daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Stops listening, ends all connections and waits for their threads."""
        self._closing.set()
        self._interrupt.set()
        self._acceptor.join()
        self._socket.close()
        self._interrupt.close()
        with self._lock:
            connections = list(self._connections.items())
        for thread, sock in connections:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _accept(self) -> None:
        waiter = Waiter(self._socket, READ, self._interrupt)
        try:
            while True:
                waiter.wait(_NEVER, "accepting")
                self._accept_one()
        except ConnectionLost:
            return
        finally:
            waiter.close()

    def _accept_one(self) -> None:
        try:
            sock, address = self._socket.accept()
        except (BlockingIOError, ConnectionError):
            # The client has gone again in the meantime.
            return
        except OSError:
            self._closing.wait(_BACK_OFF)
            return
        self._start(AcceptedSocket(fileno=sock.detach()), address)

    def _start(self, sock: AcceptedSocket, address: tuple[str, int]) -> None:
        name = f"{self._name}-{address[1]}"
        thread = threading.Thread(target=self._converse, args=(sock,), name=name, daemon=True)
        with self._lock:
            self._connections[thread] = sock
        thread.start()

    def _converse(self, sock: AcceptedSocket) -> None:
        try:
            self._receive(sock, self._gate.arrive())
        except (TransportError, RealtimeTimeout):
            return
        finally:
            with self._lock:
                del self._connections[threading.current_thread()]

    def _receive(self, sock: AcceptedSocket, visitor: Visitor) -> None:
        if visitor.arrival is Arrival.REFUSED:
            reset(sock)
            return
        if visitor.arrival is Arrival.NO_TLS:
            with sock:
                ignore(sock)
            return
        stream = accept_stream(sock, self._contexts.for_arrival(visitor.arrival), Deadline.after(HANDSHAKE_TIMEOUT))
        try:
            self._serve(stream, sock, visitor)
        finally:
            stream.close()


def ignore(sock: socket.socket) -> None:
    """Reads until the client leaves, or somebody shuts the socket down, without a word."""
    sock.settimeout(None)
    with contextlib.suppress(OSError):
        while sock.recv(65536):
            pass
