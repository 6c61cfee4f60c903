"""Fixtures for programs that are tested against the emulator.

A test that fails and used an emulator, from these fixtures or from its own, gets the timeline and the complaints about
its HTTP requests added to its report.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from instagrapi import Client
    from instagrapi.emulator import Emulator, VirtualClock, VirtualEmulator

#: So many lines of the timeline are shown.
_SHOWN_LINES = 200
_MARKER = "ig_faults"
_STRICT = "ig_strict"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line(
        "markers", f"{_MARKER}(name, account=None, seed=None): plays a scenario of faults on the emulator of the test"
    )
    config.addinivalue_line("markers", f"{_STRICT}: makes the emulator of the test refuse what no app would send so")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the timelines of a failed test's emulators."""
    report = yield
    module = sys.modules.get("instagrapi.emulator.emulator")
    if report.failed and module is not None:
        for name, value in getattr(item, "funcargs", {}).items():
            if isinstance(value, module.Emulator):
                report.sections.append((f"timeline of {name}", value.timeline(last=_SHOWN_LINES)))
                if complaints := value.complaints[-_SHOWN_LINES:]:
                    report.sections.append((f"complaints of {name}", "\n".join(complaints)))
    return report


@pytest.fixture
def ig_emulator(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    """A running emulator with an empty world."""
    _need_extra()
    from instagrapi.emulator import Emulator

    with Emulator(strict=_is_strict(request)) as emulator:
        _play_scenarios(request, emulator)
        yield emulator


@pytest.fixture
def ig_client(ig_emulator: Emulator) -> Client:
    """A client that is logged in to the emulator as the account ``bot``."""
    return ig_emulator.client("bot")


@pytest.fixture
def ig_virtual(request: pytest.FixtureRequest) -> Iterator[VirtualEmulator]:
    """An emulator without sockets, on a virtual clock, with an empty world."""
    _need_extra()
    from instagrapi.emulator import VirtualEmulator

    with VirtualEmulator(strict=_is_strict(request)) as emulator:
        _play_scenarios(request, emulator)
        yield emulator


@pytest.fixture
def ig_time(ig_virtual: VirtualEmulator) -> VirtualClock:
    """The clock of the virtual emulator."""
    return ig_virtual.clock


def _need_extra() -> None:
    try:
        import instagrapi.emulator.emulator  # noqa: F401
    except ModuleNotFoundError as error:
        pytest.fail(f"the emulator needs {error.name}: pip install 'instagrapi-realtime[emulator]'", pytrace=False)


def _is_strict(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker(_STRICT) is not None


def _play_scenarios(request: pytest.FixtureRequest, emulator: Emulator) -> None:
    for marker in request.node.iter_markers(_MARKER):
        account = marker.kwargs.get("account")
        if account is not None:
            emulator.account(account)
        emulator.faults.scenario(*marker.args, **marker.kwargs)
