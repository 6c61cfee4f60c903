from __future__ import annotations

import re
import uuid

from instagrapi.http.device import (
    build_user_agent,
    device_settings,
    generate_uuids,
    jazoest,
    new_csrf_token,
    new_pigeon_session_id,
)
from instagrapi.profile import Profile


def test_jazoest_is_that_of_the_wire_page() -> None:
    assert jazoest("00000000-0000-4000-8000-000000000001") == "21729"


def test_user_agent_is_that_of_the_wire_page() -> None:
    assert build_user_agent(device_settings(Profile()), "en_US") == (
        "Instagram 449.0.0.52.84 Android (34/14; 480dpi; 1344x2992; Google/google; Pixel 8 Pro; husky; husky; en_US; "
        "1079242191)"
    )


def test_ids_have_the_form_of_the_app_and_differ_between_devices() -> None:
    ids, others = generate_uuids(), generate_uuids()
    assert re.fullmatch(r"android-[0-9a-f]{16}", ids.pop("android_device_id"))
    assert set(ids) == {
        "phone_id",
        "uuid",
        "client_session_id",
        "advertising_id",
        "request_id",
        "tray_session_id",
    }
    assert all(uuid.UUID(value).version == 4 for value in ids.values())
    assert not set(ids.values()) & set(others.values())


def test_device_settings_are_eight_hardware_and_three_app_fields() -> None:
    assert set(device_settings(Profile())) == {
        "android_version",
        "android_release",
        "dpi",
        "resolution",
        "manufacturer",
        "device",
        "model",
        "cpu",
        "app_version",
        "version_code",
        "bloks_versioning_id",
    }


def test_tokens_have_the_form_of_the_app() -> None:
    assert re.fullmatch(r"[A-Za-z0-9]{64}", new_csrf_token())
    assert re.fullmatch(r"UFS-[0-9a-f-]{36}-1", new_pigeon_session_id())
