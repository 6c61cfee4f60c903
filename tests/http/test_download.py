"""Downloading: what the CDN is told, what becomes of links that have ended, and that a file is whole or not there."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
import requests

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientForbiddenError,
    ClientIncompleteReadError,
    MediaUnavailable,
)
from instagrapi.mixins.http import HttpClient
from instagrapi.realtime import events
from instagrapi.types import DirectMessage, Media

THREAD, ITEM = "340282366841710300949128000000000000001", "31000000000000000000000000000000001"
LINK, NEW_LINK = "https://scontent.example.net/v/1.jpg?sig=old", "https://scontent.example.net/v/1.jpg?sig=new"
CONTENT = bytes(range(256)) * 1000
LONG_AGO, FAR_AWAY = 1_500_000_000_000_000, 4_000_000_000_000_000


def item(url: str | None = LINK, *, expires: int = FAR_AWAY, item_id: str = ITEM) -> dict[str, Any]:
    candidate = {"width": 1, "height": 1, "url": url, "url_expiration_timestamp_us": expires}
    media = {"media_type": 1, "image_versions2": {"candidates": [candidate]}}
    return {"item_id": item_id, "item_type": "media", "user_id": 2, "media": media}


def message(url: str | None = LINK, **options: Any) -> DirectMessage:
    return DirectMessage.model_validate({**item(url, **options), "thread_id": THREAD})


def event(**options: Any) -> events.Message:
    found = item(**options)
    return events.Message(thread_id=THREAD, item_id=found["item_id"], item_type="media", item=found)


def thread(*items: dict[str, Any]) -> dict[str, Any]:
    return {"thread": {"thread_id": THREAD, "items": list(items)}, "status": "ok"}


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "photo.jpg"


@pytest.fixture(autouse=True)
def nothing_half_done(tmp_path: Path) -> Any:
    yield
    assert set(os.listdir(tmp_path)) <= {"photo.jpg"}


def test_the_file_is_saved_for_its_owner(member: HttpClient, server: Any, target: Path) -> None:
    server.answer(CONTENT)
    assert member.media_download(message(), target) == target
    assert target.read_bytes() == CONTENT
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_cdn_learns_the_user_agent_and_nothing_else(session: requests.Session, server: Any, target: Path) -> None:
    client = HttpClient(session=session, proxy="http://user:secret@127.0.0.1:3128")
    client.settings["authorization_data"] = {"ds_user_id": "1", "sessionid": "1%3Aa%3A1%3Ab"}
    client.settings["cookies"] = {"sessionid": "1%3Aa%3A1%3Ab"}
    session.cookies.set("sessionid", "1%3Aa", domain="scontent.example.net")
    session.headers["Authorization"] = "Bearer of bad news"
    server.answer(CONTENT)
    client.media_download(message(), target)
    assert server.last.headers == {"User-Agent": client.user_agent, "Accept": "*/*", "Accept-Encoding": "identity"}
    assert server.options[-1]["proxies"]["https"] == "http://user:secret@127.0.0.1:3128"
    assert server.options[-1]["verify"] is True


@pytest.mark.parametrize("form", ["message", "event", "content", "media"])
def test_whatever_leads_to_the_link_will_do(member: HttpClient, server: Any, target: Path, form: str) -> None:
    forms = {"message": message(), "event": event(), "content": message().content, "media": message().content.media}
    server.answer(CONTENT)
    member.media_download(forms[form], target)  # type: ignore[arg-type]
    assert target.read_bytes() == CONTENT


def test_progress_counts_what_has_come(member: HttpClient, server: Any, target: Path) -> None:
    steps: list[tuple[int, int]] = []
    server.answer(CONTENT, headers={"Content-Length": str(len(CONTENT))})
    member.media_download(message(), target, progress=lambda received, total: steps.append((received, total)))
    assert len(steps) > 1
    assert steps[-1] == (len(CONTENT), len(CONTENT))
    server.answer(CONTENT)
    member.media_download(message(), target, progress=lambda received, total: steps.append((received, total)))
    assert steps[-1] == (len(CONTENT), 0)


# --- links that have ended --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [message, event])
@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_has_ended_is_fetched_anew(
    member: HttpClient, server: Any, target: Path, source: Any, status: int
) -> None:
    server.answer(b"URL signature expired", status)
    server.answer(thread(item(item_id="1"), item(NEW_LINK)))
    server.answer(CONTENT)
    member.media_download(source(), target)
    assert target.read_bytes() == CONTENT
    assert server.paths[1] == f"GET /api/v1/direct_v2/threads/{THREAD}/"
    assert server.last.url == NEW_LINK


@pytest.mark.parametrize("old", [{"expires": LONG_AGO}, {"url": None}])
def test_a_link_that_says_so_is_not_even_tried(member: HttpClient, server: Any, target: Path, old: Any) -> None:
    server.answer(thread(item(NEW_LINK)))
    server.answer(CONTENT)
    member.media_download(message(**old), target)
    assert server.last.url == NEW_LINK
    assert len(server.requests) == 2


def test_the_thread_is_fetched_once_only(member: HttpClient, server: Any, target: Path) -> None:
    server.answer(b"", 403)
    server.answer(thread(item(NEW_LINK)))
    server.answer(b"", 403)
    with pytest.raises(ClientForbiddenError):
        member.media_download(message(), target)
    assert len(server.requests) == 3


def test_media_alone_have_no_new_link(member: HttpClient, server: Any, target: Path) -> None:
    media = message(expires=LONG_AGO).content.media
    assert media is not None
    with pytest.raises(MediaUnavailable, match="whole message"):
        member.media_download(media, target)
    assert server.requests == []


def test_a_message_from_nowhere_has_no_new_link(member: HttpClient, server: Any, target: Path) -> None:
    with pytest.raises(MediaUnavailable, match="where it is from"):
        member.media_download(DirectMessage.model_validate(item(None)), target)
    assert server.requests == []


@pytest.mark.parametrize("items", [[], [item(item_id="1")], [item(None)], [{"item_id": ITEM, "item_type": "text"}]])
def test_a_message_that_is_gone_has_none_either(member: HttpClient, server: Any, target: Path, items: Any) -> None:
    server.answer(thread(*items))
    with pytest.raises(MediaUnavailable):
        member.media_download(message(None), target)


@pytest.mark.parametrize("url", ["http://scontent.example.net/1.jpg", "file:///etc/passwd", "instagram://x"])
def test_only_https_is_followed(member: HttpClient, server: Any, target: Path, url: str) -> None:
    with pytest.raises(MediaUnavailable, match="https"):
        member.media_download(Media(url=url), target)
    assert server.requests == []


@pytest.mark.parametrize(
    "url",
    ["https://127.0.0.1/1.jpg", "https://[::1]:80/1.jpg", "https://[bad", "https://localhost/x", "https://2130706433/x"]
    + [
        "https://192.168.1.1/admin",
        "https:///x",
        "https://me@10.0.0.1/x",
        "https://127.1/x",
        "https://127.0.0.1./x",
        "https://127.0.0x1/",
    ],
)
def test_no_link_leads_into_the_own_network(member: HttpClient, server: Any, target: Path, url: str) -> None:
    with pytest.raises(MediaUnavailable, match="The link"):
        member.media_download(Media(url=url), target)
    assert server.requests == []


# --- what can go wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(len(CONTENT))}])
def test_a_file_that_is_too_large_is_given_up(member: HttpClient, server: Any, target: Path, headers: Any) -> None:
    target.write_bytes(b"old")
    server.answer(CONTENT, headers=headers)
    with pytest.raises(ClientError, match="larger than 100000 bytes"):
        member.media_download(message(), target, max_size=100_000)
    assert target.read_bytes() == b"old"


def test_a_file_that_breaks_off_is_not_there(member: HttpClient, server: Any, target: Path) -> None:
    server.answer(CONTENT, headers={"Content-Length": str(len(CONTENT) + 1)})
    with pytest.raises(ClientIncompleteReadError):
        member.media_download(message(), target)
    assert not target.exists()


def test_a_file_that_trickles_in_is_given_up(
    member: HttpClient, server: Any, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.answer(CONTENT)
    with pytest.raises(ClientConnectionError, match="in time"):
        member.media_download(message(), target, seconds=1e-9)


@pytest.mark.parametrize("status", [204, 302, 500])
def test_another_status_is_an_error(member: HttpClient, server: Any, target: Path, status: int) -> None:
    server.answer(b"", status, {"Location": "https://elsewhere.example/"})
    with pytest.raises(ClientError):
        member.media_download(message(), target)
    assert len(server.requests) == 1
    assert not target.exists()


def test_without_a_connection_it_is_tried_once_more(member: HttpClient, server: Any, target: Path) -> None:
    server.fail(requests.ConnectionError(ConnectionResetError(104, "Connection reset by peer")))
    server.answer(CONTENT)
    member.media_download(message(), target)
    assert len(server.requests) == 2


def test_what_progress_raises_ends_it(member: HttpClient, server: Any, target: Path) -> None:
    def stop(received: int, total: int) -> None:
        raise ValueError("enough")

    server.answer(CONTENT)
    with pytest.raises(ValueError, match="enough"):
        member.media_download(message(), target, progress=stop)
    assert not target.exists()


def test_a_folder_that_is_not_there(member: HttpClient, server: Any, tmp_path: Path) -> None:
    server.answer(CONTENT)
    with pytest.raises(FileNotFoundError):
        member.media_download(message(), tmp_path / "nowhere" / "photo.jpg")
