"""What flashing an input/output module would change: configuration and live image in, a plan out. Pure; a plan changes nothing."""

import hashlib
import json
from dataclasses import asdict, dataclass

from drivers.wire.r1214_io import BAUD_CODES, INPUTS, NAMES, PARITY_CODES, RELAYS, Register, Safe
from lanectl.site.facts import IoModule, Port, SafeState, Site

PLAN_VERSION = 1
MODELS = {"moxa-r1214": 0x1214}  # register MODEL; assumed, the manual's quoted text gives no value

_SAFE = {SafeState.OFF: Safe.OFF, SafeState.ON: Safe.ON, SafeState.HOLD: Safe.HOLD}
_WATCHDOG_ON, _WATCHDOG_OFF = 1, 0


class PlanError(ValueError):
    """A saved plan that cannot be read, or was changed since."""


@dataclass(frozen=True, slots=True)
class Image:
    """Everything a module keeps: who it is, every register that can be written, the relays' power-on state."""

    model: int
    firmware: tuple[int, ...]
    serial: tuple[int, ...]
    registers: tuple[tuple[int, int], ...]
    power_on: tuple[bool, ...]

    def sha256(self) -> str:
        return _sha256(asdict(self))

    def value(self, address: int) -> int:
        return dict(self.registers)[address]

    def changed(self, changes: "tuple[Change, ...]") -> "Image":
        new = {change.address: change.new for change in changes}
        return Image(self.model, self.firmware, self.serial, tuple((a, new.get(a, v)) for a, v in self.registers), self.power_on)


@dataclass(frozen=True, slots=True)
class Change:
    """One register. `key` as the configuration names it."""

    key: str
    address: int
    old: int
    new: int


@dataclass(frozen=True, slots=True)
class FlashPlan:
    """Exactly what `apply` will do, to exactly this module, from exactly this configuration. `changes` in the order of writing."""

    site: str
    config_sha256: str
    unit: str
    old: Image
    changes: tuple[Change, ...]

    @property
    def new(self) -> Image:
        return self.old.changed(self.changes)

    def sha256(self) -> str:
        return _sha256(asdict(self))


@dataclass(frozen=True, slots=True)
class NoPlan:
    """Why there is none: a stable code and the reason in words, with what to do."""

    code: str
    words: str


def plan(site: Site, unit_name: str, live: Image) -> FlashPlan | NoPlan:
    """The difference between the configuration and the live image of one unit."""
    unit = flashable(site, unit_name)
    if isinstance(unit, NoPlan):
        return unit
    if live.model != MODELS[unit.kind]:
        models = f"it is model 0x{live.model:04X}, a {unit.kind} is 0x{MODELS[unit.kind]:04X}"
        return NoPlan("flash_wrong_model", f"{unit.name} says that {models}: is the right module on this address?")
    port = next(port for port in site.ports if port.name == unit.port)
    if not _line_agrees(port, live):
        stored = f"{unit.name} has stored another baud or parity than its port {port.name} has"
        return NoPlan("flash_line_differs", f"{stored}: its restart would lose it, set it with the maker's tool first")
    lamp = next((signal.proceed_relay for signal in site.signals if signal.unit == unit.name), None)
    if lamp is not None and live.power_on[lamp]:
        words = f"{unit.name} switches relay {lamp}, which shows PROCEED, on with its power (S5)"
        return NoPlan("flash_power_on", f"{words}: set its power-on state with the maker's tool first")
    changes = tuple(Change(NAMES[a], a, live.value(a), new) for a, new in target(unit) if live.value(a) != new)
    return FlashPlan(site.name, site.sha256, unit.name, live, changes)


def flashable(site: Site, unit_name: str) -> IoModule | NoPlan:
    """The unit of this name if it is one that can be flashed."""
    unit = next((unit for unit in site.units if unit.name == unit_name), None)
    if unit is None:
        known = ", ".join(unit.name for unit in site.units if unit.kind in MODELS)
        return NoPlan("flash_unit_unknown", f"there is no input/output module {unit_name} at {site.name}; there are: {known}")
    if unit.kind not in MODELS:
        return NoPlan("flash_kind_unknown", f"{unit.name} is a {unit.kind}: it has nothing that is flashed")
    return unit


