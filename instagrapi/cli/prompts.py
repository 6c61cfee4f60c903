"""What commands ask a person for: on the terminal, or line by line from standard input when that is none."""

from __future__ import annotations

import sys

import click


def ask(label: str, *, hidden: bool = False) -> str:
    """What the person answers.

    Raises:
        click.ClickException: standard input is no terminal, and has no further line.
    """
    if sys.stdin.isatty():
        return str(click.prompt(label, hide_input=hidden, err=True)).strip()
    answer = sys.stdin.readline().rstrip("\r\n")
    if not answer:
        raise click.ClickException(f"no {label[:1].lower()}{label[1:]} came on standard input")
    return answer


def tell(sentence: str) -> None:
    """Says something beside the output."""
    click.echo(sentence, err=True)
