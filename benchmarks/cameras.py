"""Cameras: how soon each trouble is noticed, what a look costs, and whether a simulated day of trucks, night and rain raises a false alarm.

The day goes by sixty times as fast as a real one, so light and weather change harder; its trucks keep their own pace.
"""

import argparse
import random
import time
from collections.abc import Iterator
from functools import partial
from statistics import mean, quantiles

import cv2
import numpy as np
from numpy.typing import NDArray

from drivers.camera_health import CameraHealth, Trouble, look_at
from sim.camera import CameraView, jpeg, still, taken
from sim.camera_faults import CameraFault, Weather, seen_through

Picture = NDArray[np.uint8]
LEARN_S = 5.0
TRUCK_S = 20.0  # waits at the line


def sent(picture: Picture) -> Picture:
    received = cv2.imdecode(np.frombuffer(jpeg(picture), np.uint8), cv2.IMREAD_COLOR)
    assert received is not None
    return received.astype(np.uint8, copy=False)


def frames(weather: Weather, fault: CameraFault | None, first: int, truck: bool) -> Iterator[Picture]:
    scene = still(CameraView("14C12345" if truck else "", 3.0, weather=weather))
    number = first
    while True:
        number += 1
        yield sent(taken(scene, number, weather, partial(seen_through, fault)))


def noticed_s(weather: Weather, fault: CameraFault, per_s: float, truck: bool, draw: random.Random) -> float | None:
    """From the fault to the word of it; None when nothing was said in five seconds."""
    health, now, shown = CameraHealth(0.0), 0.0, list[Picture]()
    usual = frames(weather, None, draw.randrange(10**6), truck)
    while now < LEARN_S:
        now += 1 / per_s
        shown.append(next(usual))
        health.judge(now, look_at(shown[-1]))
    began_at = now + draw.uniform(0.0, 1 / per_s)
    if fault is CameraFault.UNPLUGGED:
        while health.trouble(now) is not Trouble.DEAD:
            now += 0.05
        return now - began_at
    wrong = frames(weather, fault, draw.randrange(10**6), truck)
    for number in range(round(5.0 * per_s)):
        now += 1 / per_s
        picture = shown[-1] if fault is CameraFault.FROZEN else shown[number % len(shown)] if fault is CameraFault.REPLAYED else next(wrong)
        if health.judge(now, look_at(picture)) is not None:
            return now - began_at
    return None


def notice(runs: int, seed: int) -> None:
    draw = random.Random(seed)
    print(f"noticed after, seconds (seed {seed}):")
    for fault in CameraFault:
        took = [
            noticed_s(weather, fault, per_s, truck, draw)
            for _ in range(runs)
            for weather in Weather
            for per_s in (5.0, 10.0)
            for truck in (False, True)
        ]
        seen = sorted(s for s in took if s is not None)
        p95 = quantiles(seen, n=20)[-1] if len(seen) > 1 else float("nan")
        longest = max(seen, default=float("nan"))
        print(f"  {fault.value:12} p95 {p95:4.2f}  longest {longest:4.2f}  not noticed {len(took) - len(seen)} of {len(took)}")


def day(hours: float, per_s: float, seed: int) -> None:
    """One minute for each hour's quarter of a truck's coming, waiting and going."""
    draw = random.Random(seed)
    health, now, said, looked = CameraHealth(0.0), 0.0, list[str](), 0
    cost_ms = []
    for quarter in range(round(hours * 4)):
        hour = quarter / 4 % 24
        weather = Weather.NIGHT if not 6 <= hour < 18.5 else Weather.RAIN if draw.random() < 0.25 else Weather.DAY
        sun = 1.0 if weather is Weather.NIGHT else 0.75 + 0.35 * np.sin(np.pi * (hour - 6) / 12.5)
        for distance_m in path(per_s, draw):
            now += 1 / per_s
            looked += 1
            view = CameraView("" if distance_m is None else "14C12345", distance_m or 0.0, looked % 4, weather=weather)
            lit = cv2.convertScaleAbs(still(view), alpha=float(sun)).astype(np.uint8, copy=False)
            picture = sent(taken(lit, draw.randrange(10**9), weather))
            began = time.process_time()
            trouble = health.judge(now, look_at(picture))
            cost_ms.append((time.process_time() - began) * 1000)
            if trouble is not None and (not said or not said[-1].startswith(trouble.value)):
                said.append(f"{trouble.value} at {hour:.2f} h ({weather.value}, truck {distance_m})")
    print(f"a day of {hours:g} h in {looked} frames at {per_s:g} a second: {len(said)} false alarms {said}")
    print(f"a look: {mean(cost_ms):.2f} ms of CPU, p95 {quantiles(cost_ms, n=20)[-1]:.2f} ms")


def path(per_s: float, draw: random.Random) -> Iterator[float | None]:
    """Where a truck's front is before the boom, frame by frame; None: nobody there."""
    yield from (None for _ in range(round(5 * per_s)))
    speed = draw.uniform(1.0, 2.5)
    yield from (15.0 - speed * n / per_s for n in range(round(12.0 / speed * per_s)))
    yield from (3.0 for _ in range(round(TRUCK_S * draw.random() * per_s)))
    yield from (3.0 - speed * n / per_s for n in range(round(3.0 / speed * per_s)))
    yield from (None for _ in range(round(5 * per_s)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3, help="of each fault, in each weather, at each rate, with and without a truck")
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    cv2.setNumThreads(1)
    notice(given.runs, given.seed)
    day(given.hours, 5.0, given.seed)


if __name__ == "__main__":
    main()
