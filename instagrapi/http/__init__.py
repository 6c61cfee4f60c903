"""The HTTP side, below the methods of the client: settings, headers, the connection and what failures mean."""

from __future__ import annotations
