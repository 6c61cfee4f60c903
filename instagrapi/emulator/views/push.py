"""The HTTP half of push notifications."""

from __future__ import annotations

from instagrapi.emulator.devices import Devices
from instagrapi.emulator.http_answers import Answer, Rejected, ok
from instagrapi.emulator.hub import Hub
from instagrapi.emulator.views.base import Call, Convention, Conventions, Routes, ViewGroup

_REGISTRATION = frozenset(
    {
        "device_type",
        "is_main_push_channel",
        "device_sub_type",
        "device_token",
        "_csrftoken",
        "guid",
        "uuid",
        "users",
        "family_device_id",
    }
)


class PushViews(ViewGroup):
    """Push tokens.

    Args:
        hub: the world and its lock.
        devices: where push tokens are registered.
    """

    def __init__(self, hub: Hub, devices: Devices) -> None:
        super().__init__(hub)
        self._devices = devices

    @property
    def private(self) -> Routes:
        """Paths for who is logged in."""
        return {("POST", "push/register/"): self.register_push}

    @property
    def conventions(self) -> Conventions:
        """How apps send the requests of this group."""
        return {("POST", "push/register/"): Convention(signed=False, fields=_REGISTRATION)}

    def register_push(self, call: Call) -> Answer:
        """Binds a push token to the account."""
        token = call.fields.get("device_token")
        if not token:
            raise Rejected(400, "no token provided")
        with self._hub.changing():
            self._devices.register(str(token), call.account)
        return ok()
