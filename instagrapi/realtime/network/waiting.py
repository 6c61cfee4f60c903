"""Waiting for a socket, with a deadline and a way for another thread to cut the wait short."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading

from instagrapi.exceptions import ConnectionLost, RealtimeTimeout
from instagrapi.realtime.network.deadline import Deadline

READ = selectors.EVENT_READ
WRITE = selectors.EVENT_WRITE

#: Seconds; poll counts milliseconds in 32 bits.
_LONGEST_WAIT = 86_400.0

# poll needs no descriptor of its own and has no limit on descriptor numbers; Windows only has select.
_Selector: type[selectors.BaseSelector] = getattr(selectors, "PollSelector", selectors.SelectSelector)


class Interrupt:
    """Set by one thread, it ends every present and future wait of others."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)
        self._lock = threading.Lock()
        self.is_set = False

    def fileno(self) -> int:
        """Readable once set."""
        return self._reader.fileno()

    def set(self) -> None:
        """Ends the waits; harmless when repeated."""
        with self._lock:
            if not self.is_set:
                self.is_set = True
                with contextlib.suppress(OSError):
                    self._writer.send(b"\0")

    def close(self) -> None:
        """Gives the descriptors back; nobody may wait any more."""
        with self._lock:
            self.is_set = True
            self._reader.close()
            self._writer.close()


class Waiter:
    """Waits for one socket again and again without setting up anew.

    Args:
        sock: the socket, or anything with a ``fileno``.
        events: ``READ`` or ``WRITE``.
        interrupt: what another thread sets to end a wait.
    """

    def __init__(self, sock: socket.socket, events: int, interrupt: Interrupt) -> None:
        self._interrupt = interrupt
        self._selector = _Selector()
        self._selector.register(sock, events)
        self._selector.register(interrupt, READ)

    def wait(self, deadline: Deadline, doing: str) -> None:
        """Returns when the socket is ready.

        Raises:
            RealtimeTimeout: the deadline passed.
            ConnectionLost: the interrupt was set.
        """
        while True:
            remaining = deadline.remaining()
            ready = self._selector.select(None if remaining is None else min(remaining, _LONGEST_WAIT))
            if self._interrupt.is_set:
                raise ConnectionLost("the connection was closed from this side")
            if ready:
                return
            if deadline.expired():
                raise RealtimeTimeout(f"no time left while {doing}")

    def close(self) -> None:
        """Gives the selector back, not the socket."""
        self._selector.close()


def wait_for(sock: socket.socket, events: int, deadline: Deadline, interrupt: Interrupt, doing: str) -> None:
    """One single wait; see :class:`Waiter`."""
    waiter = Waiter(sock, events, interrupt)
    try:
        waiter.wait(deadline, doing)
    finally:
        waiter.close()
