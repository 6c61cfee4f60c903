"""The texts of subscriptions, and the names of the queries."""

from __future__ import annotations

import importlib
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from instagrapi.exceptions import RealtimeConfigError
from instagrapi.realtime.wire import subscriptions
from instagrapi.realtime.wire.subscriptions import QUERY_NAMES, Query, graphql, query_name
from tests.support.shared import needs_shared, vector

S = "sub-1"


def text(query_id: str, **input_data: Any) -> str:
    body = ",".join(f'"{name}":"{value}"' for name, value in input_data.items())
    return f'1/graphqlsubscriptions/{query_id}/{{"input_data":{{{body}}}}}'


#: Every query whose input is known: what it is given, its number, and what it says, in this order.
KNOWN: dict[str, tuple[tuple[Any, ...], str, dict[str, str]]] = {
    "app_presence": ((), "17846944882223835", {"client_subscription_id": S}),
    "async_ad": ((9,), "17911191835112000", {"client_subscription_id": S, "user_id": "9"}),
    "client_config_update": ((), "17849856529644700", {"client_subscription_id": S}),
    "direct_status": ((), "17854499065530643", {"client_subscription_id": S}),
    "interactivity": ((7,), "17907616480241689", {"client_subscription_id": S, "broadcast_id": "7"}),
    "interactivity_activate_question": (
        (7,),
        "18005526940184517",
        {"client_subscription_id": S, "broadcast_id": "7"},
    ),
    "interactivity_question_status": (("7",), "18027779584026952", {"client_subscription_id": S, "broadcast_id": "7"}),
    "live_realtime_comments": ((7,), "17855344750227125", {"client_subscription_id": S, "broadcast_id": "7"}),
    "live_typing_indicator": (("7",), "17926314067024917", {"client_subscription_id": S, "broadcast_id": "7"}),
    "live_wave": (
        (7, "8"),
        "17882305414154951",
        {"client_subscription_id": S, "broadcast_id": "7", "receiver_id": "8"},
    ),
    "media_feedback": (("f-1",), "17877917527113814", {"client_subscription_id": S, "feedback_id": "f-1"}),
    "react_native_ota": ((77,), "17861494672288167", {"client_subscription_id": S, "build_number": "77"}),
    "video_call_co_watch_control": (("v",), "17878679623388956", {"client_subscription_id": S, "video_call_id": "v"}),
    "video_call_in_alert": (("v",), "17878679623388956", {"client_subscription_id": S, "video_call_id": "v"}),
    "video_call_prototype_publish": (("v",), "18031704190010162", {"client_subscription_id": S, "video_call_id": "v"}),
    "zero_provision": (("d",), "17913953740109069", {"client_subscription_id": S, "device_id": "d"}),
}
#: Every query whose input is not known.
UNEXPLORED = {
    "business_delivery": "17940467278199720",
    "inapp_notification": "17899377895239777",
    "video_call_participant_delivery": "17977239895057311",
    "newer_comment_like": "17999974195454899",
    "newer_games": "17918410814692079",
    "newer_in_call_alert": "18025651213162780",
    "newer_live_comment": "18006547105399202",
    "newer_live_notify": "18028293154391958",
    "newer_live_wave": "17888837228289969",
    "newer_moderator": "17906039861231287",
    "newer_pinned_product": "17858277713002581",
    "newer_reactions": "6737978086323782",
    "newer_reel_tray": "18220052389172762",
    "newer_trivia": "18020948095509657",
    "newer_user_pay": "17983313284401962",
}
NUMBERED = sorted({*KNOWN, *UNEXPLORED})


def build(name: str, *arguments: Any, **options: Any) -> str:
    function: Callable[..., str] = getattr(subscriptions, name)
    given = arguments or (KNOWN[name][0] if name in KNOWN else ())
    return function(*given, **options)


# --- texts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", KNOWN)
def test_a_query_says_this_in_this_order(name: str) -> None:
    arguments, query_id, said = KNOWN[name]
    assert build(name, subscription_id=S) == text(query_id, **said)
    assert build(name, *arguments, S) == text(query_id, **said), "the subscription id may follow the others"


@pytest.mark.parametrize("name", UNEXPLORED)
def test_a_query_whose_input_is_not_known_says_what_it_is_given(name: str) -> None:
    query_id = UNEXPLORED[name]
    assert build(name, S) == text(query_id, client_subscription_id=S)
    assert build(name, S, broadcast_id="7") == text(query_id, client_subscription_id=S, broadcast_id="7")


