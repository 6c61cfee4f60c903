"""The two MQTToT connections: Direct events and push notifications."""

from __future__ import annotations
