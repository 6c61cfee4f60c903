from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import CommandFailed, RealtimeTimeout
from instagrapi.realtime.replies import (
    DEFAULT_RESULT_TIMEOUT,
    MAX_PENDING,
    MAX_REMEMBERED,
    CommandHandle,
    PendingCommand,
    ReplyTable,
    command_failure,
    is_ok,
    reason_of,
    status_of,
)


def ack(context: str | None = None, status: str = "ok", **payload: Any) -> dict[str, Any]:
    payload = payload if context is None else {"client_context": context, **payload}
    return {"action": "item_ack", "status_code": "200", "payload": payload, "status": status}


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


def test_answers_without_context_go_to_commands_without_one_in_their_order(table: ReplyTable) -> None:
    texts = [table.expect({"client_context": "a"})[0], table.expect({"client_context": "b"})[0]]
    seen = [table.expect({})[0], table.expect({})[0]]
    table.file(ack(item_id="1"))
    assert [pending.answered for pending in (*texts, *seen)] == [False, False, True, False]
    table.file(ack(item_id="2"))
    assert [pending.answer["payload"]["item_id"] for pending in seen] == ["1", "2"]
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


def test_only_so_many_unanswered_commands_are_remembered(table: ReplyTable) -> None:
    waiting = [table.expect({"client_context": str(number)})[0] for number in range(MAX_PENDING + 1)]
    for number in (0, 1, MAX_PENDING):
        table.file(ack(str(number)))
    assert [waiting[number].answered for number in (0, 1, MAX_PENDING)] == [False, True, True]


def test_only_so_many_unanswered_commands_without_context_are_remembered(table: ReplyTable) -> None:
    waiting = [table.expect({})[0] for _ in range(MAX_PENDING + 1)]
    table.file(ack())
    assert [pending.answered for pending in waiting[:3]] == [False, True, False]


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
    ],
)
def test_a_refusal_becomes_an_exception_with_everything_in_it(answer: dict[str, Any], text: str) -> None:
    failure = command_failure(answer)
    assert isinstance(failure, CommandFailed)
    assert str(failure) == text
    assert failure.status == status_of(answer)
    assert failure.payload is answer


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
        CommandHandle(VALUES, PendingCommand({"client_context": "a"}), wait).result(*asked)
    assert timeouts == [used]


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
