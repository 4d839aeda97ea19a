"""From one report to everything that follows: plates are voted on, then the rules step. Pure, so that replay is the same code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from msgspec import Struct, structs
from msgspec import field as struct_field

from lanectl import interlocking, plates
from lanectl.layout import Layout
from lanectl.model import Command, IdentityReported, Lane, PlateSeen, ReadPlate, Refusal, Report, Sight, SightReported, Step


@dataclass(frozen=True, slots=True)
class Facts:
    """What does not change while the controller runs: the lane's shape and how plates are voted on at each gate.

    `sights`: what each camera looks at that does not look at the front.
    """

    layout: Layout
    voting: Mapping[str, plates.VoteSettings]
    sights: Mapping[str, Sight] = field(default_factory=dict)


class Core(Struct, frozen=True):
    """All that a decision depends on besides the report and the time."""

    lane: Lane
    votes: Mapping[str, plates.Votes] = struct_field(default_factory=dict)


class Decision(Struct, frozen=True):
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
            return quick, structs.replace(calm, lane=quick.lane)
        full = interlocking.step(facts.layout, lane, now, event)
        return full, interlocking.calm_after(facts.layout, lane, now, event, full)

    return _decided(facts, core, now, report, step)


Stepper = Callable[[Lane, Report], tuple[Step, interlocking.Calm | None]]


def _decided(facts: Facts, core: Core, now: float, report: Report, stepper: Stepper) -> Decision:
    identity = None
    event: Report | None = report
    if isinstance(report, PlateSeen):
        core, event = _vote(facts, core, now, report)
        identity = event if isinstance(event, IdentityReported) else None
    if event is None:
        return Decision(core, (), (), now + facts.layout.limits.reading_age_s_max, stepped=False)
    step, calm = stepper(core.lane, event)
    core = Core(step.lane, _restarted_votes(core.votes, step.commands) if step.commands else core.votes)
    return Decision(core, step.commands, step.refusals, step.wake_at, identity, calm=calm)


def _vote(facts: Facts, core: Core, now: float, seen: PlateSeen) -> tuple[Core, IdentityReported | SightReported | None]:
    """Each thing that is looked at has votes of its own; the front's stand under the gate's name."""
    if seen.gate not in core.votes:
        return core, None
    sight, settings = facts.sights.get(seen.camera, Sight.FRONT), facts.voting[seen.gate]
    kept_as = seen.gate if sight is Sight.FRONT else f"{seen.gate} {sight.value}"
    votes, carried = core.votes.get(kept_as, plates.Votes()), core.lane.consignments.values()
    said: IdentityReported | SightReported | None
    match sight:
        case Sight.FRONT:
            listed = {plate: c.truck for c in carried for plate in (c.plate, *c.other_plates)}
            votes, said = plates.vote(votes, now, seen, listed, settings)
        case Sight.REAR:
            listed = {plate: c.truck for c in carried for plate in (c.plate, *c.other_plates)}
            votes, said = plates.rear_plate(votes, now, seen, listed, settings)
        case Sight.CONTAINER:
            listed = {c.container: c.truck for c in carried if c.container}
            votes, said = plates.container_number(votes, now, seen, listed, settings)
        case _:
            assert_never(sight)
    return structs.replace(core, votes={**core.votes, kept_as: votes}), said


def _restarted_votes(votes: Mapping[str, plates.Votes], commands: tuple[Command, ...]) -> Mapping[str, plates.Votes]:
    """Each truck is looked at afresh: what was read of the one before it counts for nothing."""
    started = [command.gate for command in commands if isinstance(command, ReadPlate) and command.wanted and command.gate in votes]
    return {**votes, **{name: plates.Votes() for name in votes if name.partition(" ")[0] in started}} if started else votes
