"""A TLS server on the loopback: one thread that accepts, and one per connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from instagrapi.exceptions import ConnectionLost, RealtimeTimeout, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream, accept_stream
from instagrapi.realtime.network.waiting import READ, Interrupt, Waiter

#: Seconds that a client may take for its TLS handshake.
HANDSHAKE_TIMEOUT = 10.0
#: Seconds to wait when the system has no descriptor left for a client that stands in the queue.
_BACK_OFF = 0.1
_NEVER = Deadline(None)


class Listener:
    """Listens from the start, on a free port, until :meth:`close`.

    Args:
        name: what its threads are called.
        context: a server's TLS context.
        serve: called with each connection, on the connection's own thread; the connection is closed afterwards.

    Attributes:
        port: the port on 127.0.0.1.
    """

    def __init__(self, name: str, context: ssl.SSLContext, serve: Callable[[Stream], None]) -> None:
        self._name = name
        self._context = context
        self._serve = serve
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self.port: int = self._socket.getsockname()[1]
        self._interrupt = Interrupt()
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connections: dict[threading.Thread, socket.socket] = {}
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
            self._start(*self._socket.accept())
        except (BlockingIOError, ConnectionError):
            # The client has gone again in the meantime.
            return
        except OSError:
            self._closing.wait(_BACK_OFF)

    def _start(self, sock: socket.socket, address: tuple[str, int]) -> None:
        name = f"{self._name}-{address[1]}"
        thread = threading.Thread(target=self._converse, args=(sock,), name=name, daemon=True)
        with self._lock:
            self._connections[thread] = sock
        thread.start()

    def _converse(self, sock: socket.socket) -> None:
        try:
            stream = accept_stream(sock, self._context, Deadline.after(HANDSHAKE_TIMEOUT))
            try:
                self._serve(stream)
            finally:
                stream.close()
        except (TransportError, RealtimeTimeout):
            return
        finally:
            with self._lock:
                del self._connections[threading.current_thread()]
