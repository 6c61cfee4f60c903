"""Answering an event: what is sent, and what happens without a client."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from instagrapi.exceptions import ClientNotFoundError, NotConnectedError, RealtimeConfigError
from instagrapi.realtime import RealtimeClient, events
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.replies import CommandHandle, PendingCommand
from instagrapi.realtime.typing_block import TypingHandle
from instagrapi.realtime.wire.commands import Body
from tests.support.bodies import deflated, element, graphql, patch
from tests.support.hosts import Host
from tests.support.memory import FourMethods

THREAD, ITEM = "340282366841710300949128000000000000077", "30000000000000000000000000000000077"
T = f"/direct_v2/threads/{THREAD}"


class Commands(DirectCommands):
    """Keeps what would be sent, and answers it at once."""

    def __init__(self) -> None:
        self.sent: list[Body] = []
        self.changed = threading.Condition()
        self.broken = False

    def _send_command(self, body: Body) -> CommandHandle:
        if self.broken:
            raise NotConnectedError("gone")
        with self.changed:
            self.sent.append(body)
            self.changed.notify_all()
        pending = PendingCommand(body)
        pending.answer = {"status": "ok", "of": body["action"]}
        return CommandHandle(body, pending, lambda done, timeout: done())


class Web(Host):
    """A host whose requests are answered by a function."""

    def __init__(self, answer: Callable[[str], Any] = lambda endpoint: {}) -> None:
        super().__init__()
        self.asked: list[tuple[str, Any, Any]] = []
        self._answer = answer

    def private_request(self, endpoint: str, data: Any = None, params: Any = None, with_signature: bool = True) -> Any:
        self.asked.append((endpoint, data, params))
        return self._answer(endpoint)


@pytest.fixture
def commands() -> Commands:
    return Commands()


def message(commands: Commands, cls: type[events.MessageEvent] = events.Message, **fields: Any) -> Any:
    values = {"thread_id": THREAD, "item_id": ITEM, "client_context": "6900", "item_type": "link", **fields}
    return cls(**values).received_by(events.Receiver(Host(), commands))


def shown(body: Body) -> Body:
    return {key: value for key, value in body.items() if key not in ("client_context", "thread_id")}


# --- commands --------------------------------------------------------------------------------------------------------


def test_a_reply_quotes_the_message(commands: Commands) -> None:
    handle = message(commands).reply("hello")
    assert handle.result() == {"status": "ok", "of": "send_item"}
    (body,) = commands.sent
    assert body["thread_id"] == THREAD
    assert shown(body) == {
        "action": "send_item",
        "item_type": "text",
        "text": "hello",
        "replied_to_item_id": ITEM,
        "replied_to_client_context": "6900",
    }


@pytest.mark.parametrize(("fields", "quote"), [({}, False), ({"client_context": None}, True)])
def test_a_reply_without_a_quote(commands: Commands, fields: dict[str, Any], quote: bool) -> None:
    message(commands, **fields).reply("hello", quote=quote)
    assert shown(commands.sent[0]) == {"action": "send_item", "item_type": "text", "text": "hello"}


def test_a_reply_to_something_else_goes_to_its_thread(commands: Commands) -> None:
    receiver = events.Receiver(Host(), commands)
    for cls in (events.Typing, events.Seen, events.Reaction, events.ThreadUpdate):
        cls(thread_id=THREAD).received_by(receiver).reply("hello", client_context="mine")
    assert [body["client_context"] for body in commands.sent] == ["mine"] * 4
    assert all(shown(body) == {"action": "send_item", "item_type": "text", "text": "hello"} for body in commands.sent)


def test_reacting_names_the_type_of_the_item(commands: Commands) -> None:
    event = message(commands)
    event.react("🔥")
    event.react()
    event.unreact()
    common = {"action": "send_item", "item_type": "reaction", "item_id": ITEM, "node_type": "item"}
    assert [shown(body) for body in commands.sent] == [
        {**common, "reaction_type": "like", "reaction_status": "created", "target_item_type": "link", "emoji": "🔥"},
        {**common, "reaction_type": "like", "reaction_status": "created", "target_item_type": "link", "emoji": ""},
        {**common, "reaction_type": "like", "reaction_status": "deleted", "target_item_type": "link", "emoji": ""},
    ]


def test_a_reaction_can_be_answered_with_one(commands: Commands) -> None:
    event = events.Reaction(thread_id=THREAD, item_id=ITEM).received_by(events.Receiver(Host(), commands))
    event.react("👍")
    assert "target_item_type" not in commands.sent[0], "what it reacts to is not known"


def test_marking_as_seen(commands: Commands) -> None:
    event = message(commands)
    event.mark_seen()
    event.mark_visual_item_seen()
    assert [(body["action"], body["item_id"]) for body in commands.sent] == [
        ("mark_seen", ITEM),
        ("mark_visual_item_seen", ITEM),
    ]


# --- typing ----------------------------------------------------------------------------------------------------------


def statuses(commands: Commands) -> list[str]:
    assert {body["action"] for body in commands.sent} == {"indicate_activity"}
    return [str(body["activity_status"]) for body in commands.sent]


def test_typing_is_shown_once(commands: Commands) -> None:
    handle = message(commands).typing()
    assert statuses(commands) == ["1"]
    assert handle["action"] == "indicate_activity"
    assert handle.result()["status"] == "ok"


def test_typing_ends_with_its_block(commands: Commands) -> None:
    with message(commands).typing():
        assert statuses(commands) == ["1"]
    assert statuses(commands) == ["1", "0"]


def test_typing_ends_with_a_block_that_fails(commands: Commands) -> None:
    with pytest.raises(ZeroDivisionError), message(commands).typing():
        raise ZeroDivisionError
    assert statuses(commands) == ["1", "0"]


def test_typing_is_renewed_while_its_block_runs(commands: Commands) -> None:
    with TypingHandle(commands, THREAD, renew_after=0.001), commands.changed:
        assert commands.changed.wait_for(lambda: len(commands.sent) >= 3, timeout=10)
    assert statuses(commands)[:3] == ["1", "1", "1"]
    assert statuses(commands)[-1] == "0"


def test_without_a_connection_typing_is_not_shown_and_nothing_fails(commands: Commands) -> None:
    with TypingHandle(commands, THREAD, renew_after=0.001):
        commands.broken = True
    assert statuses(commands)[0] == "1"


def test_a_second_block_shows_typing_again(commands: Commands) -> None:
    handle = message(commands).typing()
    for _ in range(2):
        with handle:
            pass
    assert statuses(commands) == ["1", "0", "1", "0"]


# --- over HTTP -------------------------------------------------------------------------------------------------------


def test_unsending_goes_over_http() -> None:
    host = Web()
    events.Message(thread_id=THREAD, item_id=ITEM).received_by(events.Receiver(host, Commands())).unsend()
    assert host.asked == [(f"direct_v2/threads/{THREAD}/items/{ITEM}/delete/", {"_uuid": host.uuid}, None)]


class Downloading(Web):
    def media_download(self, message: Any, path: str, **options: Any) -> str:
        self.asked.append((message, path, options))
        return path


def test_downloading_goes_over_http() -> None:
    host = Downloading()
    event = events.Message(thread_id=THREAD, item_id=ITEM).received_by(events.Receiver(host, Commands()))
    assert event.download("photo.jpg", max_size=5) == Path("photo.jpg")
    assert host.asked == [(event, "photo.jpg", {"max_size": 5})]


def test_a_client_that_cannot_download_says_so() -> None:
    event = events.Message(thread_id=THREAD, item_id=ITEM).received_by(events.Receiver(Web(), Commands()))
    with pytest.raises(RealtimeConfigError, match="media_download"):
        event.download("photo.jpg")


@pytest.mark.parametrize("item_id", [None, "", "../../accounts", "31/delete"])
def test_only_ids_go_into_a_path(item_id: str | None) -> None:
    host = Web()
    with pytest.raises(RealtimeConfigError):
        events.Message(thread_id=THREAD, item_id=item_id).received_by(events.Receiver(host, Commands())).unsend()
    assert host.asked == []


ITEMS = [
    {"item_id": "33", "user_id": 7, "item_type": "text", "text": "mine"},
    "odd",
    {"item_id": 32, "user_id": 9, "item_type": "text", "text": "latest of theirs"},
    {"item_id": "31", "user_id": 9, "item_type": "text", "text": "announced"},
]


def push(host: Host, **fields: Any) -> events.Push:
    values = {"action_path": "direct_v2", "recipient_id": "7", "collapse_key": "direct_v2_message", **fields}
    return events.Push(**values).received_by(events.Receiver(host))


@pytest.mark.parametrize(
    ("params", "text"),
    [
        ({"id": "340", "x": "31"}, "announced"),
        ({"id": "340", "x": "32"}, "latest of theirs"),
        ({"id": "340"}, "latest of theirs"),
        ({"id": "340", "x": "99"}, None),
    ],
)
def test_a_push_becomes_its_message_by_one_request(params: dict[str, str], text: str | None) -> None:
    host = Web(lambda endpoint: {"thread": {"thread_id": "340", "items": ITEMS}})
    found = push(host, action_params=params).fetch_message()
    assert [endpoint for endpoint, _, _ in host.asked] == ["direct_v2/threads/340/"]
    assert (found and found.text) == text
    if found:
        assert (found.thread_id, found.content.kind) == ("340", "text")


@pytest.mark.parametrize("answer", [{}, {"thread": None}, {"thread": []}, {"thread": {"items": None}}])
def test_a_thread_without_messages_gives_none(answer: Any) -> None:
    assert push(Web(lambda endpoint: answer), action_params={"id": "340", "x": "31"}).fetch_message() is None


def test_what_http_says_reaches_the_caller() -> None:
    def answer(endpoint: str) -> Any:
        raise ClientNotFoundError("thread not found")

    with pytest.raises(ClientNotFoundError):
        push(Web(answer), action_params={"id": "340"}).fetch_message()


@pytest.mark.parametrize(
    "fields", [{"action_path": "media", "action_params": {"id": "1_2"}}, {"action_params": None}, {"action_params": {}}]
)
def test_a_push_about_something_else_announces_no_message(fields: dict[str, Any]) -> None:
    with pytest.raises(RealtimeConfigError, match="announces no message"):
        push(Web(), **fields).fetch_message()


# --- where events come from ------------------------------------------------------------------------------------------


def test_an_event_that_came_from_nowhere_cannot_be_answered() -> None:
    event = events.Message(thread_id=THREAD, item_id=ITEM)
    for act in (
        lambda: event.reply("x"),
        lambda: event.download("x"),
        event.react,
        event.mark_seen,
        event.typing,
        event.unsend,
    ):
        with pytest.raises(NotConnectedError, match="did not come"):
            act()


def test_events_of_a_client_are_answered_through_it() -> None:
    client = RealtimeClient(Host(), transport=FourMethods())
    client.connect()
    got: list[Any] = []
    client.on(events.Event, got.append)
    item = {"item_id": ITEM, "user_id": 9, "item_type": "text", "text": "hi", "client_context": "c"}
    client.dispatch_packet("146", deflated([element(patch(f"{T}/items/{ITEM}", item))]))
    client.dispatch_packet("149", graphql("direct", element(patch(f"{T}/activity_indicator_id/c", {"sender_id": 9}))))
    for event in got:
        assert event.reply("hello")["thread_id"] == THREAD


def test_an_event_is_answered_over_the_connection_that_the_host_has_now(commands: Commands) -> None:
    host: Any = Host()
    event = events.Message(thread_id=THREAD, item_id=ITEM).received_by(events.Receiver(host, Commands()))
    host.realtime = commands
    event.reply("hello")
    assert len(commands.sent) == 1


def test_an_event_can_be_copied_pickled_and_compared(commands: Commands) -> None:
    event = message(commands)
    assert event == message(Commands())
    copied = copy.deepcopy(event)
    assert copied == event
    copied.reply("through the same client")
    assert len(commands.sent) == 1
    restored = pickle.loads(pickle.dumps(event))
    assert restored == event
    with pytest.raises(NotConnectedError):
        restored.reply("x")


@pytest.mark.parametrize(
    ("fields", "context", "echo"),
    [
        ({"client_context": "6900"}, "6900", True),
        ({"client_context": "ABC-1"}, "abc-1", True),
        ({"client_context": None, "mutation_token": "6900"}, "6900", True),
        ({"client_context": "6900"}, {"action": "send_item", "client_context": "6900"}, True),
        ({"client_context": "6900"}, {"status": "ok", "payload": {"client_context": "6900"}}, True),
        ({"client_context": "6900"}, "6901", False),
        ({"client_context": None}, None, False),
        ({"client_context": "6900"}, {}, False),
        ({"client_context": "6900"}, "", False),
    ],
)
def test_an_echo_is_known_by_its_context(fields: dict[str, Any], context: Any, echo: bool) -> None:
    assert events.Message(**fields).is_echo_of(context) is echo
