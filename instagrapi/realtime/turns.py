"""Whose turn it is to read and run handlers: one thread's at a time."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator

from instagrapi.exceptions import ConcurrencyError
from instagrapi.realtime.network.deadline import Deadline

_ME = threading.get_ident
_BUSY = "somebody is reading already; one thread at a time may, and no handler"


class Turns:
    """One thread reads, or one loop does, which keeps everybody else from reading for as long as it runs.

    Whoever only needs something read stands in while there is no reader, for one packet at a time: readers wait for
    that instead of being refused.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()  # taken for each packet, which costs less without the condition around it
        self._changed = threading.Condition(self._lock)
        self._reader: int | None = None
        self._stands_in = False
        self._looping = False
        self._loop: int | None = None
        self._waiting = 0
        #: How many loops have begun.
        self.loops = 0
        #: Whether this thread runs handlers for the one that reads.
        self.is_helper: Callable[[], bool] | None = None

    def _wait(self, deadline: Deadline) -> bool:
        self._waiting += 1
        try:
            return self._changed.wait(deadline.remaining())
        finally:
            self._waiting -= 1

    # --- reading ---------------------------------------------------------------------------------------------------

    @property
    def is_mine(self) -> bool:
        """Whether this thread is inside a handler: it reads, or is that of the loop, or helps."""
        return _ME() in (self._reader, self._loop) or self._is_helping

    @property
    def _is_helping(self) -> bool:
        return self.is_helper is not None and self.is_helper()

    @property
    def is_reader(self) -> bool:
        """Whether this thread reads."""
        return self._reader == _ME()

    @property
    def is_taken(self) -> bool:
        """Whether anybody reads, or a loop does."""
        return self._looping or self._reader is not None

    def refuse_handlers(self) -> None:
        """Handlers may not read.

        Raises:
            ConcurrencyError: this thread reads already, or helps.
        """
        if self._reader == _ME() or self._is_helping:
            raise ConcurrencyError(_BUSY)

    def take(self, deadline: Deadline) -> bool:
        """Begins to read; false when somebody stood in until the time was over.

        Raises:
            ConcurrencyError: somebody else reads.
        """
        me = _ME()
        with self._lock:
            while True:
                if self._looping and self._loop != me:
                    raise ConcurrencyError(_BUSY)
                if self._reader is None:
                    self._reader = me
                    return True
                if not self._stands_in:
                    raise ConcurrencyError(_BUSY)
                if not self._wait(deadline):
                    return False

    def stand_in(self) -> bool:
        """Begins to read if nobody does."""
        with self._changed:
            if self.is_taken:
                return False
            self._reader, self._stands_in = _ME(), True
            return True

    def end(self) -> None:
        """Has read; does nothing if it was another thread's turn."""
        with self._lock:
            if self._reader == _ME():
                self._reader, self._stands_in = None, False
                if self._waiting:
                    self._changed.notify_all()

    def wait_while_taken(self, enough: Callable[[], object], deadline: Deadline) -> None:
        """Waits until nobody reads, or there is enough; :meth:`tell` makes it look."""
        with self._changed:
            while not enough() and self.is_taken and self._wait(deadline):
                pass

    def tell(self) -> None:
        """Says that something may be enough now."""
        with self._changed:
            self._changed.notify_all()

    # --- loops -----------------------------------------------------------------------------------------------------

    def begin_loop(self, thread: int | None = None) -> None:
        """Keeps others from reading until :meth:`end_loop`; :meth:`join_loop` says whose loop it is if need be.

        Raises:
            ConcurrencyError: somebody reads, or another loop does.
        """
        with self._changed:
            if self._looping:
                raise ConcurrencyError("the client runs already")
            if self._is_helping or (self._reader is not None and (self.is_mine or not self._stands_in)):
                raise ConcurrencyError(_BUSY)
            self._looping, self._loop = True, thread
            self.loops += 1

    def join_loop(self) -> None:
        """The loop is this thread's."""
        self._loop = _ME()

    def end_loop(self) -> None:
        """Lets others read again."""
        with self._changed:
            self._looping, self._loop = False, None
            self._changed.notify_all()

    @contextlib.contextmanager
    def loop(self) -> Iterator[None]:
        """A loop of this thread's; errors as :meth:`begin_loop`."""
        if self.is_mine:
            raise ConcurrencyError(_BUSY)
        try:  # an interrupt may come as soon as it has begun
            self.begin_loop(_ME())
            yield
        finally:
            if self._loop == _ME():
                self.end_loop()

    @property
    def is_looping(self) -> bool:
        """Whether a loop runs."""
        return self._looping

    def wait_for_loops(self, number: int, deadline: Deadline) -> bool:
        """Waits until the first so many loops have ended; true at once inside a handler: that may hold the loop up."""

        def have_ended() -> bool:
            return not self._looping or self.loops > number

        with self._changed:
            return self.is_mine or self._changed.wait_for(have_ended, deadline.remaining())
