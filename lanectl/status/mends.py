"""Which command line answers what: of an alarm, and of a refusal. `{names}` are its parameters."""

from collections.abc import Mapping

TWO_PERSONS = "--second NAME --reason WHY --evidence WHAT"  # what only the persons know

ALARMS = {
    "EMERGENCY_STOP": "lanectl reset",
    "OUT_OF_SERVICE": "lanectl put-back --reason WHY",
    "BOOM_FAULT": "lanectl reset {gate}",
    "BOOM_LOCKED_OUT": "lanectl reset {gate}",
    "WATCHDOG_TRIPPED": "lanectl rearm {unit}",
    "WATCHDOG_NOT_ARMED": "lanectl rearm {unit}",
    "WATCHDOG_NOT_PROVED": "lanectl rearm {unit}",
    "SECTIONS_SUSPECT": f"lanectl declare {{names}} {TWO_PERSONS}",
    "PLATE_UNSURE": "lanectl plate waiting",
    "TRUCK_STOPPED": "lanectl reset {truck}",
    "TRUCK_E_STOP": "lanectl reset {truck}",
    "TRUCK_REJECTED": "lanectl reset {truck}",
}

REFUSALS = {
    "truck_stopped": "lanectl reset {subject}",
    "identity_unsure": "lanectl plate confirm {gate} --truck {subject} --reason WHY",
    "truck_rejected": "lanectl reset {subject}",
    "truck_paused": "lanectl reset {subject}",
    "truck_cancelling": "lanectl reset {subject}",
    "truck_echo_awaited": "lanectl reset {subject}",
    "lane_not_closed": "lanectl close",
    "service_closed": "lanectl open",
    "service_commissioning": "lanectl open",
    "service_draining": "lanectl open",
    "service_out": "lanectl put-back --reason WHY",
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


def mend(table: Mapping[str, str], code: str, params: Mapping[str, str]) -> str:
    return table.get(code, "").format_map(params)
