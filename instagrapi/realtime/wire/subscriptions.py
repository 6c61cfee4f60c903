"""The texts that subscribe to GraphQL queries (topic 149) and to Skywalker (topic 88).

The broker keeps its books by the literal text: end a subscription with the very text that began it. Ids are numbers or
text. Most queries carry a ``subscription_id``, a fresh UUID unless one is given. ``client_logged`` adds the option of
that name; ``None`` leaves it out. Every function raises ``RealtimeConfigError``, with the argument's name, for an empty
id.

The queries and their inputs are those of instagram_mqtt and mauigpapi, the texts byte for byte instagram_mqtt's. What
some of them bring is inferred from their names, and which of them the service still answers is not known.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from instagrapi.realtime.wire.arguments import Id, id_text


class Query(StrEnum):
    """Numbers of the GraphQL queries, under which their events come as well.

    Two names share one number: events of ``VIDEO_CALL_IN_ALERT`` cannot be told from those of
    ``VIDEO_CALL_CO_WATCH_CONTROL``. The names that begin with ``NEWER`` are second-hand from newer apps, and uncertain.
    """

    APP_PRESENCE = "17846944882223835"
    APP_PRESENCE_ALTERNATIVE = "17875950769655493"
    ASYNC_AD = "17911191835112000"
    BUSINESS_DELIVERY = "17940467278199720"
    CLIENT_CONFIG_UPDATE = "17849856529644700"
    DIRECT_STATUS = "17854499065530643"
    DIRECT_TYPING = "17867973967082385"
    INAPP_NOTIFICATION = "17899377895239777"
    INTERACTIVITY = "17907616480241689"
    INTERACTIVITY_ACTIVATE_QUESTION = "18005526940184517"
    INTERACTIVITY_QUESTION_STATUS = "18027779584026952"
    LIVE_REALTIME_COMMENTS = "17855344750227125"
    LIVE_TYPING_INDICATOR = "17926314067024917"
    LIVE_WAVE = "17882305414154951"
    MEDIA_FEEDBACK = "17877917527113814"
    REACT_NATIVE_OTA = "17861494672288167"
    VIDEO_CALL_CO_WATCH_CONTROL = "17878679623388956"
    VIDEO_CALL_IN_ALERT = "17878679623388956"
    VIDEO_CALL_PARTICIPANT_DELIVERY = "17977239895057311"
    VIDEO_CALL_PROTOTYPE_PUBLISH = "18031704190010162"
    ZERO_PROVISION = "17913953740109069"

    NEWER_COMMENT_LIKE = "17999974195454899"
    NEWER_GAMES = "17918410814692079"
    NEWER_IN_CALL_ALERT = "18025651213162780"
    NEWER_LIVE_COMMENT = "18006547105399202"
    NEWER_LIVE_NOTIFY = "18028293154391958"
    NEWER_LIVE_WAVE = "17888837228289969"
    NEWER_MODERATOR = "17906039861231287"
    NEWER_PINNED_PRODUCT = "17858277713002581"
    NEWER_REACTIONS = "6737978086323782"
    NEWER_REEL_TRAY = "18220052389172762"
    NEWER_TRIVIA = "18020948095509657"
    NEWER_USER_PAY = "17983313284401962"


APP_PRESENCE = Query.APP_PRESENCE.value
#: Another number under which presence comes; nobody subscribes to it.
APP_PRESENCE_ALTERNATIVE = Query.APP_PRESENCE_ALTERNATIVE.value
DIRECT_STATUS = Query.DIRECT_STATUS.value
DIRECT_TYPING = Query.DIRECT_TYPING.value
LIVE_REALTIME_COMMENTS = Query.LIVE_REALTIME_COMMENTS.value

#: The name of each query by its number: that of the function here which subscribes to it.
QUERY_NAMES: Mapping[str, str] = MappingProxyType(
    {query.value: query.name.lower() for query in Query} | {APP_PRESENCE_ALTERNATIVE: "app_presence"}
)


def query_name(query_id: Id) -> str | None:
    """What a query is called, ``None`` for a number that is not known."""
    return QUERY_NAMES.get(str(query_id))


def graphql(query_id: Id, *, client_logged: bool | None = None, **input_data: Any) -> str:
    """A subscription to any GraphQL query, with its input."""
    body: dict[str, Any] = {"input_data": input_data}
    if client_logged is not None:
        body["%options"] = {"client_logged": client_logged}
    return f"1/graphqlsubscriptions/{id_text('query_id', query_id)}/{json.dumps(body, separators=(',', ':'))}"


# --- Direct and the app ----------------------------------------------------------------------------------------------


def app_presence(subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Who of the account's contacts is online; brings ``presence``."""
    return _numbered(Query.APP_PRESENCE, subscription_id, client_logged)


