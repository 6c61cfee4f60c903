"""A client's connection to a broker from its first byte to its last: no socket, no thread, no waiting."""

from __future__ import annotations

from typing import Protocol

from instagrapi.emulator.handshake import speaks_mqttot
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.link import Link
from instagrapi.emulator.session import Session
from instagrapi.exceptions import RealtimeProtocolError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.protocol.packets import Connect, Packet
from instagrapi.realtime.protocol.parser import PacketParser

#: Seconds until the CONNECT must be there, and for which a client that is no MQTToT client is left without an answer.
CONNECT_TIMEOUT = 30.0


class Reception(Protocol):
    """What a broker does about connections."""

    def open(self, link: Link, packet: Connect) -> Session | None:
        """Answers CONNECT; the session, if it is accepted."""

    def dismiss(self, session: Session) -> None:
        """Takes note that a session is over; harmless when repeated."""


class Conversation:
    """Takes bytes and hands packets on. Whoever carries the bytes calls in, from one thread.

    Args:
        hub: the world and its lock.
        reception: answers CONNECT.
        link: the way out.
    """

    def __init__(self, hub: Hub, reception: Reception, link: Link) -> None:
        self.link = link
        self._hub = hub
        self._reception = reception
        self._parser = PacketParser()
        self._session: Session | None = None
        self._is_ignored = False
        self._is_over = False
        self._heard_at = hub.clock.monotonic()
        with hub.changing():
            hub.links.append(link)

    @property
    def deadline(self) -> Deadline:
        """When the next packet must be there at the latest."""
        patience = CONNECT_TIMEOUT if self._session is None else self._session.patience
        return Deadline(None if patience is None else self._heard_at + patience, self._hub.clock.monotonic)

    def take(self, data: bytes) -> None:
        """Bytes from the client, however they are cut."""
        with self._hub.changing():
            if self._is_deaf():
                return
            for packet in self._parser.feed(data):
                self._heard_at = self._hub.clock.monotonic()
                try:
                    self._handle(packet)
                except RealtimeProtocolError:
                    self.link.note(f"sends {packet.packet_type.upper()} that cannot be read")
                    self.link.finish()
                if self._is_deaf():
                    return
            if self._parser.error:
                self.link.note("sends something that is no packet")
                self.link.finish()

    def end(self, why: str) -> None:
        """The connection is over; harmless when repeated."""
        with self._hub.changing():
            if self._is_over:
                return
            self._is_over = True
            self.link.note(f"is over: {why}")
            self.link.close()
            self._hub.links.remove(self.link)
            if self._session is not None:
                self._reception.dismiss(self._session)

    def _is_deaf(self) -> bool:
        return self._is_ignored or self._is_over or self.link.is_cut or self.link.is_over

    def _handle(self, packet: Packet) -> None:
        if self._session is not None:
            self._session.handle(packet)
        elif not isinstance(packet, Connect):
            self.link.finish()
        elif not speaks_mqttot(packet):
            self._is_ignored = True
        else:
            self._session = self._reception.open(self.link, packet)
            if self._session is None:
                self.link.finish()
