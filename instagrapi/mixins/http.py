"""The HTTP side of the client, whole."""

from __future__ import annotations

from instagrapi.mixins.auth import AuthMixin
from instagrapi.mixins.challenge import ChallengeMixin
from instagrapi.mixins.direct import DirectMixin
from instagrapi.mixins.push import PushMixin


class HttpClient(AuthMixin, ChallengeMixin, DirectMixin, PushMixin):
    """A session with Instagram over HTTP: logging in, challenges, the account, Direct threads, push registration."""
