"""What all parts of the faults share: how to plan one, and how to find the connections that one is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from random import Random
from typing import Any, TypeAlias

from instagrapi.emulator.actor import Actor
from instagrapi.emulator.broker import PushBroker, RealtimeBroker
from instagrapi.emulator.fault import BROKERS, SERVICES, Kind, Moment, Rule, Service
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.link import Link
from instagrapi.emulator.model import Account
from instagrapi.emulator.session import Session

#: An account, as an actor or by its name.
Who: TypeAlias = Actor | str


class FaultsCore:
    """A way to the board and to the connections.

    Args:
        hub: the board, the clock and the open connections.
        brokers: whose sessions they are.
        account_of: finds the account that somebody means.
        random: where what happens by chance comes from.
        paths: of HTTP requests, as faults name them.
    """

    def __init__(
        self,
        hub: Hub,
        brokers: tuple[RealtimeBroker, PushBroker],
        account_of: Callable[[Who], Account],
        random: Random,
        paths: Iterable[str],
    ) -> None:
        self._hub = hub
        self._brokers = brokers
        self._account_of = account_of
        self._random = random
        self._paths = frozenset(paths)

    def _rule(
        self,
        kind: Kind | Moment,
        name: str,
        value: Any = None,
        *,
        services: Iterable[Service] = BROKERS,
        service: Service | None = None,
        account: Who | None = None,
        times: int | None = None,
        concerns: Callable[[Any], bool] | None = None,
    ) -> Rule:
        """Switches a fault on.

        Args:
            services: which it can be about.
            service: which of them it shall be about; by default all.

        Raises:
            ValueError: it cannot be about that service, or shall strike less than once.
        """
        if service is not None and service not in services:
            raise ValueError(f"{name} cannot happen to {service}")
        board = self._hub.faults
        chosen = tuple(services) if service is None else (service,)
        owner = None if account is None else self._account_of(account)
        with self._hub.changing():
            return board.add(Rule(board, kind, name, value, chosen, owner, times, concerns))

    def _about(self, path: str | None) -> Callable[[str], bool] | None:
        """Which requests a path means, ``None`` for all: a mistyped one shall not look like a fault that is harmless.

        Raises:
            ValueError: no request has that path.
        """
        if path is None:
            return None
        if path not in self._paths:
            near = ", ".join(get_close_matches(path, self._paths))
            raise ValueError(f"no request has the path {path!r}{f'; near it: {near}' if near else ''}")
        return path.__eq__

    def _arrival(self, name: str, value: Any, service: Service | None, times: int | None) -> Rule:
        return self._rule(Kind.ARRIVAL, name, value, services=SERVICES, service=service, times=times)

    def _strike(self, name: str, service: Service | None, account: Who | None, act: Callable[[Link], object]) -> int:
        """Does something to every open connection that is meant; gives their number."""
        owner = None if account is None else self._account_of(account)
        with self._hub.changing():
            links = [link for link in self._hub.links if _is_meant(link, service, owner)]
            for link in links:
                link.note(f"fault: {name}")
                act(link)
            return len(links)

    def _strike_sessions(
        self, name: str, service: Service | None, account: Who | None, act: Callable[[Session], object]
    ) -> int:
        """The same for connections that were accepted."""
        owner = None if account is None else self._account_of(account)
        with self._hub.changing():
            sessions: list[Session] = [session for broker in self._brokers for session in broker.sessions]
            sessions = [session for session in sessions if _is_meant(session.link, service, owner)]
            for session in sessions:
                session.link.note(f"fault: {name}")
                act(session)
            return len(sessions)


def _is_meant(link: Link, service: Service | None, owner: Account | None) -> bool:
    is_service = service is None or link.service == service
    return is_service and (owner is None or owner in link.owners) and not link.is_over
