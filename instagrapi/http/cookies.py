"""The cookies of the settings file on their way to the server and back."""

from __future__ import annotations

from collections.abc import Mapping

from requests.cookies import RequestsCookieJar

from instagrapi.http.settings import Settings


def cookie_jar(cookies: Mapping[str, str], host: str) -> RequestsCookieJar:
    """A jar for one request. The file keeps no domains, so they get that of the host, and no other host gets them."""
    domain = ".instagram.com" if host.endswith(".instagram.com") else host
    jar = RequestsCookieJar()
    for name, value in cookies.items():
        jar.set(name, value, domain=domain)
    return jar


def absorb_cookies(settings: Settings, sent: Mapping[str, str], jar: RequestsCookieJar) -> None:
    """Takes over what an answer changed in the jar.

    Only the changes: another thread may have logged out, or in, while the request was on its way.
    """
    changed = {cookie.name: cookie.value for cookie in jar if cookie.value and cookie.value != sent.get(cookie.name)}
    deleted = sent.keys() - {cookie.name for cookie in jar}
    settings.cookies = {name: value for name, value in (settings.cookies | changed).items() if name not in deleted}
