"""Subscription texts for the topics that a Direct program needs (wire page, "Subscriptions").

The broker keeps its books by the literal text: end a subscription with the same text that began it.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

APP_PRESENCE = "17846944882223835"
#: Another id under which presence events come; nobody subscribes to it.
APP_PRESENCE_ALTERNATIVE = "17875950769655493"
DIRECT_STATUS = "17854499065530643"
DIRECT_TYPING = "17867973967082385"


def graphql(query_id: str, **input_data: Any) -> str:
    """A GraphQL subscription with its input."""
    body = json.dumps({"input_data": input_data}, separators=(",", ":"))
    return f"1/graphqlsubscriptions/{query_id}/{body}"


def direct_typing(user_id: int | str) -> str:
    """Typing of others in the threads of the account with that id; brings ``typing``."""
    return graphql(DIRECT_TYPING, user_id=str(user_id))


def direct_status(subscription_id: str | None = None) -> str:
    """Changes of Direct's status."""
    return graphql(DIRECT_STATUS, client_subscription_id=subscription_id or str(uuid.uuid4()))


def app_presence(subscription_id: str | None = None) -> str:
    """Who of the account's contacts is online; brings ``presence``."""
    return graphql(APP_PRESENCE, client_subscription_id=subscription_id or str(uuid.uuid4()))


def skywalker_direct(user_id: int | str) -> str:
    """Direct over Skywalker."""
    return f"ig/u/v1/{user_id}"


def skywalker_live(user_id: int | str) -> str:
    """Live broadcasts of those whom the account follows; brings ``live_started`` and ``live_stopped``."""
    return f"ig/live_notification_subscribe/{user_id}"
