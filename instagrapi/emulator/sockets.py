"""An accepted TCP connection, and what the emulator needs of it beyond sending and receiving."""

from __future__ import annotations

import socket
import struct

from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream

#: Seconds that a client may take to accept what we send before we give it up.
SEND_TIMEOUT = 10.0
_DROP_AT_ONCE = struct.pack("ii", 1, 0)


def reset(sock: socket.socket) -> None:
    """Closes a socket with RST."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_AT_ONCE)
    sock.close()


class AcceptedSocket(socket.socket):
    """A socket that can be closed with RST instead of FIN."""

    _resets = False

    def reset_when_closed(self) -> None:
        """From now on nothing is said any more; the next ``close`` sends RST."""
        self._resets = True
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _DROP_AT_ONCE)

    # What a closing TLS stream says before it closes its socket must not arrive before the RST: its goodbye, and FIN.

    def send(self, data: bytes, flags: int = 0) -> int:  # type: ignore[override]  # any buffer
        """Sends, unless the connection is being reset."""
        return len(data) if self._resets else super().send(data, flags)

    def shutdown(self, how: int) -> None:
        """Ends a direction, unless the connection is being reset."""
        if not self._resets:
            super().shutdown(how)


class SocketLine:
    """A TLS stream as the way to a client.

    Args:
        stream: carries the bytes.
        sock: the socket below it.
    """

    def __init__(self, stream: Stream, sock: AcceptedSocket) -> None:
        self._stream = stream
        self._socket = sock

    def write(self, data: bytes) -> None:
        """Sends all of it; fails as ``Stream.send``."""
        self._stream.send(data, Deadline.after(SEND_TIMEOUT))

    def close(self) -> None:
        """Ends the connection; harmless when repeated."""
        self._stream.close()

    def reset(self) -> None:
        """Ends the connection with RST."""
        self._socket.reset_when_closed()
        self._stream.close()
