"""How long one decision of the dispatcher takes: 200 waiting trucks, both ways, every kind of lane. Run: python -m benchmarks.dispatch"""

import random
import statistics
import time
from dataclasses import replace
from math import inf

from lanectl.dispatch import AtGate, LanePicture, Settings, Waiting, decide
from lanectl.model import Direction

DECISIONS = 20_000
WAITING = 200
BAR_MS = 1.0  # p99


def drawn(dice: random.Random, now: float) -> tuple[list[Waiting], LanePicture]:
    waiting = [
        Waiting(
            f"T{number:03d}",
            dice.choice(list(Direction)),
            now - dice.uniform(0.0, 2000.0),
            dice.randrange(10),
            dice.choice((inf, now + dice.uniform(0.0, 7200.0))),
            dice.random() < 0.9,
            dice.random(),
        )
        for number in range(WAITING)
    ]
    at_gate = tuple(AtGate(f"G{number}", now - 100.0, held=dice.random() < 0.3) for number in range(dice.randrange(3)))
    room = tuple((direction, dice.randrange(0, 20)) for direction in Direction)
    lane = LanePicture(dice.choice(list(Direction)), True, True, not at_gate, at_gate, room, now - 300.0, dice.randrange(25))
    return waiting, replace(lane, both_ways=dice.random() < 0.8)


def main() -> None:
    dice, settings, took_ms = random.Random(1), Settings(), list[float]()
    scenes = [drawn(dice, 10_000.0) for _ in range(200)]
    for number in range(DECISIONS):
        waiting, lane = scenes[number % len(scenes)]
        began = time.perf_counter()
        decide(waiting, lane, 10_000.0, settings)
        took_ms.append(1000.0 * (time.perf_counter() - began))
    cuts = statistics.quantiles(took_ms, n=100)
    print(f"{DECISIONS} decisions over {WAITING} waiting trucks: p50 {cuts[49]:.3f} ms, p99 {cuts[98]:.3f} ms (bar: {BAR_MS:g} ms p99)")


if __name__ == "__main__":
    main()
