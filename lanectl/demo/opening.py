"""Brings the demo's lane into service with the very acts that people would use: re-arm, declare, open."""

import time
from collections.abc import Mapping, Sequence

import msgspec
from rich.console import Console

from lanectl.demo.prepared import Prepared
from lanectl.model import Aspect, Boom, Reading
from lanectl.operating_client import NoControllerError, ask, status
from lanectl.status import GateShown, LaneStatus
from lanectl.wording import sentence

LINKED_S_MAX = 20.0
ACT_S_MAX = 60.0
REFUSED_S_MAX = 15.0
READ_S_MAX = 3.0
AGAIN_S = 0.5
REASONS_MAX = 3


class OpeningError(Exception):
    """The lane did not come into service. The message says why."""


def open_lane(console: Console, prepared: Prepared) -> None:
    """Two persons vouch for an empty bridge that nobody has ever seen before."""
    _wait_until_linked(prepared)
    first, second, *_ = prepared.pins
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
        if act == "OPEN":
            _wait_until_read(prepared)
        console.print(f"  {first}: lanectl {act.lower()}{' --all' if said.get('target') == '*' else ''}", end=" ")
        console.print(_act(prepared, {"kind": "act", "act": act, "by": first, **said}))


def _act(prepared: Prepared, request: Mapping[str, str]) -> str:
    """Tried again while the lane refuses: a busy machine may answer late for a moment."""
    deadline = time.monotonic() + REFUSED_S_MAX
    while True:
        replies = list(ask(prepared.socket, request, answer_s=ACT_S_MAX))
        outcome = str(replies[-1].get("outcome", replies[-1]))
        if outcome in ("done", "nothing"):
            return outcome
        if time.monotonic() > deadline:
            raise OpeningError(f"`lanectl {request['act'].lower()}` was {outcome}: {_reasons(replies)}")
        time.sleep(AGAIN_S)


def _reasons(replies: Sequence[Mapping[str, object]]) -> str:
    """Each once, and not more than people read. Devices that are not heard are most often a machine too busy for the clock's speed."""
    refused = [refusal for reply in replies if isinstance(found := reply.get("refusals"), list) for refusal in found]
    said = list(dict.fromkeys(sentence(refusal["code"], refusal["params"], "en") for refusal in refused))
    more = f" and {len(said) - REASONS_MAX} more" if len(said) > REASONS_MAX else ""
    unheard = any(refusal["invariant"].startswith("D") for refusal in refused)
    hint = ". This machine may be too busy for this clock: try again with a lower --speed" if unheard else ""
    return "; ".join(said[:REASONS_MAX]) + more + hint


def _still(gate: GateShown) -> bool:
    return gate.aspect is Aspect.STOP and gate.boom is Boom.DOWN


def _wait_until_read(prepared: Prepared) -> None:
    """A detector that was just vouched for is believed with its next read. One that stays unknown is told by the refusal."""
    deadline = time.monotonic() + READ_S_MAX
    while time.monotonic() < deadline:
        shown = msgspec.json.decode(status(prepared.socket), type=LaneStatus)
        if all(detector.reading is not Reading.UNKNOWN for detector in shown.detectors):
            return
        time.sleep(0.1)


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
