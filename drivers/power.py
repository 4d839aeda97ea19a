"""Whether a module has lost power, from what its registers can prove (D4).

The module has no such register. Proof comes from a marker: a spare relay that only this session switches on. Relays come
back in their power-on state (OFF), so a marker found OFF, without a watchdog trip that explains it, is a restart; a marker found ON rules
one out. Without a spare relay, or before the marker was seen ON, a restart is taken to have happened when the watchdog is found switched
off after it was on, and whenever the unit was silent for as long as a restart takes: then it cannot be ruled out.
A tripped watchdog has run since it was armed: the module was powered then (assumed: a trip does not survive a power cut).
"""

from drivers.wire.r1214_io import Watchdog

RESTART_S_MIN = 1.0  # no module loses power, starts and answers again in less


class PowerWitness:
    """Told of every answer, and asked with each believed read of relays and watchdog."""

    def __init__(self, marker_relay: int | None) -> None:
        self._marker_relay = marker_relay
        self._marked = False
        self._was_enabled = False
        self._heard_at = float("-inf")
        self._silent_s = float("inf")  # the longest silence since the last verdict

    def heard(self, sent_at: float) -> None:
        self._silent_s = max(self._silent_s, sent_at - self._heard_at)
        self._heard_at = sent_at

    def restarted(self, relays: tuple[bool, ...], watchdog: Watchdog) -> bool:
        marker = self._marker_relay is not None and relays[self._marker_relay]
        marker_fell = self._marked and not marker
        disarmed = self._was_enabled and not watchdog.enabled
        not_ruled_out = self._silent_s >= RESTART_S_MIN and not self._marked
        self._marked = marker
        self._was_enabled = watchdog.enabled
        self._silent_s = 0.0
        if marker or watchdog.tripped:
            return False
        return marker_fell or disarmed or not_ruled_out
