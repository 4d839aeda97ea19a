"""`lanectl fault`: make something go wrong in the running demo's simulated field, or right again."""

from pathlib import Path
from typing import Annotated

import typer

FAILED, UNREACHABLE = 1, 5


def register(app: typer.Typer) -> None:
    app.command("fault")(fault)


def fault(
    name: Annotated[str, typer.Argument(help="What goes wrong; without it, everything that can.")] = "",
    arguments: Annotated[list[str] | None, typer.Argument(help="Where: a port, unit, gate, detector or truck.")] = None,
    control: Annotated[Path | None, typer.Option(help="The simulator's control socket; the newest demo's is found by itself.")] = None,
) -> None:
    """Something goes wrong in the simulated field: `lanectl fault unplug vn-barrier`. Never touches a real device."""
    from lanectl.operating_client import living_controls
    from sim.control import ControlError, catalogue, cause

    if not name:
        typer.echo(catalogue())
        return
    living = [control] if control is not None else living_controls()
    if not living:
        typer.echo("no simulator runs here: start one with `make demo`, or name its socket with --control", err=True)
        raise typer.Exit(UNREACHABLE)
    try:
        cause(living[0], name, arguments or [])
    except ControlError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    typer.echo(" ".join([name, *(arguments or [])]))
