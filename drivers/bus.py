"""The RS-485 master: one request at a time, and no answer is ever believed that is not of this very request.

RTU frames carry no transaction id. Three things stand in its place:
1. An answer counts only if unit, function, byte count, padding, CRC and echo match, and nothing follows it until the line was free (D3).
2. A read is believed when the unit's next exchange, whose answer has another shape, was proper too (the fence). A late, doubled or foreign
   frame that is taken for an answer leaves the true answer on the line, where the fence finds it. So one fault is never believed.
3. After any violation the unit is lost, all that waits for its fence is dropped, and the line stays quiet for the longest latency (D2).
Writes are never believed by their echo, only by a later read. That is why an urgent write may break the quiet time: its echo, or a late
answer, falls into the quiet time or spoils a read, but cannot be a read's answer, whose function is another.
"""

from collections import Counter, deque
from collections.abc import Sequence

from drivers.exchange import Done, Flight, Member, Raw
from drivers.session import Session
from drivers.wire.errors import WireError
from drivers.wire.modbus_rtu import Read, Request, Response, Write, answer_shape, encode_request
from lanectl.model import Command, Report, UnitName

TIMEOUT_S = 0.15  # house: a stop waits for one request in flight at most
LONGEST_LATENCY_S = 0.30  # after the time-out; 0.45 s from the request was the longest seen
PERMIT_S = 0.5  # S5: two heartbeats of the core
GAP_S_MIN = 0.00175  # t3.5 above 19200 baud
GAP_CHARACTERS = 3.5
BITS_A_CHARACTER = 11
STRAY_SILENCE_S = 0.02  # a USB adapter hands bytes on up to 16 ms late
BACKOFF_S = (0.0, 0.25, 0.5, 1.0, 2.0)  # before a lost unit is asked again; a dead one costs its neighbours a fifth of the bus at most
PACE_MAX = 3.0  # the longest time-out on a faster clock is 0.45 s: three quarters of the age that a reading may have
BLIND_REPEAT_S = 0.5  # the same urgent write to a silent unit
BLIND_SPACING_S = 0.05  # two frames at 9600 baud and a turnaround, twice
REQUESTS_MAX = 64  # raw ones waiting: flashing asks one after the other
REQUEST_WAIT_S = 5.0  # a raw request that found no free line, or no permit, by then is given up


