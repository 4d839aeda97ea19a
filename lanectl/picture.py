"""Watches the controller's steps and keeps what people want to see of them: the news, the standing alarms, the metrics."""

from collections.abc import Callable, Sequence

import msgspec

from lanectl.decide import Decision
from lanectl.metrics import Metrics
from lanectl.model import IdentityReported, Lane, Refusal, Report
from lanectl.status import Alarm, LaneStatus, Moment, News, Scene, follow, lane_status


class Picture:
    """An observer of the controller. `wall_utc` gives the time for people, ISO 8601 with Z."""

    def __init__(self, scene: Scene, wall_utc: Callable[[], str], metrics: Metrics | None = None, speed: float = 1.0) -> None:
        self.news = News()
        self._scene = scene
        self._wall_utc = wall_utc
        self._metrics = metrics
        self._speed = speed
        self._raised: tuple[Alarm, ...] = ()

    def stepped(self, now: float, before: Lane, report: Report, decision: Decision) -> None:
        told: Report | IdentityReported = decision.identity or report
        moment = Moment(now, self._wall_utc())
        self.news = follow(self.news, self._scene.layout, moment, told, before, decision.core.lane, decision.refusals)
        if self._metrics is not None:
            self._metrics.stepped(decision.refusals, self.news.latest)

    def status(self, now: float, lane: Lane, refusals: Sequence[Refusal], seq: int) -> LaneStatus:
        """`refusals`: of the last step that was taken; `seq`: the journal's last record."""
        moment = Moment(now, self._wall_utc(), seq, self._speed)
        status = lane_status(self._scene, moment, lane, tuple(refusals), self.news, self._raised)
        self._raised = status.alarms
        if self._metrics is not None:
            self._metrics.show(status)
        return status


def as_json(status: LaneStatus) -> dict[str, object]:
    """Plain values, ready for JSON."""
    plain: dict[str, object] = msgspec.to_builtins(status)
    return plain


def from_line(line: bytes) -> LaneStatus:
    """One line of JSON; ValueError when it is not a status of this version."""
    return msgspec.json.decode(line, type=LaneStatus)
