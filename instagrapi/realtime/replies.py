"""Commands and the answers that belong to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from instagrapi.exceptions import CommandFailed, RealtimeTimeout

#: Waits until a condition holds or so many seconds passed, reading from the connection meanwhile.
WaitUntil: TypeAlias = Callable[[Callable[[], bool], float | None], bool]

DEFAULT_RESULT_TIMEOUT = 30.0
#: How many answered client contexts are remembered so that a repetition is not sent again.
MAX_REMEMBERED = 1000
#: How many unanswered commands are remembered; a broker that never answers must not fill the memory.
MAX_PENDING = 1000


class PendingCommand:
    """One command on its way. Filled in by :class:`ReplyTable`.

    Args:
        body: what was sent.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.client_context: str | None = body.get("client_context")
        self.thread_id = body.get("thread_id")
        self.item_id = body.get("item_id")
        self.answer: Any = None
        #: Whether whoever waited for the answer has stopped waiting.
        self.given_up = False

    @property
    def answered(self) -> bool:
        """Whether the server has answered."""
        return self.answer is not None

    @property
    def accepted(self) -> bool:
        """Whether the server has said yes."""
        return self.answered and is_ok(self.answer)


class CommandHandle(dict[str, Any]):
    """What a command returns: the dictionary of instagrapi 3.x, plus :meth:`result`."""

    def __init__(self, values: Mapping[str, Any], pending: PendingCommand, wait_until: WaitUntil) -> None:
        super().__init__(values)
        self._pending = pending
        self._wait_until = wait_until

    def result(self, timeout: float | None = DEFAULT_RESULT_TIMEOUT) -> Any:
        """The server's answer to this very command; from any thread, also from inside a handler.

        Args:
            timeout: seconds to wait, ``None`` for ever.

        Raises:
            CommandFailed: the server refused; ``status`` and ``payload`` say more.
            RealtimeTimeout: no answer came in time. The command may still have been carried out.
            ConnectionLost, NotConnectedError: the connection ended first.
        """
        pending = self._pending
        if not pending.answered and not self._wait_until(lambda: pending.answered, timeout):
            pending.given_up = True
            raise RealtimeTimeout(f"no answer to {self.get('action')} came in time")
        if not pending.accepted:
            raise command_failure(pending.answer)
        return pending.answer


class ReplyTable:
    """Finds the command that an answer on topic 133 belongs to.

    ``send_item`` answers carry the command's ``client_context``. Answers to ``mark_seen`` and ``indicate_activity`` may
    lack it, and so may refusals. Such an answer goes to the oldest command whose thread and item it does not
    contradict: one without a context if there is any, and one whose caller still waits rather than one whose caller
    gave up. Success without a context is never taken for the success of a command that has one. Answers that belong to
    nobody are ignored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[PendingCommand] = []
        self._accepted: OrderedDict[str, PendingCommand] = OrderedDict()

    def expect(self, body: Mapping[str, Any]) -> tuple[PendingCommand, bool]:
        """Notes a command before it is sent; also says whether it is new.

        The same context gives the same pending command, also when the server has accepted it: then it need not be sent.
        """
        command = PendingCommand(body)
        with self._lock:
            known = self._find(command.client_context)
            if known is not None:
                return known, False
            self._pending = [*self._pending[-MAX_PENDING + 1 :], command]
            return command, True

    def withdraw(self, command: PendingCommand) -> None:
        """Forgets a command that could not be sent."""
        with self._lock:
            if command in self._pending:
                self._pending.remove(command)

    def connection_changed(self) -> None:
        """The commands without a context were sent over another connection: later ones come before them."""
        with self._lock:
            for command in self._pending:
                command.given_up = command.given_up or command.client_context is None

    def file(self, answer: Any) -> None:
        """Gives an answer to its command; what is no JSON object answers nothing."""
        if not isinstance(answer, Mapping):
            return
        context = _payload(answer).get("client_context")
        with self._lock:
            command = self._find(str(context)) if context is not None else self._guess(answer)
            if command is None or command.answered:
                return
            self._pending.remove(command)
            command.answer = answer
            if context is not None and command.accepted:
                self._accepted[str(context)] = command
                if len(self._accepted) > MAX_REMEMBERED:
                    self._accepted.popitem(last=False)

    def _find(self, context: str | None) -> PendingCommand | None:
        if context is None:
            return None
        accepted = self._accepted.get(context)
        return accepted or next((command for command in self._pending if command.client_context == context), None)

    def _guess(self, answer: Mapping[str, Any]) -> PendingCommand | None:
        candidates = [command for command in self._pending if _may_answer(_payload(answer), command)]
        if is_ok(answer):
            candidates = [command for command in candidates if command.client_context is None]
        return min(candidates, key=lambda command: (command.given_up, command.client_context is not None), default=None)


def _may_answer(payload: Mapping[str, Any], pending: PendingCommand) -> bool:
    """Whether an answer without a context says nothing that contradicts a command."""
    claims = ((payload.get("thread_id"), pending.thread_id), (payload.get("item_id"), pending.item_id))
    return all(said is None or sent is None or str(said) == str(sent) for said, sent in claims)


def is_ok(answer: Any) -> bool:
    """Whether an answer says yes: everything but the status ``ok`` is a no."""
    return isinstance(answer, Mapping) and answer.get("status") == "ok"


def status_of(answer: Any) -> str | None:
    """The status code as text."""
    code = answer.get("status_code") if isinstance(answer, Mapping) else None
    return None if code is None else str(code)


def reason_of(answer: Any) -> str | None:
    """The reason, from wherever the answer keeps it."""
    if not isinstance(answer, Mapping):
        return None
    payload, exception = _payload(answer), answer.get("exception")
    for candidate in (payload.get("message"), answer.get("message")):
        if isinstance(candidate, str) and candidate:
            return candidate
    if exception:
        content = answer.get("content")
        return f"{exception}: {content}" if content else str(exception)
    code = payload.get("error_code")
    return None if code is None else f"error code {code}"


def command_failure(answer: Any) -> CommandFailed:
    """The exception for an answer that says no."""
    status, reason = status_of(answer), reason_of(answer)
    text = "the server refused the command" + (f" ({status})" if status else "") + (f": {reason}" if reason else "")
    return CommandFailed(text, status=status, payload=answer)


def _payload(answer: Any) -> Mapping[str, Any]:
    payload = answer.get("payload") if isinstance(answer, Mapping) else None
    return payload if isinstance(payload, Mapping) else {}
