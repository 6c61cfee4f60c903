from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.exceptions import ClientError, RealtimeConfigError
from instagrapi.http.totp import totp_code

SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("now", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_vectors_of_rfc_6238(now: float, code: str) -> None:
    assert totp_code(SEED, now) == code


@pytest.mark.parametrize("seed", [" gezd gnbv gy3t qojq gezd gnbv gy3t qojq ", f"{SEED}======", SEED.lower()])
def test_a_seed_may_look_as_people_write_it(seed: str) -> None:
    assert totp_code(seed, 59.9) == "287082"


def test_missing_padding_is_added() -> None:
    assert totp_code("JBSWY3DPEE", 0) == totp_code("JBSWY3DPEE======", 0)


@pytest.mark.parametrize("seed", ["", " ", "secret-1", "1890", "JBSWY3DPE"])
def test_what_is_no_seed_is_not_repeated(seed: str) -> None:
    with pytest.raises(RealtimeConfigError) as caught:
        totp_code(seed, 0)
    assert "secret" not in str(caught.value)


@given(st.text(), st.floats(0, 1e10))
def test_any_text_gives_six_digits_or_a_clear_error(seed: str, now: float) -> None:
    try:
        code = totp_code(seed, now)
    except ClientError:
        return
    assert len(code) == 6
    assert code.isdecimal()
