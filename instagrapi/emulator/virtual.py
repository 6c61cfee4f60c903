"""The emulator without sockets and without waiting: in process, on a clock that moves when somebody waits."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING, Any, Self, TypeVar

import requests

from instagrapi.emulator.broker import Broker
from instagrapi.emulator.companion import Companion
from instagrapi.emulator.emulator import Emulator
from instagrapi.emulator.iris import DEFAULT_CAPACITY
from instagrapi.emulator.journal import ServiceName
from instagrapi.emulator.virtual_clock import VirtualClock
from instagrapi.emulator.virtual_http import InProcessAdapter
from instagrapi.emulator.virtual_line import VirtualTransport
from instagrapi.profile import Address, Endpoints

if TYPE_CHECKING:
    from instagrapi import Client

T = TypeVar("T")

#: Names that lead nowhere, so that nothing can get out of the process by mistake.
_ENDPOINTS = Endpoints(
    http="https://http.emulator.invalid",
    upload="https://upload.emulator.invalid",
    realtime=Address(host="realtime.emulator.invalid"),
    fbns=Address(host="fbns.emulator.invalid"),
)


class VirtualEmulator(Emulator):
    """An emulator in which a week passes in seconds and everything happens in the same order each time.

    Programs are led here by what :meth:`client`, :meth:`new_client` and :meth:`options` give. Whoever waits lets time
    pass: for bytes, for an answer over HTTP, or on an event of the clock. Everything happens on the thread that waits;
    there are no others.

    Args:
        seed: of chance, in ids, secrets and faults.
        latency: seconds that everything takes on its way to a program.
        epoch: unix time at the beginning; the first of January 2026 by default.
        queue_capacity: see :class:`Emulator`, as for the next one.
        open_registration: see there.
        strict: see there.
    """

    clock: VirtualClock

    def __init__(
        self,
        *,
        seed: int = 0,
        latency: float = 0.05,
        epoch: float | None = None,
        queue_capacity: int = DEFAULT_CAPACITY,
        open_registration: bool = False,
        strict: bool = False,
    ) -> None:
        super().__init__(
            queue_capacity=queue_capacity,
            open_registration=open_registration,
            clock=VirtualClock() if epoch is None else VirtualClock(epoch),
            random=Random(seed),  # noqa: S311  # nothing secret
            strict=strict,
        )
        self._seed = seed
        self._latency = latency

    # --- life ---------------------------------------------------------------------------------------------------------

    def start(self) -> Self:
        """Is there; starting is not necessary."""
        return self

    def stop(self) -> None:
        """Ends all connections; harmless when repeated."""
        with self._hub.changing():
            for link in list(self._hub.links):
                link.close()
        self.clock.advance(0)

    # --- how programs find it -----------------------------------------------------------------------------------------

    @property
    def endpoints(self) -> Endpoints:
        """Addresses that only :meth:`options` and :meth:`session` know how to reach."""
        return _ENDPOINTS

    @property
    def environment(self) -> dict[str, str]:
        """There is no way here from another process.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("a virtual emulator is in this process only")

    def new_client(self) -> Client:
        """A new client whose HTTP goes here, and which is not logged in."""
        from instagrapi import Client

        session = self.session()
        return Client(profile=self.profile, session=session, clock=self.clock.time, sleep=self.clock.wait)

    def session(self) -> requests.Session:
        """A ``requests`` session that leads here, for ``Client(session=…, profile=emulator.profile)``."""
        session = requests.Session()
        session.mount("https://", InProcessAdapter(self.clock, self._api, latency=self._latency))
        return session

    def options(self) -> dict[str, Any]:
        """The options that make a realtime or push client run here.

        ``client.realtime_client(**emulator.options())``
        """
        return {
            "clock": self.clock.monotonic,
            "unix_clock": self.clock.time,
            "random": Random(self._seed).random,  # noqa: S311  # nothing secret
            "transport_factory": self.transport_to,
            "wake": self.clock.event,
        }

    def transport(self, service: ServiceName) -> VirtualTransport:
        """A transport to a broker, to be used in place of a socket."""
        broker: Broker[Any] = self._realtime if service == "realtime" else self._push
        return VirtualTransport(self.clock, broker, latency=self._latency)

    def transport_to(self, address: Address) -> VirtualTransport:
        """A transport to the broker of an address.

        Raises:
            ValueError: there is none.
        """
        if address == _ENDPOINTS.realtime:
            return self.transport("realtime")
        if address == _ENDPOINTS.fbns:
            return self.transport("fbns")
        raise ValueError(f"{address.host} is not emulated")

    # --- the world ----------------------------------------------------------------------------------------------------

    def companion(self, name: str = "alice", interval: float = 2.0) -> Companion:
        """Somebody who converses with every connected account, on the emulator's clock."""
        actor = self.account(name)
        companion = Companion(actor, lambda: self._connected(actor), interval)
        companion.start_on(self.clock)
        return companion

    def wait_until(self, condition: Callable[[], T], timeout: float = 5.0) -> T:
        """Lets time pass until ``condition`` gives something true, and returns that.

        Raises:
            TimeoutError: it did not within ``timeout`` seconds.
        """
        if not self.clock.wait_until(condition, timeout):
            raise TimeoutError(f"the emulator waited {timeout} seconds in vain")
        return condition()
