"""What the package logs: which account and which connection it is about, and never what anybody wrote.

Nothing is configured here: programs decide where records go.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, MutableMapping
from typing import Any, NamedTuple, TypeAlias

logger = logging.getLogger("instagrapi.realtime")

#: What a part of the package logs to: the logger, or a client's own.
Log: TypeAlias = "logging.Logger | logging.LoggerAdapter[logging.Logger]"


class About(NamedTuple):
    """Whose record it is.

    Attributes:
        account_id: the account, if it is known.
        client: ``realtime`` or ``push``.
        connection: the how-manieth connection of the client it is, 0 before the first one stands.
    """

    account_id: str | None
    client: str
    connection: int


class ClientLog(logging.LoggerAdapter[logging.Logger]):
    """The logger of one client. Each record begins with its account, client and connection, and has them as attributes
    (``account_id``, ``client`` and ``connection``), for filters and formatters.

    Args:
        about: gives them as they are now.
    """

    def __init__(self, about: Callable[[], About]) -> None:
        super().__init__(logger, {})
        self._about = about

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Adds what is known to a record."""
        about = self._about()
        kwargs["extra"] = {**(kwargs.get("extra") or {}), **about._asdict()}
        account = (about.account_id or "unknown").replace("%", "%%")
        return f"[{account} {about.client} {about.connection}] {msg}", kwargs


class Sparing:
    """Warns of what may happen again and again, but not each time.

    Args:
        log: where to.
        clock: seconds that never go back.
        interval: least number of seconds between two warnings.
    """

    def __init__(self, log: Log, clock: Callable[[], float], interval: float = 60.0) -> None:
        self._log = log
        self._clock = clock
        self._interval = interval
        self._next_at = float("-inf")
        self._kept_back = 0

    def warning(self, message: str, *args: object) -> None:
        """Logs a warning, or counts it until one is logged again."""
        now = self._clock()
        if now < self._next_at:
            self._kept_back += 1
            return
        more = f" ({self._kept_back} more since the last warning)" if self._kept_back else ""
        self._next_at, self._kept_back = now + self._interval, 0
        self._log.warning(f"{message}{more}", *args)
