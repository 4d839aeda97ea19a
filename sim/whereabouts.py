"""Where trucks really are, for those who look at a simulated lane: its people, and who judges it."""

from collections.abc import Iterable
from typing import Protocol

from sim.plan import SimPlan
from sim.scene import Place, entry_of


class Standing(Protocol):
    """`low_m` and `high_m`: where it begins and ends, in metres along the lane, whichever way it faces. `heading`: 1 or -1."""

    @property
    def place(self) -> Place: ...
    @property
    def front_m(self) -> float: ...
    @property
    def low_m(self) -> float: ...
    @property
    def high_m(self) -> float: ...
    @property
    def heading(self) -> int: ...


def is_vacant(plan: SimPlan, section: str, trucks: Iterable[Standing]) -> bool:
    """No part of any truck is in it."""
    where = next(s for s in plan.sections if s.name == section)
    on_road = (truck for truck in trucks if truck.place not in (Place.AWAY, Place.PARKED))
    return not any(truck.low_m < where.to_m and truck.high_m > where.from_m for truck in on_road)


def section_or_entry(plan: SimPlan, truck: Standing) -> str:
    """The section with its front; the gate that it enters by while it is before the boom; "" elsewhere."""
    entry = entry_of(plan, truck.heading)
    if (entry.boom_m - truck.front_m) * truck.heading >= 0.0:
        return entry.name
    return next((s.name for s in plan.sections if s.from_m < truck.front_m <= s.to_m), "")
