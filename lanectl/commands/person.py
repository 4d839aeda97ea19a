"""`lanectl person pin`: what persons.toml holds for a PIN."""

import sys
from typing import Annotated

import typer

USAGE = 2
DIGITS_MIN = 4


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="Who may act.")
    group.command("pin")(pin)
    group.callback()(_people)
    app.add_typer(group, name="person")


def _people() -> None:
    """Who may act."""


def pin(as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False) -> None:
    """Ask for a PIN twice, without echo, and print its scrypt form for persons.toml. From a pipe: the first line."""
    import getpass
    import json

    from lanectl.persons import hash_pin

    terminal = sys.stdin.isatty()
    chosen = getpass.getpass("PIN: ") if terminal else sys.stdin.readline().strip()
    if len(chosen) < DIGITS_MIN:
        typer.echo(f"A PIN has at least {DIGITS_MIN} characters.", err=True)
        raise typer.Exit(USAGE)
    if terminal and getpass.getpass("Again: ") != chosen:
        typer.echo("The two differ. Nothing was made.", err=True)
        raise typer.Exit(USAGE)
    hashed = hash_pin(chosen)
    typer.echo(json.dumps({"schema_version": 1, "pin": hashed}) if as_json else hashed)
