"""The two MQTToT connections: Direct events and push notifications."""

from __future__ import annotations

from instagrapi.realtime import events, subscriptions
from instagrapi.realtime.client import RealtimeClient
from instagrapi.realtime.fbns import FbnsClient
from instagrapi.realtime.fbns_auth import FbnsDeviceAuth
from instagrapi.realtime.state import State, Stats

__all__ = ["FbnsClient", "FbnsDeviceAuth", "RealtimeClient", "State", "Stats", "events", "subscriptions"]
