"""The manifest while the controller runs: what was added or withdrawn is told, what was told is not told again.

Only the manifest is taken up; a change of any other file of the site holds from the next start on.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from lanectl.config import ConfigError, load
from lanectl.model import Authority, ClearanceReported, ConsignmentReported, Lane, Report, Standing
from lanectl.site.facts import Declared, Site
from lanectl.site.problems import in_words

FilesState = tuple[tuple[int, int, int], ...]


def declared(lines: Collection[Declared]) -> list[Report]:
    """What is declared to cross, and who has cleared it, as the rules hear it."""
    consignments: list[Report] = [
        ConsignmentReported(line.consignment, line.truck, line.plate, line.container, line.declared_weight_kg, line.other_plates)
        for line in lines
    ]
    return consignments + [
        ClearanceReported(line.consignment, authority, Standing.CLEARED) for line in lines for authority in line.cleared_by
    ]


def withdrawn_meanwhile(lines: Collection[Declared], known: Lane | None, ordered: Collection[str] = ()) -> list[Report]:
    """What the journal still holds to be cleared and the manifest does not say any more: withdrawn while nobody was there to hear.

    `ordered`: consignments that transport orders brought, of which the manifest says nothing.
    """
    after = {line.consignment: line.cleared_by for line in lines}
    return [
        ClearanceReported(name, authority, Standing.HELD)
        for name, consignment in (known.consignments.items() if known is not None else ())
        if name not in ordered
        for authority, standing in consignment.standing
        if standing is Standing.CLEARED and authority not in after.get(name, ())
    ]


@dataclass(slots=True)
class Manifest:
    """`trouble`: why a changed file was not taken, "" when it was; the one before it holds on."""

    folder: Path
    files: tuple[Path, ...]
    told: tuple[Declared, ...]
    trouble: str = ""
    _seen: FilesState = ()

    @classmethod
    def of(cls, site: Site) -> "Manifest":
        files = tuple(site.folder / name for name in site.files)
        return cls(site.folder, files, site.manifest, "", _state(files))

    def changed(self) -> bool:
        return _state(self.files) != self._seen

    def read(self, open_consignments: Collection[str]) -> list[Report]:
        """Takes a changed file whole or not at all. A line that is gone holds its consignment, if that has not crossed yet."""
        self._seen = _state(self.files)
        try:
            lines = load(self.folder).manifest
        except ConfigError as error:
            self.trouble = in_words(error.problems)
            return []
        before, self.told, self.trouble = self.told, lines, ""
        after = {line.consignment: line for line in lines}
        held: list[Report] = [
            ClearanceReported(old.consignment, authority, Standing.HELD)
            for old in before
            if old.consignment in open_consignments
            for authority in _withdrawn(old, after.get(old.consignment))
        ]
        return held + declared([line for line in lines if line not in before])


def _withdrawn(old: Declared, new: Declared | None) -> tuple[Authority, ...]:
    if new is None:
        return tuple(Authority)
    return tuple(authority for authority in old.cleared_by if authority not in new.cleared_by)


def _state(files: tuple[Path, ...]) -> FilesState:
    """Every replacement of a file by another is seen in it."""
    state = []
    for file in files:
        try:
            found = file.stat()
        except OSError:
            state.append((0, 0, 0))
        else:
            state.append((found.st_ino, found.st_mtime_ns, found.st_size))
    return tuple(state)
