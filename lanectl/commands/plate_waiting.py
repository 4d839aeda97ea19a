"""`lanectl plate waiting | confirm`: what is not read for sure waits for a person, who looks at the picture and says what it shows."""

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands import acts

if TYPE_CHECKING:
    from lanectl.status.shown import GateShown, PlateShown, SightShown

SCHEMA_VERSION = 1
Folder = Annotated[Path, typer.Option("--evidence", envvar="LANECTL_EVIDENCE", help="Folder of the pictures that plates were read from.")]
EVIDENCE = Path("/var/lib/lanectl/evidence")


def waiting(evidence: Folder = EVIDENCE, socket: acts.Socket = None, lang: acts.Lang = "en", as_json: acts.Json = False) -> None:
    """Everything that waits for a person: what was read, who it may be with its score, and the picture's file."""
    import json

    import msgspec

    from lanectl.printable import printable
    from lanectl.wording import word

    found = list(_waiting(socket, lang))
    for gate, read in found:
        file = _picture(evidence, read.evidence)
        if as_json:
            held = {"schema_version": SCHEMA_VERSION, "gate": gate.name, "sight": _sight(read), **msgspec.to_builtins(read)}
            typer.echo(json.dumps({**held, "picture": str(file or "")}, ensure_ascii=False))
            continue
        typer.echo(printable(_told(gate, read, lang)))
        for one in read.candidates:
            typer.echo(printable(word("waiting.candidate", lang, truck=one.truck, plate=one.plate, score=f"{one.score:.3f}")))
        shown = {"file": str(file)} if file else {"evidence": read.evidence, "folder": str(evidence)}
        typer.echo(printable(word("waiting.picture" if file else "waiting.no_picture", lang, **shown)))
    if not found and not as_json:
        typer.echo(word("waiting.none", lang))


class Seen(StrEnum):
    """What of a truck a person confirms."""

    FRONT = "front"
    REAR = "rear"
    CONTAINER = "container"


def confirm(
    gate: Annotated[str, typer.Argument(help="The gate at which the truck stands.")],
    truck: Annotated[str, typer.Option("--truck", help="The truck that you see in the picture, by its serial number.")],
    picture: Annotated[
        str, typer.Option("--picture", help="sha256 of the picture that you looked at; left out: the one that waits now.")
    ] = "",
    sight: Annotated[
        Seen, typer.Option("--sight", help="What you looked at: the plate in front, the one at the rear, or the container's number.")
    ] = Seen.FRONT,
    text: Annotated[str, typer.Option("--text", help="What you read there, at the rear or on the container.")] = "",
    by: acts.By = "",
    reason: acts.Reason = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """Say which truck it is, or what you read at its rear or on its container, with a reason.

    Refused unless the reads leave it possible, the truck itself says that it is there, and what you read is declared for it.
    """
    waits = (read.evidence for at, read in _waiting(socket, lang) if at.name == gate and _sight(read) == sight.value)
    seen = picture or next(waits, "none waits")
    texts = {"by": by, "reason": reason, "pin": pin, "truck": truck, "evidence": seen}
    if sight is not Seen.FRONT:
        texts |= {"sight": sight.value, "text": text}
    acts.perform("CONFIRM", texts, [gate], socket, lang, as_json=as_json)


def _waiting(socket: Path | None, lang: str) -> "Iterator[tuple[GateShown, PlateShown | SightShown]]":
    from lanectl.commands.truck import lane_status
    from lanectl.model import Match

    for gate in lane_status(socket, lang).gates:
        if gate.plate is not None and gate.plate.current and gate.plate.match is Match.UNSURE:
            yield gate, gate.plate
        yield from ((gate, seen) for seen in gate.sights if seen.waits)


def _sight(read: "PlateShown | SightShown") -> str:
    from lanectl.status.shown import SightShown

    return read.sight.value if isinstance(read, SightShown) else Seen.FRONT.value


def _told(gate: "GateShown", read: "PlateShown | SightShown", lang: str) -> str:
    from lanectl.status.shown import SightShown
    from lanectl.wording import word

    if not isinstance(read, SightShown):
        return word("waiting.plate", lang, gate=gate.name, plate=read.plate, score=f"{read.score:.2f}")
    key = "waiting.sight" if read.read else "waiting.sight_unreadable"
    return word(key, lang, gate=gate.name, sight=read.sight.value, text=read.read)


def _picture(folder: Path, evidence: str) -> Path | None:
    return next((path for path in sorted(folder.glob(f"{evidence}.*")) if path.suffix != ".part"), None) if evidence.isalnum() else None
