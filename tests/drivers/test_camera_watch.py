"""Silence of a camera is said soon, and a machine that was too busy to look is no silence."""

import numpy as np
import pytest

from drivers import camera_watch
from drivers.camera_health import DEAD_S, Look, look_at
from drivers.camera_watch import LATE_S, OPENING_S, WAIT_S, Watch
from drivers.frames import Picture

NOTICED_S = 1.6  # of the 2 s wanted: the process and the controller take their part


class Over(Exception):  # noqa: N818 - the end of a test's time is no error
    """The time of the test has passed."""


class Clock:
    """Time for the watch, and a camera beside it that sends ten frames a second until it is silent. `stalls`: when the
    machine stops, and for how long.
    """

    def __init__(self, silent_from: float, stalls: dict[float, float] | None = None, until: float = 60.0) -> None:
        self.now = 0.0
        self.silent_from, self.stalls, self.ends = silent_from, stalls or {}, until
        self._noise = np.random.default_rng(7)

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        before, self.now = self.now, self.now + seconds
        for at, lasts in self.stalls.items():
            if before <= at < self.now:
                self.now += lasts
        if self.now > self.ends:
            raise Over

    @property
    def frames(self) -> int:
        return round(min(self.now, self.silent_from) * 10)

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        newest = np.floor(min(self.now, self.silent_from) * 10) / 10
        if newest > after:
            return float(newest), self._noise.integers(60, 200, (54, 96, 3), np.uint8)
        self.sleep(wait_s)
        newest = np.floor(min(self.now, self.silent_from) * 10) / 10
        return (float(newest), self._noise.integers(60, 200, (54, 96, 3), np.uint8)) if newest > after else None

    def silence(self) -> str:
        return "no picture"


def said(monkeypatch: pytest.MonkeyPatch, clock: Clock, *, looking: bool = False) -> list[tuple[float, str]]:
    monkeypatch.setattr(camera_watch, "time", clock)
    told: list[tuple[float, str]] = []
    watch = Watch(clock, lambda: looking, lambda code, _: told.append((clock.now, code)))
    with pytest.raises(Over):
        watch.run()
    return [(at, code) for at, code in told if code == "dead"]


@pytest.mark.parametrize("looking", [True, False])
@pytest.mark.parametrize("silent_from", [20.0, 21.37, 22.71, 23.99])
def test_silence_is_said_well_within_two_seconds(monkeypatch: pytest.MonkeyPatch, silent_from: float, looking: bool) -> None:
    ((at, _),) = said(monkeypatch, Clock(silent_from, until=silent_from + 5.0), looking=looking)
    assert DEAD_S <= at - silent_from + 0.1 <= NOTICED_S


def test_a_machine_that_stopped_for_seconds_blames_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, Clock(60.0, stalls={20.05: 2.5, 30.0: 1.3, 40.0: 6.0}, until=60.0)) == []


def test_a_camera_that_falls_silent_while_the_machine_stands_is_still_found(monkeypatch: pytest.MonkeyPatch) -> None:
    ((at, _),) = said(monkeypatch, Clock(20.0, stalls={20.05: 2.5}, until=30.0))
    assert at - 22.5 <= DEAD_S + WAIT_S + 2 * LATE_S + 0.3


class BusyClock(Clock):
    """The machine stops while a frame is looked at, camera and all: what it sends next comes half a second after."""

    def __init__(self, at: float, lasts: float) -> None:
        super().__init__(60.0)
        self._stops_at, self._lasts, self._back_at = at, lasts, 0.0

    def look(self, picture: Picture) -> Look:
        if self._back_at == 0.0 and self.now > self._stops_at:
            self.now += self._lasts
            self._back_at = self.now + 0.5
        return look_at(picture)

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        if self._back_at - 0.5 <= self.now < self._back_at:
            self.sleep(wait_s)
            return None
        return super().glance(after, wait_s)


@pytest.mark.parametrize("lasts", [1.3, 2.5, 6.0])
def test_a_machine_that_stopped_during_a_look_blames_no_camera(monkeypatch: pytest.MonkeyPatch, lasts: float) -> None:
    clock = BusyClock(20.0, lasts)
    monkeypatch.setattr(camera_watch, "look_at", clock.look)
    assert said(monkeypatch, clock) == []


class StoppedClock(Clock):
    """After the machine stopped the newest frame is one from before."""

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        shown = super().glance(after, wait_s)
        for at, lasts in self.stalls.items():
            if shown is not None and at < shown[0] < at + lasts + 0.1:
                return (at, shown[1]) if at > after else None
        return shown


def test_a_frame_from_before_the_machine_stopped_blames_no_camera(monkeypatch: pytest.MonkeyPatch) -> None:
    assert said(monkeypatch, StoppedClock(60.0, stalls={20.05: 2.5, 30.07: 1.3, 40.03: 6.0})) == []


class Undecodable(Clock):
    """Frames come, and none can be unpacked."""

    glances = 0

    def glance(self, after: float, wait_s: float, /) -> tuple[float, Picture] | None:
        self.glances += 1
        if self.glances > 1000:
            raise Over
        return None


def test_pictures_that_cannot_be_unpacked_are_looked_for_no_more_often_than_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Undecodable(60.0, until=10.0)
    ((at, _),) = said(monkeypatch, clock)
    assert at <= OPENING_S + DEAD_S + 2 * WAIT_S
    assert clock.glances <= 10.0 / WAIT_S + 2
