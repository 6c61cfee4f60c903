"""The upload host, the three ways to send what was uploaded, and links that end."""

from __future__ import annotations

import hashlib
import io
import json
import socket
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
import requests

from instagrapi.emulator import Actor, Emulator, samples
from instagrapi.emulator.handshake import bearer
from instagrapi.emulator.media import CAPACITY, LIFETIME
from instagrapi.emulator.media import Media as MediaShelf
from instagrapi.emulator.model import Refused, Thread
from instagrapi.emulator.uploads import CAPACITY as UPLOAD_CAPACITY
from instagrapi.emulator.uploads import KEPT_SIZE, Uploads
from instagrapi.exceptions import MediaUnavailable
from instagrapi.http.files import kind_of, mp4_seconds
from instagrapi.types import Photo
from tests.support.mp4 import JPEG, mp4

MP4 = mp4(data=bytes(1000))
TYPES = {
    "image": {"image_type": "FILE_ATTACHMENT", "x-entity-type": "image/jpeg"},
    "video": {"video_type": "FILE_ATTACHMENT", "x-entity-type": "video/mp4", "segment-start-offset": "0"},
    "audio": {"audio_type": "FILE_ATTACHMENT", "x-entity-type": "audio/mp4"},
}
Send = Callable[..., requests.Response]


class Phone:
    """Requests of an account, with every header said by hand."""

    def __init__(self, emu: Emulator, session: requests.Session, actor: Actor) -> None:
        self._emu = emu
        self._session = session
        self._authorization = bearer(actor.account, actor.new_session())

    def call(self, method: str, path: str, headers: dict[str, str | None] | None = None, **options: Any) -> Any:
        merged = {"Authorization": self._authorization, **(headers or {})}
        return self._session.request(
            method,
            self._emu.endpoints.upload + path,
            headers=merged,
            verify=self._emu.endpoints.ca_file,
            timeout=5,
            **options,
        )

    def upload(
        self, kind: str, content: bytes, name: str = "name", offset: int = 0, headers: Mapping[str, str | None] = {}
    ) -> requests.Response:
        said = {
            **TYPES[kind],
            "offset": str(offset),
            "x-entity-length": str(len(content)),
            "x-entity-name": name,
            "content-type": "application/octet-stream",
            **headers,
        }
        answer: requests.Response = self.call("POST", f"/messenger_{kind}/{name}", said, data=content[offset:])
        return answer

    def broadcast(self, route: str, thread: Thread, fbid: Any, **fields: Any) -> requests.Response:
        tokens = dict.fromkeys(("client_context", "mutation_token", "offline_threading_id"), fields.pop("token", "7"))
        form = {"_uuid": "u", **tokens, "thread_ids": json.dumps([thread.thread_id]), "attachment_fbid": fbid, **fields}
        answer: requests.Response = self.call("POST", f"/api/v1/direct_v2/threads/broadcast/{route}/", data=form)
        return answer


@pytest.fixture
def phone(emu: Emulator, bot: Actor) -> Iterator[Phone]:
    with requests.Session() as session:
        yield Phone(emu, session, bot)


# --- uploads ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "content"), [("image", JPEG), ("video", MP4), ("audio", MP4)])
def test_a_file_is_taken(emu: Emulator, phone: Phone, kind: str, content: bytes) -> None:
    asked = phone.call("GET", f"/messenger_{kind}/name", TYPES[kind])
    assert asked.json() == {"offset": 0}
    answer = phone.upload(kind, content)
    assert answer.json() == {"media_id": 700000000000001}
    assert answer.headers["Content-Type"].startswith("application/json")
    (upload,) = emu.uploads
    assert (upload.size, upload.received) == (len(content), len(content))
    assert upload.sha256 == hashlib.sha256(content).hexdigest()
    assert phone.call("GET", f"/messenger_{kind}/name", TYPES[kind]).json() == {"offset": len(content)}


def test_asking_for_a_complete_file_again_gives_its_id_again(emu: Emulator, phone: Phone) -> None:
    ids = {phone.upload("image", JPEG, offset=offset).json()["media_id"] for offset in (0, len(JPEG))}
    assert len(ids) == 1
    assert len(emu.uploads) == 1


