"""What a simulated vehicle does at nodes: one action after another, each INITIALIZING, RUNNING, then FINISHED or FAILED. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from drivers.wire.vda5050.messages import Action, ActionStatus

INITIALIZING_S = 1.0
Shown = tuple[Action, ActionStatus, str]
"""An action, what is to be told of it, and with which result."""


@dataclass(frozen=True, slots=True)
class Works:
    """`to_do`: the first is under way since `since`, None while it waits."""

    to_do: tuple[Action, ...] = ()
    since: float | None = None

    @property
    def under_way(self) -> bool:
        return bool(self.to_do)

    def with_more(self, actions: Iterable[Action]) -> "Works":
        more = tuple(actions)
        return Works((*self.to_do, *more), self.since) if more else self

    def at(self, now: float, work_s: float, cannot: str) -> "tuple[Works, list[Shown]]":
        """`cannot`: why it fails, "" when it does not."""
        if not self.to_do:
            return self, []
        action = self.to_do[0]
        if self.since is None:
            return Works(self.to_do, now), [(action, ActionStatus.INITIALIZING, "")]
        if now - self.since < INITIALIZING_S:
            return self, []
        if now - self.since < INITIALIZING_S + work_s:
            return self, [(action, ActionStatus.RUNNING, "")]
        ended = ActionStatus.FAILED if cannot else ActionStatus.FINISHED
        return Works(self.to_do[1:]), [(action, ended, cannot)]