@pytest.mark.parametrize("user_id", [9, "9"])
def test_typing_and_skywalker_say_only_whose_they_are(user_id: int | str) -> None:
    assert subscriptions.direct_typing(user_id) == text("17867973967082385", user_id="9")
    assert subscriptions.skywalker_direct(user_id) == "ig/u/v1/9"
    assert subscriptions.skywalker_live(user_id) == "ig/live_notification_subscribe/9"


@pytest.mark.parametrize("name", NUMBERED)
def test_each_subscription_has_its_own_random_id(name: str) -> None:
    texts = {build(name) for _ in range(3)}
    assert len(texts) == 3
    for subscription in texts:
        said = json.loads(subscription.split("/", 3)[3])["input_data"]["client_subscription_id"]
        assert uuid.UUID(said).version == 4


@pytest.mark.parametrize("name", [*NUMBERED, "direct_typing"])
@pytest.mark.parametrize(("logged", "word"), [(True, "true"), (False, "false")])
def test_whether_the_client_logs_is_said_when_asked(name: str, logged: bool, word: str) -> None:
    options: dict[str, Any] = {} if name == "direct_typing" else {"subscription_id": S}
    arguments = (9,) if name == "direct_typing" else ()
    plain = build(name, *arguments, **options)
    assert build(name, *arguments, **options, client_logged=logged) == (
        plain[:-1] + ',"%options":{"client_logged":' + word + "}}"
    )
    assert build(name, *arguments, **options, client_logged=None) == plain


def test_any_other_query_can_be_written_too() -> None:
    assert graphql(123, a=1, b={"c": "é"}) == '1/graphqlsubscriptions/123/{"input_data":{"a":1,"b":{"c":"\\u00e9"}}}'
    assert graphql("123") == '1/graphqlsubscriptions/123/{"input_data":{}}'


@pytest.mark.parametrize("wrong", ["", " ", None, True, b"9", 1.5])
def test_an_id_must_be_one(wrong: Any) -> None:
    builds: list[tuple[str, Callable[[Any], str]]] = [
        ("query_id", graphql),
        ("user_id", subscriptions.direct_typing),
        ("user_id", subscriptions.async_ad),
        ("user_id", subscriptions.skywalker_direct),
        ("user_id", subscriptions.skywalker_live),
        ("broadcast_id", subscriptions.live_realtime_comments),
        ("broadcast_id", lambda wrong: subscriptions.live_wave(wrong, 8)),
        ("receiver_id", lambda wrong: subscriptions.live_wave(7, wrong)),
        ("feedback_id", subscriptions.media_feedback),
        ("build_number", subscriptions.react_native_ota),
        ("video_call_id", subscriptions.video_call_in_alert),
        ("device_id", subscriptions.zero_provision),
    ]
    for named, function in builds:
        with pytest.raises(RealtimeConfigError, match=named):
            function(wrong)


# --- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "query_id"), [(name, KNOWN[name][1]) for name in KNOWN] + list(UNEXPLORED.items()))
def test_a_query_is_called_like_the_function_that_subscribes_to_it(name: str, query_id: str) -> None:
    assert query_name(query_id) == ("video_call_co_watch_control" if name == "video_call_in_alert" else name)
    assert query_name(int(query_id)) == query_name(query_id)
    assert Query[name.upper()] == query_id


def test_every_number_has_a_name_and_every_name_a_function() -> None:
    assert QUERY_NAMES.keys() == set(Query)
    numbers = {number for _, number, _ in KNOWN.values()} | set(UNEXPLORED.values())
    assert numbers | {"17867973967082385", "17875950769655493"} == QUERY_NAMES.keys()
    assert all(callable(getattr(subscriptions, name)) for name in QUERY_NAMES.values())


def test_two_names_share_a_number() -> None:
    """What comes under it cannot be told apart, so it has the name that other clients give it."""
    assert Query.VIDEO_CALL_IN_ALERT is Query.VIDEO_CALL_CO_WATCH_CONTROL
    assert subscriptions.video_call_in_alert("v", S) == subscriptions.video_call_co_watch_control("v", S)


def test_presence_comes_under_two_numbers() -> None:
    assert [query_name(number) for number in ("17846944882223835", "17875950769655493")] == ["app_presence"] * 2


@pytest.mark.parametrize("query_id", ["", "direct", "1", 0])
def test_other_numbers_have_no_name(query_id: int | str) -> None:
    assert query_name(query_id) is None


