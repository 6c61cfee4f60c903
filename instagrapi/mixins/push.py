"""The HTTP half of push notifications."""

from __future__ import annotations

from instagrapi.mixins.private import PrivateMixin


class PushMixin(PrivateMixin):
    """Methods about push notifications."""

    def push_register(self, token: str) -> bool:
        """Tells Instagram to push to the device that got this token from FBNS. Once per token is enough.

        Raises:
            LoginRequired: the session has ended.
            ClientError: see :meth:`private_request`.
        """
        self.private_request(
            "push/register/",
            data={
                "device_type": "android_mqtt",
                "is_main_push_channel": True,
                "device_sub_type": "2",
                "device_token": token,
                "_csrftoken": self.token,
                "guid": self.uuid,
                "uuid": self.uuid,
                "users": self.user_id,
                "family_device_id": self.phone_id,
            },
            with_signature=False,
        )
        return True
