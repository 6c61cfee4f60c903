"""``instagrapi emulator``: Instagram on loopback, alone or around a program."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from instagrapi.cli.needs import need_emulator
from instagrapi.cli.options import Seconds
from instagrapi.cli.signals import stopping

if TYPE_CHECKING:
    from instagrapi.emulator import Emulator

USERNAME, PASSWORD = "demo.bot", "emulated-password"  # of an account that exists on loopback only


@click.group(invoke_without_command=True)
@click.option("--interval", type=Seconds(0.01), default=1.0, show_default=True, help="Seconds between events.")
@click.pass_context
def emulator(context: click.Context, interval: float) -> None:
    """Run an emulator of Instagram on this machine until Ctrl-C. Any user name and password can log in."""
    need_emulator()
    context.obj = interval
    if context.invoked_subcommand is None:
        _serve(interval)


@emulator.command("run", context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.argument("program", nargs=-1, required=True, type=click.UNPROCESSED)
@click.pass_obj
def run_program(interval: float, program: tuple[str, ...]) -> None:
    """Run PROGRAM against an emulator: instagrapi emulator run -- python bot.py."""
    with _open_world() as emu:
        emu.companion("alice", interval)
        environment = {**os.environ, **_program_variables(emu)}
        raise click.exceptions.Exit(_run(program, environment))


def _serve(interval: float) -> None:
    with _open_world() as emu:
        emu.companion("alice", interval)
        click.echo("The emulator runs on this machine. In the terminal where your programs run, enter:")
        for name, value in _program_variables(emu).items():
            click.echo(f"  export {name}={shlex.quote(value)}")
        click.echo("Ctrl-C ends it, and all sessions that were made with it.")
        stop = threading.Event()
        with stopping(stop.set):
            stop.wait()


def _open_world() -> Emulator:
    from instagrapi.emulator import Emulator

    emu = Emulator(open_registration=True)
    alice, bot = emu.account("alice"), emu.account(USERNAME, PASSWORD)
    alice.send(bot, "Hello! This thread is here so that programs have one.")
    emu.account("carol")
    emu.account("dave").refuse_requests()
    return emu


def _program_variables(emu: Emulator) -> dict[str, str]:
    """Where the emulator is, and what exists in it, for programs that ask for it: see the page about the emulator."""
    item = next(emu.account("alice").thread_with(emu.account(USERNAME)).latest_first())
    defaults = {
        "IG_USERNAME": USERNAME,
        "IG_PASSWORD": PASSWORD,
        "IG_THREAD_ID": item.thread_id,
        "IG_ITEM_ID": item.item_id,
        "IG_MEMBERS": f"{emu.account('alice').pk},{emu.account('carol').pk}",
        "IG_STRANGER": str(emu.account("dave").pk),
    }
    return {**emu.environment, **{name: os.environ.get(name, value) for name, value in defaults.items()}}


def _run(program: tuple[str, ...], environment: Mapping[str, str]) -> int:
    """Runs a program to its end and gives its status; signals are its business, we only outlive it."""
    try:
        child = subprocess.Popen(program, env=environment)  # noqa: S603  # the user's own program
    except OSError as error:
        raise click.ClickException(f"cannot run {program[0]}: {error.strerror}") from error
    previous = {
        signal.SIGINT: signal.signal(signal.SIGINT, lambda *_: None),
        signal.SIGTERM: signal.signal(signal.SIGTERM, lambda *_: child.terminate()),
    }
    try:
        status = child.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status
