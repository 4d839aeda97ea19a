"""`lanectl demo`: the whole lane on this machine, simulated devices, real programs."""

from pathlib import Path
from typing import Annotated

import typer

CONFIGURATION_INVALID, FAILED, USAGE = 3, 1, 2


def register(app: typer.Typer) -> None:
    app.command("demo")(demo)


def demo(
    seed: Annotated[int, typer.Option(help="The same seed gives the same plates and the same trucks.")] = 1,
    trucks: Annotated[int, typer.Option(min=1, max=40, help="How many trucks go round.")] = 6,
    crossings: Annotated[int, typer.Option(min=0, help="Stop after so many and print a summary; 0: go on until Ctrl-C.")] = 0,
    speed: Annotated[
        float, typer.Option(min=0.1, max=20.0, help="How much faster than real time, for controller and simulator alike.")
    ] = 1.0,
    headless: Annotated[bool, typer.Option("--headless", help="Plain lines instead of the live picture.")] = False,
    site: Annotated[Path, typer.Option(help="The site's folder.")] = Path("config/bac-luan-2"),
    first_port: Annotated[int, typer.Option(min=1024, max=65500, help="The first of four free ports on loopback.")] = 18830,
    folder: Annotated[Path, typer.Option(help="Where the journal, the logs and the pictures are kept.")] = Path(".demo"),
    lang: Annotated[str, typer.Option(help="vi, zh or en.")] = "en",
    customs: Annotated[str, typer.Option(help="How both customs systems behave: prompt, lively, holds-half, slow, forgetful.")] = "lively",
) -> None:
    """Trucks cross a simulated lane, one after another, until Ctrl-C."""
    from lanectl.commands.check import show_problems
    from lanectl.commands.simulate import checked_customs
    from lanectl.config import ConfigError
    from lanectl.demo.prepared import InTheWayError, Options
    from lanectl.demo.run import run

    options = Options(site, seed, trucks, crossings, speed, headless, first_port, folder, lang, checked_customs(customs), orders_first=True)
    try:
        code = run(options)
    except InTheWayError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    except ConfigError as error:
        show_problems(site, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    raise typer.Exit(code)
