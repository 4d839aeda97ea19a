"""Whether an option stands on the command line, or is only its default."""

import typer


def is_given(context: typer.Context, option: str) -> bool:
    source = context.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"
