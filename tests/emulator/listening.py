"""The typed events of a client, read until an awaited one is among them."""

from __future__ import annotations

from typing import Any

from instagrapi.realtime import FbnsClient, RealtimeClient, events

TIMEOUT = 5.0


class Listening:
    """Collects what a connected client emits, from now on."""

    def __init__(self, client: RealtimeClient | FbnsClient) -> None:
        self.client = client
        self.events: list[Any] = []
        client.on(events.Event, self.events.append)

    def next(self, kind: str, **fields: object) -> Any:
        """The next event of a kind with these fields, taken out; it must come within ``TIMEOUT`` of the one before."""
        while True:
            for event in self.events:
                if event.kind == kind and all(getattr(event, name) == value for name, value in fields.items()):
                    self.events.remove(event)
                    return event
            self._read(f"no {kind} with {fields}")

    def next_patch(self, op: str, ending: str) -> Any:
        """The next event that came of a patch with this operation and a path that ends like this, taken out."""
        while True:
            for event in self.events:
                raw = event.raw if isinstance(event.raw, dict) else {}
                if raw.get("op") == op and str(raw.get("path")).endswith(ending):
                    self.events.remove(event)
                    return event
            self._read(f"no {op} of {ending}")

    def kinds(self) -> list[str]:
        """The kinds of what was read and not taken, once everything under way has arrived."""
        while self.client.ping() and self.client.read_once(timeout=0) is not None:
            pass
        return [event.kind for event in self.events]

    def _read(self, otherwise: str) -> None:
        assert self.client.read_once(timeout=TIMEOUT) is not None, f"{otherwise} among {self.events}"
