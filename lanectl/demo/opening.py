"""Brings the demo's lane into service with the very acts that people would use: re-arm, declare, open."""

import time
from collections.abc import Mapping

import msgspec
from rich.console import Console

from lanectl.demo.prepared import Prepared
from lanectl.model import Aspect, Boom
from lanectl.operating_client import NoControllerError, ask, status
from lanectl.status import GateShown, LaneStatus

LINKED_S_MAX = 20.0
ACT_S_MAX = 60.0
TRIES = 3


class OpeningError(Exception):
    """The lane did not come into service. The message says why."""


def open_lane(console: Console, prepared: Prepared) -> None:
    """Two persons vouch for an empty bridge that nobody has ever seen before."""
    _wait_until_linked(prepared)
    first, second = prepared.pins
    vouched = {
        "reason": "demo: first start of this lane",
        "evidence": "walked from gate to gate",
        "second": second,
        "pin": prepared.pins[first],
        "second_pin": prepared.pins[second],
    }
    acts: list[tuple[str, Mapping[str, str]]] = [
        ("REARM", {"reason": "demo: first start of this lane"}),
        ("DECLARE", {"target": "*", **vouched}),
        ("OPEN", {"reason": "demo"}),
    ]
    for act, said in acts:
        console.print(f"  {first}: lanectl {act.lower()} {said.get('target', '')}", end=" ")
        console.print(_act(prepared, {"kind": "act", "act": act, "by": first, **said}))


def _act(prepared: Prepared, request: Mapping[str, str]) -> str:
    for _ in range(TRIES):
        replies = list(ask(prepared.socket, request, answer_s=ACT_S_MAX))
        outcome = str(replies[-1].get("outcome", replies[-1]))
        if outcome in ("done", "nothing"):
            return outcome
        time.sleep(1.0)
    raise OpeningError(f"{request['act']} was {outcome}: {[reply.get('refusals', reply) for reply in replies[:-1]]}")


def _still(gate: GateShown) -> bool:
    return gate.aspect is Aspect.STOP and gate.boom is Boom.DOWN


def _wait_until_linked(prepared: Prepared) -> None:
    deadline = time.monotonic() + LINKED_S_MAX
    while True:
        try:
            shown = msgspec.json.decode(status(prepared.socket), type=LaneStatus)
        except NoControllerError:
            shown = None
        if shown is not None and all(unit.linked for unit in shown.units) and all(_still(gate) for gate in shown.gates):
            return
        if time.monotonic() > deadline:
            lost = ", ".join(f"{unit.name}: {unit.why_lost}" for unit in shown.units if not unit.linked) if shown else "no controller"
            raise OpeningError(f"not every unit answers ({lost})")
        time.sleep(0.1)
