"""Which command line answers what: of an alarm, and of a refusal. `{names}` are its parameters."""

from collections.abc import Mapping

TWO_PERSONS = "--second NAME --reason WHY --evidence WHAT"  # what only the persons know

ALARMS = {
    "EMERGENCY_STOP": "lanectl reset",
    "OUT_OF_SERVICE": "lanectl put-back --reason WHY",
    "BOOM_FAULT": "lanectl reset {gate}",
    "BOOM_LOCKED_OUT": "lanectl reset {gate}",
    "BOOM_LEFT_UP": "lanectl reset {gate}",
    "WATCHDOG_TRIPPED": "lanectl rearm {unit}",
    "WATCHDOG_NOT_ARMED": "lanectl rearm {unit}",
    "WATCHDOG_NOT_PROVED": "lanectl rearm {unit}",
    "SECTIONS_SUSPECT": f"lanectl declare {{names}} {TWO_PERSONS}",
    "PLATE_UNSURE": "lanectl plate waiting",
    "SIGHT_UNSURE": "lanectl plate waiting",
    "TRUCK_STOPPED": "lanectl reset {truck}",
    "TRUCK_E_STOP": "lanectl reset {truck}",
    "TRUCK_REJECTED": "lanectl reset {truck}",
}

REFUSALS = {
    "truck_stopped": "lanectl reset {subject}",
    "identity_unsure": "lanectl plate confirm {gate} --truck {subject} --reason WHY",
    "sight_unsure": "lanectl plate confirm {gate} --truck {subject} --sight {sight} --text WHAT --reason WHY",
    "sight_unreadable": "lanectl plate confirm {gate} --truck {subject} --sight {sight} --text WHAT --reason WHY",
    "truck_rejected": "lanectl reset {subject}",
    "truck_paused": "lanectl reset {subject}",
    "truck_cancelling": "lanectl reset {subject}",
    "truck_echo_awaited": "lanectl reset {subject}",
    "lane_not_closed": "lanectl close",
    "service_closed": "lanectl open",
    "service_commissioning": "lanectl open",
    "service_draining": "lanectl open",
    "service_out": "lanectl put-back --reason WHY",
    "place_has_way": "lanectl truck cancel {truck}",
    "truck_has_way": "lanectl reset {truck}",
    "count_unequal": f"lanectl declare --all {TWO_PERSONS}",
    "emergency_stop": "lanectl reset",
    "service_in_emergency": "lanectl reset",
    "section_suspect": f"lanectl declare {{section}} {TWO_PERSONS}",
    "gate_fault": "lanectl reset {gate}",
    "gate_locked_out": "lanectl reset {gate}",
    "boom_not_down": "lanectl reset {gate}",
    "watchdog_tripped": "lanectl rearm {unit}",
    "watchdog_not_armed": "lanectl rearm {unit}",
    "watchdog_unproved": "lanectl rearm {unit}",
    "truck_elsewhere": "lanectl sweep {subject} --section {section}",
    "sweep_not_placed": "lanectl sweep {truck} --section WHERE",
    "sweep_uncounted": "lanectl sweep {subject}",
    "sweep_not_alone": "lanectl reset {other}",
    "declare_truck_inside": "lanectl sweep {truck}",
    "declare_other_first": f"lanectl declare {{first}} {TWO_PERSONS}",
}


HALTED_BY_PERSON = ("paused_by_person", "cancelled_by_person")  # why a truck was stopped
BY_PERSON = {"TRUCK_STOPPED": "lanectl truck resume {truck}", "truck_stopped": "lanectl truck resume {subject}"}


def mend(table: Mapping[str, str], code: str, params: Mapping[str, str]) -> str:
    """What a person halted is let go on by the act that undoes it."""
    mends = BY_PERSON if code in BY_PERSON and params.get("why") in HALTED_BY_PERSON else table
    return mends.get(code, "").format_map(params)
