"""Faults that are switched on: what each is about, how often it strikes, and who asks for it."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from enum import Enum, auto
from types import TracebackType
from typing import Any, Literal, Self, TypeAlias

from instagrapi.emulator.model import Account

#: What can be out of order: the two brokers, and the HTTP API.
Service: TypeAlias = Literal["realtime", "fbns", "http"]
BROKERS: tuple[Service, ...] = ("realtime", "fbns")
SERVICES: tuple[Service, ...] = (*BROKERS, "http")

#: When :meth:`Board.reach` is called: CONNACK 0 is on its way; message sync is asked for; a command has arrived; it was
#: carried out and is not answered yet; a message-sync body or a push is about to be sent; it was acknowledged.
Moment: TypeAlias = Literal["connected", "subscribing", "command", "answer", "delivery", "acknowledged"]


class Kind(Enum):
    """The questions that are asked of the board."""

    ARRIVAL = auto()
    CONNACK = auto()
    SYNC_ANSWER = auto()
    COMMAND_ANSWER = auto()
    COMMAND = auto()
    DROP = auto()
    DUPLICATE = auto()
    DELAY = auto()
    CUT = auto()
    HTTP_ANSWER = auto()
    UPLOAD = auto()


class AnswerFate(Enum):
    """What becomes of the answer to a command."""

    LOST = auto()
    LATE = auto()


class Fault:
    """Something that was switched on, until :meth:`lift` or until it has struck as often as it was to.

    Leaving it as a context manager lifts it, too.
    """

    def lift(self) -> None:
        """Switches it off; harmless when repeated."""

    @property
    def is_on(self) -> bool:
        """Whether it can still strike."""
        return False

    @property
    def hits(self) -> int:
        """How often it has struck."""
        return 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.lift()


class Rule(Fault):
    """A fault that answers one question.

    Args:
        board: where it is to be found until it is lifted.
        kind: which question.
        name: what the timeline calls it.
        value: the answer.
        services: for which of them.
        account: for whom; ``None`` for everybody.
        times: how often; ``None`` until it is lifted.
        concerns: which subjects, such as packets or paths.
    """

    def __init__(
        self,
        board: Board,
        kind: Kind | Moment,
        name: str,
        value: Any,
        services: Iterable[Service],
        account: Account | None = None,
        times: int | None = None,
        concerns: Callable[[Any], bool] | None = None,
    ) -> None:
        if times is not None and times < 1:
            raise ValueError("a fault strikes at least once")
        self.kind = kind
        self.name = name
        self.value = value
        self._board = board
        self._services = tuple(services)
        self._account = account
        self._remaining = times
        self._concerns = concerns
        self._hits = 0

    def __str__(self) -> str:
        whose = "" if self._account is None else f" of {self._account.username}"
        return f"{self.name} ({', '.join(self._services)}{whose})"

    @property
    def is_on(self) -> bool:
        """Whether it can still strike."""
        return self._board.has(self)

    @property
    def hits(self) -> int:
        """How often it has struck."""
        return self._hits

    def lift(self) -> None:
        """Switches it off; harmless when repeated."""
        self._board.remove(self)

    def matches(self, service: Service, owners: Iterable[Account], subject: Any) -> bool:
        """Whether it is about this."""
        return (
            service in self._services
            and (self._account is None or self._account in owners)
            and (self._concerns is None or self._concerns(subject))
        )

    def strike(self) -> None:
        """Counts."""
        self._hits += 1
        if self._remaining is not None:
            self._remaining -= 1
            if self._remaining == 0:
                self._board.remove(self)


class Several(Fault):
    """Faults that belong together.

    Args:
        parts: the faults.
    """

    def __init__(self, *parts: Fault) -> None:
        self._parts = parts

    @property
    def is_on(self) -> bool:
        """Whether any of them can still strike."""
        return any(part.is_on for part in self._parts)

    @property
    def hits(self) -> int:
        """How often they have struck, together."""
        return sum(part.hits for part in self._parts)

    def lift(self) -> None:
        """Switches all of them off."""
        for part in self._parts:
            part.lift()


class Board:
    """Where the services look up what is out of order.

    Args:
        note: tells the timeline.

    Attributes:
        late_answers: by user id, the bodies of answers that come after the account's next CONNECT.
    """

    def __init__(self, note: Callable[[str], None]) -> None:
        self._note = note
        self._lock = threading.Lock()
        self._rules: defaultdict[Kind | Moment, list[Rule]] = defaultdict(list)
        self.late_answers: defaultdict[int, deque[dict[str, Any]]] = defaultdict(deque)

    def add(self, rule: Rule) -> Rule:
        """Switches a fault on."""
        with self._lock:
            self._rules[rule.kind].append(rule)
        self._note(f"{rule}: on")
        return rule

    def remove(self, rule: Rule) -> None:
        """Switches a fault off; harmless when it is not on."""
        with self._lock:
            was_on = rule in self._rules[rule.kind]
            if was_on:
                self._rules[rule.kind].remove(rule)
        if was_on:
            self._note(f"{rule}: off after {rule.hits}")

    def has(self, rule: Rule) -> bool:
        """Whether a fault is on."""
        return rule in self._rules[rule.kind]

    def take(self, kind: Kind, service: Service, owners: Iterable[Account] = (), subject: Any = None) -> Rule | None:
        """The fault that answers a question, which counts as struck; the oldest one if there are several."""
        matching = self._matching(kind, service, owners, subject)
        if not matching:
            return None
        matching[0].strike()
        return matching[0]

    def take_all(
        self, kind: Kind | Moment, service: Service, owners: Iterable[Account], subject: Any = None
    ) -> list[Rule]:
        """All faults that answer a question."""
        matching = self._matching(kind, service, owners, subject)
        for rule in matching:
            rule.strike()
        return matching

    def reach(self, moment: Moment, service: Service, owners: Iterable[Account]) -> None:
        """Does what was planned for a moment."""
        for rule in self.take_all(moment, service, owners):
            rule.value()

    def _matching(self, kind: Kind | Moment, service: Service, owners: Iterable[Account], subject: Any) -> list[Rule]:
        rules = self._rules[kind]
        if not rules:
            return []
        with self._lock:
            return [rule for rule in rules if rule.matches(service, owners, subject)]
