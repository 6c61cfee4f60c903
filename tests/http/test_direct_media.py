"""Sending photos, videos and voice messages: every request field by field."""

from __future__ import annotations

import inspect
import io
import json
from pathlib import Path
from typing import Any

import pytest
import requests

from instagrapi.exceptions import (
    ClientJSONDecodeError,
    ClientNotFoundError,
    ClientServerError,
    DirectThreadNotFound,
    LoginRequired,
    UnsupportedMedia,
)
from instagrapi.mixins.http import HttpClient
from instagrapi.profile import Profile
from instagrapi.types import Photo, Video, Voice
from tests.support.mp4 import JPEG, box, movie_header, mp4

THREAD = "340282366841710300949128000000000000001"
FBID = 700000000000001
MP4 = mp4(seconds=1.25)
ACK = {
    "action": "item_ack",
    "status_code": "200",
    "payload": {
        "client_context": "1",
        "item_id": "31000000000000000000000000000000001",
        "timestamp": "1790000000123456",
        "thread_id": THREAD,
    },
    "status": "ok",
}
SENDERS = ["photo", "video", "voice"]
UPLOADS = {"photo": "messenger_image", "video": "messenger_video", "voice": "messenger_audio"}


@pytest.fixture(autouse=True)
def naps(member: HttpClient) -> list[float]:
    """What the client waited."""
    naps: list[float] = []
    member._sleep = naps.append
    return naps


def content_of(kind: str) -> bytes:
    return JPEG if kind == "photo" else MP4


def take(server: Any, kind: str) -> None:
    """Answers of the upload host."""
    if kind != "photo":
        server.answer({"offset": 0})
    server.answer({"media_id": FBID})


def broadcast(server: Any) -> dict[str, str]:
    """The form of the last request without what is new each time, which is checked here."""
    form: dict[str, str] = server.form()
    tokens = {form.pop(name) for name in ("client_context", "mutation_token", "offline_threading_id")}
    assert len(tokens) == 1
    assert tokens.pop().isdigit()
    return form


def test_a_photo(member: HttpClient, server: Any, bearer: str) -> None:
    take(server, "photo")
    server.answer(ACK)
    message = member.direct_send_photo(JPEG, thread_ids=[THREAD])
    uploaded, sent = server.requests
    assert uploaded.url.startswith("https://rupload.facebook.com/messenger_image/")
    headers = {name.lower(): value for name, value in uploaded.headers.items()}
    name = uploaded.url.rpartition("/")[2]
    assert headers == {
        "authorization": bearer,
        "ig-intended-user-id": "10000000001",
        "ig-u-ds-user-id": "10000000001",
        "user-agent": member.user_agent,
        "accept-language": "en-US",
        "accept-encoding": "gzip",
        "x-fb-client-ip": "True",
        "x-fb-server-cluster": "True",
        "x-fb-http-engine": "Tigon/MNS/TCP",
        "x-tigon-is-retry": "False",
        "priority": "u=6, i",
        "image_type": "FILE_ATTACHMENT",
        "x-entity-type": "image/jpeg",
        "offset": "0",
        "x-entity-length": str(len(JPEG)),
        "x-entity-name": name,
        "content-type": "application/octet-stream",
        "content-length": str(len(JPEG)),
    }
    assert uploaded.body.read() == JPEG
    assert sent.url == "https://i.instagram.com/api/v1/direct_v2/threads/broadcast/photo_attachment/"
    assert broadcast(server) == {
        "_uuid": member.uuid,
        "device_id": member.android_device_id,
        "action": "send_item",
        "is_shh_mode": "0",
        "btt_dual_send": "false",
        "is_ae_dual_send": "false",
        "send_attribution": "inbox",
        "attachment_fbid": str(FBID),
        "allow_full_aspect_ratio": "true",
        "thread_ids": f'["{THREAD}"]',
    }
    assert isinstance(message.content, Photo)
    assert message.item_type == "media"


