"""One request and what comes back for it: when an answer is proper, and which answers could be taken for each other."""

from collections.abc import Callable

from msgspec import Struct, field

from drivers.session import Session
from drivers.wire.modbus_rtu import (
    Request,
    Response,
    Write,
    answer_bytes,
    answer_shape,
    decode_response,
)

Done = Callable[[Response | str], None]


class Member(Struct):
    """A unit as its bus sees it. `losses`: exchanges in a row that failed."""

    session: Session
    held: "Flight | None" = None  # a proper answer that waits for its fence
    losses: int = 0
    retry_at: float = float("-inf")
    blind_at: dict[Write, float] = field(default_factory=dict)

    @property
    def poll_at(self) -> float:
        session, at = self.session, self.retry_at
        at = session.due_at if session.due_at > at else at
        return session.silent_until if session.silent_until > at else at

    @property
    def next_at(self) -> float:
        """A poll or what it was ordered to do, whichever may be sent first."""
        return min(self.poll_at, self.order_at) if self.session.ordinary else self.poll_at

    @property
    def order_at(self) -> float:
        return max(self.retry_at, self.session.silent_until) if self.session.ordinary else float("inf")

    def urgent_at(self, write: Write) -> float:
        return self.blind_at.get(write, float("-inf"))


class Raw(Struct, frozen=True):
    """A transaction that flashing or doctor waits for."""

    member: Member
    request: Request
    done: Done
    since: float

    @property
    def send_at(self) -> float:
        return max(self.since, self.member.session.silent_until)

    @property
    def needs_fence(self) -> bool:
        """Its answer could not be told from the last one's."""
        return self.member.held is not None and answer_shape(self.member.held.request) == answer_shape(self.request)


class Flight(Struct):
    """The request in flight. `answer` is whole but not proper before `settled_at`: nothing may follow it until the line was free."""

    member: Member
    request: Request
    sent_at: float
    deadline: float
    done: Done | None
    received: bytes = b""
    answer: Response | None = None
    settled_at: float = float("inf")

    @property
    def due_at(self) -> float:
        """When it is over, with its answer or without one."""
        return self.deadline if self.answer is None else self.settled_at

    def take(self, data: bytes, settled_at: float) -> None:
        """D3. Raises WireError as soon as what has come cannot be this request's answer, or more than it."""
        self.received = received = self.received + data
        unit, request = self.member.session.address, self.request
        if len(received) >= answer_bytes(unit, request, received):
            self.answer = decode_response(unit, request, received)
            self.settled_at = settled_at
