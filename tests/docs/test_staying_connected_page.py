"""The page about staying connected says what the code does, and its examples run."""

from __future__ import annotations

import inspect
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client, exceptions
from instagrapi.emulator import Emulator
from instagrapi.exceptions import ClientError, CommandNotSent, ConnectRefused, TransportError
from instagrapi.profile import Profile
from instagrapi.realtime import (
    FbnsClient,
    RealtimeClient,
    State,
    Stats,
    events,
    host,
    inbox_sync,
    lanes,
    position,
    replies,
    stores,
)
from instagrapi.realtime.pace import CommandPace
from instagrapi.realtime.protocol.parser import DEFAULT_MAX_PACKET_SIZE
from instagrapi.realtime.recovery import ReconnectPolicy, is_retryable
from tests.docs.test_event_reference import names, sections, table

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "staying-connected.md").read_text()
FAILURES = (DOCS / "failures.md").read_text()
#: Without line breaks.
TEXT = " ".join(PAGE.split())
ABOUT = sections(PAGE, 2)
EXAMPLES = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ERRORS = {name: cls for name, cls in vars(exceptions).items() if inspect.isclass(cls) and issubclass(cls, ClientError)}


# --- tables -----------------------------------------------------------------------------------------------------------


def test_the_table_of_the_policy_is_that_of_its_class() -> None:
    rows = table(ABOUT["Coming back"], "field", "unit", "default", "meaning")
    shown = {names(name)[0]: default.strip("`") for name, _, default, _ in rows}
    defaults = {field.name: getattr(ReconnectPolicy(), field.name) for field in fields(ReconnectPolicy)}
    assert defaults.pop("is_retryable") is is_retryable
    expected = {name: "none" if value is None else f"{value:g}" for name, value in defaults.items()}
    assert shown == {**expected, "is_retryable": "is_retryable"}


def test_the_table_of_the_pace_is_that_of_its_class() -> None:
    rows = table(ABOUT["Pace"], "field", "unit", "default", "meaning")
    shown = {names(name)[0]: default for name, _, default, _ in rows}
    assert shown == {field.name: f"{getattr(CommandPace(), field.name):g}" for field in fields(CommandPace)}
    assert (CommandPace().stop_pause, CommandPace().wait_pause) == (6 * 3600, 15 * 60)


def test_what_is_tried_again_is_told_of_every_error() -> None:
    rows = table(PAGE, "error", "reason", "then")
    told = {name: then for cell, _, then in rows for name in names(cell)}
    for name, then in told.items():
        assert then == ("next attempt" if is_retryable(ERRORS[name]("no")) else "ends"), name
    abstract = (ConnectRefused, TransportError)
    others = {name for name, cls in ERRORS.items() if cls in abstract or issubclass(cls, CommandNotSent)}
    retryable = {name for name, cls in ERRORS.items() if is_retryable(cls("no"))} - others
    assert retryable <= set(told)
    again = [code for code in range(6) if is_retryable(ConnectRefused("no", return_code=code))]
    assert again == [3]


def test_the_table_of_states_is_complete() -> None:
    assert [names(state)[0] for state, _ in table(PAGE, "state", "meaning")] == [str(state) for state in State]


def test_all_numbers_are_named() -> None:
    counted = ABOUT["States and numbers"]
    assert {field.name for field in fields(Stats)} <= set(names(counted))


def test_every_loop_and_every_store_exists() -> None:
    loops = table(PAGE, "loop", "when to use it", "how it ends")
    for cls in (RealtimeClient, FbnsClient):
        for method in re.findall(r"`(\w+)\(", "".join(cell for cell, _, _ in loops)):
            assert callable(getattr(cls, method)), method
    for cell, *_ in table(PAGE, "store", "keeps the position", "survives"):
        assert hasattr(stores, names(cell)[0].partition("(")[0])


@pytest.mark.parametrize("page", [PAGE, FAILURES], ids=["staying-connected", "failures"])
def test_what_is_called_or_raised_exists(page: str) -> None:
    for name, arguments in re.findall(r"\brt\.(\w+)\(([^()]*)\)", page):
        given = re.findall(r"(\w+)=", arguments)
        assert set(given) <= set(inspect.signature(getattr(RealtimeClient, name)).parameters), name
    raised = {
        name for name in names(page) if re.fullmatch(r"(Client|Connect|Realtime|Iris|Fbns)\w+|\w+(Error|Lost)", name)
    }
    assert raised - {"OSError", "RealtimeClient", "FbnsClient"} <= set(ERRORS)


# --- figures ----------------------------------------------------------------------------------------------------------


