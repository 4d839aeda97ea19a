"""TOML tables of ports, units, cameras -> described things, key by key."""

from lanectl.model import Sight
from lanectl.site.described import At
from lanectl.site.facts import (
    Area,
    Barrier,
    Camera,
    IoModule,
    Parity,
    Port,
    SafeState,
    Scale,
    Signal,
)
from lanectl.site.kinds import BARRIER_KINDS, BAUDS, MODULE_KINDS, SCALE_KINDS
from lanectl.site.table import Table

AREA_MIN = 0.1  # of the picture: less cannot hold a truck's plate


def port(table: Table) -> At[Port]:
    baud = table.whole("baud", low=1, high=4_000_000)
    if baud and baud not in BAUDS:
        table.wrong("C014", "baud", f"`{baud}` is not a `baud`", f"one of: {', '.join(str(b) for b in BAUDS)}")
    found = Port(table.name("name"), table.text("device"), baud, table.choice("parity", Parity), table.yes_no("pseudo", False))
    table.done()
    return At(found, table.place)


def module(table: Table) -> At[IoModule]:
    kind = _kind(table, tuple(MODULE_KINDS))
    facts = MODULE_KINDS[kind]
    inputs = table.texts("inputs")
    if len(inputs) > facts.inputs:
        table.wrong("C017", "inputs", f"a {kind} has {facts.inputs} inputs, {len(inputs)} are described")
    safe = table.choices("safe_relays", SafeState, (SafeState.OFF,) * facts.relays)
    if table.has("safe_relays") and len(table.texts("safe_relays")) != facts.relays:
        table.wrong(
            "C017", "safe_relays", f"a {kind} has {facts.relays} relays, {len(table.texts('safe_relays'))} safe states are described"
        )
    marker = table.whole("marker_relay", -1, low=0, high=63)
    found = IoModule(
        name=table.name("name"),
        port=table.text("port"),
        kind=kind,
        address=table.whole("address", low=1, high=247),
        inputs=inputs,
        vacant_when=table.whole("vacant_when", 1, low=0, high=1),
        watchdog_s=table.whole("watchdog_s", 0, low=0, high=60),
        input_filter=table.whole("input_filter", 2, low=1, high=500),
        safe_relays=safe,
        marker_relay=None if marker < 0 else marker,
    )
    table.done()
    return At(found, table.place)


def barrier(table: Table, gate_name: str) -> At[Barrier]:
    kind = _kind(table, BARRIER_KINDS)
    found = Barrier(gate_name, table.name("unit"), table.text("port"), kind, table.whole("address", low=1, high=247))
    table.done()
    return At(found, table.place)


def _kind(table: Table, kinds: tuple[str, ...]) -> str:
    kind = table.text("kind")
    if kind and kind not in kinds:
        table.wrong("C014", "kind", f"`{kind}` is not a `kind` of unit here", f"one of: {', '.join(kinds)}")
    return kind if kind in kinds else kinds[0]


def signal(table: Table, gate_name: str) -> At[Signal]:
    found = Signal(
        gate=gate_name,
        unit=table.text("unit"),
        proceed_relay=table.whole("proceed_relay", low=0, high=63),
        stop_proof_input=table.whole("stop_proof_input", low=0, high=63),
        proceed_proof_input=table.whole("proceed_proof_input", low=0, high=63),
    )
    table.done()
    return At(found, table.place)


def scale(table: Table, gate_name: str) -> At[Scale]:
    found = Scale(
        gate=gate_name,
        port=table.text("port"),
        kind=_kind(table, SCALE_KINDS),
        steady_s=table.number("steady_s", 2.0, low=0.5, high=30.0),
        tolerance_kg=table.whole("tolerance_kg", low=1, high=10_000),
        at_m=table.number("at_m"),
        length_m=table.number("length_m", low=1.0),
    )
    table.done()
    return At(found, table.place)


def camera(table: Table, gate_name: str) -> At[Camera]:
    found = Camera(
        name=table.name("name"),
        gate=gate_name,
        source=table.text("source"),
        agreeing_frames=table.whole("agreeing_frames", 3, low=2, high=30),
        score_min=table.number("score_min", 0.85, low=0.5, high=1.0),
        area=_area(table),
        plate_px_min=table.number("plate_px_min", 0.0, low=0.0, high=400.0),
        sees=table.choice("sees", Sight, Sight.FRONT),
    )
    table.done()
    return At(found, table.place)


def _area(table: Table) -> Area:
    if not table.has("area"):
        table.asked["area"] = None
        return Area()
    given = table.table("area")
    whole = Area()
    found = Area(*(given.number(key, getattr(whole, key), low=0.0, high=1.0) for key in ("left", "top", "right", "bottom")))
    given.done()
    for low, high in (("left", "right"), ("top", "bottom")):
        if getattr(found, high) - getattr(found, low) < AREA_MIN:
            message = f"from `{low}` to `{high}` the area is narrower than {AREA_MIN:g} of the picture"
            table.wrong(
                "C013", "area", message, "parts of the picture from 0 to 1, like { left = 0.1, top = 0.3, right = 0.9, bottom = 1 }"
            )
    return found
