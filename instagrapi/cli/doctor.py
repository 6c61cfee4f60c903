"""``instagrapi doctor``: why does it not work?"""

from __future__ import annotations

import json
import platform
import ssl
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.text import Text

from instagrapi import __version__
from instagrapi.cli.checks import Finding, Outcome, findings
from instagrapi.cli.options import Seconds
from instagrapi.cli.sessions import settings_option
from instagrapi.cli.show import escape

_STYLES = {Outcome.OK: "green", Outcome.FAILED: "bold red", Outcome.SKIPPED: "dim"}


@click.command()
@click.option(
    "--timeout", type=Seconds(0, min_open=True), default=10.0, show_default=True, help="Seconds for each step."
)
@click.option("--json", "as_json", is_flag=True, help="One finding a line, as JSON.")
@settings_option
@click.pass_context
def doctor(context: click.Context, timeout: float, as_json: bool, settings_file: Path) -> None:
    """Check everything from the session file to the first event, and say what to do about what fails.

    The output is safe to paste: it holds no credential, no name, no id and no address of a proxy.
    """
    show = _show_json if as_json else _show_line
    machine = f"Python {platform.python_version()}, {ssl.OPENSSL_VERSION}, {platform.system()}"
    show(Finding("versions", Outcome.OK, f"instagrapi-realtime {__version__}, {machine}"))
    failed = False
    for finding in findings(settings_file, timeout):
        show(finding)
        failed = failed or finding.outcome is Outcome.FAILED
    context.exit(int(failed))


def _show_json(finding: Finding) -> None:
    fields: dict[str, Any] = {key: value for key, value in finding._asdict().items() if value is not None}
    click.echo(json.dumps(fields))


def _show_line(finding: Finding) -> None:
    console = Console(highlight=False, soft_wrap=True)
    console.print(
        Text.assemble(
            (f"{finding.outcome:<8}", _STYLES[finding.outcome]), f"{finding.name:<13} ", escape(finding.sentence)
        )
    )
    if finding.remedy:
        console.print(Text(f"        what to do: {finding.remedy}"))
