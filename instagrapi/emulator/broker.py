"""The two brokers: they answer CONNECT and lead what happens in the world to the sessions it concerns."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import deque
from random import Random
from typing import Any, Generic, TypeVar

from instagrapi.emulator.devices import Devices
from instagrapi.emulator.handshake import (
    FBNS_FIELDS,
    REALTIME_FIELDS,
    Code,
    ConnectDenied,
    authenticate,
    check_app_info,
    check_fields,
    speaks_mqttot,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import Connection, ServiceName
from instagrapi.emulator.link import Link
from instagrapi.emulator.model import Account
from instagrapi.emulator.notifications import envelope, of_anything, of_message
from instagrapi.emulator.push import PushSession
from instagrapi.emulator.realtime import RealtimeSession
from instagrapi.emulator.signals import Messaged, Notified, Signal
from instagrapi.emulator.world import World
from instagrapi.exceptions import RealtimeProtocolError, RealtimeTimeout, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream
from instagrapi.realtime.protocol.packets import ConnAck, Connect
from instagrapi.realtime.wire.connect import MQTToTConnection

#: Seconds until the CONNECT must be there, and for which a client that is no MQTToT client is left without an answer.
CONNECT_TIMEOUT = 30.0

S = TypeVar("S", RealtimeSession, PushSession)


class Broker(ABC, Generic[S]):
    """What both brokers do.

    Attributes:
        sessions: the open connections.
        planned_answers: CONNACKs to give to the next CONNECTs instead of the right ones; a code other than 0 refuses.
    """

    service: ServiceName

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.sessions: list[S] = []
        self.planned_answers: deque[ConnAck] = deque()
        with hub.changing() as world:
            world.listeners.append(self.on_signal)

    @abstractmethod
    def on_signal(self, account: Account, signal: Signal) -> None:
        """Takes what concerns an account."""

    @abstractmethod
    def _admit(self, world: World, link: Link, packet: Connect, connect: MQTToTConnection) -> tuple[S, ConnAck]:
        """The session of an acceptable CONNECT, and its answer.

        Raises:
            ConnectDenied: the CONNECT is not acceptable.
        """

    def serve(self, stream: Stream) -> None:
        """Holds one conversation to its end."""
        link = Link(stream)
        try:
            packet = link.receive(Deadline.after(CONNECT_TIMEOUT))
            if not isinstance(packet, Connect):
                return
            if not speaks_mqttot(packet):
                _leave_unanswered(link)
                return
            session = self._open(link, packet)
            if session is not None:
                self._attend(session)
        except (TransportError, RealtimeTimeout, RealtimeProtocolError):
            # However the client left, it has left.
            return
        finally:
            link.close()

    def _open(self, link: Link, packet: Connect) -> S | None:
        connect = MQTToTConnection.from_packet(packet)
        session = None
        with self._hub.changing() as world:
            planned = self.planned_answers.popleft() if self.planned_answers else None
            try:
                if planned and planned.return_code:
                    raise ConnectDenied(planned.return_code)
                session, answer = self._admit(world, link, packet, connect)
            except ConnectDenied as denied:
                answer = ConnAck(denied.code)
                self._hub.journal.connections.append(self._entry(packet, connect, None, code=denied.code))
            else:
                self._enter(session, planned or answer)
        if session is None:
            link.send(answer)
        return session

    def _enter(self, session: S, answer: ConnAck) -> None:
        for other in list(self.sessions):
            if _same_device(other.connection, session.connection):
                self._dismiss(other)
        self._hub.journal.connections.append(session.connection)
        self.sessions.append(session)
        self._hub.outlets.append(session)
        session.send(answer)
        session.greet()

    def _attend(self, session: S) -> None:
        try:
            session.run()
        finally:
            with self._hub.changing():
                self._dismiss(session)

    def _dismiss(self, session: S) -> None:
        session.close()
        if session in self.sessions:
            self.sessions.remove(session)
            self._hub.outlets.remove(session)
            session.connection.closed_at = self._hub.clock()

    def _entry(
        self, packet: Connect, connect: MQTToTConnection, account: str | None, device_id: str = "", code: int = 0
    ) -> Connection:
        return Connection(
            service=self.service,
            account=account,
            device_id=device_id or connect.client_info.get("deviceId", ""),
            connect=connect,
            keep_alive=packet.keep_alive,
            return_code=code,
            opened_at=self._hub.clock(),
        )


class RealtimeBroker(Broker[RealtimeSession]):
    """Message sync, commands, typing, presence."""

    service = "realtime"

    def on_signal(self, account: Account, signal: Signal) -> None:
        """Tells the account's sessions."""
        for session in self.sessions_of(account):
            session.on_signal(signal)

    def sessions_of(self, account: Account) -> list[RealtimeSession]:
        """The account's open connections, oldest first."""
        return [session for session in self.sessions if session.account is account]

    def _admit(
        self, world: World, link: Link, packet: Connect, connect: MQTToTConnection
    ) -> tuple[RealtimeSession, ConnAck]:
        check_fields(packet, connect, REALTIME_FIELDS)
        check_app_info(connect.app_specific_info)
        account = authenticate(connect, world.accounts)
        entry = self._entry(packet, connect, account.username)
        return RealtimeSession(self._hub, link, entry, account), ConnAck(Code.ACCEPTED)


class PushBroker(Broker[PushSession]):
    """Push notifications.

    Args:
        hub: the world and its lock.
        devices: the identities that were issued.
        random: where ids of notifications come from.
    """

    service = "fbns"

    def __init__(self, hub: Hub, devices: Devices, random: Random) -> None:
        super().__init__(hub)
        self._devices = devices
        self._random = random

    def on_signal(self, account: Account, signal: Signal) -> None:
        """Pushes what concerns the account, but for the messages of a thread that it muted."""
        match signal:
            case Messaged() if account.pk not in signal.thread.muted_by:
                notification = of_message(account, signal, self._random)
                self._push(account, notification["collapse_key"], notification)
            case Notified():
                self._push(account, signal.collapse_key, of_anything(account, signal, self._random))

    def _push(self, account: Account, collapse_key: str, notification: dict[str, Any] | None) -> None:
        """To the account's registered devices; it is kept while a device is away."""
        for token, device in self._devices.registered(account):
            body = envelope(token, device, collapse_key, notification, self._random)
            session = next((session for session in self.sessions if session.device is device), None)
            if session is None:
                device.pending.append(body)
            else:
                session.push(body)

    def sessions_of(self, account: Account) -> list[PushSession]:
        """The open connections of the devices that the account is registered with."""
        devices = [device for _, device in self._devices.registered(account)]
        return [session for session in self.sessions if session.device in devices]

    def _admit(
        self, world: World, link: Link, packet: Connect, connect: MQTToTConnection
    ) -> tuple[PushSession, ConnAck]:
        check_fields(packet, connect, FBNS_FIELDS)
        device = self._devices.identify(connect)
        entry = self._entry(packet, connect, None, device_id=device.device_id)
        session = PushSession(self._hub, link, entry, device, self._devices)
        return session, ConnAck(Code.ACCEPTED, device.auth())


def _same_device(one: Connection, other: Connection) -> bool:
    return (one.account, one.device_id) == (other.account, other.device_id)


def _leave_unanswered(link: Link) -> None:
    deadline = Deadline.after(CONNECT_TIMEOUT)
    while link.receive(deadline) is not None:
        pass