def target(unit: IoModule) -> tuple[tuple[int, int], ...]:
    """Register and value as configured, in the order of writing: safe states and watchdog first, so that a half-written module is safe."""
    safe = [(Register.SAFE_MODE + relay, int(_SAFE[state])) for relay, state in enumerate(unit.safe_relays[:RELAYS])]
    time_out = [(int(Register.WATCHDOG_TIMEOUT_S), unit.watchdog_s)] if unit.watchdog_s else []
    watchdog = [*time_out, (int(Register.WATCHDOG_ENABLE), _WATCHDOG_ON if unit.watchdog_s else _WATCHDOG_OFF)]
    filters = [(Register.INPUT_FILTER + place, unit.input_filter) for place in range(INPUTS)]
    return (*safe, *watchdog, *filters)


def _line_agrees(port: Port, live: Image) -> bool:
    """A pseudo-terminal carries no parity, so a module on one says nothing about it."""
    baud_agrees = live.value(Register.BAUD) == BAUD_CODES[port.baud]
    return baud_agrees and (port.pseudo or live.value(Register.PARITY) == PARITY_CODES[port.parity.value])


# ---------------------------------------------------------------- a plan as a file, and in words


def to_json(saved: FlashPlan) -> dict[str, object]:
    """With its own hash, which `from_json` proves."""
    return {"schema_version": PLAN_VERSION, "plan": asdict(saved), "sha256": saved.sha256()}


def from_text(text: str) -> FlashPlan:
    """Raises PlanError, in words, for everything that is not a plan as it was saved."""
    try:
        document = json.loads(text)
        if document["schema_version"] != PLAN_VERSION:
            raise PlanError(f"it is of version {document['schema_version']}, this program reads {PLAN_VERSION}: plan again")
        found = _from_json(document["plan"])
        if found.sha256() != document["sha256"]:
            raise PlanError("it was changed since it was saved: plan again")
    except (json.JSONDecodeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise error if isinstance(error, PlanError) else PlanError("it is no flash plan") from error
    return found


def _from_json(tree: dict[str, object]) -> FlashPlan:
    old = tree["old"]
    changes = tree["changes"]
    if not isinstance(old, dict) or not isinstance(changes, list):
        raise PlanError("it is no flash plan")
    image = Image(
        model=int(old["model"]),
        firmware=tuple(int(v) for v in old["firmware"]),
        serial=tuple(int(v) for v in old["serial"]),
        registers=tuple((int(a), int(v)) for a, v in old["registers"]),
        power_on=tuple(bool(v) for v in old["power_on"]),
    )
    made = tuple(Change(str(c["key"]), int(c["address"]), int(c["old"]), int(c["new"])) for c in changes)
    return FlashPlan(str(tree["site"]), str(tree["config_sha256"]), str(tree["unit"]), image, made)


def in_words(planned: FlashPlan) -> str:
    """A plan for people; it says that it changed nothing."""
    if not planned.changes:
        return f"{planned.unit}: no change, the module is as configured. Nothing was written."
    width = max(len(f"{planned.unit}.{change.key}") for change in planned.changes)
    return "\n".join(
        [
            f"PLAN ONLY — nothing changed.  unit {planned.unit}, serial {serial_text(planned.old)}",
            *(f"~ {f'{planned.unit}.{c.key}':{width}}  {c.old} → {c.new}   device register 0x{c.address:04X}" for c in planned.changes),
            "! lane must be CLOSED and vacant, or in COMMISSIONING with a second person",
        ]
    )


def serial_text(image: Image) -> str:
    """Two characters a register; what is no character is shown as a dot."""
    data = b"".join(value.to_bytes(2, "big") for value in image.serial)
    return "".join(chr(byte) if 0x20 < byte < 0x7F else "." for byte in data).strip(".")


def _sha256(tree: object) -> str:
    return hashlib.sha256(json.dumps(tree, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
