"""Transports without a network: a scripted stream on a virtual clock, and the four methods that programs write."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterable
from typing import TypeAlias

from instagrapi.exceptions import ConnectionLost, NotConnectedError, RealtimeTimeout
from instagrapi.realtime.protocol.packets import (
    ConnAck,
    Connect,
    Packet,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    SubAck,
    Subscribe,
)
from instagrapi.realtime.protocol.parser import PacketParser
from tests.support.clock import FakeClock

#: Bytes that arrive, or an exception that the transport raises; ``b""`` is the end of the stream.
Arrival: TypeAlias = bytes | Exception
#: What a broker answers to one packet: packets, bytes, or either with a delay in seconds.
Reply: TypeAlias = Packet | bytes | tuple[float, Packet | bytes]
Broker: TypeAlias = Callable[[Packet], Iterable[Reply]]


def polite(packet: Packet) -> list[Reply]:
    """What a broker that has nothing to say answers."""
    match packet:
        case Connect():
            return [ConnAck(0)]
        case Publish(packet_id=int(packet_id)):
            return [PubAck(packet_id)]
        case Subscribe():
            return [SubAck(packet.packet_id, (1,) * len(packet.topics))]
        case PingReq():
            return [PingResp()]
    return []


def silent(packet: Packet) -> list[Reply]:
    """A broker that accepts the connection and then never says a word."""
    return [ConnAck(0)] if isinstance(packet, Connect) else []


def parse(data: bytes) -> list[Packet]:
    """All packets of some bytes, which must be whole."""
    parser = PacketParser()
    packets = parser.feed(data)
    assert parser.error is None
    assert not parser.inside_packet
    return packets


class MemoryTransport:
    """A byte stream that arrives at scripted times of a virtual clock.

    ``receive`` moves the clock to whatever comes first: the next arrival, or its own timeout. Waiting for ever for
    nothing is an error of the test.
    """

    receives_bytes = True

    def __init__(self, clock: FakeClock | None = None, broker: Broker = polite) -> None:
        self.clock = clock or FakeClock()
        self.broker = broker
        self.connects = 0
        self.disconnects = 0
        self.is_open = False
        #: What was sent, with the times: one entry per call.
        self.writes: list[tuple[float, bytes]] = []
        self.receive_calls: list[float | None] = []
        self.send_error: Exception | None = None
        self._arrivals: list[tuple[float, int, Arrival]] = []
        self._order = itertools.count()
        self._parser = PacketParser()

    # --- for the test ----------------------------------------------------------------------------------------------

    def arrive(self, *arrivals: Arrival | Packet, after: float = 0.0) -> None:
        """Bytes, packets or errors that come in together, so many seconds from now."""
        for arrival in arrivals:
            what = arrival if isinstance(arrival, bytes | Exception) else arrival.encode()
            heapq.heappush(self._arrivals, (self.clock() + after, next(self._order), what))

    @property
    def sent(self) -> list[Packet]:
        """Every packet that was sent on any connection."""
        return [packet for _, data in self.writes for packet in parse(data)]

    def sent_of(self, kind: type[Packet]) -> list[Packet]:
        """The packets of one type."""
        return [packet for packet in self.sent if isinstance(packet, kind)]

    def times_of(self, kind: type[Packet]) -> list[float]:
        """When packets of one type were sent."""
        return [at for at, data in self.writes for packet in parse(data) if isinstance(packet, kind)]

    # --- for the code ----------------------------------------------------------------------------------------------

    def connect(self) -> None:
        self.connects += 1
        self.is_open = True
        self._parser = PacketParser()

    def send(self, data: bytes) -> None:
        if self.send_error is not None:
            raise self.send_error
        if not self.is_open:
            raise NotConnectedError("the memory transport is closed")
        self.writes.append((self.clock(), data))
        for packet in self._parser.feed(data):
            for reply in self.broker(packet):
                delay, answer = reply if isinstance(reply, tuple) and not isinstance(reply, Publish) else (0.0, reply)
                self.arrive(answer, after=delay)

    def post(self, data: bytes) -> None:
        self.send(data)

    def receive(self, timeout: float | None) -> bytes:
        self.receive_calls.append(timeout)
        if not self.is_open:
            raise ConnectionLost("the memory transport is closed")
        end = None if timeout is None else self.clock() + timeout
        if not self._arrivals or (end is not None and self._arrivals[0][0] > end):
            assert end is not None, "this would wait for ever"
            self.clock.now = end
            raise RealtimeTimeout("nothing came")
        at, _, what = heapq.heappop(self._arrivals)
        self.clock.now = max(self.clock.now, at)
        if isinstance(what, Exception):
            raise what
        return what

    def disconnect(self) -> None:
        self.disconnects += 1
        self.is_open = False

    def fileno(self) -> int:
        return 4242 if self.is_open else -1


class FourMethods:
    """A transport such as programs write: exactly the four methods of the contract, whole packets in and out."""

    def __init__(self, broker: Broker = polite) -> None:
        self.broker = broker
        self.connected = False
        self.sent: list[bytes] = []
        #: What ``recv_packet`` gives; when it is empty the transport's own timeout has passed.
        self.incoming: deque[Arrival] = deque()

    def connect(self) -> None:
        self.connected = True

    def send(self, packet: bytes) -> None:
        self.sent.append(packet)
        (parsed,) = parse(packet)
        for reply in self.broker(parsed):
            assert not isinstance(reply, tuple) or isinstance(reply, Publish), "there is no clock here to delay by"
            self.incoming.append(reply if isinstance(reply, bytes) else reply.encode())

    def recv_packet(self) -> bytes:
        if not self.incoming:
            raise TimeoutError("timed out")
        what = self.incoming.popleft()
        if isinstance(what, Exception):
            raise what
        return what

    def disconnect(self) -> None:
        self.connected = False


class Replayed(FourMethods):
    """A capture that is played back: it has had its CONNECT already."""

    performs_handshake = True
