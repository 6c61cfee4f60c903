"""What becomes of a connection before the first byte of its protocol."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from instagrapi.emulator.fault import Kind, Service
from instagrapi.emulator.hub import Hub


class Arrival(Enum):
    """How a connection is received; the value is what the timeline says."""

    WELCOME = ""
    REFUSED = "is reset at once"
    NO_TLS = "gets no TLS handshake"
    SILENT = "gets no answer after TLS"
    EXPIRED = "gets an expired certificate"


class Visitor(NamedTuple):
    """A connection: its number, in the order of the service's connections, and how it is received."""

    number: int
    arrival: Arrival


class Gate:
    """Counts those who connect to a service, and asks the faults how to receive them.

    Args:
        hub: where the faults and the counts are.
        service: which service it is.
    """

    def __init__(self, hub: Hub, service: Service) -> None:
        self._hub = hub
        self._service: Service = service

    def arrive(self) -> Visitor:
        """Somebody connects."""
        hub = self._hub
        with hub.changing():
            hub.tally.attempts.add(hub.clock.elapsed, self._service)
            number = hub.tally.attempts.count(self._service, None).total
            fault = hub.faults.take(Kind.ARRIVAL, self._service)
            arrival = Arrival.WELCOME if fault is None else fault.value
            if arrival is not Arrival.WELCOME:
                hub.note(f"{self._service} {number}", arrival.value)
            return Visitor(number, arrival)
