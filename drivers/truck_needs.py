"""Instant actions that a truck has to confirm: they are sent again under new ids until it shows that it is at them."""

from dataclasses import dataclass
from math import inf

from drivers.wire.vda5050.messages import ActionStatus, State

UNDER_WAY = (ActionStatus.WAITING, ActionStatus.INITIALIZING, ActionStatus.RUNNING, ActionStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Need:
    """An instant action that has to be confirmed: the ids under which it was sent, and when it is sent again under a new one."""

    ids: tuple[str, ...] = ()
    due_at: float = -inf

    def status(self, state: State | None) -> ActionStatus | None:
        """The furthest that the truck shows of this need's actions."""
        shown = [] if state is None else [action.action_status for action in state.action_states if action.action_id in self.ids]
        order = (ActionStatus.FINISHED, *UNDER_WAY, ActionStatus.FAILED)
        return min(shown, key=order.index, default=None)