def direct_status(subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Changes of Direct's status."""
    return _numbered(Query.DIRECT_STATUS, subscription_id, client_logged)


def direct_typing(user_id: Id, *, client_logged: bool | None = None) -> str:
    """Typing of others in the threads of the account with that id; brings ``typing``."""
    return graphql(Query.DIRECT_TYPING, client_logged=client_logged, user_id=id_text("user_id", user_id))


def async_ad(user_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Advertisements for the account with that id."""
    return _numbered(Query.ASYNC_AD, subscription_id, client_logged, user_id=user_id)


def client_config_update(subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Changes of the app's remote configuration."""
    return _numbered(Query.CLIENT_CONFIG_UPDATE, subscription_id, client_logged)


def media_feedback(feedback_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Likes and comments of a post, by its feedback id."""
    return _numbered(Query.MEDIA_FEEDBACK, subscription_id, client_logged, feedback_id=feedback_id)


def react_native_ota(build_number: Id, subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Updates of the app's React Native part, for a build."""
    return _numbered(Query.REACT_NATIVE_OTA, subscription_id, client_logged, build_number=build_number)


def zero_provision(device_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Changes of zero-rated data; the device id is the phone id (instagram_mqtt) or the device's id (mgp25)."""
    return _numbered(Query.ZERO_PROVISION, subscription_id, client_logged, device_id=device_id)


# --- live broadcasts -------------------------------------------------------------------------------------------------


def live_realtime_comments(
    broadcast_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Comments of a broadcast. Users of instagram_mqtt report that they stopped coming (its issues 104 and 122)."""
    return _numbered(Query.LIVE_REALTIME_COMMENTS, subscription_id, client_logged, broadcast_id=broadcast_id)


def live_typing_indicator(
    broadcast_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Who writes a comment to a broadcast."""
    return _numbered(Query.LIVE_TYPING_INDICATOR, subscription_id, client_logged, broadcast_id=broadcast_id)


def live_wave(
    broadcast_id: Id, receiver_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Waves at a viewer of a broadcast."""
    return _numbered(
        Query.LIVE_WAVE, subscription_id, client_logged, broadcast_id=broadcast_id, receiver_id=receiver_id
    )


def interactivity(broadcast_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None) -> str:
    """Interactive elements of a broadcast."""
    return _numbered(Query.INTERACTIVITY, subscription_id, client_logged, broadcast_id=broadcast_id)


def interactivity_activate_question(
    broadcast_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Questions that the host of a broadcast takes up."""
    return _numbered(Query.INTERACTIVITY_ACTIVATE_QUESTION, subscription_id, client_logged, broadcast_id=broadcast_id)


def interactivity_question_status(
    broadcast_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Whether questions may be put to the host of a broadcast."""
    return _numbered(Query.INTERACTIVITY_QUESTION_STATUS, subscription_id, client_logged, broadcast_id=broadcast_id)


# --- video calls -----------------------------------------------------------------------------------------------------


def video_call_co_watch_control(
    video_call_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """What is watched together in a video call."""
    return _numbered(Query.VIDEO_CALL_CO_WATCH_CONTROL, subscription_id, client_logged, video_call_id=video_call_id)


def video_call_in_alert(
    video_call_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Alerts in a video call. The text is that of :func:`video_call_co_watch_control`: both have the same number."""
    return _numbered(Query.VIDEO_CALL_IN_ALERT, subscription_id, client_logged, video_call_id=video_call_id)


def video_call_prototype_publish(
    video_call_id: Id, subscription_id: str | None = None, *, client_logged: bool | None = None
) -> str:
    """Prototype messages of a video call."""
    return _numbered(Query.VIDEO_CALL_PROTOTYPE_PUBLISH, subscription_id, client_logged, video_call_id=video_call_id)


# --- queries whose input is not known --------------------------------------------------------------------------------
#
# They carry a subscription id, as nearly all others do, and what the program gives by name, as it is. What newer apps
# call a query is all that is known of it.


def video_call_participant_delivery(subscription_id: str | None = None, **input_data: Any) -> str:
    """Who takes part in a video call. Apps name it in CONNECT only."""
    return _unexplored(Query.VIDEO_CALL_PARTICIPANT_DELIVERY, subscription_id, **input_data)


def inapp_notification(subscription_id: str | None = None, **input_data: Any) -> str:
    """Comments and mentions, as shown inside the app. Apps name it in CONNECT only."""
    return _unexplored(Query.INAPP_NOTIFICATION, subscription_id, **input_data)


def business_delivery(subscription_id: str | None = None, **input_data: Any) -> str:
    """For business accounts. No client subscribes to it."""
    return _unexplored(Query.BUSINESS_DELIVERY, subscription_id, **input_data)


def newer_comment_like(subscription_id: str | None = None, **input_data: Any) -> str:
    """Likes of comments, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_COMMENT_LIKE, subscription_id, **input_data)


def newer_games(subscription_id: str | None = None, **input_data: Any) -> str:
    """Games in a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_GAMES, subscription_id, **input_data)


def newer_in_call_alert(subscription_id: str | None = None, **input_data: Any) -> str:
    """Alerts in a video call, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_IN_CALL_ALERT, subscription_id, **input_data)


def newer_live_comment(subscription_id: str | None = None, **input_data: Any) -> str:
    """Comments of a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_LIVE_COMMENT, subscription_id, **input_data)


def newer_live_notify(subscription_id: str | None = None, **input_data: Any) -> str:
    """Notices about broadcasts, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_LIVE_NOTIFY, subscription_id, **input_data)


def newer_live_wave(subscription_id: str | None = None, **input_data: Any) -> str:
    """Waves in a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_LIVE_WAVE, subscription_id, **input_data)


def newer_moderator(subscription_id: str | None = None, **input_data: Any) -> str:
    """Moderators of a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_MODERATOR, subscription_id, **input_data)


def newer_pinned_product(subscription_id: str | None = None, **input_data: Any) -> str:
    """Products pinned to a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_PINNED_PRODUCT, subscription_id, **input_data)


def newer_reactions(subscription_id: str | None = None, **input_data: Any) -> str:
    """Reactions, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_REACTIONS, subscription_id, **input_data)


def newer_reel_tray(subscription_id: str | None = None, **input_data: Any) -> str:
    """The row of stories, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_REEL_TRAY, subscription_id, **input_data)


def newer_trivia(subscription_id: str | None = None, **input_data: Any) -> str:
    """Quizzes in a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_TRIVIA, subscription_id, **input_data)


def newer_user_pay(subscription_id: str | None = None, **input_data: Any) -> str:
    """Payments to the host of a broadcast, in newer apps; uncertain."""
    return _unexplored(Query.NEWER_USER_PAY, subscription_id, **input_data)


# --- Skywalker -------------------------------------------------------------------------------------------------------


def skywalker_direct(user_id: Id) -> str:
    """Direct over Skywalker, which brings next to nothing while the profile's ``pubsub_blacklist`` names Direct."""
    return f"ig/u/v1/{id_text('user_id', user_id)}"


def skywalker_live(user_id: Id) -> str:
    """Live broadcasts of those whom the account follows; brings ``live_started`` and ``live_stopped``."""
    return f"ig/live_notification_subscribe/{id_text('user_id', user_id)}"


def _numbered(query: Query, subscription_id: str | None, client_logged: bool | None, **ids: Id) -> str:
    checked = {name: id_text(name, value) for name, value in ids.items()}
    return _unexplored(query, subscription_id, client_logged=client_logged, **checked)


def _unexplored(query: Query, subscription_id: str | None, **input_data: Any) -> str:
    return graphql(query, client_subscription_id=subscription_id or str(uuid.uuid4()), **input_data)
