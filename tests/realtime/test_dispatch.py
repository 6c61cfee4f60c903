from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import ConnectionLost, NotConnectedError, RealtimeConfigError, RealtimeTimeout
from instagrapi.realtime.dispatch import Dispatcher, Handlers, Registration, register
from instagrapi.realtime.events import Event, Message, MessageDelete, MessageEvent, Seen
from instagrapi.realtime.network.ending import CutOff


class Failure(Exception):
    pass


def fail(payload: object) -> None:
    raise Failure("on purpose")


def noting(order: list[Any], who: object) -> Callable[[object], None]:
    """A handler that notes who it is and what it got."""
    return lambda payload: order.append((who, payload))


# --- registering -----------------------------------------------------------------------------------------------------


def test_handlers_run_in_the_order_of_their_registration() -> None:
    dispatcher = Dispatcher()
    order: list[Any] = []
    for number in range(5):
        dispatcher.on("message", noting(order, number))
    dispatcher.emit("message", "m")
    assert order == [(number, "m") for number in range(5)]


def test_only_handlers_of_that_name_run() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on("message", got.append)
    dispatcher.emit("Message", 1)
    dispatcher.emit("messages", 2)
    dispatcher.emit("nothing", 3)
    assert got == []


def test_a_handler_registered_twice_runs_twice() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on("message", got.append)
    dispatcher.on("message", got.append)
    dispatcher.emit("message", 1)
    assert got == [1, 1]


def test_a_decorator_leaves_the_function_as_it_is() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []

    @dispatcher.on("message")
    @dispatcher.on(Seen)
    def handler(payload: Any) -> str:
        got.append(payload)
        return "value"

    assert handler("called") == "value"
    dispatcher.emit("message", 1)
    dispatcher.emit_typed(Seen())
    assert got == ["called", 1, Seen()]


def test_a_registration_can_be_cancelled() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    first, second = dispatcher.on("message", got.append), dispatcher.on("message", got.append)
    first.cancel()
    first.cancel()
    dispatcher.emit("message", 1)
    assert got == [1]
    assert (first.active, second.active) == (False, True)
    assert repr(second) == "<Registration 'message'>"
    assert repr(first) == "<Registration 'message', cancelled>"


def test_a_registration_can_end_with_a_block() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    with dispatcher.on("message", got.append) as registration:
        dispatcher.emit("message", 1)
        assert registration.active
    dispatcher.emit("message", 2)
    assert got == [1]


def test_handlers_are_removed_by_name_or_one_by_one() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    other: list[Any] = []
    handlers = dispatcher.handlers
    for handler in (got.append, other.append, got.append):
        dispatcher.on("message", handler)
    assert handlers.remove("message", print) == 0
    assert handlers.remove("nothing") == 0
    assert handlers.remove("message", got.append) == 2
    dispatcher.emit("message", 1)
    assert (got, other) == ([], [1])
    assert handlers.remove("message") == 1
    assert handlers.remove("message") == 0
    dispatcher.emit("message", 2)
    assert other == [1]


def test_a_removed_handler_can_come_back_at_the_end() -> None:
    dispatcher = Dispatcher()
    order: list[Any] = []

    def first(payload: object) -> None:
        order.append("first")

    dispatcher.on("message", first)
    dispatcher.on("message", lambda payload: order.append("second"))
    dispatcher.handlers.remove("message", first)
    dispatcher.on("message", first)
    dispatcher.emit("message", 1)
    assert order == ["second", "first"]


def test_cancelled_registrations_do_not_pile_up() -> None:
    handlers = Handlers()
    for _ in range(100):
        handlers.add(Registration("message", print)).cancel()
    registered = handlers.get("message")
    assert registered is not None
    assert len(registered) == 1


def test_a_registry_knows_whether_typed_events_are_wanted() -> None:
    handlers = Handlers()
    register("message", print, {}, handlers)
    assert not handlers.has_typed
    register(Message, print, {}, handlers)
    assert handlers.has_typed


@pytest.mark.parametrize("event", [5, None, dict, Message(), ["message"]])
def test_only_names_and_classes_of_events_can_be_registered_for(event: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="name or a class"):
        Dispatcher().on(event, print)


def test_what_to_do_about_a_failing_handler_is_one_of_two() -> None:
    with pytest.raises(RealtimeConfigError, match="continue, raise"):
        Dispatcher("riase")  # type: ignore[arg-type]


@pytest.mark.parametrize("handler", [5, "print", [print]])
def test_only_functions_can_be_handlers(handler: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="function of one argument"):
        Dispatcher().on("message", handler)
    with pytest.raises(RealtimeConfigError, match="function of one argument"):
        Dispatcher().on(Message)(handler)


# --- several registries ----------------------------------------------------------------------------------------------


