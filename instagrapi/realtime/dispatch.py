"""Handlers: who wants to know what, and what happens when one of them fails."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias, TypeVar, Unpack, get_args, overload

from instagrapi.exceptions import NotConnectedError, RealtimeConfigError, TransportError
from instagrapi.realtime.events import DICTIONARY_KINDS, KINDS, Event
from instagrapi.realtime.filters import Filter, Filters
from instagrapi.realtime.logs import Log, logger
from instagrapi.realtime.network.ending import CutOff
from instagrapi.realtime.wire.push_categories import KNOWN_COLLAPSE_KEYS

Handler: TypeAlias = Callable[[Any], object]
EventName: TypeAlias = str | type[Event]
OnHandlerError: TypeAlias = Literal["continue", "raise"]
#: Gives the typed event that a dictionary is about, built when it is first asked for.
About: TypeAlias = Callable[[], Event]
E = TypeVar("E", bound=Event)
R = TypeVar("R")
F = TypeVar("F", bound=Callable[[Any], object])
TypedDecorator: TypeAlias = Callable[[Callable[[E], R]], Callable[[E], R]]

#: Names whose dictionaries are about no single typed event, so that there is nothing to filter by.
_NOT_FILTERED = frozenset(
    ["receive", "iris", "realtime_sub", "send_response", "iris_sub_response", "undecoded", "error"]
    + ["connected", "disconnected", "state_changed", "caught_up", "resync"]
    + ["auth", "reg_response", "registered", "logging", "pp"]
)
#: Names under which patches of several kinds come.
_MIXED_NAMES = frozenset({"message", "thread_update"})


#: All names that something is known to come by; a push also comes by its collapse key, whatever that is.
_KNOWN_NAMES = frozenset({*KINDS, *_NOT_FILTERED, *_MIXED_NAMES, *KNOWN_COLLAPSE_KEYS, "direct"})


class Once:
    """A typed event that is built when it is first asked for."""

    __slots__ = ("_build", "_event")

    def __init__(self, build: About) -> None:
        self._build = build
        self._event: Event | None = None

    def __call__(self) -> Event:
        """The event."""
        if self._event is None:
            self._event = self._build()
        return self._event


class Registration:
    """One handler for one event. Also a context manager that cancels at its end."""

    def __init__(self, event: EventName, handler: Handler, wanted: Filter | None = None) -> None:
        self.event = event
        self.handler = handler
        self.wanted = wanted
        self.active = True

    def cancel(self) -> None:
        """The handler is not called again, wherever it is registered."""
        self.active = False

    def __enter__(self) -> Registration:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.cancel()

    def __repr__(self) -> str:
        state = "" if self.active else ", cancelled"
        return f"<Registration {self.event!r}{state}>"


class Handlers:
    """A registry of handlers by event name or event class. Thread-safe; handlers run outside of its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._registrations: dict[EventName, tuple[Registration, ...]] = {}
        #: Whether typed events are worth building: somebody once wanted a class, or a name that is made from them.
        self.has_typed = False
        _REGISTRIES.add(self)

    def add(self, registration: Registration) -> Registration:
        """Adds a registration, which may be in several registries."""
        event = registration.event
        with self._lock:
            present = tuple(entry for entry in self._registrations.get(event, ()) if entry.active)
            self._registrations[event] = (*present, registration)
            self.has_typed = self.has_typed or not isinstance(event, str) or event in DICTIONARY_KINDS
        return registration

    def remove(self, event: EventName, handler: Handler | None = None) -> int:
        """Cancels the handlers of an event, or one of them; returns how many."""
        cancelled = 0
        for entry in self._registrations.get(event, ()):
            if entry.active and (handler is None or entry.handler == handler):
                entry.cancel()
                cancelled += 1
        return cancelled

    def copy_to(self, other: Handlers) -> None:
        """Registers everything in another registry too; cancelling works in both."""
        for entries in list(self._registrations.values()):
            for entry in entries:
                if entry.active:
                    other.add(entry)

    def get(self, event: EventName) -> tuple[Registration, ...] | None:
        """The registrations of an event in order, some perhaps cancelled; ``None`` or empty without any."""
        return self._registrations.get(event)

    def leave_lock_to_parent(self) -> None:
        """This is the child of a fork: a thread of the parent's may hold the lock."""
        self._lock = threading.Lock()


