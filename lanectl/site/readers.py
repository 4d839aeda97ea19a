"""TOML tables -> described things, key by key. Nothing here looks at two things at once."""

import re
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanectl.dispatch import Settings
from lanectl.layout import Limits
from lanectl.model import Authority, Direction, Sight
from lanectl.plates import normalise
from lanectl.site.described import At, GatePoint, LaneTable, LoopPoint, SectionEnd
from lanectl.site.facts import (
    Area,
    Barrier,
    Blocking,
    Camera,
    Declared,
    DetectorKind,
    DetectorPosition,
    GateSite,
    Hours,
    IoModule,
    Mqtt,
    Parity,
    Person,
    Port,
    Role,
    SafeState,
    Scale,
    Signal,
    Title,
    Tls,
    Truck,
    YardAction,
)
from lanectl.site.kinds import BARRIER_KINDS, BAUDS, MODULE_KINDS, SCALE_KINDS, VDA5050
from lanectl.site.standard import Stretch
from lanectl.site.table import Table

AREA_MIN = 0.1  # of the picture: less cannot hold a truck's plate


def title(table: Table) -> Title:
    names = table.table("title")
    found = Title(names.text("vi"), names.text("zh"), names.text("en"))
    names.done()
    return found


def lane(table: Table) -> LaneTable:
    found = LaneTable(
        direction=table.choice("direction", Direction),
        overlap_sections=table.whole("overlap_sections", 1, low=0, high=10),
        clearance_needed=table.yes_no("clearance_needed", True),
        weight_needed=table.yes_no("weight_needed", True),
        container_needed=table.yes_no("container_needed", True),
        rear_plate_needed=table.yes_no("rear_plate_needed", False),
        places_beyond=table.whole("places_beyond", low=1, high=1000),
        speed_mps_max=table.number("speed_mps_max", low=0.1, high=30.0),
        border_m=table.number("border_m", low=0.0),
        both_ways=table.yes_no("both_ways", False),
        places_beyond_back=table.whole("places_beyond_back", 0, low=0, high=1000),
        trucks_max=table.whole("trucks_max", 0, low=0, high=1000),
        load_kg_max=table.whole("load_kg_max", 0, low=0, high=10_000_000),
        hours=_hours(table),
    )
    table.done()
    return found


def _hours(table: Table) -> Hours | None:
    if not table.has("hours"):
        table.asked["hours"] = None
        return None
    given = table.table("hours")
    spans = [(_SPAN.fullmatch(text), index) for index, text in enumerate(given.texts("open"))]
    for found, index in spans:
        if found is None:
            given.wrong("C016", "open", f"entry {index} of `open` is no span of a day", 'like "07:00-17:30"')
    zone = _zone(given)
    given.done()
    return Hours(tuple((_minute(f[1], f[2]), _minute(f[3], f[4])) for f, _ in spans if f is not None), zone)


_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


def _minute(hour: str, minute: str) -> int:
    return 60 * int(hour) + int(minute)


def _zone(table: Table) -> str:
    zone = table.text("time_zone")
    if zone and not _is_zone(zone):
        table.wrong("C016", "time_zone", f"`{zone}` is no time zone", "a name like Asia/Ho_Chi_Minh or Asia/Shanghai")
    return zone


def dispatch(table: Table) -> Settings:
    usual = Settings()
    found = Settings(
        called_max=table.whole("called_max", usual.called_max, low=1, high=20),
        batch_min=table.whole("batch_min", usual.batch_min, low=1, high=1000),
        batch_max=table.whole("batch_max", usual.batch_max, low=1, high=1000),
        wait_s_max=table.number("wait_s_max", usual.wait_s_max, low=10.0, high=86_400.0),
        hold_s_max=table.number("hold_s_max", usual.hold_s_max, low=10.0, high=86_400.0),
        charge_min=table.number("charge_min", usual.charge_min, low=0.0, high=1.0),
    )
    if found.batch_min > found.batch_max:
        table.wrong("C013", "batch_min", f"`batch_min` = {found.batch_min} is more than `batch_max` = {found.batch_max}")
    table.done()
    return found


