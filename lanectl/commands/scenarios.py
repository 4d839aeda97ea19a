"""What `lanectl sim SCENARIO` does: finds the scenario files, plays each, and tells people, programs and a build server about it."""

import difflib
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
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


def play_all(names: Sequence[str], site: "Site", seed: int | None, junit: Path | None, *, as_json: bool) -> int:
    """The exit code. Nothing is played when one of the files cannot be read."""
    scenarios = _read([_found(name, _shipped_in(site)) for name in names], site, as_json=as_json)
    played = []
    for scenario in scenarios:
        one = _play(site, scenario if seed is None else replace(scenario, seed=seed))
        played.append(one)
        if not as_json:
            _tell(one)
    if junit is not None:
        from lanectl.scenario.junit import junit as as_junit

        junit.write_text(as_junit(played), encoding="utf-8")
    if as_json:
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


def _play(site: "Site", scenario: "Scenario") -> "Played":
    from lanectl.scenario.play import play

    if not sys.stderr.isatty():
        return play(site, scenario)
    shown_at = 0.0

    def progress(now: float) -> None:
        nonlocal shown_at
        if now >= shown_at:
            shown_at = now + SHOWN_EVERY_S
            typer.echo(f"\r{scenario.name}  {now:.0f} s ", nl=False, err=True)

    played = play(site, scenario, progress)
    typer.echo("\r\x1b[K", nl=False, err=True)
    return played


def _tell(played: "Played") -> None:
    from lanectl.printable import printable
    from lanectl.scenario.play import Verdict

    met = sum(check.verdict is Verdict.MET for check in played.checks)
    words = "as expected" if played.passed else "NOT AS EXPECTED"
    typer.echo(f"{printable(played.scenario.name)}: {words}, {met} of {len(played.checks)}, {played.simulated_s:.0f} s simulated")
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
