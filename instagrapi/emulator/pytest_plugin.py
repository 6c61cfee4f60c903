"""Fixtures for programs that are tested against the emulator."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from instagrapi import Client
    from instagrapi.emulator import Emulator


@pytest.fixture
def ig_emulator() -> Iterator[Emulator]:
    """A running emulator with an empty world."""
    try:
        from instagrapi.emulator import Emulator
    except ModuleNotFoundError as error:
        pytest.fail(f"the emulator needs {error.name}: pip install 'instagrapi-realtime[emulator]'", pytrace=False)
    with Emulator() as emulator:
        yield emulator


@pytest.fixture
def ig_client(ig_emulator: Emulator) -> Client:
    """A client that is logged in to the emulator as the account ``bot``."""
    return ig_emulator.client("bot")
