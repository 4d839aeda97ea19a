"""One request and what comes back for it: when an answer is proper, and which answers could be taken for each other."""

from collections.abc import Callable

from msgspec import Struct, field

from drivers.session import Session
from drivers.wire.modbus_rtu import Request, Response, Shape, Write, answer_in, answer_shape

Done = Callable[[Response | str], None]


class Member(Struct):
    """A unit as its bus sees it. `losses`: exchanges in a row that failed."""

    session: Session
    held: "Flight | None" = None  # a proper answer that waits for its fence
    losses: int = 0
    retry_at: float = float("-inf")
    blind_at: dict[Write, float] = field(default_factory=dict)

    def poll_at(self) -> float:
        session, at = self.session, self.retry_at
        at = session.due_at if session.due_at > at else at
        return session.silent_until if session.silent_until > at else at

    def next_at(self) -> float:
        """A poll or what it was ordered to do, whichever may be sent first."""
        return min(self.poll_at(), self.order_at) if self.session.ordinary else self.poll_at()

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
        return self.member.held is not None and self.member.held.shape == answer_shape(self.request)


class Flight(Struct):
    """The request in flight. `due_at`: when it is over; with an answer, that is proper if nothing followed it until the line was free."""

    member: Member
    request: Request
    shape: Shape
    sent_at: float
    due_at: float
    done: Done | None
    received: bytes = b""
    answer: Response | None = None

    def take(self, data: bytes, settled_at: float) -> None:
        """D3. Raises WireError as soon as what has come cannot be this request's answer, or more than it."""
        self.received += data
        self.answer = answer_in(self.member.session.address, self.request, self.received)
        if self.answer is not None:
            self.due_at = settled_at
