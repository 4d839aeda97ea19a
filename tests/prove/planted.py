"""Rule bugs to be planted, one at a time: a removed check, a swapped comparison, an unlock too early. Each must be caught."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """`old` stands exactly once in lanectl/interlocking/`file`."""

    invariant: str
    what: str
    file: str
    old: str
    new: str


MUTANTS = (
    Mutant("B1", "a boom is lowered without looking under it", "booms.py", ' and now.passing == "" and not not_vacant(d, (gate.under,))', ' and now.passing == ""'),
    Mutant("B2", "nothing watches what comes under a falling boom", "booms.py", "    if not_vacant(d, (gate.under,)):\n        d.set_gate(gate.name, _obstructed(d, gate, now))\n    elif", "    if"),
    Mutant("B2", "a boom that moves after a restart is not watched", "booms.py", "        return now.asked in (BoomMove.DOWN, None)\n    return", "        return now.asked is BoomMove.DOWN\n    return"),
    Mutant("B3", "a boom that met something is asked down again at once", "booms.py", "if now.asked is BoomMove.UP and now.boom is not Boom.UP:\n            continue", "if False:\n            continue"),
    Mutant("B4", "authority without the boom proved UP", "conditions.py", "proved = now.boom is Boom.UP and now.asked is not BoomMove.DOWN", "proved = now.asked is not BoomMove.DOWN"),
    Mutant("B4", "a boom just asked down still counts as UP", "conditions.py", "proved = now.boom is Boom.UP and now.asked is not BoomMove.DOWN", "proved = now.boom is Boom.UP"),
    Mutant("B4", "a boom that moves unasked is no fault", "booms.py", "        now = replace(now, fault=now.fault or why.MOVED_UNASKED)\n", ""),
    Mutant("B5", "a gate in fault is used", "conditions.py", "    if now.fault:\n        found.append(why.GATE_FAULT.of(subject, gate.name, now.fault))\n", ""),
    Mutant("B5", "a boom in fault may be lowered", "booms.py", "usable = not now.fault and not now.locked_out", "usable = not now.locked_out"),
    Mutant("B6", "a reset in an emergency leaves booms free to come down", "resets.py", "        if now.may_lower:\n", "        if False:\n"),
    Mutant("B7", "obstructions never lock a gate out", "booms.py", "locked_out=times >= d.limits.obstructions_max", "locked_out=False"),
    Mutant("B8", "a boom is lowered before a truck on its way", "booms.py", ' and now.passing == "" and not not_vacant', " and not not_vacant"),
    Mutant("B8", "the way through a gate is given back before it is confirmed", "trucks.py", "if truck and not d.trucks[truck].authority and not front_is_under", "if truck and d.trucks[truck].cancelling and not front_is_under"),
    Mutant("D1", "a reading never grows old", "detection.py", "        if now < was.sent_at + age:\n", "        if now < was.sent_at + age * 1000:\n"),
    Mutant("D1", "an older answer overtakes a newer one", "detection.py", "if was is None or report.sent_at < was.sent_at:", "if was is None:"),
    Mutant("D2", "silence never makes a section suspect", "detection.py", "            for section in beside(d, name):\n                suspect_by_silence(d, section, why.DETECTOR_SILENT)\n", ""),
    Mutant("D4", "what a detector says after power-up is believed", "detection.py", "reading = UNKNOWN if said is VACANT and distrusted else said", "reading = said"),
    Mutant("D4", "a restarted unit leaves its sections vacant", "signals.py", "        suspect(d, section, why.UNIT_RESTARTED)", "        pass"),
    Mutant("D5", "a jump over a point is not noticed", "detection.py", "    if _jumps(point, readings, head, tail):", "    if False:"),
    Mutant("D5", "any passage proves a suspect section", "detection.py", "proved = now.state is SectionState.OCCUPIED or now.swept", "proved = True"),
    Mutant("D5", "a section is entered without a released way", "detection.py", "    if not sent or comes != now.locked_for:", "    if comes != now.locked_for:"),
    Mutant("D6", "vacant when one of two technologies says so", "detection.py", "    if OCCUPIED in readings:\n        return OCCUPIED", "    if OCCUPIED in readings and VACANT not in readings:\n        return OCCUPIED"),
    Mutant("R2", "a section locked for another is taken", "conditions.py", '    if now.locked_for not in ("", truck):\n        return [why.SECTION_LOCKED.of(truck, section.name, now.locked_for)]\n', ""),
    Mutant("R3", "the overlap is not asked for", "conditions.py", "last = min(target + d.layout.overlap_sections, len(d.layout.sections))", "last = min(target, len(d.layout.sections))"),
    Mutant("R3", "an occupied section is given", "conditions.py", "    if now.state is SectionState.OCCUPIED:\n        return", "    if False:\n        return"),
    Mutant("R3", "a suspect section is given to anyone", "conditions.py", "        if not d.trucks[truck].sweeping:\n            return [why.SECTION_SUSPECT", "        if False:\n            return [why.SECTION_SUSPECT"),
    Mutant("R3", "another truck's plate counts", "conditions.py", "other = identity.truck != truck", "other = False"),
    Mutant("R3", "a held consignment crosses", "conditions.py", "        if said is Standing.HELD:\n", "        if False:\n"),
    Mutant("R3", "a truck's claim leads it past the boom", "trucks.py", "at <= authority_at(d, truck) and not _seen_before_entry(d, truck)", "at <= beyond(d)"),
    Mutant("R5", "a way that does not hold any more is not cancelled", "trucks.py", "    return bool(lost) or not sound", "    return bool(lost)"),
    Mutant("R5", "locks reach one section less than the way", "trucks.py", "return authority_at(d, truck) + d.layout.overlap_sections", "return authority_at(d, truck) - 1"),
    Mutant("R6", "a cancellation counts without the truck standing", "trucks.py", "if report.cancelled and stands_proved(d, now):", "if report.cancelled:"),
    Mutant("R6", "a cancellation counts before the truck confirms it", "trucks.py", "if report.cancelled and stands_proved(d, now):", "if stands_proved(d, now):"),
    Mutant("R6", "an order that may still be on its way counts as lost", "positions.py", "    return stands_proved(d, truck) and not on_the_way", "    return stands_proved(d, truck)"),
    Mutant("R7", "the section ahead is unlocked with the one behind", "detection.py", "d.layout.sections[: d.layout.index.position[name]]", "d.layout.sections[: d.layout.index.position[name] + 1]"),
    Mutant("R11", "after a start vacancy is believed", "service.py", "        suspect_by_silence(d, section.name, why.STARTED)", "        pass"),
    Mutant("R11", "one read proves a section again", "service.py", "now.vacant_reads >= 2", "now.vacant_reads >= 1"),
    Mutant("R11", "a section with a released way into it proves itself", "detection.py", "vacant = now.state is SectionState.VACANT and not released_into(d, name)", "vacant = now.state is SectionState.VACANT"),
    Mutant("R11", "a sweep adopts a truck that may stand before the boom", "operators.py", "if at == 0 and group_reading(d, approach) is Reading.UNKNOWN:", "if False:"),
    Mutant("R12", "one person declares", "operators.py", '    if "second" in needed and act.second in ("", act.by):', '    if "second" in needed and act.second == "":'),
    Mutant("R12", "a truck whose order is on its way is declared away", "declare.py", "    return outside and shows_no_way(d, now)", '    return outside and now.report.authority_end == ""'),
    Mutant("S2", "PROCEED stays when the conditions go", "signals.py", "    return not (\n", "    return now.aspect_asked is Aspect.PROCEED or not (\n"),
    Mutant("S2", "PROCEED stays behind the front", "signals.py", "if not now.passing or front_is_under(d, gate) or", "if not now.passing or"),
    Mutant("S3", "a failed lamp is no matter", "conditions.py", "    if now.lamp_failed:\n        found.append(why.LAMP_FAILED.of(subject, gate.name))\n", ""),
    Mutant("S3", "two failed lamps leave the lane open", "signals.py", "    if len(failed) > 1 and", "    if len(failed) > 2 and"),
    Mutant("S6", "a trip ends when the module says so", "signals.py", "mended = was.rearming and report.armed", "mended = report.armed"),
    Mutant("S7", "an unproved watchdog will do", "conditions.py", "    elif not unit.proved:\n        found.append(why.WATCHDOG_UNPROVED.of(subject, gate.signal_unit))\n", ""),
    Mutant("T1", "a silent truck is sent on", "conditions.py", "    elif silent(d, now):\n        found.append(why.TRUCK_SILENT.of(subject, f\"{d.limits.state_age_s_max:g}\"))\n    if", "    if"),
    Mutant("T2", "a truck's own e-stop needs no reset", "trucks.py", "        if report.e_stop and now.stopped_by != why.E_STOP:  # T2\n", "        if False:\n"),
    Mutant("T3", "an emergency stop lets booms come down", "booms.py", "return usable and not d.halted and", "return usable and"),
    Mutant("T3", "an emergency stop gives authority", "conditions.py", "    if d.service is Service.EMERGENCY_STOP:\n        found.append(why.EMERGENCY_STOP.of(truck))\n", ""),
    Mutant("T4", "a gate worked by hand is driven through", "conditions.py", "    if now.local:\n        found.append(why.GATE_LOCAL.of(subject, gate.name))\n", ""),
    Mutant("T4", "a gate worked by hand is lowered from afar", "booms.py", " and not now.local and d.units", " and d.units"),
    Mutant("E1", "authority without a journal", "conditions.py", "    if not d.journal_writable:\n        found.append(why.JOURNAL_NOT_WRITABLE.of(truck))\n", ""),
    Mutant("E1", "trucks are resumed without a journal", "trucks.py", " and d.journal_writable and not now.cancelling:", " and not now.cancelling:"),
)  # fmt: skip
