"""The phone that the client claims to be: its ids, its user agent and the small tokens it makes.

Every id comes from the operating system's random source. Ids are made once per account and kept: a session whose
device changes looks stolen.
"""

from __future__ import annotations

import secrets
import string
import uuid
from collections.abc import Mapping
from typing import Any

from instagrapi.profile import APP_RELEASES, Profile


def generate_uuids() -> dict[str, Any]:
    """The seven ids of a new installation, under the names of the settings file.

    All are UUID4 text, except ``android_device_id``: ``android-`` and 16 hex digits.
    """
    return {
        "phone_id": str(uuid.uuid4()),
        "uuid": str(uuid.uuid4()),
        "client_session_id": str(uuid.uuid4()),
        "advertising_id": str(uuid.uuid4()),
        "android_device_id": f"android-{secrets.token_hex(8)}",
        "request_id": str(uuid.uuid4()),
        "tray_session_id": str(uuid.uuid4()),
    }


def device_settings(profile: Profile) -> dict[str, Any]:
    """The profile's phone and app release, as the settings file keeps them: eight hardware and three app fields."""
    return {
        **profile.device.model_dump(),
        "app_version": profile.app.version,
        "version_code": profile.app.version_code,
        "bloks_versioning_id": profile.app.bloks_versioning_id,
    }


def completed_device(given: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """A device of the settings file with what it lacks: from its own app release if that is known, else the profile."""
    known = {key: value for key, value in given.items() if value is not None}
    release = APP_RELEASES.get(str(known.get("app_version")))
    own = dict(zip(("version_code", "bloks_versioning_id"), release, strict=True)) if release else {}
    return {**device_settings(profile), **own, **known}


def build_user_agent(device: Mapping[str, Any], locale: str) -> str:
    """The app's user agent for a device of the settings file; ``locale`` looks like ``en_US``."""
    return (
        "Instagram {app_version} Android ({android_version}/{android_release}; {dpi}; {resolution}; {manufacturer}; "
        "{model}; {device}; {cpu}; {locale}; {version_code})"
    ).format_map({**device, "locale": locale})


def jazoest(phone_id: str) -> str:
    """The checksum of the phone id that logins carry: a 2, then the sum of the code points."""
    return f"2{sum(map(ord, phone_id))}"


def new_csrf_token() -> str:
    """What stands in for the ``csrftoken`` cookie until the server has set one: 64 letters and digits."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(64))


def new_pigeon_session_id() -> str:
    """The id of one start of the app."""
    return f"UFS-{uuid.uuid4()}-1"
