"""`lanectl sim` and `lanectl soak`: a whole lane in virtual time, judged on what really happens in it."""

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands.given import is_given

if TYPE_CHECKING:
    from lanectl.site.facts import Site
    from lanectl.virtual.run import Drill, Result

SCHEMA_VERSION = 1
BROKEN, USAGE, CONFIGURATION_INVALID, OTHER = 1, 2, 3, 6
OF_A_SEED_ONLY = ("trucks", "hours", "faults", "trace", "faults_from", "shrink")
SITE = Path("config/bac-luan-2")

SiteOption = Annotated[Path, typer.Option(help="The site's folder.")]
Trucks = Annotated[int, typer.Option(min=1, max=20)]
Hours = Annotated[float, typer.Option(min=0.01, help="Of simulated time, each run.")]
Faults = Annotated[float, typer.Option(min=0.0, help="How many times as often as sim/fault_table.py says; 0: none.")]


def register(app: typer.Typer) -> None:
    app.command("sim")(sim)
    app.command("soak")(soak)


def sim(
    context: typer.Context,
    scenarios: Annotated[list[str] | None, typer.Argument(metavar="[SCENARIO]...", help="Files, or names that --list shows.")] = None,
    site: SiteOption = SITE,
    seed: Annotated[int, typer.Option(help="The same seed and the same program give the same run, byte for byte.")] = 1,
    trucks: Trucks = 20,
    hours: Hours = 1.0,
    faults: Faults = 20.0,
    trace: Annotated[str, typer.Option(help="The trace that an earlier run of this seed printed; another one: exit 6.")] = "",
    faults_from: Annotated[Path | None, typer.Option(help="A list of faults that --shrink wrote: these happen and no others.")] = None,
    shrink: Annotated[Path | None, typer.Option(help="Where to write the faults that it takes; as a test, if it ends in .py.")] = None,
    real_time: Annotated[
        bool,
        typer.Option("--real-time", help="By the clock: the controller's program, pseudo-terminals and a broker."),
    ] = False,
    speed: Annotated[float, typer.Option(min=0.1, max=10.0, help="How many times faster than the clock, with --real-time.")] = 1.0,
    junit: Annotated[Path | None, typer.Option(help="Where to write what the scenarios came to, as JUnit XML.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="The scenarios that are shipped, each in a line.")] = False,
) -> None:
    """Plays scenarios; without one, runs a whole lane of one seed, as a soak does. Exits with 1 when something was not as it must be."""
    from lanectl.commands import scenarios as played

    if listed:
        played.show_shipped(_loaded(site, as_json=as_json), as_json=as_json)
        return
    if scenarios:
        _refuse_given(context, OF_A_SEED_ONLY, "is for a run without a scenario")
        if not real_time:
            _refuse_given(context, ("speed",), "needs --real-time: virtual time runs as fast as it can")
        how = played.How(seed if is_given(context, "seed") else None, speed if real_time else None, as_json)
        raise typer.Exit(played.play_all(scenarios, _loaded(site, as_json=as_json), how, junit))
    _refuse_given(context, ("junit", "real_time", "speed"), "needs a scenario: `lanectl sim --list` names those that are shipped")
    from lanectl.virtual.run import Drill
    from lanectl.virtual.shrink import read

    try:
        drill = Drill(seed, trucks, hours, faults, read(faults_from) if faults_from else None)
    except OSError as error:
        typer.echo(f"{faults_from}: {error.strerror}; name a list of faults that --shrink wrote", err=True)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    except ValueError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    raise typer.Exit(_play_seed(site, drill, trace, shrink, as_json=as_json))


def _play_seed(site: Path, drill: "Drill", trace: str, shrink: Path | None, *, as_json: bool) -> int:
    """The exit code."""
    from lanectl.virtual.run import run
    from lanectl.virtual.shrink import shrink_run, write

    loaded, began = _loaded(site, as_json=as_json), time.monotonic()
    result = run(loaded, drill, _tell_progress)
    _tell(result, time.monotonic() - began, as_json=as_json)
    if shrink is not None and result.broken:
        needed = shrink_run(loaded, drill, result.planned, result.broken[0][0])
        write(shrink, needed, site, result.broken[0][1])
        typer.echo(f"{len(needed.planned or ())} of {len(result.planned)} faults are needed: {shrink}", err=True)
    if trace and trace != result.trace:
        typer.echo("The trace is another: this is not the program, or not the site, that printed it.", err=True)
        return OTHER
    return BROKEN if result.broken else 0


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


def _refuse_given(context: typer.Context, names: tuple[str, ...], why: str) -> None:
    for name in names:
        if is_given(context, name):
            typer.echo(f"--{name.replace('_', '-')} {why}.", err=True)
            raise typer.Exit(USAGE)


def _loaded(site: Path, *, as_json: bool = False) -> "Site":
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load

    try:
        return load(site)
    except ConfigError as error:
        show_problems(site, error, as_json=as_json)
        raise typer.Exit(CONFIGURATION_INVALID) from None


def _tell_progress(now: float) -> None:
    if now % 600.0 == 0.0 and sys.stderr.isatty():
        typer.echo(f"{now / 60:.0f} min", err=True)


def _tell(result: "Result", took_s: float, *, as_json: bool) -> None:
    from lanectl.virtual.soak import Sum

    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, **asdict(result)}, ensure_ascii=False))
        return
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
