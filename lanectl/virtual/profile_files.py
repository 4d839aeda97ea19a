"""A profile's file -> one frozen Profile for a site, or every problem at once, each with its line, its key and what to do."""

from enum import Enum
from pathlib import Path

from lanectl.model import Authority, Direction
from lanectl.site.facts import Site
from lanectl.site.files import Files
from lanectl.site.problems import ConfigError, Findings
from lanectl.site.table import Table
from lanectl.virtual.profile import Breakdown, Profile, Stretch
from sim.customs import TEMPERS

HOUR_S = 3600.0
HOURS_MAX = 24.0 * 31
STRETCHES_MAX = 1000
EACH = "each"  # section after section, in the order in which the site describes them
DEMAND_KEYS = {"vn_to_cn": Direction.VN_TO_CN, "cn_to_vn": Direction.CN_TO_VN}


class Unit(Enum):
    """PARTS: of what the lane's physical limit gives this direction: all of it one way, half of it both ways."""

    PARTS = "parts_of_the_limit"
    AN_HOUR = "an_hour"


class Kind(Enum):
    """How a truck breaks down."""

    FATAL = "truck-fatal"
    DIES = "truck-dies"
    E_STOP = "truck-e-stop"
    BY_HAND = "truck-by-hand"
    LOST = "truck-lost"


class Temper(Enum):
    """The customs systems that there are."""

    PROMPT = "prompt"
    LIVELY = "lively"
    HOLDS_HALF = "holds-half"
    SLOW = "slow"
    FORGETFUL = "forgetful"


assert {temper.value for temper in Temper} == set(TEMPERS)


def load_profile(path: Path, site: Site, limit_per_hour: float) -> Profile:
    """Raises ConfigError with all its problems."""
    findings = Findings()
    source = Files(path.parent, findings).source(path.name)
    if source is None:
        raise ConfigError(findings.problems)
    root = Table(source, (), findings)
    profile = _profile(root, path.stem, site, limit_per_hour)
    root.done()
    if findings.problems:
        raise ConfigError(findings.problems)
    return profile


def _profile(root: Table, name: str, site: Site, limit_per_hour: float) -> Profile:
    about = root.table("profile")
    hours = about.number("hours", low=0.01, high=HOURS_MAX)
    unit = about.choice("unit", Unit, Unit.PARTS)
    words, seed, trucks = about.text("words"), about.whole("seed", 1, low=0, high=2**31), about.whole("trucks", 0, low=0, high=60)
    about.done()
    fair = limit_per_hour / (2 if site.layout.both_ways else 1) if unit is Unit.PARTS else 1.0
    stretches = _stretches(root, site, fair, hours)
    customs = _customs(root)
    breakdowns = tuple(one for table in root.tables("breakdown") for one in _breakdowns(table, site, hours))
    return Profile(name, words, hours * HOUR_S, seed, stretches, customs, tuple(sorted(breakdowns, key=lambda b: b.at_s)), trucks)


def _stretches(root: Table, site: Site, fair: float, hours: float) -> tuple[Stretch, ...]:
    """A direction in which the lane is not worked is asked nothing, so that one profile does for every lane."""
    found, last_h = list[Stretch](), 0.0
    tables = root.tables("demand", needed=True)
    worked = tuple(Direction) if site.layout.both_ways else (site.layout.direction,)
    for index, table in enumerate(tables[:STRETCHES_MAX]):
        from_h = table.number("from_h", 0.0, low=0.0, high=HOURS_MAX)
        rates = {way: table.number(key, 0.0, low=0.0, high=10_000.0) * fair for key, way in DEMAND_KEYS.items()}
        table.done()
        if index == 0 and from_h != 0.0:
            table.wrong(
                "C073", "from_h", "what is asked at first is not said: the first [[demand]] begins later", "begin it with from_h = 0"
            )
        elif index and from_h <= last_h:
            table.wrong(
                "C073", "from_h", f"this [[demand]] begins at {from_h:g} h, not after the one before it ({last_h:g} h)", "put them in order"
            )
        elif from_h >= hours:
            table.wrong(
                "C073",
                "from_h",
                f"this [[demand]] begins at {from_h:g} h, when the profile has ended ({hours:g} h)",
                "make `hours` longer, or leave it out",
            )
        last_h = from_h
        found.append(Stretch(from_h * HOUR_S, {way: rates[way] for way in worked}))
    if root.has("demand") and not tables:
        root.wrong("C073", "demand", "there is no [[demand]]: nothing is asked", "say at least one, with from_h = 0")
    if len(tables) > STRETCHES_MAX:
        root.wrong("C073", "demand", f"more than {STRETCHES_MAX} of [[demand]]", "take fewer and longer ones")
    return tuple(found)


def _customs(root: Table) -> dict[Authority, str]:
    if not root.has("customs"):
        root.asked["customs"] = None
        return {}
    table = root.table("customs")
    found = {authority: table.choice(authority.value, Temper, Temper.PROMPT).value for authority in Authority}
    table.done()
    return found


def _breakdowns(table: Table, site: Site, hours: float) -> list[Breakdown]:
    at_h, repair_s = table.number("at_h", low=0.0, high=HOURS_MAX), table.number("repair_s", 300.0, low=1.0, high=86_400.0)
    kind, section = table.choice("kind", Kind, Kind.FATAL).value, table.text("section", EACH)
    every_h = table.number("every_h", 0.5, low=0.01, high=HOURS_MAX)
    table.done()
    names = [found.name for found in site.layout.sections]
    if section not in (EACH, *names, ""):
        table.wrong("C070", "section", f"the lane has no section `{section}`", f"`{EACH}`, or one of: {', '.join(names)}")
    if at_h >= hours:
        table.wrong("C073", "at_h", f"at {at_h:g} h the profile has ended ({hours:g} h)", "make `hours` longer, or break down earlier")
    where = names if section == EACH else [section]
    return [Breakdown((at_h + index * every_h) * HOUR_S, name, kind, repair_s) for index, name in enumerate(where)]
