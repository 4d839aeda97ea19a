"""`lanectl capacity`: what a lane can carry at most, what it carries in virtual time at rising demand, and what binds."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanectl.capacity import Limit
    from lanectl.site.facts import Site
    from lanectl.virtual.demand import Measured

SCHEMA_VERSION = 1
BROKEN, USAGE, CONFIGURATION_INVALID = 1, 2, 3
PARTS = "0.4,0.7,0.9,1.1,1.5"  # of the limit: what is asked of the lane


def register(app: typer.Typer) -> None:
    app.command("capacity")(capacity)


def capacity(
    site: Annotated[Path, typer.Argument(metavar="CONFIG", help="The site's folder.")],
    hours: Annotated[float, typer.Option(min=0.0, help="Simulated at each level, after a warm-up of ten minutes; 0: none.")] = 2.0,
    trucks: Annotated[int, typer.Option(min=0, max=60, help="How many there are; 0: as many as the fleet, 12 at least.")] = 0,
    levels: Annotated[str, typer.Option(help="Demand, in parts of the limit.")] = PARTS,
    seed: Annotated[int, typer.Option(help="The same seed gives the same demand.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Levels that run at the same time.")] = 2,
    picture: Annotated[Path | None, typer.Option(help="An SVG file: throughput against demand, the limit as a line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
) -> None:
    """The physical limit of a lane, and what its simulation reaches."""
    from lanectl.capacity import Drive, dispatched, limit
    from lanectl.capacity_words import document, drawing, lines
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load

    parts = _parts(levels)
    try:
        found = dispatched(load(site))
    except ConfigError as error:
        show_problems(site, error, as_json=as_json)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    fleet = trucks or max(12, len(found.fleet))
    most = limit(found, fleet, Drive())
    measured = _measured(found, most, [part * most.per_hour for part in parts], (hours, fleet, seed, processes)) if hours else []
    if picture is not None:
        picture.write_text(drawing(found.name, most, measured), encoding="utf-8")
    if as_json:
        typer.echo(
            json.dumps({"schema_version": SCHEMA_VERSION, "site": found.name, "trucks": fleet, **document(most, measured)}, indent=1)
        )
    else:
        typer.echo("\n".join(lines(found.name, fleet, most, measured)))
    if any(one.broken for one in measured):
        raise typer.Exit(BROKEN)


def _parts(levels: str) -> list[float]:
    try:
        parts = [float(part) for part in levels.split(",")]
    except ValueError:
        parts = []
    if not parts or not all(0.0 < part <= 10.0 for part in parts):
        typer.echo(f"--levels {levels}: numbers above 0, 10 at most, with commas between them, like 0.5,1,1.5", err=True)
        raise typer.Exit(USAGE)
    return parts


def _measured(site: "Site", most: "Limit", demands: "Sequence[float]", how: tuple[float, int, int, int]) -> "list[Measured]":
    """Each level in a process of its own, with a line when it ends."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from lanectl.virtual.demand import Level, measure

    hours, trucks, seed, processes = how
    levels = [Level(demand, 3600.0 * hours, trucks, seed) for demand in demands]
    typer.echo(f"{len(levels)} levels of demand, {hours:g} h each, {processes} at a time …", err=True)
    found: list[Measured] = []
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(measure, site, level) for level in levels]
        try:
            for done in as_completed(waiting):
                one = done.result()
                found.append(one)
                _say(one, most, len(found), len(levels))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    return sorted(found, key=lambda one: one.level.per_hour)


def _say(one: "Measured", most: "Limit", done: int, of: int) -> None:
    part = one.per_hour / most.per_hour
    line = f"{done} of {of}: {one.level.per_hour:6.1f} an hour asked, {one.per_hour:6.1f} carried ({part:.0%} of the limit)"
    print(line, file=sys.stderr, flush=True)
