from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instagrapi.profile import Profile
from instagrapi.realtime.events import Push
from instagrapi.realtime.wire.decode import decode_fbns
from instagrapi.realtime.wire.push import push_fields, unwrap
from tests.support.bodies import deflated
from tests.support.shared import needs_shared, vector

NOTIFICATION = {
    "t": "title",
    "m": "somebody: hello",
    "ig": "direct_v2?id=340&x=31&empty=",
    "collapse_key": "direct_v2_message",
    "pi": "push-1",
    "u": 20001,
    "s": "20002",
    "bc": '{"di":3,"ds":0}',
}
ENVELOPE = {
    "token": "t",
    "ck": "1",
    "pn": "com.instagram.android",
    "cp": "other",
    "fbpushnotif": json.dumps(NOTIFICATION),
}


def fields(**changes: Any) -> dict[str, Any]:
    return said(push_fields({**NOTIFICATION, **changes}, ENVELOPE))


def said(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not None}


def test_a_notification_is_json_inside_json() -> None:
    assert unwrap(decode_fbns("76", deflated(ENVELOPE)).body) == NOTIFICATION
    assert unwrap({"fbpushnotif": NOTIFICATION}) == NOTIFICATION


@pytest.mark.parametrize("envelope", [None, [], "text", b"bytes", 3, {}, {"token": "t"}, {"fbpushnotif": None}])
def test_an_envelope_may_be_without_one(envelope: Any) -> None:
    assert unwrap(envelope) is None


@pytest.mark.parametrize("inner", ["no json", "[1]", "3", "", [1]])
def test_a_notification_that_is_no_object_is_kept_as_a_value(inner: Any) -> None:
    kept = unwrap({"fbpushnotif": inner})
    assert list(kept) == ["value"]


def test_short_names_are_read() -> None:
    assert fields() == {
        "collapse_key": "direct_v2_message",
        "recipient_id": 20001,
        "source_id": "20002",
        "action_path": "direct_v2",
        "action_params": {"id": "340", "x": "31", "empty": ""},
        "message": "somebody: hello",
        "push_id": "push-1",
        "badge": {"di": 3, "ds": 0},
        "title": "title",
    }


def test_long_names_are_read_too() -> None:
    long = {
        "message": "hi",
        "igAction": "user?username=x",
        "collapseKey": "post",
        "pushId": "p",
        "intendedRecipientUserId": "1",
        "sourceUserId": "2",
        "badgeCount": {"di": 1},
    }
    assert said(push_fields(long, {})) == {
        "collapse_key": "post",
        "recipient_id": "1",
        "source_id": "2",
        "action_path": "user",
        "action_params": {"username": "x"},
        "message": "hi",
        "push_id": "p",
        "badge": {"di": 1},
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"collapse_key": None}, {"collapse_key": "other"}),
        ({"s": "None"}, {"source_id": None}),
        ({"s": None}, {"source_id": None}),
        ({"m": ""}, {"message": ""}),
        ({"bc": "broken"}, {"badge": None}),
        ({"bc": "[1]"}, {"badge": None}),
        ({"bc": None}, {"badge": None}),
        ({"ig": None}, {"action_path": None, "action_params": None}),
        ({"ig": 5}, {"action_path": None, "action_params": None}),
        ({"ig": "news"}, {"action_path": "news", "action_params": {}}),
        ({"ig": "a?b=1&b=2"}, {"action_path": "a", "action_params": {"b": "2"}}),
        ({"ig": "a?b=%C3%A9+c"}, {"action_path": "a", "action_params": {"b": "é c"}}),
        ({"ig": "a?" + "b&" * 1000}, {"action_path": "a", "action_params": {}}),
    ],
    ids=repr,
)
def test_odd_forms_make_sense_or_nothing(changes: dict[str, Any], expected: dict[str, Any]) -> None:
    found = fields(**changes)
    assert {key: found.get(key) for key in expected} == expected


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*NOTIFICATION, "message", "igAction", "badgeCount", "cp"]), json_values))
def test_any_notification_becomes_an_event(notification: dict[str, Any]) -> None:
    event = Push(raw=notification, **push_fields(notification, notification))
    assert event.kind == "push"
    assert event.raw is notification


@needs_shared
def test_a_notification_means_what_it_means_to_instagram_mqtt() -> None:
    file = vector("instagram_mqtt_fbns_notification")
    text, theirs = file["input"]["fbpushnotif"], file["parsed"]
    notification = unwrap({"fbpushnotif": text})
    ours = said(push_fields(notification, {}))
    assert ours.pop("badge") == {
        "di": theirs["badgeCount"]["direct"],
        "ds": theirs["badgeCount"]["ds"],
        "ac": theirs["badgeCount"]["activities"],
    }
    assert ours == {
        "collapse_key": theirs["collapseKey"],
        "recipient_id": theirs["intendedRecipientUserId"],
        "source_id": theirs["sourceUserId"],
        "action_path": theirs["actionPath"],
        "action_params": theirs["actionParams"],
        "message": theirs["message"],
        "push_id": theirs["pushId"],
        "title": theirs["title"],
        "ticker_text": theirs["tickerText"],
        "image_url": theirs["optionalImage"],
        "avatar_url": theirs["optionalAvatarUrl"],
        "sound": theirs["sound"],
        "push_category": theirs["pushCategory"],
        "in_app_actors": theirs["inAppActors"],
        "override_path": theirs["igActionOverride"].partition("?")[0],
        "override_params": {"username": "x"},
    }
    assert push_fields(theirs, {})["collapse_key"] == theirs["collapseKey"]


@needs_shared
def test_the_registration_of_instagrapi_is_ours_but_for_the_app() -> None:
    theirs, profile = json.loads(vector("instagrapi_fbns_reg_req")["json"]), Profile().fbns
    assert theirs["pkg_name"] == profile.package_name
    assert theirs["appid"] == profile.app_id
    assert profile.registration_app_id == "567067343352427"
