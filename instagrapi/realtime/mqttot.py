"""The public names of the MQTToT layer: a socket transport and the topics.

Everything behind them is in ``protocol`` (bytes and packets), ``network`` (sockets) and ``wire`` (Instagram's words).
"""

from __future__ import annotations

from instagrapi.realtime.network.transport import SocketMQTToTTransport, Transport
from instagrapi.realtime.wire.connect import MQTToTConnection
from instagrapi.realtime.wire.topics import FBNSTopics, MQTToTTopics

__all__ = ["FBNSTopics", "MQTToTConnection", "MQTToTTopics", "SocketMQTToTTransport", "Transport"]
