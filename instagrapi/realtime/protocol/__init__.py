"""MQTToT as values: bytes in, packets out, and back. No socket, clock or thread, and nothing of Instagram."""

from __future__ import annotations