def test_one_handler_may_stand_in_two_registries() -> None:
    one = Dispatcher()
    two = Dispatcher()
    got: list[Any] = []
    registration = register("message", got.append, {}, one.handlers, two.handlers)
    one.emit("message", 1)
    two.emit("message", 2)
    registration.cancel()
    one.emit("message", 3)
    two.emit("message", 4)
    assert got == [1, 2]


def test_a_decorator_may_stand_in_two_registries() -> None:
    one = Dispatcher()
    two = Dispatcher()
    got: list[Any] = []
    register("message", None, {}, one.handlers, two.handlers)(got.append)
    one.emit("message", 1)
    two.emit("message", 2)
    assert got == [1, 2]


def test_what_is_registered_can_be_copied_and_is_then_shared() -> None:
    old = Dispatcher()
    new = Dispatcher()
    got: list[Any] = []
    kept, cancelled = old.on("message", got.append), old.on("message", fail)
    old.on(Message, got.append)
    cancelled.cancel()
    old.handlers.copy_to(new.handlers)
    new.emit("message", 1)
    new.emit_typed(Message())
    assert got == [1, Message()]
    kept.cancel()
    new.emit("message", 2)
    old.emit("message", 2)
    assert got == [1, Message()]
    assert new.handlers.has_typed


# --- changes while handlers run --------------------------------------------------------------------------------------


def test_a_handler_may_unregister_itself() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []

    def once(payload: object) -> None:
        got.append(payload)
        dispatcher.handlers.remove("message", once)

    dispatcher.on("message", once)
    dispatcher.on("message", got.append)
    dispatcher.emit("message", 1)
    dispatcher.emit("message", 2)
    assert got == [1, 1, 2]


def test_a_handler_may_unregister_a_later_one() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    registrations: list[Registration] = []
    dispatcher.on("message", lambda payload: registrations[0].cancel())
    registrations.append(dispatcher.on("message", got.append))
    dispatcher.emit("message", 1)
    assert got == []


@pytest.mark.parametrize(("event", "later"), [("message", "message"), (Message, Message), (Message, Event)])
def test_a_handler_registered_by_a_handler_starts_with_the_next_event(event: Any, later: Any) -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    growing = dispatcher.on(event, lambda payload: dispatcher.on(later, got.append))

    def happen() -> None:
        if event == "message":
            dispatcher.emit("message", "m")
        else:
            dispatcher.emit_typed(Message())

    happen()
    assert got == []
    growing.cancel()
    happen()
    assert len(got) == 1


def test_a_handler_may_emit() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on("outer", lambda payload: dispatcher.emit("inner", payload))
    dispatcher.on("inner", got.append)
    dispatcher.emit("outer", 1)
    assert got == [1]


def test_threads_may_register_while_another_emits() -> None:
    dispatcher = Dispatcher()
    calls: list[Any] = []
    together = threading.Barrier(4)

    def add() -> None:
        together.wait(10)
        for _ in range(200):
            dispatcher.on("message", calls.append)

    threads = [threading.Thread(target=add) for _ in range(3)]
    for thread in threads:
        thread.start()
    together.wait(10)
    for _ in range(50):
        dispatcher.emit("other", 1)
    for thread in threads:
        thread.join(10)
    dispatcher.emit("message", 1)
    assert len(calls) == 600


# --- typed events ----------------------------------------------------------------------------------------------------


def test_a_base_class_receives_its_subclasses_the_most_specific_first() -> None:
    dispatcher = Dispatcher()
    order: list[Any] = []
    for cls in (Event, MessageEvent, Message, MessageDelete):
        dispatcher.on(cls, noting(order, cls))
    event = Message(text="hi")
    dispatcher.emit_typed(event)
    assert order == [(Message, event), (MessageEvent, event), (Event, event)]


def test_names_and_classes_do_not_mix() -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    dispatcher.on("message", got.append)
    dispatcher.emit_typed(Message())
    dispatcher.on(Message, got.append)
    dispatcher.handlers.remove("message")
    dispatcher.emit("message", 1)
    assert got == []


# --- handlers that fail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["message", Message])
def test_a_failing_handler_is_logged_and_reported_and_the_others_run(
    event: Any, caplog: pytest.LogCaptureFixture
) -> None:
    dispatcher = Dispatcher()
    got: list[Any] = []
    errors: list[Any] = []
    dispatcher.on(event, fail)
    dispatcher.on(event, got.append)
    dispatcher.on("error", errors.append)
    with caplog.at_level(logging.ERROR, "instagrapi.realtime"):
        if event == "message":
            dispatcher.emit("message", "secret text")
        else:
            dispatcher.emit_typed(Message(text="secret text"))
    assert len(got) == 1
    (report,) = errors
    assert report["event"] == "message"
    assert isinstance(report["error"], Failure)
    (record,) = caplog.records
    assert (record.name, record.getMessage()) == ("instagrapi.realtime", "a handler of 'message' failed")
    assert record.exc_info is not None
    assert record.exc_info[1] is report["error"]
    assert "secret text" not in caplog.text


