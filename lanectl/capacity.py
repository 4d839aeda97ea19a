"""What a lane can carry at most by physics alone: trucks that pull off and brake, booms that move, sections that must be left. Pure.

Formulas and sources: docs/reference/capacity.md. Every term is trucks an hour; the least of them binds.
"""

from dataclasses import dataclass, replace
from math import sqrt

from lanectl.dispatch import Settings
from lanectl.site.facts import Site

BOOM_S = 4.0  # PTX: each way
ACCEL_MPS2 = 0.525  # a laden truck pulling off: 0.45 to 0.6 in the simulator, so this in the mean
YARD_SPEED_MPS = 2.0  # at which the yard moves a truck up
GAP_M = 5.0  # between two trucks before the gate
PULL_UP_M = 8.0  # behind the boom the rear of the one before is that far when the next is moved up
PROOF_S = 1.0  # site.md: a section that was left is seen, proved and given; an order is taken


@dataclass(frozen=True, slots=True)
class Drive:
    """What is not in a site's files. `dwell_s`: at the stop line, for plate, papers, order. `return_s`: of a round, off the lane."""

    dwell_s: float = 1.0
    return_s: float = 30.0
    accel_mps2: float = ACCEL_MPS2


@dataclass(frozen=True, slots=True)
class Term:
    """One limit, an hour. `formula`: with its numbers, as it was computed."""

    name: str
    per_hour: float
    formula: str


@dataclass(frozen=True, slots=True)
class Limit:
    """`terms` in the order of the lane; `both_ways`: what is carried is the sum of both directions."""

    terms: tuple[Term, ...]
    both_ways: bool

    @property
    def binding(self) -> Term:
        return min(self.terms, key=lambda term: term.per_hour)

    @property
    def per_hour(self) -> float:
        return self.binding.per_hour


def limit(site: Site, trucks: int, drive: Drive) -> Limit:
    """Of a site with that many trucks."""
    entry_s, entry_words = _entry_s(site, drive)
    terms = [_section(site), Term("entry", 3600.0 / entry_s, f"3600 / {entry_s:.1f} s: {entry_words}")]
    terms += [_fleet(site, trucks, drive, entry_s), _yard(site)]
    if _most_on_bridge(site):
        terms.append(_few_at_a_time(site, drive))
    if site.layout.both_ways:
        terms.append(_alternating(site, trucks, drive, entry_s))
    return Limit(tuple(terms), site.layout.both_ways)


def drive_s(length_m: float, speed_mps: float, accel_mps2: float) -> float:
    """From standing, until its front is that far."""
    pulling_off_m = speed_mps**2 / (2 * accel_mps2)
    if length_m <= pulling_off_m:
        return sqrt(2 * length_m / accel_mps2)
    return speed_mps / accel_mps2 + (length_m - pulling_off_m) / speed_mps


def _truck_m(site: Site) -> float:
    return max(truck.length_m for truck in site.fleet)


def _kept_m(site: Site, first: int) -> float:
    """The section at `first` and those that are kept vacant beyond it."""
    sections = site.layout.sections[first : first + 1 + site.layout.overlap_sections]
    return sum(section.length_m for section in sections)


def _section(site: Site) -> Term:
    """Trucks that follow each other at speed: each needs its section and the overlap that the one before has left."""
    kept_m, truck_m, speed = max(_kept_m(site, at) for at in range(len(site.layout.sections))), _truck_m(site), site.speed_mps_max
    headway_s = (kept_m + truck_m) / speed + PROOF_S
    return Term("section", 3600.0 / headway_s, f"3600 / (({kept_m:.0f} m + {truck_m:g} m) / {speed:g} m/s + {PROOF_S:g} s)")


def _entry_s(site: Site, drive: Drive) -> tuple[float, str]:
    """From one truck's pulling off to the next one's. What has to be left and the moving up go on at the same time, then the boom opens."""
    stop_m, truck_m, speed = site.gates[0].stop_short_m, _truck_m(site), site.speed_mps_max
    leave_s = drive_s(stop_m + _kept_m(site, 0) + truck_m, speed, drive.accel_mps2) + PROOF_S
    behind_s = drive_s(stop_m + truck_m + PULL_UP_M, speed, drive.accel_mps2)
    move_up_s = _move_up_s(truck_m + GAP_M, drive.accel_mps2, min(truck.braking_mps2 for truck in site.fleet))
    ready_s = behind_s + move_up_s + drive.dwell_s
    wait_s = max(leave_s, ready_s)
    what = (
        f"{leave_s:.1f} s until the sections ahead are left"
        if leave_s >= ready_s
        else f"{ready_s:.1f} s until the next stands and is known"
    )
    return wait_s + BOOM_S, f"{what}, boom {BOOM_S:g} s"


