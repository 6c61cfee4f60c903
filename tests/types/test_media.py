from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import Media, MediaKind

END = datetime(2026, 9, 22, 14, 13, 20, tzinfo=UTC)
END_US, END_HEX = 1790086400123456, f"{1790086400:08X}"


def picture(width: Any, height: Any, name: str = "", **more: Any) -> dict[str, Any]:
    return {"width": width, "height": height, "url": f"https://cdn.example/{name or f'{width}x{height}'}.jpg", **more}


def photo(*candidates: Any, **more: Any) -> dict[str, Any]:
    return {"media_type": 1, "image_versions2": {"candidates": list(candidates)}, **more}


def test_a_photo_is_its_largest_version() -> None:
    media = Media.model_validate(
        photo(picture(320, 400), picture("1080", "1350", url_expiration_timestamp_us=END_US), None, "odd", id=2**60 + 1)
    )
    assert (media.kind, media.url) == (MediaKind.PHOTO, "https://cdn.example/1080x1350.jpg")
    assert (media.width, media.height) == (1080, 1350)
    assert media.id == str(2**60 + 1)
    assert media.expires_at == END.replace(microsecond=123456)
    assert media.preview_url is None


def test_the_first_of_equal_versions_wins() -> None:
    assert Media.model_validate(photo(picture(1, 1, "a"), picture(1, 1, "b"))).url == "https://cdn.example/a.jpg"


@pytest.mark.parametrize("url", [None, "", " ", 5, [], {}])
def test_a_version_without_a_link_does_not_count(url: Any) -> None:
    media = Media.model_validate(photo({"width": 999, "height": 999, "url": url}, picture(1, 2)))
    assert (media.url, media.width, media.height) == ("https://cdn.example/1x2.jpg", 1, 2)


@pytest.mark.parametrize("candidates", [[], None, "odd", 5, {}, [[]]])
def test_without_versions_the_size_of_the_original_remains(candidates: Any) -> None:
    media = Media.model_validate(
        {"media_type": "1", "image_versions2": {"candidates": candidates}, "original_width": 7, "original_height": "8"}
    )
    assert (media.kind, media.url, media.width, media.height) == (MediaKind.PHOTO, None, 7, 8)


def test_a_video_has_a_still_image_and_a_length() -> None:
    media = Media.model_validate(
        {
            "media_type": 2,
            "video_duration": 12.5,
            "video_versions": [
                {"url": "https://cdn.example/s.mp4", "width": 360, "height": 640},
                {"url": "https://cdn.example/l.mp4", "width": 720, "height": 1280},
            ],
            "image_versions2": {"candidates": [picture(10, 10), picture(20, 20)]},
        }
    )
    assert (media.kind, media.url, media.duration) == (MediaKind.VIDEO, "https://cdn.example/l.mp4", 12.5)
    assert (media.width, media.height) == (720, 1280)
    assert media.preview_url == "https://cdn.example/20x20.jpg"


def test_a_recording_counts_in_milliseconds() -> None:
    media = Media.model_validate(
        {
            "id": "17900000000000011_42",
            "media_type": 11,
            "product_type": "direct_audio",
            "audio": {
                "audio_src": "https://cdn.example/a.m4a",
                "duration": 3200,
                "waveform_data": [0, 0.5, "0.25", None, "loud", float("nan")],
                "waveform_sampling_frequency_hz": 10,
                "audio_src_expiration_timestamp_us": str(END_US),
            },
        }
    )
    assert (media.kind, media.url, media.duration) == (MediaKind.AUDIO, "https://cdn.example/a.m4a", 3.2)
    assert (media.waveform, media.waveform_hz) == ([0.0, 0.5, 0.25], 10.0)
    assert media.expires_at == END.replace(microsecond=123456)
    assert (media.product_type, media.pk, media.permalink) == ("direct_audio", "17900000000000011", None)


def test_an_album_holds_media_and_shows_the_first() -> None:
    children = [
        photo(picture(5, 5), id="3000000000000000001_42"),
        {"media_type": 2, "video_versions": [{"url": "https://cdn.example/v.mp4"}]},
    ]
    media = Media.model_validate({"media_type": 8, "pk": 3000000000000000009, "carousel_media": children})
    assert (media.kind, media.url) == (MediaKind.ALBUM, "https://cdn.example/5x5.jpg")
    assert [item.kind for item in media.items] == [MediaKind.PHOTO, MediaKind.VIDEO]
    assert [item.raw for item in media.items] == children
    assert media.permalink is not None
    assert media.items[0].permalink is None


def test_albums_within_albums_come_to_an_end() -> None:
    album: dict[str, Any] = photo(picture(1, 1))
    for _ in range(800):
        album = {"carousel_media": [album]}
    assert Media.model_validate(album).kind is MediaKind.ALBUM


