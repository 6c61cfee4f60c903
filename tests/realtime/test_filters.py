from __future__ import annotations

import re
from typing import Any

import pytest

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime import events
from instagrapi.realtime.dispatch import Dispatcher
from instagrapi.realtime.filters import Filter

MESSAGE = events.Message(thread_id="340", item_id="31", user_id="5", text="!ping me", account_id="7")


@pytest.mark.parametrize(
    ("filters", "accepted"),
    [
        ({"thread_id": "340"}, True),
        ({"thread_id": 340}, True),
        ({"thread_id": ["1", 340]}, True),
        ({"thread_id": "34"}, False),
        ({"from_user": 5}, True),
        ({"from_user": {"5", "6"}}, True),
        ({"from_user": "7"}, False),
        ({"incoming": True}, True),
        ({"incoming": False}, False),
        ({"text": r"^!ping\b"}, True),
        ({"text": re.compile("PING", re.I)}, True),
        ({"text": "pong"}, False),
        ({"thread_id": 340, "from_user": 5, "incoming": True, "text": "ping"}, True),
        ({"thread_id": 340, "from_user": 5, "incoming": True, "text": "pong"}, False),
    ],
)
def test_all_filters_must_hold(filters: Any, accepted: bool) -> None:
    wanted = Filter.of(filters)
    assert wanted is not None
    assert wanted.accepts(MESSAGE) is accepted


def test_no_filter_is_none() -> None:
    assert Filter.of({}) is None


@pytest.mark.parametrize(
    ("event", "incoming"),
    [
        (events.Message(user_id="7", account_id="7"), False),
        (events.Message(user_id="8", account_id="7"), True),
        (events.Typing(sender_id="8", account_id="7"), True),
        (events.Reaction(user_id="7", account_id="7"), False),
        (events.Presence(user_id="8", account_id="7"), True),
        (events.Push(source_id="8", account_id="7"), True),
    ],
)
def test_incoming_is_what_others_did(event: events.Event, incoming: bool) -> None:
    assert Filter(incoming=incoming).accepts(event)
    assert not Filter(incoming=not incoming).accepts(event)


@pytest.mark.parametrize(
    "event", [events.MessageDelete(account_id="7"), events.Message(user_id="8"), events.UnseenCount(account_id="7")]
)
def test_an_event_without_a_known_doer_is_neither_incoming_nor_outgoing(event: events.Event) -> None:
    assert not Filter(incoming=True).accepts(event)
    assert not Filter(incoming=False).accepts(event)


def test_a_text_filter_does_not_match_what_has_no_text() -> None:
    assert not Filter(text=re.compile("x")).accepts(events.Message(item_type="media"))
    assert not Filter(text=re.compile("")).accepts(events.Message(item_type="media"))


def test_words_in_the_content_of_a_message_count_too() -> None:
    link = {"item_type": "link", "link": {"text": "see example.com", "link_context": {"link_url": "example.com"}}}
    assert Filter(text=re.compile("^see")).accepts(events.Message(item_type="link", item=link))
    assert not Filter(text=re.compile("url")).accepts(events.Message(item_type="link", item=link))


def test_the_text_of_a_push_is_its_sentence() -> None:
    assert Filter(text=re.compile("wrote")).accepts(events.Push(message="ann wrote: hi"))


@pytest.mark.parametrize(
    ("filters", "complaint"),
    [
        ({"thread": "1"}, "no filter thread"),
        ({"text": "("}, "regular expression"),
        ({"text": 5}, "regular expression"),
        ({"text": re.compile(b"x")}, "regular expression"),
        ({"from_user": 1.5}, "from_user must be an id"),
        ({"from_user": "alice"}, "no user names"),
        ({"from_user": [None]}, "from_user must be an id"),
        ({"from_user": []}, "at least one"),
        ({"thread_id": True}, "thread_id must be an id"),
        ({"thread_id": b"12"}, "thread_id must be an id"),
        ({"thread_id": " 12"}, "thread_id must be an id"),
        ({"incoming": "yes"}, "incoming"),
        ({"incoming": 1}, "incoming"),
    ],
)
def test_a_senseless_filter_is_refused(filters: Any, complaint: str) -> None:
    with pytest.raises(RealtimeConfigError, match=complaint):
        Filter.of(filters)


@pytest.mark.parametrize(
    ("event", "filters"),
    [
        (events.RegionHint, {"thread_id": "1"}),
        (events.Typing, {"text": "x"}),
        (events.UnseenCount, {"from_user": 1}),
        (events.Connected, {"incoming": True}),
        ("receive", {"thread_id": "1"}),
        ("error", {"text": "x"}),
        ("region_hint", {"thread_id": 1}),
        ("typing", {"text": "x"}),
        (events.SendResponse, {"text": "x"}),
    ],
)
def test_a_filter_that_nothing_could_pass_is_refused_when_registering(event: Any, filters: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="filter"):
        Dispatcher().on(event, print, **filters)


@pytest.mark.parametrize(
    ("event", "filters"),
    [
        (events.Event, {"text": "x", "thread_id": 1, "from_user": 1, "incoming": True}),
        (events.ThreadEvent, {"thread_id": 1}),
        (events.Push, {"thread_id": 1, "from_user": 1, "text": "x"}),
        ("message", {"text": "x"}),
        ("a_collapse_key_of_tomorrow", {"from_user": 1}),
    ],
)
def test_a_base_class_or_a_name_can_be_filtered(event: Any, filters: Any) -> None:
    assert Dispatcher().on(event, print, **filters).active


def test_a_filtered_handler_gets_the_events_that_pass() -> None:
    dispatcher, got = Dispatcher(), []

    @dispatcher.on(events.Message, thread_id=340)
    def handler(event: events.Message) -> None:
        got.append(event)

    dispatcher.emit_typed(MESSAGE)
    dispatcher.emit_typed(events.Message(thread_id="341"))
    assert got == [MESSAGE]


def test_a_handler_by_name_is_filtered_by_the_event_that_the_dictionary_is_about() -> None:
    dispatcher, got, built = Dispatcher(), [], []

    def about() -> events.Event:
        built.append(1)
        return MESSAGE

    dispatcher.on("message", got.append, text="ping")
    dispatcher.on("message", got.append, text="pong")
    dispatcher.emit("message", {"n": 1}, about)
    assert got == [{"n": 1}]
    dispatcher.emit("message", {"n": 2})
    assert got == [{"n": 1}], "nothing is known about the second"


def test_kinds_with_dictionaries_made_from_them_are_filtered_too() -> None:
    dispatcher, got = Dispatcher(), []
    dispatcher.on("reaction", got.append, from_user=5)
    dispatcher.emit_typed(events.Reaction(user_id="5"))
    dispatcher.emit_typed(events.Reaction(user_id="6"))
    assert [one["user_id"] for one in got] == ["5"]