def test_a_video(member: HttpClient, server: Any) -> None:
    take(server, "video")
    server.answer(ACK)
    message = member.direct_send_video(MP4, thread_ids=THREAD)
    asked, uploaded, _ = server.requests
    assert (asked.method, uploaded.method) == ("GET", "POST")
    assert asked.url == uploaded.url
    assert asked.url.startswith("https://rupload.facebook.com/messenger_video/")
    assert "content-type" not in asked.headers
    assert server.paths[-1] == "POST /api/v1/direct_v2/threads/broadcast/video_attachment/"
    assert broadcast(server) == {
        "_uuid": member.uuid,
        "device_id": member.android_device_id,
        "action": "send_item",
        "is_shh_mode": "0",
        "btt_dual_send": "false",
        "is_ae_dual_send": "false",
        "send_attribution": "inbox",
        "attachment_fbid": str(FBID),
        "video_result": str(FBID),
        "thread_ids": f'["{THREAD}"]',
    }
    assert isinstance(message.content, Video)


def test_a_voice_message(member: HttpClient, server: Any) -> None:
    take(server, "voice")
    server.answer(ACK)
    message = member.direct_send_voice(MP4, thread_ids=[THREAD], waveform=[0, 0.5, 1])
    upload_id = server.requests[1].url.rpartition("/")[2].partition("_")[0]
    assert server.paths[-1] == "POST /api/v1/direct_v2/threads/broadcast/voice_attachment/"
    assert broadcast(server) == {
        "_uuid": member.uuid,
        "device_id": member.android_device_id,
        "action": "send_item",
        "send_attribution": "inbox",
        "attachment_fbid": str(FBID),
        "waveform": "[0.0,0.5,1.0]",
        "waveform_sampling_frequency_hz": "10",
        "upload_id": upload_id,
        "thread_ids": f'["{THREAD}"]',
    }
    assert isinstance(message.content, Voice)
    assert message.content.media is not None
    assert message.content.media.waveform == [0, 0.5, 1]


@pytest.mark.parametrize(("content", "values"), [(mp4(1.25), 13), (mp4(0.0), 70), (mp4(0.01), 1), (mp4(10_000), 3000)])
def test_without_a_waveform_it_is_flat_and_as_long_as_the_recording(
    member: HttpClient, server: Any, content: bytes, values: int
) -> None:
    take(server, "voice")
    server.answer(ACK)
    member.direct_send_voice(content, thread_ids=[THREAD])
    assert json.loads(server.form()["waveform"]) == [0.5] * values


@pytest.mark.parametrize("waveform", [[], [1.5], [-0.1], [float("nan")], ["x"]])
def test_a_waveform_is_numbers_from_zero_to_one(member: HttpClient, server: Any, waveform: Any) -> None:
    with pytest.raises(ValueError, match=r"waveform|convert"):
        member.direct_send_voice(MP4, thread_ids=[THREAD], waveform=waveform)
    assert server.requests == []


@pytest.mark.parametrize("kind", SENDERS)
def test_the_message_is_filled_from_what_was_sent_and_answered(member: HttpClient, server: Any, kind: str) -> None:
    take(server, kind)
    server.answer(ACK)
    message = member.direct_send_file(content_of(kind), thread_ids=[THREAD], content_type=kind)  # type: ignore[arg-type]
    assert message.id == ACK["payload"]["item_id"]  # type: ignore[index]
    assert message.thread_id == THREAD
    assert message.user_id == "10000000001"
    assert message.client_context == server.form()["client_context"]
    assert message.is_sent_by_viewer
    assert message.timestamp is not None
    assert message.timestamp.microsecond == 123456
    assert UPLOADS[kind] in server.paths[0]


@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("direct_send_photo", "path user_ids thread_ids"),
        ("direct_send_video", "path user_ids thread_ids"),
        ("direct_send_voice", "path user_ids thread_ids waveform"),
        ("direct_send_file", "path user_ids thread_ids content_type"),
    ],
)
def test_names_and_arguments_are_those_of_instagrapi(member: HttpClient, method: str, arguments: str) -> None:
    assert list(inspect.signature(getattr(member, method)).parameters)[:4] == [*arguments.split(), "progress"][:4]


@pytest.mark.parametrize("kind", SENDERS)
def test_a_token_of_the_program_s_own_makes_another_attempt_harmless(
    member: HttpClient, server: Any, kind: Any
) -> None:
    for _ in range(2):
        take(server, kind)
        server.answer(ACK)
        member.direct_send_file(content_of(kind), thread_ids=[THREAD], content_type=kind, client_context="6801")
        form = server.form()
        assert {form[name] for name in ("client_context", "mutation_token", "offline_threading_id")} == {"6801"}


def test_there_is_no_other_kind_of_file(member: HttpClient, server: Any) -> None:
    with pytest.raises(ValueError, match="photo, video, voice"):
        member.direct_send_file(JPEG, thread_ids=[THREAD], content_type="gif")  # type: ignore[arg-type]
    assert server.requests == []


