"""Which answer belongs to which command, and what it says."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import CommandFailed, NotConnectedError, OutboxFull, RealtimeTimeout, SendingPaused
from instagrapi.realtime.replies import (
    DEFAULT_RESULT_TIMEOUT,
    MAX_PENDING,
    MAX_REMEMBERED,
    CommandHandle,
    PendingCommand,
    ReplyTable,
    command_failure,
    is_ok,
    pubsub_answer,
    reason_of,
    status_of,
)


def ack(context: str | None = None, status: str = "ok", **payload: Any) -> dict[str, Any]:
    payload = payload if context is None else {"client_context": context, **payload}
    return {"action": "item_ack", "status_code": "200", "payload": payload, "status": status}


def text(context: str, thread_id: str = "1", said: str = "hi") -> dict[str, Any]:
    return {"action": "send_item", "thread_id": thread_id, "text": said, "client_context": context}


def seen(item_id: str, thread_id: str = "1") -> dict[str, Any]:
    return {"action": "mark_seen", "thread_id": thread_id, "item_id": item_id}


def activity(context: str, thread_id: str = "1", status: str = "1") -> dict[str, Any]:
    said = {"thread_id": thread_id, "activity_status": status, "client_context": context}
    return {"action": "indicate_activity", **said}


@pytest.fixture
def table() -> ReplyTable:
    return ReplyTable()


# --- which command an answer belongs to ------------------------------------------------------------------------------


def test_an_answer_is_found_by_its_context(table: ReplyTable) -> None:
    first, second = table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]
    table.file(ack("b"))
    assert (first.answered, second.answered) == (False, True)
    assert second.answer == ack("b")
    assert second.accepted


def test_a_context_may_come_back_as_a_number(table: ReplyTable) -> None:
    pending = table.expect({"client_context": "6900000000000000001"})[0]
    table.file({"payload": {"client_context": 6900000000000000001}, "status": "ok"})
    assert pending.accepted


@pytest.mark.parametrize("back", ["17B17C68-5E39-4099-8D66-940CD8FD88BA", "17b17c68-5e39-4099-8d66-940cd8fd88ba"])
@pytest.mark.parametrize("sent", ["17b17c68-5e39-4099-8d66-940cd8fd88ba", "17B17C68-5E39-4099-8D66-940CD8FD88BA"])
def test_a_context_may_come_back_in_other_letters(table: ReplyTable, sent: str, back: str) -> None:
    pending = table.expect(text(sent))[0]
    table.file(ack(back))
    assert pending.accepted
    assert table.expect(text(sent)) == (pending, False), "and it is known by the letters that were sent"


def test_of_two_contexts_that_differ_in_letters_the_very_same_one_is_answered(table: ReplyTable) -> None:
    lower, upper = table.expect(text("a"))[0], table.expect(text("A"))[0]
    table.file(ack("A"))
    assert (lower.answered, upper.answered) == (False, True)


def test_answers_without_context_go_to_commands_without_one_in_their_order(table: ReplyTable) -> None:
    texts = [table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]]
    marks = [table.expect({})[0], table.expect({})[0]]
    table.file(ack(timestamp="1"))
    assert [pending.answered for pending in (*texts, *marks)] == [False, False, True, False]
    table.file(ack(timestamp="2"))
    assert [pending.answer["payload"]["timestamp"] for pending in marks] == ["1", "2"]
    assert not any(pending.answered for pending in texts)


def test_an_answer_without_context_goes_to_the_only_one_that_waits(table: ReplyTable) -> None:
    pending = table.expect({"client_context": "a"})[0]
    table.file({"status": "fail", "payload": {"client_context": None, "message": "no"}})
    assert pending.answered
    assert not pending.accepted


def test_an_answer_without_context_goes_to_nobody_when_two_wait(table: ReplyTable) -> None:
    waiting = [table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]]
    table.file(ack())
    assert not any(pending.answered for pending in waiting)


@pytest.mark.parametrize(
    "answer",
    [ack("foreign"), None, [], "text", b"bytes that could not be decoded", 3],
    ids=repr,
)
def test_what_answers_nothing_is_harmless(table: ReplyTable, answer: Any) -> None:
    table.file(answer)
    text, seen = table.expect({"client_context": "a"})[0], table.expect({})[0]
    table.file(answer)
    assert (text.answered, seen.answered) == (False, False)
    table.file(ack("a"))
    table.file(ack())
    assert (text.accepted, seen.accepted) == (True, True)


def test_a_second_answer_to_the_same_command_is_harmless(table: ReplyTable) -> None:
    pending = table.expect({"client_context": "a"})[0]
    table.file(ack("a", item_id="1"))
    table.file(ack("a", status="fail"))
    assert pending.answer == ack("a", item_id="1")


def test_a_late_answer_still_counts(table: ReplyTable) -> None:
    late = table.expect({"client_context": "a"})[0]
    for number in range(10):
        table.expect({"client_context": f"b{number}"})[0]
        table.file(ack(f"b{number}"))
    table.file(ack("a"))
    assert late.accepted


@pytest.mark.parametrize("payload", [{}, None, "text", [], {"client_context": None}, {"client_context": ""}])
@pytest.mark.parametrize("body", [seen("10"), activity("a"), {**seen("10"), "client_context": "a"}])
def test_success_may_lack_the_context_or_any_payload_where_it_is_reported_so(
    table: ReplyTable, body: dict[str, Any], payload: Any
) -> None:
    message, pending = table.expect(text("b"))[0], table.expect(body)[0]
    table.file({"status": "ok", "payload": payload})
    assert pending.accepted
    assert not message.answered


def test_success_without_a_context_says_nothing_of_a_message(table: ReplyTable) -> None:
    """The repeated answer to a read mark looks the same."""
    mark = table.expect(seen("10"))[0]
    table.file(ack())
    message = table.expect(text("a"))[0]
    table.file(ack())
    assert (mark.accepted, message.answered) == (True, False)


def test_what_only_one_kind_of_command_can_mean_goes_to_it(table: ReplyTable) -> None:
    mark, typing = table.expect(seen("10"))[0], table.expect(activity("a"))[0]
    table.file(ack(activity_status=1, ttl=10000))
    assert (mark.answered, typing.answered) == (False, True)
    typing = table.expect(activity("b"))[0]
    table.file(ack(item_id="10"))
    assert (mark.answered, typing.answered) == (True, False)
    table.file(ack(item_id="10"))
    assert not typing.answered


def test_an_answer_that_names_an_item_is_nobodys_who_did_not(table: ReplyTable) -> None:
    message, reaction = table.expect(text("a"))[0], table.expect({**text("b"), "item_id": "31"})[0]
    table.file(ack(status="fail", item_id="30"))
    assert (message.answered, reaction.answered) == (False, False)
    table.file(ack(status="fail", item_id="31"))
    assert (message.answered, reaction.answered) == (False, True)


def test_a_refusal_without_a_context_goes_to_whom_it_does_not_contradict(table: ReplyTable) -> None:
    here, there = table.expect(text("a", thread_id="1"))[0], table.expect(text("b", thread_id="2"))[0]
    table.file(ack(status="fail", thread_id=2))
    assert (here.answered, there.answered) == (False, True)


# --- several in flight ------------------------------------------------------------------------------------------------


@given(
    kinds=st.lists(st.sampled_from(["text", "seen", "activity"]), min_size=1, max_size=12),
    refused=st.sets(st.integers(0, 11)),
    repeats=st.integers(0, 3),
    seed=st.integers(),
)
def test_every_command_gets_its_own_answer_whatever_the_order(
    kinds: list[str], refused: set[int], repeats: int, seed: int
) -> None:
    table, chance = ReplyTable(), random.Random(seed)
    commands, answers = [], []
    for number, kind in enumerate(kinds):
        context, status = f"c{number}", "fail" if number in refused else "ok"
        if kind == "seen":
            commands.append(table.expect(seen(f"{number}"))[0])
            answers.append(ack(status=status, item_id=f"{number}", thread_id="1"))
        else:
            commands.append(table.expect(text(context) if kind == "text" else activity(context))[0])
            answers.append(ack(context.upper(), status=status))
    foreign = [ack("foreign"), ack("foreign", status="fail"), ack(thread_id="9"), None, b"\xff", ["c1"]]
    arriving = answers + answers * repeats + foreign
    chance.shuffle(arriving)
    for answer in arriving:
        table.file(answer)
    assert [command.answer for command in commands] == answers


@given(count=st.integers(1, 6), early=st.integers(0, 6))
def test_answers_that_say_nothing_go_to_the_read_marks_in_their_order(count: int, early: int) -> None:
    table = ReplyTable()
    marks = [table.expect(seen(f"{number}"))[0] for number in range(count)]
    for _ in range(early):
        table.file({"status": "ok"})
    assert [mark.answered for mark in marks] == [number < early for number in range(count)]


# --- repeating a command ---------------------------------------------------------------------------------------------


def test_the_same_context_waits_for_the_same_answer(table: ReplyTable) -> None:
    assert table.expect({"client_context": "a"})[0] is table.expect({"client_context": "a"})[0]
    assert table.expect({})[0] is not table.expect({})[0]


def test_what_was_accepted_once_is_remembered(table: ReplyTable) -> None:
    pending = table.expect({"client_context": "a"})[0]
    assert not pending.accepted
    table.file(ack("a"))
    assert table.expect({"client_context": "a"})[0] is pending
    assert pending.accepted
    assert not table.expect({"client_context": "b"})[0].accepted


def test_the_same_context_with_other_words_is_another_command(table: ReplyTable) -> None:
    """Typing and no longer typing may carry the same context: the second must not be taken for a repetition."""
    on = table.expect(activity("a", status="1"))[0]
    table.file(ack("a"))
    off, is_new = table.expect(activity("a", status="0"))
    assert is_new
    assert not off.answered
    table.file(ack("a"))
    assert (on.accepted, off.accepted) == (True, True)


def test_who_repeats_a_command_waits_again(table: ReplyTable) -> None:
    first = table.expect(text("a"))[0]
    other = table.expect(text("b"))[0]
    first.given_up = True
    assert table.expect(text("a"))[0] is first
    table.file({"status": "fail"})
    assert (first.answered, other.answered) == (True, False)


def test_what_was_refused_may_be_tried_again(table: ReplyTable) -> None:
    refused = table.expect({"client_context": "a"})[0]
    table.file(ack("a", status="fail"))
    again = table.expect({"client_context": "a"})[0]
    assert again is not refused
    table.file(ack("a"))
    assert table.expect({"client_context": "a"})[0] is again
    assert again.accepted


def test_what_could_not_be_sent_is_withdrawn(table: ReplyTable) -> None:
    seen, text = table.expect({"thread_id": "1"})[0], table.expect({"client_context": "a"})[0]
    table.withdraw(seen)
    table.withdraw(text)
    later = table.expect({"thread_id": "1"})[0]
    table.file({"status": "ok"})
    assert (seen.answered, text.answered, later.answered) == (False, False, True)


def test_commands_without_a_context_are_not_answered_over_another_connection(table: ReplyTable) -> None:
    lost, text = table.expect({})[0], table.expect({"client_context": "a"})[0]
    table.connection_changed()
    later = table.expect({})[0]
    table.file({"status": "ok"})
    table.file(ack("a"))
    assert (lost.answered, later.answered, text.answered) == (False, True, True)


# --- memory ----------------------------------------------------------------------------------------------------------


def test_only_so_many_accepted_commands_are_remembered(table: ReplyTable) -> None:
    for number in range(MAX_REMEMBERED + 5):
        table.expect({"client_context": str(number)})[0]
        table.file(ack(str(number)))
    remembered = [table.expect({"client_context": str(number)})[0].accepted for number in (0, 4, 5, MAX_REMEMBERED + 4)]
    assert remembered == [False, False, True, True]


def sent(table: ReplyTable, body: dict[str, Any]) -> PendingCommand:
    pending = table.expect(body)[0]
    pending.sent = True
    return pending


def no_wait(done: Callable[[], bool], timeout: float | None) -> bool:
    return done()


def test_only_so_many_unanswered_commands_are_remembered(table: ReplyTable) -> None:
    waiting = [sent(table, {"client_context": str(number)}) for number in range(MAX_PENDING + 1)]
    for number in (0, 1, MAX_PENDING):
        table.file(ack(str(number)))
    assert [waiting[number].answered for number in (0, 1, MAX_PENDING)] == [False, True, True]
    with pytest.raises(RealtimeTimeout, match="not answered before 1,000 later ones.*may have arrived"):
        CommandHandle(VALUES, waiting[0], no_wait).result(timeout=None)


def test_only_so_many_unanswered_commands_without_context_are_remembered(table: ReplyTable) -> None:
    waiting = [sent(table, {}) for _ in range(MAX_PENDING + 1)]
    table.file(ack())
    assert [pending.answered for pending in waiting[:3]] == [False, True, False]


def test_a_command_that_somebody_waits_for_is_not_forgotten(table: ReplyTable) -> None:
    waiting = [sent(table, {"client_context": str(number)}) for number in range(MAX_PENDING)]
    waiting[0].waiting = 1
    sent(table, {"client_context": "one more"})
    assert [pending.is_settled for pending in waiting[:3]] == [False, True, False]


def test_when_too_many_wait_to_be_sent_no_more_are_taken(table: ReplyTable) -> None:
    for number in range(MAX_PENDING):
        table.leave(table.expect({"client_context": str(number)})[0])
    with pytest.raises(OutboxFull, match="1,000 commands wait"):
        table.expect({"action": "send_item", "client_context": "one more"})
    table.file(ack("0"))
    assert table.expect({"client_context": "one more"})[1], "there is room again"


# --- across an outage ------------------------------------------------------------------------------------------------


def taken(table: ReplyTable, now: float = 0.0) -> list[str | None]:
    """The contexts of what is to be sent, in order."""
    contexts = []
    while (command := table.next_left(now)) is not None:
        command.is_left, command.sent = False, True
        contexts.append(command.client_context)
    return contexts


def test_a_new_connection_sends_what_has_no_answer_in_order(table: ReplyTable) -> None:
    for context in "abc":
        table.expect({"client_context": context})
    table.file(ack("b"))
    assert not table.has_left
    table.take_over("the next")
    assert table.has_left
    assert taken(table) == ["a", "c"]
    assert not table.has_left


@pytest.mark.parametrize(("was_sent", "tells"), [(True, "may have arrived"), (False, "was not sent")])
@pytest.mark.parametrize(
    ("action", "age", "is_sent"),
    [("send_item", 120.0, True), ("send_item", 120.1, False), ("indicate_activity", 5.1, False)],
)
def test_what_is_too_old_fails_instead(
    table: ReplyTable, action: str, age: float, is_sent: bool, was_sent: bool, tells: str
) -> None:
    old = table.expect({"action": action, "client_context": "a"}, 0.0)[0]
    old.sent = was_sent
    table.take_over("the next")
    assert taken(table, age) == (["a"] if is_sent else [])
    if not is_sent:
        with pytest.raises(RealtimeTimeout, match=f"{action} was too old.*{tells}"):
            CommandHandle(VALUES, old, no_wait).result()


def test_what_waits_to_be_sent_fails_while_nothing_may_be_sent(table: ReplyTable) -> None:
    left, sent_one = table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]
    table.leave(left)
    table.pause(SendingPaused("no", retry_after=5.0))
    with pytest.raises(SendingPaused, match="no") as caught:
        CommandHandle(VALUES, left, no_wait).result()
    assert caught.value.retry_after == 5.0
    table.file(ack("b"))
    assert sent_one.accepted
    assert taken(table) == []


def test_what_was_dropped_says_so(table: ReplyTable) -> None:
    dropped = table.expect({"action": "send_item", "client_context": "a"})[0]
    table.drop()
    with pytest.raises(NotConnectedError, match="before the connection was closed; it was not sent"):
        CommandHandle(VALUES, dropped, no_wait).result()


def test_an_answer_that_came_counts_whatever_came_after_it(table: ReplyTable) -> None:
    answered = table.expect({"client_context": "a"})[0]
    table.take_over("the next")
    table.file(ack("a"))
    table.drop()
    assert CommandHandle(VALUES, answered, no_wait).result() == ack("a")


# --- what an answer says ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "ok", "status", "reason"),
    [
        (ack("a"), True, "200", None),
        ({"status": "ok"}, True, None, None),
        ({"status": "fail", "status_code": 404, "payload": {"message": "gone"}}, False, "404", "gone"),
        ({"status": "fail", "status_code": "403", "message": "blocked"}, False, "403", "blocked"),
        ({"status": "fail", "payload": {"message": "inner"}, "message": "outer"}, False, None, "inner"),
        ({"status": "fail", "payload": {"message": ""}, "message": "outer"}, False, None, "outer"),
        ({"status": "fail", "exception": "NoSuchThread", "content": "x"}, False, None, "NoSuchThread: x"),
        ({"status": "fail", "exception": "NoSuchThread"}, False, None, "NoSuchThread"),
        ({"status": "fail", "message": 5, "exception": "E"}, False, None, "E"),
        ({"status": "failed", "payload": {"error_code": 1545041}}, False, None, "error code 1545041"),
        ({"status": "fail", "error_code": "7"}, False, None, "error code 7"),
        ({"status": "fail", "message": "None", "exception": "E"}, False, None, "None"),
        ({"status": "error"}, False, None, None),
        ({"status": "OK"}, False, None, None),
        ({}, False, None, None),
        ({"status": "fail", "payload": None}, False, None, None),
        ({"status": "fail", "payload": "text"}, False, None, None),
        (None, False, None, None),
        ([], False, None, None),
        (b"bytes", False, None, None),
    ],
    ids=repr,
)
def test_an_answer_says_whether_with_what_code_and_why(
    answer: Any, ok: bool, status: str | None, reason: str | None
) -> None:
    assert (is_ok(answer), status_of(answer), reason_of(answer)) == (ok, status, reason)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ({"status": "fail"}, "the server refused the command"),
        ({"status": "fail", "status_code": 400}, "the server refused the command (400)"),
        ({"status": "fail", "message": "why"}, "the server refused the command: why"),
        ({"status": "fail", "status_code": "403", "message": "why"}, "the server refused the command (403): why"),
        ({"status": "failed", "payload": {"client_context": "a"}}, "the server refused the command"),
        (
            {"status": "fail", "status_code": "404", "payload": {"message": "target item is not supported"}},
            "the server refused the command (404): target item is not supported",
        ),
        (
            {"status": "fail", "exception": "ThreadUserIdDoesNotExist", "content": "gone"},
            "the server refused the command: ThreadUserIdDoesNotExist: gone",
        ),
        (
            {"status": "error", "payload": {"error_code": 1545041}},
            "the server refused the command: error code 1545041",
        ),
        (
            {"status": "fail", "status_code": "400", "message": "None", "payload": {"message": "None"}},
            "the server refused the command (400)",
        ),
        (
            {"status": "fail", "message": "None", "exception": "BadRequest"},
            "the server refused the command: BadRequest",
        ),
    ],
)
def test_a_refusal_becomes_an_exception_with_everything_in_it(answer: dict[str, Any], text: str) -> None:
    failure = command_failure(answer)
    assert isinstance(failure, CommandFailed)
    assert str(failure) == text
    assert failure.status == status_of(answer)
    assert failure.payload is answer


@pytest.mark.parametrize(
    ("body", "is_answer"),
    [
        ({"topic": 1, "payload": ack("a")}, True),
        ({"topic": 1, "payload": {"action": "item_ack", "status": "fail"}}, True),
        ({"topic": 1, "payload": {"action": "item_ack"}}, False),
        ({"topic": 1, "payload": {"event": "patch", "data": [], "status": "ok"}}, False),
        ({"topic": 2, "payload": ack("a")}, False),
        ({"topic": 1, "payload": "text"}, False),
        ({"topic": 1}, False),
        (ack("a"), False),
        (b"bytes", False),
        (None, False),
    ],
)
def test_an_answer_may_come_as_direct_of_skywalker(body: Any, is_answer: bool) -> None:
    assert pubsub_answer(body) == (body["payload"] if is_answer else None)


# --- the handle of a command -----------------------------------------------------------------------------------------

VALUES = {"thread_id": "1", "action": "send_item", "client_context": "a"}


def waiting_for(
    outcome: Callable[[], None],
) -> tuple[list[float | None], Callable[[Callable[[], bool], float | None], bool]]:
    """A way of waiting during which ``outcome`` happens, and the timeouts that it was asked for."""
    timeouts: list[float | None] = []

    def wait(done: Callable[[], bool], timeout: float | None) -> bool:
        timeouts.append(timeout)
        outcome()
        return done()

    return timeouts, wait


def test_a_handle_is_the_dictionary_of_instagrapi() -> None:
    handle = CommandHandle(VALUES, PendingCommand({"client_context": "a"}), lambda done, timeout: False)
    assert handle == VALUES
    assert isinstance(handle, dict)


def test_a_handle_waits_for_its_answer(table: ReplyTable) -> None:
    timeouts, wait = waiting_for(lambda: table.file(ack("a")))
    handle = CommandHandle(VALUES, table.expect({"client_context": "a"})[0], wait)
    assert handle.result(timeout=3) == ack("a")
    assert handle.result() == ack("a")
    assert timeouts == [3]


@pytest.mark.parametrize(("asked", "used"), [((), DEFAULT_RESULT_TIMEOUT), ((None,), None), ((0,), 0)])
def test_a_handle_waits_as_long_as_it_is_told(asked: tuple[float | None, ...], used: float | None) -> None:
    timeouts, wait = waiting_for(lambda: None)
    with pytest.raises(RealtimeTimeout, match="send_item"):
        CommandHandle(VALUES, PendingCommand(VALUES), wait).result(*asked)
    assert timeouts == [used]


def test_a_refusal_without_a_context_goes_to_the_command_that_somebody_waits_for(table: ReplyTable) -> None:
    nobody, _ = table.expect({"action": "indicate_activity", "client_context": "a"})
    awaited, _ = table.expect({"action": "send_item", "client_context": "b"})
    refusal = {"status": "fail", "exception": "ThreadUserIdDoesNotExist"}
    handle = CommandHandle({}, awaited, waiting_for(lambda: table.file(refusal))[1])
    with pytest.raises(CommandFailed, match="send_item: ThreadUserIdDoesNotExist"):
        handle.result()
    assert not nobody.answered


def test_one_context_may_serve_several_commands_and_none_is_sent_twice(table: ReplyTable) -> None:
    text = {"action": "send_item", "item_type": "text", "text": "hi", "client_context": "c"}
    activity = {"action": "indicate_activity", "activity_status": "1", "client_context": "c"}
    for body in (text, activity):
        assert table.expect(body)[1]
        table.file({"status": "ok", "payload": {"client_context": "c"}})
    assert [table.expect(body)[1] for body in (text, activity)] == [False, False]


@pytest.mark.parametrize("broken", [[["x"]], {"a": 1}, 10**30, 1.5])
def test_what_is_no_code_and_no_text_is_not_repeated(broken: Any) -> None:
    answer = {"status": "fail", "status_code": broken, "exception": broken, "payload": {"error_code": broken}}
    assert (status_of(answer), reason_of(answer)) == (None, None)


def test_a_handle_raises_what_the_server_refused_every_time(table: ReplyTable) -> None:
    answer = {"status": "fail", "status_code": "403", "payload": {"client_context": "a", "message": "no"}}
    handle = CommandHandle(VALUES, table.expect({"client_context": "a"})[0], waiting_for(lambda: table.file(answer))[1])
    for _ in range(2):
        with pytest.raises(CommandFailed, match="no") as raised:
            handle.result()
        assert (raised.value.status, raised.value.payload) == ("403", answer)


def test_a_handle_passes_on_how_waiting_failed() -> None:
    def broken(done: Callable[[], bool], timeout: float | None) -> bool:
        raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        CommandHandle(VALUES, PendingCommand({"client_context": "a"}), broken).result()


def test_an_answer_without_context_goes_to_the_command_it_does_not_contradict() -> None:
    table = ReplyTable()
    first = table.expect({"thread_id": "1", "item_id": "10"})[0]
    second = table.expect({"thread_id": "1", "item_id": "20"})[0]
    answer = {"status": "ok", "payload": {"thread_id": "1", "item_id": 20}}
    table.file(answer)
    assert (first.answer, second.answer) == (None, answer)


def test_an_answer_without_context_goes_to_whom_still_waits_for_one() -> None:
    table = ReplyTable()
    patient, given_up = table.expect({"thread_id": "1"})[0], table.expect({"thread_id": "1"})[0]
    patient, given_up = given_up, patient
    with pytest.raises(RealtimeTimeout):
        CommandHandle(VALUES, given_up, lambda done, timeout: False).result(0)
    table.file({"status": "ok"})
    assert (patient.answered, given_up.answered) == (True, False)
    table.file({"status": "ok"})
    assert given_up.answered


def test_success_without_a_context_is_nobody_s_who_sent_one(table: ReplyTable) -> None:
    text = table.expect({"client_context": "a", "thread_id": "222"})[0]
    table.file({"status": "ok"})
    table.file({"status": "fail", "payload": {"thread_id": "111"}})
    assert not text.answered
    refusal = {"status": "fail", "exception": "ThreadUserIdDoesNotExist"}
    table.file(refusal)
    assert text.answer == refusal


def test_a_refusal_without_a_context_goes_to_the_oldest_command(table: ReplyTable) -> None:
    first, second = table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]
    table.file({"status": "fail"})
    assert (first.answered, second.answered) == (True, False)


def test_only_the_first_of_equal_commands_is_new(table: ReplyTable) -> None:
    first, is_new = table.expect({"client_context": "a"})
    assert is_new
    assert table.expect({"client_context": "a"}) == (first, False)
