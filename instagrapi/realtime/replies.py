"""Commands and the answers that belong to them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

from instagrapi.exceptions import CommandFailed, NotConnectedError, OutboxFull, RealtimeTimeout, SendingPaused

#: Waits until a condition holds or so many seconds passed, reading from the connection meanwhile.
WaitUntil: TypeAlias = Callable[[Callable[[], bool], float | None], bool]

#: Makes the error that a command ended with.
Failure: TypeAlias = Callable[[], Exception]

DEFAULT_RESULT_TIMEOUT = 30.0
#: How many answered client contexts are remembered so that a repetition is not sent again.
MAX_REMEMBERED = 1000
#: How many unanswered commands are remembered; a broker that never answers must not fill the memory.
MAX_PENDING = 1000

#: Seconds after which a command is not sent again.
MAX_COMMAND_AGE = 120.0
_MOST_ACTIVITY_AGE = 5.0

_AFTER_OUTAGE = "when the connection stood again"
_ACTIVITY = "indicate_activity"
#: Commands whose answers may lack the context that was sent (reported).
_ANSWERED_WITHOUT_CONTEXT = frozenset({"mark_seen", "mark_visual_item_seen", _ACTIVITY})
#: Codes have a few digits; a number that is longer by far is none.
_LARGEST_CODE = 10**20
#: The Skywalker type of Direct.
_DIRECT = 1


class PendingCommand:
    """One command on its way. Filled in by :class:`ReplyTable`.

    Args:
        body: what was sent.
        at: when, in seconds of the client's clock.
    """

    def __init__(self, body: Mapping[str, Any], at: float = 0.0) -> None:
        self.body = body
        self.sent_at = at
        self.action = body.get("action")
        self.client_context: str | None = body.get("client_context")
        self.thread_id = body.get("thread_id")
        self.item_id = body.get("item_id")
        self.answer: Any = None
        #: Why there will be no answer, once that is certain.
        self.failure: Failure | None = None
        #: The connection that it was handed to last.
        self.sent_over: object = None
        #: Whether it was ever handed to one.
        self.sent = False
        #: Whether it waits to be sent by whoever reads; then nobody else may.
        self.is_left = False
        #: Whether a later connection has taken it over.
        self.taken_over = False
        #: How many threads wait for the answer.
        self.waiting = 0
        #: Whether whoever waited for the answer has stopped waiting.
        self.given_up = False

    @property
    def identity(self) -> tuple[Any, ...]:
        """What tells commands of one context apart."""
        return self.client_context, self.action, self.body.get("item_type"), self.body.get("activity_status")

    @property
    def answered(self) -> bool:
        """Whether the server has answered."""
        return self.answer is not None

    @property
    def accepted(self) -> bool:
        """Whether the server has said yes."""
        return self.answered and is_ok(self.answer)

    @property
    def is_settled(self) -> bool:
        """Whether it was answered, or will not be."""
        return self.answered or self.failure is not None

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
            RealtimeTimeout: no answer came in time, or will come. The command may still have been carried out.
            SendingPaused: Instagram asked to stop before it was sent.
            ConnectionLost, NotConnectedError: the connection ended first.
        """
        pending = self._pending
        if not pending.answered:
            self._wait(pending, timeout)
        if not pending.accepted:
            raise command_failure(pending.answer, pending.action)
        return pending.answer

    def _wait(self, pending: PendingCommand, timeout: float | None) -> None:
        pending.waiting += 1
        try:
            if not self._wait_until(lambda: pending.is_settled, timeout):
                pending.given_up = True
                arrived = "may have been carried out" if pending.sent else "has not been sent"
                raise RealtimeTimeout(f"no answer to {pending.action} came in time; it {arrived}")
            if pending.failure is not None and not pending.answered:
                raise pending.failure()
        finally:
            pending.waiting -= 1


