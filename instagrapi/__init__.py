"""Instagram's realtime events, light Direct actions and push notifications, for synchronous programs.

Unofficial: not made, endorsed or supported by Instagram or Meta.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from instagrapi.client import Client

__version__ = "0.1.0"
__all__ = ["Client", "__version__"]


def __getattr__(name: str) -> Any:
    # Loaded when first used: the realtime package and the pytest plugin do without the HTTP side.
    if name != "Client":
        raise AttributeError(f"module 'instagrapi' has no attribute {name!r}")
    from instagrapi.client import Client

    globals()["Client"] = Client
    return Client
