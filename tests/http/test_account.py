from __future__ import annotations

from typing import Any

import pytest

from instagrapi.exceptions import ClientError
from instagrapi.mixins.http import HttpClient


def test_account_info(member: HttpClient, server: Any) -> None:
    server.answer({"user": {"pk": 10000000001, "username": "me.example", "new": 1}, "status": "ok"})
    account = member.account_info()
    assert (account.pk, account.username, account.raw["new"]) == ("10000000001", "me.example", 1)


@pytest.mark.parametrize("body", [{"status": "ok"}, {"status": "ok", "user": None}])
def test_an_answer_without_account_is_no_living_session(member: HttpClient, server: Any, body: Any) -> None:
    server.answer(body)
    with pytest.raises(ClientError, match="no account"):
        member.login("me", "secret")
