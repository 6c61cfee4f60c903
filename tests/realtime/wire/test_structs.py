from __future__ import annotations

import re

import pytest

from instagrapi.realtime.protocol.thrift import ListOf, MapOf, Struct, Type
from instagrapi.realtime.wire.structs import (
    CLIENT_INFO,
    COMBINED_PUBLISH,
    CONNECT,
    FOREGROUND_STATE,
    GRAPHQL_EVENT,
    PHP_OVERRIDE,
    PROXYGEN_INFO,
    REGION_HINT,
    SKYWALKER_EVENT,
)


def spelled(kind: Type) -> str:
    """A type as an interface file would say it."""
    if isinstance(kind, ListOf):
        return f"list<{spelled(kind.element)}>"
    if isinstance(kind, MapOf):
        return f"map<{spelled(kind.key)},{spelled(kind.value)}>"
    return kind.name if isinstance(kind, Struct) else kind.name.lower()


FIELDS: dict[Struct, str] = {
    CONNECT: """
        1 text clientIdentifier, 2 text willTopic, 3 text willMessage, 4 clientInfo clientInfo, 5 text password,
        6 list<binary> getDiffsRequests, 7 list<proxygenInfo> proxygenInfo, 8 list<combinedPublish> combinedPublishes,
        9 text zeroRatingTokenHash, 10 map<text,text> appSpecificInfo, 11 phpOverride phpOverride
    """,
    CLIENT_INFO: """
        1 i64 userId, 2 text userAgent, 3 i64 clientCapabilities, 4 i64 endpointCapabilities, 5 i32 publishFormat,
        6 bool noAutomaticForeground, 7 bool makeUserAvailableInForeground, 8 text deviceId,
        9 bool isInitiallyForeground, 10 i32 networkType, 11 i32 networkSubtype, 12 i64 clientMqttSessionId,
        13 text clientIpAddress, 14 list<i32> subscribeTopics, 15 text clientType, 16 i64 appId,
        17 bool overrideNectarLogging, 18 binary connectTokenHash, 19 text regionPreference, 20 text deviceSecret,
        26 i64 luid, 21 byte clientStack, 22 i64 fbnsConnectionKey, 23 text fbnsConnectionSecret,
        24 text fbnsDeviceId, 25 text fbnsDeviceSecret, 27 i32 networkTypeInfo, 28 text sslFingerprint,
        29 text tcpFingerprint
    """,
    PROXYGEN_INFO: "1 text ipAddr, 2 text hostName, 3 text vipAddr",
    COMBINED_PUBLISH: "1 text topic, 2 i32 messageId, 3 binary payload",
    PHP_OVERRIDE: "1 text hostname, 2 i32 port, 3 text hostIpAddress",
    FOREGROUND_STATE: """
        1 bool inForegroundApp, 2 bool inForegroundDevice, 3 i32 keepAliveTimeout, 4 list<text> subscribeTopics,
        5 list<text> subscribeGenericTopics, 6 list<text> unsubscribeTopics, 7 list<text> unsubscribeGenericTopics,
        8 i64 requestId
    """,
    GRAPHQL_EVENT: "1 text topic, 2 binary payload",
    SKYWALKER_EVENT: "1 i32 topic, 2 binary payload",
    REGION_HINT: "1 text hint",
}


@pytest.mark.parametrize(("schema", "fields"), FIELDS.items(), ids=[repr(schema) for schema in FIELDS])
def test_a_struct_has_these_fields_in_this_order(schema: Struct, fields: str) -> None:
    spelled_out = [f"{field.id} {spelled(field.type)} {field.name}" for field in schema.fields]
    assert spelled_out == re.split(r",\s+", fields.strip())
