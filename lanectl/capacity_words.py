"""A lane's capacity for people and programs: lines and a document. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from lanectl.capacity import Limit
from lanectl.virtual.measured import Measured, Side


@dataclass(frozen=True, slots=True)
class Told:
    """What was measured. `wait_s_max`: the dispatcher's longest wait for either side; `profile`: its name, "" for levels of demand."""

    site: str
    trucks: int
    most: Limit
    wait_s_max: float
    profile: str = ""


def lines(told: Told, measured: Sequence[Measured]) -> list[str]:
    most = told.most
    both = ", both directions together" if most.both_ways else ""
    said = [f"{told.site}, {told.trucks} trucks: at most {most.per_hour:.1f} an hour{both}; {most.binding.name} binds", ""]
    said += [f"  {term.name:<10} {term.per_hour:7.1f}/h  {term.formula}" for term in most.terms]
    if not measured:
        return said
    said += ["", "   from    asked/h  carried/h  of limit  wait p50  wait p95  still waiting  turns  broken"]
    for one in measured:
        rates = f"{_from(one)} {one.level.per_hour:9.1f} {one.per_hour:10.1f} {one.per_hour / most.per_hour:9.0%}"
        waits = f"{one.wait_s(0.5):7.0f} s {one.wait_s(0.95):7.0f} s"
        said.append(f"{rates} {waits} {one.left:14} {one.turns:6} {len(one.broken):7}")
    said += ["", *_fairness(told, measured)]
    return said + [f"broken: {words}" for one in measured for words in one.broken]


def _fairness(told: Told, measured: Sequence[Measured]) -> Iterator[str]:
    """`ready`: the truck stands in the yard with its papers complete; from then on it is the dispatcher who lets it wait."""
    yield f"   from    direction   entered  empty  wait p50  wait p95   longest  longest ready (wait_s_max is {told.wait_s_max:.0f} s)"
    for one in measured:
        for side in one.sides:
            waits = f"{side.wait_s(0.5):7.0f} s {side.wait_s(0.95):7.0f} s {side.wait_s(1.0):7.0f} s {side.longest_ready_s:7.0f} s"
            yield f"{_from(one)}   {side.way.value:<10} {len(side.waits_s):8} {side.returns:6} {waits}"
        if one.breakdowns:
            yield f"{_from(one)}   broke down in the lane: {one.breakdowns}"


def _from(one: Measured) -> str:
    return f"{one.level.from_s / 3600.0:6.2f}h"


def document(told: Told, measured: Sequence[Measured]) -> dict[str, object]:
    most = told.most
    return {
        "site": told.site,
        "trucks": told.trucks,
        "profile": told.profile,
        "limit_per_hour": round(most.per_hour, 2),
        "binds": most.binding.name,
        "wait_s_max": told.wait_s_max,
        "terms": [asdict(term) for term in most.terms],
        "levels": [
            {
                "from_h": round(one.level.from_s / 3600.0, 3),
                "hours": round(one.level.seconds / 3600.0, 3),
                "asked_per_hour": round(one.level.per_hour, 2),
                "carried_per_hour": round(one.per_hour, 2),
                "of_limit": round(one.per_hour / most.per_hour, 4),
                "crossings": one.crossings,
                "wait_s_p50": round(one.wait_s(0.5), 1),
                "wait_s_p95": round(one.wait_s(0.95), 1),
                "still_waiting": one.left,
                "turns": one.turns,
                "breakdowns": one.breakdowns,
                "sides": [_side(side) for side in one.sides],
                "broken": list(one.broken),
            }
            for one in measured
        ],
    }


def _side(side: Side) -> dict[str, object]:
    return {
        "direction": side.way.value,
        "entered": len(side.waits_s),
        "empty_returns": side.returns,
        "still_waiting": side.left,
        "wait_s_p50": round(side.wait_s(0.5), 1),
        "wait_s_p95": round(side.wait_s(0.95), 1),
        "wait_s_longest": round(side.wait_s(1.0), 1),
        "ready_s_longest": round(side.longest_ready_s, 1),
    }
