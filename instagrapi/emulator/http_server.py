"""A threaded HTTPS server on the loopback that can be stopped without leaving anything behind."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from instagrapi.emulator.certificates import ServerContexts
from instagrapi.emulator.gate import Arrival
from instagrapi.emulator.http_api import HttpApi
from instagrapi.emulator.listener import ignore
from instagrapi.emulator.sockets import reset

#: Seconds a client may take for its handshake and its request.
REQUEST_TIMEOUT = 10.0
_POLL_INTERVAL = 0.02


class HttpServer:
    """Listens from the start, on a free port, until :meth:`close`.

    Args:
        contexts: the server's TLS contexts.
        api: the application.

    Attributes:
        port: the port on 127.0.0.1.
    """

    def __init__(self, contexts: ServerContexts, api: HttpApi) -> None:
        self._server = _Server(contexts, api)
        self.port: int = self._server.port
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(_POLL_INTERVAL,), name="emulator-http", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """Stops listening, ends all connections and waits for their threads."""
        self._server.shutdown()
        self._server.end_connections()
        self._thread.join()


class _Server(ThreadedWSGIServer):
    # Threads that are daemons are not waited for when the server is closed.
    daemon_threads = False

    def __init__(self, contexts: ServerContexts, api: HttpApi) -> None:
        self._lock = threading.Lock()
        self._connections: set[socket.socket] = set()
        self._ending = False
        self._gate = api.gate
        # Not the base class's context, which would shake hands where it accepts and stop everybody for a slow client.
        self._contexts = contexts
        super().__init__("127.0.0.1", 0, api, _Handler)
        # What the handler looks at to tell the application that it speaks HTTPS.
        self.ssl_context = contexts.for_arrival(Arrival.WELCOME)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Adds TLS, on the connection's own thread."""
        arrival = self._gate.arrive().arrival
        request.settimeout(REQUEST_TIMEOUT)
        if arrival is Arrival.REFUSED:
            with self._tracking(request):
                # Not before the client has begun its handshake: urllib3 forgets to close a socket that breaks earlier.
                request.recv(1)
            reset(request)
            return
        if arrival is Arrival.NO_TLS:
            with self._tracking(request):
                ignore(request)
            return
        context = self._contexts.for_arrival(arrival)
        with (
            context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as connection,
            self._tracking(connection),
        ):
            connection.do_handshake()
            if arrival is Arrival.SILENT:
                ignore(connection)
            else:
                super().finish_request(connection, client_address)

    @contextlib.contextmanager
    def _tracking(self, connection: socket.socket) -> Iterator[None]:
        """Lets :meth:`end_connections` wake who waits for this client.

        Raises:
            ConnectionAbortedError: it has been called.
        """
        with self._lock:
            if self._ending:
                raise ConnectionAbortedError
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that leave, or do not trust the certificate, are no errors of ours."""

    def end_connections(self) -> None:
        """Wakes every thread that waits for a client."""
        with self._lock:
            self._ending = True
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    # Only the socket: its TLS state belongs to the thread that is using it.
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)


class _Handler(WSGIRequestHandler):
    def make_environ(self) -> dict[str, Any]:
        """Headers of uploads have underscores, and the base class leaves those out."""
        unusual = {f"HTTP_{name.upper()}": value for name, value in self.headers.items() if "_" in name}
        return {**super().make_environ(), **unusual}

    def connection_dropped(self, error: BaseException, environ: Any = None) -> None:
        """Closes the connection: when the application gives no answer, none is to be waited for."""
        self.close_connection = True

    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: the journal has every call."""
