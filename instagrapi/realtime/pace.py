"""How fast commands may follow each other, and when none may be sent at all. Knows no clock and does no I/O.

Nobody knows the limits of the service (none are published, none were captured). The figures are assumed: well above
what a person does, well below what gets accounts blocked in reports of bots.
"""

from __future__ import annotations

import random as chance
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from instagrapi.exceptions import RealtimeConfigError, SendingPaused, SendingTooFast

MINUTE = 60.0
#: The action of what becomes an item of a thread, reactions included; all others are light signals.
_ITEM = "send_item"
#: Words by which the service asks to stop until a person has looked into it, and those by which it asks to wait (wire
#: page, "Answers to commands"; the same words as over HTTP).
_STOP = ("feedback_required", "challenge_required", "checkpoint_required", "consent_required", "spam")
_WAIT = ("please wait", "rate_limit_error", "too many requests")
_TOO_MANY_REQUESTS = "429"


@dataclass(frozen=True, kw_only=True)
class CommandPace:
    """How fast a client sends commands.

    Of each of two kinds, items (messages, shares, reactions) and light signals (typing, read marks), some may follow
    each other at once; after that each waits until its turn, in the thread that sends it, first come first served.

    Attributes:
        items_at_once: items that need not wait when none was sent for a while.
        items_per_minute: items that may follow in the long run.
        signals_at_once: the same of light signals.
        signals_per_minute: the same.
        jitter: by up to this part each pause is longer, at random.
        max_wait: seconds that a command waits at most; if it would have to wait longer, it is refused.
        stop_pause: seconds without commands after the service has asked to stop: ``feedback_required``, ``spam``, a
            challenge or checkpoint.
        wait_pause: seconds without commands after it has asked to wait a few minutes, or answered 429.
    """

    items_at_once: int = 20
    items_per_minute: float = 30.0
    signals_at_once: int = 60
    signals_per_minute: float = 120.0
    jitter: float = 0.5
    max_wait: float = 60.0
    stop_pause: float = 6 * 3600.0
    wait_pause: float = 900.0

    def __post_init__(self) -> None:
        sensible = (
            self.items_at_once >= 1,
            self.items_per_minute > 0,
            self.signals_at_once >= 1,
            self.signals_per_minute > 0,
            self.jitter >= 0,
            min(self.max_wait, self.stop_pause, self.wait_pause) >= 0,
        )
        if not all(sensible):
            raise RealtimeConfigError("the pace of commands makes no sense: see the meaning of its fields")


DEFAULT_PACE = CommandPace()


class Bucket:
    """Lets some go at once, and others one after the other, by when the last of those before them was to go.

    Args:
        at_once: how many.
        gap: seconds between the others.
        jitter: by up to which part a gap is longer.
        random: gives numbers from 0 up to, but without, 1.
    """

    def __init__(self, at_once: int, gap: float, jitter: float, random: Callable[[], float]) -> None:
        self._ahead = (at_once - 1) * gap
        self._gap = gap
        self._jitter = jitter
        self._random = random
        self._full_at = 0.0  # when as many may go at once as ever

    def wait(self, now: float) -> float:
        """Seconds until the next may go."""
        return max(0.0, self._full_at - self._ahead - now)

    def take(self, now: float) -> None:
        """One takes its place."""
        self._full_at = max(self._full_at, now) + self._gap * (1 + self._jitter * self._random())


class Pacer:
    """Gives places to commands. Safe to use from any thread; who asks first goes first.

    Args:
        pace: the policy; ``None`` lets everything go at once.
        random: gives numbers from 0 up to, but without, 1.
    """

    def __init__(self, pace: CommandPace | None, random: Callable[[], float] = chance.random) -> None:
        self._pace = pace
        self._lock = threading.Lock()
        if pace is not None:
            self._items = Bucket(pace.items_at_once, MINUTE / pace.items_per_minute, pace.jitter, random)
            self._signals = Bucket(pace.signals_at_once, MINUTE / pace.signals_per_minute, pace.jitter, random)

    def reserve(self, action: object, now: float) -> float:
        """Takes the next place; gives the seconds until then.

        Raises:
            SendingTooFast: that is longer than the policy lets a command wait; no place was taken.
        """
        pace = self._pace
        if pace is None:
            return 0.0
        bucket = self._items if action == _ITEM else self._signals
        with self._lock:
            wait = bucket.wait(now)
            if wait > pace.max_wait:
                raise SendingTooFast(
                    f"{action} would have to wait for {wait:.0f} s, so fast do commands follow each other; "
                    "it was not sent",
                    retry_after=wait - pace.max_wait,
                )
            bucket.take(now)
            return wait

    def take_if_due(self, action: object, now: float) -> float:
        """Takes a place if it is for now, and gives 0; otherwise the seconds until there is one."""
        if self._pace is None:
            return 0.0
        bucket = self._items if action == _ITEM else self._signals
        with self._lock:
            wait = bucket.wait(now)
            if wait == 0:
                bucket.take(now)
            return wait


class Pause:
    """The time in which the service wants no commands.

    Args:
        pace: says how long that is.
    """

    def __init__(self, pace: CommandPace = DEFAULT_PACE) -> None:
        self._pace = pace
        self._until = float("-inf")
        self._reason = ""

    def heed(self, answer: Any, now: float) -> bool:
        """Looks at a refusal; true when it asks for a pause that is longer than what was asked for before."""
        asked = _asked_for(answer)
        if asked is None:
            return False
        reason, must_stop = asked
        until = now + (self._pace.stop_pause if must_stop else self._pace.wait_pause)
        if until <= self._until:
            return False
        self._until, self._reason = until, reason
        return True

    def error(self, now: float) -> SendingPaused | None:
        """What a command that is given now has to be told, if anything."""
        left = self._until - now
        if left <= 0:
            return None
        return SendingPaused(
            f"Instagram asked to stop sending ({self._reason}): no commands for another {left:.0f} s; "
            "look into the app before going on",
            retry_after=left,
        )


def _asked_for(answer: Any) -> tuple[str, bool] | None:
    """Why no more commands are wanted, and whether a person has to look into it."""
    if not isinstance(answer, Mapping):
        return None
    payload = answer.get("payload")
    for place in (answer, payload) if isinstance(payload, Mapping) else (answer,):
        if place.get("spam") is True:
            return "spam", True
        for text in _texts(place):
            for word in _STOP:
                if word in text:
                    return word, True
            for word in _WAIT:
                if word in text:
                    return word, False
        if str(place.get("status_code")) == _TOO_MANY_REQUESTS:
            return _TOO_MANY_REQUESTS, False
    return None


def _texts(place: Mapping[str, Any]) -> Iterator[str]:
    for name in ("message", "error_type", "exception", "content", "feedback_title"):
        if isinstance(text := place.get(name), str):
            yield text.casefold()
