"""Values of options that click has no type for."""

from __future__ import annotations

import math
from typing import Any

import click

from instagrapi.http.ids import known_id


def ids_option(function: Any) -> Any:
    """The option for whoever wants to name a thread or an item to another command."""
    return click.option("--ids", is_flag=True, help="Show the ids of threads and items, in full.")(function)


class Seconds(click.FloatRange):
    """A finite number of seconds: click takes ``nan``, with which every comparison fails."""

    name = "seconds"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number.

        Raises:
            click.BadParameter: it is none, not finite or out of range.
        """
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value!r} is no finite number of seconds", param, ctx)
        return seconds


class Text(click.types.StringParamType):
    """Text that can be sent: what the shell gave is UTF-8."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text.

        Raises:
            click.BadParameter: its bytes are not UTF-8.
        """
        try:
            str(value).encode()
        except UnicodeEncodeError:
            self.fail("the text is not UTF-8", param, ctx)
        return str(value)


class Id(click.types.StringParamType):
    """The id of a thread or of an item: text of digits."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The id.

        Raises:
            click.BadParameter: it is none.
        """
        text = known_id(value)
        return text if text is not None else self.fail("an id consists of digits", param, ctx)
