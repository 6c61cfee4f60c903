"""The HTTP half of push notifications."""

from __future__ import annotations

from instagrapi.mixins.private import PrivateMixin
from instagrapi.realtime.wire.push import push_registration


class PushMixin(PrivateMixin):
    """Methods about push notifications."""

    def push_register(self, token: str) -> bool:
        """Tells Instagram to push to the device that got this token from FBNS. Once per token is enough.

        Raises:
            LoginRequired: the session has ended.
            ClientError: see :meth:`private_request`.
        """
        form = push_registration(
            token,
            uuid=self.uuid,
            phone_id=self.phone_id,
            user_id=self.user_id or "",
            csrf_token=self.token,
        )
        self.private_request("push/register/", form, with_signature=False)
        return True
