"""`lanectl sim` and `lanectl soak`: a whole lane in virtual time, judged on what really happens in it."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lanectl.site.facts import Site
    from lanectl.virtual.run import Result

BROKEN, CONFIGURATION_INVALID, OTHER = 1, 3, 6
SITE = Path("config/bac-luan-2")

SiteOption = Annotated[Path, typer.Option(help="The site's folder.")]
Trucks = Annotated[int, typer.Option(min=1, max=20)]
Hours = Annotated[float, typer.Option(min=0.01, help="Of simulated time, each run.")]
Faults = Annotated[float, typer.Option(min=0.0, help="How many times as often as sim/fault_table.py says; 0: none.")]


def register(app: typer.Typer) -> None:
    app.command("sim")(sim)
    app.command("soak")(soak)


def sim(
    site: SiteOption = SITE,
    seed: Annotated[int, typer.Option(help="The same seed and the same program give the same run, byte for byte.")] = 1,
    trucks: Trucks = 20,
    hours: Hours = 1.0,
    faults: Faults = 20.0,
    trace: Annotated[str, typer.Option(help="The trace that an earlier run of this seed printed; another one: exit 6.")] = "",
    faults_from: Annotated[Path | None, typer.Option(help="A list of faults that --shrink wrote: these happen and no others.")] = None,
    shrink: Annotated[Path | None, typer.Option(help="Where to write the faults that it takes; needs many runs.")] = None,
) -> None:
    """One run of one seed: replays what a soak found. Exits with 1 when a truth of the lane was broken."""
    from lanectl.virtual.run import Drill, run
    from lanectl.virtual.shrink import read, shrink_run, write

    loaded, began = _loaded(site), time.monotonic()
    try:
        drill = Drill(seed, trucks, hours, faults, read(faults_from) if faults_from else None)
    except (OSError, ValueError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    result = run(loaded, drill, _tell_progress)
    _tell(result, time.monotonic() - began)
    if shrink is not None and result.broken:
        needed = shrink_run(loaded, drill, result.planned, result.broken[0][0])
        write(shrink, needed)
        typer.echo(f"{len(needed)} of {len(result.planned)} faults are needed: {shrink}", err=True)
    if trace and trace != result.trace:
        typer.echo("The trace is another: this is not the program, or not the site, that printed it.", err=True)
        raise typer.Exit(OTHER)
    raise typer.Exit(BROKEN if result.broken else 0)


def soak(
    site: SiteOption = SITE,
    seeds: Annotated[int, typer.Option(min=1, help="How many runs.")] = 4,
    first: Annotated[int, typer.Option(help="The first seed.")] = 1,
    trucks: Trucks = 20,
    hours: Hours = 1.0,
    faults: Faults = 20.0,
    processes: Annotated[int, typer.Option(min=1, help="Runs at the same time.")] = 2,
) -> None:
    """Many runs on several cores; stops at the first broken truth and says its seed."""
    from lanectl.virtual.run import Drill
    from lanectl.virtual.soak import Sum, results

    loaded, began, total = _loaded(site), time.monotonic(), Sum()
    drills = [Drill(seed, trucks, hours, faults) for seed in range(first, first + seeds)]
    for result in results(loaded, drills, processes):
        total = total.with_result(result)
        took_s = time.monotonic() - began
        line = f"seed {result.drill.seed}: {result.crossings} crossings, available {result.available:.4f}, trace {result.trace[:16]}"
        typer.echo(f"{line}  |  {total.runs}/{seeds} runs, {total.simulated_s / 3600:.1f} h, {total.simulated_s / took_s:.0f} x real time")
        if result.broken:
            _tell_broken(result)
            break
    for text in total.lines():
        typer.echo(text)
    raise typer.Exit(BROKEN if total.broken else 0)


def _loaded(site: Path) -> "Site":
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load

    try:
        return load(site)
    except ConfigError as error:
        show_problems(site, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None


def _tell_progress(now: float) -> None:
    if now % 600.0 == 0.0:
        typer.echo(f"{now / 60:.0f} min", err=True)


def _tell(result: "Result", took_s: float) -> None:
    from lanectl.virtual.soak import Sum

    typer.echo(f"seed {result.drill.seed}: trace {result.trace}")
    typer.echo(f"{result.simulated_s / took_s:.0f} x real time", err=True)
    for text in Sum().with_result(result).lines():
        typer.echo(text)
    if result.broken:
        _tell_broken(result)


def _tell_broken(result: "Result") -> None:
    drill = result.drill
    typer.echo(f"BROKEN with seed {drill.seed}:", err=True)
    for at, words in result.broken[:5]:
        typer.echo(f"  at {at:.2f} s: {words}", err=True)
    again = f"lanectl sim --seed {drill.seed} --trucks {drill.trucks} --hours {drill.hours:g} --faults {drill.faults:g}"
    typer.echo(f"again: {again} --trace {result.trace}", err=True)
