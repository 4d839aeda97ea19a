"""`lanectl plate waiting | confirm`: plates that are not sure wait for a person, who looks at the picture and says which truck it is."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands import acts

if TYPE_CHECKING:
    from lanectl.status.shown import GateShown, PlateShown

SCHEMA_VERSION = 1
Folder = Annotated[Path, typer.Option("--evidence", envvar="LANECTL_EVIDENCE", help="Folder of the pictures that plates were read from.")]
EVIDENCE = Path("/var/lib/lanectl/evidence")


def waiting(evidence: Folder = EVIDENCE, socket: acts.Socket = None, lang: acts.Lang = "en", as_json: acts.Json = False) -> None:
    """Every plate that waits for a person: what was read, who it may be with its score, and the picture's file."""
    import json

    import msgspec

    from lanectl.printable import printable
    from lanectl.wording import word

    found = list(_waiting(socket, lang))
    for gate, plate in found:
        file = _picture(evidence, plate.evidence)
        if as_json:
            held = {"schema_version": SCHEMA_VERSION, "gate": gate.name, **msgspec.to_builtins(plate), "picture": str(file or "")}
            typer.echo(json.dumps(held, ensure_ascii=False))
            continue
        typer.echo(printable(word("waiting.plate", lang, gate=gate.name, plate=plate.plate, score=f"{plate.score:.2f}")))
        for one in plate.candidates:
            typer.echo(printable(word("waiting.candidate", lang, truck=one.truck, plate=one.plate, score=f"{one.score:.3f}")))
        shown = {"file": str(file)} if file else {"evidence": plate.evidence, "folder": str(evidence)}
        typer.echo(printable(word("waiting.picture" if file else "waiting.no_picture", lang, **shown)))
    if not found and not as_json:
        typer.echo(word("waiting.none", lang))


def confirm(
    gate: Annotated[str, typer.Argument(help="The gate at which the truck stands.")],
    truck: Annotated[str, typer.Option("--truck", help="The truck that you see in the picture, by its serial number.")],
    picture: Annotated[
        str, typer.Option("--picture", help="sha256 of the picture that you looked at; left out: the one that waits now.")
    ] = "",
    by: acts.By = "",
    reason: acts.Reason = "",
    pin: acts.Pin = "",
    socket: acts.Socket = None,
    lang: acts.Lang = "en",
    as_json: acts.Json = False,
) -> None:
    """Say which truck it is, with a reason. Refused unless the read leaves it possible and the truck itself says that it is there."""
    seen = picture or next((plate.evidence for at, plate in _waiting(socket, lang) if at.name == gate), "none waits")
    texts = {"by": by, "reason": reason, "pin": pin, "truck": truck, "evidence": seen}
    acts.perform("CONFIRM", texts, [gate], socket, lang, as_json=as_json)


def _waiting(socket: Path | None, lang: str) -> "Iterator[tuple[GateShown, PlateShown]]":
    from lanectl.commands.truck import lane_status
    from lanectl.model import Match

    for gate in lane_status(socket, lang).gates:
        if gate.plate is not None and gate.plate.current and gate.plate.match is Match.UNSURE:
            yield gate, gate.plate


def _picture(folder: Path, evidence: str) -> Path | None:
    return next((path for path in sorted(folder.glob(f"{evidence}.*")) if path.suffix != ".part"), None) if evidence.isalnum() else None