_REGISTRIES: weakref.WeakSet[Handlers] = weakref.WeakSet()


def _leave_locks_to_parent() -> None:
    for registry in list(_REGISTRIES):
        registry.leave_lock_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_locks_to_parent)


class Listening:
    """What handlers can be registered with."""

    #: The registered handlers.
    handlers: Handlers

    @overload
    def on(self, event: type[E], handler: None = None, **filters: Unpack[Filters]) -> TypedDecorator[E, R]: ...
    @overload
    def on(self, event: str, handler: None = None, **filters: Unpack[Filters]) -> Callable[[F], F]: ...
    @overload
    def on(self, event: type[E], handler: Callable[[E], object], **filters: Unpack[Filters]) -> Registration: ...
    @overload
    def on(self, event: str, handler: Handler, **filters: Unpack[Filters]) -> Registration: ...
    def on(self, event: EventName, handler: Handler | None = None, **filters: Unpack[Filters]) -> Any:
        """Registers a handler for an event name (it gets a dictionary) or an event class (it gets the typed event).

        A base class receives all its subclasses. Without a handler this is a decorator. Handlers of one event run in
        the order of their registration; the result's ``cancel()`` ends one. Filters narrow what the handler gets, see
        :class:`~instagrapi.realtime.filters.Filters`.

        Raises:
            RealtimeConfigError: it is no event, no handler, or a filter that the event could never pass.
        """
        return register(event, handler, filters, self.handlers)

    def off(self, event: EventName, handler: Handler | None = None) -> int:
        """Removes the handlers of an event, or one of them; returns how many."""
        return self.handlers.remove(event, handler)


