"""`lanectl plate read`: what the plate reader sees in pictures, per character."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lanectl.commands.plate_waiting import confirm, waiting

if TYPE_CHECKING:
    from drivers.frames import Frame, NoFrame
    from drivers.plate_reader.containers import ContainerRead
    from drivers.plate_reader.reader import PlateRead
    from lanectl.commands.plate_video import Together

SCHEMA_VERSION = 1
FAILED, USAGE = 1, 2


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        no_args_is_help=True, help="What the plate reader sees, and what waits for a person to look.", rich_markup_mode=None
    )
    group.command("read")(read)
    group.command("waiting")(waiting)
    group.command("confirm")(confirm)
    app.add_typer(group, name="plate")


def read(
    pictures: Annotated[list[Path], typer.Argument(help="Pictures, videos, or folders of them.", metavar="FILE|FOLDER...")],
    annotate: Annotated[
        Path | None, typer.Option("--annotate", help="Folder for a copy of each picture with the boxes and texts drawn (SVG).")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A JSON object for each picture on stdout.")] = False,
    container: Annotated[bool, typer.Option("--container", help="Container numbers (ISO 6346) too, with their check digit.")] = False,
    quick: Annotated[bool, typer.Option("--quick", help="Never search the whole picture as a second opinion.")] = False,
    every_s: Annotated[float, typer.Option("--every", help="Of a video, one frame in so many seconds.", min=0.0)] = 0.5,
    manifest: Annotated[
        Path | None, typer.Option("--manifest", help="A manifest.toml, or a text with a plate a line: which of them a video shows.")
    ] = None,
) -> None:
    """Read the plates in pictures and videos; of a video also what its frames say together, by the vote of the gate.

    A picture without a plate is no failure; one that cannot be opened is (exit code 1).
    """
    from drivers.frames import NoFrame
    from drivers.plate_reader.containers import ContainerReader
    from drivers.plate_reader.reader import PlateReader, ReaderSettings
    from lanectl.commands.plate_video import Together
    from lanectl.plates import FORMATS

    reader, codes = None, None
    failed = False
    listed = _listed(manifest)
    videos: dict[Path, Together] = {}
    for place, frame in _frames(pictures, every_s):
        if isinstance(frame, NoFrame):
            failed = True
            _say_unreadable(place.path, frame.reason, as_json=as_json)
            continue
        reader = reader or PlateReader(FORMATS, ReaderSettings(second_opinion=not quick))
        codes = codes or (ContainerReader() if container else None)
        seen = _Seen(reader.read(frame.picture), codes.read(frame.picture) if codes else None)
        typer.echo(_json_line(place, seen) if as_json else "\n".join(_lines(place, seen)))
        if annotate is not None:
            _draw(annotate, place, frame, seen)
        if place.at_s is not None:
            videos.setdefault(place.path, Together(listed)).count(place.at_s, frame, seen.plates)
    for path, together in videos.items():
        typer.echo(_together_line(path, together) if as_json else f"{path}: together: {together.sentence()}")
    raise typer.Exit(FAILED if failed else 0)


def _listed(manifest: Path | None) -> dict[str, str]:
    from lanectl.commands.plate_video import ListError, listed_in

    try:
        return listed_in(manifest) if manifest is not None else {}
    except ListError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None


def _together_line(path: Path, together: "Together") -> str:
    import msgspec

    held = msgspec.to_builtins(together.concluded)
    line = {
        "schema_version": SCHEMA_VERSION,
        "file": str(path),
        "frames": together.frames,
        "after_frames": together.after,
        "together": held,
    }
    return json.dumps(line, ensure_ascii=False)


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


@dataclass(frozen=True, slots=True)
class _Seen:
    """`containers` is None where nobody asked for them."""

    plates: "tuple[PlateRead, ...]"
    containers: "tuple[ContainerRead, ...] | None"


def _frames(named: list[Path], every_s: float) -> "Iterator[tuple[_Place, Frame | NoFrame]]":
    from drivers.camera_files import VIDEO_SUFFIXES, moments
    from drivers.frames import load_picture

    for path in _files(named):
        if path.suffix.lower() in VIDEO_SUFFIXES and path.is_file():
            for at_s, frame in moments(path, every_s):
                yield _Place(path, at_s), frame
        else:
            yield _Place(path), load_picture(path)


def _files(named: list[Path]) -> Iterator[Path]:
    from drivers.camera_files import SUFFIXES, VIDEO_SUFFIXES

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


def _lines(place: _Place, seen: _Seen) -> list[str]:
    told = [f"{place}: {_sentence(read)}" for read in seen.plates] or [f"{place}: no text that could be a plate"]
    if seen.containers is not None:
        told += [f"{place}: {_container(read)}" for read in seen.containers] or [f"{place}: no container number"]
    return told


def _sentence(read: "PlateRead") -> str:
    what = f"{read.country}, {_lined(read.lines)}" if read.country else "fits no plate format"
    return f"{read.text}  {what}  {_measured(read)}"


def _container(read: "ContainerRead") -> str:
    check = "check digit right" if read.checked else "check digit wrong: misread, or no container number"
    return f"{read.number}  {check}, {_lined(read.lines)}  {_measured(read)}"


def _lined(lines: int) -> str:
    return f"{lines} line{'s' if lines > 1 else ''}"


def _measured(read: "PlateRead | ContainerRead") -> str:
    weakest = min(read.characters, key=lambda held: held[1])
    corners = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    return f"score {read.score:.2f}, weakest {weakest[0]} {weakest[1]:.2f}  box {corners}  {read.ms:.0f} ms"


def _json_line(place: _Place, seen: _Seen) -> str:
    from dataclasses import asdict

    moment = {} if place.at_s is None else {"at_s": round(place.at_s, 3)}
    held = {"schema_version": SCHEMA_VERSION, "file": str(place.path), **moment, "reads": [asdict(read) for read in seen.plates]}
    containers = {} if seen.containers is None else {"containers": [asdict(read) for read in seen.containers]}
    return json.dumps({**held, **containers}, ensure_ascii=False)


def _draw(folder: Path, place: _Place, frame: "Frame", seen: _Seen) -> None:
    """An SVG, so that any script's characters show without a font of ours."""
    import base64

    height, width = frame.picture.shape[:2]
    size = max(14, width // 40)
    named = [(read.text, read) for read in seen.plates] + [(read.number, read) for read in seen.containers or ()]
    marks = "\n".join(_mark(text, read, size) for text, read in named)
    kind = "jpeg" if frame.suffix == ".jpg" else frame.suffix.removeprefix(".")
    image = f'<image width="{width}" height="{height}" href="data:image/{kind};base64,{base64.b64encode(frame.encoded).decode()}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">\n{image}\n{marks}\n</svg>\n'
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / place.drawing).write_text(svg, encoding="utf-8")
    except OSError as error:
        typer.echo(f"{folder}: no pictures can be written there: {error.strerror or error}; name another folder with --annotate", err=True)
        raise typer.Exit(FAILED) from error


