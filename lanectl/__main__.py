"""The command line: each command registers itself; heavy imports wait until one is called."""

import typer

from lanectl.commands import acts, check, demo, fault, flash, journal, person, plate, replay, run, simulate, status, watch, web

app = typer.Typer(name="lanectl", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
for command in (demo, run, web, check, flash, status, watch, acts, replay, journal, person, plate, simulate, fault):
    command.register(app)


@app.callback()
def lanectl() -> None:
    """Controls a cargo lane for unmanned trucks over a border bridge."""


def main() -> None:
    """Exit codes: 0 done, 1 failed, 2 usage, 3 configuration, 5 unreachable, 6 mismatch, 8 refused, 9 not permitted, 130 interrupted."""
    app()


if __name__ == "__main__":
    main()
