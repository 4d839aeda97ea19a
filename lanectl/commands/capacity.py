"""`lanectl capacity`: what a lane can carry at most, what it carries in virtual time at rising demand, and what binds."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands.given import is_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lanectl.capacity import Limit
    from lanectl.site.facts import Site
    from lanectl.virtual.measured import Measured
    from lanectl.virtual.profile import Profile

SCHEMA_VERSION = 1
BROKEN, USAGE, CONFIGURATION_INVALID = 1, 2, 3
PARTS = "0.4,0.7,0.9,1.1,1.5"  # of the limit: what is asked of the lane


def register(app: typer.Typer) -> None:
    app.command("capacity")(capacity)


def capacity(
    context: typer.Context,
    site: Annotated[Path, typer.Argument(metavar="CONFIG", help="The site's folder.")],
    hours: Annotated[float, typer.Option(min=0.0, help="Simulated at each level, after a warm-up of ten minutes; 0: none.")] = 2.0,
    trucks: Annotated[int, typer.Option(min=0, max=60, help="How many there are; 0: as many as the fleet, 12 at least.")] = 0,
    levels: Annotated[str, typer.Option(help="Demand, in parts of the limit.")] = PARTS,
    profile: Annotated[str, typer.Option(help="A demand profile instead of levels: a file, or a name of config/profiles.")] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same demand.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Levels that run at the same time.")] = 2,
    picture: Annotated[Path | None, typer.Option(help="An SVG file: throughput against demand, the limit as a line.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document instead of tables.")] = False,
) -> None:
    """The physical limit of a lane, and what its simulation reaches."""
    from lanectl.capacity import Drive, dispatched, limit
    from lanectl.capacity_drawing import drawing
    from lanectl.capacity_words import Told, document, lines
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError, load
    from lanectl.virtual.demand import usual_trucks

    parts = _parts(levels)
    try:
        found = dispatched(load(site))
    except ConfigError as error:
        show_problems(site, error, as_json=as_json)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    asked = _asked(context, found, profile, trucks) if profile else None
    fleet = asked.trucks if asked is not None else trucks or usual_trucks(found)
    _check_places(found, fleet)
    most = limit(found, fleet, Drive())
    if asked is not None:
        measured = _played(found, asked, most) if hours else []
    else:
        measured = _measured(found, most, [part * most.per_hour for part in parts], (hours, fleet, seed, processes)) if hours else []
    assert found.dispatch is not None
    told = Told(found.name, fleet, most, found.dispatch.wait_s_max, asked.name if asked is not None else "")
    if picture is not None:
        picture.write_text(drawing(told, measured), encoding="utf-8")
    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, **document(told, measured)}, indent=1))
    else:
        typer.echo("\n".join(lines(told, measured)))
    if any(one.broken for one in measured):
        raise typer.Exit(BROKEN)


def _check_places(site: "Site", trucks: int) -> None:
    """A lane worked both ways needs a place more than trucks; else exit 2."""
    places = site.layout.places_beyond + site.layout.places_beyond_back
    if site.layout.both_ways and trucks >= places:
        words = f"{trucks} trucks, and the yards of {site.name} have {places} places: with both full nobody can cross."
        typer.echo(f"{words} At most --trucks {places - 1}, or more places_beyond in {site.folder / 'site.toml'}", err=True)
        raise typer.Exit(USAGE)


def _parts(levels: str) -> list[float]:
    try:
        parts = [float(part) for part in levels.split(",")]
    except ValueError:
        parts = []
    if not parts or not all(0.0 < part <= 10.0 for part in parts):
        typer.echo(f"--levels {levels}: numbers above 0, 10 at most, with commas between them, like 0.5,1,1.5", err=True)
        raise typer.Exit(USAGE)
    return parts


def _asked(context: typer.Context, site: "Site", name: str, trucks: int) -> "Profile":
    """The profile of that name, with as many trucks as it, the command or the site says. What it lasts, `--hours` may cut short."""
    from lanectl.capacity import Drive, limit
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError
    from lanectl.virtual.demand import trucks_of
    from lanectl.virtual.profile_files import load_profile

    for option in ("levels", "processes"):
        if is_given(context, option):
            typer.echo(f"--{option} does not go with --profile, which says itself what is asked", err=True)
            raise typer.Exit(USAGE)
    file = _found(name, site.folder.parent / "profiles")
    try:
        first = load_profile(file, site, 1.0)  # its trucks are what the limit depends on
        fleet = trucks or trucks_of(site, first)
        asked = load_profile(file, site, limit(site, fleet, Drive()).per_hour)
    except ConfigError as error:
        show_problems(file, error, as_json=False)
        raise typer.Exit(CONFIGURATION_INVALID) from None
    given = {option: is_given(context, option) for option in ("hours", "seed")}
    seconds = 3600.0 * context.params["hours"] if given["hours"] else asked.seconds
    seed = context.params["seed"] if given["seed"] else asked.seed
    return asked.cut(seconds, trucks=fleet, seed=seed)


def _found(name: str, folder: Path) -> Path:
    """The file of a name that is shipped, or of any path. Unknown: exit 2."""
    if Path(name).is_file():
        return Path(name)
    if (shipped := folder / f"{name}.toml").is_file():
        return shipped
    known = ", ".join(sorted(path.stem for path in folder.glob("*.toml"))) or "none"
    typer.echo(f"--profile {name}: no file of this name, and none that is shipped. {folder} has: {known}", err=True)
    raise typer.Exit(USAGE)


def _played(site: "Site", asked: "Profile", most: "Limit") -> "list[Measured]":
    """One lane from beginning to end, with a line when each stretch ends."""
    from lanectl.virtual.demand import play

    typer.echo(f"{asked.name}: {asked.seconds / 3600.0:g} h with {asked.trucks} trucks, {len(asked.stretches)} stretches …", err=True)
    done = list["Measured"]()

    def told(one: "Measured") -> None:
        done.append(one)
        _say(one, most, len(done), len(asked.stretches))

    return play(site, asked, told)


def _measured(site: "Site", most: "Limit", demands: "Sequence[float]", how: tuple[float, int, int, int]) -> "list[Measured]":
    """Each level in a process of its own, with a line when it ends."""
    from concurrent.futures import ProcessPoolExecutor, as_completed
    from multiprocessing import get_context

    from lanectl.virtual.demand import measure
    from lanectl.virtual.measured import Level

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
    line = f"{done} of {of}: {one.level.per_hour:6.1f} an hour asked, {one.per_hour:6.1f} carried ({part:.1%} of the limit), "
    line += f"wait p50 {one.wait_s(0.5):.0f} s, p95 {one.wait_s(0.95):.0f} s"
    print(line, file=sys.stderr, flush=True)
