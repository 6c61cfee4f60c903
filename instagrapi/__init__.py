"""Instagram's realtime events, light Direct actions and push notifications, for synchronous programs."""

from __future__ import annotations

__version__ = "0.1.0"
