"""The command line: each command registers itself; heavy imports wait until one is called."""

import io
import os
import sys

import typer

from lanectl.commands import (
    acts,
    capacity,
    check,
    clearance,
    demo,
    fault,
    flash,
    journal,
    order,
    person,
    plate,
    replay,
    run,
    sim,
    simulate,
    status,
    truck,
    vda,
    watch,
    web,
)

FAILED = 1

app = typer.Typer(name="lanectl", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
for command in (
    demo,
    run,
    web,
    check,
    flash,
    status,
    watch,
    acts,
    replay,
    journal,
    person,
    plate,
    vda,
    truck,
    order,
    clearance,
    simulate,
    sim,
    capacity,
    fault,
):
    command.register(app)


@app.callback()
def lanectl() -> None:
    """Controls a cargo lane for unmanned trucks over a border bridge."""


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 5 unreachable, 6 mismatch, 8 refused, 9 not permitted, 130 interrupted."""
    _speak_anywhere()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        _give_up_output()
        typer.echo(f"{error.filename or 'the output'}: {error.strerror or error}", err=True)
        sys.exit(FAILED)


def _speak_anywhere() -> None:
    """Data is UTF-8 wherever it goes; a terminal that cannot show a character shows another, rather than none of the rest."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")


def _give_up_output() -> None:
    """What could not be written is still held and would be tried again at the end: onto nothing."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


if __name__ == "__main__":
    main()
