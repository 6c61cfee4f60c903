"""The page about reading names every method, and its examples run against the emulator."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any

import pytest

from instagrapi import Client
from instagrapi.emulator import Emulator
from instagrapi.mixins.account import AccountMixin
from instagrapi.mixins.direct.reading import DirectReadingMixin
from instagrapi.mixins.direct.requests import DirectRequestsMixin
from instagrapi.mixins.direct.search import DirectSearchMixin
from instagrapi.mixins.users import UsersMixin

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reading.md").read_text()
MIXINS = (DirectReadingMixin, DirectRequestsMixin, DirectSearchMixin, UsersMixin, AccountMixin)


def signatures() -> dict[str, str]:
    """The arguments of each method in the tables."""
    rows = [row.split(" | ")[0] for row in PAGE.splitlines() if row.startswith("| `")]
    return {name: arguments for row in rows for name, arguments in re.findall(r"`(\w+)\(([^`]*)\)`", row)}


def test_the_tables_name_every_method() -> None:
    methods = [name for mixin in MIXINS for name in vars(mixin) if not name.startswith("_")]
    assert sorted(signatures()) == sorted(methods)


@pytest.mark.parametrize("name", signatures())
def test_the_arguments_are_those_of_the_method(name: str) -> None:
    parameters = inspect.signature(getattr(Client, name)).parameters
    for argument in filter(None, signatures()[name].split(", ")):
        if argument == "…":
            continue
        word, _, default = argument.partition("=")
        assert word in parameters
        if default:
            assert repr(parameters[word].default).replace("'", '"') == default


def test_the_examples_run_one_after_another(emulator: Emulator) -> None:
    me, alice = emulator.account("me"), emulator.account("alice")
    emulator.client(me).dump_settings("session.json")
    me.send(alice, "hello?")
    alice.send(me, "hello yourself")
    alice.send_photo(me)
    alice.presence()
    emulator.account("carol").request(me, "can I message you?")
    printed: list[str] = []
    names: dict[str, Any] = {"print": lambda *words: printed.append(" ".join(map(str, words)))}
    for example in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(compile(example, "reading.md", "exec"), names)
    names["cl"]._http._session.close()
    assert printed[0] == "* alice photo"
    assert printed[1].startswith("photo https://")
    assert printed[2:5] == ["text hello yourself", "no such thread", "0 left"]
    assert [line.split(" ")[0] for line in printed[5:]] == ["alice", "alice", str(alice.pk)]
    assert printed[-1].endswith(" now")
    assert len(printed) == 8
