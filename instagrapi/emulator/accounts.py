"""Who exists, and who is logged in."""

from __future__ import annotations

import string
from collections.abc import Iterator
from random import Random

from instagrapi.emulator.model import FIRST_PK, Account

_TOKEN_CHARACTERS = string.ascii_letters + string.digits


class Accounts:
    """Accounts by name, id and session.

    Args:
        random: where passwords and sessions come from.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._by_name: dict[str, Account] = {}
        self._by_session: dict[str, Account] = {}
        self._revoked: dict[str, int] = {}

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
