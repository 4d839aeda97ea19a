"""Every refusal there is: its stable code, the invariant it keeps, its parameters, and what mends it.

`mend` is the act of a person that removes the cause, "" when the field alone can (it passes by itself, or a device must be mended).
A refused act has the act's name as subject ("OPEN"); a waiting truck has the truck's, something at a gate the gate's.
"""

from dataclasses import dataclass

from lanectl.model import Refusal


@dataclass(frozen=True, slots=True)
class Kind:
    code: str
    invariant: str
    params: tuple[str, ...] = ()
    mend: str = ""

    def of(self, subject: str, *values: str) -> Refusal:
        """`values` in the order of `params`."""
        return Refusal(self.code, subject, self.invariant, tuple(zip(self.params, values, strict=True)) if self.params or values else ())


# The truck itself (subject: the truck; the act when a person asked for something it does not allow)
TRUCK_NOT_ONLINE = Kind("truck_not_online", "R3", ("connection",))
TRUCK_BROKEN = Kind("truck_broken", "T1")
TRUCK_SILENT = Kind("truck_silent", "T1", ("limit_s",))
TRUCK_NOT_AUTOMATIC = Kind("truck_not_automatic", "R3", ("mode",))
TRUCK_NOT_LOCALISED = Kind("truck_not_localised", "R3")
TRUCK_ELSEWHERE = Kind("truck_elsewhere", "R3", ("section", "node"), "SWEEP")
TRUCK_FATAL = Kind("truck_fatal", "R3", ("error",))
TRUCK_E_STOP = Kind("truck_e_stop", "T2")
TRUCK_STOPPED = Kind("truck_stopped", "T2", ("why",), "RESET")  # why: see WHY_STOPPED
TRUCK_PAUSED = Kind("truck_paused", "R3", (), "RESET")
TRUCK_NOT_STANDING = Kind("truck_not_standing", "R3")
TRUCK_REJECTED = Kind("truck_rejected", "R3", ("why",), "RESET")
TRUCK_CANCELLING = Kind("truck_cancelling", "R6", (), "RESET")
TRUCK_ECHO_AWAITED = Kind("truck_echo_awaited", "R5", ("node",), "RESET")

# Who it is and what it carries
APPROACH_VACANT = Kind("approach_vacant", "R3", ("gate",))
SOMETHING_AT_GATE = Kind("something_at_gate", "R3", ("gate",))  # subject: the gate
IDENTITY_UNREAD = Kind("identity_unread", "R3", ("gate",))
IDENTITY_LATE = Kind("identity_late", "R3", ("gate", "limit_s"))
IDENTITY_UNSURE = Kind("identity_unsure", "R3", ("gate", "plate", "score"), "CONFIRM")
IDENTITY_HOLDING = Kind("identity_holding", "R3", ("gate", "limit_s"))
IDENTITY_NOT_LISTED = Kind("identity_not_listed", "R3", ("gate", "plate"))
IDENTITY_UNREADABLE = Kind("identity_unreadable", "R3", ("gate",))
IDENTITY_OTHER = Kind("identity_other", "R3", ("gate", "plate", "other"))
IDENTITY_CONTRADICTED = Kind("identity_contradicted", "R3", ("gate", "plate", "marked"))
SIGHT_UNREAD = Kind("sight_unread", "R3", ("gate", "sight"))
SIGHT_UNREADABLE = Kind("sight_unreadable", "R3", ("gate", "sight"), "CONFIRM")
SIGHT_UNSURE = Kind("sight_unsure", "R3", ("gate", "sight", "text"), "CONFIRM")
SIGHT_HOLDING = Kind("sight_holding", "R3", ("gate", "sight", "limit_s"))
SIGHT_UNDECLARED = Kind("sight_undeclared", "R3", ("gate", "sight", "text"))
SIGHT_OTHER = Kind("sight_other", "R3", ("gate", "sight", "text", "plate", "declared"))
WEIGHT_UNDECLARED = Kind("weight_undeclared", "R3", ("gate",))
WEIGHT_MISSING = Kind("weight_missing", "R3", ("gate", "no_weight", "declared_kg"))  # no_weight: see NO_WEIGHT
WEIGHT_OTHER = Kind("weight_other", "R3", ("gate", "weight_kg", "declared_kg", "tolerance_kg"))
CONSIGNMENT_MISSING = Kind("consignment_missing", "R3")
CONSIGNMENT_NOT_CLEARED = Kind("consignment_not_cleared", "R3", ("consignment", "authority"))
CONSIGNMENT_HELD = Kind("consignment_held", "R3", ("consignment", "authority"))
CLEARANCE_EXPIRED = Kind("clearance_expired", "R3", ("consignment", "authority"))
CLEARANCE_WITHDRAWN = Kind("clearance_withdrawn", "R3", ("consignment", "authority"))
CONSIGNMENT_OTHER_WAY = Kind("consignment_other_way", "R3", ("consignment", "direction"))
ORDER_EXPIRED = Kind("order_expired", "R3", ("consignment",))  # the latest time at which it may enter has passed
WITHDRAWAL_LATE = Kind("withdrawal_late", "R5", ("consignment", "truck"))  # subject: the consignment
CLEARANCE_UNKNOWN = Kind("clearance_unknown", "R3", ("consignment",))  # subject: the consignment