@pytest.mark.parametrize(
    ("payload", "kind"),
    [
        ({"media_type": "2"}, MediaKind.VIDEO),
        ({"media_type": 8.0}, MediaKind.ALBUM),
        ({"image_versions2": {"candidates": [picture(1, 1)]}}, MediaKind.PHOTO),
        ({"image_versions2": [picture(1, 1)]}, MediaKind.PHOTO),
        ({"video_versions": [picture(1, 1)], "image_versions2": {"candidates": [picture(1, 1)]}}, MediaKind.VIDEO),
        ({"video_versions": picture(1, 1)}, MediaKind.VIDEO),
        ({"audio": {"duration": 1}}, MediaKind.AUDIO),
        ({"carousel_media": [{"media_type": 1}]}, MediaKind.ALBUM),
        ({"media_type": 77, "audio": {"audio_src": "x"}}, MediaKind.AUDIO),
        *(({"media_type": odd}, MediaKind.UNKNOWN) for odd in (None, True, "photo", [], {}, 10**400)),
        ({}, MediaKind.UNKNOWN),
        (None, MediaKind.UNKNOWN),
    ],
)
def test_the_kind_comes_from_the_type_or_from_what_is_there(payload: Any, kind: MediaKind) -> None:
    assert Media.model_validate(payload).kind is kind


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (f"?oe={END_HEX}", END),
        (f"?a=b&oe={END_HEX.lower()}&c=d", END),
        ("?oe=00000000", None),
        ("?oe=8183P14P", None),
        ("?oe=1234", None),
        (f"?xoe={END_HEX}", None),
        (f"?oe={END_HEX}ff", None),
        ("", None),
    ],
)
def test_a_link_may_say_itself_when_it_ends(query: str, expected: datetime | None) -> None:
    assert Media.model_validate(photo({"url": f"https://cdn.example/a.jpg{query}"})).expires_at == expected


@pytest.mark.parametrize("told", [{"url_expire_at_secs": 1790086400}, {"url_expire_at_secs": "1790086400"}])
def test_what_the_server_says_about_the_end_goes_first(told: dict[str, Any]) -> None:
    media = Media.model_validate(photo({"url": "https://cdn.example/a.jpg?oe=61320000"}, **told))
    assert media.expires_at == END
    assert media.is_expired(END)
    assert not media.is_expired(END - timedelta(microseconds=1))


def test_the_present_moment_is_the_default() -> None:
    assert Media.model_validate(photo({"url": "https://cdn.example/a.jpg?oe=61320000"})).is_expired()
    assert not Media.model_validate(photo({"url": "https://cdn.example/a.jpg"})).is_expired()
    assert not Media.model_validate(photo({"url": "https://cdn.example/a.jpg", "url_expire_at_secs": 0})).is_expired()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({"code": "CmAdEuPcOdE", "pk": 1}, "CmAdEuPcOdE"),
        ({"pk": 64}, "BA"),
        ({"pk": "63"}, "_"),
        ({"pk": 2650000000000000001}, "CTGsPWuyQAB"),
        ({"id": "2650000000000000001_42"}, "CTGsPWuyQAB"),
        ({"code": "", "id": 2650000000000000001}, "CTGsPWuyQAB"),
        *(({"id": odd}, None) for odd in (0, -1, "abc", "", None, True, 10**30, 10**400, [], {})),
    ],
)
def test_the_code_follows_from_the_id(payload: dict[str, Any], code: str | None) -> None:
    media = Media.model_validate(payload)
    assert media.code == code
    assert media.permalink == (f"https://www.instagram.com/p/{code}/" if code else None)


def test_a_post_has_an_owner_a_caption_and_a_date() -> None:
    media = Media.model_validate(
        photo(user={"pk": 42, "username": "alice"}, caption={"text": "sunny\nday"}, taken_at=1790086400)
    )
    assert media.user is not None
    assert (media.user.pk, media.user.username, media.caption, media.taken_at) == ("42", "alice", "sunny\nday", END)


@pytest.mark.parametrize("odd", [None, 5, "", [], {}, [None], {"text": None}, {"text": 5.5}])
def test_odd_parts_do_not_spoil_the_rest(odd: Any) -> None:
    names = ("user", "caption", "audio", "carousel_media", "video_versions", "video_duration", "taken_at", "code", "id")
    media = Media.model_validate({**photo(picture(3, 4)), **dict.fromkeys(names, odd)})
    assert (media.kind, media.url, media.width) == (MediaKind.PHOTO, "https://cdn.example/3x4.jpg", 3)


@pytest.mark.parametrize("duration", [True, -1, "long", float("nan"), float("inf"), [], "1e400"])
def test_odd_lengths_are_none(duration: Any) -> None:
    assert Media.model_validate({"media_type": 2, "video_duration": duration}).duration is None


def test_the_payload_stays_untouched() -> None:
    payload = photo(picture(3, 4), id=5)
    before = repr(payload)
    assert Media.model_validate(payload).raw is payload
    assert repr(payload) == before


def test_media_can_be_made_by_hand_and_written_down() -> None:
    media = Media(kind=MediaKind.VIDEO, url="https://cdn.example/v.mp4", duration=2.5, expires_at=END)
    assert Media.model_validate(media.model_dump()) == media.model_copy(update={"raw": media.model_dump()})
    assert "raw" not in media.model_dump()
    assert media.model_dump(mode="json")["kind"] == "video"
    with pytest.raises(ValueError, match="frozen"):
        media.url = None


@given(st.integers(min_value=1, max_value=2**64 - 1))
def test_the_code_is_the_id_to_the_base_of_64(pk: int) -> None:
    code = Media.model_validate({"pk": pk}).code
    assert code is not None
    assert int.from_bytes(base64.urlsafe_b64decode(code.rjust(12, "A")), "big") == pk


@pytest.mark.parametrize(("number", "suffix"), [(1, ".jpg"), (2, ".mp4"), (11, ".m4a"), (8, ""), (99, "")])
def test_a_file_s_name_ends_by_its_kind(number: int, suffix: str) -> None:
    assert Media.model_validate({"media_type": number}).suffix == suffix
