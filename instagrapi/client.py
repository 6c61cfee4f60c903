"""The client: HTTP, realtime and push notifications in one object."""

from __future__ import annotations

from instagrapi.mixins.fbns import FbnsMixin
from instagrapi.mixins.http import HttpClient
from instagrapi.mixins.realtime import RealtimeMixin


class Client(HttpClient, RealtimeMixin, FbnsMixin):
    """A session with Instagram; see :class:`~instagrapi.http.state.ClientState` for the arguments."""
