"""Faults of the way between a program and the services: TCP, TLS, bytes."""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from typing import Any, Literal, TypeAlias

from instagrapi.emulator.fault import SERVICES, Fault, Kind, Rule, Service
from instagrapi.emulator.faults_core import FaultsCore, Who
from instagrapi.emulator.gate import Arrival
from instagrapi.emulator.session import Session
from instagrapi.realtime.protocol.packets import PingResp, PubAck, Publish
from instagrapi.realtime.protocol.payload import DEFAULT_MAX_INFLATED_SIZE, deflate
from instagrapi.realtime.wire.topics import FBNSTopics, MQTToTTopics

#: Bytes that make no sense: a length of more than four bytes; a packet, or a body once it is inflated, that is larger
#: than anybody takes; bodies that are no JSON or, on realtime, no thrift.
Garbage: TypeAlias = Literal["length", "size", "zip_bomb", "json", "thrift"]
#: Seconds between the pieces of what is cut, so that they arrive one by one.
PAUSE = 0.001

_BAD_LENGTH = bytes.fromhex("30ffffffffff01")
_HUGE_PACKET = bytes.fromhex("30ffffff7f")
#: So many bytes of a message that will never be whole.
_HALF_A_PACKET = Publish(MQTToTTopics.MESSAGE_SYNC, bytes(100), 1).encode()[:50]


