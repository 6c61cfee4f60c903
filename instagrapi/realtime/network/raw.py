"""A connected non-blocking socket that waits only as long as a deadline allows, and until it is interrupted."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator

from instagrapi.exceptions import ConnectionLost, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.waiting import READ, WRITE, Interrupt, Waiter, wait_for

CHUNK = 64 * 1024


class RawSocket:
    """Owns a socket and its interrupt.

    Every method raises ``RealtimeTimeout`` when the deadline passes, and ``ConnectionLost`` when the connection breaks
    or the interrupt is set.
    """

    def __init__(self, sock: socket.socket, interrupt: Interrupt) -> None:
        self._sock = sock
        self._interrupt = interrupt
        self._buffer = bytearray(CHUNK)
        self._view = memoryview(self._buffer)
        self._readable = Waiter(sock, READ, interrupt)
        self._either = Waiter(sock, READ | WRITE, interrupt)

    def fileno(self) -> int:
        """The descriptor; -1 once closed."""
        return self._sock.fileno()

    def receive(self, deadline: Deadline, doing: str) -> memoryview:
        """The next bytes, empty at the end of the stream; valid until the next call."""
        with _as_connection_lost():
            while (received := self._read_now()) is None:
                self._readable.wait(deadline, doing)
            return received

    def send_all(self, data: bytes, deadline: Deadline, doing: str) -> None:
        """Writes all of it; after a failure an unknown part of it is on its way."""
        view = memoryview(data)
        with _as_connection_lost():
            while view:
                with contextlib.suppress(BlockingIOError, InterruptedError):
                    view = view[self._sock.send(view) :]
                    continue
                wait_for(self._sock, WRITE, deadline, self._interrupt, doing)

    def receive_or_writable(self, deadline: Deadline, doing: str) -> memoryview | None:
        """As :meth:`receive`, but ``None`` when nothing is there to read and something can be written."""
        with _as_connection_lost():
            received = self._read_now()
            if received is None:
                self._either.wait(deadline, doing)
                received = self._read_now()
            return received

    def _read_now(self) -> memoryview | None:
        with contextlib.suppress(BlockingIOError, InterruptedError):
            return self._view[: self._sock.recv_into(self._buffer)]
        return None

    def send_now(self, data: bytes | bytearray) -> int:
        """Writes what fits without waiting and says how much that was; a broken connection takes nothing."""
        with contextlib.suppress(OSError):
            return self._sock.send(data)
        return 0

    def interrupt(self) -> None:
        """Ends the connection and every wait for it; the descriptors stay until :meth:`release`."""
        self._interrupt.set()
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Gives the descriptors back; nobody may be inside another method."""
        self._readable.close()
        self._either.close()
        self._sock.close()
        self._interrupt.close()


@contextlib.contextmanager
def _as_connection_lost() -> Iterator[None]:
    """The one place where the system's errors of a running connection become ours."""
    try:
        yield
    except (TransportError, TimeoutError):
        raise
    except OSError as error:
        raise ConnectionLost(f"the connection broke: {error.strerror or error}") from error
