from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.leaks import nothing_left_behind


@pytest.fixture(autouse=True)
def _nothing_left_behind() -> Iterator[None]:
    with nothing_left_behind():
        yield
