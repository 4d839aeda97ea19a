"""Barrier sessions. The first kind speaks to a CAME GARD PTX board; a barrier on dry contacts will be another `Session` beside it."""

from dataclasses import dataclass
from functools import lru_cache

from msgspec.structs import replace

from drivers.session import POLL_S, REFRESH_S, Agreement, Session, put_in_place
from drivers.wire import ptx_barrier as ptx
from drivers.wire.modbus_rtu import KNOWN_MAX, Read, Request, Response, Shape, answer_shape
from drivers.wire.ptx_barrier import State, Status
from lanectl.model import Boom, BoomMove, BoomReported, Command, GateName, Report, ResetBarrier, SetBoom, UnitName

HALF_WAY = 50  # %: an arm that says it is at one end cannot be on the other side of this

# Halted between its ends an arm is proved neither UP nor DOWN: to the lane that is MOVING, and beyond the travel time a fault (B5).
BOOMS = {
    State.OPEN: Boom.UP,
    State.CLOSED: Boom.DOWN,
    State.OPENING: Boom.MOVING,
    State.CLOSING: Boom.MOVING,
    State.PARTIAL_OPENING: Boom.MOVING,
    State.PARTIAL: Boom.MOVING,
    State.STOPPED: Boom.MOVING,
    State.CALIBRATING: Boom.UNKNOWN,
    State.UNKNOWN: Boom.UNKNOWN,
}
RISING = {State.OPENING, State.PARTIAL_OPENING}


@dataclass(frozen=True, slots=True)
class PtxConfig:
    unit: UnitName
    gate: GateName
    address: int


class PtxBarrier(Session):
    """Polls the board's status; presses its keys.

    Keys are pulses: the last one pressed counts, and one frame presses one key, so UP and DOWN are never asserted together (B3).
    UP reverses a falling arm at once; an arm that is not known to rest is stopped before it is sent DOWN.
    """

    def __init__(self, config: PtxConfig) -> None:
        super().__init__(config.unit, config.address)
        self._gate = config.gate
        self._agreed: Agreement[BoomReported] = Agreement()
        self._state = State.UNKNOWN
        self._asked: BoomMove | None = None
        self._said: BoomReported | None = None  # last told, without its time
        self._told_at = 0.0
        self._next: Read = ptx.READ_STATUS
        self._next_round_at = 0.0

    def ask(self, now: float, command: Command) -> bool:
        match command:
            case SetBoom(gate=self._gate, move=move, urgent=urgent):
                self._move(move, urgent)
                self.due_at = min(self.due_at, now)
                return True
            case ResetBarrier(gate=self._gate):
                if self._agreed.reached:
                    put_in_place(self.ordinary, [ptx.RESET], [])
                return True
            case _:
                return False

    def _move(self, move: BoomMove, urgent: bool) -> None:
        overruled = [ptx.OPEN, ptx.CLOSE, ptx.STOP]
        put_in_place(self.ordinary, [], overruled)
        match move:
            case BoomMove.STOP:
                put_in_place(self.urgent, [ptx.STOP], overruled)
            case BoomMove.UP if urgent:
                put_in_place(self.urgent, [ptx.OPEN], overruled)
            case BoomMove.UP if self._agreed.reached:
                put_in_place(self.ordinary, [ptx.OPEN], [])
            case BoomMove.DOWN if self._agreed.reached and not self.urgent:
                rising = self._state in RISING or (self._asked is BoomMove.UP and self._state is not State.OPEN)
                put_in_place(self.ordinary, [ptx.STOP, ptx.CLOSE] if rising else [ptx.CLOSE], [])
            case _:
                return  # unknown blocks everything but stopping and raising in need
        self._asked = move

    def begin(self, now: float) -> None:
        self.forget()
        self.due_at = now

    def poll(self, now: float, unlike: Shape | None) -> Read:
        """Status, then at once a shorter read of the same place as its fence."""
        if unlike is not None:
            self._next = ptx.READ_STATE if unlike == answer_shape(ptx.READ_STATUS) else ptx.READ_STATUS
        poll = self._next
        if poll is ptx.READ_STATUS:
            self._next = ptx.READ_STATE
            self._next_round_at = now + POLL_S
            self.due_at = now
        else:
            self._next = ptx.READ_STATUS
            self.due_at = max(now, self._next_round_at)
        return poll

    def answered(self, request: Request, response: Response, sent_at: float) -> list[Report]:
        if request != ptx.READ_STATUS:
            return []
        status = ptx.decode_status(response)
        said = report_of(self._gate, status, 0.0)
        if not self._agreed.offer(said):
            return []
        self._state = status.state
        self.found()
        if said == self._said and sent_at < self._told_at + REFRESH_S:
            return []
        self._said, self._told_at = said, sent_at
        return [replace(said, sent_at=sent_at)]

    def forget(self) -> None:
        self._agreed.forget()
        self._state = State.UNKNOWN
        self._said = None
        self._next = ptx.READ_STATUS


@lru_cache(KNOWN_MAX)
def report_of(gate: GateName, status: Status, sent_at: float) -> BoomReported:
    """What a board's status means for the lane. What its manual leaves open stands in drivers.wire.ptx_barrier."""
    boom = BOOMS[status.state]
    fault = ptx.fault_in_words(status)
    if status.position is not None and (
        (boom is Boom.UP and status.position < HALF_WAY) or (boom is Boom.DOWN and status.position > HALF_WAY)
    ):
        fault = f"says it is {boom.value} at {status.position} %"
        boom = Boom.UNKNOWN
    return BoomReported(gate, boom, sent_at, ptx.is_obstructed(status), fault, ptx.is_local(status))
