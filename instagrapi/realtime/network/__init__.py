"""Sockets, TLS, proxies and the pump that moves packets. Knows MQTToT, but nothing of Instagram."""

from __future__ import annotations
