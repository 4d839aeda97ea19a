"""Plays a scenario: what is due happens, what is expected is looked for, until all is decided or something is not met."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import assert_never

from lanectl.scenario.facts import ActAt, Begins, Call, ClearedAt, Expected, FaultAt, Happening, Scenario, What, When
from lanectl.scenario.listening import told
from lanectl.scenario.stage import LOOK_S, Stage
from lanectl.site.facts import Site
from lanectl.virtual.simulated_lane import SimulatedLane


class Verdict(Enum):
    MET = "met"
    NOT_MET = "not-met"
    SKIPPED = "skipped"  # something before it was not met


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was expected. `at_s`: when it was decided; `why`: what was there instead, "" when it was met."""

    words: str
    verdict: Verdict
    at_s: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Played:
    """`transcript`: what the lane said and refused, kept when something was not met."""

    scenario: Scenario
    checks: tuple[Check, ...]
    simulated_s: float
    trace: str
    transcript: tuple[str, ...]

    @property
    def passed(self) -> bool:
        return all(check.verdict is Verdict.MET for check in self.checks)


Progress = Callable[[float], None]


def play(site: Site, scenario: Scenario, progress: Progress = lambda _: None) -> Played:
    """In virtual time: the same file and the same program give the same run."""
    with tempfile.TemporaryDirectory(prefix="lanectl-scenario-") as folder:
        return play_on(SimulatedLane(site, scenario.cleared_by, Path(folder), scenario.seed), scenario, progress)


def play_on(lane: Stage, scenario: Scenario, progress: Progress = lambda _: None) -> Played:
    """Stops at the first thing that is not met, and ends the lane."""
    playing = _Playing(scenario, lane, progress)
    stopped = ""
    try:
        playing.run()
    except AssertionError as error:
        stopped = f"the controller stopped itself: {error}"
    transcript = tuple(lane.transcript())
    simulated_s, trace = lane.now, lane.trace
    lane.end()
    checks = (*playing.checks(), *_of_every_scenario(scenario, lane, stopped))
    failed = any(check.verdict is Verdict.NOT_MET for check in checks)
    return Played(scenario, checks, simulated_s, trace, transcript if failed else ())


def _of_every_scenario(scenario: Scenario, lane: Stage, stopped: str) -> Iterator[Check]:
    broken = [f"at {b.at:.1f} s of the run: {b.words}" for b in lane.broken if b.offence.name not in scenario.faults_break]
    yield _judged("no truth of the lane is broken", lane.now, "; ".join(broken))
    yield _judged("the controller does not stop itself", lane.now, stopped)
    yield _judged("the journal replays to the same decisions", lane.now, lane.not_replayed())


def _judged(words: str, at_s: float, why: str) -> Check:
    return Check(words, Verdict.NOT_MET if why else Verdict.MET, at_s, why)


