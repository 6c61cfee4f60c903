"""The HTTP side of the client, whole."""

from __future__ import annotations

from instagrapi.mixins.auth import AuthMixin
from instagrapi.mixins.challenge import ChallengeMixin
from instagrapi.mixins.direct import DirectMixin
from instagrapi.mixins.download import DownloadMixin
from instagrapi.mixins.push import PushMixin
from instagrapi.mixins.users import UsersMixin


class HttpClient(AuthMixin, ChallengeMixin, UsersMixin, DirectMixin, DownloadMixin, PushMixin):
    """A session with Instagram over HTTP: logging in, challenges, accounts, Direct, files, push registration."""
