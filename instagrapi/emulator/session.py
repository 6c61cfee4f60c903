"""An accepted connection to either broker: what MQTT asks of a broker once CONNECT is answered."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

from instagrapi.emulator.fault import Moment
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import Connection, Received
from instagrapi.emulator.link import Link
from instagrapi.exceptions import LimitExceeded
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
    """One client. Everything is called under the hub's lock.

    Args:
        hub: the world and its lock.
        link: the connection.
        connection: its entry in the journal.

    Attributes:
        deflated_topics: topics whose bodies must be zlib streams, as CONNECT has announced them.
        moments: which moments are reached when something arrives on a topic.
        topics: which topics the client wants.
        unacknowledged: the QoS 1 publishes without a PUBACK, by packet id, oldest first.
    """

    deflated_topics: frozenset[str] = frozenset()
    moments: Mapping[str, Moment] = {}

    def __init__(self, hub: Hub, link: Link, connection: Connection) -> None:
        self.hub = hub
        self.link = link
        self.connection = connection
        self.topics = {str(topic) for topic in connection.connect.client_info.get("subscribeTopics", ())}
        self.unacknowledged: dict[int, Publish] = {}
        self._freights: dict[int, Any] = {}
        self._last_packet_id = 0

    @abstractmethod
    def on_publish(self, topic: str, body: bytes) -> None:
        """Takes what the client published, inflated; nothing where the body had to be deflated and is not."""

    @abstractmethod
    def on_subscribe(self, packet: Subscribe | Unsubscribe) -> None:
        """Takes an MQTT subscription or its end."""

    @abstractmethod
    def on_delivered(self, freight: Any) -> None:
        """The client has acknowledged what was published with this freight."""

    @property
    def patience(self) -> float | None:
        """Seconds for which the client may be silent."""
        return self.connection.keep_alive * _PATIENCE if self.connection.keep_alive else None

    def publish(self, topic: str, body: bytes, about: str = "", freight: Any = None) -> None:
        """Queues a body, deflated, if the client wants the topic.

        Args:
            about: what the timeline says of it.
            freight: what is delivered with it, see :meth:`on_delivered`.
        """
        if topic in self.topics:
            self.publish_raw(topic, deflate(body), about, freight)

    def publish_raw(self, topic: str, payload: bytes, about: str = "", freight: Any = None) -> None:
        """Queues a payload as it is, whether or not the client wants the topic.

        A client that has left every packet id unacknowledged loses its connection instead.
        """
        if len(self.unacknowledged) >= MAX_PACKET_ID:
            self.close()
            return
        if freight is not None:
            self.hub.faults.reach("delivery", self.link.service, self.link.owners)
        packet_id = self._next_packet_id()
        packet = self.unacknowledged[packet_id] = Publish(topic, payload, packet_id)
        if freight is not None:
            self._freights[packet_id] = freight
        self.link.note(f"is sent {topic} {about}".rstrip() + f", id {packet_id}")
        self.send(packet)

    def send(self, packet: Packet) -> None:
        """Queues a packet."""
        self.link.queue(packet)

    def close(self) -> None:
        """Ends the connection behind what is queued; harmless when repeated."""
        self.link.finish()

    def end(self) -> None:
        """Takes note that the connection is over."""
        self.connection.closed_at = self.hub.clock.time()

    def handle(self, packet: Packet) -> None:
        """Takes a packet of the client."""
        match packet:
            case Publish():
                self._take(packet)
            case PubAck(packet_id):
                self._note_acknowledged(packet_id)
            case PingReq():
                self.send(PingResp())
            case Subscribe() | Unsubscribe():
                self.on_subscribe(packet)
            case Disconnect():
                self.link.note("says DISCONNECT")
                self.close()

    def _note_acknowledged(self, packet_id: int) -> None:
        if self.unacknowledged.pop(packet_id, None) is None:
            return
        self.link.note(f"acknowledges id {packet_id}")
        freight = self._freights.pop(packet_id, None)
        if freight is not None:
            self.on_delivered(freight)
            self.hub.faults.reach("acknowledged", self.link.service, self.link.owners)

    def _take(self, packet: Publish) -> None:
        if packet.topic in self.moments:
            self.hub.faults.reach(self.moments[packet.topic], self.link.service, self.link.owners)
            if self.link.is_cut or self.link.is_over:
                self.link.note(f"published on {packet.topic}, which did not arrive")
                return
        if packet.packet_id is not None:
            self.send(PubAck(packet.packet_id))
        try:
            body = inflate(packet.payload)
        except LimitExceeded:
            self.close()
            return
        connection = self.connection
        parsed = _json_or_bytes(body)
        self.hub.journal.received.append(
            Received(connection.service, connection.account, packet.topic, parsed, packet.qos, self.hub.clock.time())
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
