"""The event reference says what the code does: kinds, fields, methods, samples, names, filters, content, categories."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import NoneType
from typing import Any, Literal, NamedTuple, get_args, get_origin

import pytest
from pydantic import BaseModel

from instagrapi import Client, types
from instagrapi.cli.show import as_fields
from instagrapi.exceptions import ConnectionLost, RealtimeConfigError
from instagrapi.realtime import FbnsClient, RealtimeClient, base, dispatch, events, router
from instagrapi.realtime import subscriptions as texts
from instagrapi.realtime.dispatch import Dispatcher
from instagrapi.realtime.filters import Filters
from instagrapi.realtime.wire.push_categories import KNOWN_COLLAPSE_KEYS, PushCategory, push_category
from tests.support.bodies import deflated, graphql, region_hint, skywalker
from tests.support.hosts import Host
from tests.support.memory import FourMethods, polite

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "events.md").read_text()
PUSH_PAGE = (DOCS / "push.md").read_text()

#: The groups of kinds that the tables name.
GROUPS = {
    "messages": ["message", "message_update", "message_delete", "visual_message"],
    "items": ["reaction", "seen"],
    "threads": ["typing", "thread_update", "thread_remove"],
}
#: Values that are JSON texts inside the JSON, in payloads.
NESTED = ("value", "fbpushnotif", "bc")


# --- the page ---------------------------------------------------------------------------------------------------------


def sections(page: str, level: int) -> dict[str, str]:
    """The texts under the headings of a level."""
    parts = re.split(rf"^{'#' * level} (.*)$", page, flags=re.MULTILINE)
    end = re.compile(rf"^#{{1,{level}}} ", re.MULTILINE)
    return {name: end.split(text)[0] for name, text in zip(parts[1::2], parts[2::2], strict=True)}


def table(text: str, *header: str) -> list[list[str]]:
    """The rows of the table with that header."""
    start = f"| {' | '.join(header)} |\n|{'---|' * len(header)}\n"
    assert text.count(start) == 1, f"no table, or several, with {header}"
    rows = text.partition(start)[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def names(text: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


ABOUT = sections(PAGE, 2)
KINDS = sections(ABOUT["Kind by kind"], 3)


class Sample(NamedTuple):
    """A payload and what becomes of it."""

    kind: str
    topic: str
    language: str
    payload: str
    event: dict[str, Any]


def samples() -> Iterator[Sample]:
    """The samples of all kinds."""
    form = re.compile(r"\b[Tt]opic (\d+):\n\n```(json|text)\n(.*?)\n```\n\nbecomes\n\n```json\n(.*?)\n```", re.DOTALL)
    for kind, text in KINDS.items():
        for topic, language, payload, event in form.findall(text):
            yield Sample(kind, topic, language, payload, json.loads(event))


SAMPLES = list(samples())


def nested(value: Any) -> Any:
    """With the texts that are shown parsed as the texts that they are."""
    if isinstance(value, list):
        return [nested(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    whole = {key: nested(entry) for key, entry in value.items()}
    return {key: as_text(entry) if key in NESTED else entry for key, entry in whole.items()}


def as_text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def encoded(sample: Sample) -> bytes:
    """The body as it is published."""
    if sample.language == "text":
        return deflated(sample.payload.encode())
    payload = nested(json.loads(sample.payload))
    if sample.topic == "149":
        return graphql(payload["1"], payload["2"])
    if sample.topic == "88":
        return skywalker(payload["1"], payload["2"])
    return region_hint(payload["1"]) if sample.topic == "150" else deflated(payload)


def shown(event: events.Event) -> dict[str, Any]:
    fields = as_fields(event)
    assert fields.pop("received_at") > 0
    return fields


# --- kinds, fields, methods -------------------------------------------------------------------------------------------


def test_there_is_a_section_for_each_kind_and_for_nothing_else() -> None:
    assert list(KINDS) == list(events.KINDS)


def test_the_overview_names_every_kind_and_links_to_its_section() -> None:
    rows = table(ABOUT["Overview"], "kind", "when", "comes with")
    assert [row[0] for row in rows] == [f"[`{kind}`](#{kind})" for kind in events.KINDS]


def type_of(annotation: Any) -> str:
    """How the page writes a type."""
    if annotation is Any:
        return "`Any`"
    inner = next(one for one in get_args(annotation) if one is not NoneType) if is_optional(annotation) else annotation
    name = "str" if get_origin(inner) is Literal else (get_origin(inner) or inner).__name__
    return f"`{name}`" if is_optional(annotation) else f"`{name}`, always"


def is_optional(annotation: Any) -> bool:
    return NoneType in get_args(annotation)


def fields_of(cls: type[events.Event], *without: str) -> list[list[str]]:
    return [[f"`{name}`", type_of(field.annotation)] for name, field in cls.model_fields.items() if name not in without]


def test_the_shared_fields_are_those_of_every_event() -> None:
    rows = table(ABOUT["What all events share"], "field", "type", "meaning")
    assert [row[:2] for row in rows] == fields_of(events.Event)
    assert public(events.Event) == {"kind", "as_dictionary", "received_by"}
    assert {"kind", "as_dictionary()", "received_by()"} <= set(names(ABOUT["What all events share"]))
    sources = set(get_args(events.Event.model_fields["source"].annotation))
    assert sources <= set(names(rows[1][2]))


@pytest.mark.parametrize("kind", events.KINDS)
def test_the_fields_of_a_kind_are_those_of_its_class(kind: str) -> None:
    text, cls = KINDS[kind], events.KINDS[kind]
    expected = fields_of(cls, *events.Event.model_fields)
    rows = table(text, "field", "type", "meaning") if expected else []
    assert sorted(row[:2] for row in rows) == sorted(expected)
    assert all(len(row) == 3 and row[2] for row in rows)
    assert f"\n\nClass: `events.{cls.__name__}`" in text


def public(cls: type[BaseModel]) -> set[str]:
    """What a class offers beside its fields, and beside what every model offers."""
    return {name for name in set(dir(cls)) - set(dir(BaseModel)) - set(cls.model_fields) if name[0] != "_"}


def own_names(kind: str) -> set[str]:
    """What the events of a kind offer beyond what all do; methods with their parentheses."""
    classes = [cls for cls in vars(events).values() if inspect.isclass(cls) and issubclass(cls, events.KINDS[kind])]
    found = {name: getattr(cls, name) for cls in classes for name in public(cls) - public(events.Event)}
    return {f"{name}()" if inspect.isfunction(value) else name for name, value in found.items()}


def listed_names(kind: str, *starts: str) -> list[str]:
    """What the lines of a section that start so name, up to an explanation."""
    lines = [line for line in KINDS[kind].splitlines() if line.startswith(starts)]
    return [name for line in lines for name in names(line.partition(":")[0])]


@pytest.mark.parametrize("kind", events.KINDS)
def test_what_a_kind_can_be_asked_for_and_do_is_all_listed(kind: str) -> None:
    listed = listed_names(kind, "Ask for `", "Do `")
    assert len(listed) == len(set(listed))
    assert set(listed) == own_names(kind)


@pytest.mark.parametrize(("header", "start"), [("what it is", "Ask for `"), ("what it does", "Do `")])
def test_the_tables_of_questions_and_answers_are_those_of_the_kinds(header: str, start: str) -> None:
    rows = table(ABOUT["What all events share"], "name", "of", header)
    told = {(name, kind) for cell, kinds, _ in rows for name in names(cell) for kind in kinds_of(kinds)}
    assert told == {(name, kind) for kind in KINDS for name in listed_names(kind, start)}


def kinds_of(cell: str) -> set[str]:
    """The kinds that a cell names, one by one or by group."""
    found = set(names(cell))
    for group, kinds in GROUPS.items():
        if group in re.sub(r"`[^`]*`", "", cell):
            found |= set(kinds)
    return found


def test_the_groups_are_the_base_classes() -> None:
    text = ABOUT["What all events share"]
    parents = {"messages": events.MessageEvent, "items": events.ItemEvent, "threads": events.ThreadEvent}
    taken: set[str] = set()
    for group, parent in parents.items():
        below = {kind for kind, cls in events.KINDS.items() if issubclass(cls, parent)} - taken
        assert below == set(GROUPS[group])
        assert re.search(rf"{parent.__name__} +{', '.join(GROUPS[group])}\n", text)
        taken |= below


def test_what_is_said_of_counts_and_comments_is_all_there_is() -> None:
    assert set(events.Badge._fields) <= set(names(KINDS["push"]))
    line = next(line for line in KINDS["graphql"].splitlines() if line.startswith("Ask for"))
    assert set(names(line)[2:]) == set(events.LiveComment.model_fields)


def test_the_calls_that_bring_something_exist() -> None:
    calls = {name for row in table(ABOUT["Overview"], "kind", "when", "comes with") for name in names(row[2])}
    calls |= {name for text in KINDS.values() for name in names(text) if re.match(r"\w*(subscribe|connect)\w*\(", name)}
    calls |= {
        name
        for row in table(ABOUT["Why am I not getting …"], "what is missing", "why, and what to do")
        for name in names(row[1])
        if "(" in name
    }
    for call in calls:
        name, _, arguments = call.rstrip(")").rpartition(".")[2].partition("(")
        function = next(
            getattr(cls, name) for cls in (RealtimeClient, Client, events.Push, events.Message) if hasattr(cls, name)
        )
        given = [one.partition("=")[0].strip() for one in arguments.split(",") if one and one != "…"]
        assert set(given) <= set(inspect.signature(function).parameters), call


# --- samples ----------------------------------------------------------------------------------------------------------


#: Kinds that no payload becomes.
LIFECYCLE = ["connected", "disconnected", "state_changed", "caught_up", "resync"]


@pytest.mark.parametrize("kind", ["state_changed", "caught_up", "resync"])
def test_what_the_client_tells_of_itself_looks_as_shown(kind: str) -> None:
    shown = json.loads(KINDS[kind].partition("```json\n")[2].partition("\n```")[0])
    fields = {name: value for name, value in shown.items() if name != "kind"}
    assert as_fields(events.KINDS[kind](**fields)) == shown


def test_every_kind_has_a_sample() -> None:
    assert [kind for kind in events.KINDS if kind not in {sample.kind for sample in SAMPLES}] == LIFECYCLE
    for sample in SAMPLES:
        assert sample.event["kind"] == sample.kind


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: f"{sample.kind}-{sample.topic}")
def test_a_payload_becomes_exactly_the_event(sample: Sample) -> None:
    client = (FbnsClient if sample.topic == "76" else RealtimeClient)(Host())
    seen: list[events.Event] = []
    client.on(events.Event, seen.append)
    client.dispatch_packet(sample.topic, encoded(sample))
    assert [shown(event) for event in seen] == [sample.event]


def test_the_first_sample_is_as_published() -> None:
    assert nested(json.loads(SAMPLES[0].payload)) == json.loads(SAMPLES[0].payload)


def test_a_connection_that_comes_and_goes_gives_exactly_the_events() -> None:
    transport, seen = FourMethods(polite), list[events.Event]()
    client = RealtimeClient(Host(), transport)
    client.on(events.Event, seen.append)
    client.connect()
    changes = [(event.previous, event.state) for event in seen if isinstance(event, events.StateChanged)]
    assert changes == [("idle", "connecting"), ("connecting", "live")]
    seen = [event for event in seen if not isinstance(event, events.StateChanged)]
    client.on(events.Disconnected, seen.append)
    transport.incoming.append(ConnectionLost("the broker closed the connection"))
    with pytest.raises(ConnectionLost):
        client.read_once()
    blocks = [re.findall(r"```json\n(.*?)```", KINDS[kind], re.DOTALL) for kind in ("connected", "disconnected")]
    assert [[shown(event)] for event in seen] == [[json.loads(block) for block in found] for found in blocks]


def test_the_texts_of_the_graphql_samples_are_known() -> None:
    for sample in SAMPLES:
        if sample.kind == "graphql":
            assert callable(getattr(texts, sample.event["name"]))


def test_a_patch_that_is_published_twice_is_emitted_once() -> None:
    (typing,) = (sample for sample in SAMPLES if sample.kind == "typing")
    payload = nested(json.loads(typing.payload))["2"]
    client, seen, received = RealtimeClient(Host()), list[events.Event](), list[Any]()
    client.on(events.Event, seen.append)
    client.on("receive", received.append)
    client.dispatch_packet("149", graphql("direct", payload))
    client.dispatch_packet("88", skywalker(1, payload))
    assert [event.kind for event in seen] == ["typing"]
    assert len(received) == 2
    assert client.stats().events == {"typing": 1, "duplicate": 1}
    assert {"duplicate", "doublePublish", "receive"} <= set(names(ABOUT["Published twice"]))


# --- handlers ---------------------------------------------------------------------------------------------------------

FILTER_VALUES: dict[str, Any] = {"thread_id": "1", "from_user": "1", "incoming": True, "text": "x"}
NAMES = {names(row[0])[0]: row[2] for row in table(ABOUT["Handlers"], "name", "what the handler gets", "filters")}


def test_every_name_of_the_table_is_emitted_and_every_kind_has_one() -> None:
    transport, emitted = FourMethods(polite), set[str]()
    client = RealtimeClient(Host(), transport)

    def noting(name: str) -> Callable[[Any], None]:
        return lambda event: emitted.add(name)

    def fail(event: Any) -> None:
        raise ValueError

    for name in NAMES:
        client.on(name, noting(name))
    client.on("connected", fail)
    client.connect()
    for sample in SAMPLES:
        client.dispatch_packet(sample.topic, encoded(sample))
    transport.incoming.append(ConnectionLost("gone"))
    with pytest.raises(ConnectionLost):
        client.read_once()
    assert emitted == set(NAMES) - {"caught_up", "resync"}  # they take a second connection
    code = "".join(map(inspect.getsource, (base, dispatch, router)))
    assert set(re.findall(r'emit\(\s*"(\w+)"', code)) <= set(NAMES)
    assert set(events.KINDS) - set(NAMES) == {"push"}
    assert set(NAMES) >= events.DICTIONARY_KINDS


def test_the_table_says_which_names_can_be_filtered() -> None:
    for name, answer in NAMES.items():
        passing = [one for one in FILTER_VALUES if accepts(name, {one: FILTER_VALUES[one]})]
        assert answer == ("yes" if passing else "no"), name


def test_the_filters_are_all_there_are_and_pass_the_kinds_of_the_table() -> None:
    rows = table(ABOUT["Handlers"], "filter", "passes", "kinds that can pass")
    assert [names(row[0])[0] for row in rows] == list(Filters.__annotations__)
    passing: set[str] = set()
    for cell, _, kinds in rows:
        (name,) = names(cell)
        passing = passing if kinds == "the same" else kinds_of(kinds)
        wanted = {name: FILTER_VALUES[name]}
        assert passing == {kind for kind, cls in events.KINDS.items() if accepts(cls, wanted)}, name


def accepts(event: Any, filters: Any) -> bool:
    try:
        Dispatcher().on(event, print, **filters)
    except RealtimeConfigError:
        return False
    return True


# --- content and categories -------------------------------------------------------------------------------------------

CONTENTS = {
    cls.kind: cls
    for cls in (getattr(types, name) for name in types.__all__)
    if inspect.isclass(cls) and issubclass(cls, types.Content) and cls.kind != "unknown"
} | {types.ContentKind.UNKNOWN: types.UnknownContent}


#: What all classes of content have, and what is for the classes themselves.
COMMON = {*types.Content.model_fields, *public(types.Content), "key_in"}


def test_the_content_table_is_the_classes() -> None:
    rows = table(ABOUT["What a message holds"], "kind", "class", "item types", "what is in it")
    assert sorted(names(row[0])[0] for row in rows) == sorted(types.ContentKind)
    types_by_kind = {names(kind)[0]: names(cell) for kind, _, cell, _ in rows}
    for kind_cell, class_cell, types_cell, contents in rows:
        cls = CONTENTS[types.ContentKind(names(kind_cell)[0])]
        assert names(class_cell) == [cls.__name__]
        listed = names(types_cell)
        listed = types_by_kind[listed[0]] if types_cell.startswith("as `") else listed
        assert listed == list(cls.item_types), kind_cell
        own = set(cls.model_fields) | public(cls)
        told = {name.partition(".")[0] for name in names(contents)}
        assert own - COMMON <= told <= own, kind_cell


def test_the_common_fields_of_content_are_told() -> None:
    said = set(names(ABOUT["What a message holds"]))
    assert {"kind", *types.Content.model_fields} <= said


def test_the_categories_of_pushes_are_those_of_the_code() -> None:
    rows = table(sections(PUSH_PAGE, 2)["Categories"], "category", "collapse keys")
    assert [names(row[0])[0] for row in rows] == list(PushCategory)
    listed = {key: names(row[0])[0] for row in rows for key in names(row[1])}
    assert listed == {key: push_category(key).value for key in KNOWN_COLLAPSE_KEYS}
    assert sum(len(names(row[1])) for row in rows) == len(listed)