def test_the_figures_are_those_of_the_code() -> None:
    realtime, fbns = Profile().realtime.keep_alive, Profile().fbns.keep_alive
    parameters = inspect.signature(RealtimeClient).parameters | inspect.signature(inbox_sync.InboxSync).parameters
    inbox, thread = host._INBOX_PARAMS, host._THREAD_PARAMS
    policy = ReconnectPolicy()
    for said in (
        f"{1.5 * realtime:g} seconds on realtime, whose keep alive is {realtime}",
        f"{1.5 * fbns:g} on push, whose keep alive is {fbns}",
        f"at most {policy.connects_per_hour} connects and {policy.inbox_requests_per_hour} requests for the inbox",
        f"did not answer in {inbox_sync.IRIS_ANSWER_TIMEOUT:g}",
        f"a packet over {DEFAULT_MAX_PACKET_SIZE >> 20} MiB",
        f"{position.DEFAULT_CAPACITY:,} of these are remembered, the latest {position.DEFAULT_SAVED} are saved",
        f"{inbox['limit']} threads with {inbox['thread_message_limit']} messages each",
        f"which brings {thread['limit']} messages",
        f"`autosave_interval` seconds ({parameters['autosave_interval'].default:g} by default",
        f"older than {replies.MAX_COMMAND_AGE:g} seconds",
        f"`direct_indicate_activity` older than {replies._MOST_ACTIVITY_AGE:g}",
        f"the latest {replies.MAX_PENDING:,} are kept",
        f"When {replies.MAX_PENDING:,} wait",
        "no command for six hours",
        "none for 15 minutes",
        f"at most {lanes.CAPACITY:,} parts wait",
        f"for {lanes.IDLE:g} seconds end",
    ):
        assert said.casefold() in TEXT.casefold()
    assert inbox_sync._MOST_THREADS == 5
    assert "up to five threads" in TEXT.casefold()


# --- examples ---------------------------------------------------------------------------------------------------------

#: Each example, by a text that only it has.
WANTED = {
    "policy": "ReconnectPolicy(",
    "renewed": "on_session_expired=",
    "off": "reconnect=False",
    "settings": "    cl.realtime_disconnect()\n    cl.dump_settings(",
    "database": "SqliteStore(",
    "health": "is_healthy(",
}
Example = Callable[..., dict[str, Any]]


@pytest.fixture
def run_example(emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Example]:
    """Runs an example of the page; where it would run for ever it does a step, and then reads one message."""
    me, alice = emulator.account("me"), emulator.account("alice")
    emulator.client(me).dump_settings(tmp_path / "session.json")
    clients: list[Client] = []

    def run(name: str, step: Callable[[RealtimeClient], object] = lambda rt: None) -> dict[str, Any]:
        (source,) = (example for example in EXAMPLES if WANTED[name] in example)
        printed: list[str] = []

        def run_for_a_message(rt: RealtimeClient) -> None:
            step(rt)
            alice.send(me, "hi")
            assert rt.wait_for(events.Message, timeout=30).text == "hi"

        monkeypatch.setattr(RealtimeClient, "run_forever", run_for_a_message)
        scope: dict[str, Any] = {"print": lambda *words: printed.append(" ".join(map(str, words)))}
        exec(compile(source, "staying-connected.md", "exec"), scope)
        clients.append(scope["cl"])
        return {**scope, "printed": printed}

    yield run
    for client in clients:
        client.realtime_disconnect()


def test_each_example_is_known() -> None:
    assert [[name for name, text in WANTED.items() if text in example] for example in EXAMPLES] == [
        [name] for name in WANTED
    ]


def test_a_policy_of_one_s_own(run_example: Example) -> None:
    assert run_example("policy")["rt"].stats().events["message"] == 1


def test_a_dead_session_is_renewed(run_example: Example, emulator: Emulator) -> None:
    def lose_the_session(rt: RealtimeClient) -> None:
        emulator.account("me").end_sessions()
        emulator.faults.reset("realtime")
        rt.wait_for(events.Connected, timeout=30)

    before = Client()
    before.load_settings("session.json")
    assert run_example("renewed", lose_the_session)["rt"].stats().reconnects == 1
    after = Client()
    after.load_settings("session.json")
    assert after.sessionid != before.sessionid


def test_without_coming_back_the_end_is_raised(run_example: Example, emulator: Emulator) -> None:
    def break_it() -> None:
        emulator.wait_until(lambda: any(one.topic == "134" for one in emulator.received), timeout=30)
        emulator.faults.close("realtime")

    breaking = threading.Thread(target=break_it)
    breaking.start()
    printed = run_example("off")["printed"]
    breaking.join()
    assert [line.split(" ")[0] for line in printed] == ["lost:"]


@pytest.mark.parametrize("name", ["settings", "database"])
def test_the_next_run_goes_on(name: str, run_example: Example, emulator: Emulator, tmp_path: Path) -> None:
    def see_it_replayed(rt: RealtimeClient) -> None:
        missed = rt.wait_for(events.Message, timeout=30)
        assert (missed.source, missed.text) == ("replay", "missed")

    run_example(name)
    emulator.account("alice").send(emulator.account("me"), "missed")
    assert run_example(name, see_it_replayed)["rt"].stats().events["message"] == 2
    assert (tmp_path / "bots.db").exists() == (name == "database")


def test_the_check_for_supervisors_finds_the_client_healthy(run_example: Example, tmp_path: Path) -> None:
    scope = run_example("health")
    assert (tmp_path / "healthy").exists()
    assert not scope["rt"].is_healthy(), "it is stopped now"
