"""Numbers to assert on, of everything since the emulator was made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from instagrapi.emulator.actor import Actor
from instagrapi.emulator.devices import Devices
from instagrapi.emulator.fault import Service
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.model import Account, Item
from instagrapi.emulator.tally import Count

#: An account, as an actor or by its name.
Who: TypeAlias = Actor | str
INBOX = "direct_v2/inbox/"


class CommandCount(NamedTuple):
    """How often a command with one client context arrived, and how many items came of it."""

    seen: int
    items: int


class Counters:
    """Unlike the journal they forget nothing, however long a test runs.

    Args:
        hub: the world, its lock and the tally.
        devices: where pushes are kept.
        account_of: finds the account that somebody means.
    """

    def __init__(self, hub: Hub, devices: Devices, account_of: Callable[[Who], Account]) -> None:
        self._hub = hub
        self._devices = devices
        self._account_of = account_of

    def attempts(self, service: Service | None = None) -> Count:
        """Connections that programs began, also those that came to nothing."""
        with self._hub.changing():
            return self._hub.tally.attempts.count(service, None)

    def connects(self, service: Service | None = None, account: Who | None = None) -> Count:
        """CONNECTs, answered in whatever way or not at all.

        Args:
            service: to which broker; by default both.
            account: whose; on FBNS, the accounts that the device is registered for at that moment.
        """
        with self._hub.changing():
            return self._hub.tally.connects.count(service, self._optional(account))

    def http_calls(self, path: str | None = None, account: Who | None = None) -> Count:
        """HTTP requests.

        Args:
            path: below ``/api/v1/``, with ids as in ``direct_v2/threads/<thread_id>/``; by default any.
            account: whose session they were made with.
        """
        with self._hub.changing():
            return self._hub.tally.http.count(path, self._optional(account))

    def inbox_calls(self, account: Who | None = None) -> Count:
        """Requests for the inbox."""
        return self.http_calls(INBOX, account)

    def commands(self, account: Who | None = None) -> dict[str, CommandCount]:
        """By client context, in the order in which they arrived first: the commands of topic 132."""
        with self._hub.changing() as world:
            only = self._optional(account)
            items = Counter((item.user_id, item.client_context) for item in world.items())
            return {
                context: CommandCount(command.seen, items[pk, context])
                for (pk, context), command in self._hub.tally.commands.items()
                if only is None or only.pk == pk
            }

    def deliveries(self, account: Who) -> dict[str, int]:
        """By item id, how often an item reached the account's programs: acknowledged by PUBACK, or fetched by HTTP."""
        with self._hub.changing():
            return dict(self._hub.tally.deliveries[self._account_of(account).pk])

    def undelivered(self, account: Who) -> list[Item]:
        """What others wrote to the account and none of its programs acknowledged or fetched, oldest first."""
        with self._hub.changing() as world:
            reader = self._account_of(account)
            delivered = self._hub.tally.deliveries[reader.pk]
            items = [
                item
                for thread in world.threads_of(reader)
                for item in thread.latest_first()
                if item.user_id != reader.pk and item.item_id not in delivered
            ]
            return sorted(items, key=lambda item: item.timestamp)

    def undelivered_pushes(self, account: Who) -> list[dict[str, Any]]:
        """The envelopes of pushes that were sent, or wait, and that none of the account's devices acknowledged."""
        with self._hub.changing():
            devices = self._devices.registered(self._account_of(account))
            return [push for token, device in devices for push in device.pushes.values() if push["token"] == token]

    def _optional(self, account: Who | None) -> Account | None:
        return None if account is None else self._account_of(account)
