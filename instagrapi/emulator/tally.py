"""What programs did, in numbers that are never forgotten."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from instagrapi.emulator.model import Account

HOUR = 3600.0


class Count(NamedTuple):
    """How often something happened: at all, and in the hour in which it happened most often, wherever that begins."""

    total: int = 0
    busiest_hour: int = 0


class _Rate:
    def __init__(self) -> None:
        self._total = 0
        self._busiest = 0
        self._latest: deque[float] = deque()

    def add(self, now: float) -> None:
        self._total += 1
        self._latest.append(now)
        while self._latest[0] <= now - HOUR:
            self._latest.popleft()
        self._busiest = max(self._busiest, len(self._latest))

    def count(self) -> Count:
        return Count(self._total, self._busiest)


#: A service or a path, and a user id; ``None`` stands for all of them.
_Key: TypeAlias = tuple[str | None, int | None]


class Rates:
    """Counts by a name, such as a service's, and by account."""

    def __init__(self) -> None:
        self._rates: dict[_Key, _Rate] = {}

    def add(self, now: float, name: str, owners: Iterable[Account] = ()) -> None:
        """Counts one, at a time in seconds that never goes back."""
        users = [None, *(account.pk for account in owners)]
        for key in ((shown, user) for shown in (name, None) for user in users):
            self._rates.setdefault(key, _Rate()).add(now)

    def count(self, name: str | None, account: Account | None) -> Count:
        """What was counted under a name and an account; ``None`` means all of them."""
        rate = self._rates.get((name, account.pk if account else None))
        return rate.count() if rate else Count()


@dataclass(slots=True)
class Command:
    """A client context: its number in the order of appearance, and how often it arrived."""

    number: int
    seen: int = 0


class Tally:
    """Where everything is counted, under the hub's lock.

    Attributes:
        attempts: connections that were begun, by service, also those that came to nothing.
        connects: CONNECTs by service, answered in whatever way or not at all.
        http: HTTP requests by their path, in which ``<…>`` stands for ids.
        commands: by user id and client context.
        deliveries: by user id and item id, how often an item was acknowledged or fetched.
    """

    def __init__(self) -> None:
        self.attempts = Rates()
        self.connects = Rates()
        self.http = Rates()
        self.commands: dict[tuple[int, str], Command] = {}
        self.deliveries: defaultdict[int, Counter[str]] = defaultdict(Counter)

    def deliver(self, account: Account, item_ids: Iterable[str]) -> None:
        """Notes that a program of the account has these items."""
        self.deliveries[account.pk].update(item_ids)

    def command(self, account: Account, client_context: str) -> Command:
        """Counts a command that arrived."""
        command = self.commands.setdefault((account.pk, client_context), Command(len(self.commands) + 1))
        command.seen += 1
        return command