def stretch(table: Table) -> Stretch:
    found = Stretch(table.whole("sections", low=1, high=200), table.number("stop_short_m", low=0.1), _metres_back(table))
    table.done()
    return found


def limits(table: Table) -> Limits:
    """Limits with their defaults where the site gives none; looser than a default is refused."""
    defaults = Limits()

    def seconds(key: str, default: float) -> float:
        value = table.number(key, default, low=0.05)
        if value > default:
            table.wrong(
                "C015", key, f"`{key}` = {value:g} is looser than its limit of {default:g} seconds", f"at most {default:g}, or leave it out"
            )
        return value

    obstructions = table.whole("obstructions_max", defaults.obstructions_max, low=1, high=1000)
    if obstructions > defaults.obstructions_max:
        table.wrong(
            "C015",
            "obstructions_max",
            f"`obstructions_max` = {obstructions} is looser than its limit of {defaults.obstructions_max}",
            f"at most {defaults.obstructions_max}",
        )
    found = Limits(
        boom_travel_s_max=seconds("boom_travel_s_max", defaults.boom_travel_s_max),
        reading_age_s_max=seconds("reading_age_s_max", defaults.reading_age_s_max),
        state_age_s_max=seconds("state_age_s_max", defaults.state_age_s_max),
        passage_gap_s_max=seconds("passage_gap_s_max", defaults.passage_gap_s_max),
        echo_s_max=seconds("echo_s_max", defaults.echo_s_max),
        aspect_proof_s_max=seconds("aspect_proof_s_max", defaults.aspect_proof_s_max),
        obstructions_max=obstructions,
        plate_wait_s_max=seconds("plate_wait_s_max", defaults.plate_wait_s_max),
        confirm_wait_s_max=seconds("confirm_wait_s_max", defaults.confirm_wait_s_max),
    )
    table.done()
    return found


def mqtt(table: Table) -> At[Mqtt]:
    tls_table = table.table("tls") if table.has("tls") else None
    tls = None
    if tls_table is not None:
        tls = Tls(tls_table.text("authority"), tls_table.text("certificate"), tls_table.text("key"))
        tls_table.done()
    table.asked["tls"] = None
    found = Mqtt(
        *(table.text("host"), table.whole("port", 1883, low=1, high=65535), table.name("interface"), table.name("map_id")),
        tls,
        orders_from=table.texts("orders_from", ("orders",)),
        authorities=((Authority.VN, table.text("customs_vn", "customs-vn")), (Authority.CN, table.text("customs_cn", "customs-cn"))),
    )
    table.done()
    return At(found, table.place)


def gate(table: Table) -> tuple[At[GateSite], str, bool]:
    """A gate, the name of its detection point, and whether it has the usual devices."""
    zone = _zone(table)
    found = GateSite(
        name=table.name("name"),
        title=title(table),
        time_zone=zone,
        at_m=table.number("at_m"),
        stop_short_m=table.number("stop_short_m", low=0.1),
        clear_m=table.number("clear_m", low=0.1),
        back_stop_short_m=_metres_back(table),
    )
    point, standard = table.name("point"), table.yes_no("standard", False)
    table.done()
    return At(found, table.place), point, standard


def _metres_back(table: Table) -> float | None:
    if not table.has("back_stop_short_m"):
        table.asked["back_stop_short_m"] = None
        return None
    return table.number("back_stop_short_m", low=0.1)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: a folder of the database, like "Asia"
        return False
    return True


def gate_point(table: Table, name: str) -> At[GatePoint]:
    groups = ([table.table("approach")], table.tables("under", needed=True), [table.table("clear")])
    table.done()
    return At(GatePoint(name, tuple(tuple(_detector(t) for t in group) for group in groups)), table.place)


def _detector(table: Table) -> tuple[str, DetectorPosition]:
    position = DetectorPosition(table.number("at_m"), table.number("length_m", low=0.01), table.choice("kind", DetectorKind))
    name = table.name("name")
    table.done()
    return name, position