@pytest.mark.parametrize("kind", SENDERS)
def test_the_upload_host_gets_no_cookies_and_no_headers_of_the_private_api(
    member: HttpClient, server: Any, kind: str
) -> None:
    member.settings["cookies"] = {"sessionid": "10000000001%3AabcDEFghiJKL%3A7%3AAYf", "csrftoken": "x"}
    take(server, kind)
    server.answer(ACK)
    member.direct_send_file(content_of(kind), thread_ids=[THREAD], content_type=kind)  # type: ignore[arg-type]
    *uploads, sent = server.requests
    assert "Cookie" in sent.headers
    for request in uploads:
        names = {name.lower() for name in request.headers}
        assert "cookie" not in names
        assert "host" not in names
        assert not [name for name in names if name.startswith(("x-ig-", "x-bloks-", "x-pigeon-"))]


def test_the_upload_host_is_part_of_the_profile(session: requests.Session, server: Any) -> None:
    profile = Profile().replace(endpoints={"upload": "https://127.0.0.1:8443", "ca_file": "/tmp/ca.pem"})
    client = HttpClient(session=session, profile=profile, proxy="http://127.0.0.1:3128")
    take(server, "photo")
    server.answer(ACK)
    client.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert server.requests[0].url.startswith("https://127.0.0.1:8443/messenger_image/")
    assert server.options[0]["verify"] == "/tmp/ca.pem"
    assert server.options[0]["proxies"] == {"http": "http://127.0.0.1:3128", "https": "http://127.0.0.1:3128"}
    assert server.options[0]["timeout"] == (10.0, 30.0)


# --- to whom ----------------------------------------------------------------------------------------------------------


def test_with_users_the_conversation_is_looked_up(member: HttpClient, server: Any) -> None:
    server.answer({"thread": {"thread_id": THREAD, "items": []}, "status": "ok"})
    take(server, "photo")
    server.answer(ACK)
    member.direct_send_photo(JPEG, user_ids=[10000000002])
    assert server.paths[0] == "GET /api/v1/direct_v2/threads/get_by_participants/"
    assert json.loads(server.query(0)["recipient_users"]) == ["10000000002"]
    assert server.form()["thread_ids"] == f'["{THREAD}"]'
    assert "recipient_users" not in server.form()


@pytest.mark.parametrize("answer", [({"users": [], "status": "ok"}, 200), ({"message": "no", "status": "fail"}, 404)])
def test_without_a_conversation_nothing_is_uploaded(member: HttpClient, server: Any, answer: Any) -> None:
    server.answer(*answer)
    with pytest.raises(DirectThreadNotFound):
        member.direct_send_photo(JPEG, user_ids=[10000000002])
    assert len(server.requests) == 1


