"""The client: HTTP, realtime and push notifications in one object."""

from __future__ import annotations

from instagrapi.mixins.fbns import FbnsMixin
from instagrapi.mixins.http import HttpClient
from instagrapi.mixins.realtime import RealtimeMixin


class Client(HttpClient, RealtimeMixin, FbnsMixin):
    """A session with Instagram.

    ``load_settings(path)``, or ``login(username, password)`` and ``dump_settings(path)``; then methods of four kinds:
    ``direct_*`` and others over HTTP, ``realtime_*`` for events as they happen, ``fbns_*`` for push notifications, and
    ``two_factor_*`` and ``challenge_*`` for logins that a person has to finish.

    Args:
        settings: of an earlier session, as ``get_settings()`` gives them; without them this is a new device.
        proxy: URL of the proxy for everything, ``http``, ``socks4``, ``socks4a``, ``socks5`` or ``socks5h``.
        session: a ``requests.Session`` to send through.
        timeout: seconds to wait for a connection, and for each next piece of an answer.
        delay_range: shortest and longest random pause in seconds before each request.
        profile: hosts, app release and phone to present.
        locale: such as ``en_US``.
        country: ISO code, such as ``US``.
        timezone_offset: seconds east of UTC.
        on_error: called with the error of a request; true has the request sent once more.
        clock: gives unix time in seconds, for tests.
        sleep: waits for seconds, for tests.

    Raises:
        RealtimeConfigError: the proxy URL, the timeout or what leads to an emulator is unusable.
        ClientError: the settings are unusable.
    """
