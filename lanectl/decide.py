"""From one report to everything that follows: plates are voted on, then the rules step. Pure, so that replay is the same code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from lanectl import interlocking, plates
from lanectl.layout import Layout
from lanectl.model import Command, IdentityReported, Lane, PlateSeen, ReadPlate, Refusal, Report, Step


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change while the controller runs: the lane's shape and how plates are voted on at each gate."""

    layout: Layout
    voting: Mapping[str, plates.VoteSettings]


@dataclass(frozen=True, slots=True)
class Core:
    """All that a decision depends on besides the report and the time."""

    lane: Lane
    votes: Mapping[str, plates.Votes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """`stepped`: the rules ran; a plate read that decides nothing yet leaves the last refusals standing.

    `calm`: what makes the next decision quick if it brings nothing new.
    """

    core: Core
    commands: tuple[Command, ...]
    refusals: tuple[Refusal, ...]
    wake_at: float
    identity: IdentityReported | None = None
    stepped: bool = True
    calm: interlocking.Calm | None = None


def begin(facts: Facts) -> Core:
    """Before the first report: nothing is known."""
    return Core(lane=interlocking.initial(facts.layout), votes={gate: plates.Votes() for gate in facts.voting})


def decide(facts: Facts, core: Core, now: float, report: Report) -> Decision:
    """`now` in seconds of the controller's monotonic clock; never goes back."""
    return _decided(facts, core, now, report, lambda lane, event: (interlocking.step(facts.layout, lane, now, event), None))


def decide_on(facts: Facts, core: Core, now: float, report: Report, calm: interlocking.Calm | None) -> Decision:
    """The same decision, quicker while the lane is calm. `calm`: of the decision before this one."""

    def step(lane: Lane, event: Report) -> tuple[Step, interlocking.Calm | None]:
        quick = interlocking.calm_step(facts.layout, lane, now, event, calm)
        if quick is not None and calm is not None:
            return quick, interlocking.Calm(quick.lane, calm.until, calm.refusals)
        full = interlocking.step(facts.layout, lane, now, event)
        return full, interlocking.calm_after(facts.layout, lane, now, event, full)

    return _decided(facts, core, now, report, step)


Stepper = Callable[[Lane, Report], tuple[Step, interlocking.Calm | None]]


def _decided(facts: Facts, core: Core, now: float, report: Report, stepper: Stepper) -> Decision:
    identity = None
    event: Report | None = report
    if isinstance(report, PlateSeen):
        core, identity = _vote(facts, core, now, report)
        event = identity
    if event is None:
        return Decision(core, (), (), now + facts.layout.limits.reading_age_s_max, stepped=False)
    step, calm = stepper(core.lane, event)
    core = Core(step.lane, _restarted_votes(core.votes, step.commands))
    return Decision(core, step.commands, step.refusals, step.wake_at, identity, calm=calm)


def _vote(facts: Facts, core: Core, now: float, seen: PlateSeen) -> tuple[Core, IdentityReported | None]:
    if seen.gate not in core.votes:
        return core, None
    listed = {plate: carried.truck for carried in core.lane.consignments.values() for plate in (carried.plate, *carried.other_plates)}
    votes, identity = plates.vote(core.votes[seen.gate], now, seen, listed, facts.voting[seen.gate])
    return replace(core, votes={**core.votes, seen.gate: votes}), identity


def _restarted_votes(votes: Mapping[str, plates.Votes], commands: tuple[Command, ...]) -> Mapping[str, plates.Votes]:
    """Each truck is looked at afresh: what was read of the one before it counts for nothing."""
    started = [command.gate for command in commands if isinstance(command, ReadPlate) and command.wanted and command.gate in votes]
    return {**votes, **{gate: plates.Votes() for gate in started}} if started else votes
