"""Instagram's realtime events, light Direct actions and push notifications, for synchronous programs.

Unofficial: not made, endorsed or supported by Instagram or Meta.
"""

from __future__ import annotations

from instagrapi.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]
