"""Who does the wrong thing, or the right one at the wrong time: to the lane, to a gate, to a truck, or alone what takes two."""

from collections.abc import Callable
from random import Random

from lanectl.controller import Outcome
from lanectl.model import Act, ActRequested, Direction, Lane, Match, SectionState, TruckName, TruckNow
from lanectl.site.facts import Site
from sim.bench import Bench
from sim.moments import has_come

BY = "tuan"
LOOK_S, WITHIN_S = 0.5, 120.0  # such a person is seldom there, and then when it matters; without that, in the end
AGAIN_S = 10.0  # who may not declare alone tries again
AFTER_S = (0.5, 8.0)  # between two acts of one person
AT_GATES = ("raised", "raised", "lowering", "lowering", "rolling", "left", "waiting")  # when, the oftener the more it matters
TO_LANE: tuple[tuple[Act, ...], ...] = (
    (Act.STOP, Act.RESET, Act.OPEN),
    (Act.STOP,),
    (Act.CLOSE,),
    (Act.CLOSE, Act.OPEN),
    (Act.RESET,),
    (Act.TAKE_OUT, Act.PUT_BACK),
)
TO_DRIVING: tuple[tuple[Act, ...], ...] = (
    (Act.CANCEL,),
    (Act.CANCEL, Act.RESUME),
    (Act.PAUSE, Act.CANCEL, Act.RESUME),
    (Act.CANCEL, Act.RESET),
    (Act.PAUSE, Act.RESET),
    (Act.SWEEP,),
)
TO_HALTED: tuple[tuple[Act, ...], ...] = ((Act.RESUME,), (Act.RESUME, Act.RESUME), (Act.CANCEL, Act.RESUME), (Act.RESET,), (Act.SWEEP,))
Ask = Callable[[ActRequested, Callable[[Outcome], None]], None]


class Meddler:
    """`believed`: what the controller holds to be true, None while none runs. `act` asks it for an act."""

    def __init__(self, bench: Callable[[], Bench], site: Site, act: Ask, believed: Callable[[], Lane | None]) -> None:
        self._bench, self._act, self._believed = bench, act, believed
        self._gates = [gate.name for gate in site.layout.gates]
        self._signal_units = [unit.name for unit in site.layout.units if unit.signals]

    def meddle(self, draw: float) -> None:
        """The number in [0, 1) decides everything."""
        dice = Random(f"{draw} meddles")
        plots = (self._to_lane, self._to_lane, self._to_gates, self._to_truck, self._to_truck, self._declare_alone, self._mistake)
        dice.choice(plots)(dice, self._bench().now + WITHIN_S)

    # ------------------------------------------------------------ the lane, its gates

    def _to_lane(self, dice: Random, until_s: float) -> None:
        acts = dice.choice(TO_LANE)
        moment = dice.choice(AT_GATES)
        self._once(lambda: has_come(self._bench(), moment, "", ""), until_s, lambda: self._one_by_one(dice, [(act, "") for act in acts]))

    def _to_gates(self, dice: Random, until_s: float) -> None:
        turns = [(Act.TURN, direction.value) for direction in Direction]
        resets = [(Act.RESET, gate) for gate in self._gates]
        possible = [*turns, *resets, *resets, *((Act.REARM, unit) for unit in self._signal_units)]
        wanted, moment = dice.choice(possible), dice.choice(AT_GATES)
        self._once(lambda: has_come(self._bench(), moment, "", ""), until_s, lambda: self._one_by_one(dice, [wanted]))

    # ------------------------------------------------------------ trucks

    def _to_truck(self, dice: Random, until_s: float) -> None:
        """One that has a way, or one that stands for a reason."""
        halted = dice.random() < 0.5
        acts = dice.choice(TO_HALTED if halted else TO_DRIVING)
        chosen: list[TruckName] = []

        def has_one() -> bool:
            lane = self._believed()
            chosen[:] = [] if lane is None else [name for name, now in lane.trucks.items() if _is_halted(now) is halted and _matters(now)]
            return bool(chosen)

        def begin() -> None:
            if chosen:
                truck = dice.choice(chosen)
                self._one_by_one(dice, [(act, truck) for act in acts])

        self._once(has_one, until_s, begin)

    # ------------------------------------------------------------ what takes two, what takes a look

    def _declare_alone(self, dice: Random, until_s: float) -> None:
        """Whenever there is something to declare, for a while: under the own name twice, or under one."""
        second = dice.choice(("", BY))

        def declare() -> None:
            for name in self._doubtful():
                self._act(ActRequested(Act.DECLARE, BY, name, "by mistake", "the picture", second), _unheard)
            if self._bench().now < until_s:
                self._bench().clock.call_at(self._bench().now + AGAIN_S, declare)

        self._once(lambda: bool(self._doubtful()), until_s, declare)

    def _doubtful(self) -> list[str]:
        lane = self._believed()
        return [] if lane is None else [name for name, now in lane.sections.items() if now.state is SectionState.SUSPECT]

    def _mistake(self, dice: Random, until_s: float) -> None:
        """Names whoever comes to mind as the one that stands before the boom, once nobody is sure of it."""

        def confirm() -> None:
            lane = self._believed()
            for gate in self._unsure():
                read = lane.gates[gate].identity if lane is not None else None
                if lane is not None and read is not None and lane.trucks:
                    self._act(ActRequested(Act.CONFIRM, BY, gate, "", read.evidence, truck=dice.choice(sorted(lane.trucks))), _unheard)

        self._once(lambda: bool(self._unsure()), until_s, confirm)

    def _unsure(self) -> list[str]:
        lane = self._believed()
        read = {} if lane is None else {name: now.identity for name, now in lane.gates.items()}
        return [name for name, one in read.items() if one is not None and one.match is Match.UNSURE]

    # ------------------------------------------------------------ when

    def _once(self, is_time: Callable[[], bool], until_s: float, begin: Callable[[], None]) -> None:
        now = self._bench().now
        if now >= until_s or is_time():
            begin()
        else:
            self._bench().clock.call_at(now + LOOK_S, lambda: self._once(is_time, until_s, begin))

    def _one_by_one(self, dice: Random, wanted: list[tuple[Act, str]]) -> None:
        (act, target), *left = wanted
        self._act(ActRequested(act, BY, target, "by mistake"), _unheard)
        if left:
            self._bench().clock.call_at(self._bench().now + dice.uniform(*AFTER_S), lambda: self._one_by_one(dice, left))


def _is_halted(now: TruckNow) -> bool:
    return now.stopped_by != "" or now.report.e_stop or now.report.paused


def _matters(now: TruckNow) -> bool:
    return now.authority != "" or now.stopped_by != ""


def _unheard(_: Outcome) -> None:
    """What comes of it does not interest this person."""
