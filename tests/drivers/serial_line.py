"""A serial line in virtual time: a bus, units that answer it, and everything that can happen to bytes on the way."""

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from drivers.bus import Bus
from drivers.session import POLL_S, Session
from drivers.wire.modbus_rtu import (
    Function,
    Read,
    ReadBits,
    ReadRegisters,
    Registers,
    Request,
    Response,
    Shape,
    WriteCoil,
    Written,
    answer_shape,
    crc,
    decode_request,
    encode_response,
)
from lanectl.model import BoomMove, Command, LinkLost, Report, SetBoom

STEP_S = 0.1  # the core completes a step this often
TURNAROUND_S = 0.005

Answer = Callable[[float, Request], Response | None]
Arrivals = Iterator[tuple[float, bytes]]
Way = Callable[[float, bytes, "Line"], Arrivals]


@dataclass(frozen=True, slots=True)
class Believed:
    """What a probe took for the answer to the request that it sent at `sent_at`."""

    sent_at: float
    request: Request
    response: Response


POLL = ReadRegisters(Function.READ_HOLDING, 100, 9)
FENCE = ReadRegisters(Function.READ_HOLDING, 100, 4)


class Probe(Session):
    """The plainest session: polls two shapes in turn, believes what it is given and remembers it."""

    def __init__(self, unit: str = "probe", address: int = 1) -> None:
        super().__init__(unit, address)
        self.believed: list[Believed] = []
        self.polled_at: list[float] = []
        self._next = POLL

    def begin(self, now: float) -> None:
        self.forget()
        self.due_at = now

    def ask(self, now: float, command: Command) -> bool:
        """SetBoom to a gate named as this unit: coil 0 is STOP (urgent), coil 1 is UP."""
        if not isinstance(command, SetBoom) or command.gate != self.unit:
            return False
        if command.move is BoomMove.STOP:
            self.urgent[:] = [WriteCoil(0, True)]
        else:
            self.ordinary[:] = [WriteCoil(1, True)]
        return True

    def poll(self, now: float, unlike: Shape | None) -> Read:
        poll = self._next if answer_shape(self._next) != unlike else (FENCE if self._next is POLL else POLL)
        self._next = FENCE if poll is POLL else POLL
        self.polled_at.append(now)
        self.due_at = now if poll is POLL else now + POLL_S
        return poll

    def answered(self, request: Request, response: Response, sent_at: float) -> list[Report]:
        self.believed.append(Believed(sent_at, request, response))
        self.found()
        return []

    def forget(self) -> None:
        self._next = POLL


@dataclass(slots=True)
class Line:
    """`answer`: what a unit says to a request, None when it hears nothing. `way`: how its answer travels."""

    bus: Bus
    answer: Answer
    way: Way
    baud: int = 38400
    now: float = 0.0
    sent: list[tuple[float, int, Request]] = field(default_factory=list)
    reports: list[tuple[float, Report]] = field(default_factory=list)
    arriving: list[tuple[float, int, bytes]] = field(default_factory=list)
    arrived_last: float = 0.0
    permits: bool = True
    order: int = 0
    physics: Callable[[float], None] = lambda now: None

    def on(self, until: float) -> None:
        """Runs to `until`, a step every STEP_S."""
        next_step = self.now
        while True:
            next_arrival = self.arriving[0][0] if self.arriving else float("inf")
            at = max(self.now, min(self.bus.wake_at, next_arrival, next_step, until))
            assert at > self.now or self.order < 5_000_000
            self.now = at
            self.physics(at)
            if at >= until:
                return
            if next_arrival <= at:
                self.note(self.bus.receive(at, heapq.heappop(self.arriving)[2]))
            elif next_step <= at:
                next_step = at + STEP_S
                if self.permits:
                    self.bus.permit(at)
            else:
                self.note(self.bus.wake(at))
            self.carry()

    def ask(self, command: Command) -> bool:
        taken = self.bus.ask(self.now, command)
        self.carry()
        return taken

    def note(self, reports: list[Report]) -> None:
        self.reports += [(self.now, report) for report in reports]

    def carry(self) -> None:
        """What the bus wrote reaches the units; their answers set out."""
        frame = self.bus.output()
        if not frame:
            return
        unit, request = decode_request(frame)
        self.sent.append((self.now, unit, request))
        response = self.answer(self.now, request) if unit in (1, 2, 3) else None
        if response is None:
            return
        answer = encode_response(unit, request, response)
        wire_s = (len(frame) + len(answer)) * 11 / self.baud + TURNAROUND_S
        for at, data in self.way(self.now + wire_s, answer, self):
            self.arrive(at, data)

    def arrive(self, at: float, data: bytes) -> None:
        self.order += 1
        heapq.heappush(self.arriving, (at, self.order, data))

    def in_turn(self, at: float) -> float:
        """A unit answers one request after the other, however late."""
        self.arrived_last = max(self.arrived_last, at)
        return self.arrived_last

    def lost(self) -> list[str]:
        return [report.unit for _, report in self.reports if isinstance(report, LinkLost)]