class Bus:
    """Sans-IO: bytes and time in; reports, bytes to write and `wake_at` out. `errors` counts violations by kind.

    `longest_latency_s`: how long after its time-out an answer may still come. `pace`: how much faster than real time the clock runs,
    against a simulator only; its machine answers no sooner for that, so time-outs are stretched with it, as far as PACE_MAX.
    """

    def __init__(
        self,
        name: str,
        baud: int,
        units: Sequence[Session],
        *,
        timeout_s: float = TIMEOUT_S,
        longest_latency_s: float = LONGEST_LATENCY_S,
        pace: float = 1.0,
    ) -> None:
        assert timeout_s <= TIMEOUT_S, "a stop command must not wait longer than this for the request in flight"
        assert len({session.address for session in units}) == len(units) > 0, "each unit on a bus has its own address"
        self.name = name
        self.errors: Counter[str] = Counter()
        self._members = [Member(session) for session in units]
        self._timeout_s = timeout_s * min(max(pace, 1.0), PACE_MAX)
        self._longest_latency_s = longest_latency_s
        self._gap_s = max(GAP_S_MIN, GAP_CHARACTERS * BITS_A_CHARACTER / baud)
        self._flight: Flight | None = None
        self._last_asked: Member | None = None
        self._requests: deque[Raw] = deque()
        self._output = b""
        self._gone = False
        self._permitted_until = float("-inf")
        self._quiet_until = float("-inf")
        self._quiet_until_max = float("-inf")
        self._free_at = float("-inf")
        self._told_wake_at = float("-inf")  # whoever drives the bus knows of it, after all that it did with it

    # ------------------------------------------------------------ from outside

    def receive(self, now: float, data: bytes) -> list[Report]:
        if not data or self._gone:
            return []
        try:
            if self._flight is None:
                self._strayed(now)
            else:
                self._flight.take(data, now + self._gap_s)
        except WireError as error:
            return self._violated(now, error, self._last_asked) + self.wake(now)
        return []

    def wake(self, now: float) -> list[Report]:
        reports: list[Report] = []
        flight = self._flight
        if flight is not None and now >= flight.due_at:
            reports = self._complete(now, flight, flight.answer) if flight.answer is not None else self._unanswered(now, flight)
        if self._requests:
            self._give_up_old_requests(now)
        if now >= self._permitted_until:
            self._permitted_until = float("-inf")  # what is overdue waits for the next permit, not for a time that has passed
        self._send_next(now)
        return reports

    def permit(self, now: float) -> bool:
        """A step was completed: for PERMIT_S polls may go out (S5), and what gives authority: a hung controller's old orders do not.

        False: nothing follows from it now. A request is in flight, or what comes next is later and was permitted before.
        """
        before, self._permitted_until = self._permitted_until, now + PERMIT_S
        if self._flight is not None or now < self._told_wake_at < before:
            return False
        self._send_next(now)
        return True

    def ask(self, now: float, command: Command) -> bool:
        """False: the command is for no unit of this bus. What is urgent goes out next after the request in flight."""
        if self._gone:
            return False
        taken = [member.session.ask(now, command) for member in self._members]
        self._send_next(now)
        return any(taken)

    def request(self, now: float, unit: UnitName, request: Request, done: Done) -> None:
        """One transaction for flashing or doctor. `done` gets the believed answer, or in words why there is none. It needs a permit."""
        asked = next((member for member in self._members if member.session.unit == unit), None)
        if asked is None:
            done(f"{unit} is no unit on {self.name}")
        elif self._gone:
            done(f"the port of {self.name} is gone")
        elif len(self._requests) >= REQUESTS_MAX:
            done(f"{REQUESTS_MAX} requests wait on {self.name} already")
        else:
            self._requests.append(Raw(asked, request, done, now))
            self._send_next(now)

    def gone(self, now: float, reason: str) -> list[Report]:
        """The port is lost, and with it all that its units said. What the core still wants it repeats."""
        self._gone = True
        self._output = b""
        self._permitted_until = min(self._permitted_until, now)
        self._drop_unbelieved(reason)
        while self._requests:
            self._requests.popleft().done(reason)
        reports = [report for member in self._members for report in member.session.lost(reason)]
        for member in self._members:
            member.session.urgent.clear()
        return reports

    def back(self, now: float) -> None:
        """The port is open. What is on the line may be anybody's: quiet first."""
        self._gone = False
        for member in self._members:
            member.losses, member.retry_at = 0, now
            member.session.begin(now)
        self._keep_quiet(now)
        self._send_next(now)

    def output(self) -> bytes:
        output, self._output = self._output, b""
        return output

    @property
    def wake_at(self) -> float:
        flight = self._flight
        self._told_wake_at = wake_at = flight.due_at if flight is not None else self._idle_until()
        return wake_at

    def _idle_until(self) -> float:
        if self._gone:
            return float("inf")
        first = min([member.next_at() for member in self._members])
        if self._requests:
            first = min(first, *(raw.send_at for raw in self._requests))
        first = max(self._free_at, self._quiet_until, first)
        if first >= self._permitted_until:
            first = float("inf")
        for member in self._members:
            for write in member.session.urgent:
                first = min(first, max(self._free_at, member.urgent_at(write)))
        return min(first, *(raw.since + REQUEST_WAIT_S for raw in self._requests)) if self._requests else first

    # ------------------------------------------------------------ what goes out next

    def _send_next(self, now: float) -> None:
        if self._gone or self._flight is not None or now < self._free_at:
            return
        ordered = [member for member in self._members if member.session.urgent or member.session.ordinary]  # seldom any
        if (ordered and self._send_urgent(now)) or now < self._quiet_until or now >= self._permitted_until:
            return
        for member in ordered:
            if member.order_at <= now:
                self._send(now, member, member.session.ordinary.pop(0))
                return
        self._send_longest_waiting(now)

    def _send_urgent(self, now: float) -> bool:
        for member in self._members:
            for write in member.session.urgent:
                if member.urgent_at(write) <= now:
                    member.session.urgent.remove(write)
                    if now < self._quiet_until or member.losses:
                        self._send_blind(now, member, write)
                    else:
                        self._send(now, member, write)
                    return True
        return False

    def _send_blind(self, now: float, member: Member, write: Write) -> None:
        """The line is quiet or the unit silent: no answer is awaited, but it is given time to pass, within a limit."""
        self._output += encode_request(member.session.address, write)
        member.blind_at[write] = now + BLIND_REPEAT_S
        self._free_at = now + BLIND_SPACING_S
        if now >= self._quiet_until:
            self._quiet_until_max = now + self._longest_latency_s
        self._quiet_until = max(self._quiet_until, min(now + self._timeout_s, self._quiet_until_max))

    def _send_longest_waiting(self, now: float) -> None:
        """Poll or raw request, so that no unit starves another."""
        member = self._members[0] if len(self._members) == 1 else min(self._members, key=Member.poll_at)
        poll_at = member.poll_at()
        raw = next((raw for raw in self._requests if raw.send_at <= now), None) if self._requests else None
        if raw is None or poll_at < raw.send_at:
            if poll_at <= now:
                self._send_poll(now, member)
        elif raw.needs_fence:
            self._send_poll(now, raw.member)
        else:
            self._requests.remove(raw)
            self._send(now, raw.member, raw.request, raw.done)

    def _send_poll(self, now: float, member: Member) -> None:
        unlike = None if member.held is None else member.held.shape
        poll = member.session.poll(now, unlike)
        self._send(now, member, poll)
        assert self._flight is not None
        assert self._flight.shape != unlike, "an answer and its fence could be taken for each other"

    def _send(self, now: float, member: Member, request: Request, done: Done | None = None) -> None:
        self._output += encode_request(member.session.address, request)
        self._last_asked = member
        self._flight = Flight(member, request, answer_shape(request), now, now + self._timeout_s, done)

    # ------------------------------------------------------------ what came of it

    def _unanswered(self, now: float, flight: Flight) -> list[Report]:
        cut_short = WireError("cut short", "the answer broke off")
        error = cut_short if flight.received else WireError("timeout", f"no answer within {self._timeout_s:g} s")
        return self._violated(now, error, flight.member)

    def _complete(self, now: float, flight: Flight, answer: Response) -> list[Report]:
        """A proper answer: it is the fence of the one before, and waits for its own."""
        member = flight.member
        self._flight = None
        member.losses, member.retry_at = 0, now
        if member.blind_at:
            member.blind_at.clear()
        believed, member.held = member.held, None
        if isinstance(flight.request, Read):
            member.held = flight
        elif flight.done is not None:
            flight.done(answer)
        if flight.done is not None:
            member.session.due_at = min(member.session.due_at, now)
        return [] if believed is None else self._believe(now, believed)

    def _believe(self, now: float, flight: Flight) -> list[Report]:
        assert flight.answer is not None
        if flight.done is not None:
            flight.done(flight.answer)
            return []
        try:
            return flight.member.session.answered(flight.request, flight.answer, flight.sent_at)
        except WireError as error:
            return self._violated(now, error, flight.member)

    def _strayed(self, now: float) -> None:
        """Bytes with no request in flight: a late answer's in the quiet time, else somebody's that nobody asked."""
        if now >= self._quiet_until:
            raise WireError("unasked", "bytes came that nobody asked for")
        self.errors["stray"] += 1
        self._quiet_until = max(self._quiet_until, now + STRAY_SILENCE_S)

    def _violated(self, now: float, error: WireError, member: Member | None) -> list[Report]:
        self.errors[error.kind] += 1
        self._drop_unbelieved(str(error))
        self._keep_quiet(now)
        if member is None:
            return []
        member.losses += 1
        member.retry_at = self._quiet_until + BACKOFF_S[min(member.losses, len(BACKOFF_S)) - 1]
        return member.session.lost(str(error))

    def _drop_unbelieved(self, reason: str) -> None:
        dropped = [self._flight, *(member.held for member in self._members)]
        self._flight = None
        for member in self._members:
            member.held = None
        for flight in dropped:
            if flight is not None and flight.done is not None:
                flight.done(reason)

    def _keep_quiet(self, now: float) -> None:
        self._quiet_until = now + self._longest_latency_s
        self._quiet_until_max = self._quiet_until + self._longest_latency_s

    def _give_up_old_requests(self, now: float) -> None:
        while self._requests and self._requests[0].since + REQUEST_WAIT_S <= now:
            self._requests.popleft().done(f"no free line or no permit within {REQUEST_WAIT_S:g} s")