def _mark(text: str, read: "PlateRead | ContainerRead", size: int) -> str:
    """The box, the text above it with its weakest score, and below it each character in the colour of how sure it is."""
    from html import escape

    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in read.corners)
    left, top = read.corners[0]
    foot = max(y for _, y in read.corners)
    font = f'font-size="{size}" font-family="sans-serif" stroke="#000" stroke-width="{size // 5}" paint-order="stroke"'
    box = f'<polygon points="{points}" fill="none" stroke="#ff5a4f" stroke-width="{size // 7}"/>'
    title = f'<text x="{left:.0f}" y="{max(size, top - size // 3):.0f}" {font} fill="#ffd23f">{escape(text)} {read.weakest:.2f}</text>'
    spans = "".join(f'<tspan fill="{_shade(score)}">{escape(c)}<title>{score:.2f}</title></tspan>' for c, score in read.characters)
    return f'{box}{title}<text x="{left:.0f}" y="{foot + size:.0f}" {font}>{spans}</text>'


def _shade(score: float) -> str:
    """Green, yellow, red: a vote, in doubt, hardly seen."""
    from lanectl.plates import VoteSettings

    return "#7ddc6f" if score >= VoteSettings().score_min else "#ffd23f" if score >= 0.5 else "#ff5a4f"
