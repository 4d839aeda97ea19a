"""Plates as a gate's camera and reader would tell them, without pictures: one read a frame while it is asked to look."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from random import Random

from sim.lane import SimLane
from sim.plan import CameraPlan
from sim.scene import truck_before, written_on
from sim.virtual_time import VirtualClock

READ_S = 0.3  # from a frame to its read
SCORE = (0.90, 0.99)
DIGITS = "0123456789"


@dataclass(frozen=True, slots=True)
class PlateRead:
    """`plate` "": a frame in which nothing could be read. `score`: of the weakest character."""

    camera: str
    gate: str
    plate: str
    score: float
    evidence: str


class PlateReads:
    """One gate's camera. `dark`: no frame comes. `misread`: the part of the reads in which a character is taken for another."""

    def __init__(self, plan: CameraPlan, lane: SimLane, clock: VirtualClock, dice: Random) -> None:
        self.plan = plan
        self.dark = False
        self.misread = 0.0
        self._lane = lane
        self._clock = clock
        self._dice = dice
        self._request = 0
        self._frames = 0

    def want(self, wanted: bool, told: Callable[[PlateRead], None]) -> None:
        self._request += 1
        if wanted:
            self._look(self._request, told)

    def _look(self, request: int, told: Callable[[PlateRead], None]) -> None:
        if request != self._request:
            return
        if not self.dark:
            read = self._read()
            self._clock.call_at(self._clock.now() + READ_S, lambda: told(read) if request == self._request else None)
        self._clock.call_at(self._clock.now() + 1.0 / self.plan.frames_per_s, lambda: self._look(request, told))

    def _read(self) -> PlateRead:
        self._frames += 1
        gate = next(gate for gate in self._lane.plan.gates if gate.name == self.plan.gate)
        truck = truck_before(self._lane.world, gate)
        plate = written_on(truck, self.plan.sees) if truck is not None else ""
        score = 0.0
        if plate:
            score = round(SCORE[0] + (SCORE[1] - SCORE[0]) * self._dice.random(), 4)
            if self.misread and self._dice.random() < self.misread:
                plate = "" if self.plan.sees == "container" else self._misread(plate)  # a misread number's check digit is wrong
        evidence = sha256(f"{self.plan.name} {self._frames} {plate}".encode()).hexdigest()
        return PlateRead(self.plan.name, self.plan.gate, plate, score, evidence)

    def _misread(self, plate: str) -> str:
        place = len(plate) - 1 - self._dice.randrange(4)
        return plate[:place] + DIGITS[self._dice.randrange(10)] + plate[place + 1 :]
