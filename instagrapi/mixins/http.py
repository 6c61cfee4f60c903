"""The HTTP side of the client, whole."""

from __future__ import annotations

from instagrapi.mixins.auth import AuthMixin
from instagrapi.mixins.direct import DirectMixin
from instagrapi.mixins.push import PushMixin
from instagrapi.mixins.users import UsersMixin


class HttpClient(AuthMixin, UsersMixin, DirectMixin, PushMixin):
    """A session with Instagram over HTTP: logging in, the own account, users, Direct, push registration."""
