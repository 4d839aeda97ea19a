"""Flashing over the controller's local socket: who asks, does T5 hold, then the plan step by step, all of it journalled.

{"kind": "flash-plan", "unit"}    ->  {"plan": …, "words", "done"}
{"kind": "flash-verify", "unit"}  ->  {"unit", "differences": […], "done"}
{"kind": "flash-apply", "plan", "by", "reason", "second", "pin", "second_pin"}
    ->  {"progress": {step, steps, what, detail, ok}} …  {"outcome", "reason", "refusals": […], "done"}; outcome "DENIED" carries `denied`
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field

from drivers.errors import LinkError
from drivers.wire.errors import WireError
from lanectl import flash
from lanectl.flash import FlashPlan, NoPlan, PlanError
from lanectl.flash_apply import STEPS, Device, Outcome, Progress, apply, read_image
from lanectl.interlocking.flashing import flash_refusals
from lanectl.model import Lane, Refusal, UnitName
from lanectl.operating import Handler, Reply, error
from lanectl.persons import MAY_FLASH, Denied, Proof, denied_for
from lanectl.site.facts import Role, Site

Permitted = Callable[[frozenset[Role], str, str, Proof], Awaitable[Denied | None]]
_TEXTS = ("by", "reason", "second", "pin", "second_pin")


@dataclass(slots=True)
class Flashing:
    """`device`: a unit on its bus; `lane`: what the rules hold now; `note` writes to the journal; `permitted`: who may."""

    site: Site
    device: Callable[[UnitName], Device]
    lane: Callable[[], Lane]
    note: Callable[[Mapping[str, object]], object]
    permitted: Permitted
    _running: asyncio.Task[None] | None = field(default=None)

    def handlers(self) -> dict[str, Handler]:
        return {"flash-plan": self._plan, "flash-verify": self._verify, "flash-apply": self._apply}

    async def _plan(self, request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
        planned = await self._planned(str(request.get("unit", "")))
        if isinstance(planned, NoPlan):
            yield error(planned.code, planned.words)
            return
        changes = [asdict(change) for change in planned.changes]
        self.note({"flash": "plan", "unit": planned.unit, "uid": uid, "plan": planned.sha256(), "changes": changes})
        yield {"plan": flash.to_json(planned), "words": flash.in_words(planned), "done": True}

    async def _verify(self, request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
        planned = await self._planned(str(request.get("unit", "")))
        if isinstance(planned, NoPlan):
            yield error(planned.code, planned.words)
            return
        differences = [asdict(change) for change in planned.changes]
        self.note({"flash": "verify", "unit": planned.unit, "uid": uid, "config": planned.config_sha256, "differences": differences})
        yield {"unit": planned.unit, "config_sha256": planned.config_sha256, "differences": differences, "done": True}

    async def _planned(self, unit: UnitName) -> FlashPlan | NoPlan:
        known = flash.flashable(self.site, unit)
        if isinstance(known, NoPlan):
            return known
        try:
            return flash.plan(self.site, unit, await read_image(self.device(unit)))
        except (LinkError, WireError) as fault:
            return NoPlan("unreachable", f"{unit} cannot be read: {fault}")

    async def _apply(self, request: Mapping[str, object], uid: int) -> AsyncGenerator[Reply, None]:
        saved = _plan_in(request)
        texts = {name: request.get(name, "") for name in _TEXTS}
        if not isinstance(saved, FlashPlan) or not all(isinstance(text, str) for text in texts.values()):
            yield error("malformed", saved if isinstance(saved, str) else f"{', '.join(_TEXTS)} are texts")
            return
        known = flash.flashable(self.site, saved.unit)
        if isinstance(known, NoPlan):
            yield error(known.code, known.words)
            return
        said = {name: str(text).strip() for name, text in texts.items()}
        who = {"by": said["by"], "second": said["second"], "reason": said["reason"], "uid": uid}
        refused = await self.permitted(MAY_FLASH, said["by"], said["second"], Proof(said["pin"], said["second_pin"]))
        started = {"flash": "apply", **who, "unit": saved.unit, "plan": flash.to_json(saved), "denied": refused.code if refused else ""}
        self.note(started)
        if refused is not None:
            yield {"outcome": "DENIED", "denied": {"code": refused.code, "params": dict(refused.params)}, "done": True}
            return
        if self._running is not None and not self._running.done():
            yield error("busy", "a unit is being flashed: wait until it is done")
            return
        async for reply in self._to_its_end(saved, said["by"], said["second"]):
            yield reply

    async def _to_its_end(self, saved: FlashPlan, by: str, second: str) -> AsyncIterator[Reply]:
        """In a task of its own: whoever asked may hang up, a half-written module may not stay."""
        replies: asyncio.Queue[Reply] = asyncio.Queue()

        def refusals() -> tuple[Refusal, ...]:
            return flash_refusals(self.site.layout, self.lane(), by, second)

        async def run() -> None:
            async for item in apply(self.device(saved.unit), self.site, saved, refusals):
                replies.put_nowait(self._told(saved, item))

        self._running = asyncio.create_task(run())
        self._running.add_done_callback(lambda _: replies.put_nowait({"done": True}))
        while True:
            reply = await replies.get()
            yield reply
            if reply.get("done") is True:
                return

    def _told(self, saved: FlashPlan, item: Progress | Outcome) -> Reply:
        if isinstance(item, Progress):
            return {"progress": {**asdict(item), "steps": STEPS}, "words": item.in_words()}
        refusals = [{"code": r.code, "subject": r.subject, "invariant": r.invariant, "params": dict(r.params)} for r in item.refusals]
        ended: Reply = {"outcome": item.result.value, "reason": item.reason, "refusals": refusals}
        self.note({"flash": "ended", "unit": saved.unit, "plan": saved.sha256(), **ended})
        return {**ended, "done": True}


async def permitted_by(site: Site, roles: frozenset[Role], by: str, second: str, proof: Proof) -> Denied | None:
    """`Flashing.permitted` after the persons of the site; in a thread, for scrypt takes its time."""
    return await asyncio.to_thread(denied_for, site.persons, roles, by, second, proof)


def _plan_in(request: Mapping[str, object]) -> FlashPlan | str:
    try:
        return flash.from_text(json.dumps(request.get("plan")))
    except PlanError as fault:
        return f"the plan cannot be used: {fault}"
