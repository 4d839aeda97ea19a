"""`lanectl simulate`: a site's devices, trucks and cameras as the simulator's own program."""

from pathlib import Path
from typing import Annotated

import typer

USAGE, CONFIGURATION_INVALID = 2, 3


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    config: Annotated[Path, typer.Argument(help="The site's folder; its ports must be paths where pseudo-terminals may stand.")],
    control: Annotated[Path, typer.Option(help="The simulator's control socket, for faults and the truth.")],
    plan: Annotated[Path, typer.Option(help="Where to write the simulator's plan; run it with: python -m sim PLAN.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same trucks.")] = 1,
    speed: Annotated[float, typer.Option(min=0.1, max=20.0, help="How much faster than real time.")] = 1.0,
    customs: Annotated[str, typer.Option(help="How both sides' customs systems behave: prompt, lively, holds-half, slow, forgetful.")] = "",
    epoch: Annotated[float, typer.Option(min=0.0, help="What the monotonic clock read when this clock stood at 0.")] = 0.0,
) -> None:
    """Writes the plan with which the simulator stands in for this site's field."""
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load
    from lanectl.model import Authority
    from lanectl.simulated import Setting, sim_plan
    from sim.plan import to_json

    if customs:
        checked_customs(customs)
    try:
        site = load(config)
    except ConfigError as error:
        show_problems(config, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    tempers = dict.fromkeys(Authority, customs) if customs else {}
    plan.write_bytes(to_json(sim_plan(site, Setting(seed, speed, epoch, control, return_s=30.0, customs=tempers))))
    typer.echo(f"python -m sim {plan}")


def checked_customs(name: str) -> str:
    from sim.customs import TEMPERS

    if name not in TEMPERS:
        typer.echo(f"--customs: {name} is none of {', '.join(TEMPERS)}.", err=True)
        raise typer.Exit(USAGE)
    return name
