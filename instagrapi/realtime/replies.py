"""Commands and the answers that belong to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from instagrapi.exceptions import CommandFailed, RealtimeTimeout

#: Waits until a condition holds or so many seconds passed, reading from the connection meanwhile.
WaitUntil: TypeAlias = Callable[[Callable[[], bool], float | None], bool]

DEFAULT_RESULT_TIMEOUT = 30.0
#: How many answered client contexts are remembered so that a repetition is not sent again.
MAX_REMEMBERED = 1000
#: How many unanswered commands are remembered; a broker that never answers must not fill the memory.
MAX_PENDING = 1000

_ACTIVITY = "indicate_activity"
#: Commands whose answers may lack the context that was sent (reported).
_ANSWERED_WITHOUT_CONTEXT = frozenset({"mark_seen", "mark_visual_item_seen", _ACTIVITY})
#: The Skywalker type of Direct.
_DIRECT = 1


class PendingCommand:
    """One command on its way. Filled in by :class:`ReplyTable`.

    Args:
        body: what was sent.
    """

    def __init__(self, body: Mapping[str, Any]) -> None:
        self.body = body
        self.action = body.get("action")
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

    def may_be_answered_by(self, answer: Mapping[str, Any]) -> bool:
        """Whether an answer without a context can be this command's: nothing that it says contradicts the command."""
        if is_ok(answer) and self.client_context is not None and self.action not in _ANSWERED_WITHOUT_CONTEXT:
            return False
        payload = _payload(answer)
        if payload.get("activity_status") is not None and self.action != _ACTIVITY:
            return False
        thread_id, item_id = payload.get("thread_id"), payload.get("item_id")
        same_thread = thread_id is None or self.thread_id is None or str(thread_id) == str(self.thread_id)
        return same_thread and (item_id is None or str(item_id) == str(self.item_id))


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
    """Finds the command that an answer belongs to.

    ``send_item`` answers carry the command's ``client_context``, though not always as it was written: a UUID may come
    back in capitals, digits as a number. Answers to ``mark_seen``, ``mark_visual_item_seen`` and ``indicate_activity``
    may lack it, and so may refusals of anything. Such an answer goes to the oldest command that it does not contradict:
    one without a context if there is any, and one whose caller still waits rather than one whose caller gave up. That
    an item was taken only an answer with its context says: one without may be the repeated answer to a read mark.
    Answers that belong to nobody are ignored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[PendingCommand] = []
        self._accepted: OrderedDict[str, PendingCommand] = OrderedDict()

    def expect(self, body: Mapping[str, Any]) -> tuple[PendingCommand, bool]:
        """Notes a command before it is sent; also says whether it is new.

        A repetition, context included, gives the same pending command, also when the server has accepted it: then it
        need not be sent.
        """
        command = PendingCommand(body)
        with self._lock:
            known = self._repeated(command)
            if known is not None:
                known.given_up = False
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
            command = self._guess(answer) if context in (None, "") else self._find(str(context))
            if command is None:
                return
            self._pending.remove(command)
            command.answer = answer
            if command.client_context is not None and command.accepted:
                self._accepted[command.client_context] = command
                if len(self._accepted) > MAX_REMEMBERED:
                    self._accepted.popitem(last=False)

    def _repeated(self, command: PendingCommand) -> PendingCommand | None:
        if command.client_context is None:
            return None
        accepted = self._accepted.get(command.client_context)
        return next((one for one in (accepted, *self._pending) if one and one.body == command.body), None)

    def _find(self, context: str) -> PendingCommand | None:
        """The oldest command of a context that came back, perhaps in other letters."""
        exact = next((command for command in self._pending if command.client_context == context), None)
        folded = context.casefold()
        like = (command for command in self._pending if (command.client_context or "").casefold() == folded)
        return exact or next(like, None)

    def _guess(self, answer: Mapping[str, Any]) -> PendingCommand | None:
        candidates = [command for command in self._pending if command.may_be_answered_by(answer)]
        return min(candidates, key=lambda command: (command.given_up, command.client_context is not None), default=None)


def pubsub_answer(body: Any) -> Any:
    """The answer to a command that a body of topic 88 is (reported by mgp25's forks), ``None`` for any other body."""
    payload = body.get("payload") if isinstance(body, Mapping) and body.get("topic") == _DIRECT else None
    return payload if isinstance(payload, Mapping) and {"action", "status"} <= payload.keys() else None


def is_ok(answer: Any) -> bool:
    """Whether an answer says yes: everything but the status ``ok`` is a no."""
    return isinstance(answer, Mapping) and answer.get("status") == "ok"


def status_of(answer: Any) -> str | None:
    """The status code as text."""
    code = answer.get("status_code") if isinstance(answer, Mapping) else None
    return None if code is None else str(code)


def reason_of(answer: Any) -> str | None:
    """The reason, from wherever the answer keeps it."""
    return next(_reasons(answer), None)


def command_failure(answer: Any) -> CommandFailed:
    """The exception for an answer that says no."""
    status = status_of(answer)
    # The service writes "None" where it has nothing to say (captured).
    reason = next((reason for reason in _reasons(answer) if reason != "None"), None)
    text = "the server refused the command" + (f" ({status})" if status else "") + (f": {reason}" if reason else "")
    return CommandFailed(text, status=status, payload=answer)


def _reasons(answer: Any) -> Iterator[str]:
    """What an answer gives as reasons, the most telling first."""
    if not isinstance(answer, Mapping):
        return
    payload, exception = _payload(answer), answer.get("exception")
    for message in (payload.get("message"), answer.get("message")):
        if isinstance(message, str) and message:
            yield message
    if exception:
        content = answer.get("content")
        yield f"{exception}: {content}" if content else str(exception)
    for code in (payload.get("error_code"), answer.get("error_code")):
        if code is not None:
            yield f"error code {code}"


def _payload(answer: Any) -> Mapping[str, Any]:
    payload = answer.get("payload") if isinstance(answer, Mapping) else None
    return payload if isinstance(payload, Mapping) else {}