class Numbered:
    """A unit that numbers its answers: each read is answered with how many requests it has heard."""

    def __init__(self) -> None:
        self.heard = 0
        self.given: dict[float, int] = {}
        self.deaf_until = 0.0

    def __call__(self, now: float, request: Request) -> Response | None:
        if now < self.deaf_until:
            return None
        if isinstance(request, WriteCoil):
            return Written()
        assert isinstance(request, ReadRegisters | ReadBits)
        self.heard += 1
        self.given[now] = self.heard
        return Registers((self.heard,) * request.count)

    def gave(self, believed: Believed) -> bool:
        """True if this very request was answered with this."""
        assert isinstance(believed.response, Registers)
        return set(believed.response.values) == {self.given.get(believed.sent_at)}


# ---------------------------------------------------------------- ways of an answer


def perfect(at: float, answer: bytes, line: Line) -> Arrivals:
    yield line.in_turn(at), answer


def byte_at_a_time(at: float, answer: bytes, line: Line) -> Arrivals:
    for place in range(len(answer)):
        yield line.in_turn(at + place * 0.0005), answer[place : place + 1]


@dataclass(frozen=True, slots=True)
class Faulty:
    """Each answer meets a fault with `rate`, drawn from `kinds`. Seeded."""

    random: Random
    kinds: tuple[str, ...]
    rate: float = 0.2
    late_s_max: float = 0.42
    doubled_s_max: float = 0.42

    def __call__(self, at: float, answer: bytes, line: Line) -> Arrivals:
        if self.random.random() >= self.rate:
            yield line.in_turn(at), answer
            return
        match self.random.choice(self.kinds):
            case "lost":
                return
            case "late":
                yield line.in_turn(at + self.random.uniform(0, self.late_s_max)), answer
            case "doubled":
                yield line.in_turn(at), answer
                yield at + self.random.uniform(0, self.doubled_s_max), answer
            case "corrupt":
                bit = self.random.randrange(8 * len(answer))
                yield line.in_turn(at), (int.from_bytes(answer, "big") ^ 1 << bit).to_bytes(len(answer), "big")
            case "cut":
                yield line.in_turn(at), answer[: self.random.randrange(1, len(answer))]
            case "longer":
                yield line.in_turn(at), answer + self.random.randbytes(self.random.randrange(1, 4))
            case "foreign":
                yield line.in_turn(at), answer
                yield at + self.random.uniform(-TURNAROUND_S, 0.4), self._of_another_master(answer)

            case "stranger":
                yield line.in_turn(at), answer
                frame = bytes((self.random.choice((2, 9)),)) + answer[1:-2]
                yield at + self.random.uniform(-TURNAROUND_S, 0.4), frame + crc(frame)

    def _of_another_master(self, answer: bytes) -> bytes:
        """A frame as ours, of the same unit and shape, with values that no request of ours was answered with."""
        body = answer[:3] + b"\xee" * (len(answer) - 5)
        return body + crc(body)
