"""An accepted connection to either broker: what MQTT asks of a broker once CONNECT is answered."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import deque

from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import Connection, Received
from instagrapi.emulator.link import Link
from instagrapi.exceptions import LimitExceeded, RealtimeTimeout, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import (
    MAX_PACKET_ID,
    Disconnect,
    Packet,
    PingReq,
    PingResp,
    PubAck,
    Publish,
    Subscribe,
    Unsubscribe,
)
from instagrapi.realtime.protocol.payload import deflate, inflate, parse_json

#: A client may be silent for so many keep alives (MQTT 3.1.1 section 3.1.2.10).
_PATIENCE = 1.5


class Session(ABC):
    """One client. Everything but :meth:`run`, :meth:`flush` and :meth:`close` is called under the hub's lock.

    Args:
        hub: the world and its lock.
        link: the connection.
        connection: its entry in the journal.

    Attributes:
        deflated_topics: topics whose bodies must be zlib streams, as CONNECT has announced them.
        topics: which topics the client wants.
        unacknowledged: the QoS 1 publishes without a PUBACK, by packet id, oldest first.
    """

    deflated_topics: frozenset[str] = frozenset()

    def __init__(self, hub: Hub, link: Link, connection: Connection) -> None:
        self.hub = hub
        self.connection = connection
        self.topics = {str(topic) for topic in connection.connect.client_info.get("subscribeTopics", ())}
        self.unacknowledged: dict[int, Publish] = {}
        self._link = link
        self._outbox: deque[Packet] = deque()
        self._sending = threading.Lock()
        self._last_packet_id = 0

    @abstractmethod
    def on_publish(self, topic: str, body: bytes) -> None:
        """Takes what the client published, inflated; nothing where the body had to be deflated and is not."""

    @abstractmethod
    def on_subscribe(self, packet: Subscribe | Unsubscribe) -> None:
        """Takes an MQTT subscription or its end."""

    def run(self) -> None:
        """Reads until the client leaves, breaks the protocol, or is silent for too long.

        Raises:
            TransportError: the connection broke.
            RealtimeTimeout: the keep alive passed.
            RealtimeProtocolError: the client sent something that is no packet.
        """
        while (packet := self._link.receive(self._deadline())) is not None:
            with self.hub.changing():
                self._handle(packet)

    def publish(self, topic: str, body: bytes) -> None:
        """Queues a body, deflated, if the client wants the topic."""
        if topic in self.topics:
            self.publish_raw(topic, deflate(body))

    def publish_raw(self, topic: str, payload: bytes) -> None:
        """Queues a payload as it is, whether or not the client wants the topic.

        A client that has left every packet id unacknowledged loses its connection instead.
        """
        if len(self.unacknowledged) >= MAX_PACKET_ID:
            self.close()
            return
        packet = Publish(topic, payload, self._next_packet_id())
        self.unacknowledged[packet.packet_id or 0] = packet
        self.send(packet)

    def send(self, packet: Packet) -> None:
        """Queues a packet."""
        self._outbox.append(packet)

    def flush(self) -> None:
        """Sends what is queued; a client that does not take it loses its connection.

        Never waits for another thread that is sending: that one also sends what was queued in the meantime.
        """
        while self._outbox and self._sending.acquire(blocking=False):
            try:
                self._drain()
            finally:
                self._sending.release()

    def _drain(self) -> None:
        try:
            while self._outbox:
                self._link.send(self._outbox.popleft())
        except (TransportError, RealtimeTimeout):
            self._outbox.clear()
            self.close()

    def close(self) -> None:
        """Ends the connection; harmless when repeated."""
        self._link.close()

    def _deadline(self) -> Deadline:
        return Deadline.after(self.connection.keep_alive * _PATIENCE if self.connection.keep_alive else None)

    def _handle(self, packet: Packet) -> None:
        match packet:
            case Publish():
                self._take(packet)
            case PubAck(packet_id):
                self.unacknowledged.pop(packet_id, None)
            case PingReq():
                self.send(PingResp())
            case Subscribe() | Unsubscribe():
                self.on_subscribe(packet)
            case Disconnect():
                self.close()

    def _take(self, packet: Publish) -> None:
        if packet.packet_id is not None:
            self.send(PubAck(packet.packet_id))
        try:
            body = inflate(packet.payload)
        except LimitExceeded:
            self.close()
            return
        connection = self.connection
        self.hub.journal.received.append(
            Received(
                connection.service, connection.account, packet.topic, _json_or_bytes(body), packet.qos, self.hub.clock()
            )
        )
        is_refused = body is packet.payload and packet.topic in self.deflated_topics
        self.on_publish(packet.topic, b"" if is_refused else body)

    def _next_packet_id(self) -> int:
        """1 to 65535, without those that are still in use; there must be a free one."""
        while True:
            self._last_packet_id = self._last_packet_id % MAX_PACKET_ID + 1
            if self._last_packet_id not in self.unacknowledged:
                return self._last_packet_id


def _json_or_bytes(body: bytes) -> object:
    try:
        return parse_json(body)
    except ValueError:
        return body
