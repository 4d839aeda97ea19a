"""A runnable copy of a site for the simulator: its ports become pseudo-terminals, its broker and cameras stand on loopback."""

import random
import tomllib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from drivers.plate_reader.container_code import check_digit
from lanectl.config import SITE_FILE, load
from lanectl.model import Authority, TruckName
from lanectl.site.facts import Declared, Person, Port, Site, Truck
from lanectl.site.toml_text import toml_text


@dataclass(frozen=True, slots=True)
class DemoParts:
    """What differs from the real site. `devices`: port name to pseudo-terminal; `cameras`: camera name to its source."""

    devices: Mapping[str, str]
    cameras: Mapping[str, str]
    mqtt_port: int
    fleet: Sequence[Truck]
    manifest: Sequence[Declared]
    persons: Sequence[Person]


def make_demo_site(source: Path, target: Path, parts: DemoParts) -> Site:
    """Write the copy into `target`, which is made where it is missing, and load it as any site. Raises ConfigError as `load` does."""
    shipped = load(source)
    target.mkdir(parents=True, exist_ok=True)
    about = _tree(source / SITE_FILE)
    site = _table(about, "site")
    about["mqtt"] = {**_table(about, "mqtt"), "host": "127.0.0.1", "port": parts.mqtt_port}
    _table(about, "mqtt").pop("tls", None)
    gates = site["gates"]
    assert isinstance(gates, list)
    _table(about, "lane").pop("hours", None)  # a demo is shown at any hour
    spelled = {port["name"] for name in (SITE_FILE, *gates) for port in _tables(_tree(source / name), "port")}
    about["port"] = [*_tables(about, "port"), *(_port(port) for port in shipped.ports if port.name not in spelled)]
    written = {SITE_FILE: _with_devices(about, parts), **{name: _with_devices(_tree(source / name), parts) for name in gates}}
    written[str(site["fleet"])] = {"truck": [_truck(t) for t in parts.fleet]}
    written[str(site["manifest"])] = {"consignment": [_declared(d) for d in parts.manifest]}
    written[str(site["persons"])] = {"person": [_person(p) for p in parts.persons]}
    for name, tree in written.items():
        (target / name).write_text(toml_text(tree), encoding="utf-8")
    return load(target)


def write_manifest(folder: Path, lines: Sequence[Declared]) -> None:
    """Replaces the manifest of a demo's site in one move: whoever reads it sees the old one or the new one."""
    site = _table(_tree(folder / SITE_FILE), "site")
    target = folder / str(site["manifest"])
    new = target.with_suffix(".new")
    new.write_text(toml_text({"consignment": [_declared(line) for line in lines]}), encoding="utf-8")
    new.replace(target)


def demo_fleet(site: Site, trucks: int) -> tuple[Truck, ...]:
    """`trucks` trucks T01, T02 … like the first of the site's own fleet."""
    return tuple(replace(site.fleet[0], serial=f"T{number:02d}", certificate=f"T{number:02d}") for number in range(1, trucks + 1))


def with_fleet(site: Site, fleet: tuple[Truck, ...]) -> Site:
    """The site with these trucks instead of its own, and their masses."""
    masses_kg = tuple((truck.serial, truck.mass_kg_max) for truck in fleet) if site.layout.load_kg_max else ()
    return replace(site, fleet=fleet, layout=replace(site.layout, masses_kg=masses_kg))


def demo_plates(fleet: Sequence[Truck], seed: int) -> dict[str, str]:
    """A Quảng Ninh truck plate for each of at most 1000 trucks, any two different in two places: one misread digit is no other truck."""
    assert len(fleet) <= 1000
    draw = random.Random(seed)  # noqa: S311  a demo's plates, not a secret
    plates: dict[str, str] = {}
    while len(plates) < len(fleet):
        plate = f"14{draw.choice('CHD')}{draw.randrange(100_000):05d}"
        if all(_differences(plate, other) >= 2 for other in plates.values()):
            plates[fleet[len(plates)].serial] = plate
    return plates


def demo_weight_kg(plate: str) -> int:
    """What the truck under this plate weighs with its load: 18 to 38 t, another for each."""
    return 18_000 + zlib.crc32(plate.encode()) % 1_000 * 20


def demo_trailer(plate: str) -> str:
    """What its trailer wears: no look-alike of its own plate."""
    return f"14R{(zlib.crc32(plate.encode()) + 50_321) % 100_000:05d}"


def demo_container(plate: str) -> str:
    body = f"LANU{zlib.crc32(plate.encode()) % 1_000_000:06d}"
    return f"{body}{check_digit(body)}"


def demo_line(name: str, truck: TruckName, plate: str) -> Declared:
    """A cleared consignment with everything declared that a gate may read."""
    both = (Authority.VN, Authority.CN)
    return Declared(name, truck, plate, both, demo_weight_kg(plate), demo_container(plate), (demo_trailer(plate),))


def demo_manifest(plates: Mapping[str, str], crossings_each: int) -> tuple[Declared, ...]:
    """`crossings_each` cleared consignments for each truck, C0001, C0002 … in the order in which the trucks would come."""
    trips = [(truck, plate) for _ in range(crossings_each) for truck, plate in plates.items()]
    return tuple(demo_line(f"C{number:04d}", truck, plate) for number, (truck, plate) in enumerate(trips, 1))


def _differences(a: str, b: str) -> int:
    return sum(x != y for x, y in zip(a, b, strict=True))


def _tree(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _table(tree: dict[str, object], key: str) -> dict[str, object]:
    table = tree[key]
    assert isinstance(table, dict)
    return table


def _with_devices(tree: dict[str, object], parts: DemoParts) -> dict[str, object]:
    """The same file with pseudo-terminals for its ports and the simulator's sources for its cameras, where there are some."""
    for port in _tables(tree, "port"):
        if device := parts.devices.get(str(port["name"])):
            port |= {"device": device, "pseudo": True}
    for camera in _tables(tree, "camera"):
        if source := parts.cameras.get(str(camera["name"])):
            camera["source"] = source
    return tree


def _tables(tree: dict[str, object], key: str) -> list[dict[str, object]]:
    tables = tree.get(key, [])
    assert isinstance(tables, list)
    return tables


def _port(port: Port) -> dict[str, object]:
    return {"name": port.name, "device": port.device, "baud": port.baud, "parity": port.parity.value}


def _truck(truck: Truck) -> dict[str, object]:
    return {
        "serial": truck.serial,
        "manufacturer": truck.manufacturer,
        "vda5050": truck.vda5050,
        "length_m": truck.length_m,
        "braking_mps2": truck.braking_mps2,
        "state_interval_s": truck.state_interval_s,
        "certificate": truck.certificate,
        "mass_kg_max": truck.mass_kg_max,
    }


def _declared(declared: Declared) -> dict[str, object]:
    cleared_by = [authority.value for authority in declared.cleared_by]
    line: dict[str, object] = {"id": declared.consignment, "truck": declared.truck, "plate": declared.plate, "cleared_by": cleared_by}
    line |= {} if declared.declared_weight_kg is None else {"declared_weight_kg": declared.declared_weight_kg}
    line |= {"container": declared.container} if declared.container else {}
    return line | ({"other_plates": list(declared.other_plates)} if declared.other_plates else {})


def _person(person: Person) -> dict[str, object]:
    return {"name": person.name, "roles": [role.value for role in person.roles], "pin": person.pin}
