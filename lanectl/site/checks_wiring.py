"""Ports, addresses, inputs and relays: nothing used twice, nothing left unwired, every signal on a unit that falls to STOP."""

from collections import Counter

from lanectl.site.described import At, Described
from lanectl.site.facts import IoModule, Parity, Port, SafeState, Signal
from lanectl.site.kinds import BARRIER_LINES, MODULE_KINDS, POLL_S
from lanectl.site.problems import Findings, report, report_key

SCAN_S_MAX = 0.2  # B2: one scan
_POLLS = {True: 3, False: 1}  # a module with a signal: inputs, relays, watchdog status
_WATCHDOG_S = (1, 2)  # S5: within its register + 1 s


def check_wiring(found: Described, findings: Findings) -> None:
    _ports(found, findings)
    _addresses(found, findings)
    _lines(found, findings)
    _bus_times(found, findings)
    _inputs(found, findings)
    _under_the_boom(found, findings)
    modules = {m.thing.name: m for m in found.modules if m.thing.name}
    relays: dict[tuple[str, int], str] = {}
    for module in found.modules:
        _marker(module, relays, findings)
    for signal in found.signals:
        if signal.thing.unit in modules:
            _signal(signal, modules[signal.thing.unit], findings)
            _own_relay(signal, relays, findings)


def _ports(found: Described, findings: Findings) -> None:
    first: dict[str, str] = {}
    for port in found.ports:
        device = port.thing.device
        if device in first:
            message = f"ports `{first[device]}` and `{port.thing.name}` are the same device"
            report(findings, "C023", port.place, ("device",), message, "describe one port and name it in both units: a bus has one setting")
        elif device:
            first[device] = port.thing.name


def _addresses(found: Described, findings: Findings) -> None:
    first: dict[tuple[str, int], str] = {}
    units = [(m.thing.port, m.thing.address, m.thing.name, m.place) for m in found.modules]
    units += [(b.thing.port, b.thing.address, b.thing.unit, b.place) for b in found.barriers]
    for port, address, name, place in units:
        if (port, address) in first and port and address:
            message = f"units `{first[port, address]}` and `{name}` on port `{port}` both have address {address}"
            taken = {a for p, a, _, _ in units if p == port}
            free = next(a for a in range(1, 248) if a not in taken)
            report(findings, "C022", place, ("address",), message, f"give each its own, {free} is free")
        else:
            first[port, address] = name


def _lines(found: Described, findings: Findings) -> None:
    """Every unit speaks the baud and parity of its port, so units on one bus share its settings."""
    ports = {p.thing.name: p.thing for p in found.ports}
    wanted = [(m.thing.port, m.thing.kind, MODULE_KINDS[m.thing.kind].line, m.place) for m in found.modules]
    wanted += [(b.thing.port, b.thing.kind, BARRIER_LINES[b.thing.kind], b.place) for b in found.barriers]
    for name, kind, line, place in wanted:
        port = ports.get(name)
        if port is not None and port.baud and line is not None and line != (port.baud, port.parity):
            message = f"a {kind} speaks {_line_words(*line)}, but port `{name}` is set to {_line_words(port.baud, port.parity)}"
            report(findings, "C024", place, ("port",), message, "units share a bus only with the same settings: give it a port of its own")


def _line_words(baud: int, parity: Parity) -> str:
    return f"{baud} 8{parity.value}1"


def _bus_times(found: Described, findings: Findings) -> None:
    signals = {s.thing.unit for s in found.signals}
    polls = Counter[str]()
    for module in found.modules:
        polls[module.thing.port] += _POLLS[module.thing.name in signals]
    for barrier in found.barriers:
        polls[barrier.thing.port] += 1
    for port in found.ports:
        _bus_time(port, polls[port.thing.name], findings)


def _bus_time(port: At[Port], polls: int, findings: Findings) -> None:
    scan_s = polls * POLL_S.get(port.thing.baud, 0.0)
    if scan_s > SCAN_S_MAX:
        message = f"{polls} polls on port `{port.thing.name}` take {scan_s:.2f} s, one scan may take {SCAN_S_MAX} s (B2)"
        report(findings, "C035", port.place, ("baud",), message, "raise the baud, or spread the units over more ports")


