"""What a client knows about itself: settings, profile, proxy, and the attributes that programs read and set."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import requests

from instagrapi.exceptions import ChallengeRequired, ClientError
from instagrapi.http.device import completed_device, new_csrf_token
from instagrapi.http.headers import authorization, session_user_id
from instagrapi.http.making import Session
from instagrapi.http.session import HttpSession
from instagrapi.http.settings import Settings, timezone_name
from instagrapi.profile import Profile
from instagrapi.types import TwoFactorInfo


class PendingLogin(NamedTuple):
    """A login that waits for its two-factor code: how it can be confirmed, and the session in the making."""

    info: TwoFactorInfo
    username: str
    session: Session
    #: Whether a code was asked for; otherwise an app makes it, where there is one.
    was_sent: bool = False


class PendingChallenge(NamedTuple):
    """A challenge that came up, and the session that it is about, which may be one in the making."""

    error: ChallengeRequired
    session: Session


class ClientState:
    """The state below every method of the client. What a settings file holds lives in ``settings`` and nowhere else.

    Args:
        settings: of an earlier session: what :meth:`get_settings` returned. It is copied. Without it this is a new
            device.
        proxy: URL of the proxy, ``http``, ``socks4``, ``socks4a``, ``socks5`` or ``socks5h``.
        session: a ``requests.Session`` to send through, for instance with another adapter mounted.
        timeout: seconds to wait for a connection, and for each next piece of an answer, which has to be complete
            120 seconds after it began.
        delay_range: shortest and longest random pause in seconds before each request; ``None`` for no pause.
        profile: hosts, app release and phone to present; ``Profile.current()`` if omitted. A saved device is kept.
        locale: such as ``en_US``; see :meth:`set_locale`.
        country: ISO code, such as ``US``.
        timezone_offset: seconds east of UTC.
        on_error: called with every error of a request, on the thread that made it. If it returns true, the same request
            is sent once more, also a POST that may have been carried out. Requests that it makes itself are not
            reported to it.
        clock: gives unix time in seconds.
        sleep: waits for seconds: for ``delay_range``, and before an upload or its message is tried again.

    Raises:
        RealtimeConfigError: the proxy URL or the timeout is unusable.
        ClientError: the settings are unusable.
    """

    def __init__(
        self,
        settings: Mapping[str, Any] | None = None,
        proxy: str | None = None,
        *,
        session: requests.Session | None = None,
        timeout: float | tuple[float, float] = (10.0, 30.0),
        delay_range: tuple[float, float] | list[float] | None = None,
        profile: Profile | None = None,
        locale: str | None = None,
        country: str | None = None,
        timezone_offset: int | None = None,
        on_error: Callable[[ClientError], bool | None] | None = None,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self.username: str | None = None
        self.password: str | None = None
        self.delay_range = delay_range
        self.on_error = on_error
        self._clock = clock
        self._sleep = sleep
        self._profile = profile or Profile.current()
        self._http = HttpSession(session, proxy=proxy, timeout=timeout)
        self._csrf_token = new_csrf_token()
        self._last_json: dict[str, Any] = {}
        self._last_response: requests.Response | None = None
        self._totp_seed: str | None = None
        self._login_name: str | None = None
        self._relogins = 0
        self._logging_in = threading.RLock()
        self._changing_session = threading.Lock()
        self._reporting = threading.local()
        self._aside = threading.local()
        self._challenge: PendingChallenge | None = None
        self._two_factor: PendingLogin | None = None
        self.set_settings(settings or {})
        if locale is not None:
            self.set_locale(locale)
        if country is not None:
            self.set_country(country)
        if timezone_offset is not None:
            self.set_timezone_offset(timezone_offset)

    def __repr__(self) -> str:
        known = " ".join(filter(None, (self.username, self.user_id and f"({self.user_id})")))
        return f"<{type(self).__name__} {known or 'logged out'}>"

    # --- settings ---------------------------------------------------------------------------------------------------

    @property
    def settings(self) -> Settings:
        """The live session state, typed and at the same time a mapping. Assigning a mapping replaces it."""
        return self._session.settings

    @settings.setter
    def settings(self, settings: Mapping[str, Any]) -> None:
        self.set_settings(settings)

    def get_settings(self) -> dict[str, Any]:
        """A plain copy of the session state, to keep and to hand to another client. It is a full credential."""
        return self.settings.to_dict()

    def set_settings(self, settings: Mapping[str, Any]) -> bool:
        """Takes over a copy of a session state, also one of instagrapi 3.x or of an older release.

        Raises:
            ClientError: a value has a type that means nothing.
        """
        if isinstance(settings, Settings):
            self._live = Session(settings.model_copy(deep=True))
        else:
            self._live = Session(Settings.read(settings, self._profile))
        self._challenge = self._two_factor = None
        return True

    def load_settings(self, path: str | os.PathLike[str], override_app_version: bool = False) -> dict[str, Any]:
        """Takes over the session state of a JSON file, and returns a plain copy.

        Args:
            path: of the file.
            override_app_version: whether to call :meth:`upgrade_app` afterwards.

        Raises:
            OSError: the file cannot be read; ``FileNotFoundError`` when there is none.
            ClientError: it is not a settings file.
        """
        self.set_settings(Settings.load(path, self._profile))
        if override_app_version:
            self.upgrade_app()
        return self.get_settings()

    def dump_settings(self, path: str | os.PathLike[str]) -> bool:
        """Writes the session state to a JSON file, atomically and readable by its owner only.

        Raises:
            OSError: the file cannot be written; an existing one is untouched.
        """
        self.settings.dump(path)
        return True

    # --- session ----------------------------------------------------------------------------------------------------

    @property
    def _session(self) -> Session:
        """The session in use; on a thread that makes another one, that."""
        return getattr(self._aside, "session", None) or self._live

    @contextlib.contextmanager
    def _using(self, session: Session) -> Iterator[None]:
        """Lets this thread, and no other, work with another session."""
        before = getattr(self._aside, "session", None)
        self._aside.session = session
        try:
            yield
        finally:
            self._aside.session = before

    @property
    def authorization_data(self) -> dict[str, Any]:
        """What the bearer says: ``ds_user_id``, ``sessionid``; empty when logged out."""
        return self.settings.authorization_data

    @authorization_data.setter
    def authorization_data(self, value: Mapping[str, Any]) -> None:
        self.settings["authorization_data"] = dict(value)

    @property
    def sessionid(self) -> str | None:
        """The session id, percent-encoded: from the cookie, otherwise from the bearer; ``None`` when logged out."""
        return self._session.sessionid

    @property
    def user_id(self) -> str | None:
        """The account's id, text of digits; ``None`` when logged out. Says nothing about the session being alive."""
        return session_user_id(self.settings)

    @property
    def authorization(self) -> str | None:
        """The bearer, as it is sent; ``None`` when logged out."""
        return authorization(self.settings)

    @property
    def token(self) -> str:
        """The CSRF token: the server's cookie, otherwise one that was made for this client."""
        return self.settings.cookies.get("csrftoken") or self._csrf_token

    @property
    def mid(self) -> str | None:
        """The machine id that the server gave this device."""
        return self.settings.mid or self.settings.cookies.get("mid")

    @property
    def last_json(self) -> dict[str, Any]:
        """The body of the last answer; empty when it was no JSON object."""
        return self._last_json

    @property
    def last_response(self) -> requests.Response | None:
        """The last answer."""
        return self._last_response

    # --- device -----------------------------------------------------------------------------------------------------

    @property
    def profile(self) -> Profile:
        """Hosts, app release and phone that this client was made with."""
        return self._profile

    @property
    def phone_id(self) -> str:
        """The family device id, a UUID."""
        return str(self.settings.uuids["phone_id"])

    @phone_id.setter
    def phone_id(self, value: str) -> None:
        self.settings.uuids["phone_id"] = value

    @property
    def uuid(self) -> str:
        """The app's device id, a UUID."""
        return str(self.settings.uuids["uuid"])

    @uuid.setter
    def uuid(self, value: str) -> None:
        self.settings.uuids["uuid"] = value

    @property
    def android_device_id(self) -> str:
        """``android-`` and 16 hex digits."""
        return str(self.settings.uuids["android_device_id"])

    @android_device_id.setter
    def android_device_id(self, value: str) -> None:
        self.settings.uuids["android_device_id"] = value

    @property
    def device_settings(self) -> dict[str, Any]:
        """Hardware and app release. Assigning them, in part or whole, makes a fitting user agent."""
        return self.settings.device_settings

    @device_settings.setter
    def device_settings(self, value: Mapping[str, Any]) -> None:
        self.settings["device_settings"] = completed_device(value, self._profile)
        self.set_user_agent()

    def set_device(self, device: Mapping[str, Any] | None = None) -> None:
        """Presents another phone. What the device does not say is that of the client's profile; ids stay."""
        self.device_settings = device or {}

    def set_uuids(self, uuids: Mapping[str, Any] | None = None) -> None:
        """Sets the ids of the device; those that are not given are made anew. A session goes with its ids."""
        self.settings["uuids"] = dict(uuids or {})

    @property
    def app_version(self) -> str:
        """The app release. It belongs together with ``version_code`` and ``bloks_versioning_id``."""
        return str(self.device_settings["app_version"])

    @app_version.setter
    def app_version(self, value: str) -> None:
        self.device_settings = {**self.device_settings, "app_version": value}

    def upgrade_app(self) -> None:
        """Presents the app release of the profile instead of that of the loaded session: its three fields and the user
        agent that goes with them. Phone and ids stay.

        A session keeps its own release otherwise, which Instagram no longer accepts after some months
        (:class:`~instagrapi.exceptions.ClientNeedsUpgradeError`).
        """
        app = self._profile.app
        self.device_settings = {
            **self.device_settings,
            "app_version": app.version,
            "version_code": app.version_code,
            "bloks_versioning_id": app.bloks_versioning_id,
        }

    @property
    def user_agent(self) -> str:
        """The user agent, as it is sent."""
        return self.settings.user_agent

    @user_agent.setter
    def user_agent(self, value: str) -> None:
        self.set_user_agent(value)

    def set_user_agent(self, user_agent: str = "") -> None:
        """Sets the user agent; empty text builds the one that fits device and locale."""
        self.settings["user_agent"] = user_agent or self.settings.built_user_agent()

    @property
    def capabilities(self) -> str:
        """The value of ``X-IG-Capabilities``."""
        return self._profile.app.capabilities

    @capabilities.setter
    def capabilities(self, value: str) -> None:
        self._profile = self._profile.replace(app={"capabilities": value})

    # --- place ------------------------------------------------------------------------------------------------------

    @property
    def proxy(self) -> str | None:
        """URL of the proxy, ``None`` for none. Counts from the next request, and from the next realtime connection."""
        return self._http.proxy

    @proxy.setter
    def proxy(self, url: str | None) -> None:
        self._http.proxy = url

    def set_proxy(self, dsn: str | None) -> None:
        """Sets the proxy by its URL; ``None`` or empty text removes it.

        Raises:
            RealtimeConfigError: the URL is no usable proxy; the message does not repeat it.
        """
        self.proxy = dsn

    @property
    def locale(self) -> str:
        """Language and region, such as ``en_US``."""
        return self.settings.locale

    @locale.setter
    def locale(self, value: str) -> None:
        self.set_locale(value)

    def set_locale(self, locale: str) -> None:
        """Sets language and region, builds a new user agent with it, and sets the country when there is a region."""
        self.settings["locale"] = locale.replace("-", "_")
        self.set_user_agent()
        if region := self.locale.partition("_")[2]:
            self.set_country(region)

    @property
    def country(self) -> str:
        """ISO code of the country. The telephone code does not follow it, see :meth:`set_country_code`."""
        return self.settings.country

    @country.setter
    def country(self, value: str) -> None:
        self.set_country(value)

    def set_country(self, country: str) -> None:
        """Sets the country by its ISO code."""
        self.settings["country"] = country.upper()

    def set_country_code(self, country_code: int = 1) -> None:
        """Sets the country's telephone code, which logins name."""
        self.settings["country_code"] = country_code

    def set_timezone_offset(self, seconds: int) -> None:
        """Sets the time zone, in seconds east of UTC."""
        self.settings["timezone_offset"] = seconds
        self.settings["timezone_name"] = timezone_name(self.settings.timezone_offset)
