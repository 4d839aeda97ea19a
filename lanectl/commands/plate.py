"""`lanectl plate read`: what the plate reader sees in pictures, per character."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from drivers.camera import Frame, NoFrame
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
    pictures: Annotated[list[Path], typer.Argument(help="Pictures, videos, or folders of them.", metavar="FILE|FOLDER...")],
    annotate: Annotated[
        Path | None, typer.Option("--annotate", help="Folder for a copy of each picture with the boxes and texts drawn (SVG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object for each picture on stdout.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Look quickly first, with the lane's own detector; Vietnamese plates take half the time.")
    ] = False,
    every_s: Annotated[float, typer.Option("--every", help="Of a video, one frame in so many seconds.", min=0.0)] = 0.5,
) -> None:
    """Read the plates in pictures and videos. A picture without a plate is no failure; one that cannot be opened is (exit code 1)."""
    from drivers.camera import NoFrame
    from drivers.plate_reader.reader import PlateReader, ReaderSettings
    from lanectl.plates import FORMATS

    reader = None
    failed = False
    for place, frame in _frames(pictures, every_s):
        if isinstance(frame, NoFrame):
            failed = True
            _say_unreadable(place.path, frame.reason, as_json=as_json)
            continue
        reader = reader or PlateReader(FORMATS, ReaderSettings(quick_look=quick))
        reads = reader.read(frame.picture)
        typer.echo(_json_line(place, reads) if as_json else "\n".join(_lines(place, reads)))
        if annotate is not None:
            _draw(annotate, place, frame, reads)
    raise typer.Exit(FAILED if failed else 0)


@dataclass(frozen=True, slots=True)
class _Place:
    """A picture file, or a moment of a video."""

    path: Path
    at_s: float | None = None

    def __str__(self) -> str:
        return str(self.path) if self.at_s is None else f"{self.path} at {self.at_s:.2f} s"

    @property
    def drawing(self) -> str:
        return f"{self.path.name}.svg" if self.at_s is None else f"{self.path.name}.{self.at_s:08.2f}.svg"


def _frames(named: list[Path], every_s: float) -> "Iterator[tuple[_Place, Frame | NoFrame]]":
    from drivers.camera import VIDEO_SUFFIXES, load_picture, moments

    for path in _files(named):
        if path.suffix.lower() in VIDEO_SUFFIXES and path.is_file():
            for at_s, frame in moments(path, every_s):
                yield _Place(path, at_s), frame
        else:
            yield _Place(path), load_picture(path)


def _files(named: list[Path]) -> Iterator[Path]:
    from drivers.camera import SUFFIXES, VIDEO_SUFFIXES

    for path in named:
        if not path.is_dir():
            yield path
            continue
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES | VIDEO_SUFFIXES)
        if not found:
            typer.echo(f"{path}: no picture in this folder; name a folder with .jpg or .png files", err=True)
            raise typer.Exit(FAILED)
        yield from found


def _say_unreadable(path: Path, reason: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"schema_version": SCHEMA_VERSION, "file": str(path), "error": reason}, ensure_ascii=False))
    else:
        typer.echo(reason, err=True)


def _lines(place: _Place, reads: "tuple[PlateRead, ...]") -> list[str]:
    if not reads:
        return [f"{place}: no text that could be a plate"]
    return [f"{place}: {_sentence(read)}" for read in reads]


def _sentence(read: "PlateRead") -> str:
    weakest = min(read.characters, key=lambda held: held[1])
    what = f"{read.country}, {read.lines} line{'s' if read.lines > 1 else ''}" if read.country else "fits no plate format"
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    return f"{read.text}  {what}  score {read.score:.2f}, weakest {weakest[0]} {weakest[1]:.2f}  box {corners}  {read.ms:.0f} ms"


def _json_line(place: _Place, reads: "tuple[PlateRead, ...]") -> str:
    from dataclasses import asdict

    moment = {} if place.at_s is None else {"at_s": round(place.at_s, 3)}
    held = {"schema_version": SCHEMA_VERSION, "file": str(place.path), **moment, "reads": [asdict(read) for read in reads]}
    return json.dumps(held, ensure_ascii=False)


def _draw(folder: Path, place: _Place, frame: "Frame", reads: "tuple[PlateRead, ...]") -> None:
    """An SVG, so that any script's characters show without a font of ours."""
    import base64

    height, width = frame.picture.shape[:2]
    size = max(14, width // 40)
    marks = "\n".join(_mark(read, size) for read in reads)
    kind = "jpeg" if frame.suffix == ".jpg" else frame.suffix.removeprefix(".")
    image = f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{base64.b64encode(frame.encoded).decode()}"/>'
    folder.mkdir(parents=True, exist_ok=True)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n{image}\n{marks}\n</svg>\n'
    (folder / place.drawing).write_text(svg, encoding="utf-8")


def _mark(read: "PlateRead", size: int) -> str:
    from html import escape

    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    x, y = read.corners[0]
    font = f'font-size="{size}" font-family="sans-serif" fill="#ffd23f" stroke="#000" stroke-width="{size // 5}" paint-order="stroke"'
    box = f'<polygon points="{points}" fill="none" stroke="#ff5a4f" stroke-width="{size // 7}"/>'
    return f'{box}<text x="{x:.0f}" y="{max(size, y - size // 3):.0f}" {font}>{escape(read.text)} {read.weakest:.2f}</text>'
