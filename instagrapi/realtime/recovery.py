"""When to connect again: growing delays, and limits that hold whatever happens. Knows no clock and does no I/O."""

from __future__ import annotations

import random as chance
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from instagrapi.exceptions import (
    ClientError,
    ClientThrottledError,
    PleaseWaitFewMinutes,
    RateLimitError,
    RealtimeConfigError,
)

HOUR = 3600.0
#: What to leave alone for some minutes. How many Instagram means is not known.
_LIMITS = (PleaseWaitFewMinutes, ClientThrottledError, RateLimitError)
_PATIENCE = 300.0


def is_retryable(error: Exception) -> bool:
    """Whether connecting again can help: what our own errors say of themselves, and any ``OSError``."""
    return error.retryable if isinstance(error, ClientError) else isinstance(error, OSError)


def asked_to_wait(error: Exception, attempts: int) -> float:
    """Seconds for which the server wants to be left alone: what it says, up to a day, or after a limit five minutes.

    Those double with each of the attempts in a row, up to an hour.
    """
    told = min(getattr(error, "retry_after", None) or 0.0, 24 * HOUR)
    patience = min(_PATIENCE * 2.0 ** min(attempts - 1, 10), HOUR) if isinstance(error, _LIMITS) else 0.0
    return float(told or patience)


@dataclass(frozen=True, kw_only=True)
class ReconnectPolicy:
    """How a client comes back after its connection has broken.

    The n-th attempt in a row is made after ``first_delay * factor ** (n - 1)`` seconds, at most ``max_delay``, less a
    random part of up to ``jitter`` of it, so that many clients do not come back at once. It is made later when the
    server asked to wait, see :func:`asked_to_wait`.

    Attributes:
        first_delay: seconds.
        factor: by which the delay grows with each attempt.
        max_delay: seconds.
        jitter: 1 means any delay from nothing to the full one, 0 exactly the full one.
        stable_after: seconds that a connection must have stood before the delays begin anew.
        max_attempts: attempts in a row before giving up; ``None`` for ever.
        connects_per_hour: connects within any hour, whatever happens.
        inbox_requests_per_hour: requests for the inbox within any hour, whatever happens.
        is_retryable: tells the errors after which another attempt makes sense.
    """

    first_delay: float = 1.0
    factor: float = 2.0
    max_delay: float = 120.0
    jitter: float = 1.0
    stable_after: float = 120.0
    max_attempts: int | None = None
    connects_per_hour: int = 30
    inbox_requests_per_hour: int = 12
    is_retryable: Callable[[Exception], bool] = is_retryable

    def __post_init__(self) -> None:
        sensible = (
            self.first_delay > 0,
            self.factor >= 1,
            self.max_delay >= self.first_delay,
            0 <= self.jitter <= 1,
            self.stable_after >= 0,
            self.max_attempts is None or self.max_attempts >= 1,
            self.connects_per_hour >= 1,
            self.inbox_requests_per_hour >= 1,
        )
        if not all(sensible):
            raise RealtimeConfigError("the reconnect policy makes no sense: see the meaning of its fields")


class HourlyLimit:
    """Lets something happen a number of times within any hour."""

    def __init__(self, amount: int) -> None:
        self._times: deque[float] = deque(maxlen=amount)
        self._amount = amount

    def wait(self, now: float) -> float:
        """Seconds until it may happen again; 0 when it may now."""
        if len(self._times) < self._amount:
            return 0.0
        return max(0.0, self._times[0] + HOUR - now)

    def take(self, now: float) -> None:
        """Notes that it happened."""
        self._times.append(now)


class Backoff:
    """The delays between attempts.

    Args:
        policy: see there.
        random: gives numbers from 0 up to, but without, 1.
    """

    def __init__(self, policy: ReconnectPolicy, random: Callable[[], float] = chance.random) -> None:
        self._policy = policy
        self._random = random
        self._opened_at: float | None = None
        #: Attempts in a row that have failed, or whose connection did not stand long enough.
        self.attempts = 0

    def opened(self, now: float) -> None:
        """A connection stands."""
        self._opened_at = now

    def next_delay(self, now: float) -> float | None:
        """Seconds until the next attempt, counted from now; ``None`` when there have been enough."""
        policy, opened_at = self._policy, self._opened_at
        self._opened_at = None
        if opened_at is not None and now - opened_at >= policy.stable_after:
            self.attempts = 0
        self.attempts += 1
        if policy.max_attempts is not None and self.attempts > policy.max_attempts:
            return None
        growth = min(policy.factor ** min(self.attempts - 1, 64), policy.max_delay / policy.first_delay)
        return policy.first_delay * growth * (1 - policy.jitter * self._random())
