"""TOML tables of a lane -> described things, key by key. Nothing here looks at two things at once."""

import re
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lanectl.dispatch import Settings
from lanectl.layout import Limits
from lanectl.model import Authority, Direction
from lanectl.site.described import At, GatePoint, LaneTable, LoopPoint, SectionEnd
from lanectl.site.facts import (
    DetectorKind,
    DetectorPosition,
    GateSite,
    Hours,
    Mqtt,
    Title,
    Tls,
)
from lanectl.site.standard import Stretch
from lanectl.site.table import Table


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
        batch_max=table.whole("batch_max", usual.batch_max, low=1, high=1000),
        wait_s_max=table.number("wait_s_max", usual.wait_s_max, low=10.0, high=86_400.0),
        hold_s_max=table.number("hold_s_max", usual.hold_s_max, low=10.0, high=86_400.0),
        charge_min=table.number("charge_min", usual.charge_min, low=0.0, high=1.0),
    )
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
