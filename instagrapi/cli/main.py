"""The commands, and what becomes of errors: one sentence and a status."""

from __future__ import annotations

import logging
import os
import sys
from typing import NoReturn

import click

from instagrapi import __version__
from instagrapi.cli.account import logout, whoami
from instagrapi.cli.demo import demo
from instagrapi.cli.doctor import doctor
from instagrapi.cli.emulator import emulator
from instagrapi.cli.inbox import inbox, requests, thread
from instagrapi.cli.listen import listen, push
from instagrapi.cli.login import login
from instagrapi.cli.remedies import sentence
from instagrapi.cli.send import download, send
from instagrapi.cli.sessions import PROXY_VARIABLE
from instagrapi.cli.show import escape
from instagrapi.exceptions import ClientError
from instagrapi.profile import EMULATOR_VARIABLE

#: Its level is that of ``--debug``.
_package_logger = logging.getLogger("instagrapi")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="instagrapi-realtime")
@click.option("--debug", is_flag=True, help="Log what happens, and show tracebacks.")
@click.option(
    "--emulator",
    "emulator_url",
    metavar="URL",
    help=f"Use this emulator instead of Instagram (sets {EMULATOR_VARIABLE}).",
)
@click.option(
    "--proxy",
    metavar="URL",
    help=f"Go through this proxy; one with a password belongs in {PROXY_VARIABLE} instead.",
)
def commands(debug: bool, emulator_url: str | None, proxy: str | None) -> None:
    """Instagram Direct and push notifications in realtime. Unofficial; see the README before using an account."""
    _package_logger.setLevel(logging.DEBUG if debug else logging.NOTSET)
    if debug:
        logging.basicConfig(format="%(asctime)s %(name)s %(message)s", stream=sys.stderr)
    if emulator_url:
        os.environ[EMULATOR_VARIABLE] = emulator_url
    if proxy:
        os.environ[PROXY_VARIABLE] = proxy


for command in (
    *(demo, doctor, emulator),
    *(login, whoami, logout),
    *(listen, push, inbox, thread, requests, send, download),
):
    commands.add_command(command)


def main() -> NoReturn:
    """Runs the command line and ends the process."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = commands.main(standalone_mode=False)
    except click.exceptions.Abort:
        status = _complain("aborted", 130)
    except click.UsageError as error:
        error.show()
        status = error.exit_code
    except click.ClickException as error:
        status = _complain(error.format_message(), error.exit_code)
    except (ClientError, OSError) as error:
        if _package_logger.level == logging.DEBUG:
            raise
        status = _complain(sentence(error), 1)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status if isinstance(status, int) else 0)


def _complain(complaint: str, status: int) -> int:
    click.echo(f"instagrapi: {escape(complaint)}", err=True)
    return status
