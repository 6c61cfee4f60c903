"""Handlers: who wants to know what, and what happens when one of them fails."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, Literal, TypeAlias, TypeVar, overload

from instagrapi.realtime.events import DICTIONARY_KINDS, Event

logger = logging.getLogger("instagrapi.realtime")

Handler: TypeAlias = Callable[[Any], object]
EventName: TypeAlias = str | type[Event]
OnHandlerError: TypeAlias = Literal["continue", "raise"]
F = TypeVar("F", bound=Callable[[Any], object])


class Registration:
    """One handler for one event. Also a context manager that cancels at its end."""

    def __init__(self, event: EventName, handler: Handler) -> None:
        self.event = event
        self.handler = handler
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


def _needs_typed(event: EventName) -> bool:
    return not isinstance(event, str) or event in DICTIONARY_KINDS


class Handlers:
    """A registry of handlers by event name or event class. Thread-safe; handlers run outside of its lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._registrations: dict[EventName, tuple[Registration, ...]] = {}
        #: Whether typed events are worth building: somebody once wanted a class, or a name that is made from them.
        self.has_typed = False

    def add(self, registration: Registration) -> Registration:
        """Adds a registration, which may be in several registries."""
        with self._lock:
            present = tuple(entry for entry in self._registrations.get(registration.event, ()) if entry.active)
            self._registrations[registration.event] = (*present, registration)
            self.has_typed = self.has_typed or _needs_typed(registration.event)
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


class Dispatcher:
    """Runs handlers.

    A handler that raises is logged with its traceback and reported as the event ``error``; the other handlers and the
    stream are not touched. With ``on_error="raise"`` the first exception is kept instead, until :meth:`raise_failure`.
    """

    def __init__(self, on_error: OnHandlerError = "continue") -> None:
        self.handlers = Handlers()
        self.on_error = on_error
        self._failure: Exception | None = None

    @overload
    def on(self, event: EventName) -> Callable[[F], F]: ...
    @overload
    def on(self, event: EventName, handler: Handler) -> Registration: ...
    def on(self, event: EventName, handler: Handler | None = None) -> Any:
        """Registers a handler; without one it is a decorator."""
        return register(event, handler, self.handlers)

    def emit(self, event: str, payload: Any) -> None:
        """Runs the handlers of a name, in the order of their registration."""
        if registrations := self.handlers.get(event):
            self._run(event, registrations, payload)

    def emit_typed(self, event: Event) -> None:
        """Runs the handlers of the event's class and of its base classes, the most specific first.

        Kinds that only exist as typed events reach handlers by name too, as a dictionary, before that.
        """
        if event.kind in DICTIONARY_KINDS and (named := self.handlers.get(event.kind)):
            self._run(event.kind, named, event.as_dictionary())
        registrations: tuple[Registration, ...] = ()
        for cls in type(event).__mro__:
            if issubclass(cls, Event):
                registrations += self.handlers.get(cls) or ()
            if cls is Event:
                break
        self._run(event.kind, registrations, event)

    def raise_failure(self) -> None:
        """Raises the exception that was kept, once."""
        failure, self._failure = self._failure, None
        if failure is not None:
            raise failure

    def forget_failure(self) -> None:
        """Logs the exception that was kept instead of raising it."""
        failure, self._failure = self._failure, None
        if failure is not None:
            logger.error("a handler failed", exc_info=failure)

    def _run(self, event: str, registrations: tuple[Registration, ...], payload: Any) -> None:
        for registration in registrations:
            if not registration.active:
                continue
            try:
                registration.handler(payload)
            except Exception as error:
                self._report(event, error)

    def _report(self, event: str, error: Exception) -> None:
        if self.on_error == "raise":
            self._failure = self._failure or error
            return
        logger.exception("a handler of %r failed", event)
        if event != "error":
            self.emit("error", {"event": event, "error": error})


def register(event: EventName, handler: Handler | None, *registries: Handlers) -> Any:
    """Registers a handler in one or more registries, or returns the decorator that does."""
    if handler is None:

        def decorate(function: F) -> F:
            register(event, function, *registries)
            return function

        return decorate
    registration = Registration(event, handler)
    for registry in registries:
        registry.add(registration)
    return registration
