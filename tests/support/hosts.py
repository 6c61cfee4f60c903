"""The least that a client must offer for the realtime and FBNS clients to work with it."""

from __future__ import annotations

from typing import Any

from instagrapi.mixins.fbns import FbnsMixin
from instagrapi.mixins.realtime import RealtimeMixin

SESSION_ID = "10000000001%3AsessionSecret%3A7%3AAYfSecretSecret"
PHONE_ID = "0b6e1f0c-9c34-4b57-8e5b-3a1d6f1d0001"
CSRF_TOKEN = "csrfSecretToken"
INBOX = {"seq_id": 1234, "snapshot_at_ms": 1700000000000, "inbox": {"threads": [{"nonsense": object}]}}


class Host:
    """Nothing but the attributes of the contract; ``requests`` keeps what was asked over HTTP."""

    def __init__(self, **changes: Any) -> None:
        self.sessionid: str | None = SESSION_ID
        self.user_id: int | str | None = 10000000001
        self.phone_id = PHONE_ID
        self.uuid = "0b6e1f0c-9c34-4b57-8e5b-3a1d6f1d0002"
        self.user_agent = "Instagram 449.0.0.52.84 Android (34/14; 480dpi; 1344x2992; Google/google; Pixel 8 Pro)"
        self.app_version = "449.0.0.52.84"
        self.capabilities = "3brTv10="
        self.locale = "en_US"
        self.proxy: str | None = None
        self.token = CSRF_TOKEN
        self.settings: dict[str, Any] = {}
        self.requests: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, Any] = {
            "accounts/current_user/": {"status": "ok"},
            "direct_v2/inbox/": INBOX,
            "push/register/": {"status": "ok"},
        }
        for name, value in changes.items():
            setattr(self, name, value)

    def private_request(
        self, endpoint: str, data: Any = None, params: Any = None, with_signature: bool = True
    ) -> dict[str, Any]:
        self.requests.append((endpoint, {"data": data, "params": params, "with_signature": with_signature}))
        answer = self.answers[endpoint]
        if isinstance(answer, Exception):
            raise answer
        result: dict[str, Any] = answer
        return result

    def requests_to(self, endpoint: str) -> list[dict[str, Any]]:
        return [request for name, request in self.requests if name == endpoint]


class RealtimeHost(Host, RealtimeMixin):
    """Only the realtime mixin."""


class FbnsHost(Host, FbnsMixin):
    """Only the FBNS mixin."""


class FullHost(Host, RealtimeMixin, FbnsMixin):
    """Both."""
