"""The pictures that plates were read from, each under the sha256 of its bytes; the oldest go when there are too many."""

from pathlib import Path

from drivers.frames import Frame

SWEEP_EVERY = 100  # pictures; listing the folder for each one would cost more than writing it


class Evidence:
    """`files_max`: pictures kept in the folder, whoever wrote them."""

    def __init__(self, folder: Path, files_max: int) -> None:
        self._folder = folder
        self._files_max = files_max
        self._kept = 0
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def keep(self, frame: Frame) -> str:
        """The name by which the journal refers to it. Raises OSError when the disk is full or the folder is gone."""
        name = frame.sha256
        path = self._folder / f"{name}{frame.suffix}"
        if not path.exists():
            partial = path.with_suffix(".part")
            partial.write_bytes(frame.encoded)
            partial.replace(path)  # whole or not at all: a reader never finds half a picture under its hash
            self._kept += 1
            if self._kept % SWEEP_EVERY == 0:
                self._sweep()
        return name

    def _sweep(self) -> None:
        held = [(entry.stat().st_mtime, entry) for entry in self._folder.iterdir() if entry.is_file()]
        for _, path in sorted(held)[: max(0, len(held) - self._files_max)]:
            path.unlink(missing_ok=True)
