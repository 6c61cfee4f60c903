"""Subscribing to what comes besides messages: which texts go to which topic, and which end them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from instagrapi.exceptions import NotConnectedError, RealtimeConfigError
from instagrapi.realtime.subscribing import Subscribing
from instagrapi.realtime.wire.subscriptions import APP_PRESENCE
from tests.support.hosts import Host

ME = "10000000001"
TYPING = f'1/graphqlsubscriptions/17867973967082385/{{"input_data":{{"user_id":"{ME}"}}}}'
LIVE = f"ig/live_notification_subscribe/{ME}"


class Recorder(Subscribing):
    """Writes down what would be published."""

    def __init__(self, client: Any = None) -> None:
        self.client = client or Host()
        self.published: list[tuple[str, dict[str, Any]]] = []
        self.error: Exception | None = None
        self._subscribed = {}
        self._texts = {}

    def _publish_or_later(self, topic: str, data: Mapping[str, Any]) -> None:
        if self.error is not None:
            raise self.error
        self.published.append((topic, dict(data)))


@pytest.fixture
def client() -> Recorder:
    return Recorder()


# --- any text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["one", ["one"], ("one",), iter(["one"])], ids=["text", "list", "tuple", "iterator"])
def test_subscriptions_are_a_string_or_an_iterable_of_strings(client: Recorder, given: Any) -> None:
    client.graph_ql_subscribe(given)
    assert client.published == [("149", {"sub": ["one"]})]


def test_the_four_ways_to_subscribe_and_not(client: Recorder) -> None:
    client.graph_ql_subscribe(["a", "b"])
    client.graph_ql_unsubscribe("a")
    client.skywalker_subscribe("ig/u/v1/1")
    client.skywalker_unsubscribe(["ig/u/v1/1"])
    assert client.published == [
        ("149", {"sub": ["a", "b"]}),
        ("149", {"unsub": ["a"]}),
        ("88", {"sub": ["ig/u/v1/1"]}),
        ("88", {"unsub": ["ig/u/v1/1"]}),
    ]


@pytest.mark.parametrize("wrong", ["", [], [""], ["one", None], None, 5, b"one"])
@pytest.mark.parametrize(
    "name", ["graph_ql_subscribe", "graph_ql_unsubscribe", "skywalker_subscribe", "skywalker_unsubscribe"]
)
def test_what_is_no_text_is_refused_before_anything_is_sent(client: Recorder, name: str, wrong: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="subscriptions"):
        getattr(client, name)(wrong)
    assert client.published == []


# --- by name ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("what", "topic", "text"), [("typing", "149", TYPING), ("live", "88", LIVE)])
def test_typing_and_broadcasts_are_asked_for_with_the_accounts_id(
    client: Recorder, what: str, topic: str, text: str
) -> None:
    assert getattr(client, f"subscribe_{what}")() == text
    assert getattr(client, f"unsubscribe_{what}")() == text
    assert client.published == [(topic, {"sub": [text]}), (topic, {"unsub": [text]})]


def test_presence_is_ended_with_the_random_text_that_began_it(client: Recorder) -> None:
    text = client.subscribe_presence()
    assert text.startswith(f'1/graphqlsubscriptions/{APP_PRESENCE}/{{"input_data":{{"client_subscription_id":"')
    assert client.unsubscribe_presence() == text
    assert client.published == [("149", {"sub": [text]}), ("149", {"unsub": [text]})]
    assert client.subscribe_presence() != text, "that was another subscription"


def test_the_text_that_is_returned_ends_the_subscription_too(client: Recorder) -> None:
    client.graph_ql_unsubscribe(client.subscribe_presence())
    (_, begun), (_, ended) = client.published
    assert begun["sub"] == ended["unsub"]


def test_comments_are_asked_for_by_broadcast(client: Recorder) -> None:
    first, second = client.subscribe_live_comments(7), client.subscribe_live_comments("8")
    assert '"broadcast_id":"7"' in first
    assert '"broadcast_id":"8"' in second
    assert client.unsubscribe_live_comments("7") == first
    assert client.unsubscribe_live_comments(7) is None
    assert client.unsubscribe_live_comments(8) == second
    assert [body for _, body in client.published[2:]] == [{"unsub": [first]}, {"unsub": [second]}]
    assert {topic for topic, _ in client.published} == {"149"}


NAMED: dict[str, tuple[Callable[[Recorder], str], Callable[[Recorder], str | None]]] = {
    "typing": (Recorder.subscribe_typing, Recorder.unsubscribe_typing),
    "presence": (Recorder.subscribe_presence, Recorder.unsubscribe_presence),
    "live": (Recorder.subscribe_live, Recorder.unsubscribe_live),
    "live comments": (
        lambda client: client.subscribe_live_comments(7),
        lambda client: client.unsubscribe_live_comments(7),
    ),
}


@pytest.mark.parametrize("what", NAMED)
def test_subscribing_twice_says_the_same_again(client: Recorder, what: str) -> None:
    subscribe, unsubscribe = NAMED[what]
    assert subscribe(client) == subscribe(client)
    assert client.published[0] == client.published[1]
    unsubscribe(client)
    assert len(client.published) == 3, "and once is enough to end it"


@pytest.mark.parametrize("what", NAMED)
def test_what_was_not_subscribed_to_is_not_ended(client: Recorder, what: str) -> None:
    subscribe, unsubscribe = NAMED[what]
    assert unsubscribe(client) is None
    subscribe(client)
    assert unsubscribe(client) is not None
    assert unsubscribe(client) is None
    assert len(client.published) == 2


@pytest.mark.parametrize("what", NAMED)
def test_without_a_connection_it_says_so(client: Recorder, what: str) -> None:
    client.error = NotConnectedError("not connected")
    with pytest.raises(NotConnectedError):
        NAMED[what][0](client)


@pytest.mark.parametrize("user_id", [None, "", 0])
@pytest.mark.parametrize("what", ["typing", "live"])
def test_a_host_without_an_id_is_told(what: str, user_id: Any) -> None:
    client = Recorder(Host(user_id=user_id))
    with pytest.raises(RealtimeConfigError, match="user_id"):
        NAMED[what][0](client)
    assert client.published == []


def test_a_host_that_knows_no_id_at_all_is_told() -> None:
    with pytest.raises(RealtimeConfigError, match="user_id"):
        Recorder(object()).subscribe_typing()


@pytest.mark.parametrize("broadcast_id", ["", None])
def test_a_broadcast_must_be_named(client: Recorder, broadcast_id: Any) -> None:
    with pytest.raises(RealtimeConfigError, match="broadcast_id"):
        client.subscribe_live_comments(broadcast_id)
    assert client.published == []
