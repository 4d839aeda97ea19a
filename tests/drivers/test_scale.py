"""A weighbridge over its bytes: what becomes a weight, and when."""

from dataclasses import dataclass, field
from random import Random

import pytest
from msgspec.structs import replace

from drivers.scale import SILENT_S, ToledoScale
from drivers.wire.toledo_scale import Indication, Status, encode
from lanectl.model import Report, WeightReported

STEADY_S = 2.0
FRAME_S = 0.125  # so that times add up exactly
LOADED = Indication(weight=23_450, tare=0, status=Status.KG, step=5)


@dataclass
class Bridge:
    """A scale that is heard in virtual time."""

    scale: ToledoScale = field(default_factory=lambda: ToledoScale("vn-scale", "vn", STEADY_S))
    now: float = 100.0
    told: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.scale.back(self.now)

    def show(self, shown: Indication, seconds: float = FRAME_S) -> list[Report]:
        """What it tells while the terminal shows this."""
        return self.send(*[encode(shown)] * round(seconds / FRAME_S))

    def send(self, *frames: bytes) -> list[Report]:
        before = len(self.told)
        for frame in frames:
            self.now += FRAME_S
            self.told += self.scale.receive(self.now, frame)
        return self.told[before:]

    def silence(self, seconds: float) -> list[Report]:
        self.now += seconds
        return self.scale.wake(self.now) if self.now >= self.scale.wake_at else []


def no_weight(why: str) -> list[WeightReported]:
    return [WeightReported("vn", None, why)]


def a_loaded_bridge() -> Bridge:
    bridge = Bridge()
    bridge.show(LOADED, 3)
    assert bridge.told[-1] == WeightReported("vn", 23_450)
    return bridge


def test_a_load_that_stands_still_for_the_sites_time_is_a_weight_and_is_told_once() -> None:
    bridge = Bridge()
    assert bridge.show(LOADED, 2.0) == no_weight("unsteady")
    assert bridge.show(LOADED) == [WeightReported("vn", 23_450)]
    assert bridge.show(LOADED, 60) == []


def test_a_truck_that_rolls_up_is_weighed_when_it_stands() -> None:
    bridge = Bridge()
    assert bridge.show(replace(LOADED, weight=0), 5) == no_weight("empty")
    for weight in range(1_000, 23_000, 1_000):
        bridge.show(replace(LOADED, weight=weight, status=Status.KG | Status.MOTION))
    assert bridge.told[1:] == no_weight("unsteady")
    assert bridge.show(LOADED, 2.0) == []
    assert bridge.show(LOADED) == [WeightReported("vn", 23_450)]


def test_a_weight_that_is_shown_without_its_tare_is_told_with_it() -> None:
    bridge = Bridge()
    bridge.show(replace(LOADED, weight=15_450, tare=8_000, status=Status.KG | Status.NET), 3)
    assert bridge.told[-1] == WeightReported("vn", 23_450)


@pytest.mark.parametrize(
    ("shown", "why"),
    [
        (replace(LOADED, status=Status.KG | Status.MOTION), "unsteady"),
        (replace(LOADED, status=Status.KG | Status.OUT_OF_RANGE), "over_range"),
        (replace(LOADED, status=Status.KG | Status.UNZEROED), "unzeroed"),
        (replace(LOADED, status=Status(0)), "not_kg"),
        (replace(LOADED, plain=False), "not_kg"),
        (replace(LOADED, weight=495), "empty"),
        (replace(LOADED, weight=-495), "empty"),
        (replace(LOADED, weight=-505), "under_zero"),
    ],
)
def test_what_is_no_weight_takes_the_weight_back_at_once_and_says_why(shown: Indication, why: str) -> None:
    bridge = a_loaded_bridge()
    assert bridge.show(shown) == no_weight(why)
    assert bridge.show(shown, 60) == []


def test_a_scale_that_falls_silent_has_no_weight_within_a_second() -> None:
    bridge = a_loaded_bridge()
    assert bridge.scale.wake_at == bridge.now + SILENT_S
    assert bridge.silence(SILENT_S - 0.01) == []
    assert bridge.silence(0.01) == no_weight("silent")
    assert bridge.scale.wake_at == float("inf")
    assert bridge.show(LOADED, 2.0) == no_weight("unsteady")
    assert bridge.show(LOADED) == [WeightReported("vn", 23_450)]


def test_silence_that_nobody_was_awake_for_breaks_a_weighing_too() -> None:
    bridge = Bridge()
    bridge.show(LOADED, 1.9)
    bridge.now += SILENT_S + 0.1
    assert bridge.show(LOADED, 1.9) == []


def test_a_scale_that_was_never_heard_is_silent() -> None:
    assert Bridge().silence(SILENT_S) == no_weight("silent")


def test_a_port_that_is_pulled_is_silence_and_half_a_frame_before_it_is_nothing_after() -> None:
    bridge = a_loaded_bridge()
    bridge.send(encode(LOADED)[:9])
    assert bridge.scale.gone(bridge.now, "unplugged") == no_weight("silent")
    bridge.scale.back(bridge.now)
    assert bridge.send(encode(LOADED)[9:]) == []


def test_a_weight_that_drifts_faster_than_a_load_settles_is_never_one() -> None:
    bridge = Bridge()
    for second in range(600):
        bridge.show(replace(LOADED, weight=20_000 + second))
    assert bridge.told == no_weight("unsteady")


def test_a_weight_that_wanders_off_is_weighed_anew() -> None:
    bridge = a_loaded_bridge()
    assert bridge.show(replace(LOADED, weight=23_465), 60) == []
    assert bridge.show(replace(LOADED, weight=23_470), 1) == no_weight("unsteady")
    assert bridge.show(replace(LOADED, weight=23_470), 2) == [WeightReported("vn", 23_470)]


def test_whole_frames_in_pieces_are_one_weight() -> None:
    bridge = Bridge()
    stream = encode(LOADED) * 40
    bridge.send(*(stream[at : at + 7] for at in range(0, len(stream), 7)))
    assert bridge.told[-1] == WeightReported("vn", 23_450)
    assert not bridge.scale.errors


@pytest.mark.parametrize("seed", range(20))
def test_broken_frames_never_become_a_weight(seed: int) -> None:
    draw = Random(seed)
    bridge = Bridge()
    for _ in range(3_000):
        frame = bytearray(encode(LOADED))
        for _ in range(draw.choice((0, 1, 1, 2, 3, 8))):
            frame[draw.randrange(len(frame))] = draw.randrange(256)
        bridge.send(bytes(frame[: draw.choice((len(frame), len(frame), draw.randrange(len(frame))))]))
    weights = {report.weight_kg for report in bridge.told if isinstance(report, WeightReported)}
    assert weights <= {None, 23_450}
    assert sum(bridge.scale.errors.values()) > 500


def test_noise_alone_is_silence() -> None:
    bridge = Bridge()
    draw = Random(7)
    for _ in range(5):
        bridge.send(draw.randbytes(200))
    assert bridge.silence(SILENT_S) == no_weight("silent")


def test_nothing_is_asked_of_a_scale() -> None:
    said: list[object] = []
    bridge = Bridge()
    bridge.scale.request(bridge.now, "vn-scale", None, said.append)  # type: ignore[arg-type]
    assert said == ["vn-scale is no unit on vn-scale: a scale speaks and is not asked"]
    assert not bridge.scale.ask(bridge.now, None)  # type: ignore[arg-type]
    assert not bridge.scale.permit(bridge.now)
    assert bridge.scale.output() == b""
