"""`lanectl check` and `lanectl explain`: what is wrong with a site's files, all at once."""

import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lanectl.config import ConfigError, Site

SCHEMA_VERSION = 1
INVALID = 3  # exit code: configuration invalid


def register(app: typer.Typer) -> None:
    app.command("check")(check)
    app.command("explain")(explain)


def check(
    config: Annotated[Path, typer.Argument(help="A site's folder, or one of its files.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """All problems of a site's configuration at once, each with its place and what to do. Exits with 3 if there are any."""
    from lanectl.config import ConfigError, load

    try:
        site = load(config if config.is_dir() or not config.exists() else config.parent)
    except ConfigError as error:
        show_problems(config, error, as_json=as_json)
        raise typer.Exit(INVALID) from None
    if config.is_file() and config.name not in site.files:
        typer.echo(f"{config} is no file of the site `{site.name}`: its files are {', '.join(site.files)}.", err=True)
        raise typer.Exit(INVALID)
    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "site": site.name, "sha256": site.sha256, "problems": []}))
    else:
        typer.echo(_summary(site), err=True)


def show_problems(config: Path, error: "ConfigError", *, as_json: bool) -> None:
    """A configuration's problems, for this command and every other that needs a site. Data to stdout, words to stderr."""
    from dataclasses import asdict

    from lanectl.site.problems import in_words

    if as_json:
        problems = [asdict(problem) for problem in error.problems]
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "config": str(config), "problems": problems}, ensure_ascii=False))
    else:
        typer.echo(in_words(error.problems, colour=sys.stderr.isatty()), err=True)


def explain(
    code: Annotated[str, typer.Argument(help="A code as `lanectl check` shows it, like C012.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """What a code of `lanectl check` means, why it is refused and what to do."""
    from dataclasses import asdict

    from lanectl.site.codes import explanations

    known = explanations()
    found = known.get(code.upper())
    if found is None:
        near = difflib.get_close_matches(code.upper(), known, n=3, cutoff=0.5)
        typer.echo(f"There is no code `{code}`. {'Near it: ' + ', '.join(near) if near else 'Codes run from C001 to C060'}.", err=True)
        raise typer.Exit(2)
    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "code": code.upper(), **asdict(found)}, ensure_ascii=False))
    else:
        typer.echo(f"{code.upper()}  {found.what}\n  why  {found.why}\n  do   {found.do}")


def _summary(site: "Site") -> str:
    sections, detectors = len(site.layout.sections), len(site.positions.detectors)
    shape = f"{len(site.gates)} gates, {sections} sections, {detectors} detectors, {len(site.ports)} ports, {len(site.fleet)} trucks"
    return f"{site.name}: no problems. {shape}.\nsha256 {site.sha256}"