class Dispatcher(Listening):
    """Runs handlers.

    A handler that raises is logged with its traceback and reported as the event ``error``; the other handlers and the
    stream are not touched. With ``on_error="raise"`` the first exception is kept instead, until :meth:`raise_failure`.

    A handler that fails because this side has closed the connection under it is cut off: :class:`CutOff` leaves the
    dispatcher, and what the handler got does not count as handled.

    Args:
        on_error: see above.
        log: where failures are told.
        closes: how often this side has closed the connection.
    """

    def __init__(
        self, on_error: OnHandlerError = "continue", log: Log = logger, closes: Callable[[], int] = lambda: 0
    ) -> None:
        if on_error not in get_args(OnHandlerError):
            raise RealtimeConfigError(f"on_handler_error is one of {', '.join(get_args(OnHandlerError))}")
        self.handlers = Handlers()
        self.on_error = on_error
        self._log = log
        self._failure: Exception | None = None
        self._closes = closes
        self._came = threading.local()

    def came_in(self, era: int | None) -> int | None:
        """Says for this thread when what handlers get from now on came: after so many closes; gives what held before.

        ``None`` is for what comes from this side and never again: its handlers are not cut off, they fail.
        """
        before: int | None = getattr(self._came, "era", None)
        self._came.era = era
        return before

    def closes_itself(self) -> None:
        """This thread closes the connection: if a handler does, that does not cut it off."""
        if getattr(self._came, "era", None) is not None:
            self._came.era = self._closes()

    def emit(self, event: str, payload: Any, about: About | None = None) -> None:
        """Runs the handlers of a name, in the order of their registration.

        Args:
            event: the name.
            payload: what the handlers get.
            about: gives the typed event that filters look at; without it filtered handlers do not run.
        """
        if registrations := self.handlers.get(event):
            self.run(event, registrations, payload, about)

    def emit_typed(self, event: Event) -> None:
        """Runs the handlers of the event's class and of its base classes, the most specific first.

        Kinds that only exist as typed events reach handlers by name too, as a dictionary, before that.
        """
        if event.kind in DICTIONARY_KINDS and (named := self.handlers.get(event.kind)):
            self.run(event.kind, named, event.as_dictionary(), lambda: event)
        registrations: tuple[Registration, ...] = ()
        for cls in type(event).__mro__:
            if issubclass(cls, Event):
                registrations += self.handlers.get(cls) or ()
            if cls is Event:
                break
        self.run(event.kind, registrations, event, lambda: event)

    @property
    def has_failure(self) -> bool:
        """Whether an exception was kept."""
        return self._failure is not None

    def raise_failure(self) -> None:
        """Raises the exception that was kept, once."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def forget_failure(self) -> None:
        """Logs the exception that was kept instead of raising it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            self._log.error("a handler failed", exc_info=failure)

    def run(self, event: str, registrations: tuple[Registration, ...], payload: Any, about: About | None) -> None:
        """Runs registrations of a name that were looked up before, see :meth:`emit`."""
        for registration in registrations:
            if not registration.active:
                continue
            try:
                wanted = registration.wanted
                if wanted is None or (about is not None and wanted.accepts(about())):
                    registration.handler(payload)
            except Exception as error:
                self._report(event, error)

    def _report(self, event: str, error: Exception) -> None:
        if isinstance(error, NotConnectedError | TransportError) and self._is_cut_off:
            self._log.warning("the connection was closed under a handler of %r: what it got comes again", event)
            raise CutOff from error
        if self.on_error == "raise":
            self._failure = self._failure or error
            return
        self._log.exception("a handler of %r failed", event)
        if event != "error":
            self.emit("error", {"event": event, "error": error})

    @property
    def _is_cut_off(self) -> bool:
        return getattr(self._came, "era", None) not in (None, self._closes())


def register(
    event: EventName, handler: Handler | None, filters: Filters, *registries: Handlers
) -> Callable[[F], F] | Registration:
    """Registers a handler in one or more registries; without a handler it gives the decorator that does.

    Raises:
        RealtimeConfigError: it is no event, no handler, or a filter that the event could never pass.
    """
    wanted = Filter.of(filters)
    _check(event, wanted)
    if isinstance(event, str):
        _warn_if_misspelled(event)
    if handler is not None:
        return _add(event, handler, wanted, registries)

    def decorate(function: F) -> F:
        _add(event, function, wanted, registries)
        return function

    return decorate


def _add(event: EventName, handler: Handler, wanted: Filter | None, registries: tuple[Handlers, ...]) -> Registration:
    if not callable(handler):
        raise RealtimeConfigError(f"a handler is a function of one argument, not {handler!r}")
    registration = Registration(event, handler, wanted)
    for registry in registries:
        registry.add(registration)
    return registration


def _warn_if_misspelled(event: str) -> None:
    """It may still be right: any text is a name, such as the collapse key of a push that nobody knows yet."""
    near = [] if event in _KNOWN_NAMES else get_close_matches(event, _KNOWN_NAMES, 1, 0.8)
    if near:
        logger.warning("no event of the name %r is known; is %r meant?", event, near[0])


def _check(event: object, wanted: Filter | None) -> None:
    if isinstance(event, type) and issubclass(event, Event):
        cls: type[Event] | None = event
    elif isinstance(event, str):
        if wanted is not None and event in _NOT_FILTERED:
            raise RealtimeConfigError(f"there is nothing to filter {event!r} by")
        # Under the names of instagrapi 3.x come events of several classes.
        cls = None if event in _MIXED_NAMES else KINDS.get(event)
    else:
        raise RealtimeConfigError(f"an event is a name or a class of instagrapi.realtime.events, not {event!r}")
    if wanted is not None and cls is not None:
        wanted.check_class(cls)
