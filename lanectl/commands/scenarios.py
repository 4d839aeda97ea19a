"""What `lanectl sim SCENARIO` does: finds the scenario files, plays each, and tells people, programs and a build server about it."""

import difflib
import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lanectl.config import Site
    from lanectl.scenario.facts import Scenario
    from lanectl.scenario.play import Played

SCHEMA_VERSION = 1
FAILED, USAGE, CONFIGURATION_INVALID = 1, 2, 3
SHOWN_EVERY_S = 5.0  # of simulated time, on a terminal


def show_shipped(site: "Site", *, as_json: bool) -> None:
    folder = _shipped_in(site)
    known = _read([str(path) for path in sorted(folder.glob("*.toml"))], site, as_json=as_json)
    if as_json:
        found = [{"name": one.name, "words": one.words, "file": one.file} for one in known]
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "scenarios": found}, ensure_ascii=False))
        return
    width = max((len(one.name) for one in known), default=0)
    for one in known:
        typer.echo(f"{one.name:<{width}}  {one.words}")
    if not known:
        typer.echo(f"{folder}: no scenario lies there; run it where the site's folder has `scenarios` beside it.", err=True)


@dataclass(frozen=True, slots=True)
class How:
    """`seed` None: each scenario's own. `speed` None: in virtual time; else so many times as fast as the clock."""

    seed: int | None
    speed: float | None
    as_json: bool


def play_all(names: Sequence[str], site: "Site", how: How, junit: Path | None) -> int:
    """The exit code. Nothing is played when one of the files cannot be read, or cannot be played so."""
    scenarios = _read([_found(name, _shipped_in(site)) for name in names], site, as_json=how.as_json)
    if how.speed is not None:
        _refuse_virtual(scenarios)
    played = []
    for scenario in scenarios:
        one = _play(site, scenario if how.seed is None else replace(scenario, seed=how.seed), how.speed)
        played.append(one)
        if not how.as_json:
            _tell(one)
    if junit is not None:
        from lanectl.scenario.junit import junit as as_junit

        junit.write_text(as_junit(played), encoding="utf-8")
    if how.as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "scenarios": [_told(one) for one in played]}, ensure_ascii=False))
    return 0 if all(one.passed for one in played) else FAILED


def _shipped_in(site: "Site") -> Path:
    return site.folder.parent / "scenarios"


def _found(name: str, folder: Path) -> str:
    """The file of a name that is shipped, or of any path. Unknown: exit 2."""
    if Path(name).is_file():
        return name
    if (shipped := folder / f"{name}.toml").is_file():
        return str(shipped)
    near = difflib.get_close_matches(name, [path.stem for path in folder.glob("*.toml")], n=1)
    remedy = f"Did you mean `{near[0]}`?" if near else "`lanectl sim --list` names those that are shipped."
    typer.echo(f"`{name}` is no file and no shipped scenario. {remedy}", err=True)
    raise typer.Exit(USAGE)


def _read(files: Sequence[str], site: "Site", *, as_json: bool) -> "list[Scenario]":
    from lanectl.commands.check import show_problems
    from lanectl.config import ConfigError
    from lanectl.scenario.files import load_scenario

    scenarios, wrong = [], False
    for file in files:
        try:
            scenarios.append(load_scenario(Path(file), site))
        except ConfigError as error:
            show_problems(Path(file), error, as_json=as_json)
            wrong = True
    if wrong:
        raise typer.Exit(CONFIGURATION_INVALID)
    return scenarios


def _refuse_virtual(scenarios: "Sequence[Scenario]") -> None:
    from lanectl.scenario.real_lane import not_in_real_time

    for scenario in scenarios:
        for kind in not_in_real_time(scenario):
            typer.echo(f"{scenario.file}: `{kind}` cannot be brought about in real time; play it without --real-time.", err=True)
            raise typer.Exit(CONFIGURATION_INVALID)


def _play(site: "Site", scenario: "Scenario", speed: float | None) -> "Played":
    from lanectl.scenario.play import play

    if speed is not None:
        return _play_by_clock(site, scenario, speed)
    return play(site, scenario, _progress(scenario))


def _play_by_clock(site: "Site", scenario: "Scenario", speed: float) -> "Played":
    """What was not as expected leaves its journal and the programs' logs."""
    from lanectl.demo.opening import OpeningError
    from lanectl.scenario.play import play_on
    from lanectl.scenario.real_lane import RealLane

    folder = Path(tempfile.mkdtemp(prefix="lanectl-scenario-"))
    try:
        played = play_on(RealLane(site, scenario, folder, speed), scenario, _progress(scenario))
    except OpeningError as error:
        typer.echo(f"{scenario.name}: {error}. The programs' own words are in {folder}", err=True)
        raise typer.Exit(FAILED) from None
    if played.passed:
        shutil.rmtree(folder)
    else:
        typer.echo(f"{scenario.name}: journal and logs are in {folder}", err=True)
    return played


def _progress(scenario: "Scenario") -> Callable[[float], None]:
    """On a terminal a line that is written over."""
    shown_at = 0.0

    def progress(now: float) -> None:
        nonlocal shown_at
        if now >= shown_at and sys.stderr.isatty():
            shown_at = now + SHOWN_EVERY_S
            typer.echo(f"\r{scenario.name}  {now:.0f} s \x1b[K\r", nl=False, err=True)

    return progress


def _tell(played: "Played") -> None:
    from lanectl.printable import printable
    from lanectl.scenario.play import Verdict

    met = sum(check.verdict is Verdict.MET for check in played.checks)
    words = "as expected" if played.passed else "NOT AS EXPECTED"
    typer.echo(f"{printable(played.scenario.name)}: {words}, {met} of {len(played.checks)}, {played.simulated_s:.0f} s of the lane's time")
    for check in played.checks:
        if check.verdict is Verdict.NOT_MET:
            typer.echo(f"  expected: {printable(check.words)}\n  there was at {check.at_s:.1f} s: {printable(check.why)}", err=True)
    for line in played.transcript:
        typer.echo(f"  | {printable(line)}", err=True)


def _told(played: "Played") -> dict[str, object]:
    scenario = played.scenario
    return {
        "name": scenario.name,
        "file": scenario.file,
        "words": scenario.words,
        "seed": scenario.seed,
        "passed": played.passed,
        "simulated_s": round(played.simulated_s, 3),
        "trace": played.trace,
        "checks": [{**asdict(check), "verdict": check.verdict.value} for check in played.checks],
        "transcript": list(played.transcript),
    }
