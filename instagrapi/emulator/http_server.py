"""A threaded HTTPS server on the loopback that can be stopped without leaving anything behind."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from typing import Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from instagrapi.emulator.http_api import HttpApi

#: Seconds a client may take for its handshake and its request.
REQUEST_TIMEOUT = 10.0
_POLL_INTERVAL = 0.02


class HttpServer:
    """Listens from the start, on a free port, until :meth:`close`.

    Args:
        context: a server's TLS context.
        api: the application.

    Attributes:
        port: the port on 127.0.0.1.
    """

    def __init__(self, context: ssl.SSLContext, api: HttpApi) -> None:
        self._server = _Server(context, api)
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

    def __init__(self, context: ssl.SSLContext, api: HttpApi) -> None:
        self._lock = threading.Lock()
        self._connections: set[ssl.SSLSocket] = set()
        self._ending = False
        super().__init__("127.0.0.1", 0, api, _Handler)
        # Not given to the base class, which would shake hands where it accepts and stop everybody for one slow client.
        self.ssl_context: ssl.SSLContext = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Adds TLS, on the connection's own thread."""
        request.settimeout(REQUEST_TIMEOUT)
        with self.ssl_context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as connection:
            with self._lock:
                if self._ending:
                    return
                self._connections.add(connection)
            try:
                connection.do_handshake()
                super().finish_request(connection, client_address)
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
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing: the journal has every call."""
