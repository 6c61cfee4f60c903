from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import moment, moment_from_microseconds

TO_THE_SECOND = datetime(2026, 9, 21, 14, 13, 20, tzinfo=UTC)
ODD = (None, True, False, 1.5, float("nan"), float("inf"), "", "soon", -5, "-5", 10**20, -(10**18), "9" * 5000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1790000000, TO_THE_SECOND),
        ("1790000000", TO_THE_SECOND),
        (1790000000.0, TO_THE_SECOND),
        (1790000000123, TO_THE_SECOND.replace(microsecond=123000)),
        ("1790000000123", TO_THE_SECOND.replace(microsecond=123000)),
        (1790000000123456, TO_THE_SECOND.replace(microsecond=123456)),
        ("1790000000123456", TO_THE_SECOND.replace(microsecond=123456)),
        (1790000000123456.0, TO_THE_SECOND.replace(microsecond=123456)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (99_999_999_999, datetime(5138, 11, 16, 9, 46, 39, tzinfo=UTC)),
        (100_000_000_000, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (99_999_999_999_999, datetime(5138, 11, 16, 9, 46, 39, 999000, tzinfo=UTC)),
        (100_000_000_000_000, datetime(1973, 3, 3, 9, 46, 40, tzinfo=UTC)),
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
        *((odd, None) for odd in (*ODD, 10**17, 10**400, 1e300, " 1790000000", "1_790_000_000", "١٧٩٠٠٠٠٠٠٠")),
        *((odd, None) for odd in ("²", "1790000000.5", [], {}, b"1790000000")),
    ],
)
def test_the_unit_is_told_by_the_magnitude(value: object, expected: datetime | None) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        (1790000000123456, datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)),
        ("1790000000123456", datetime(2026, 9, 21, 14, 13, 20, 123456, tzinfo=UTC)),
        (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
        *((odd, None) for odd in (None, True, 1.5, float("nan"), "", "soon", 10**20, -(10**18), "9" * 5000, [], b"1")),
    ],
)
def test_moment_from_microseconds(value: object, expected: datetime | None) -> None:
    assert moment_from_microseconds(value) == expected


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text("0123456789"))
def test_a_moment_is_aware_or_none(value: object) -> None:
    found = moment(value)
    assert found is None or found.tzinfo is UTC


@given(st.integers(min_value=10**8, max_value=10**11 - 1))
def test_every_unit_leads_to_the_same_moment(seconds: int) -> None:
    found = moment(seconds)
    assert found is not None
    assert found.timestamp() == seconds
    assert moment(seconds * 1000) == moment(seconds * 1_000_000) == found