def _inputs(found: Described, findings: Findings) -> None:
    wired: dict[str, str] = {}
    for module in found.modules:
        for index, detector in enumerate(module.thing.inputs):
            if detector in wired:
                message = f"detector `{detector}` is wired to input {index} of `{module.thing.name}` and to {wired[detector]}"
                report(findings, "C027", module.place, ("inputs", index), message, 'name it once, leave an unused input ""')
            elif detector:
                wired[detector] = f"input {index} of `{module.thing.name}`"
    if any(not module.thing.inputs for module in found.modules):
        return  # a list is missing or wrong and was noted: what it would have wired is not known
    for name, place, keys in found.detectors():
        if name and name not in wired:
            report(
                findings, "C026", place, keys, f"detector `{name}` is wired to no input", f'write "{name}" into the `inputs` of its unit'
            )


def _under_the_boom(found: Described, findings: Findings) -> None:
    for gate in found.gate_points:
        kinds = sorted({at.kind.value for _, at in gate.thing.groups[1]})
        if len(kinds) < 2:
            message = f"under the boom all detectors are of kind {' '.join(kinds) or '(none)'}: vacant there takes two technologies (D6)"
            report_key(findings, "C034", gate.place, ("under",), message, "a loop and a light curtain")


def _signal(signal: At[Signal], module: At[IoModule], findings: Findings) -> None:
    kind, unit = MODULE_KINDS[module.thing.kind], module.thing
    if not kind.has_watchdog:
        message = f"the signal of gate `{signal.thing.gate}` is on `{unit.name}`, a {unit.kind}, which has no watchdog (S5)"
        report(findings, "C030", signal.place, ("unit",), message, "a unit that drops to STOP by itself: moxa-r1214")
    elif not _WATCHDOG_S[0] <= unit.watchdog_s <= _WATCHDOG_S[1]:
        message = f"`{unit.name}` carries a signal: its watchdog_s = {unit.watchdog_s} must be 1 or 2 (S5)"
        report(findings, "C031", module.place, ("watchdog_s",), message, "`watchdog_s = 2`")
    relay = signal.thing.proceed_relay
    if relay >= kind.relays:
        report(findings, "C017", signal.place, ("proceed_relay",), f"a {unit.kind} has relays 0 to {kind.relays - 1}, not {relay}")
    elif relay < len(unit.safe_relays) and unit.safe_relays[relay] is not SafeState.OFF:
        message = (
            f"relay {relay} of `{unit.name}` shows PROCEED, its safe state is {unit.safe_relays[relay].value}: it must fall to STOP (S5)"
        )
        report(findings, "C032", module.place, ("safe_relays", relay), message, '"OFF"')
    _lamp_proofs(signal, module.thing, findings)


def _lamp_proofs(signal: At[Signal], unit: IoModule, findings: Findings) -> None:
    proofs = {"stop_proof_input": signal.thing.stop_proof_input, "proceed_proof_input": signal.thing.proceed_proof_input}
    inputs = MODULE_KINDS[unit.kind].inputs
    for key, number in proofs.items():
        if number >= inputs:
            report(findings, "C017", signal.place, (key,), f"a {unit.kind} has inputs 0 to {inputs - 1}, not {number}")
        elif number < len(unit.inputs) and unit.inputs[number]:
            message = f"input {number} of `{unit.name}` is lamp proof here and detector `{unit.inputs[number]}` there"
            report(findings, "C029", signal.place, (key,), message, "take a free input")
    if len(set(proofs.values())) == 1:
        message = f"input {signal.thing.stop_proof_input} of `{unit.name}` cannot prove both lamps"
        report(findings, "C029", signal.place, ("proceed_proof_input",), message, "one input for each lamp")


def _own_relay(signal: At[Signal], relays: dict[tuple[str, int], str], findings: Findings) -> None:
    wire = (signal.thing.unit, signal.thing.proceed_relay)
    if wire in relays:
        message = f"relay {wire[1]} of `{wire[0]}` cannot show PROCEED at gate `{signal.thing.gate}`: it is {relays[wire]} (S1)"
        report(findings, "C033", signal.place, ("proceed_relay",), message, "a relay of its own for each gate")
    else:
        relays[wire] = f"the lamp of gate `{signal.thing.gate}`"


def _marker(module: At[IoModule], relays: dict[tuple[str, int], str], findings: Findings) -> None:
    relay, kind = module.thing.marker_relay, MODULE_KINDS[module.thing.kind]
    if relay is not None and relay >= kind.relays:
        report(findings, "C017", module.place, ("marker_relay",), f"a {module.thing.kind} has relays 0 to {kind.relays - 1}, not {relay}")
    elif relay is not None:
        relays[module.thing.name, relay] = "the marker, which has nothing wired to it"
