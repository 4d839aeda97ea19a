"""A person's act, from the local socket to the outcome that the lane shows: permitted? taken by the interlocking? proved by the field?

Request   {"kind": "act", "act": "REARM", "target": "", "by", "reason", "evidence", "second", "place", "truck",
           "sight", "text", "pin", "second_pin", "x_m"}
Replies   {"act", "target", "seq", "accepted": true}
          {"act", "target", "seq", "accepted": false, "refusals": [{code, subject, invariant, params}]}
          {"act", "target", "shown": true}, false when the lane did not show it in time, with `why` when the truck said that it failed
          {"outcome": "done" | "refused" | "denied" | "not_shown" | "nothing", "done": true}; denied carries `denied`: {code, params}
REARM without a target takes every unit that is not armed, DECLARE of "*" every section that is not vacant, one after another.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from msgspec.structs import replace

from lanectl.layout import Layout, driven
from lanectl.model import Act, ActRequested, Lane, Match, Placing, Refusal, SectionState, Service, Sight, TruckNow
from lanectl.operating import Reply, error
from lanectl.persons import Denied, Proof, denied
from lanectl.plates import normalise
from lanectl.site.facts import Person

EVERY = "*"
SHOWN_S_MAX = 20.0  # a re-arming proves the watchdog: its time-out, a restart's worth of reads, twice
LOOK_S = 0.05
WRONG_PINS_MAX = 5  # then this name waits
WRONG_PINS_S = 60.0
X_M_MAX = 1e6  # further than any lane
TEXT_MAX = 500  # characters; a reason stands in the journal, and in every status while it is news
_TEXTS = ("target", "by", "reason", "evidence", "second", "place", "truck", "sight", "text", "pin", "second_pin")


class Outcome(Protocol):
    """What the controller says of an act: its journal record, and the refusals of its step."""

    @property
    def seq(self) -> int: ...
    @property
    def refusals(self) -> tuple[Refusal, ...]: ...


@dataclass(slots=True)
class Acting:
    """`act` puts a request to the rules; `lane` is what they hold now; `note` writes to the journal; `now` in seconds."""

    persons: Sequence[Person]
    layout: Layout
    act: Callable[[ActRequested], Awaitable[Outcome]]
    lane: Callable[[], Lane]
    note: Callable[[Mapping[str, object]], object]
    now: Callable[[], float]
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep
    _wrong_pins: dict[str, list[float]] = field(default_factory=dict)

    async def handle(self, request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
        """A handler of the operating socket."""
        parsed = _parse(request)
        if isinstance(parsed, str):
            yield error("malformed", parsed)
            return
        wanted, proof = parsed
        refused = await self._denied(wanted, proof)
        asked = {"asked": wanted.act.value, "target": wanted.target, "by": wanted.by, "second": wanted.second, "uid": uid}
        self.note({**asked, "denied": refused.code if refused else ""})
        if refused is not None:
            yield {"outcome": "denied", "denied": {"code": refused.code, "params": dict(refused.params)}, "done": True}
            return
        targets = self._targets(wanted)
        outcomes = set()
        for target in targets:
            one = replace(wanted, target=target)
            async for reply in self._one(one):
                yield reply
                outcomes.add("refused" if reply.get("accepted") is False else "not_shown" if reply.get("shown") is False else "done")
        yield {"outcome": _worst(outcomes), "targets": targets, "done": True}

    async def _denied(self, wanted: ActRequested, proof: Proof) -> Denied | None:
        if wanted.act is Act.STOP:
            return None
        wrong = [at for name in (wanted.by, wanted.second) for at in self._wrong_pins.get(name, []) if self.now() - at < WRONG_PINS_S]
        if len(wrong) >= WRONG_PINS_MAX:
            return Denied("pin_locked", (("person", wanted.by), ("wait_s", f"{WRONG_PINS_S:g}")))
        # scrypt takes its time: in a thread, for the loop serves the field
        found = await asyncio.to_thread(denied, self.persons, wanted, proof) if proof != Proof() else denied(self.persons, wanted, proof)
        if found is not None and found.code == "pin_wrong":
            name = dict(found.params)["person"]
            self._wrong_pins[name] = [*self._wrong_pins.get(name, [])[-WRONG_PINS_MAX:], self.now()]
        return found

    def _targets(self, wanted: ActRequested) -> list[str]:
        lane = self.lane()
        if wanted.act is Act.REARM and not wanted.target:
            return [unit.name for unit in self.layout.units if unit.signals and not _armed(lane, unit.name)]
        if wanted.act is Act.DECLARE and wanted.target == EVERY:
            # the furthest first: what is ahead of a truck is declared before what is behind it
            doubtful = [
                s.name for s in reversed(driven(self.layout, lane).sections) if lane.sections[s.name].state is not SectionState.VACANT
            ]
            return doubtful or ([""] if self.layout.both_ways and lane.count != 0 else [])
        return [wanted.target]

    async def _one(self, request: ActRequested) -> AsyncGenerator[Reply, None]:
        what: Reply = {"act": request.act.value, "target": request.target}
        if request.truck:
            what["truck"] = request.truck
        if request.sight is not None:
            what |= {"sight": request.sight.value, "text": request.text}
        outcome = await self.act(request)
        refusals = [refusal for refusal in outcome.refusals if refusal.subject == request.act.value]
        if refusals:
            yield {**what, "accepted": False, "seq": outcome.seq, "refusals": [_plain(refusal) for refusal in refusals]}
            return
        yield {**what, "accepted": True, "seq": outcome.seq}
        shown = await self._shown(request)
        failed = "" if shown else _failed(self.lane(), request)
        yield {**what, "shown": shown, "why": failed} if failed else {**what, "shown": shown}

    async def _shown(self, request: ActRequested) -> bool:
        for _ in range(int(SHOWN_S_MAX / LOOK_S)):
            if _shows(self.lane(), request):
                return True
            if _failed(self.lane(), request):
                return False
            await self.pause(LOOK_S)
        return _shows(self.lane(), request)


def _parse(request: Mapping[str, object]) -> tuple[ActRequested, Proof] | str:
    unknown = set(request) - {"kind", "act", "x_m", *_TEXTS}
    if unknown:
        return f"unknown: {', '.join(sorted(unknown)):.100}"
    act = request.get("act")
    if not isinstance(act, str) or act not in {known.value for known in Act}:
        return f"act {act!r:.100} is none of {', '.join(known.value for known in Act)}"
    held = {}
    for name in _TEXTS:
        text = request.get(name, "")
        if not isinstance(text, str) or (len(text) > TEXT_MAX and act != Act.STOP.value):
            return f"{name}: expected text, {TEXT_MAX} characters at most"
        held[name] = text.strip()[:TEXT_MAX]  # a stop is not refused for its words
    sights = {known.value: known for known in Sight} | {"": None, Sight.FRONT.value: None}
    if held["sight"] not in sights and act != Act.STOP.value:
        return f"sight {held['sight']!r:.100} is none of {', '.join(filter(None, sights))}"
    x_m = request.get("x_m")
    if x_m is not None and (isinstance(x_m, bool) or not isinstance(x_m, int | float) or abs(x_m) > X_M_MAX):
        return f"x_m: expected metres, {X_M_MAX:g} at most"
    wanted = ActRequested(
        Act(act),
        held["by"],
        target=held["target"],
        reason=held["reason"],
        evidence=held["evidence"],
        second=held["second"],
        place=held["place"],
        truck=held["truck"],
        x_m=None if x_m is None else float(x_m),
        sight=sights.get(held["sight"]),
        text=normalise(held["text"]),
    )
    return wanted, Proof(held["pin"], held["second_pin"])


_SERVICES_AFTER = {
    Act.OPEN: {Service.OPEN},
    Act.CLOSE: {Service.CLOSED, Service.DRAINING, Service.COMMISSIONING},
    Act.STOP: {Service.EMERGENCY_STOP},
    Act.TAKE_OUT: {Service.OUT_OF_SERVICE},
    Act.PUT_BACK: {Service.CLOSED},
}


def _shows(lane: Lane, request: ActRequested) -> bool:  # noqa: PLR0911 - one an act; the set is closed
    match request.act:
        case Act.OPEN | Act.CLOSE | Act.STOP | Act.TAKE_OUT | Act.PUT_BACK:
            return lane.service in _SERVICES_AFTER[request.act]
        case Act.TURN:
            return lane.direction.value == request.target
        case Act.SWEEP:
            return lane.trucks[request.target].sweeping
        case Act.DECLARE:
            return lane.sections[request.target].state is SectionState.VACANT if request.target else lane.count == 0
        case Act.CONFIRM:
            identity = lane.gates[request.target].identity
            if request.sight is not None:
                return any((seen.sight, seen.text) == (request.sight, request.text) for seen in lane.gates[request.target].sights)
            return identity is not None and (identity.match, identity.truck) == (Match.MATCHED, request.truck)
        case Act.PLACE:
            report = lane.trucks[request.target].report
            return report.placing is Placing.TAKEN and report.localised and report.last_node == request.place
        case Act.PAUSE | Act.CANCEL | Act.RESUME:
            return _is_halted_or_free(lane.trucks[request.target], request.act)
        case Act.RESET | Act.REARM:
            return _is_reset(lane, request.target)


def _failed(lane: Lane, request: ActRequested) -> str:
    """Why the truck or the module itself did not do it, "" while it may yet."""
    if request.act is Act.REARM:
        unit = lane.units[request.target]
        return unit.why_unproved if unit.linked else unit.why_lost
    if request.act is not Act.PLACE or lane.trucks[request.target].report.placing is not Placing.FAILED:
        return ""
    return dict(lane.trucks[request.target].report.troubles).get("place_refused", "no reason given")


def _is_halted_or_free(truck: TruckNow, act: Act) -> bool:
    """What the truck itself shows of it."""
    if act is Act.PAUSE:
        return truck.report.paused
    if act is Act.CANCEL:
        return not (truck.authority or truck.cancelling)
    return not (truck.stopped_by or truck.report.paused)


def _armed(lane: Lane, unit: str) -> bool:
    held = lane.units[unit]
    return held.armed and held.proved and not held.tripped


def _is_reset(lane: Lane, target: str) -> bool:
    if target in lane.gates:
        return not lane.gates[target].fault and not lane.gates[target].locked_out
    if target in lane.trucks:
        return not lane.trucks[target].stopped_by
    if target in lane.units:
        return _armed(lane, target)
    return lane.service is not Service.EMERGENCY_STOP


def _plain(refusal: Refusal) -> Reply:
    return {"code": refusal.code, "subject": refusal.subject, "invariant": refusal.invariant, "params": dict(refusal.params)}


def _worst(outcomes: set[str]) -> str:
    return next((outcome for outcome in ("refused", "not_shown", "done") if outcome in outcomes), "nothing")
