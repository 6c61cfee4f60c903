"""The two brokers: they answer CONNECT and lead what happens in the world to the sessions it concerns."""

from __future__ import annotations

import contextlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from random import Random
from typing import Any, Generic, TypeVar

from instagrapi.emulator.conversation import Conversation
from instagrapi.emulator.devices import Devices
from instagrapi.emulator.fault import Kind
from instagrapi.emulator.gate import Arrival, Gate, Visitor
from instagrapi.emulator.handshake import (
    FBNS_FIELDS,
    REALTIME_FIELDS,
    Code,
    ConnectDenied,
    authenticate,
    check_app_info,
    check_fields,
)
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.journal import Connection, ServiceName
from instagrapi.emulator.link import Line, Link
from instagrapi.emulator.model import Account
from instagrapi.emulator.notifications import envelope, of_anything, of_message
from instagrapi.emulator.push import PushSession
from instagrapi.emulator.realtime import RealtimeSession
from instagrapi.emulator.session import Session
from instagrapi.emulator.signals import Messaged, Notified, Signal
from instagrapi.emulator.sockets import AcceptedSocket, SocketLine
from instagrapi.emulator.world import World
from instagrapi.exceptions import RealtimeTimeout, TransportError
from instagrapi.realtime.network.deadline import Deadline
from instagrapi.realtime.network.stream import Stream
from instagrapi.realtime.protocol.packets import ConnAck, Connect
from instagrapi.realtime.wire.connect import MQTToTConnection

S = TypeVar("S", RealtimeSession, PushSession)


class Broker(ABC, Generic[S]):
    """What both brokers do.

    Attributes:
        gate: receives those who connect.
        sessions: the open connections.
    """

    service: ServiceName

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.gate = Gate(hub, self.service)
        self.sessions: list[S] = []
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

    @abstractmethod
    def _owners(self, world: World, connect: MQTToTConnection) -> Callable[[], Sequence[Account]]:
        """Whose connection it claims to be."""

    # --- conversations ------------------------------------------------------------------------------------------------

    def begin(self, line: Line, visitor: Visitor, latency: float = 0.0) -> Conversation:
        """Begins a conversation over a line."""
        link = Link(self._hub, line, self.service, visitor.number, latency)
        if visitor.arrival is Arrival.SILENT:
            link.cut()
        return Conversation(self._hub, self, link)

    def serve(self, stream: Stream, sock: AcceptedSocket, visitor: Visitor) -> None:
        """Holds one conversation over a socket to its end."""
        conversation = self.begin(SocketLine(stream, sock), visitor)
        why = "the program has closed it"
        try:
            while data := stream.receive(conversation.deadline):
                conversation.take(data)
        except RealtimeTimeout:
            why = "the program has been silent for too long"
        except TransportError as error:
            why = "the broker has closed it" if conversation.link.is_over else str(error)
        finally:
            conversation.end(why)
        if conversation.link.is_cut:
            # The program must not be told, so the socket stays until it gives up.
            with contextlib.suppress(TransportError):
                while stream.receive(Deadline(None)):
                    pass

    def open(self, link: Link, packet: Connect) -> Session | None:
        """Answers CONNECT; the session, if it is accepted."""
        connect = MQTToTConnection.from_packet(packet)
        with self._hub.changing() as world:
            link.belong_to(self._owners(world, connect))
            self._hub.tally.connects.add(self._hub.clock.elapsed, self.service, link.owners)
            fault = self._hub.faults.take(Kind.CONNACK, self.service, link.owners)
            planned: ConnAck | None = fault.value if fault else None
            try:
                if planned and planned.return_code:
                    raise ConnectDenied(planned.return_code)
                session, answer = self._admit(world, link, packet, connect)
                self._make_room_for(session)
            except ConnectDenied as denied:
                link.note(f"sends CONNECT, keep alive {packet.keep_alive} s, and gets CONNACK {denied.code}")
                link.queue(ConnAck(denied.code))
                self._hub.journal.connections.append(self._entry(packet, connect, None, code=denied.code))
                return None
            link.note(f"sends CONNECT, keep alive {packet.keep_alive} s, and gets CONNACK 0")
            self._enter(session, planned or answer)
            return session

    def _make_room_for(self, session: S) -> None:
        """Deals with other connections of the same device.

        Raises:
            ConnectDenied: they stay.
        """
        rule = self._hub.dialect.same_device
        rivals = [other for other in self.sessions if _same_device(other.connection, session.connection)]
        if rivals and rule == "refuse":
            raise ConnectDenied(Code.IDENTIFIER_REJECTED)
        if rule == "kick":
            for other in rivals:
                other.link.note(f"is ended by {session.link}, the same device")
                other.link.close()
                self.dismiss(other)

    def _enter(self, session: S, answer: ConnAck) -> None:
        self._hub.journal.connections.append(session.connection)
        self.sessions.append(session)
        session.send(answer)
        session.greet()
        self._hub.faults.reach("connected", self.service, session.link.owners)

    def dismiss(self, session: Session) -> None:
        """Takes note that a session is over; harmless when repeated."""
        if session in self.sessions:
            self.sessions.remove(session)
            session.end()

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
            opened_at=self._hub.clock.time(),
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

    def _owners(self, world: World, connect: MQTToTConnection) -> Callable[[], Sequence[Account]]:
        account = world.accounts.by_pk(connect.client_info.get("userId", 0))
        owners = () if account is None else (account,)
        return lambda: owners

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
        """To the account's registered devices; it is kept for those that are away."""
        for token, device in self._devices.registered(account):
            body = envelope(token, device, collapse_key, notification, self._random)
            device.keep(body)
            for session in self.sessions:
                if session.device is device:
                    session.push(body)

    def sessions_of(self, account: Account) -> list[PushSession]:
        """The open connections of the devices that the account is registered with."""
        devices = [device for _, device in self._devices.registered(account)]
        return [session for session in self.sessions if session.device in devices]

    def _owners(self, world: World, connect: MQTToTConnection) -> Callable[[], Sequence[Account]]:
        key = connect.client_info.get("userId", 0)
        return lambda: self._devices.owners(key)

    def _admit(
        self, world: World, link: Link, packet: Connect, connect: MQTToTConnection
    ) -> tuple[PushSession, ConnAck]:
        check_fields(packet, connect, FBNS_FIELDS)
        device = self._devices.identify(connect)
        link.belong_to(lambda: self._devices.owners(device.connection_key))
        entry = self._entry(packet, connect, None, device_id=device.device_id)
        session = PushSession(self._hub, link, entry, device, self._devices)
        return session, ConnAck(Code.ACCEPTED, device.auth())


def _same_device(one: Connection, other: Connection) -> bool:
    return (one.account, one.device_id) == (other.account, other.device_id)
