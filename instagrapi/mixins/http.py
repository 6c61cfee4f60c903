"""The HTTP side of the client, whole."""

from __future__ import annotations

from instagrapi.mixins.auth import AuthMixin
from instagrapi.mixins.direct import DirectMixin
from instagrapi.mixins.download import DownloadMixin
from instagrapi.mixins.push import PushMixin


class HttpClient(AuthMixin, DirectMixin, DownloadMixin, PushMixin):
    """A session with Instagram over HTTP: logging in, the own account, Direct threads, push registration."""
