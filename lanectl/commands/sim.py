"""`lanectl sim`: a whole lane in virtual time, judged on what really happens in it."""

from pathlib import Path
from typing import Annotated

import typer

BROKEN, CONFIGURATION_INVALID = 1, 3
SITE = Path("config/bac-luan-2")


def register(app: typer.Typer) -> None:
    app.command("sim")(sim)


def sim(
    site: Annotated[Path, typer.Option(help="The site's folder.")] = SITE,
    seed: Annotated[int, typer.Option(help="The same seed and the same program give the same run, byte for byte.")] = 1,
    trucks: Annotated[int, typer.Option(min=1, max=20)] = 20,
    minutes: Annotated[float, typer.Option(min=0.1, help="Of simulated time.")] = 30.0,
) -> None:
    """Runs the controller with its devices, trucks and people in virtual time. Exits with 1 when a truth of the lane was broken."""
    import tempfile

    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load
    from lanectl.virtual.lane import Options, VirtualLane

    try:
        loaded = load(site)
    except ConfigError as error:
        show_problems(site, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    with tempfile.TemporaryDirectory(prefix="lanectl-sim-") as folder:
        lane = VirtualLane(loaded, Options(seed, trucks, Path(folder)))
        lane.run_for(60.0 * minutes)
    typer.echo(f"{lane.crossings} crossings")
    typer.echo(f"trace {lane.bench.trace}")
    for broken in lane.bench.broken:
        typer.echo(f"broken at {broken.at:.2f} s: {broken.words}", err=True)
    raise typer.Exit(BROKEN if lane.bench.broken else 0)
