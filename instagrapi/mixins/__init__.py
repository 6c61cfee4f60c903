"""The methods of the client, by subject."""

from __future__ import annotations
