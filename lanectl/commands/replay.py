"""`lanectl replay`: the journal through the same rules."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lanectl.model import Lane
    from lanectl.replay import Difference, Replayed

SCHEMA_VERSION = 1
FAILED, USAGE, MISMATCH = 1, 2, 6


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)


def replay(
    file: Annotated[Path, typer.Argument(help="The journal's file.")],
    at: Annotated[str, typer.Option("--at", help="A record's number, or a time like 2026-03-01T07:02:00Z: the lane as it was then.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Recompute every step from its report and time alone. Exits with 0 when all come out the same, with 6 where they do not."""
    from lanectl import replay as replaying
    from lanectl.record import RecordError

    try:
        seq = _seq(file, at) if at else None
        replayed = replaying.replay(file) if seq is None else replaying.replay(file, first=seq, last=seq)
    except RecordError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
    lane = replayed.core.lane if seq is not None and replayed.core is not None else None
    if as_json:
        typer.echo(_as_json(file, replayed, lane))
    else:
        _tell(replayed, lane)
    raise typer.Exit(0 if replayed.difference is None else MISMATCH)


def _seq(file: Path, at: str) -> int:
    """The last record at or before a time; its number when it is one."""
    from datetime import UTC, datetime

    from lanectl.chain import LAST, JournalError, newest_before

    if at.isascii() and at.isdigit():
        return min(int(at), LAST)
    try:
        time = datetime.fromisoformat(at)
    except ValueError:
        typer.echo(f"--at: `{at}` is neither a record's number nor a time like 2026-03-01T07:02:00Z.", err=True)
        raise typer.Exit(USAGE) from None
    if time.tzinfo is None:
        typer.echo(f"--at: `{at}` names no zone; add Z, +07:00 or +08:00.", err=True)
        raise typer.Exit(USAGE)
    wall = time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    seq = newest_before(file, wall)
    if seq is None:
        raise JournalError(f"{file}: nothing was recorded before {at}")
    return seq


def _tell(replayed: "Replayed", lane: "Lane | None") -> None:
    from lanectl.printable import printable

    behind = f", {replayed.unchecked} behind a gap could not be checked" if replayed.unchecked else ""
    counted = f"{replayed.steps} steps of {replayed.runs} run{'s' if replayed.runs != 1 else ''}, to record {replayed.last}{behind}"
    if replayed.difference is None:
        typer.echo(f"Equal: {counted}.", err=True)
    else:
        found = replayed.difference
        typer.echo(f"Different at record {found.seq}, {found.wall} ({found.at:.3f} s): {found.what}\n", err=True)
        typer.echo(f"  recorded  {printable(str(found.recorded))}\n  computed  {printable(str(found.computed))}\n\n{counted}.", err=True)
    if lane is not None:
        _show(lane)


def _show(lane: "Lane") -> None:
    from lanectl.printable import printable

    typer.echo(f"lane      {lane.service.value}  {lane.direction.value}")
    for gate, now in lane.gates.items():
        typer.echo(f"gate      {gate:<8} boom {now.boom.value}  shows {now.shown.value}  {now.fault}".rstrip())
    for section, held in lane.sections.items():
        locked = f"  locked for {held.locked_for}" if held.locked_for else ""
        typer.echo(f"section   {section:<8} {held.state.value}{locked}  {held.why_suspect}".rstrip())
    for truck, driven in lane.trucks.items():
        way = f"authority to {driven.authority}" if driven.authority else "no authority"
        typer.echo(printable(f"truck     {truck:<8} {driven.report.connection.value}  at {driven.report.last_node or '?'}  {way}"))


def _as_json(file: Path, replayed: "Replayed", lane: "Lane | None") -> str:
    from lanectl.record import LANE

    held = {"schema_version": SCHEMA_VERSION, "file": str(file), "equal": replayed.difference is None}
    counted = {"runs": replayed.runs, "steps": replayed.steps, "unchecked": replayed.unchecked, "last": replayed.last}
    shown = {"lane": LANE.plain(lane)} if lane is not None else {}
    return json.dumps({**held, **counted, "difference": _plain(replayed.difference), **shown}, ensure_ascii=False)


def _plain(found: "Difference | None") -> dict[str, object] | None:
    if found is None:
        return None
    place = {"seq": found.seq, "at_s": found.at, "wall_utc": found.wall}
    return {**place, "what": found.what, "recorded": found.recorded, "computed": found.computed}
