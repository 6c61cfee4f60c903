"""Topics: small decimal ids, written as text in PUBLISH (wire page, "Topics")."""

from __future__ import annotations

from enum import StrEnum


class MQTToTTopics(StrEnum):
    """The topics of the realtime connection whose bodies are known."""

    GRAPHQL = "9"
    PREEMPTIVE_PING = "34"
    PUBSUB = "88"
    FOREGROUND_STATE = "102"
    SEND_MESSAGE = "132"
    SEND_MESSAGE_RESPONSE = "133"
    IRIS_SUB = "134"
    IRIS_SUB_RESPONSE = "135"
    MESSAGE_SYNC = "146"
    REALTIME_SUB = "149"
    REGION_HINT = "150"


class FBNSTopics(StrEnum):
    """The topics of the push connection."""

    PP = "34"
    MESSAGE = "76"
    REG_REQUEST = "79"
    REG_RESPONSE = "80"
    EXP_LOGGING = "231"
