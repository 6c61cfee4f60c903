"""A moment by which a whole operation must end, however many steps it has."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

#: Gives seconds that never go back, like ``time.monotonic``.
Clock: TypeAlias = Callable[[], float]


class Deadline:
    """Immutable; ``Deadline(None)`` never comes.

    Args:
        at: the moment, in seconds of the clock.
        clock: what to compare it with.
    """

    __slots__ = ("_clock", "at")

    def __init__(self, at: float | None, clock: Clock = time.monotonic) -> None:
        self.at = at
        self._clock = clock

    @classmethod
    def after(cls, seconds: float | None, clock: Clock = time.monotonic) -> Deadline:
        """A deadline that many seconds from now; ``None`` means never."""
        return _NEVER if seconds is None else cls(clock() + seconds, clock)

    def remaining(self) -> float | None:
        """Seconds left, never negative; ``None`` for ever."""
        return None if self.at is None else max(0.0, self.at - self._clock())

    def expired(self) -> bool:
        """Whether the moment has passed."""
        return self.at is not None and self._clock() >= self.at


_NEVER = Deadline(None)


def sooner(one: float | None, other: float | None) -> float | None:
    """The shorter of two waits in seconds; ``None`` is one for ever."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
