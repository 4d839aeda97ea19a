"""What the yard does while the demo runs."""

from dataclasses import replace

from lanectl.demo.prepared import Prepared
from lanectl.demo_site import write_manifest
from lanectl.status import LaneStatus


class Yard:
    """Loads each truck that has crossed again: one more line in the manifest, the one that crossed is gone."""

    def __init__(self, prepared: Prepared) -> None:
        self._prepared = prepared
        self._lines = {line.truck: line for line in prepared.site.manifest}
        self._next = len(self._lines) + 1
        self._told: set[tuple[float, str]] = set()

    def load(self, shown: LaneStatus) -> None:
        crossed = [event for event in shown.events if event.code == "TRUCK_CROSSED"]
        new = {(event.at, str(event.params["truck"])) for event in crossed} - self._told
        for _, truck in sorted(new):
            self._lines[truck] = replace(self._lines[truck], consignment=f"C{self._next:04d}")
            self._next += 1
        if new:
            self._told |= new
            write_manifest(self._prepared.site.folder, tuple(self._lines.values()))
