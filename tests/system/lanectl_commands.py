"""The command line, in this process: quick, and with its exit code."""

from typer.testing import CliRunner, Result

from lanectl.__main__ import app


def lanectl(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))
