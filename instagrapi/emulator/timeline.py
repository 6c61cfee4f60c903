"""What happened, one line each: for people who look for the reason of a failure."""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

#: So many lines are kept, the latest.
TIMELINE_CAPACITY = 5_000
#: The widest name of who something happened to.
_WIDTH = 24


class _Line(NamedTuple):
    elapsed: float
    who: str
    what: str


class Timeline:
    """The latest :data:`TIMELINE_CAPACITY` lines. Pings are left out; texts and secrets are never in it."""

    def __init__(self) -> None:
        self._lines: deque[_Line] = deque(maxlen=TIMELINE_CAPACITY)
        self._count = 0

    def note(self, elapsed: float, who: str, what: str) -> None:
        """Adds a line.

        Args:
            elapsed: when, in seconds since the emulator was made.
            who: the connection or the service.
            what: what it did, or what was done to it.
        """
        self._count += 1
        self._lines.append(_Line(elapsed, who, what))

    def render(self, last: int | None = None) -> str:
        """The lines as text, or the last ones."""
        lines = list(self._lines)
        if last is not None:
            lines = lines[len(lines) - min(last, len(lines)) :]
        dropped = self._count - len(lines)
        shown = [f"({dropped} earlier lines are left out)"] if dropped else []
        return "\n".join([*shown, *(f"{_time(line.elapsed)}  {line.who:<{_WIDTH}}  {line.what}" for line in lines)])


def _time(elapsed: float) -> str:
    """Hours, minutes, seconds and milliseconds, behind the days if there are any."""
    milliseconds = round(elapsed * 1000)
    minutes, milliseconds = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = f"{hours:02}:{minutes:02}:{milliseconds / 1000:06.3f}"
    return f"{days}d {clock}" if days else clock