class ReplyTable:
    """Finds the command that an answer belongs to.

    ``send_item`` answers carry the command's ``client_context``, though not always as it was written: a UUID may come
    back in capitals, digits as a number. Answers to ``mark_seen``, ``mark_visual_item_seen`` and ``indicate_activity``
    may lack it, and so may refusals of anything. Such an answer goes to the oldest command that it does not contradict:
    one that somebody waits for rather than one that nobody does, and that rather than one whose caller gave up; among
    those to one without a context if there is any. That an item was taken only an answer with its context says: one
    without may be the repeated answer to a read mark.
    Answers that belong to nobody are ignored.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[PendingCommand] = []
        #: By what it did and its context: a program may use one context for several commands.
        self._accepted: OrderedDict[tuple[Any, ...], PendingCommand] = OrderedDict()

    def expect(self, body: Mapping[str, Any], at: float = 0.0) -> tuple[PendingCommand, bool]:
        """Notes a command before it is sent; also says whether it is new.

        A repetition, context included, gives the same pending command, also when the server has accepted it: then it
        need not be sent.

        Raises:
            OutboxFull: so many wait to be sent, or somebody waits for their answers, that no more can be remembered.
        """
        command = PendingCommand(body, at)
        with self._lock:
            known = self._repeated(command)
            if known is not None:
                known.given_up = False
                return known, False
            if len(self._pending) >= MAX_PENDING and not self._forget_one():
                raise OutboxFull(f"{MAX_PENDING:,} commands wait to be sent; {command.action} was not taken")
            self._pending.append(command)
            return command, True

    @property
    def is_expecting(self) -> bool:
        """Whether any command is unanswered."""
        return bool(self._pending)

    # --- what waits to be sent -------------------------------------------------------------------------------------

    @property
    def has_left(self) -> bool:
        """Whether any command waits to be sent by whoever reads."""
        return any(command.is_left for command in self._pending)

    def leave(self, command: PendingCommand) -> None:
        """Leaves a command to whoever reads, when a connection stands."""
        with self._lock:
            command.is_left = command in self._pending

    def take_over(self, connection: object) -> None:
        """A new connection has to send the unanswered commands, in order, as long as they make sense.

        Those that were sent over it already are left out. The server recognises a repeated client context, so that what
        it has carried out is not done twice.
        """
        with self._lock:
            for command in self._pending:
                if command.sent_over is not connection:
                    command.is_left = command.taken_over = True

    def next_left(self, now: float) -> PendingCommand | None:
        """The oldest command that waits to be sent. Those that are too old by now fail, and so do those that nobody
        waits for any more or that have no context to be recognised by.
        """
        with self._lock:
            for command in [command for command in self._pending if command.is_left]:
                most = _MOST_ACTIVITY_AGE if command.action == _ACTIVITY else MAX_COMMAND_AGE
                if not command.given_up and now - command.sent_at <= most:
                    return command
                self._fail(command, RealtimeTimeout, f"too old, or without a client context, {_AFTER_OUTAGE}")
        return None

    def pause(self, error: SendingPaused) -> None:
        """Nothing may be sent for a while: what waits to be sent will not be."""
        with self._lock:
            for command in [command for command in self._pending if command.is_left]:
                command.failure = lambda: SendingPaused(str(error), retry_after=error.retry_after)
                self._pending.remove(command)

    def withdraw(self, command: PendingCommand) -> bool:
        """Forgets a command that could not be sent; false when a later connection has taken it over meanwhile."""
        with self._lock:
            if command.taken_over or command.is_left:
                return False
            if command in self._pending:
                self._pending.remove(command)
            return True

    def drop(self) -> None:
        """The program begins anew: what was sent before is not sent again, and will not be answered."""
        with self._lock:
            for command in list(self._pending):
                self._fail(command, NotConnectedError, "not answered before the connection was closed")

    def _forget_one(self) -> bool:
        """Gives up on the oldest command that was sent and that nobody waits for; false when there is none."""
        forgotten = next((one for one in self._pending if one.sent and not one.is_left and not one.waiting), None)
        if forgotten is not None:
            self._fail(forgotten, RealtimeTimeout, f"not answered before {MAX_PENDING:,} later ones were given")
        return forgotten is not None

    def _fail(self, command: PendingCommand, kind: type[Exception], why: str) -> None:
        arrived = "it may have arrived" if command.sent else "it was not sent"
        command.failure = lambda: kind(f"{command.action} was {why}; {arrived}")
        command.is_left = False
        self._pending.remove(command)

    # --- answers ---------------------------------------------------------------------------------------------------

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
            command = self._guess(answer) if context in (None, "") else self._find(_said(context) or "")
            if command is None:
                return
            self._pending.remove(command)
            command.answer, command.sent_over = answer, None
            if command.client_context is not None and command.accepted:
                self._accepted[command.identity] = command
                if len(self._accepted) > MAX_REMEMBERED:
                    self._accepted.popitem(last=False)

    def _repeated(self, command: PendingCommand) -> PendingCommand | None:
        if command.client_context is None:
            return None
        accepted = self._accepted.get(command.identity)
        return next((one for one in (accepted, *self._pending) if one and one.body == command.body), None)

    def _find(self, context: str) -> PendingCommand | None:
        """The oldest command of a context that came back, perhaps in other letters."""
        exact = next((command for command in self._pending if command.client_context == context), None)
        folded = context.casefold()
        like = (command for command in self._pending if (command.client_context or "").casefold() == folded)
        return exact or next(like, None)

    def _guess(self, answer: Mapping[str, Any]) -> PendingCommand | None:
        candidates = [command for command in self._pending if command.may_be_answered_by(answer)]
        return min(candidates, key=_unlikeliness, default=None)


def _unlikeliness(command: PendingCommand) -> tuple[bool, bool, bool]:
    return command.given_up, not command.waiting, command.client_context is not None


def is_answer(payload: Any) -> bool:
    """Whether a payload of topic 88 is the answer to a command instead of patches (reported by mgp25's forks)."""
    return isinstance(payload, Mapping) and "action" in payload and "event" not in payload and "data" not in payload


def pubsub_answer(body: Any) -> Any:
    """The answer to a command that a body of topic 88 is, ``None`` for any other body."""
    payload = body.get("payload") if isinstance(body, Mapping) and body.get("topic") == _DIRECT else None
    return payload if isinstance(payload, Mapping) and is_answer(payload) and "status" in payload else None


def is_ok(answer: Any) -> bool:
    """Whether an answer says yes: everything but the status ``ok`` is a no."""
    return isinstance(answer, Mapping) and answer.get("status") == "ok"


def status_of(answer: Any) -> str | None:
    """The status code as text."""
    return _said(answer.get("status_code")) if isinstance(answer, Mapping) else None


def reason_of(answer: Any) -> str | None:
    """The reason, from wherever the answer keeps it."""
    return next(_reasons(answer), None)


def command_failure(answer: Any, action: Any = None) -> CommandFailed:
    """The exception for an answer that says no.

    Args:
        answer: what the server said.
        action: what it refused.
    """
    status = status_of(answer)
    # The service writes "None" where it has nothing to say (captured).
    reason = next((reason for reason in _reasons(answer) if reason != "None"), None)
    text = (
        f"the server refused {action or 'the command'}"
        + (f" ({status})" if status else "")
        + (f": {reason}" if reason else "")
    )
    return CommandFailed(text, status=status, payload=answer)


def _reasons(answer: Any) -> Iterator[str]:
    """What an answer gives as reasons, the most telling first."""
    if not isinstance(answer, Mapping):
        return
    payload, exception = _payload(answer), _said(answer.get("exception"))
    for message in (payload.get("message"), answer.get("message")):
        if isinstance(message, str) and message:
            yield message
    if exception:
        content = _said(answer.get("content"))
        yield f"{exception}: {content}" if content else exception
    for code in map(_said, (payload.get("error_code"), answer.get("error_code"))):
        if code:
            yield f"error code {code}"


def _said(value: Any) -> str | None:
    """Text, or a number as text; what else a broken answer may hold is not repeated."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and abs(value) < _LARGEST_CODE else None


def _payload(answer: Any) -> Mapping[str, Any]:
    payload = answer.get("payload") if isinstance(answer, Mapping) else None
    return payload if isinstance(payload, Mapping) else {}
