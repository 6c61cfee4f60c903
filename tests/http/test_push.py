from __future__ import annotations

from typing import Any

import pytest

from instagrapi.exceptions import LoginRequired
from instagrapi.mixins import push
from instagrapi.mixins.http import HttpClient


def test_push_register_is_a_plain_form(member: HttpClient, server: Any) -> None:
    server.answer()
    assert member.push_register('{"k":"token"}') is True
    assert server.paths == ["POST /api/v1/push/register/"]
    assert server.form() == {
        "device_type": "android_mqtt",
        "is_main_push_channel": "true",
        "device_sub_type": "2",
        "device_token": '{"k":"token"}',
        "_csrftoken": member.token,
        "guid": member.uuid,
        "uuid": member.uuid,
        "users": "10000000001",
        "family_device_id": member.phone_id,
    }


def test_the_form_is_the_one_of_the_push_connection(
    member: HttpClient, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(push, "push_registration", lambda token, **of_client: {"token": token, **of_client})
    server.answer()
    member.push_register("t")
    assert server.form() == {
        "token": "t",
        "uuid": member.uuid,
        "phone_id": member.phone_id,
        "user_id": "10000000001",
        "csrf_token": member.token,
    }


def test_a_refusal_is_raised(member: HttpClient, server: Any) -> None:
    server.answer({"message": "login_required", "status": "fail"}, status=403)
    with pytest.raises(LoginRequired):
        member.push_register("token")
