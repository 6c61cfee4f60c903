"""The typing mark, kept up for as long as a block of code runs."""

from __future__ import annotations

import threading
from typing import Any, Self

from instagrapi.exceptions import RealtimeError
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.logs import Log, logger
from instagrapi.realtime.replies import DEFAULT_RESULT_TIMEOUT

#: The others' apps take the mark down after 10 to 22 seconds (captured), so it is renewed before that.
RENEW_AFTER = 8.0


class TypingHandle(dict[str, Any]):
    """What ``event.typing()`` returns: like the handle of the command, and it can be entered.

    While its ``with`` block runs, a background thread sends the mark again every ``renew_after`` seconds; at the end of
    the block the mark is taken down. Without a connection nothing is sent, quietly: the mark expires by itself.
    """

    def __init__(self, commands: DirectCommands, thread_id: str, renew_after: float = RENEW_AFTER) -> None:
        self._sent = commands.direct_indicate_activity(thread_id)
        super().__init__(self._sent)
        self._commands = commands
        self._thread_id = thread_id
        self._renew_after = renew_after
        self._over = threading.Event()
        self._renewing: threading.Thread | None = None

    def result(self, timeout: float | None = DEFAULT_RESULT_TIMEOUT) -> Any:
        """The server's answer, see :meth:`~instagrapi.realtime.replies.CommandHandle.result`."""
        return self._sent.result(timeout)

    def __enter__(self) -> Self:
        if self._over.is_set():
            self._show()  # the mark of an earlier block was taken down
        self._over.clear()
        self._renewing = threading.Thread(target=self._renew, name="instagrapi-typing", daemon=True)
        self._renewing.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._over.set()
        if self._renewing is not None:
            self._renewing.join()
        self._show(is_active=False)

    def _renew(self) -> None:
        while not self._over.wait(self._renew_after):
            self._show()

    def _show(self, *, is_active: bool = True) -> None:
        try:
            self._commands.direct_indicate_activity(self._thread_id, is_active)
        except RealtimeError as error:
            log: Log = getattr(self._commands, "log", logger)
            log.debug("the typing mark was not sent: %s", type(error).__name__)
