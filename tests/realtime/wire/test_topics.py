from __future__ import annotations

from instagrapi.profile import Profile
from instagrapi.realtime.wire.topics import FBNSTopics, MQTToTTopics


def test_topics_are_written_as_decimal_text() -> None:
    for topic in (*MQTToTTopics, *FBNSTopics):
        assert str(topic) == topic.value
        assert topic.isdecimal()


def test_the_topics_are_those_of_the_wire() -> None:
    assert {topic.name: int(topic) for topic in MQTToTTopics} == {
        "GRAPHQL": 9,
        "PREEMPTIVE_PING": 34,
        "PUBSUB": 88,
        "FOREGROUND_STATE": 102,
        "SEND_MESSAGE": 132,
        "SEND_MESSAGE_RESPONSE": 133,
        "IRIS_SUB": 134,
        "IRIS_SUB_RESPONSE": 135,
        "MESSAGE_SYNC": 146,
        "REALTIME_SUB": 149,
        "REGION_HINT": 150,
    }
    assert {topic.name: int(topic) for topic in FBNSTopics} == {
        "PP": 34,
        "MESSAGE": 76,
        "REG_REQUEST": 79,
        "REG_RESPONSE": 80,
        "EXP_LOGGING": 231,
    }


def test_the_broker_is_asked_for_topics_that_we_can_read() -> None:
    profile = Profile()
    assert set(map(str, profile.realtime.subscribe_topics)) <= set(MQTToTTopics)
    assert set(map(str, profile.fbns.subscribe_topics)) <= set(FBNSTopics)
