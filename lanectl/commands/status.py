"""`lanectl status`: how the lane stands, once."""

from pathlib import Path
from typing import Annotated

import typer

USAGE, UNREACHABLE = 2, 5


def register(app: typer.Typer) -> None:
    app.command("status")(status)


def status(
    socket: Annotated[Path | None, typer.Option(envvar="LANECTL_SOCKET", help="The controller's socket; found by itself.")] = None,
    lang: Annotated[str, typer.Option(envvar="LANECTL_LANG", help="vi, zh or en.")] = "en",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object with schema_version.")] = False,
) -> None:
    """Shows the lane once: gates, sections, trucks and why each waits, alarms and the command that answers each."""
    from lanectl import operating_client

    checked_language(lang)
    try:
        line = operating_client.status(operating_client.find_socket(socket))
    except operating_client.NoControllerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(UNREACHABLE) from None
    if as_json:
        typer.echo(line.decode())
        return
    from rich.console import Console

    from lanectl.picture import from_line
    from lanectl.watch import report

    Console().print(report(from_line(line), lang))


def checked_language(lang: str) -> None:
    """Ends with a usage error for a language that is not spoken here."""
    from lanectl.wording import LANGUAGES

    if lang not in LANGUAGES:
        typer.echo(f"--lang {lang}: not one of {', '.join(LANGUAGES)}", err=True)
        raise typer.Exit(USAGE)