def test_numbers_are_plain_text_in_messages() -> None:
    assert f"{Query.APP_PRESENCE}" == str(Query.APP_PRESENCE) == subscriptions.APP_PRESENCE == "17846944882223835"


# --- where programs find them ----------------------------------------------------------------------------------------


def test_programs_import_them_from_the_realtime_package() -> None:
    from instagrapi.realtime import subscriptions as public

    assert importlib.import_module("instagrapi.realtime.subscriptions") is public
    own = {
        name
        for name, value in vars(subscriptions).items()
        if not name.startswith("_") and (name.isupper() or getattr(value, "__module__", "") == subscriptions.__name__)
    }
    assert set(public.__all__) == own
    assert all(getattr(public, name) is getattr(subscriptions, name) for name in own)
    assert all(value.__doc__ for value in map(vars(subscriptions).get, own) if callable(value))


# --- what other implementations say ----------------------------------------------------------------------------------

SUBSCRIPTION = "00000000-1111-4222-8333-444444444444"
PHONE = "01234567-89ab-cdef-0123-456789abcdef"
INSTAGRAM_MQTT: dict[str, Callable[[str], str]] = {
    "appPresence": lambda s: subscriptions.app_presence(s),
    "appPresence_logged": lambda s: subscriptions.app_presence(s, client_logged=True),
    "asyncAd": lambda s: subscriptions.async_ad(123456789, s),
    "clientConfigUpdate": lambda s: subscriptions.client_config_update(s),
    "directStatus": lambda s: subscriptions.direct_status(s),
    "directTyping": lambda s: subscriptions.direct_typing(123456789),
    "directTyping_logged": lambda s: subscriptions.direct_typing(123456789, client_logged=True),
    "liveWave": lambda s: subscriptions.live_wave(180001, 987654321, s),
    "interactivityActivateQuestion": lambda s: subscriptions.interactivity_activate_question(180001, s),
    "interactivityQuestionStatus": lambda s: subscriptions.interactivity_question_status(180001, s),
    "interactivity": lambda s: subscriptions.interactivity(180001, s),
    "liveRealtimeComments": lambda s: subscriptions.live_realtime_comments(180001, s),
    "liveTypingIndicator": lambda s: subscriptions.live_typing_indicator(180001, s),
    "mediaFeedback": lambda s: subscriptions.media_feedback("fb-1", s),
    "reactNativeOTA": lambda s: subscriptions.react_native_ota("b1", s),
    "videoCallCoWatchControl": lambda s: subscriptions.video_call_co_watch_control("vc1", s),
    "videoCallInCallAlert": lambda s: subscriptions.video_call_in_alert("vc1", s),
    "videoCallPrototypePublish": lambda s: subscriptions.video_call_prototype_publish("vc1", s),
    "zeroProvision": lambda s: subscriptions.zero_provision(PHONE, s),
    "skywalkerDirect": lambda s: subscriptions.skywalker_direct(123456789),
    "skywalkerLive": lambda s: subscriptions.skywalker_live(123456789),
}
MAUIGPAPI: dict[str, Callable[[str], str]] = {
    "app_presence": lambda s: subscriptions.app_presence(s),
    "app_presence_logged_false": lambda s: subscriptions.app_presence(s, client_logged=False),
    "direct_typing": lambda s: subscriptions.direct_typing("123456789"),
    "direct_status": lambda s: subscriptions.direct_status(s),
    "zero_provision": lambda s: subscriptions.zero_provision(PHONE, s),
    "skywalker_direct": lambda s: subscriptions.skywalker_direct("123456789"),
    "skywalker_live": lambda s: subscriptions.skywalker_live("123456789"),
}


@needs_shared
def test_the_texts_are_those_of_instagram_mqtt() -> None:
    strings = vector("instagram_mqtt_subscription_strings")["strings"]
    assert {name: build(SUBSCRIPTION) for name, build in INSTAGRAM_MQTT.items()} == strings


@needs_shared
def test_the_texts_mean_what_those_of_mauigpapi_mean() -> None:
    strings = vector("mauigpapi_subscription_strings")["strings"]
    assert {name: meaning(build(SUBSCRIPTION)) for name, build in MAUIGPAPI.items()} == {
        name: meaning(text) for name, text in strings.items()
    }


def meaning(text: str) -> list[Any]:
    """The segments of a text, the last one of a query parsed: that client writes blanks into its JSON."""
    *head, last = text.split("/", 3)
    return [*head, json.loads(last) if last.startswith("{") else last]
