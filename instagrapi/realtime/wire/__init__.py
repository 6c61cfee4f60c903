"""Instagram's words on the wire: topics, structs, what CONNECT says, commands, and what bodies mean. No I/O."""

from __future__ import annotations