@dataclass(slots=True)
class _Playing:
    scenario: Scenario
    lane: Stage
    progress: Callable[[float], None]
    _decided: dict[int, Check] = field(default_factory=dict)  # of the expectations, by place in the file
    _acts: list[Check] = field(default_factory=list)
    _met_at: dict[str, float] = field(default_factory=dict)

    def run(self) -> None:
        if self.scenario.begins is Begins.OPEN:
            self.lane.open()
        if self.scenario.attended:
            self.lane.attend()
        waiting = list(self.scenario.happenings)
        while not self._failed and (waiting or len(self._decided) < len(self.scenario.expected)):
            due = [happening for happening in waiting if self._begins(happening.when) <= self.lane.now]
            waiting = [happening for happening in waiting if happening not in due]
            for happening in due:
                self._happen(happening)
            self._look()
            self.lane.run_for(LOOK_S)
            self.progress(self.lane.now)

    def checks(self) -> tuple[Check, ...]:
        """In the order of the file, the acts first; those that were not decided are skipped."""
        skipped = [Check(e.words, Verdict.SKIPPED, self.lane.now) for e in self.scenario.expected]
        acts = sum(isinstance(happening, ActAt) for happening in self.scenario.happenings) - len(self._acts)
        undone = [Check("an act of a person", Verdict.SKIPPED, self.lane.now)] * acts
        return (*self._acts, *undone, *(self._decided.get(place, check) for place, check in enumerate(skipped)))

    @property
    def _failed(self) -> bool:
        checks = (*self._decided.values(), *self._acts)
        truths = [broken for broken in self.lane.broken if broken.offence.name not in self.scenario.faults_break]
        return bool(truths) or any(check.verdict is Verdict.NOT_MET for check in checks)

    def _begins(self, when: When) -> float:
        return when.at_s + (self._met_at.get(when.after, float("inf")) if when.after else 0.0)

    # ------------------------------------------------------------ what happens

    def _happen(self, happening: Happening) -> None:
        match happening:
            case Call(truck=truck):
                self.lane.call(truck)
            case FaultAt(words=words, lasts_s=lasts_s, draw=draw):
                self.lane.fault(words, lasts_s, draw)
            case ClearedAt(truck=truck, by=by):
                self.lane.clear(truck, by)
            case ActAt():
                self._acts.append(self._act(happening))
            case _:
                assert_never(happening)

    def _act(self, act: ActAt) -> Check:
        request = act.request
        words = f"{request.by} asks {request.act.value} {request.target}".rstrip()
        words += f" and is refused with {act.refused}" if act.refused else " and it is done"
        refusals = self.lane.act(request)
        if refusals is None:
            return _judged(words, self.lane.now, "no controller answered")
        if act.refused in {refusal.code for refusal in refusals} or (not act.refused and not refusals):
            return _judged(words, self.lane.now, "")
        return _judged(words, self.lane.now, "; ".join(told(refusal) for refusal in refusals) or "it was done")

    # ------------------------------------------------------------ what is expected

    def _look(self) -> None:
        now = self.lane.now
        for place, expected in enumerate(self.scenario.expected):
            begins = self._begins(expected.when)
            if place in self._decided or now < begins:
                continue
            is_so, seen = so(self.lane, expected, begins)
            over = now >= begins + expected.within_s
            if is_so is not expected.never and (over or not expected.never):
                self._decided[place] = Check(expected.words, Verdict.MET, now)
                self._met_at.setdefault(expected.name, now)
            elif is_so is expected.never and (over or expected.never):
                self._decided[place] = Check(expected.words, Verdict.NOT_MET, now, seen)


def so(lane: Stage, expected: Expected, since: float) -> tuple[bool, str]:
    """Whether it is as expected, and what is there in words. `since`: from when a refusal counts."""
    is_, of = expected.is_, expected.of
    match expected.what:
        case What.CROSSED | What.PLACE | What.STANDS:
            there = lane.crossed(of) if expected.what is What.CROSSED else is_ in lane.stands_at(of)
            still = expected.what is not What.STANDS or lane.truck(of).speed_mps == 0.0
            return there and still, f"{of} is at {_where(lane, of)}"
        case What.SIGNAL:
            return lane.shown(of) == is_, f"signal {of} shows {lane.shown(of)}"
        case What.REFUSED:
            codes = sorted(code for (subject, code), at in lane.refused_at.items() if subject == of and at >= since)
            return is_ in codes, f"{of} was refused with {', '.join(codes) or 'nothing'}"
        case What.ALARM | What.ALARM_GONE:
            raised = [f"{alarm.code} {alarm.subject}".rstrip() for alarm in lane.alarms]
            found = any(alarm.code == is_ and of in ("", alarm.subject) for alarm in lane.alarms)
            wanted = expected.what is What.ALARM
            return lane.lane is not None and found is wanted, f"alarms: {', '.join(raised) or 'none'}"
        case What.SERVICE | What.BOOM | What.SECTION:
            held = _held(lane, expected.what, of)
            return held == is_, f"{expected.what.value} {of} is {held}".replace("  ", " ")
        case _:
            assert_never(expected.what)


def _held(lane: Stage, what: What, of: str) -> str:
    """What the controller holds it to be."""
    held = lane.lane
    if held is None:
        return "not known: no controller runs"
    if what is What.SERVICE:
        return held.service.value
    return held.gates[of].boom.value if what is What.BOOM else held.sections[of].state.value


def _where(lane: Stage, truck: str) -> str:
    found = lane.truck(truck)
    places = ", ".join(lane.stands_at(truck)) or "no named place"
    return f"{places} ({found.front_m:.1f} m, {found.speed_mps:.1f} m/s)"
