"""What the frames of a video say together, by the vote of the gate: the text that they agree on, or the truck of a manifest."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from lanectl.plates import Votes, VoteSettings, country, normalise, vote

if TYPE_CHECKING:
    from drivers.frames import Frame
    from drivers.plate_reader.reader import PlateRead
    from lanectl.model import IdentityReported


class ListError(ValueError):
    """It names the file, and what to put there."""


def listed_in(file: Path) -> dict[str, str]:
    """Plate to truck: of a site's manifest, or of a text with one plate a line, which is then its own truck. Raises ListError."""
    try:
        text = file.read_text(encoding="utf-8")
        lines = tomllib.loads(text).get("consignment", []) if file.suffix == ".toml" else None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ListError(f"{file}: cannot be read: {error}; give a manifest.toml, or a text with one plate a line") from error
    if lines is None:
        found = {normalise(line): normalise(line) for line in text.splitlines() if line.strip()}
    else:
        named = [line for line in lines if isinstance(line, dict) and isinstance(line.get("plate"), str)]
        found = {normalise(plate): str(line.get("truck", "")) for line in named for plate in (line["plate"], *line.get("other_plates", []))}
    wrong = next((plate for plate in found if not country(plate)), None)
    if not found or wrong is not None:
        raise ListError(f"{file}: {f'{wrong} fits no plate format' if wrong else 'no plate stands in it'}; give one plate a line")
    return found


@dataclass(slots=True)
class Together:
    """The frames of one video in order, as the gate counts them. `listed`: plate to truck, {} where no manifest was given."""

    listed: dict[str, str]
    frames: int = 0
    said: "IdentityReported | None" = None
    matched: "IdentityReported | None" = None
    after: int = 0
    _votes: Votes = field(default_factory=Votes)

    def count(self, at_s: float, frame: "Frame", reads: "tuple[PlateRead, ...]") -> None:
        from drivers.plate_reader.worker import sides
        from lanectl.model import Match, PlateSeen

        high, wide = frame.picture.shape[:2]
        nearest = reads[0] if reads else None
        seen = PlateSeen(str(frame.name), "", "", 0.0, frame.sha256)
        if nearest is not None:
            seen = PlateSeen(
                seen.camera, "", nearest.text, nearest.weakest, seen.evidence, nearest.slots, sides(nearest.corners, wide, high)
            )
        self.frames += 1
        self._votes, identity = vote(self._votes, at_s, seen, self.listed, VoteSettings())
        self.said = identity or self.said
        if identity is not None and identity.match is Match.MATCHED and self.matched is None:
            self.matched, self.after = identity, self.frames

    @property
    def concluded(self) -> "IdentityReported | None":
        """At a gate the first match lets a truck in; without one it is what was said last."""
        return self.matched or self.said

    def sentence(self) -> str:
        from lanectl.model import Match

        found = self.concluded
        if found is None:
            return f"{self.frames} frames, too few that agree"
        if not self.listed:
            agreed = found.match is Match.NOT_LISTED
            return (
                f"{self.frames} frames agree on {found.plate}"
                if agreed
                else f"{self.frames} frames do not agree; nearest to {found.plate or '–'}"
            )
        match found.match:
            case Match.MATCHED:
                return f"{found.match.value} {found.truck} {found.plate} after {self.after} frames"
            case Match.UNSURE:
                who = ", ".join(f"{one.plate} {one.score:.3f}" for one in found.candidates) or "nobody of the list"
                return f"{found.match.value} {found.plate}: may be {who}; a person is asked"
            case _:
                return f"{found.match.value} {found.plate}"
