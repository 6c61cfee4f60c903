"""One file on its way to the upload host: names, headers, offsets, repeats, progress, refusals."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from random import Random
from typing import Any

import pytest

from instagrapi.exceptions import (
    ClientConnectionError,
    ClientError,
    ClientForbiddenError,
    ClientNotFoundError,
    ClientRequestTimeout,
    ClientServerError,
    UnsupportedMedia,
)
from instagrapi.http.headers import ServerHints, request_headers
from instagrapi.http.settings import Settings
from instagrapi.http.upload import PAUSES, PHOTO, VIDEO, VOICE, Body, Upload, UploadKind, upload_headers
from instagrapi.profile import Profile
from tests.support.mp4 import JPEG, mp4

NOW = 1_790_000_000.5
MP4 = mp4(data=bytes(range(256)) * 200)
CONTENT = {"photo": JPEG, "video": MP4, "recording": MP4}


class Host:
    """The upload host as a function: it keeps what arrives, and fails as it is told to."""

    def __init__(self, *failures: Exception | tuple[int, Exception] | None) -> None:
        self.calls: list[tuple[str, str, Mapping[str, str]]] = []
        self.received = b""
        self.sent = 0
        self.answer: dict[str, Any] = {"media_id": 700000000000001}
        self.offset: Any = None
        self._failures = list(failures)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: Body | None = None) -> dict[str, Any]:
        self.calls.append((method, path, headers))
        if method == "GET":
            if isinstance(self.offset, Exception):
                raise self.offset
            return {"offset": len(self.received) if self.offset is None else self.offset}
        failure = self._failures.pop(0) if self._failures else None
        size, error = failure if isinstance(failure, tuple) else (None, failure)
        while body is not None and (piece := body.read(1000 if size is None else min(size, 1000))):
            self.received += piece
            self.sent += len(piece)
            if size is not None and (size := size - len(piece)) == 0:
                break
        if error is not None:
            raise error
        return self.answer

    @property
    def methods(self) -> list[str]:
        return [method for method, _, _ in self.calls]


def upload(kind: UploadKind, content: bytes | None = None, **options: Any) -> Upload:
    file = io.BytesIO(CONTENT[kind.what] if content is None else content)
    return Upload(kind, file, now=NOW, random=Random(1), **options)


def run(host: Host, kind: UploadKind = VIDEO, **options: Any) -> tuple[str, list[float]]:
    naps: list[float] = []
    return upload(kind, **options).run(host, naps.append), naps


# --- what is sent -----------------------------------------------------------------------------------------------------


def test_a_photo_is_one_request() -> None:
    host = Host()
    assert run(host, PHOTO) == ("700000000000001", [])
    ((method, path, headers),) = host.calls
    name = path.removeprefix("messenger_image/")
    assert method == "POST"
    assert re.fullmatch(r"1790000000500_0_\d{10}", name)
    assert headers == {
        "image_type": "FILE_ATTACHMENT",
        "x-entity-type": "image/jpeg",
        "offset": "0",
        "x-entity-length": str(len(JPEG)),
        "x-entity-name": name,
        "content-type": "application/octet-stream",
    }
    assert host.received == JPEG


def test_a_video_asks_for_the_offset_first() -> None:
    host = Host()
    run(host, VIDEO)
    (asked, path, question), (posted, same_path, headers) = host.calls
    assert (asked, posted) == ("GET", "POST")
    assert path == same_path
    name = path.removeprefix("messenger_video/")
    match = re.fullmatch(rf"([0-9a-f]{{32}})-0-{len(MP4)}-1790000000500-1790000000500", name)
    assert match
    types = {
        "video_type": "FILE_ATTACHMENT",
        "x-entity-type": "video/mp4",
        "segment-start-offset": "0",
        "segment-type": "3",
        "ephemeral_media_view_mode": "2",
        "ig_raven_metadata": "{}",
        "x_fb_video_waterfall_id": match[1],
    }
    assert question == types
    assert headers == {
        **types,
        "offset": "0",
        "x-entity-length": str(len(MP4)),
        "x-entity-name": name,
        "content-type": "application/octet-stream",
    }


def test_a_voice_message_asks_for_the_offset_first() -> None:
    host = Host()
    run(host, VOICE)
    (asked, path, question), (_, _, headers) = host.calls
    assert asked == "GET"
    name = path.removeprefix("messenger_audio/")
    match = re.fullmatch(r"1790000000500_0_(-?\d+)", name)
    assert match
    assert -(2**31) <= int(match[1]) < 2**31
    assert question == {"audio_type": "FILE_ATTACHMENT", "x-entity-type": "audio/mp4"}
    assert headers["x-entity-name"] == name


def test_names_differ_even_within_a_millisecond() -> None:
    chance = Random(1)
    for kind in (PHOTO, VIDEO, VOICE):
        file = io.BytesIO(CONTENT[kind.what])
        names = {Upload(kind, file, now=NOW, random=chance).name for _ in range(100)}
        assert len(names) == 100


def test_the_headers_are_those_of_the_upload_host_only() -> None:
    settings = Settings.read({}, Profile())
    settings["authorization_data"] = {"ds_user_id": "10000000001", "sessionid": "10000000001%3Aa%3A1%3Ab"}
    settings["mid"] = "MID"
    settings["ig_u_rur"] = "RVA,1,2:3"
    private = request_headers(settings, Profile().app, ServerHints(direct_region_hint="x"), NOW)
    assert upload_headers(private) == {
        "Authorization": private["Authorization"],
        "IG-INTENDED-USER-ID": "10000000001",
        "IG-U-DS-USER-ID": "10000000001",
        "IG-U-RUR": "RVA,1,2:3",
        "X-MID": "MID",
        "User-Agent": settings.user_agent,
        "Accept-Language": "en-US",
        "Accept-Encoding": "gzip",
        "X-FB-Client-IP": "True",
        "X-FB-Server-Cluster": "True",
        "X-FB-HTTP-Engine": "Tigon/MNS/TCP",
        "X-Tigon-Is-Retry": "False",
        "Priority": "u=6, i",
    }


def test_what_is_not_known_is_left_out() -> None:
    private = request_headers(Settings.read({}, Profile()), Profile().app, ServerHints(), NOW)
    assert {"Authorization", "IG-U-RUR", "X-MID"}.isdisjoint(upload_headers(private))


# --- going on ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [PHOTO, VIDEO, VOICE], ids=lambda kind: kind.what)
@pytest.mark.parametrize("share", [0.0, 0.001, 0.5, 1.0])
@pytest.mark.parametrize(
    "error", [ClientConnectionError("reset"), ClientRequestTimeout("late"), ClientServerError("5")]
)
def test_after_a_failure_only_the_rest_is_sent(kind: UploadKind, share: float, error: ClientError) -> None:
    content = CONTENT[kind.what]
    size = int(len(content) * share)
    host = Host((size, error) if size else error)
    if not size:
        host.received, host.offset = b"", 0
    media_id, naps = run(host, kind)
    assert media_id == "700000000000001"
    assert naps == [1.0]
    assert host.methods == (["POST", "GET", "POST"] if kind is PHOTO else ["GET", "POST", "GET", "POST"])
    assert len({path for _, path, _ in host.calls}) == 1
    if size:
        assert host.received == content
        assert host.sent == len(content)
        assert host.calls[-1][2]["offset"] == str(size)


def test_many_failures_each_go_a_little_further() -> None:
    host = Host(*[(10_000, ClientConnectionError("reset"))] * 5)
    media_id, naps = run(host)
    assert media_id == "700000000000001"
    assert naps == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert host.received == MP4


def test_in_the_end_it_is_given_up() -> None:
    host = Host(*[ClientConnectionError("reset")] * 6)
    naps: list[float] = []
    with pytest.raises(ClientConnectionError, match="reset"):
        upload(VIDEO).run(host, naps.append)
    assert naps == list(PAUSES)
    assert host.methods.count("POST") == len(PAUSES) + 1


def test_the_question_for_the_offset_is_repeated_too() -> None:
    host = Host()
    host.offset = ClientServerError("busy")
    with pytest.raises(ClientServerError):
        run(host)
    assert host.methods == ["GET"] * (len(PAUSES) + 1)


@pytest.mark.parametrize("error", [ClientForbiddenError("no"), ClientNotFoundError("edge")])
def test_a_refusal_is_not_tried_again(error: ClientError) -> None:
    host = Host(error)
    with pytest.raises(type(error)):
        run(host)
    assert host.methods == ["GET", "POST"]


@pytest.mark.parametrize("slow", [ClientServerError("x", retry_after=60), ClientRequestTimeout("x", retry_after=1.5)])
def test_a_longer_rest_than_the_pause_is_respected(slow: ClientError) -> None:
    pauses: list[float] = []
    with pytest.raises(type(slow)):
        upload(PHOTO).run(Host(slow), pauses.append)
    assert pauses == []


def test_what_lasts_is_not_tried_again() -> None:
    untrusted, pauses = ClientConnectionError("no trusted TLS connection"), list[float]()
    untrusted.is_lasting = True
    with pytest.raises(ClientConnectionError, match="trusted"):
        upload(PHOTO).run(Host(untrusted), pauses.append)
    assert pauses == []


def test_where_photos_cannot_be_asked_for_they_begin_anew() -> None:
    host = Host((500, ClientConnectionError("reset")))
    host.offset = ClientNotFoundError("no such path")
    run(host, PHOTO)
    assert host.methods == ["POST", "GET", "POST"]
    assert host.calls[-1][2]["offset"] == "0"
    assert host.received[500:] == JPEG


def test_a_video_that_the_edge_does_not_know_is_an_error() -> None:
    host = Host()
    host.offset = ClientNotFoundError("edge")
    with pytest.raises(ClientNotFoundError):
        run(host, VIDEO)


@pytest.mark.parametrize(
    ("offset", "begins_at"), [("100", 100), (None, 0), ("x", 0), (-1, 0), (1.5, 0), (True, 0), ([], 0)]
)
def test_an_odd_offset_means_the_beginning(offset: Any, begins_at: int) -> None:
    host = Host()
    host.offset = offset if offset is not None else {}
    run(host)
    assert host.calls[-1][2]["offset"] == str(begins_at)


def test_more_than_there_is_cannot_have_arrived() -> None:
    host = Host()
    host.offset = len(MP4) + 1
    with pytest.raises(ClientError, match="more of the video than there is"):
        run(host)


@pytest.mark.parametrize("answer", [{}, {"media_id": None}, {"media_id": []}, {"media_id": ""}, {"id": 0}])
def test_an_answer_without_an_id_is_an_error(answer: dict[str, Any]) -> None:
    host = Host()
    host.answer = answer
    with pytest.raises(ClientError, match="did not say"):
        run(host)


def test_the_id_may_be_text() -> None:
    host = Host()
    host.answer = {"media_id": "17"}
    assert run(host)[0] == "17"


# --- progress ---------------------------------------------------------------------------------------------------------


def test_progress_counts_what_is_on_its_way() -> None:
    steps: list[tuple[int, int]] = []
    run(Host(), PHOTO, progress=lambda sent, total: steps.append((sent, total)))
    size = len(JPEG)
    assert steps == [(0, size), (1000, size), (2000, size), (size, size)]


def test_progress_goes_back_to_where_the_server_is() -> None:
    steps: list[int] = []
    host = Host((3000, ClientConnectionError("reset")))
    run(host, VIDEO, progress=lambda sent, total: steps.append(sent))
    assert steps[:5] == [0, 1000, 2000, 3000, 4000]
    assert steps[-1] == len(MP4)


def test_a_file_that_was_there_already_is_complete_at_once() -> None:
    steps: list[int] = []
    host = Host((len(MP4), ClientConnectionError("the answer was lost")))
    run(host, VIDEO, progress=lambda sent, total: steps.append(sent))
    assert steps[-1] == len(MP4)
    assert host.sent == len(MP4)


class Enough(Exception):
    pass


@pytest.mark.parametrize("reason", [Enough, OSError, ValueError, KeyboardInterrupt, ClientConnectionError])
def test_what_progress_raises_ends_the_upload(reason: type[BaseException]) -> None:
    def stop(sent: int, total: int) -> None:
        if sent >= 5000:
            raise reason("enough")

    host, naps = Host(), list[float]()
    with pytest.raises(reason, match="enough"):
        upload(VIDEO, progress=stop).run(host, naps.append)
    assert naps == []
    assert host.methods == ["GET", "POST"]
    assert host.received == MP4[:5000]


def test_a_file_that_shrinks_meanwhile_is_an_error() -> None:
    file = io.BytesIO(MP4)
    sending = Upload(VIDEO, file, now=NOW, random=Random(1), progress=lambda sent, _: file.truncate(3000))
    with pytest.raises(ClientError, match="became shorter"):
        sending.run(Host(), lambda seconds: None)


def test_what_is_added_meanwhile_is_not_sent() -> None:
    file, host = io.BytesIO(MP4), Host()
    sending = Upload(VIDEO, file, now=NOW, random=Random(1))
    file.seek(0, io.SEEK_END)
    file.write(b"more")
    sending.run(host, lambda seconds: None)
    assert host.received == MP4


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "content", "sentence"),
    [
        (PHOTO, b"\x89PNG\r\n", r"The photo is a PNG picture, and only a JPEG picture can be sent as one\. .*Pillow"),
        (PHOTO, MP4, "The photo is an MP4 file"),
        (VIDEO, JPEG, r"The video is a JPEG picture, and only an MP4 file can be sent as one\. .*libx264"),
        (VIDEO, b"\x1a\x45\xdf\xa3webm", "The video is a WebM or Matroska film"),
        (VOICE, b"OggS....", r"The recording is an Ogg file, .* ffmpeg -i FILE -vn -c:a aac voice\.m4a"),
        (PHOTO, b"", r"The photo is empty\."),
        (VOICE, b"", r"The recording is empty\."),
    ],
)
def test_what_the_server_would_refuse_is_refused_here(kind: UploadKind, content: bytes, sentence: str) -> None:
    with pytest.raises(UnsupportedMedia, match=sentence):
        upload(kind, content)
    with pytest.raises(ValueError, match=sentence):
        upload(kind, content)


@pytest.mark.parametrize("kind", [PHOTO, VIDEO, VOICE], ids=lambda kind: kind.what)
def test_files_that_are_too_large_are_refused(kind: UploadKind, sized: Callable[[int], Any]) -> None:
    with pytest.raises(UnsupportedMedia, match=f"no more than {kind.max_size}"):
        Upload(kind, sized(kind.max_size + 1), now=NOW, random=Random(1))
    with pytest.raises(UnsupportedMedia, match="unknown kind"):
        Upload(kind, sized(kind.max_size), now=NOW, random=Random(1))


@pytest.fixture
def sized(tmp_path: Any) -> Any:
    """Makes a file of zeros that takes no place."""
    files = []

    def make(size: int) -> Any:
        file = (tmp_path / str(size)).open("w+b")
        files.append(file)
        file.truncate(size)
        return file

    yield make
    for file in files:
        file.close()