# The lane as a whole
SERVICE_CLOSED = Kind("service_closed", "R3", (), "OPEN")
SERVICE_DRAINING = Kind("service_draining", "R3", (), "OPEN")
SERVICE_OUT = Kind("service_out", "S7", (), "PUT_BACK")  # subject: the truck, or the act
SERVICE_COMMISSIONING = Kind("service_commissioning", "S7", (), "OPEN")
EMERGENCY_STOP = Kind("emergency_stop", "T3", (), "RESET")
DIRECTION_NOT_OURS = Kind("direction_not_ours", "R1", ("direction",))
NO_ROOM_BEYOND = Kind("no_room_beyond", "R3", ("gate", "places"))
JOURNAL_NOT_WRITABLE = Kind("journal_not_writable", "E1")
OUTSIDE_HOURS = Kind("outside_hours", "R3")
BRIDGE_FULL = Kind("bridge_full", "R3", ("trucks",))
LOAD_TOO_GREAT = Kind("load_too_great", "R3", ("load_kg", "limit_kg"))
MASS_UNKNOWN = Kind("mass_unknown", "R3")
TRUCK_OVERWEIGHT = Kind("truck_overweight", "R3", ("gate", "weight_kg", "mass_kg"))

# Sections and detectors
SECTION_LOCKED = Kind("section_locked", "R2", ("section", "truck"))
SECTION_OCCUPIED = Kind("section_occupied", "R3", ("section", "truck"))
SECTION_SUSPECT = Kind("section_suspect", "R11", ("section", "why"), "SWEEP or DECLARE")  # why: see WHY_SUSPECT
SECTION_CLAIMED = Kind("section_claimed", "R2", ("section", "truck"))
DETECTOR_UNKNOWN = Kind("detector_unknown", "D1", ("detector",))
DETECTOR_OCCUPIED = Kind("detector_occupied", "D5", ("detector",))
UNIT_LOST = Kind("unit_lost", "D2", ("unit", "why"))

