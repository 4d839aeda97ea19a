"""What a lane signal shows, from its relay and the current through its lamps. Nothing else proves an aspect (S4)."""

from dataclasses import dataclass

from msgspec import Struct

from drivers.wire import r1214_io as io
from drivers.wire.modbus_rtu import WriteCoil
from lanectl.model import Aspect, GateName

LAMP_SETTLE_S = 0.5  # relay, interposing relay and current sensor; half of the lane's limit for an aspect's proof


@dataclass(frozen=True, slots=True)
class SignalWiring:
    """Relay energised: PROCEED. Released: STOP, over an interposing relay's rest contact (S5). Proof inputs read 1 while current flows."""

    gate: GateName
    proceed_relay: int
    stop_proof_input: int
    proceed_proof_input: int

    def write(self, aspect: Aspect) -> WriteCoil:
        return io.set_relay(self.proceed_relay, aspect is Aspect.PROCEED)


class Lamps(Struct, frozen=True):
    """One look at a signal."""

    relay: bool
    stop_proof: bool
    proceed_proof: bool

    @property
    def shown(self) -> Aspect:
        match self.stop_proof, self.proceed_proof:
            case True, False:
                return Aspect.STOP
            case False, True if self.relay:
                return Aspect.PROCEED
            case _:
                return Aspect.UNKNOWN

    def failed(self, asked: Aspect, asked_for_s: float) -> bool:
        """The asked lamp is switched on and takes no current. A relay that does not follow is not its lamp's failure."""
        switched = self.relay == (asked is Aspect.PROCEED)
        lit = self.proceed_proof if asked is Aspect.PROCEED else self.stop_proof
        return switched and not lit and asked_for_s > LAMP_SETTLE_S


def look(wiring: SignalWiring, relays: tuple[bool, ...], inputs: tuple[bool, ...]) -> Lamps:
    return Lamps(relays[wiring.proceed_relay], inputs[wiring.stop_proof_input], inputs[wiring.proceed_proof_input])
