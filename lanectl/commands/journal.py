"""`lanectl journal`: verify the chain, show records, hand them out as JSON lines or CSV."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lanectl.chain import Record

SCHEMA_VERSION = 1
FAILED, MISMATCH = 1, 6
SHOWN_TEXT_MAX = 160

File = Annotated[Path, typer.Argument(help="The journal's file.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on stdout.")]


class Format(Enum):
    JSONL = "jsonl"
    CSV = "csv"


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="The record of every step: verify it, read it, hand it out.")
    for command in (verify, show, export):
        group.command(command.__name__)(command)
    app.add_typer(group, name="journal")


def verify(file: File, as_json: Json = False) -> None:
    """Recompute the chain. Exits with 6 and names the first record that was changed, is missing or was cut off."""
    from lanectl import chain

    with _told():
        verdict = chain.verify(file)
    if as_json:
        held = {"records": verdict.records, "last": verdict.last, "bad": verdict.bad, "why": verdict.why}
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "file": str(file), **held}, ensure_ascii=False))
    elif verdict.bad is None:
        typer.echo(f"{file}: {verdict.records} records, the chain is whole to record {verdict.last}.", err=True)
    else:
        typer.echo(f"{file}: record {verdict.bad} {verdict.why}.\nThe {verdict.records} records before it are whole.", err=True)
    raise typer.Exit(0 if verdict.bad is None else MISMATCH)


def show(
    file: File,
    last: Annotated[int, typer.Option("--last", min=1, help="How many records, the newest.")] = 20,
    kind: Annotated[str, typer.Option("--kind", help="Only these: start, step, act, note, flash, gap.")] = "",
    as_json: Json = False,
) -> None:
    """The newest records, a line each."""
    from lanectl.chain import records

    with _told():
        for record in _newest(records(file), kind, last) if kind else records(file, newest=last):
            typer.echo(_json_line(record) if as_json else _line(record))


def export(
    file: File,
    form: Annotated[Format, typer.Option("--format", help="JSON lines, or CSV for a spreadsheet (with a byte order mark).")] = Format.JSONL,
    first: Annotated[int, typer.Option("--from", min=0, help="The first record.")] = 0,
    last: Annotated[int | None, typer.Option("--to", help="The last record.")] = None,
) -> None:
    """Every record on stdout. The hashes go with them; verify first."""
    from lanectl.chain import LAST, records

    with _told():
        wanted = records(file, first=first, last=LAST if last is None else last)
        if form is Format.CSV:
            _write_csv(wanted)
        else:
            for record in wanted:
                typer.echo(_json_line(record))


def _newest(found: "Iterator[Record]", kind: str, count: int) -> "list[Record]":
    from collections import deque

    return list(deque((record for record in found if record.kind == kind), maxlen=count))


def _write_csv(wanted: "Iterator[Record]") -> None:
    import csv

    sys.stdout.write("\ufeff")
    table = csv.writer(sys.stdout)
    table.writerow(("seq", "at_s", "wall_utc", "kind", "what", "body", "hash"))
    for record in wanted:
        what = "" if record.kind not in ("step", "act") else _body(record).get("report", {}).get("type", "")
        table.writerow((record.seq, record.at, record.wall, record.kind, what, record.body.decode(), record.hash.hex()))


def _json_line(record: "Record") -> str:
    held = {"schema_version": SCHEMA_VERSION, "seq": record.seq, "at_s": record.at, "wall_utc": record.wall, "kind": record.kind}
    return json.dumps({**held, "body": _body(record), "hash": record.hash.hex()}, ensure_ascii=False)


def _line(record: "Record") -> str:
    from lanectl.printable import printable

    return printable(f"{record.seq:>8} {record.wall} {record.kind:<5} {_in_words(record.kind, _body(record))}")


def _in_words(kind: str, body: Mapping[str, Any]) -> str:
    if kind == "start":
        return f"{body.get('program')}, configuration {str(body.get('site_sha256'))[:12]}"
    if kind not in ("step", "act"):
        return _short(" ".join(f"{name}={value}" for name, value in body.items() if name != "v"))
    said = [_short(_words(body["report"]))]
    said += [f"→ {_words(command)}" for command in body["commands"]]
    said += [f"✗ {refusal['subject']}: {refusal['code']}" for refusal in body.get("refusals", ())]
    return "  ".join(said) + ("  [core]" if "core" in body else "")


def _words(held: Mapping[str, Any]) -> str:
    """A tagged value in one line; what says nothing is left out."""
    told = (f"{name}={value}" for name, value in held.items() if name not in ("type", "lane") and value not in ("", False, None))
    return f"{held['type']}({', '.join(told)})"


def _short(text: str) -> str:
    return text if len(text) <= SHOWN_TEXT_MAX else f"{text[: SHOWN_TEXT_MAX - 1]}…"


def _body(record: "Record") -> dict[str, Any]:
    from lanectl.record import decode_json

    return decode_json(record.body)


@contextmanager
def _told() -> Iterator[None]:
    """What cannot be read is said in words and exits with 1."""
    from lanectl.record import RecordError

    try:
        yield
    except RecordError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(FAILED) from None
