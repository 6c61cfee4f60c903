"""Counters of what goes over the line."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Traffic:
    """What went over one connection, or over several that followed each other."""

    bytes_in: int = 0
    bytes_out: int = 0
    packets_in: int = 0
    packets_out: int = 0

    def sent(self, size: int) -> None:
        """A packet of so many bytes went out."""
        self.bytes_out += size
        self.packets_out += 1

    def received(self, size: int, packets: int) -> None:
        """So many bytes came in, and completed so many packets."""
        self.bytes_in += size
        self.packets_in += packets
