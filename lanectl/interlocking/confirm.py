"""CONFIRM: a person says who stands at the entry gate, where the reads leave it open (R3).

It ends a doubt and nothing else: what was read must leave this truck possible, the truck itself must say that it stands there, and the
person must have looked at the picture that the doubt is about. All other conditions of its way hold as before.
"""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons, waits_at_entry
from lanectl.interlocking.draft import Draft
from lanectl.model import ActRequested, IdentityReported, Match

ACT = "CONFIRM"


def confirm(d: Draft, act: ActRequested) -> Reasons:
    gate = d.layout.gates[0].name
    if act.target != gate:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, act.target)]
    if act.truck not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, act.truck)]
    now = d.gates[gate]
    if now.identity is None or now.identity.match is not Match.UNSURE:
        return [why.NOTHING_TO_CONFIRM.of(ACT, gate)]
    found = _reasons_against(d, act, gate, now.identity)
    if not found:
        plate = next(c.plate for c in now.identity.candidates if c.truck == act.truck)
        known = replace(now.identity, match=Match.MATCHED, truck=act.truck, plate=plate, confirmed_by=act.by)
        d.set_gate(gate, replace(now, identity=known, identity_at=d.now))
    return found


def _reasons_against(d: Draft, act: ActRequested, gate: str, identity: IdentityReported) -> Reasons:
    found = Reasons()
    if act.evidence != identity.evidence:
        found.append(why.CONFIRM_OTHER_PICTURE.of(ACT, gate))
    if d.due(d.gates[gate].plate_asked_at, d.limits.confirm_wait_s_max):
        found.append(why.CONFIRM_LATE.of(ACT, gate, f"{d.limits.confirm_wait_s_max:g}"))
    if all(candidate.truck != act.truck for candidate in identity.candidates):
        found.append(why.CONFIRM_NOT_CANDIDATE.of(ACT, act.truck, identity.plate))
    if identity.marked not in ("", act.truck):
        found.append(why.IDENTITY_CONTRADICTED.of(ACT, gate, identity.plate, identity.marked))
    if waits_at_entry(d) != [act.truck]:
        found.append(why.CONFIRM_NOT_THERE.of(ACT, act.truck, gate))
    if not d.journal_writable:
        found.append(why.JOURNAL_NOT_WRITABLE.of(ACT))
    return found
