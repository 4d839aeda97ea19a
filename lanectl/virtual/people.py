"""The people of a simulated lane: they read why it waits and do, after a while, what the catalogue of refusals says mends it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from msgspec import Struct

from lanectl.controller import Outcome
from lanectl.interlocking.refusals import ALL
from lanectl.layout import Layout
from lanectl.model import Act, ActRequested, IdentityReported, Lane, Match, Refusal, SectionState, Service
from lanectl.status.alarms import is_left_up

MENDS = {kind.code: kind.mend for kind in ALL if kind.mend}
NOTICE_S = (5.0, 25.0)  # from the first sight of a refusal to the act
WALK_S = (30.0, 90.0)  # two persons look at a section before they declare it vacant
AGAIN_S = 15.0  # before the same act is tried once more
BY, SECOND = "lan", "minh"


class Wish(Struct, frozen=True):
    """`truck` and `evidence`: who is to be confirmed from which picture."""

    act: Act
    target: str = ""
    truck: str = ""
    evidence: str = ""

    @property
    def vouched(self) -> bool:
        return self.act is Act.DECLARE


@dataclass(slots=True)
class People:
    """`act` puts an act to the controller; `vacant` says whether a section is really empty, for those who walk there, and `where` in which
    section or before which gate a truck really stands, for those who look.

    `switch_off` has a truck's computer switched off for a while: the way to declare a section vacant from which a truck was not seen to
    leave, when that truck is on line at no node of the lane. `leisure`: so many times the usual while passes before they act.
    """

    dice: Random
    act: Callable[[ActRequested, Callable[[Outcome], None]], None]
    vacant: Callable[[str], bool]
    layout: Layout
    switch_off: Callable[[str], None]
    where: Callable[[str], str]
    acts: int = 0
    leisure: float = 1.0
    _since: dict[Wish, float] = field(default_factory=dict)
    _heard: tuple[Refusal, ...] = ()
    _unplaced: set[str] = field(default_factory=set)  # whose sweep asked where it is seen

    def look(self, now: float, lane: Lane, refusals: Iterable[Refusal]) -> None:
        """Once a second or so."""
        wishes = dict.fromkeys(wish for refusal in (*refusals, *self._heard) for wish in _mend(refusal, lane))
        wishes |= dict.fromkeys(self._of_picture(lane))
        self._since = {wish: self._since.get(wish, now + self._delay(wish)) for wish in wishes}
        arming = any(wish.act is Act.REARM for wish in wishes)  # whoever opens meanwhile is refused, and asked to arm once more
        for wish, due in self._since.items():
            if now >= due and not (arming and wish.act is Act.OPEN):
                self._since[wish] = now + AGAIN_S
                self._do(wish)
                return

    def _of_picture(self, lane: Lane) -> list[Wish]:
        """What the alarms and the trucks' list show, though nobody waits for it yet."""
        wishes = [Wish(Act.RESET, name) for name, gate in lane.gates.items() if gate.fault or gate.locked_out]
        wishes += [Wish(Act.RESET, gate.name) for gate in self.layout.gates if is_left_up(self.layout, lane, gate)]
        wishes += [Wish(Act.REARM, name) for name in self._signal_units() if lane.units[name].tripped or not lane.units[name].armed]
        wishes += [Wish(Act.RESET, name) for name, truck in lane.trucks.items() if truck.stopped_by or truck.report.paused]
        wishes += [Wish(Act.DECLARE, name) for name, now in lane.sections.items() if now.state is SectionState.SUSPECT]
        wishes += [wish for name, gate in lane.gates.items() for wish in self._of_read(name, gate.identity)]
        if lane.service is Service.EMERGENCY_STOP:
            wishes.append(Wish(Act.RESET))
        if lane.service is Service.OUT_OF_SERVICE:
            wishes.append(Wish(Act.PUT_BACK))
        if lane.service in (Service.COMMISSIONING, Service.DRAINING, Service.CLOSED):
            wishes.append(Wish(Act.OPEN))
        return wishes

    def _signal_units(self) -> list[str]:
        return [unit.name for unit in self.layout.units if unit.signals]

    def _of_read(self, gate: str, read: IdentityReported | None) -> list[Wish]:
        """They look who stands there, and name it where the read leaves it possible."""
        if read is None or read.match is not Match.UNSURE:
            return []
        return [Wish(Act.CONFIRM, gate, one.truck, read.evidence) for one in read.candidates if self.where(one.truck) == gate]

    def _delay(self, wish: Wish) -> float:
        low, high = WALK_S if wish.vouched else NOTICE_S
        return self.leisure * (low + (high - low) * self.dice.random())

    def _do(self, wish: Wish) -> None:
        if wish.vouched and not self.vacant(wish.target):
            return
        self.acts += 1
        self._heard = ()
        place = self.where(wish.target) if wish.act is Act.SWEEP and wish.target in self._unplaced else ""
        evidence, second = wish.evidence or "seen on the spot", SECOND if wish.vouched else ""
        request = ActRequested(wish.act, BY, wish.target, "it waits", evidence, second, place, wish.truck)
        self.act(request, lambda outcome: self._answered(wish, outcome))

    def _answered(self, wish: Wish, outcome: Outcome) -> None:
        self._heard = tuple(refusal for refusal in outcome.refusals if refusal.subject == wish.act.value)
        if wish.act is Act.SWEEP:
            self._unplaced = {wish.target} if any(refusal.code == "sweep_not_placed" for refusal in self._heard) else set()
        for refusal in self._heard:
            if refusal.code == "declare_truck_inside":  # it is not: somebody was there and looked
                self.switch_off(dict(refusal.params)["truck"])


def _mend(refusal: Refusal, lane: Lane) -> list[Wish]:
    """What the screen offers for a refusal."""
    said = dict(refusal.params)
    if refusal.code == "detector_unknown":
        return _sweep(refusal.subject, lane)  # the catalogue offers nothing: where only its power was lost, a sweep goes over it (D4)
    mend = MENDS.get(refusal.code, "")
    if mend == "SWEEP or DECLARE":
        return _suspect(refusal, said["section"], lane)
    targets = {
        "RESET": _reset_target(refusal, said),
        "REARM": said.get("unit", ""),
        "OPEN": "",
        "SWEEP": said.get("truck", ""),
        "DECLARE": said.get("first", ""),
    }
    return [Wish(Act(mend), targets[mend])] if mend in targets else []


def _reset_target(refusal: Refusal, said: dict[str, str]) -> str:
    if refusal.code in ("emergency_stop", "service_in_emergency"):
        return ""
    of_act = refusal.subject in Act.__members__
    return said.get("gate") or (said.get("other") or said.get("truck", "") if of_act else refusal.subject)


def _suspect(refusal: Refusal, section: str, lane: Lane) -> list[Wish]:
    """The waiting truck sweeps; where none waits, or besides, somebody walks there."""
    declare = [Wish(Act.DECLARE, section)] if lane.sections[section].state is not SectionState.VACANT else []
    return [*_sweep(refusal.subject, lane), *declare]


def _sweep(truck: str, lane: Lane) -> list[Wish]:
    """Only the first on the bridge: who sweeps behind another can neither go on nor be called off, and the other may not sweep."""
    on_bridge = [section.locked_for for section in lane.sections.values() if section.locked_for and section.entered]
    first = not on_bridge or on_bridge[-1] == truck
    return [Wish(Act.SWEEP, truck)] if first and truck in lane.trucks and not lane.trucks[truck].sweeping else []