class LineFaults(FaultsCore):
    """Where ``service`` is not given, every service is meant; where ``account`` is not given, every connection.

    What has ``times`` strikes so often, or until it is lifted. What gives a number struck so many open connections.
    """

    # --- those who connect --------------------------------------------------------------------------------------------

    def refuse_tcp(self, service: Service | None = None, *, times: int | None = None) -> Fault:
        """Resets new connections at once."""
        return self._arrival("refuse_tcp", Arrival.REFUSED, service, times)

    def hang_after_tcp(self, service: Service | None = None, *, times: int | None = None) -> Fault:
        """Accepts new connections and says nothing, not even in TLS."""
        return self._arrival("hang_after_tcp", Arrival.NO_TLS, service, times)

    def hang_after_tls(self, service: Service | None = None, *, times: int | None = None) -> Fault:
        """Shakes hands with new connections and then says nothing: no CONNACK, no HTTP answer."""
        return self._arrival("hang_after_tls", Arrival.SILENT, service, times)

    def expire_certificate(self, service: Service | None = None, *, times: int | None = None) -> Fault:
        """Shows new connections a certificate whose time is over."""
        return self._arrival("expire_certificate", Arrival.EXPIRED, service, times)

    # --- open connections ---------------------------------------------------------------------------------------------

    def reset(self, service: Service | None = None, account: Who | None = None) -> int:
        """Breaks connections with RST."""
        return self._strike("reset", service, account, lambda link: link.reset())

    def close(self, service: Service | None = None, account: Who | None = None, *, mid_packet: bool = False) -> int:
        """Ends connections with FIN and without DISCONNECT; ``mid_packet`` says half a packet before."""
        if not mid_packet:
            return self._strike("close", service, account, lambda link: link.finish())

        def close(session: Session) -> None:
            session.link.queue_raw(_HALF_A_PACKET)
            session.link.finish()

        return self._strike_sessions("close in the middle of a packet", service, account, close)

    def half_open(self, service: Service | None = None, account: Who | None = None) -> int:
        """Lets nothing through any more, in either direction; the sockets stay and nobody is told."""
        return self._strike("half_open", service, account, lambda link: link.cut())

    def outage(self, service: Service | None = None, *, hangs: bool = False) -> Fault:
        """There is no network: open connections go dead, new ones are refused, or hang, until it is lifted."""
        with self._hub.changing():
            self.half_open(service)
            return self.hang_after_tcp(service) if hangs else self.refuse_tcp(service)

    # --- what is on its way to a program ------------------------------------------------------------------------------

    def delay(
        self,
        seconds: float,
        service: Service | None = None,
        account: Who | None = None,
        *,
        jitter: float = 0.0,
        times: int | None = None,
    ) -> Fault:
        """Holds back every packet, or HTTP answer, by so many seconds and up to ``jitter`` more; the order stays."""
        value = functools.partial(self._random.uniform, seconds, seconds + jitter)
        return self._rule(Kind.DELAY, "delay", value, services=SERVICES, service=service, account=account, times=times)

    def split(
        self,
        service: Service | None = None,
        account: Who | None = None,
        *,
        pause: float = PAUSE,
        times: int | None = None,
    ) -> Fault:
        """Cuts every packet in two: a connection's first one behind its first byte, the next behind its second, …"""

        def cut(data: bytes, offset: int) -> tuple[list[bytes], float]:
            at = 1 + offset % (len(data) - 1)
            return [data[:at], data[at:]], pause

        return self._rule(Kind.CUT, "split", cut, service=service, account=account, times=times)

    def trickle(
        self,
        service: Service | None = None,
        account: Who | None = None,
        *,
        pause: float = PAUSE,
        times: int | None = None,
    ) -> Fault:
        """Sends one byte at a time."""

        def cut(data: bytes, offset: int) -> tuple[list[bytes], float]:
            return [data[at : at + 1] for at in range(len(data))], pause

        return self._rule(Kind.CUT, "trickle", cut, service=service, account=account, times=times)

    def duplicate(
        self,
        service: Service | None = None,
        account: Who | None = None,
        *,
        copies: int = 1,
        times: int | None = None,
    ) -> Fault:
        """Sends every PUBLISH again, so many times."""
        return self._packets(Kind.DUPLICATE, "duplicate", Publish, service, account, times, value=copies)

    def drop_publishes(
        self, service: Service | None = None, account: Who | None = None, *, times: int | None = None
    ) -> Fault:
        """Loses every PUBLISH: message sync has a gap, pushes and answers do not come."""
        return self._packets(Kind.DROP, "drop_publishes", Publish, service, account, times)

    def drop_pubacks(
        self, service: Service | None = None, account: Who | None = None, *, times: int | None = None
    ) -> Fault:
        """Acknowledges nothing."""
        return self._packets(Kind.DROP, "drop_pubacks", PubAck, service, account, times)

    def drop_pingresps(
        self, service: Service | None = None, account: Who | None = None, *, times: int | None = None
    ) -> Fault:
        """Answers no PINGREQ."""
        return self._packets(Kind.DROP, "drop_pingresps", PingResp, service, account, times)

    def garbage(self, kind: Garbage, service: Service | None = None, account: Who | None = None) -> int:
        """Says something that makes no sense, see :data:`Garbage`."""
        return self._strike_sessions(f"garbage ({kind})", service, account, _GARBAGE[kind])

    def _packets(
        self,
        kind: Kind,
        name: str,
        packets: type[Any],
        service: Service | None,
        account: Who | None,
        times: int | None,
        value: object = None,
    ) -> Rule:
        return self._rule(
            kind,
            name,
            value,
            service=service,
            account=account,
            times=times,
            concerns=lambda packet: isinstance(packet, packets),
        )


@functools.cache
def _zip_bomb() -> bytes:
    return zlib.compress(bytes(2 * DEFAULT_MAX_INFLATED_SIZE), 9)


def _main_topic(session: Session) -> str:
    return MQTToTTopics.MESSAGE_SYNC if session.link.service == "realtime" else FBNSTopics.MESSAGE


_GARBAGE: dict[Garbage, Callable[[Session], object]] = {
    "length": lambda session: session.link.queue_raw(_BAD_LENGTH),
    "size": lambda session: session.link.queue_raw(_HUGE_PACKET),
    "zip_bomb": lambda session: session.publish_raw(_main_topic(session), _zip_bomb()),
    "json": lambda session: session.publish_raw(_main_topic(session), deflate(b'[{"event": "\xff')),
    "thrift": lambda session: session.publish_raw(MQTToTTopics.REALTIME_SUB, deflate(b"\xff\xff\xff")),
}