def point(table: Table) -> At[LoopPoint]:
    found = LoopPoint(
        name=table.name("name"),
        at_m=table.number("at_m"),
        a=table.name("a"),
        b=table.name("b"),
        spacing_m=table.number("spacing_m", 2.0, low=0.1),
        length_m=table.number("length_m", 2.0, low=0.1),
    )
    table.done()
    return At(found, table.place)


def section(table: Table) -> At[SectionEnd]:
    metres = table.number("stop_short_m", low=0.1), _metres_back(table)
    found = SectionEnd(table.name("name"), *metres, table.yes_no("standing_harms", False))
    table.done()
    return At(found, table.place)


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


def yard_action(table: Table) -> At[YardAction]:
    found = YardAction(
        behind=table.text("behind"),
        action_type=table.name("type"),
        blocking=table.choice("blocking", Blocking, Blocking.HARD),
        parameters=_parameters(table),
    )
    table.done()
    return At(found, table.place)


def _parameters(table: Table) -> tuple[tuple[str, str | float | bool], ...]:
    if not table.has("parameters"):
        table.asked["parameters"] = None
        return ()
    given = table.table("parameters")
    found = []
    for key, value in given.values.items():
        if isinstance(value, str | int | float | bool):
            found.append((key, value))
        else:
            given.wrong("C011", key, f"`{key}` must be text in quotes, a number, true or false")
    return tuple(found)


def trucks(table: Table) -> list[At[Truck]]:
    """`count` of them are numbered onwards: T01, T02 …"""
    first, count = _truck(table), table.whole("count", 1, low=1, high=1000)
    number = _NUMBERED.fullmatch(first.serial)
    if count > 1 and (number is None or first.marker is not None or table.has("certificate")):
        table.wrong("C013", "count", "only trucks without marker and certificate, whose serial ends in a number, can be counted onwards")
        count = 1
    table.done()
    if number is None or count == 1:
        return [At(first, table.place)]
    serials = [f"{number[1]}{int(number[2]) + more:0{len(number[2])}d}" for more in range(count)]
    return [At(replace(first, serial=serial, certificate=serial), table.place) for serial in serials]


_NUMBERED = re.compile(r"(.*?)(\d+)")


def _truck(table: Table) -> Truck:
    serial = table.name("serial")
    marker = table.whole("marker", -1, low=0, high=586)
    found = Truck(
        serial=serial,
        manufacturer=table.name("manufacturer"),
        vda5050=table.text("vda5050", "2.1.0"),
        length_m=table.number("length_m", low=1.0, high=60.0),
        braking_mps2=table.number("braking_mps2", low=0.1, high=10.0),
        state_interval_s=table.number("state_interval_s", 1.0, low=0.1, high=1.0),
        certificate=table.text("certificate", serial),
        marker=None if marker < 0 else marker,
        mass_kg_max=table.whole("mass_kg_max", 0, low=0, high=1_000_000),
        plates=tuple(normalise(plate) for plate in table.texts("plates", ())),
    )
    if found.vda5050 not in (*VDA5050, ""):
        table.wrong("C014", "vda5050", f"`{found.vda5050}` is not spoken here", f"one of: {', '.join(VDA5050)}")
    return found


def consignment(table: Table) -> At[Declared]:
    weight_kg = table.whole("declared_weight_kg", 0, low=1, high=200_000)
    found = Declared(
        consignment=table.name("id"),
        truck=table.text("truck"),
        plate=normalise(table.text("plate")),
        cleared_by=table.choices("cleared_by", Authority, ()),
        declared_weight_kg=weight_kg or None,
        container=table.text("container", "").upper().replace(" ", "").replace("-", ""),
        other_plates=tuple(normalise(plate) for plate in table.texts("other_plates", ())),
    )
    table.done()
    return At(found, table.place)


def person(table: Table) -> At[Person]:
    found = Person(table.text("name"), table.choices("roles", Role), table.text("pin", ""))
    table.done()
    return At(found, table.place)
