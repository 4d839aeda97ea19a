"""A folder of TOML files -> one frozen Site, or every problem at once, each with file, line and column."""

from dataclasses import dataclass
from pathlib import Path

from lanectl.layout import Layout, LayoutError, Limits
from lanectl.site import readers, readers_devices, readers_goods
from lanectl.site.build import layout_of, positions_of
from lanectl.site.checks import check
from lanectl.site.checks_dispatch import check_dispatch
from lanectl.site.described import At, Described, LaneTable, Thing_co
from lanectl.site.facts import Mqtt, Site, Title
from lanectl.site.files import Files
from lanectl.site.problems import SITE_FILE, ConfigError, Findings, Place
from lanectl.site.standard import add_gate, add_stretch
from lanectl.site.table import Table

__all__ = ["SITE_FILE", "ConfigError", "Site", "load"]


@dataclass(frozen=True, slots=True)
class _SiteTable:
    """What site.toml's own [site] says: a name and the other files, each with its place."""

    name: str
    title: Title
    gates: tuple[str, ...]
    fleet: str
    manifest: str
    persons: str
    place: Place


def load(folder: Path) -> Site:
    """Read and check a site. Raises ConfigError with all its problems."""
    return load_asked(folder)[0]


def load_asked(folder: Path) -> tuple[Site, frozenset[str]]:
    """As `load`, and the name of every key that a file may hold, for the reference of all keys."""
    findings = Findings()
    files = Files(folder, findings)
    source = files.source(SITE_FILE)
    if source is None:
        raise ConfigError(findings.problems)
    reading = _Reading(Table(source, (), findings), files, findings)
    site = reading.site()
    if site is None or findings.problems:
        raise ConfigError(findings.problems)
    return site, frozenset(findings.asked)


class _Reading:
    """One pass over a folder: describe every file, then check what must fit together, then build."""

    def __init__(self, root: Table, files: Files, findings: Findings) -> None:
        self.files = files
        self.findings = findings
        self.found = Described()
        self.complete = True  # every file could be read
        self.about = _about(root.table("site"))
        self.lane: LaneTable = readers.lane(root.table("lane"))
        self.limits: Limits = readers.limits(root.table("limits")) if root.has("limits") else Limits()
        root.asked["limits"] = None
        self.dispatch_place = root.table("dispatch").place if root.has("dispatch") else None
        self.dispatch = readers.dispatch(root.table("dispatch")) if root.has("dispatch") else None
        root.asked["dispatch"] = None
        self.mqtt: At[Mqtt] = readers.mqtt(root.table("mqtt"))
        self.lane_place = root.table("lane").place
        self.found.points += [readers.point(t) for t in root.tables("point")]
        self.found.yard_actions += [readers_goods.yard_action(t) for t in root.tables("yard_action")]
        stretch = root.table("stretch") if root.has("stretch") else None
        root.asked["stretch"] = None
        self.found.sections += [readers.section(t) for t in root.tables("section", needed=stretch is None)]
        self._ports_and_units(root)
        even = readers.stretch(stretch) if stretch is not None else None
        root.done()
        self._other_files()
        if even is not None and stretch is not None:
            add_stretch(self.found, even, stretch.place)

    def site(self) -> Site | None:
        check(self.found, (self.lane, self.lane_place, self.limits), self.mqtt, self.findings, complete=self.complete)
        if self.findings.problems:
            return None
        layout = self._layout()
        if layout is None:
            return None
        site = self._site(layout)
        if self.dispatch_place is not None:
            check_dispatch(site, self.dispatch_place, self.findings)
        return site

    def _layout(self) -> Layout | None:
        try:
            return layout_of(self.about.name, self.found, self.lane, self.limits)
        except LayoutError as error:
            self.findings.at_file("C060", SITE_FILE, str(error))
            return None

    def _site(self, layout: Layout) -> Site:
        found = self.found
        return Site(
            folder=self.files.folder,
            name=self.about.name,
            title=self.about.title,
            layout=layout,
            gates=_things(found.gates),
            ports=_things(found.ports),
            units=_things(found.modules),
            barriers=_things(found.barriers),
            signals=_things(found.signals),
            cameras=_things(found.cameras),
            scales=_things(found.scales),
            fleet=_things(found.fleet),
            yard_actions=_things(found.yard_actions),
            manifest=_things(found.manifest),
            persons=_things(found.persons),
            mqtt=self.mqtt.thing,
            positions=positions_of(found, layout),
            speed_mps_max=self.lane.speed_mps_max,
            border_m=self.lane.border_m,
            sha256=self.files.sha256(self.about.manifest),
            files=dict(sorted(self.files.texts.items())),
            hours=self.lane.hours,
            dispatch=self.dispatch,
        )

    def _other_files(self) -> None:
        about = self.about
        for index, name in enumerate(about.gates):
            if (table := self._file(name, "gates", index)) is not None:
                self._gate(table)
        if (table := self._file(about.fleet, "fleet")) is not None:
            self.found.fleet += [truck for t in table.tables("truck", needed=True) for truck in readers_goods.trucks(t)]
            table.done()
        if (table := self._file(about.manifest, "manifest")) is not None:
            self.found.manifest += [readers_goods.consignment(t) for t in table.tables("consignment")]
            table.done()
        if (table := self._file(about.persons, "persons")) is not None:
            self.found.persons += [readers_goods.person(t) for t in table.tables("person")]
            table.done()

    def _file(self, name: str, *keys: str | int) -> Table | None:
        source = self.files.source(name, self.about.place, keys) if name else None
        self.complete = self.complete and source is not None
        return None if source is None else Table(source, (), self.findings)

    def _gate(self, table: Table) -> None:
        gate, point, standard = readers.gate(table.table("gate"))
        self.found.gates.append(gate)
        self.found.cameras += [readers_devices.camera(t, gate.thing.name) for t in table.tables("camera")]
        if table.has("scale"):
            self.found.scales.append(readers_devices.scale(table.table("scale"), gate.thing.name))
        table.asked["scale"] = None
        if standard:
            self.found.ports += [readers_devices.port(t) for t in table.tables("port")]
            add_gate(self.found, gate, point)
        else:
            self._devices(table, gate.thing.name, point)
        table.done()

    def _devices(self, table: Table, gate: str, point: str) -> None:
        self.found.gate_points.append(readers.gate_point(table.table("detectors"), point))
        self.found.barriers.append(readers_devices.barrier(table.table("barrier"), gate))
        self.found.signals.append(readers_devices.signal(table.table("signal"), gate))
        self._ports_and_units(table)

    def _ports_and_units(self, table: Table) -> None:
        self.found.ports += [readers_devices.port(t) for t in table.tables("port")]
        self.found.modules += [readers_devices.module(t) for t in table.tables("unit")]


def _about(table: Table) -> _SiteTable:
    found = _SiteTable(
        name=table.name("name"),
        title=readers.title(table),
        gates=table.texts("gates"),
        fleet=table.text("fleet"),
        manifest=table.text("manifest"),
        persons=table.text("persons"),
        place=table.place,
    )
    table.done()
    return found


def _things(described_things: list[At[Thing_co]]) -> tuple[Thing_co, ...]:
    return tuple(d.thing for d in described_things)
