from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.types import Account, Friendship, User, UserShort
from tests.support import answers

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("key", ["pk", "pk_id", "id", "strong_id__"])
@pytest.mark.parametrize("value", [5, "5"])
def test_the_id_has_several_names(key: str, value: Any) -> None:
    assert UserShort.model_validate({key: value}).pk == "5"
    assert UserShort.model_validate({"pk": None, "id": "", key: value}).pk == "5"


def test_users_are_equal_by_their_id() -> None:
    assert UserShort.model_validate({"pk": 1, "username": "a"}) == UserShort.model_validate({"id": "1"})
    assert len({UserShort(pk="1"), User(pk="1", username="x"), UserShort(pk="2")}) == 2
    assert UserShort(pk="1") != "1"
    assert User.model_validate({"pk": 1, "biography": "x"}) == UserShort(pk="1") == Account(pk="1")


def test_users_without_an_id_are_equal_only_when_all_is() -> None:
    assert UserShort(username="a") == UserShort(username="a")
    assert UserShort(username="a") != UserShort(username="b")
    assert UserShort(username="a") != UserShort(pk="1", username="a")


def test_all_that_is_told_in_short() -> None:
    user = UserShort.model_validate(answers.user(latest_reel_media=1790000000, profile_pic_url=""))
    assert (user.username, user.full_name) == ("alice.example", "Alice.Example")
    assert user.profile_pic_url is None
    assert (user.is_private, user.is_verified, user.has_anonymous_profile_picture) == (False, False, False)
    assert user.profile_pic_id == f"3000000000000000000_{answers.ALICE}"
    assert user.latest_reel_media == 1790000000
    assert user.fbid_v2 == str(17841400000000000 + answers.ALICE)
    assert user.interop_messaging_user_fbid == str(100000000000000 + answers.ALICE)
    assert isinstance(user.friendship_status, Friendship)
    assert (user.friendship_status.following, user.friendship_status.followed_by) == (True, None)


def picture(width: Any, url: Any) -> dict[str, Any]:
    return {"width": width, "height": width, "url": url}


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({"hd_profile_pic_versions": [picture(320, "a"), picture(640, "b")]}, "b"),
        ({"hd_profile_pic_versions": [picture(640, "a"), picture(320, "b")]}, "a"),
        ({"hd_profile_pic_versions": [picture(None, "a"), picture(None, "b")]}, "b"),
        ({"hd_profile_pic_versions": [picture(320, "a")], "hd_profile_pic_url_info": picture(1080, "c")}, "c"),
        ({"hd_profile_pic_versions": [picture(1080, "a")], "hd_profile_pic_url_info": picture(320, "c")}, "a"),
        ({"hd_profile_pic_versions": [], "hd_profile_pic_url_info": picture(1080, "c")}, "c"),
        ({"hd_profile_pic_versions": None, "hd_profile_pic_url_info": None}, None),
        ({"hd_profile_pic_versions": [picture(320, ""), "odd", None]}, None),
        ({"profile_pic_url_hd": "known"}, "known"),
        ({}, None),
    ],
)
def test_the_large_picture_is_the_largest(changes: dict[str, Any], url: str | None) -> None:
    assert UserShort.model_validate(answers.user(**changes)).profile_pic_url_hd == url


def test_a_page() -> None:
    user = User.model_validate(answers.profile()["user"])
    assert (user.biography, user.external_url, user.bio_links, user.category) == ("bio", None, [], None)
    assert (user.is_business, user.account_type) == (False, 1)
    assert (user.media_count, user.follower_count, user.following_count) == (3, 10, 20)


def test_the_own_account_shows_no_contact_by_accident() -> None:
    account = Account.model_validate({**answers.account()["user"], "phone_number": "+100", "birthday": "2000-01-02"})
    assert (account.email, account.phone_number, account.gender) == ("me@example.org", "+100", 3)
    assert account.birthday == "2000-01-02"
    for private in ("me@example.org", "+100", "2000-01-02"):
        assert private not in repr(account)
    assert Account.model_validate({"pk": 1, "birthday": None, "phone_number": ""}).phone_number is None


@given(json_values | st.dictionaries(st.sampled_from([*Account.model_fields, "id", "pk_id"]), json_values))
def test_nothing_raises(data: Any) -> None:
    account = Account.model_validate(data)
    assert (account.raw if isinstance(data, dict) else account.raw["value"]) is data
    assert account == account.model_copy()
