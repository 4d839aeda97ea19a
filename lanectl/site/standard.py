"""What sites have alike and need not spell out: a gate with the usual devices, and a stretch of equal sections with its loops."""

from dataclasses import dataclass

from lanectl.site.described import At, Described, GatePoint, LoopPoint, SectionEnd
from lanectl.site.facts import Barrier, DetectorKind, DetectorPosition, GateSite, IoModule, Parity, Port, SafeState, Signal
from lanectl.site.problems import Place

BY_ID = "/dev/serial/by-id/lanectl-"
MODULE, BARRIER = "moxa-r1214", "came-ptx"
INPUTS = 6
MODULES_A_PORT = 8  # at 38400 baud their polls take half of a scan (B2)
MARKER = 5  # the relay with nothing wired to it (D4)
ALL_OFF = (SafeState.OFF,) * 6


@dataclass(frozen=True, slots=True)
class Stretch:
    """`sections` of equal length from boom to boom; trucks leave the last from the gate's own stop line, and the first the other way."""

    sections: int
    stop_short_m: float
    back_stop_short_m: float | None


def add_gate(found: Described, gate: At[GateSite], point: str) -> None:
    """A barrier and a module on a port each; an approach loop, loop and curtain under the boom, a clear loop; lamps on relay 0."""
    name, place = gate.thing.name, gate.place
    unit, port = f"io-{name}", f"{name}-io"
    inputs = (f"{name}-approach", f"{name}-under-loop", f"{name}-under-curtain", f"{name}-clear", "", "")
    approach, loop, curtain, clear = inputs[:4]
    groups = (
        ((approach, DetectorPosition(-5.0, 2.0, DetectorKind.LOOP)),),
        ((loop, DetectorPosition(0.0, 2.0, DetectorKind.LOOP)), (curtain, DetectorPosition(0.0, 0.1, DetectorKind.CURTAIN))),
        ((clear, DetectorPosition(5.0, 2.0, DetectorKind.LOOP)),),
    )
    found.gate_points.append(At(GatePoint(point, groups), place))
    _add_port(found, f"{name}-barrier", (38400, Parity.EVEN), place)
    _add_port(found, port, (9600, Parity.NONE), place)
    found.barriers.append(At(Barrier(name, f"barrier-{name}", f"{name}-barrier", BARRIER, 1), place))
    found.signals.append(At(Signal(name, unit, proceed_relay=0, stop_proof_input=4, proceed_proof_input=5), place))
    found.modules.append(At(_module(unit, port, 1, inputs, watchdog_s=2), place))


def add_stretch(found: Described, stretch: Stretch, place: Place) -> None:
    """Points P1, P2 …, sections K1, K2 …, and the modules of the points' loops; nothing where the gates are not both known."""
    if len(found.gates) != 2 or stretch.sections < 1:
        return
    entry, exit_ = (gate.thing for gate in found.gates)
    length_m = (exit_.at_m - entry.at_m) / stretch.sections
    names = [f"P{number}" for number in range(1, stretch.sections)]
    for number, name in enumerate(names, 1):
        found.points.append(At(LoopPoint(name, entry.at_m + number * length_m, f"{name}-a", f"{name}-b", 2.0, 2.0), place))
    for number in range(1, stretch.sections + 1):
        stop_m = exit_.stop_short_m if number == stretch.sections else stretch.stop_short_m
        back_m = entry.back_stop_short_m if number == 1 else stretch.back_stop_short_m
        found.sections.append(At(SectionEnd(f"K{number}", stop_m, back_m), place))
    _add_modules(found, names, place)


def _add_modules(found: Described, points: list[str], place: Place) -> None:
    loops = [f"{name}-{loop}" for name in points for loop in "ab"]
    modules = [tuple(loops[at : at + INPUTS]) for at in range(0, len(loops), INPUTS)]
    several = len(modules) > MODULES_A_PORT
    for number, inputs in enumerate(modules):
        at, address = divmod(number, MODULES_A_PORT)
        port = f"bridge-io-{at + 1}" if several else "bridge-io"
        if address == 0:
            _add_port(found, port, (38400, Parity.NONE), place)
        unused = ("",) * (INPUTS - len(inputs))
        found.modules.append(At(_module(f"io-bridge-{number + 1}", port, address + 1, (*inputs, *unused), watchdog_s=0), place))


def _add_port(found: Described, name: str, line: tuple[int, Parity], place: Place) -> None:
    """One that site.toml describes under this name is taken instead."""
    if not any(port.thing.name == name for port in found.ports):
        found.ports.append(At(Port(name, f"{BY_ID}{name}", *line, pseudo=False), place))


def _module(name: str, port: str, address: int, inputs: tuple[str, ...], *, watchdog_s: int) -> IoModule:
    return IoModule(name, port, MODULE, address, inputs, 1, watchdog_s, 2, ALL_OFF, MARKER)
