"""A CAME GARD PTX with its ZLB30B board: keys and coils in, a motor out, and its own photocell and force limit.

Assumed: after a power cut it finds its limits again for CALIBRATE_S; what stops the arm on its way down makes it open again.
"""

from zlib import crc32

from drivers.wire import ptx_barrier as ptx
from drivers.wire.modbus_rtu import Function, ReadBits, ReadRegisters, Refused, Request, Response, WriteCoil, Written
from drivers.wire.ptx_barrier import Coil, Flag, Input, State
from sim.plan import BarrierPlan
from sim.scene import Arm, Motor
from sim.unit import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, Unit, read_bits, read_registers, text_registers

BOARD_ID = 0x30B0
FIRMWARE = (1, 4, 2)
CALIBRATE_S = 2.0
REACTION_S = 0.1  # from the photocell or the force limit to the motor
TRAVEL_S_MAX = 12.0  # the board's own limit, then it gives up
PARTIAL_AT = 0.5
ERROR_TRAVEL = 2  # assumed: neither limit was reached in time
BOARD_CELSIUS = 31
FLAGS_INPUTS = int(ptx.Place.FLAGS)  # 10103 by the same rule as 40103
MOTORS = {State.OPENING: Motor.RAISE, State.PARTIAL_OPENING: Motor.RAISE, State.CLOSING: Motor.LOWER}


class Board(Unit):
    """`local`: the key at the machine is turned, remote commands are heard and not obeyed. `auto_close_s`: its own timer (0 off)."""

    def __init__(self, plan: BarrierPlan, baud: int) -> None:
        super().__init__(plan.unit, plan.address, baud, boot_s=0.3)
        self.plan = plan
        self.state = State.OPEN if plan.boom_up else State.CLOSED
        self.error = int(ptx.Fault.NONE)
        self.operations = 0
        self.partial_operations = 0
        self.local = False
        self.auto_close_s = 0.0
        self._arm = Arm(1.0 if plan.boom_up else 0.0)
        self._photocell = False
        self._since = 0.0
        self._reopening = False
        self._answers: dict[Request, Response] = {}
        self._answers_of: tuple[object, ...] = ()
        serial = text_registers(f"ZLB30B{crc32(self.name.encode()) % 10**8:08d}", 7)
        self._identity = dict(zip(range(ptx.Place.BOARD_ID, ptx.Place.SERIAL + 7), (BOARD_ID, *FIRMWARE, *serial), strict=True))

    # ------------------------------------------------------------ physics

    def observe(self, now: float, arm: Arm, under: bool) -> Motor:
        """What the motor does next. `under`: something breaks the photocell's beam."""
        self._arm, self._photocell = arm, under
        if not self.powered or now < self.booted_at:
            return Motor.HOLD
        match self.state:
            case State.CALIBRATING if now - self._since >= CALIBRATE_S:
                self._enter(now, _resting(arm))
            case State.OPENING if arm.raised >= 1.0:
                self._arrived(now, State.OPEN)
            case State.PARTIAL_OPENING if arm.raised >= PARTIAL_AT:
                self.partial_operations += 1
                self._enter(now, State.PARTIAL)
            case State.CLOSING if (under or arm.resisted) and now - self._since >= REACTION_S:
                self.error = ptx.Fault.OBSTRUCTED
                self._enter(now, State.OPENING, reopening=True)
            case State.CLOSING if arm.raised <= 0.0:
                self._arrived(now, State.CLOSED)
            case State.OPENING | State.PARTIAL_OPENING | State.CLOSING if now - self._since >= TRAVEL_S_MAX:
                self.error = ERROR_TRAVEL
                self._enter(now, State.STOPPED)
            case State.OPEN if self.auto_close_s and now - self._since >= self.auto_close_s:
                self._enter(now, State.CLOSING)
        return MOTORS.get(self.state, Motor.HOLD)

    def _arrived(self, now: float, state: State) -> None:
        self.operations += 1
        if not self._reopening and self.error == ptx.Fault.OBSTRUCTED:
            self.error = ptx.Fault.NONE
        self._enter(now, state)

    def _enter(self, now: float, state: State, reopening: bool = False) -> None:
        self.state, self._since, self._reopening = state, now, reopening

    def lost_power(self, now: float) -> None:
        self.error = ptx.Fault.NONE
        self._enter(max(now, self.booted_at), State.CALIBRATING)

    def press(self, now: float, key: Coil) -> None:
        """A command, by the wire or by the keys at the machine."""
        if self.state is State.CALIBRATING or not self.powered:
            return
        match key:
            case Coil.STOP:
                self._enter(now, _resting(self._arm))
            case Coil.OPEN if self.state not in (State.OPEN, State.OPENING):
                self._enter(now, State.OPENING)
            case Coil.PARTIAL if self.state is State.CLOSED:
                self._enter(now, State.PARTIAL_OPENING)
            case Coil.CLOSE if self.state not in (State.CLOSED, State.CLOSING):
                self._enter(now, State.CLOSING)
            case Coil.RESET:
                self.error = ptx.Fault.NONE
            case Coil.STEP | Coil.SEQUENTIAL:
                self.press(now, self._next_key())
            case _:
                return

    def _next_key(self) -> Coil:
        """STEP and SEQUENTIAL: a moving arm stops, a lowered one opens, any other closes."""
        if self.state in MOTORS:
            return Coil.STOP
        return Coil.OPEN if self.state is State.CLOSED else Coil.CLOSE

    # ------------------------------------------------------------ registers

    def status(self) -> ptx.Status:
        calibrating = self.state is State.CALIBRATING
        raised_up = self._arm.raised >= 1.0
        return ptx.Status(
            state=self.state,
            position=None if calibrating else round(100 * self._arm.raised),
            flags=Flag.FA_INPUT if raised_up else Flag(0),
            last_error=self.error,
            operations=self.operations,
            partial_operations=self.partial_operations,
            inputs=(Input.PHOTOCELL if self._photocell else Input(0)) | (Input.MANUAL if self.local else Input(0)),
        )

    def execute(self, now: float, request: Request) -> Response:
        match request:
            case ReadRegisters(function=Function.READ_HOLDING):
                return self._read_known(request)
            case ReadBits(function=Function.READ_INPUTS):
                flags = self.status().flags
                return read_bits(request, {FLAGS_INPUTS + bit: bool(flags >> bit & 1) for bit in range(16)})
            case ReadBits():
                return read_bits(request, dict.fromkeys(map(int, Coil), False))
            case WriteCoil(address=address, on=on):
                if address not in set(Coil):
                    return Refused(ILLEGAL_ADDRESS)
                if on and not self.local:
                    self.press(now, Coil(address))
                return Written()
            case _:
                return Refused(ILLEGAL_FUNCTION)

    def _read_known(self, request: ReadRegisters) -> Response:
        """The same questions come twenty times a second, and their answers seldom change."""
        state = (self.state, self._arm, self._photocell, self.error, self.operations, self.partial_operations, self.local)
        if state != self._answers_of:
            self._answers_of = state
            self._answers.clear()
        answer = self._answers.get(request)
        if answer is None:
            answer = self._answers[request] = read_registers(request, self._holding())
        return answer

    def _holding(self) -> dict[int, int]:
        status = ptx.encode_status(self.status()).values
        return self._identity | dict(enumerate((*status, BOARD_CELSIUS), start=int(ptx.Place.STATE)))


def _resting(arm: Arm) -> State:
    if arm.raised >= 1.0:
        return State.OPEN
    return State.CLOSED if arm.raised <= 0.0 else State.STOPPED