# Gates, signals, watchdogs
GATE_FAULT = Kind("gate_fault", "B5", ("gate", "fault"), "RESET")  # fault: see FAULTS, else the barrier's own words
GATE_LOCAL = Kind("gate_local", "T4", ("gate",))
GATE_LOCKED_OUT = Kind("gate_locked_out", "B7", ("gate", "times"), "RESET")
GATE_TAKEN = Kind("gate_taken", "B8", ("gate", "truck"))
GATE_NOT_VACANT = Kind("gate_not_vacant", "B1", ("gate", "detector"))
BOOM_NOT_UP = Kind("boom_not_up", "B4", ("gate", "boom"))
LAMP_FAILED = Kind("lamp_failed", "S3", ("gate",))
SIGNAL_UNPROVED = Kind("signal_unproved", "S4", ("gate",))
CONFLICTING_PROCEED = Kind("conflicting_proceed", "S1", ("gate",))  # gate: the other one
WATCHDOG_TRIPPED = Kind("watchdog_tripped", "S6", ("unit",), "REARM")
WATCHDOG_NOT_ARMED = Kind("watchdog_not_armed", "S5", ("unit",), "REARM")
WATCHDOG_UNPROVED = Kind("watchdog_unproved", "S7", ("unit",), "REARM")

# Acts (subject: the act)
ACT_NAME_NEEDED = Kind("act_name_needed", "E1")
ACT_REASON_NEEDED = Kind("act_reason_needed", "R12")
ACT_EVIDENCE_NEEDED = Kind("act_evidence_needed", "R12")
ACT_SECOND_NEEDED = Kind("act_second_needed", "R12")
ACT_TARGET_UNKNOWN = Kind("act_target_unknown", "R4", ("target",))
NOTHING_TO_RESET = Kind("nothing_to_reset", "R4", ("target",))
NOTHING_TO_DECLARE = Kind("nothing_to_declare", "R4", ("target",))
NOTHING_TO_PAUSE = Kind("nothing_to_pause", "R4", ("target",))
NOTHING_TO_CANCEL = Kind("nothing_to_cancel", "R4", ("target",))
NOTHING_TO_RESUME = Kind("nothing_to_resume", "R4", ("target",))
PLACE_NOT_TAKEN = Kind("place_not_taken", "R4", ("truck",))
PLACE_HAS_WAY = Kind("place_has_way", "R5", ("truck",), "CANCEL")
PLACE_CONTRADICTED = Kind("place_contradicted", "D5", ("truck", "node"))
NOTHING_TO_CONFIRM = Kind("nothing_to_confirm", "R4", ("gate",))
CONFIRM_OTHER_PICTURE = Kind("confirm_other_picture", "R3", ("gate",))
CONFIRM_LATE = Kind("confirm_late", "R3", ("gate", "limit_s"))
CONFIRM_NOT_CANDIDATE = Kind("confirm_not_candidate", "R3", ("truck", "plate"))
CONFIRM_TEXT_NEEDED = Kind("confirm_text_needed", "R3", ("sight",))
CONFIRM_NOT_DECLARED = Kind("confirm_not_declared", "R3", ("truck", "sight", "text"))
CONFIRM_READ_OTHER = Kind("confirm_read_other", "R3", ("sight", "read", "text"))
CONFIRM_NOT_THERE = Kind("confirm_not_there", "R3", ("truck", "gate"))
SERVICE_IN_EMERGENCY = Kind("service_in_emergency", "T3", (), "RESET")
LANE_NOT_CLOSED = Kind("lane_not_closed", "T5", (), "CLOSE")
LANE_DRAINS = Kind("lane_drains", "T5")
LANE_NOT_OUT = Kind("lane_not_out", "R4")
TRUCK_HAS_WAY = Kind("truck_has_way", "R8", ("truck",), "RESET")
TURN_ONE_WAY = Kind("turn_one_way", "R1")
NOTHING_TO_TURN = Kind("nothing_to_turn", "R4", ("direction",))
POINT_NOT_CLEAR = Kind("point_not_clear", "R8", ("point",))
COUNT_UNEQUAL = Kind("count_unequal", "R8", (), "DECLARE or SWEEP")
STOP_UNPROVED = Kind("stop_unproved", "S7", ("gate",))
BOOM_NOT_DOWN = Kind("boom_not_down", "S7", ("gate", "boom"), "RESET")
REARM_TRUCK_PASSING = Kind("rearm_truck_passing", "S6", ("unit", "truck"))
RESET_TRUCK_MOVING = Kind("reset_truck_moving", "T2", ("truck",))
SWEEP_NOT_PLACED = Kind("sweep_not_placed", "R11", ("truck", "node"), "SWEEP")
SWEEP_UNCOUNTED = Kind("sweep_uncounted", "R11", ("gate",), "SWEEP")
SWEEP_NOT_ALONE = Kind("sweep_not_alone", "R11", ("truck", "other"), "RESET")
DECLARE_TRUCK_INSIDE = Kind("declare_truck_inside", "R12", ("section", "truck"), "SWEEP")
DECLARE_OTHER_FIRST = Kind("declare_other_first", "R12", ("section", "truck", "first"), "DECLARE")

