"""Looks at what a live camera sends, beside whatever reads plates from it, and says once when its pictures cannot be believed."""

import random
import time
from collections.abc import Callable

from drivers.camera import Live
from drivers.camera_health import CameraHealth, Trouble, look_at

LOOKING_S = 0.1  # between two looks while a plate is wanted, or something seems wrong
RESTING_S = (0.1, 0.3)  # else: at no steady pace, or a recording that repeats in step with it would never be looked at twice
WAIT_S = 0.1  # for a frame: silence is looked at as often
LATE_S = 0.2  # what a busy machine takes longer for a look, and nobody minds
OPENING_S = 3.0  # a camera that is dialled sends its first picture by then

WORDS = {
    Trouble.DEAD: "",  # the source says why
    Trouble.REPLAYED: "it shows earlier pictures again; look for what is fed in between the camera and here",
    Trouble.FROZEN: "it shows the same picture all the time; switch it off and on",
    Trouble.COVERED: "it shows nothing; look whether its lens is covered",
    Trouble.OVEREXPOSED: "it is dazzled; shade it or set its exposure",
    Trouble.DARK: "it is too dark; look after the lamps and its exposure",
    Trouble.DEFOCUSED: "it is out of focus; clean its lens and focus it",
    Trouble.MOVED: "it looks elsewhere; set it back, or start its reading process again to learn the new view",
}


class Watch:
    """`looking`: whether a plate is wanted now. `tell` gets a code and words, both "" when it is over. Runs in a thread of its own."""

    def __init__(self, live: Live, looking: Callable[[], bool], tell: Callable[[str, str], None]) -> None:
        self.trouble: Trouble | None = None
        self._live = live
        self._looking = looking
        self._tell = tell
        self._pace = random.Random()  # noqa: S311  a pace, not a secret
        self._health = CameraHealth(time.monotonic() + OPENING_S)

    def run(self) -> None:
        """For ever."""
        after, pause_s, before = 0.0, 0.0, time.monotonic()
        while True:
            asked = time.monotonic()
            shown = self._live.glance(after, WAIT_S)
            now = time.monotonic()
            late_s = max(0.0, now - before - pause_s - WAIT_S - LATE_S)  # also in the look before this one
            if shown is not None:
                after, picture = shown
                self._health.judge(after, look_at(picture))
                late_s = min(late_s, now - after)  # the camera may have stood still with the machine, so its newest frame is old
            self._health.stalled(late_s)
            self._say(self._health.trouble(now))
            pause_s, before = self._pause_s() if shown is not None else self._rest_of_wait_s(asked), now
            time.sleep(pause_s)

    def _rest_of_wait_s(self, asked: float) -> float:
        """None in a silence, waiting for the next frame is pause enough; but what cannot be unpacked is no frame and comes at once."""
        return max(0.0, asked + WAIT_S - time.monotonic())

    def _pause_s(self) -> float:
        closely = self._looking() or (self._health.suspects and self.trouble is None)
        return LOOKING_S if closely else self._pace.uniform(*RESTING_S)

    def _say(self, trouble: Trouble | None) -> None:
        if trouble is not self.trouble:
            self.trouble = trouble
            words = "" if trouble is None else WORDS[trouble] or self._live.silence()
            self._tell("" if trouble is None else trouble.value, words)
