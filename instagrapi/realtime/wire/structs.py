"""Instagram's thrift structs, field by field in the order of the wire.

The order is part of the bytes: the genuine FBNS client writes field 26 between 20 and 21 (fbns-react's finding, also
in instagram_mqtt), and nobody else sends 26. Ids 9 and 10 of the CONNECT struct are those of every client but one.
"""

from __future__ import annotations

from instagrapi.realtime.protocol.thrift import Field, Kind, ListOf, MapOf, Struct

CLIENT_INFO = Struct(
    "clientInfo",
    Field(1, "userId", Kind.I64),
    Field(2, "userAgent", Kind.TEXT),
    Field(3, "clientCapabilities", Kind.I64),
    Field(4, "endpointCapabilities", Kind.I64),
    Field(5, "publishFormat", Kind.I32),
    Field(6, "noAutomaticForeground", Kind.BOOL),
    Field(7, "makeUserAvailableInForeground", Kind.BOOL),
    Field(8, "deviceId", Kind.TEXT),
    Field(9, "isInitiallyForeground", Kind.BOOL),
    Field(10, "networkType", Kind.I32),
    Field(11, "networkSubtype", Kind.I32),
    Field(12, "clientMqttSessionId", Kind.I64),
    Field(13, "clientIpAddress", Kind.TEXT),
    Field(14, "subscribeTopics", ListOf(Kind.I32)),
    Field(15, "clientType", Kind.TEXT),
    Field(16, "appId", Kind.I64),
    Field(17, "overrideNectarLogging", Kind.BOOL),
    Field(18, "connectTokenHash", Kind.BINARY),
    Field(19, "regionPreference", Kind.TEXT),
    Field(20, "deviceSecret", Kind.TEXT),
    Field(26, "luid", Kind.I64),
    Field(21, "clientStack", Kind.BYTE),
    Field(22, "fbnsConnectionKey", Kind.I64),
    Field(23, "fbnsConnectionSecret", Kind.TEXT),
    Field(24, "fbnsDeviceId", Kind.TEXT),
    Field(25, "fbnsDeviceSecret", Kind.TEXT),
    Field(27, "networkTypeInfo", Kind.I32),
    Field(28, "sslFingerprint", Kind.TEXT),
    Field(29, "tcpFingerprint", Kind.TEXT),
)

PROXYGEN_INFO = Struct(
    "proxygenInfo",
    Field(1, "ipAddr", Kind.TEXT),
    Field(2, "hostName", Kind.TEXT),
    Field(3, "vipAddr", Kind.TEXT),
)

COMBINED_PUBLISH = Struct(
    "combinedPublish",
    Field(1, "topic", Kind.TEXT),
    Field(2, "messageId", Kind.I32),
    Field(3, "payload", Kind.BINARY),
)

PHP_OVERRIDE = Struct(
    "phpOverride",
    Field(1, "hostname", Kind.TEXT),
    Field(2, "port", Kind.I32),
    Field(3, "hostIpAddress", Kind.TEXT),
)

CONNECT = Struct(
    "connect",
    Field(1, "clientIdentifier", Kind.TEXT),
    Field(2, "willTopic", Kind.TEXT),
    Field(3, "willMessage", Kind.TEXT),
    Field(4, "clientInfo", CLIENT_INFO),
    Field(5, "password", Kind.TEXT),
    Field(6, "getDiffsRequests", ListOf(Kind.BINARY)),
    Field(7, "proxygenInfo", ListOf(PROXYGEN_INFO)),
    Field(8, "combinedPublishes", ListOf(COMBINED_PUBLISH)),
    Field(9, "zeroRatingTokenHash", Kind.TEXT),
    Field(10, "appSpecificInfo", MapOf(Kind.TEXT, Kind.TEXT)),
    Field(11, "phpOverride", PHP_OVERRIDE),
)

FOREGROUND_STATE = Struct(
    "foregroundState",
    Field(1, "inForegroundApp", Kind.BOOL),
    Field(2, "inForegroundDevice", Kind.BOOL),
    Field(3, "keepAliveTimeout", Kind.I32),
    Field(4, "subscribeTopics", ListOf(Kind.TEXT)),
    Field(5, "subscribeGenericTopics", ListOf(Kind.TEXT)),
    Field(6, "unsubscribeTopics", ListOf(Kind.TEXT)),
    Field(7, "unsubscribeGenericTopics", ListOf(Kind.TEXT)),
    Field(8, "requestId", Kind.I64),
)

#: Bodies of topics 149 and 9: a query id or the word ``direct``, and JSON.
GRAPHQL_EVENT = Struct("graphqlEvent", Field(1, "topic", Kind.TEXT), Field(2, "payload", Kind.BINARY))

#: Bodies of topic 88: 1 direct, 2 live, 3 live with, 4 video call, and JSON.
SKYWALKER_EVENT = Struct("skywalkerEvent", Field(1, "topic", Kind.I32), Field(2, "payload", Kind.BINARY))

#: Bodies of topic 150: a data centre such as ``FRC``.
REGION_HINT = Struct("regionHint", Field(1, "hint", Kind.TEXT))