ALL: tuple[Kind, ...] = tuple(kind for kind in list(globals().values()) if isinstance(kind, Kind))

# Why a section is suspect (SectionNow.why_suspect, and the parameter `why` of section_suspect)
NEVER_PROVED = "never_proved"
STARTED = "started"  # the controller started; proved by itself when R11 (a) holds
DETECTOR_SILENT = "detector_silent"  # D2: too long a gap
UNIT_RESTARTED = "unit_restarted"  # D4
JUMPED = "jumped"  # D5: not the ordered sequence
ENTERED_UNLOCKED = "entered_unlocked"  # something entered that had no lock
ENTERED_TWICE = "entered_twice"
APPEARED = "appeared"  # seen at its far end, never seen to enter
CLAIMED = "claimed"  # a truck says that it is in it
WAS_OUT = "was_out"  # the lane was out of service: people and machines were on it
WHY_SUSPECT = (
    NEVER_PROVED,
    STARTED,
    DETECTOR_SILENT,
    UNIT_RESTARTED,
    JUMPED,
    ENTERED_UNLOCKED,
    ENTERED_TWICE,
    APPEARED,
    CLAIMED,
    WAS_OUT,
)

# Why a truck needs a person's reset (TruckNow.stopped_by, and the parameter `why` of truck_stopped)
E_STOP = "e_stop"
LANE_STOPPED = "emergency_stop"
ORDER_LOST = "order_lost"  # it shows no order any more, although we released a way
FOREIGN_ORDER = "foreign_order"  # it shows a released way that we did not give
DECLARED_AWAY = "declared_away"  # two persons declared its section vacant
PLACE_JUMPED = "place_jumped"  # it says that it is further back than it was counted
PAUSED_BY_PERSON = "paused_by_person"
CANCELLED_BY_PERSON = "cancelled_by_person"  # paused, and its way taken back
BY_PERSON = (PAUSED_BY_PERSON, CANCELLED_BY_PERSON)  # RESUME undoes these; any other cause is told in their place
WHY_STOPPED = (E_STOP, LANE_STOPPED, ORDER_LOST, FOREIGN_ORDER, DECLARED_AWAY, PLACE_JUMPED, *BY_PERSON)

# Why there is no weight (WeightReported.why, and the parameter `no_weight` of weight_missing)
NO_WEIGHT = ("silent", "empty", "unsteady", "over_range", "under_zero", "unzeroed", "not_kg")

# What we call a gate's fault ourselves (GateNow.fault); a barrier's own fault is kept in its words
NOT_UP_IN_TIME = "not_up_in_time"
NOT_DOWN_IN_TIME = "not_down_in_time"
MOVED_UNASKED = "moved_unasked"
PROCEED_UNPROVED = "proceed_unproved"
PLACE_UNPROVED = "place_unproved"  # neither limit, or both, for longer than it travels, and nothing was asked of it
FAULTS = (NOT_UP_IN_TIME, NOT_DOWN_IN_TIME, MOVED_UNASKED, PROCEED_UNPROVED, PLACE_UNPROVED)
