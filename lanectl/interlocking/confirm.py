"""CONFIRM: a person says who stands at the entry gate, or what stands at its rear or on its container, where the reads leave it open (R3).

It ends a doubt and nothing else: what was read must leave this possible, the truck itself must say that it stands there, and the person
must have looked at the picture that the doubt is about. What is declared for the truck is all that a person can read at its rear or on its
container: anything else contradicts, and nobody confirms that away. All other conditions of its way hold as before.
"""

from msgspec.structs import replace

from lanectl.interlocking import refusals as why
from lanectl.interlocking.conditions import Reasons, waits_at_entry
from lanectl.interlocking.draft import Draft
from lanectl.interlocking.sights import declared, is_declared, seen_of, with_sight
from lanectl.model import ActRequested, IdentityReported, Match, Sight, SightReported

ACT = "CONFIRM"


def confirm(d: Draft, act: ActRequested) -> Reasons:
    gate = d.layout.gates[0].name
    if act.target != gate:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, act.target)]
    if act.truck not in d.trucks:
        return [why.ACT_TARGET_UNKNOWN.of(ACT, act.truck)]
    return _confirm_front(d, act, gate) if act.sight in (None, Sight.FRONT) else _confirm_sight(d, act, gate, act.sight)


def _confirm_front(d: Draft, act: ActRequested, gate: str) -> Reasons:
    now = d.gates[gate]
    if now.identity is None or now.identity.match is not Match.UNSURE:
        return [why.NOTHING_TO_CONFIRM.of(ACT, gate)]
    found = [
        *_against_the_look(d, act, gate, now.identity.evidence),
        *_against_the_truck(d, act, gate, now.identity),
        *_of_the_lane(d, act, gate),
    ]
    if not found:
        plate = next(c.plate for c in now.identity.candidates if c.truck == act.truck)
        known = replace(now.identity, match=Match.MATCHED, truck=act.truck, plate=plate, confirmed_by=act.by)
        d.set_gate(gate, replace(now, identity=known, identity_at=d.now))
    return found


def _confirm_sight(d: Draft, act: ActRequested, gate: str, sight: Sight) -> Reasons:
    now = d.gates[gate]
    seen = seen_of(now, sight)
    if seen is None or seen.text:
        return [why.NOTHING_TO_CONFIRM.of(ACT, gate)]
    found = [*_against_the_look(d, act, gate, seen.evidence), *_against_the_text(d, act, seen), *_of_the_lane(d, act, gate)]
    if not found:
        d.set_gate(gate, with_sight(now, replace(seen, text=act.text, confirmed_by=act.by), d.now))
    return found


def _against_the_look(d: Draft, act: ActRequested, gate: str, evidence: str) -> Reasons:
    found = Reasons()
    if act.evidence != evidence:
        found.append(why.CONFIRM_OTHER_PICTURE.of(ACT, gate))
    if d.due(d.gates[gate].plate_asked_at, d.limits.confirm_wait_s_max):
        found.append(why.CONFIRM_LATE.of(ACT, gate, f"{d.limits.confirm_wait_s_max:g}"))
    return found


def _against_the_truck(d: Draft, act: ActRequested, gate: str, identity: IdentityReported) -> Reasons:
    """The first plate that the frames may show of this truck is the one that is confirmed; it must still be declared."""
    found = Reasons()
    plate = next((candidate.plate for candidate in identity.candidates if candidate.truck == act.truck), None)
    if plate is None:
        found.append(why.CONFIRM_NOT_CANDIDATE.of(ACT, act.truck, identity.plate))
    elif not is_declared(d, act.truck, plate):
        found.append(why.CONFIRM_NOT_DECLARED.of(ACT, act.truck, Sight.FRONT.value, plate))
    if identity.marked not in ("", act.truck):
        found.append(why.IDENTITY_CONTRADICTED.of(ACT, gate, identity.plate, identity.marked))
    return found


def _against_the_text(d: Draft, act: ActRequested, seen: SightReported) -> Reasons:
    """What no frame shows anything of is read by the person alone, and must still be what is declared."""
    if not act.text:
        return [why.CONFIRM_TEXT_NEEDED.of(ACT, seen.sight.value)]
    if act.text not in declared(d, act.truck, seen.sight):
        return [why.CONFIRM_NOT_DECLARED.of(ACT, act.truck, seen.sight.value, act.text)]
    if seen.read and all(candidate.plate != act.text for candidate in seen.candidates):
        return [why.CONFIRM_READ_OTHER.of(ACT, seen.sight.value, seen.read, act.text)]
    return []


def _of_the_lane(d: Draft, act: ActRequested, gate: str) -> Reasons:
    found = Reasons()
    if waits_at_entry(d) != [act.truck]:
        found.append(why.CONFIRM_NOT_THERE.of(ACT, act.truck, gate))
    if not d.journal_writable:
        found.append(why.JOURNAL_NOT_WRITABLE.of(ACT))
    return found
