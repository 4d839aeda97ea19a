"""`lanectl plate read`: what the plate reader sees in pictures, per character."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from drivers.camera import Frame
    from drivers.plate_reader.reader import PlateRead

SCHEMA_VERSION = 1
FAILED = 1


def register(app: typer.Typer) -> None:
    group = typer.Typer(no_args_is_help=True, help="What the plate reader sees.")
    group.callback()(_plate)
    group.command("read")(read)
    app.add_typer(group, name="plate")


def _plate() -> None:
    """Makes `read` a command of its own, beside which others may stand."""


def read(
    pictures: Annotated[list[Path], typer.Argument(help="Picture files, or folders of them.", metavar="FILE|FOLDER...")],
    annotate: Annotated[
        Path | None, typer.Option("--annotate", help="Folder for a copy of each picture with the boxes and texts drawn (SVG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object for each picture on stdout.")] = False,
) -> None:
    """Read the plates in pictures. A picture without a plate is no failure; one that cannot be opened is (exit code 1)."""
    from drivers.camera import NoFrame, load_picture
    from drivers.plate_reader.reader import PlateReader
    from lanectl.plates import FORMATS

    reader = None
    failed = False
    for path in _files(pictures):
        frame = load_picture(path)
        if isinstance(frame, NoFrame):
            failed = True
            _say_unreadable(path, frame.reason, as_json=as_json)
            continue
        reader = reader or PlateReader(FORMATS)
        reads = reader.read(frame.picture)
        typer.echo(_json_line(path, reads) if as_json else "\n".join(_lines(path, reads)))
        if annotate is not None:
            _draw(annotate, path, frame, reads)
    raise typer.Exit(FAILED if failed else 0)


def _files(named: list[Path]) -> Iterator[Path]:
    from drivers.camera import SUFFIXES

    for path in named:
        if not path.is_dir():
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES)
        if not found:
            typer.echo(f"{path}: no picture in this folder; name a folder with .jpg or .png files", err=True)
            raise typer.Exit(FAILED)
        yield from found


def _say_unreadable(path: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "file": str(path), "error": reason}, ensure_ascii=False))
    else:
        typer.echo(reason, err=True)


def _lines(path: Path, reads: "tuple[PlateRead, ...]") -> list[str]:
    if not reads:
        return [f"{path}: no text that could be a plate"]
    return [f"{path}: {_sentence(read)}" for read in reads]


def _sentence(read: "PlateRead") -> str:
    weakest = min(read.characters, key=lambda held: held[1])
    what = f"{read.country}, {read.lines} line{'s' if read.lines > 1 else ''}" if read.country else "fits no plate format"
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    return f"{read.text}  {what}  score {read.score:.2f}, weakest {weakest[0]} {weakest[1]:.2f}  box {corners}  {read.ms:.0f} ms"


def _json_line(path: Path, reads: "tuple[PlateRead, ...]") -> str:
    from dataclasses import asdict

    held = {"schema_version": SCHEMA_VERSION, "file": str(path), "reads": [asdict(read) for read in reads]}
    return json.dumps(held, ensure_ascii=False)


def _draw(folder: Path, path: Path, frame: "Frame", reads: "tuple[PlateRead, ...]") -> None:
    """An SVG, so that any script's characters show without a font of ours."""
    import base64

    height, width = frame.picture.shape[:2]
    size = max(14, width // 40)
    marks = "\n".join(_mark(read, size) for read in reads)
    kind = "jpeg" if frame.suffix == ".jpg" else frame.suffix.removeprefix(".")
    image = f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{base64.b64encode(frame.encoded).decode()}"/>'
    folder.mkdir(parents=True, exist_ok=True)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n{image}\n{marks}\n</svg>\n'
    (folder / f"{path.name}.svg").write_text(svg, encoding="utf-8")


def _mark(read: "PlateRead", size: int) -> str:
    from html import escape

    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    x, y = read.corners[0]
    font = f'font-size="{size}" font-family="sans-serif" fill="#ffd23f" stroke="#000" stroke-width="{size // 5}" paint-order="stroke"'
    box = f'<polygon points="{points}" fill="none" stroke="#ff5a4f" stroke-width="{size // 7}"/>'
    return f'{box}<text x="{x:.0f}" y="{max(size, y - size // 3):.0f}" {font}>{escape(read.text)} {read.weakest:.2f}</text>'
