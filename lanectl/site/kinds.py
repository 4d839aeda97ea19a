"""The kinds of units that a site may name, and what each can do."""

from dataclasses import dataclass

from lanectl.site.facts import Parity

BAUDS = (9600, 19200, 38400)  # R1214 codes 4, 5, 6; the other units speak one of these
POLL_S = {9600: 0.027, 19200: 0.017, 38400: 0.0125}  # one poll with a 5 ms turnaround, measured


@dataclass(frozen=True, slots=True)
class ModuleKind:
    """`line`: the only baud and parity it speaks, None where it can be set."""

    inputs: int
    relays: int
    has_watchdog: bool
    line: tuple[int, Parity] | None


MODULE_KINDS = {
    "moxa-r1214": ModuleKind(inputs=6, relays=6, has_watchdog=True, line=None),
    "waveshare-8ch": ModuleKind(inputs=8, relays=8, has_watchdog=False, line=(9600, Parity.NONE)),  # bench use
}
BARRIER_LINES = {"came-ptx": (38400, Parity.EVEN)}
BARRIER_KINDS = tuple(BARRIER_LINES)
SCALE_KINDS = ("toledo",)

VDA5050 = ("2.0.0", "2.1.0")  # versions of trucks; 3.0.0 is read and written, but no lane has been proved with it