def test_files_are_told_apart_by_account_kind_and_name(emu: Emulator, phone: Phone, alice: Actor) -> None:
    with requests.Session() as session:
        other = Phone(emu, session, alice)
        answers = [
            phone.upload("video", MP4),
            phone.upload("video", MP4, "other"),
            phone.upload("audio", MP4),
            other.upload("video", MP4),
        ]
    assert len({answer.json()["media_id"] for answer in answers}) == 4


@pytest.mark.parametrize("header", ["X-IG-App-ID", "x-bloks-version-id", "X-Pigeon-Session-Id"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_headers_of_the_private_api_do_not_get_past_the_edge(phone: Phone, header: str, method: str) -> None:
    answer = phone.call(method, "/messenger_image/name", {**TYPES["image"], header: "x"})
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_session_is_needed(phone: Phone) -> None:
    answer = phone.call("GET", "/messenger_image/name", {**TYPES["image"], "Authorization": None})
    assert (answer.status_code, answer.json()["message"]) == (403, "login_required")


@pytest.mark.parametrize(
    "headers",
    [
        {"image_type": None},
        {"image_type": "STORY"},
        {"x-entity-type": "image/png"},
        {"x-entity-name": "other"},
        {"x-entity-name": None},
        {"offset": None},
        {"offset": "x"},
        {"offset": "-1"},
        {"offset": "1"},
        {"x-entity-length": None},
        {"x-entity-length": "1"},
        {"content-type": "application/x-www-form-urlencoded"},
    ],
)
def test_what_an_upload_says_has_to_fit(emu: Emulator, phone: Phone, headers: dict[str, str | None]) -> None:
    assert phone.upload("image", JPEG, headers=headers).status_code == 400
    assert all(upload.media_id is None for upload in emu.uploads)


@pytest.mark.parametrize(("kind", "content"), [("image", MP4), ("video", JPEG), ("audio", JPEG)])
def test_what_is_no_such_file_is_refused(phone: Phone, kind: str, content: bytes) -> None:
    assert phone.upload(kind, content).status_code == 400


def test_an_upload_goes_on_where_it_is_and_nowhere_else(emu: Emulator, phone: Phone) -> None:
    with emu.faults.break_uploads(500, times=1), pytest.raises(requests.ConnectionError):
        phone.upload("video", MP4)
    assert phone.call("GET", "/messenger_video/name", TYPES["video"]).json() == {"offset": 500}
    assert phone.upload("video", MP4, offset=400).status_code == 400
    assert phone.upload("video", MP4, offset=500).status_code == 200
    assert emu.uploads[0].offsets == [0, 500]
    assert emu.uploads[0].sha256 == hashlib.sha256(MP4).hexdigest()


def test_uploads_can_be_broken_for_one_account_only(emu: Emulator, phone: Phone, alice: Actor) -> None:
    with emu.faults.break_uploads(0, alice) as fault:
        assert phone.upload("image", JPEG).status_code == 200
        assert fault.hits == 0


# --- memory -----------------------------------------------------------------------------------------------------------


def test_of_large_files_only_size_and_checksum_are_kept(alice: Actor) -> None:
    uploads = Uploads(MediaShelf(lambda: 0.0))
    size = KEPT_SIZE + 1
    upload, turn = uploads.begin(alice.account, "photo", "large", 0, size)
    assert upload.content is None
    assert uploads.add(upload, turn, b"\xff\xd8\xff" + bytes(size - 3))
    assert uploads.finish(upload)
    assert upload.file is None


def test_only_so_many_uploads_are_remembered(alice: Actor) -> None:
    uploads = Uploads(MediaShelf(lambda: 0.0))
    for number in range(UPLOAD_CAPACITY + 5):
        uploads.begin(alice.account, "photo", str(number), 0, 10)
    assert [upload.name for upload in uploads] == [str(number) for number in range(5, UPLOAD_CAPACITY + 5)]


def test_only_so_many_bytes_can_be_downloaded_again() -> None:
    shelf = MediaShelf(lambda: 0.0)
    names = [shelf.keep("photo", bytes(CAPACITY // 4)) for _ in range(5)]
    links = [shelf.linker("photo", name)({"candidates": [{}]})["candidates"][0]["url"] for name in names]
    found = [dict(part.split("=") for part in link.partition("?")[2].split("&")) for link in links]
    with pytest.raises(Refused, match="not found"):
        shelf.read(names[0], found[0]["oe"], found[0]["oh"])
    assert shelf.read(names[1], found[1]["oe"], found[1]["oh"]).media_type == "image/jpeg"


def test_an_older_request_cannot_go_on_beside_a_newer_one(alice: Actor) -> None:
    uploads = Uploads(MediaShelf(lambda: 0.0))
    upload, turn = uploads.begin(alice.account, "video", "name", 0, 10)
    assert uploads.add(upload, turn, b"12345")
    assert uploads.offset(alice.account, "video", "name") == 5
    assert not uploads.add(upload, turn, b"67")
    assert upload.received == 5


# --- sending ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def thread(alice: Actor, bot: Actor) -> Thread:
    return alice.thread_with(bot)


def test_a_photo_is_sent_once_for_each_token(phone: Phone, thread: Thread) -> None:
    fbid = phone.upload("image", JPEG).json()["media_id"]
    answers = [phone.broadcast("photo_attachment", thread, fbid, token=token).json() for token in ("7", "7", "8")]
    first, again, other = (answer["payload"]["item_id"] for answer in answers)
    assert first == again != other
    assert [item.item_type for item in thread.items] == ["media", "media"]


def test_a_voice_message_needs_a_waveform(phone: Phone, thread: Thread) -> None:
    fbid = phone.upload("audio", MP4).json()["media_id"]
    fields = {"waveform": "[0,0.5,1]", "waveform_sampling_frequency_hz": "10"}
    for odd in ({"waveform": "[]"}, {"waveform": "[2]"}, {"waveform": "x"}, {"waveform_sampling_frequency_hz": "9"}):
        assert phone.broadcast("voice_attachment", thread, fbid, **{**fields, **odd}).status_code == 400
    assert phone.broadcast("voice_attachment", thread, fbid, **fields).status_code == 200
    assert thread.items[0].data["voice_media"]["media"]["audio"]["waveform_data"] == [0, 0.5, 1]


def test_a_video_is_named_twice(phone: Phone, thread: Thread) -> None:
    fbid = phone.upload("video", MP4).json()["media_id"]
    assert phone.broadcast("video_attachment", thread, fbid).status_code == 400
    assert phone.broadcast("video_attachment", thread, fbid, video_result=fbid).status_code == 200


def test_only_own_files_of_the_kind_can_be_sent(emu: Emulator, phone: Phone, thread: Thread, alice: Actor) -> None:
    fbid = phone.upload("image", JPEG).json()["media_id"]
    with requests.Session() as session:
        assert Phone(emu, session, alice).broadcast("photo_attachment", thread, fbid).status_code == 400
    assert phone.broadcast("video_attachment", thread, fbid, video_result=fbid).status_code == 400
    assert phone.broadcast("photo_attachment", thread, 17).status_code == 400
    assert thread.items == []


def test_files_do_not_begin_a_conversation(phone: Phone, thread: Thread, alice: Actor) -> None:
    fbid = phone.upload("image", JPEG).json()["media_id"]
    to = {"recipient_users": f"[[{alice.pk}]]"}
    assert phone.broadcast("photo_attachment", thread, fbid, **to).status_code == 400


@pytest.mark.parametrize(("route", "kind", "status"), [("photo", "image", 503), ("video", "video", 500)])
def test_files_can_be_worked_on_for_a_while(
    emu: Emulator, phone: Phone, thread: Thread, route: str, kind: str, status: int
) -> None:
    fbid = phone.upload(kind, JPEG if kind == "image" else MP4).json()["media_id"]
    emu.faults.still_processing(times=1)
    answers = [phone.broadcast(f"{route}_attachment", thread, fbid, video_result=fbid) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [status, 200]
    assert len(thread.items) == 1


# --- links ------------------------------------------------------------------------------------------------------------


class Calendar:
    now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


def test_links_end_and_are_given_anew(alice_photo: Callable[..., str], calendar: Calendar) -> None:
    old = alice_photo()
    with requests.Session() as session:
        options: dict[str, Any] = {"timeout": 5, "verify": alice_photo.ca_file}  # type: ignore[attr-defined]
        answer = session.get(old, **options)
        assert (answer.content, answer.headers["Content-Type"]) == (JPEG, "image/jpeg")
        calendar.now += LIFETIME
        answer = session.get(old, **options)
        assert (answer.status_code, answer.text) == (403, "URL signature expired")
        assert session.get(alice_photo(), **options).content == JPEG


@pytest.fixture
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture
def alice_photo(calendar: Calendar) -> Iterator[Any]:
    """Gives the link to a photo of alice's as the bot sees it."""
    with Emulator(clock=calendar) as emu:
        alice, bot = emu.account("alice"), emu.account("bot")
        alice.send_photo(bot, file=JPEG)
        client = emu.client(bot)

        def link() -> str | None:
            media = client.direct_threads(amount=1)[0].messages[0].content.media
            assert media is not None
            assert media.expires_at is not None
            assert media.expires_at.timestamp() == calendar.now + LIFETIME
            return media.url

        link.ca_file = emu.endpoints.ca_file  # type: ignore[attr-defined]
        yield link
        client._http._session.close()


def test_people_send_files_too(emu: Emulator, alice: Actor, bot: Actor) -> None:
    thread = alice.thread_with(bot)
    late = alice.send_photo(bot, file=JPEG, url_later=True)
    assert "image_versions2" not in late.shown["media"]
    alice.complete(late)
    video = alice.send_video(bot, file=MP4)
    voice = alice.send_voice(bot, file=MP4)
    links = [
        late.shown["media"]["image_versions2"]["candidates"][0]["url"],
        video.shown["media"]["video_versions"][0]["url"],
        voice.shown["voice_media"]["media"]["audio"]["audio_src"],
    ]
    with requests.Session() as session:
        found = [session.get(link, timeout=5, verify=emu.endpoints.ca_file).content for link in links]
    assert found == [JPEG, MP4, MP4]
    assert len(thread.items) == 3


def test_without_a_file_a_sample_is_sent(emu: Emulator, alice: Actor, bot: Actor, tmp_path: Any) -> None:
    client = emu.client(bot)
    sent = {
        alice.send_photo(bot).item_id: samples.PHOTO,
        alice.send_video(bot).item_id: samples.VIDEO,
        alice.send_voice(bot).item_id: samples.VOICE,
    }
    for message in client.direct_threads(amount=1)[0].messages:
        assert client.media_download(message, tmp_path / "file").read_bytes() == sent[message.id]


def test_the_samples_are_what_they_are_sent_as() -> None:
    assert kind_of(io.BytesIO(samples.PHOTO)) == "a JPEG picture"
    assert samples.PHOTO.endswith(b"\xff\xd9")
    assert mp4_seconds(io.BytesIO(samples.VIDEO)) == pytest.approx(1.0, abs=0.1)
    assert mp4_seconds(io.BytesIO(samples.VOICE)) == pytest.approx(2.0, abs=0.1)


def test_nothing_is_looked_up_away_from_the_emulator(
    emu: Emulator, alice: Actor, bot: Actor, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = emu.client(bot)
    alice.send_album(bot)
    album = client.direct_threads(amount=1)[0].messages[0]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was looked up"))
    with pytest.raises(MediaUnavailable, match="away from the emulator"):
        client.media_download(album, tmp_path / "file")
    assert not (tmp_path / "file").exists()


def test_without_sockets_it_is_the_same(tmp_path: Any) -> None:
    with Emulator.virtual(seed=1, strict=True) as emu:
        alice, bot = emu.account("alice"), emu.account("bot")
        thread = alice.thread_with(bot)
        client, other = emu.client(bot), emu.client(alice)
        steps: list[int] = []
        with emu.faults.break_uploads(700, times=1), emu.faults.still_processing(times=3):
            begin = emu.clock.elapsed
            client.direct_send_video(MP4, thread_ids=thread.thread_id, progress=lambda sent, _: steps.append(sent))
        assert 16 < emu.clock.elapsed - begin < 18
        assert steps[-1] == len(MP4)
        assert emu.uploads[0].offsets == [0, 700]
        client.direct_send_photo(JPEG, thread_ids=[thread.thread_id])
        client.direct_send_voice(MP4, thread_ids=[thread.thread_id])
        message = other.direct_threads(amount=1)[0].messages[1]
        assert isinstance(message.content, Photo)
        other.media_download(message, tmp_path / "photo.jpg")
        assert (tmp_path / "photo.jpg").read_bytes() == JPEG
        assert emu.complaints == []
