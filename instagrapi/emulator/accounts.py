"""Who exists, and who is logged in."""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator
from random import Random

from instagrapi.emulator.challenges import Challenge
from instagrapi.emulator.model import FIRST_PK, Account
from instagrapi.emulator.two_factor import TwoFactor, Way

_TOKEN_CHARACTERS = string.ascii_letters + string.digits


class Accounts:
    """Accounts by name, id and session.

    Args:
        random: where passwords, sessions and codes come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._by_name: dict[str, Account] = {}
        self._by_session: dict[str, Account] = {}
        self._revoked: dict[str, int] = {}
        self._challenges: dict[str, Challenge] = {}
        self._tickets: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(self._by_name.values())

    def by_name(self, username: str) -> Account | None:
        """The account of that name, whatever its case."""
        return self._by_name.get(username.strip().lower())

    def by_pk(self, pk: int | str) -> Account | None:
        """The account of that id."""
        return next((account for account in self if str(account.pk) == str(pk)), None)

    def by_session(self, sessionid: str) -> Account | None:
        """The account that a session belongs to, even if the session has ended."""
        return self._by_session.get(sessionid)

    def create(self, username: str, password: str | None = None) -> Account:
        """A new account, with a random password unless one is given.

        Raises:
            ValueError: the name is empty or taken.
        """
        name = username.strip().lower()
        if not name or name in self._by_name:
            raise ValueError(f"no account can be called {username!r}")
        account = Account(FIRST_PK + len(self._by_name), name, password or self._token(16))
        self._by_name[name] = account
        return account

    def enable_two_factor(self, account: Account, ways: Iterable[Way], *, is_moved: bool = False) -> TwoFactor:
        """Asks for a code at the account's logins from now on."""
        account.two_factor = TwoFactor.new(self._random, frozenset(ways), is_moved=is_moved)
        return account.two_factor

    def send_code(self, account: Account) -> str:
        """Sends six digits to the account's owner."""
        account.codes.append(f"{self._random.randrange(10**6):06}")
        return account.codes[-1]

    def open_challenge(self, account: Account, first_step: str) -> Challenge:
        """A new challenge that begins at a step."""
        nonce = self._token(10)
        challenge = self._challenges[nonce] = Challenge(account, nonce, first_step, lambda: self.send_code(account))
        return challenge

    def challenge(self, pk: int, nonce: str) -> Challenge | None:
        """The challenge of a path, unless it is over."""
        challenge = self._challenges.get(nonce)
        return challenge if challenge is not None and challenge.account.pk == pk and challenge.is_open else None

    def issue_ticket(self, account: Account) -> str:
        """Something by which a later request shows that it belongs to the account: of a login that waits for its
        code, or of one that was logged out.
        """
        ticket = self._token(64)
        self._tickets[ticket] = account
        return ticket

    def by_ticket(self, ticket: str) -> Account | None:
        """Whose ticket it is."""
        return self._tickets.get(ticket)

    def withdraw_ticket(self, ticket: str) -> None:
        """It was used."""
        self._tickets.pop(ticket, None)

    def open_session(self, account: Account) -> str:
        """A new ``sessionid``, percent-encoded as clients store it (form reported)."""
        sessionid = f"{account.pk}%3A{self._token(14)}%3A{self._random.randrange(1, 30)}%3AAY{self._token(32)}"
        account.sessions.add(sessionid)
        self._by_session[sessionid] = account
        return sessionid

    def end_session(self, sessionid: str) -> None:
        """Logs a session out; harmless when it is none."""
        account = self._by_session.get(sessionid)
        if account is not None:
            account.sessions.discard(sessionid)
            account.ended_sessions.add(sessionid)

    def revoke_sessions(self, account: Account, status: int) -> int:
        """Makes the account's sessions unknown, which HTTP answers with this status from now on; gives their number."""
        count = len(account.sessions)
        for sessionid in account.sessions:
            del self._by_session[sessionid]
            self._revoked[sessionid] = status
        account.sessions.clear()
        return count

    def revoked_status(self, sessionid: str) -> int | None:
        """The status for a session that was revoked; ``None`` for others."""
        return self._revoked.get(sessionid)

    def _token(self, length: int) -> str:
        return "".join(self._random.choices(_TOKEN_CHARACTERS, k=length))