def test_a_failing_error_handler_is_only_logged(caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = Dispatcher()
    errors: list[Any] = []
    dispatcher.on("message", fail)
    dispatcher.on("error", fail)
    dispatcher.on("error", errors.append)
    dispatcher.emit("message", 1)
    assert [report["event"] for report in errors] == ["message"]
    assert [record.getMessage() for record in caplog.records] == [
        "a handler of 'message' failed",
        "a handler of 'error' failed",
    ]


@pytest.mark.parametrize("on_error", ["continue", "raise"])
def test_what_is_no_exception_is_not_held_up(on_error: Any) -> None:
    dispatcher = Dispatcher(on_error)

    def interrupt(payload: object) -> None:
        raise KeyboardInterrupt

    dispatcher.on("message", interrupt)
    with pytest.raises(KeyboardInterrupt):
        dispatcher.emit("message", 1)


def test_on_request_the_first_failure_is_raised_after_the_other_handlers_ran(caplog: pytest.LogCaptureFixture) -> None:
    dispatcher = Dispatcher(on_error="raise")
    got: list[Any] = []
    errors: list[Any] = []
    dispatcher.on("message", fail)
    dispatcher.on("message", lambda payload: 1 / 0)
    dispatcher.on("message", got.append)
    dispatcher.on("error", errors.append)
    dispatcher.emit("message", 1)
    assert (got, errors, caplog.records) == ([1], [], [])
    with pytest.raises(Failure):
        dispatcher.raise_failure()
    dispatcher.raise_failure()


def test_on_request_a_failure_is_raised_after_the_handlers_of_the_base_classes_ran() -> None:
    dispatcher = Dispatcher(on_error="raise")
    got: list[Any] = []
    dispatcher.on(Message, fail)
    dispatcher.on(MessageEvent, got.append)
    dispatcher.on(Event, got.append)
    dispatcher.emit_typed(Message())
    assert got == [Message(), Message()]
    with pytest.raises(Failure):
        dispatcher.raise_failure()


@pytest.mark.parametrize(
    ("name", "meant"), [("mesage", "message"), ("direct_v2_mesage", "direct_v2_message"), ("reactions", "reaction")]
)
def test_a_name_that_looks_misspelled_is_told(caplog: pytest.LogCaptureFixture, name: str, meant: str) -> None:
    Dispatcher().on(name, print)
    (warning,) = caplog.messages
    assert warning == (f"no event of the name {name!r} is known; is {meant!r} meant?")


@pytest.mark.parametrize("name", ["message", "receive", "direct", "direct_v2_message", "key_of_tomorrow", "x"])
def test_any_other_name_is_taken_in_silence(caplog: pytest.LogCaptureFixture, name: str) -> None:
    Dispatcher().on(name, print)
    assert caplog.records == []


@pytest.mark.parametrize("error", [NotConnectedError, ConnectionLost])
@pytest.mark.parametrize("on_error", ["continue", "raise"])
def test_a_handler_under_which_this_side_closed_the_connection_is_cut_off(
    error: type[Exception], on_error: Any
) -> None:
    closes = 3
    dispatcher = Dispatcher(on_error, closes=lambda: closes)
    told: list[Any] = []
    dispatcher.on("error", told.append)

    @dispatcher.on("direct")
    def handler(payload: Any) -> None:
        raise error("gone")

    dispatcher.on("direct", told.append)
    dispatcher.came_in(3)
    closes = 4
    with pytest.raises(CutOff):
        dispatcher.emit("direct", {})
    assert told == [], "who comes after it would have no connection either"
    assert not dispatcher.has_failure


@pytest.mark.parametrize(
    ("error", "era"),
    [(NotConnectedError, 4), (RealtimeTimeout, 3), (KeyError, 3), (NotConnectedError, None)],
    ids=["nothing was closed meanwhile", "it waited too long", "an error of its own", "what never comes again"],
)
def test_other_handlers_have_only_failed(error: type[Exception], era: int | None) -> None:
    dispatcher = Dispatcher(closes=lambda: 4)
    told: list[Any] = []
    dispatcher.on("error", told.append)

    @dispatcher.on("direct")
    def handler(payload: Any) -> None:
        raise error("mine")

    dispatcher.came_in(era)
    dispatcher.emit("direct", {})
    assert [type(one["error"]) for one in told] == [error]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="fork() of POSIX")
def test_a_forked_child_can_register_whatever_the_parent_s_threads_were_doing() -> None:
    script = """
import os, sys
from instagrapi.realtime.dispatch import Handlers, Registration

handlers = Handlers()
with handlers._lock:  # as if another thread was about to register
    child = os.fork()
    if not child:
        handlers.add(Registration("direct", print))
        os._exit(0)
sys.exit(os.waitpid(child, 0)[1])
"""
    subprocess.run([sys.executable, "-c", script], check=True, timeout=20)
