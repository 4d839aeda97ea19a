"""From one report to everything that follows: plates are voted on, then the rules step. Pure, so that replay is the same code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from lanectl import interlocking, plates
from lanectl.layout import Layout
from lanectl.model import Command, IdentityReported, Lane, PlateSeen, ReadPlate, Refusal, Report


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


def decide(facts: Facts, core: Core, now: float, report: Report, calm: interlocking.Calm | None = None) -> Decision:
    """`now` in seconds of the controller's monotonic clock; never goes back. `calm`: of the last decision; without it, it is the same."""
    identity = None
    event: Report | None = report
    if isinstance(report, PlateSeen):
        core, identity = _vote(facts, core, now, report)
        event = identity
    if event is None:
        return Decision(core, (), (), now + facts.layout.limits.reading_age_s_max, stepped=False)
    step, calm = interlocking.step_on(facts.layout, core.lane, now, event, calm)
    core = Core(step.lane, _restarted_votes(core.votes, step.commands))
    return Decision(core, step.commands, step.refusals, step.wake_at, identity, calm=calm)


def _vote(facts: Facts, core: Core, now: float, seen: PlateSeen) -> tuple[Core, IdentityReported | None]:
    if seen.gate not in core.votes:
        return core, None
    listed = {consignment.plate: consignment.truck for consignment in core.lane.consignments.values()}
    votes, identity = plates.vote(core.votes[seen.gate], now, seen, listed, facts.voting[seen.gate])
    return replace(core, votes={**core.votes, seen.gate: votes}), identity


def _restarted_votes(votes: Mapping[str, plates.Votes], commands: tuple[Command, ...]) -> Mapping[str, plates.Votes]:
    """Each truck is looked at afresh: what was read of the one before it counts for nothing."""
    started = [command.gate for command in commands if isinstance(command, ReadPlate) and command.wanted and command.gate in votes]
    return {**votes, **{gate: plates.Votes() for gate in started}} if started else votes