def _move_up_s(length_m: float, accel_mps2: float, braking_mps2: float) -> float:
    speed = YARD_SPEED_MPS
    ends_m = speed**2 / (2 * accel_mps2) + speed**2 / (2 * braking_mps2)
    return speed / accel_mps2 + speed / braking_mps2 + (length_m - ends_m) / speed


def _lane_s(site: Site, drive: Drive) -> float:
    """From its first pulling off until a truck is clear behind the far gate."""
    far = site.gates[1]
    length_m = site.gates[0].stop_short_m + far.at_m - site.gates[0].at_m + far.clear_m + _truck_m(site)
    return drive_s(length_m, site.speed_mps_max, drive.accel_mps2)


def _fleet(site: Site, trucks: int, drive: Drive, entry_s: float) -> Term:
    round_s = _lane_s(site, drive) + drive.return_s + entry_s
    return Term("fleet", trucks * 3600.0 / round_s, f"{trucks} trucks · 3600 / {round_s:.0f} s a round")


def _yard(site: Site) -> Term:
    """A place behind the far gate is taken from the entry on, until its truck has driven off."""
    places = site.layout.places_beyond
    taken_s = _lane_s(site, Drive())
    return Term("yard", places * 3600.0 / taken_s, f"{places} places · 3600 / {taken_s:.0f} s each is kept for a truck")


def _most_on_bridge(site: Site) -> int:
    """How many trucks at a time the site allows by number or by load, 0 for any."""
    by_load = site.layout.load_kg_max // max(truck.mass_kg_max for truck in site.fleet) if site.layout.load_kg_max else 0
    return min((most for most in (site.layout.trucks_max, by_load) if most), default=0)


def _few_at_a_time(site: Site, drive: Drive) -> Term:
    lane_s, most = _lane_s(site, drive) + BOOM_S + drive.dwell_s, _most_on_bridge(site)
    return Term("bridge", most * 3600.0 / lane_s, f"{most} on the bridge · 3600 / {lane_s:.0f} s")


def _alternating(site: Site, trucks: int, drive: Drive, entry_s: float) -> Term:
    """Batches as long as the dispatcher's settings and the yards let them be: the whole fleet crosses, and comes back."""
    batch = min((site.dispatch or Settings()).batch_max, trucks, site.layout.places_beyond, site.layout.places_beyond_back)
    lane_s, switch_s = _lane_s(site, drive), _switch_s(site, drive)
    cycle_s = 2 * ((batch - 1) * entry_s + lane_s + switch_s)
    way = f"{batch - 1} · {entry_s:.1f} s + lane {lane_s:.0f} s + switch {switch_s:.0f} s"
    return Term("both ways", 2 * 3600.0 * batch / cycle_s, f"2 · 3600 · {batch} / {cycle_s:.0f} s: 2 · ({way})")


def _switch_s(site: Site, drive: Drive) -> float:
    """The first of the other side is moved up, and the boom opens."""
    move_up_s = _move_up_s(_truck_m(site) + GAP_M, drive.accel_mps2, min(truck.braking_mps2 for truck in site.fleet))
    return move_up_s + drive.dwell_s + BOOM_S


def turn_s(site: Site) -> float:
    """From when the lane is to be turned until the first of the other side can go: those at the gate enter, and the lane empties."""
    drive, called = Drive(), (site.dispatch or Settings()).called_max
    most = _most_on_bridge(site)
    apart_s = max(_entry_s(site, drive)[0], _lane_s(site, drive) / most if most else 0.0)
    return called * apart_s + _lane_s(site, drive) + _switch_s(site, drive)


def dispatched(site: Site) -> Site:
    """The site as it is measured: with a dispatcher, the usual one where it names none."""
    return site if site.dispatch is not None else replace(site, dispatch=Settings())
