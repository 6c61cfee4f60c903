"""The packets of one connection. Every packet, in either direction, passes through here."""

from __future__ import annotations

from collections import deque

from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream
from instagrapi.realtime.protocol.packets import Packet
from instagrapi.realtime.protocol.parser import PacketParser

#: Seconds that a client may take to accept what we send before we give it up.
SEND_TIMEOUT = 10.0


class Link:
    """One thread receives, any thread sends.

    Args:
        stream: the connection; the link owns it from here on.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._parser = PacketParser()
        self._parsed: deque[Packet] = deque()

    def receive(self, deadline: Deadline) -> Packet | None:
        """The next packet; ``None`` when the client has closed the connection.

        Raises:
            RealtimeTimeout: no whole packet came in time.
            ConnectionLost: the connection broke or was closed from this side.
            RealtimeProtocolError: the client sent something that is no packet.
        """
        while not self._parsed:
            if self._parser.error:
                raise self._parser.error
            data = self._stream.receive(deadline)
            if not data:
                return None
            self._parsed.extend(self._parser.feed(data))
        return self._parsed.popleft()

    def send(self, packet: Packet) -> None:
        """Writes a packet.

        Raises:
            RealtimeTimeout: the client does not read.
            ConnectionLost: the connection broke or was closed from this side.
        """
        self._stream.send(packet.encode(), Deadline.after(SEND_TIMEOUT))

    def close(self) -> None:
        """Ends the connection; harmless when repeated."""
        self._stream.close()