@pytest.mark.parametrize("to", [{}, {"user_ids": [1], "thread_ids": [1]}, {"thread_ids": []}, {"thread_ids": ["x"]}])
def test_it_goes_either_to_users_or_to_threads(member: HttpClient, server: Any, to: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="thread_ids"):
        member.direct_send_photo(JPEG, **to)
    assert server.requests == []


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_file_may_be_a_path_or_an_open_file(member: HttpClient, server: Any, tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(JPEG)
    for source in (path, str(path), io.BytesIO(JPEG)):
        take(server, "photo")
        server.answer(ACK)
        member.direct_send_photo(source, thread_ids=[THREAD])
        assert server.requests[-2].headers["Content-Length"] == str(len(JPEG))


@pytest.mark.parametrize("kind", SENDERS)
def test_what_cannot_be_sent_is_refused_before_any_request(
    member: HttpClient, server: Any, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "file").write_bytes(b"text")
    for source in (b"", b"text", tmp_path / "file"):
        with pytest.raises(UnsupportedMedia):
            member.direct_send_file(source, user_ids=[1], content_type=kind)  # type: ignore[arg-type]
    with pytest.raises(FileNotFoundError):
        member.direct_send_file(tmp_path / "nowhere", user_ids=[1], content_type=kind)  # type: ignore[arg-type]
    with pytest.raises(IsADirectoryError):
        member.direct_send_file(tmp_path, user_ids=[1], content_type=kind)  # type: ignore[arg-type]
    assert server.requests == []


def test_a_film_without_sound_is_no_voice_message_and_a_recording_no_video(member: HttpClient, server: Any) -> None:
    def tracks(*handlers: bytes) -> bytes:
        inner = [box(b"trak", box(b"mdia", box(b"hdlr", bytes(8) + handler + bytes(13)))) for handler in handlers]
        return mp4()[: -len(box(b"moov", movie_header(2.0)))] + box(b"moov", movie_header(2.0) + b"".join(inner))

    with pytest.raises(UnsupportedMedia, match="without sound"):
        member.direct_send_voice(tracks(b"vide"), thread_ids=[THREAD])
    with pytest.raises(UnsupportedMedia, match="without pictures"):
        member.direct_send_video(tracks(b"soun", b"hint"), thread_ids=[THREAD])
    assert server.requests == []
    take(server, "voice")
    server.answer(ACK)
    member.direct_send_voice(tracks(b"vide", b"soun"), thread_ids=[THREAD])


@pytest.mark.parametrize("wrong", [io.StringIO("x"), 5, None, ["photo.jpg"]])
@pytest.mark.parametrize("kind", ["photo", "video", "voice"])
def test_what_is_no_file_is_refused_by_a_sentence(member: HttpClient, server: Any, wrong: Any, kind: Any) -> None:
    with pytest.raises(TypeError, match="a file is its path, its bytes, or a file opened in binary mode, not "):
        member.direct_send_file(wrong, thread_ids=[THREAD], content_type=kind)
    assert server.requests == []


# --- answers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "status"), [("photo", 503), ("video", 500)])
def test_while_the_server_works_the_same_message_is_sent_again(
    member: HttpClient, server: Any, naps: list[float], kind: str, status: int
) -> None:
    take(server, kind)
    for _ in range(4):
        server.answer({"message": "", "status": "fail"}, status)
    server.answer(ACK)
    member.direct_send_file(content_of(kind), thread_ids=[THREAD], content_type=kind)  # type: ignore[arg-type]
    assert naps == [5.0] * 4
    first = len(server.requests) - 5
    assert len({server.form(index)["client_context"] for index in range(first, first + 5)}) == 1


def test_the_repeats_end(member: HttpClient, server: Any, naps: list[float]) -> None:
    take(server, "photo")
    for _ in range(5):
        server.answer(b"<html>", 503)
    with pytest.raises(ClientServerError, match="after 20 seconds .* while it processes a file") as caught:
        member.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert (naps, caught.value.code, caught.value.body) == ([5.0] * 4, 503, "<html>")


@pytest.mark.parametrize("status", [501, 502, 504])
def test_other_failures_are_not_repeated(member: HttpClient, server: Any, naps: list[float], status: int) -> None:
    take(server, "photo")
    server.answer(b"", status)
    with pytest.raises(ClientServerError):
        member.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert naps == []


def test_a_thread_that_is_not_there(member: HttpClient, server: Any) -> None:
    take(server, "photo")
    server.answer({"message": "thread not found", "status": "fail"}, 404)
    with pytest.raises(DirectThreadNotFound):
        member.direct_send_photo(JPEG, thread_ids=[THREAD])


def test_the_edge_s_page_is_no_mystery(member: HttpClient, server: Any, naps: list[float]) -> None:
    server.answer(b"<!DOCTYPE html><html><title>Error</title></html>", 404, {"Content-Type": "text/html"})
    with pytest.raises(ClientNotFoundError, match="HTTP 404"):
        member.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert naps == []


def test_a_web_page_in_place_of_an_answer(member: HttpClient, server: Any) -> None:
    server.answer(b"<html>welcome to the hotel</html>", 200)
    with pytest.raises(ClientJSONDecodeError):
        member.direct_send_photo(JPEG, thread_ids=[THREAD])


def test_a_session_that_has_ended(member: HttpClient, server: Any, naps: list[float]) -> None:
    server.answer({"message": "login_required", "status": "fail"}, 403)
    with pytest.raises(LoginRequired):
        member.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert naps == []


def test_a_busy_host_is_asked_again(member: HttpClient, server: Any, naps: list[float]) -> None:
    server.answer(b"", 502)
    server.answer({"offset": 100})
    server.answer({"media_id": FBID})
    server.answer(ACK)
    member.direct_send_photo(JPEG, thread_ids=[THREAD])
    assert naps == [1.0]
    assert server.requests[2].headers["offset"] == "100"
    assert server.requests[2].headers["Content-Length"] == str(len(JPEG) - 100)
