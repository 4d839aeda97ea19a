"""A site as the program uses it: everything that its files say, typed, checked and frozen."""

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from lanectl.dispatch import Settings
from lanectl.layout import Layout
from lanectl.model import Authority, DetectorName, GateName, SectionName, Sight, TruckName, UnitName


class Parity(Enum):
    NONE = "N"
    EVEN = "E"
    ODD = "O"


class SafeState(Enum):
    """What a relay does when the module's watchdog trips."""

    OFF = "OFF"
    ON = "ON"
    HOLD = "HOLD"


class DetectorKind(Enum):
    """Its technology; two different ones make "vacant under the boom" (D6)."""

    LOOP = "loop"
    CURTAIN = "curtain"
    BEAM = "beam"
    SCANNER = "scanner"


class Blocking(Enum):
    """VDA 5050 blockingType: what else a truck may do meanwhile. NONE: anything; SOFT: not drive; HARD: nothing."""

    NONE = "NONE"
    SOFT = "SOFT"
    HARD = "HARD"


class Role(Enum):
    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    TECHNICIAN = "technician"
    AUTHORITY_VN = "authority-vn"  # says what Vietnam's authority clears
    AUTHORITY_CN = "authority-cn"


@dataclass(frozen=True, slots=True)
class Title:
    """A name for people, in the three languages of the lane."""

    vi: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Hours:
    """When trucks may enter, every day: from and to, in minutes since midnight of `time_zone`; over midnight where `to` comes first."""

    spans: tuple[tuple[int, int], ...]
    time_zone: str


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port. `pseudo`: a pseudo-terminal, which carries no parity: none is asked of it."""

    name: str
    device: str
    baud: int
    parity: Parity
    pseudo: bool


@dataclass(frozen=True, slots=True)
class IoModule:
    """An input/output module. `inputs`: the detector on each, "" unused; `vacant_when`: the level of a vacant detector.

    `watchdog_s` 0: off. `marker_relay`: one with nothing wired to it, by which a restart is told (D4), None where none is free.
    `input_filter` in the module's own steps: its manual gives 100 µs in one place and 0.2 ms in another.
    """

    name: UnitName
    port: str
    kind: str
    address: int
    inputs: tuple[DetectorName, ...]
    vacant_when: int
    watchdog_s: int
    input_filter: int
    safe_relays: tuple[SafeState, ...]
    marker_relay: int | None = None


@dataclass(frozen=True, slots=True)
class Barrier:
    gate: GateName
    unit: UnitName
    port: str
    kind: str
    address: int


@dataclass(frozen=True, slots=True)
class Signal:
    """The lamp of a gate: `proceed_relay` energised shows PROCEED; the two inputs prove which lamp burns."""

    gate: GateName
    unit: UnitName
    proceed_relay: int
    stop_proof_input: int
    proceed_proof_input: int


@dataclass(frozen=True, slots=True)
class Scale:
    """The weighbridge before a gate, alone on its port. `at_m`: its middle from this gate's boom, in driving direction.

    A weight counts when it stood for `steady_s`, and may lie `tolerance_kg` off what is declared.
    """

    gate: GateName
    port: str
    kind: str
    steady_s: float
    tolerance_kg: int
    at_m: float
    length_m: float


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a picture, from 0 to 1 across and down."""

    left: float = 0.0
    top: float = 0.0
    right: float = 1.0
    bottom: float = 1.0


@dataclass(frozen=True, slots=True)
class Camera:
    """`source`: an rtsp:// or http:// address, a device, a folder or a file. `score_min` from 0 to 1.

    `area`: where plates are read; lower ones than `plate_px_min` pixels do not count. `sees`: what of the truck.
    """

    name: str
    gate: GateName
    source: str
    agreeing_frames: int
    score_min: float
    area: Area = Area()
    plate_px_min: float = 0.0
    sees: Sight = Sight.FRONT


