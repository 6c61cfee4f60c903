"""The page about realtime names every command and every subscription, and only what exists."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from instagrapi.realtime import RealtimeClient
from instagrapi.realtime.direct_commands import DirectCommands
from instagrapi.realtime.subscribing import Subscribing

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "realtime.md").read_text()


def test_the_table_of_commands_is_complete() -> None:
    rows = PAGE.partition("| command | what it does |\n|---|---|\n")[2].partition("\n\n")[0].splitlines()
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row.split(" | ")[0])]
    assert sorted(listed) == sorted(name for name in dir(DirectCommands) if name.startswith("direct_"))


def test_the_table_of_subscriptions_is_complete() -> None:
    rows = PAGE.partition("| to get | call | ends with |\n|---|---|---|\n")[2].partition("\n\n")[0]
    listed = set(re.findall(r"`rt\.(\w+)\(", rows))
    named = {name for name in vars(Subscribing) if "subscribe" in name and not name.startswith("_")}
    assert listed == {*named, "direct_subscribe"}


def test_what_is_called_exists() -> None:
    for name, arguments in re.findall(r"\brt\.(\w+)\(([^()]*)\)", PAGE):
        given = re.findall(r"(\w+)=", arguments)
        assert set(given) <= set(inspect.signature(getattr(RealtimeClient, name)).parameters), name
