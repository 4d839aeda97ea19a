"""The closed sets: where a boom is, what a signal shows, how a truck stands, what a person can do."""

from enum import Enum

SectionName = str
GateName = str
DetectorName = str
UnitName = str  # one device on a bus: a barrier board or an input/output module
TruckName = str  # the VDA 5050 serial number
PersonName = str


class Word(Enum):
    """One of a closed set. Each is one object, and is hashed as that: an enum's own hash goes through its name, in Python."""

    __hash__ = object.__hash__


class Boom(Word):
    """Where a boom is proved to be."""

    DOWN = "DOWN"
    UP = "UP"
    MOVING = "MOVING"
    UNKNOWN = "UNKNOWN"


class BoomMove(Word):
    """What a boom can be asked to do."""

    UP = "UP"
    DOWN = "DOWN"
    STOP = "STOP"


class Reading(Word):
    """What a detector says."""

    VACANT = "VACANT"
    OCCUPIED = "OCCUPIED"
    UNKNOWN = "UNKNOWN"


class Aspect(Word):
    """What a signal shows. UNKNOWN is dark or unproved, and counts as STOP that cannot be trusted."""

    STOP = "STOP"
    PROCEED = "PROCEED"
    UNKNOWN = "UNKNOWN"


class SectionState(Word):
    VACANT = "VACANT"
    OCCUPIED = "OCCUPIED"
    SUSPECT = "SUSPECT"


class Direction(Word):
    VN_TO_CN = "VN_TO_CN"
    CN_TO_VN = "CN_TO_VN"

    @property
    def other(self) -> "Direction":
        return Direction.CN_TO_VN if self is Direction.VN_TO_CN else Direction.VN_TO_CN


class Service(Word):
    """How the lane stands as a whole."""

    COMMISSIONING = "COMMISSIONING"  # never armed: nothing is proved, gates may be flashed by two persons
    CLOSED = "CLOSED"  # no truck enters, but one that sweeps
    OPEN = "OPEN"
    DRAINING = "DRAINING"  # closing: no new truck enters, those inside are brought off; CLOSED by itself when none is left
    EMERGENCY_STOP = "EMERGENCY_STOP"  # STOP everywhere until a person resets, then as before but never OPEN
    OUT_OF_SERVICE = "OUT_OF_SERVICE"  # people work on the lane: nothing is given, no boom comes down; a person puts it back


class Connection(Word):
    """VDA 5050 connectionState; BROKEN is CONNECTIONBROKEN (the broker's last will)."""

    ONLINE = "ONLINE"
    OFFLINE = "OFFLINE"
    BROKEN = "BROKEN"


class TruckMode(Word):
    """VDA 5050 operatingMode."""

    AUTOMATIC = "AUTOMATIC"
    SEMIAUTOMATIC = "SEMIAUTOMATIC"
    MANUAL = "MANUAL"
    SERVICE = "SERVICE"
    TEACHIN = "TEACHIN"


class Placing(Word):
    """What came of telling a truck where it stands."""

    NONE = "NONE"
    ASKED = "ASKED"
    TAKEN = "TAKEN"
    FAILED = "FAILED"


class Sight(Word):
    """What of a truck a gate's camera looks at."""

    FRONT = "front"  # its plate, by which it is named
    REAR = "rear"  # its trailer's plate, or its own at the rear
    CONTAINER = "container"  # the number on its container


class Match(Word):
    """What came of reading a truck's plate at a gate."""

    MATCHED = "MATCHED"
    UNSURE = "UNSURE"
    NOT_LISTED = "NOT_LISTED"
    UNREADABLE = "UNREADABLE"


class Authority(Word):
    """Who clears a consignment."""

    VN = "VN"
    CN = "CN"


class Standing(Word):
    """How a consignment stands with an authority. Anything but CLEARED keeps its truck out."""

    CLEARED = "CLEARED"
    HELD = "HELD"  # for inspection
    EXPIRED = "EXPIRED"  # it was cleared, for a time that has passed
    WITHDRAWN = "WITHDRAWN"  # it was cleared, and that was taken back


class Act(Word):
    """What a person can do to the lane."""

    OPEN = "OPEN"
    CLOSE = "CLOSE"
    STOP = "STOP"  # emergency stop
    RESET = "RESET"  # of an emergency stop, a gate fault or a truck, by target
    REARM = "REARM"  # a unit's watchdog
    SWEEP = "SWEEP"  # a truck alone, section by section, proves what it drives through
    DECLARE = "DECLARE"  # a section vacant, with a second person
    TAKE_OUT = "TAKE_OUT"  # of service, for people to work on the lane
    TURN = "TURN"  # the direction, to the one that is the target
    PAUSE = "PAUSE"  # one truck, wherever it is; its way stays its own
    CANCEL = "CANCEL"  # one truck's way, and the truck is paused
    RESUME = "RESUME"  # one truck that a person paused or cancelled
    PLACE = "PLACE"  # tells one truck that stands where it is
    CONFIRM = "CONFIRM"  # which truck stands at the entry gate, or what is read of it, where the reads leave it open
    PUT_BACK = "PUT_BACK"  # into service, closed and with everything to be proved anew
