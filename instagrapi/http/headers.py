"""What a request says about the client, and what an answer says back.

Headers are built anew for each request, so that nothing of one request leaks into the next; every answer is read for
what it changes (wire page, request headers and response headers).
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from requests.structures import CaseInsensitiveDict

from instagrapi.http.device import new_pigeon_session_id
from instagrapi.http.forms import compact_json
from instagrapi.http.ids import known_id
from instagrapi.http.password import PasswordKey
from instagrapi.http.settings import Settings
from instagrapi.profile import AppProfile

logger = logging.getLogger("instagrapi.http")

_BEARER_PREFIX = "Bearer IGT:2:"
_SESSION_COOKIES = {"sessionid", "ds_user_id"}


@dataclass
class ServerHints:
    """What the server told during this run, and what no settings file keeps."""

    direct_region_hint: str | None = None
    shbid: str | None = None
    shbts: str | None = None
    password_key: PasswordKey | None = None
    pigeon_session_id: str = field(default_factory=new_pigeon_session_id)


def parse_bearer(text: str) -> dict[str, Any]:
    """The session inside an ``Authorization`` value: an object with ``ds_user_id`` and ``sessionid``.

    Anything else, among it the empty bearer that is sent before login and on logout, is an empty dictionary.
    """
    try:
        session = json.loads(base64.b64decode(text.rpartition(":")[2], validate=True))
        json.dumps(session, ensure_ascii=False).encode()  # half a surrogate pair fits no header
    except (ValueError, RecursionError):  # binascii.Error and UnicodeError are ValueErrors
        return {}
    complete = isinstance(session, dict) and session.get("ds_user_id") and session.get("sessionid")
    return session if complete else {}


def build_bearer(session: Mapping[str, Any]) -> str | None:
    """The ``Authorization`` value for a session, ``None`` when there is no session to speak of."""
    if not session.get("sessionid"):
        return None
    return _BEARER_PREFIX + base64.b64encode(compact_json(session).encode()).decode()


def session_id(settings: Settings) -> str | None:
    """The session id, percent-encoded as it travels: the cookie if there is one, otherwise from the bearer."""
    value = settings.cookies.get("sessionid") or settings.authorization_data.get("sessionid")
    return str(value) if value else None


def session_user_id(settings: Settings) -> str | None:
    """The account's id: from the cookie, from the bearer, or the digits that a session id starts with."""
    value = settings.cookies.get("ds_user_id") or settings.authorization_data.get("ds_user_id")
    if value:
        return str(value)
    return known_id((session_id(settings) or "").partition("%3A")[0])


def authorization(settings: Settings) -> str | None:
    """The bearer that goes with the settings; a file with nothing but a ``sessionid`` cookie has one too."""
    if settings.authorization_data.get("sessionid"):
        return build_bearer(settings.authorization_data)
    return build_bearer(session_data(session_id(settings), session_user_id(settings)))


def session_data(sessionid: str | None, user_id: str | None) -> dict[str, Any]:
    """The ``authorization_data`` of a session of which only the cookie is known."""
    return {"ds_user_id": user_id, "sessionid": sessionid, "should_use_header_over_cookies": True}


