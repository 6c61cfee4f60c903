from __future__ import annotations

import pytest

from instagrapi.http.paths import challenge_path


@pytest.mark.parametrize("prefix", ["/", "", "/api/", "/api/v1/", "api/v1/"])
@pytest.mark.parametrize("end", ["/", "", "/?x=1"])
def test_each_form_of_a_challenge_s_path(prefix: str, end: str) -> None:
    assert challenge_path(f"{prefix}challenge/10000000001/SyNtHnOnCe{end}") == "challenge/10000000001/SyNtHnOnCe/"


@pytest.mark.parametrize(
    "path",
    [
        "",
        "None",
        "/challenge/",
        "/auth_platform/?apc=x",
        "/challenge/1/../../accounts/",
        "https://evil.example/challenge/1/x/",
        "//evil.example/challenge/1/x/",
        "/challenge/me/x/",
        "/challenge/1/x/y/",
        "/api/v2/challenge/1/x/",
    ],
)
def test_anything_else_has_no_steps(path: str) -> None:
    assert challenge_path(path) is None