@dataclass(frozen=True, slots=True)
class GateSite:
    """A gate in metres and words; what the rules need of it stands in the layout.

    `back_stop_short_m`: how far before the boom a truck stops that drives the other way, None where nobody does.
    """

    name: GateName
    title: Title
    time_zone: str
    at_m: float
    stop_short_m: float
    clear_m: float
    back_stop_short_m: float | None = None


@dataclass(frozen=True, slots=True)
class YardAction:
    """What every truck does when it stands clear `behind` this gate, at its way's end. `parameters`: key and value."""

    behind: GateName
    action_type: str
    blocking: Blocking
    parameters: tuple[tuple[str, str | float | bool], ...]


@dataclass(frozen=True, slots=True)
class Truck:
    """`serial`: its VDA 5050 serialNumber. `certificate`: the name by which the broker knows it.

    `marker`: the number of the AprilTag (36h11) that it carries, None where it carries none. `mass_kg_max`: what it weighs laden at most,
    0 where nothing rests on it. `plates`: what it wears, for orders that give none.
    """

    serial: TruckName
    manufacturer: str
    vda5050: str
    length_m: float
    braking_mps2: float
    state_interval_s: float
    certificate: str
    marker: int | None = None
    mass_kg_max: int = 0
    plates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Declared:
    """A line of the manifest. `container` (ISO 6346), `declared_weight_kg` (of the whole truck): "" and None where nobody declared them.

    `other_plates`: what else it wears, its trailer's.
    """

    consignment: str
    truck: TruckName
    plate: str
    cleared_by: tuple[Authority, ...]
    declared_weight_kg: int | None = None
    container: str = ""
    other_plates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """`pin`: as scrypt made it, "" for one who has none and so cannot act."""

    name: str
    roles: tuple[Role, ...]
    pin: str


@dataclass(frozen=True, slots=True)
class Tls:
    """Paths of the authority's certificate and of the controller's own certificate and key."""

    authority: str
    certificate: str
    key: str


@dataclass(frozen=True, slots=True)
class Mqtt:
    """The broker of the trucks. `interface`: first level of the VDA 5050 topics. `tls` is None on loopback only.

    `orders_from`: names on the certificates of those who may order; `authorities`: of each authority's own system.
    """

    host: str
    port: int
    interface: str
    map_id: str
    tls: Tls | None
    orders_from: tuple[str, ...] = ("orders",)
    authorities: tuple[tuple[Authority, str], ...] = ((Authority.VN, "customs-vn"), (Authority.CN, "customs-cn"))


@dataclass(frozen=True, slots=True)
class DetectorPosition:
    """`at_m`: its middle, from the beginning of the lane; it sees `length_m` along the lane."""

    at_m: float
    length_m: float
    kind: DetectorKind


@dataclass(frozen=True, slots=True)
class Positions:
    """Where things are, in metres from the entry gate's boom in driving order."""

    nodes: dict[str, float]
    points: dict[str, float]
    detectors: dict[DetectorName, DetectorPosition]
    sections: dict[SectionName, tuple[float, float]]
    booms: dict[GateName, float]


@dataclass(frozen=True, slots=True)
class Site:
    """One site. `gates`, `barriers`, `signals` in driving order. `sha256`: over the names and bytes of `files`, for journal and plans; not
    over the manifest, which changes while the lane works.
    """

    folder: Path
    name: str
    title: Title
    layout: Layout
    gates: tuple[GateSite, ...]
    ports: tuple[Port, ...]
    units: tuple[IoModule, ...]
    barriers: tuple[Barrier, ...]
    signals: tuple[Signal, ...]
    cameras: tuple[Camera, ...]
    scales: tuple[Scale, ...]
    fleet: tuple[Truck, ...]
    yard_actions: tuple[YardAction, ...]
    manifest: tuple[Declared, ...]
    persons: tuple[Person, ...]
    mqtt: Mqtt
    positions: Positions
    speed_mps_max: float
    border_m: float
    sha256: str
    files: dict[str, str]
    hours: Hours | None = None
    dispatch: Settings | None = None