def request_headers(settings: Settings, app: AppProfile, hints: ServerHints, now: float) -> dict[str, str]:
    """The headers of a request to the private API.

    What is not known yet is left out rather than sent empty: the server tells an empty value from a missing one.

    Args:
        settings: device, place and session.
        app: app id and capabilities.
        hints: what the server told in this run.
        now: unix seconds.
    """
    locale, user_id = settings.locale, session_user_id(settings)
    language = locale.replace("_", "-")
    headers = {
        "User-Agent": settings.user_agent,
        "X-IG-App-ID": app.app_id,
        "X-IG-Capabilities": app.capabilities,
        "X-IG-Device-ID": settings.uuids["uuid"],
        "X-IG-Family-Device-ID": settings.uuids["phone_id"],
        "X-IG-Android-ID": settings.uuids["android_device_id"],
        "X-IG-App-Locale": locale,
        "X-IG-Device-Locale": locale,
        "X-IG-Mapped-Locale": locale,
        "Accept-Language": language if language == "en-US" else f"{language}, en-US",
        "X-IG-App-Startup-Country": settings.country.upper(),
        "X-IG-Timezone-Offset": settings.timezone_offset,
        "X-Bloks-Version-Id": settings.device_settings["bloks_versioning_id"],
        "X-Bloks-Is-Layout-RTL": "false",
        "X-Bloks-Is-Panorama-Enabled": "true",
        "X-IG-WWW-Claim": settings.ig_www_claim or "0",
        "X-MID": settings.mid or settings.cookies.get("mid"),
        "Authorization": authorization(settings),
        "IG-INTENDED-USER-ID": user_id or "0",
        "IG-U-DS-USER-ID": user_id,
        "IG-U-RUR": settings.ig_u_rur,
        "IG-U-IG-DIRECT-REGION-HINT": hints.direct_region_hint,
        "IG-U-SHBID": hints.shbid,
        "IG-U-SHBTS": hints.shbts,
        "X-Pigeon-Session-Id": hints.pigeon_session_id,
        "X-Pigeon-Rawclienttime": f"{now:.3f}",
        "X-IG-Bandwidth-Speed-KBPS": "-1.000",  # not measured
        "X-IG-Bandwidth-TotalBytes-B": "0",
        "X-IG-Bandwidth-TotalTime-MS": "0",
        "X-IG-Connection-Type": "WIFI",
        "X-FB-HTTP-Engine": "Tigon/MNS/TCP",
        "X-FB-Client-IP": "True",
        "X-FB-Server-Cluster": "True",
        "X-Tigon-Is-Retry": "False",
        "Priority": "u=3",
        "Accept-Encoding": "gzip, deflate",  # the app also takes zstd, which requests cannot decode alone
    }
    return {name: str(value) for name, value in headers.items() if value is not None}


def absorb_headers(settings: Settings, hints: ServerHints, headers: Mapping[str, str]) -> None:
    """Takes over whatever an answer's headers change. Never raises, whatever they hold."""
    answer = CaseInsensitiveDict(headers)
    if bearer := parse_bearer(answer.get("ig-set-authorization", "")):
        settings.authorization_data = bearer
        if settings.cookies.get("sessionid", bearer["sessionid"]) != bearer["sessionid"]:
            # The cookie is that of an older session, and would be taken for the newer one.
            settings.cookies = {name: value for name, value in settings.cookies.items() if name not in _SESSION_COOKIES}
    _compare_user(settings, answer.get("ig-set-ig-u-ds-user-id", ""))
    settings.mid = answer.get("ig-set-x-mid") or settings.mid
    settings.ig_www_claim = answer.get("x-ig-set-www-claim") or settings.ig_www_claim
    settings.ig_u_rur = answer.get("ig-set-ig-u-rur") or settings.ig_u_rur
    hints.direct_region_hint = answer.get("ig-set-ig-u-ig-direct-region-hint") or hints.direct_region_hint
    hints.shbid = answer.get("ig-set-ig-u-shbid") or hints.shbid
    hints.shbts = answer.get("ig-set-ig-u-shbts") or hints.shbts
    key = PasswordKey.from_headers(
        answer.get("ig-set-password-encryption-key-id", ""), answer.get("ig-set-password-encryption-pub-key", "")
    )
    hints.password_key = key or hints.password_key


def _compare_user(settings: Settings, user_id: str) -> None:
    """The server says who it takes us for, which should be no news."""
    known = session_user_id(settings)
    if known and user_id.isdecimal() and user_id != known:
        logger.warning("Instagram answers as if another account were logged in: the settings may be a mixture")
