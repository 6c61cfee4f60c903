from __future__ import annotations

import pytest

from instagrapi.http.ids import each_id, id_text, media_and_owner


@pytest.mark.parametrize(("value", "text"), [(7, "7"), ("340282366841710300949128100000000000001",) * 2, (0, "0")])
def test_ids_become_text(value: object, text: str) -> None:
    assert id_text("thread_id", value) == text


@pytest.mark.parametrize("value", ["", " 1", "1/../2", "1?x=1", "٣", -1, True, 1.0, None, "1" * 101, 10**100, b"1"])
def test_what_is_no_id_does_not_pass(value: object) -> None:
    with pytest.raises(ValueError, match="thread_id must be an id"):
        id_text("thread_id", value)


def test_ids_may_be_several_one_or_none() -> None:
    assert each_id("user_ids", [1, "2"]) == ["1", "2"]
    assert each_id("user_ids", (number for number in (1, 2))) == ["1", "2"]
    assert each_id("user_ids", 1) == each_id("user_ids", "1") == ["1"]
    assert each_id("user_ids", None) == each_id("user_ids", []) == []
    with pytest.raises(ValueError, match="user_ids must be an id"):
        each_id("user_ids", [1, None])  # type: ignore[list-item]


def test_the_id_of_a_post_says_whose_it_is() -> None:
    assert media_and_owner("media_id", "30_10") == ("30", "10")


@pytest.mark.parametrize("value", [30, "30", "30_", "_10", "30_10_1", "30_x", None])
def test_the_owner_must_be_there(value: object) -> None:
    with pytest.raises(ValueError, match="media_id must be <media id>_<owner"):
        media_and_owner("media_id", value)
