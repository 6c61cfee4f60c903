"""Files on their whole way: a client, TLS sockets, the emulator, the other one's realtime socket, and back again."""

from __future__ import annotations

import contextlib
import hashlib
import random
import socket
import threading
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from instagrapi import Client
from instagrapi.emulator import Actor, Emulator
from instagrapi.emulator.model import Thread
from instagrapi.exceptions import (
    ClientConnectionError,
    ClientServerError,
    DirectThreadNotFound,
    LoginRequired,
    MediaUnavailable,
)
from instagrapi.realtime import events
from instagrapi.types import Photo, Video, Voice
from tests.support.broker import LoopbackServer, Peer
from tests.support.leaks import nothing_left_behind
from tests.support.mp4 import JPEG, mp4
from tests.support.proxies import Proxies, _copy

MP4 = mp4(data=random.Random(1).randbytes(700_000))
FILES = {"photo": JPEG + random.Random(2).randbytes(300_000), "video": MP4, "voice": MP4}
KINDS = list(FILES)


class Stage:
    """An account ``me`` with a client, and ``peer``, who listens."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.me: Actor = emulator.account("me")
        self.peer: Actor = emulator.account("peer")
        self.thread: Thread = self.me.thread_with(self.peer)
        self.client: Client = emulator.client(self.me)
        self.naps: list[float] = []
        self.client._sleep = self.naps.append
        self.other: Client = emulator.client(self.peer)
        self.received: list[events.Message] = []
        self.rt = self.other.realtime_connect()
        self.rt.on(events.Message, self.received.append)
        self.rt.direct_subscribe()

    def send(self, kind: str, **options: Any) -> Any:
        return self.client.direct_send_file(
            FILES[kind],
            thread_ids=[self.thread.thread_id],
            content_type=kind,  # type: ignore[arg-type]
            **options,
        )

    def arrival(self) -> events.Message:
        """The one message that came."""
        while not self.received:
            assert self.rt.read_once(timeout=10) is not None
        assert self.rt.ping(10)
        while self.rt.read_once(timeout=0) is not None:
            pass
        (message,) = self.received
        self.received.clear()
        return message


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with nothing_left_behind(), Emulator(random=random.Random(1)) as emulator:
        yield emulator


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    stage = Stage(emulator)
    yield stage
    stage.other.realtime_disconnect()
    for client in (stage.client, stage.other):
        client._http._session.close()


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- there and back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "shown"), [("photo", Photo), ("video", Video), ("voice", Voice)])
def test_a_file_arrives_as_an_event_and_can_be_downloaded(stage: Stage, tmp_path: Path, kind: str, shown: type) -> None:
    sent = stage.send(kind)
    message = stage.arrival()
    assert isinstance(message.content, shown)
    assert type(sent.content) is shown
    assert message.item_id == sent.id
    assert message.client_context == sent.client_context
    assert message.media is not None
    assert message.media.expires_at is not None
    stage.other.media_download(message, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == FILES[kind]
    (upload,) = stage.emulator.uploads
    assert upload.offsets == [0]
    assert upload.sha256 == digest(FILES[kind])
    assert stage.emulator.complaints == []


def test_a_voice_message_keeps_its_waveform(stage: Stage) -> None:
    stage.client.direct_send_voice(MP4, thread_ids=[stage.thread.thread_id], waveform=[0, 0.25, 1])
    media = stage.arrival().media
    assert media is not None
    assert (media.waveform, media.waveform_hz, media.duration) == ([0, 0.25, 1], 10, 0.3)


def test_a_link_that_has_ended_is_replaced(stage: Stage, tmp_path: Path) -> None:
    stage.send("photo")
    message = stage.arrival()
    media = message.media
    assert media is not None
    stage.emulator.faults.end_links()
    with pytest.raises(MediaUnavailable, match="whole message"):
        stage.other.media_download(media, tmp_path / "file")
    stage.other.media_download(message, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == FILES["photo"]


def test_an_unsent_photo_has_no_new_link(stage: Stage, tmp_path: Path) -> None:
    item = stage.peer.send_photo(stage.me, file=JPEG)
    message = next(iter(stage.client.direct_threads(amount=1)[0].messages))
    stage.client.media_download(message, tmp_path / "file")
    assert (tmp_path / "file").read_bytes() == JPEG
    stage.emulator.faults.end_links()
    stage.peer.unsend(item)
    with pytest.raises(MediaUnavailable):
        stage.client.media_download(message, tmp_path / "file")


def test_the_emulator_s_certificate_is_verified(stage: Stage, tmp_path: Path) -> None:
    stage.send("photo")
    stranger = Client(profile=stage.emulator.profile.replace(endpoints={"ca_file": None}))
    with pytest.raises(ClientConnectionError, match="No trusted TLS connection"):
        stranger.media_download(stage.arrival(), tmp_path / "file")
    stranger._http._session.close()


def test_a_photo_needs_a_thread_that_is_there(stage: Stage) -> None:
    with pytest.raises(DirectThreadNotFound):
        stage.client.direct_send_photo(JPEG, thread_ids=[1])


def test_an_upload_with_a_dead_session(stage: Stage) -> None:
    stage.emulator.faults.revoke(stage.me)
    with pytest.raises(LoginRequired):
        stage.send("photo")
    assert stage.naps == []


# --- connections that break -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0, 1e-5, 0.3, 0.9999, 1])
def test_an_upload_that_breaks_off_is_sent_once(stage: Stage, kind: str, share: float) -> None:
    content = FILES[kind]
    after = round(share * len(content))
    with stage.emulator.faults.break_uploads(after, times=1) as fault:
        stage.send(kind)
    assert fault.hits == 1
    assert stage.naps == [1.0]
    (upload,) = stage.emulator.uploads
    assert upload.offsets == [0, after]
    assert upload.received == len(content)
    assert upload.sha256 == digest(content)
    assert stage.arrival().media is not None


@pytest.mark.parametrize("kind", KINDS)
def test_an_upload_whose_answer_is_lost_is_sent_once(stage: Stage, kind: str) -> None:
    path = {"photo": "/messenger_image/<name>", "video": "/messenger_video/<name>", "voice": "/messenger_audio/<name>"}
    with stage.emulator.faults.drop_http_answers(path=path[kind], times=2):
        stage.send(kind)
    (upload,) = stage.emulator.uploads
    assert upload.offsets[0] == 0
    assert upload.received == len(FILES[kind])
    assert upload.sha256 == digest(FILES[kind])
    stage.arrival()


def test_an_upload_that_breaks_off_again_and_again(stage: Stage) -> None:
    with stage.emulator.faults.break_uploads(100_000, times=5):
        stage.send("video")
    (upload,) = stage.emulator.uploads
    assert upload.offsets == [0, 100_000, 200_000, 300_000, 400_000, 500_000]
    assert upload.sha256 == digest(MP4)
    assert stage.naps == [1.0, 2.0, 4.0, 8.0, 16.0]
    stage.arrival()


def test_an_upload_that_never_gets_through_sends_nothing(stage: Stage) -> None:
    with stage.emulator.faults.break_uploads(0), pytest.raises(ClientConnectionError):
        stage.send("video")
    assert stage.peer.last_message_from(stage.me) is None


def test_an_upload_that_is_ended_by_its_progress_sends_nothing(stage: Stage) -> None:
    def stop(sent: int, total: int) -> None:
        if sent > 200_000:
            raise InterruptedError("enough")

    with pytest.raises(InterruptedError, match="enough"):
        stage.send("video", progress=stop)
    assert stage.naps == []
    assert stage.peer.last_message_from(stage.me) is None
    stage.send("video")
    stage.arrival()


class Cutting(Proxies):
    """A proxy that cuts a connection when so many bytes have come through it from the client, once."""

    budget: int | None = None

    def _is_used_up(self, size: int) -> bool:
        if self.budget is None:
            return False
        remaining = self.budget - size
        self.budget = remaining if remaining > 0 else None
        return self.budget is None

    def _relay(self, peer: Peer) -> None:
        with socket.create_connection(("127.0.0.1", self.upstream), 10) as far, contextlib.suppress(OSError):
            back = threading.Thread(target=_copy, args=(far, peer.sock), name="relay back")
            back.start()
            while data := peer.sock.recv(16384):
                far.sendall(data)
                if self._is_used_up(len(data)):
                    break
            for end in (far, peer.sock):
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            back.join(10)


@pytest.mark.parametrize("budget", [50_000, 300_000, 650_000])
def test_a_connection_that_is_cut_on_the_way(stage: Stage, budget: int) -> None:
    port = int(stage.emulator.endpoints.http.rpartition(":")[2])
    proxies = Cutting(port)
    with LoopbackServer(proxies) as proxy:
        stage.client.set_proxy(f"socks5h://127.0.0.1:{proxy.port}")
        stage.client._http._session.close()
        proxies.budget = budget
        stage.send("video")
        stage.client._http._session.close()
    assert len(stage.naps) == 1
    (upload,) = stage.emulator.uploads
    assert len(upload.offsets) == 2
    assert 0 < upload.offsets[1] < budget + 16_384
    assert upload.received == len(MP4)
    assert upload.sha256 == digest(MP4)
    stage.arrival()


# --- servers that are busy --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["photo", "video"])
def test_a_file_that_is_still_worked_on_arrives_once(stage: Stage, kind: str) -> None:
    with stage.emulator.faults.still_processing(times=4):
        stage.send(kind)
    assert stage.naps == [5.0] * 4
    stage.arrival()


def test_a_file_that_is_worked_on_for_too_long(stage: Stage) -> None:
    with stage.emulator.faults.still_processing(), pytest.raises(ClientServerError):
        stage.send("photo")
    assert stage.naps == [5.0] * 4


def test_a_message_whose_acknowledgement_is_lost_is_not_sent_again_by_itself(stage: Stage) -> None:
    path = "direct_v2/threads/broadcast/photo_attachment/"
    with stage.emulator.faults.drop_http_answers(path=path, times=1), pytest.raises(ClientConnectionError):
        stage.send("photo")
    stage.arrival()


# --- large files ------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_hundred_megabytes_need_no_memory(stage: Stage, tmp_path: Path) -> None:
    size, limit = 100 * 1024 * 1024, 8 * 1024 * 1024
    path = tmp_path / "video.mp4"
    with path.open("wb") as file:
        file.write(mp4())
        file.truncate(size)
    resident: list[int] = []

    def watch(sent: int, total: int) -> None:
        assert total == size
        if sent % (1024 * 1024) == 0:
            resident.append(_resident())

    stage.send("video")  # so that everything is loaded
    before = _resident()
    tracemalloc.start()
    try:
        stage.client.direct_send_video(path, thread_ids=[stage.thread.thread_id], progress=watch)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    upload = stage.emulator.uploads[-1]
    assert (upload.received, upload.offsets) == (size, [0])
    assert peak < limit, "both sides together, in bytes"
    assert max(resident) - before < 4 * limit, "both sides together, as the system sees it"


def _resident() -> int:
    """Bytes of this process in memory; 0 where the system does not say."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * 4096 if status.exists() else 0


def test_the_emulator_gives_what_was_sent_to_nobody_without_a_signature(stage: Stage) -> None:
    stage.send("photo")
    media = stage.arrival().media
    assert media is not None
    assert media.url is not None
    with requests.Session() as session:
        options: dict[str, Any] = {"timeout": 5, "verify": stage.emulator.endpoints.ca_file}
        assert session.get(media.url, **options).content == FILES["photo"]
        assert session.get(media.url[:-1] + "x", **options).status_code == 403
        assert session.get(media.url.partition("?")[0], **options).status_code == 403


# --- to users ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_with_users_it_goes_to_their_conversation(stage: Stage, kind: str) -> None:
    sent = stage.client.direct_send_file(FILES[kind], user_ids=[stage.peer.pk], content_type=kind)  # type: ignore[arg-type]
    assert sent.thread_id == stage.thread.thread_id
    assert stage.arrival().item_id == sent.id


def test_strangers_cannot_be_sent_files(stage: Stage) -> None:
    stranger = stage.emulator.account("stranger")
    with pytest.raises(DirectThreadNotFound, match="begin it with a text"):
        stage.client.direct_send_photo(FILES["photo"], user_ids=[stranger.pk])
    assert stage.emulator.uploads == []
