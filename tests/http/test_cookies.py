from __future__ import annotations

import pytest
import requests

from instagrapi.http.cookies import absorb_cookies, cookie_jar
from instagrapi.http.settings import Settings


@pytest.mark.parametrize(
    ("host", "url", "sent"),
    [
        ("i.instagram.com", "https://i.instagram.com/api/v1/", True),
        ("i.instagram.com", "https://b.i.instagram.com/", True),
        ("i.instagram.com", "https://scontent.example.net/", False),
        ("127.0.0.1", "https://127.0.0.1:8443/", True),
        ("127.0.0.1", "https://i.instagram.com/", False),
        ("notinstagram.com", "https://i.instagram.com/", False),
    ],
)
def test_cookies_go_to_their_host_only(host: str, url: str, sent: bool) -> None:
    request = requests.Request("GET", url, cookies=cookie_jar({"sessionid": "1%3A2"}, host)).prepare()
    assert request.headers.get("Cookie") == ("sessionid=1%3A2" if sent else None)


def test_what_the_answer_changed_is_taken_over() -> None:
    settings = Settings.read({"cookies": {"kept": "1", "changed": "1", "deleted": "1"}})
    sent = settings.cookies
    jar = cookie_jar(sent, "i.instagram.com")
    jar.set("changed", "2", domain="i.instagram.com")  # a second one, next to the first
    jar.set("new", "1", domain=".instagram.com")
    jar.clear(".instagram.com", "/", "deleted")
    absorb_cookies(settings, sent, jar)
    assert settings.cookies == {"kept": "1", "changed": "2", "new": "1"}


def test_a_logout_meanwhile_is_not_undone() -> None:
    settings = Settings.read({"cookies": {"sessionid": "1%3A2"}})
    sent = settings.cookies
    jar = cookie_jar(sent, "i.instagram.com")
    settings.cookies = {}
    absorb_cookies(settings, sent, jar)
    assert settings.cookies == {}
