"""A person's act: who may, what the interlocking says to it, and what the lane shows of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from msgspec.structs import replace

from lanectl.acting import SHOWN_S_MAX, TEXT_MAX, WRONG_PINS_MAX, WRONG_PINS_S, Acting
from lanectl.model import (
    Act,
    ActRequested,
    Connection,
    Direction,
    GateNow,
    IdentityReported,
    Lane,
    Match,
    Placing,
    Refusal,
    SectionNow,
    SectionState,
    Service,
    Sight,
    TruckNow,
    TruckReported,
    UnitNow,
)
from lanectl.operating import Reply
from lanectl.persons import MAY_ACT, check_pin, hash_pin
from lanectl.site.facts import Person, Role
from tests.recorded_run import LAYOUT

PIN, SECOND_PIN = "2580", "1379"
PERSONS = (
    Person("Lan", (Role.OPERATOR,), hash_pin(PIN)),
    Person("Minh", (Role.SUPERVISOR,), hash_pin(SECOND_PIN)),
    Person("Hoa", (Role.VIEWER,), hash_pin("1")),
    Person("Duc", (Role.TECHNICIAN,), ""),
)
ARMED = UnitNow(linked=True, armed=True, proved=True)
LANE = Lane(
    service=Service.CLOSED,
    sections={"K1": SectionNow(), "K2": SectionNow()},
    gates={"vn": GateNow(fault="not_down_in_time"), "cn": GateNow()},
    units={"io-vn": replace(ARMED, tripped=True), "io-cn": ARMED, "b-vn": UnitNow(), "b-cn": UnitNow()},
    trucks={"T01": TruckNow(TruckReported("T01", Connection.ONLINE), 0.0, stopped_by="e_stop")},
)


@dataclass(frozen=True, slots=True)
class Taken:
    seq: int
    refusals: tuple[Refusal, ...] = ()


@dataclass
class Bench:
    """An interlocking that takes every act at once, but those it was told to refuse or to ignore."""

    lane: Lane = LANE
    refuse: tuple[str, ...] = ()
    ignore: bool = False
    asked: list[ActRequested] = field(default_factory=list)
    notes: list[Mapping[str, object]] = field(default_factory=list)
    now: float = 0.0

    def __post_init__(self) -> None:
        self.acting = Acting(PERSONS, LAYOUT, self.act, lambda: self.lane, self.notes.append, lambda: self.now, self.pause)

    async def act(self, request: ActRequested) -> Taken:
        self.asked.append(request)
        waits = Refusal("section_suspect", "T01", "R11")
        if request.target in self.refuse:
            return Taken(len(self.asked), (waits, Refusal("act_reason_needed", request.act.value, "R12")))
        if not self.ignore:
            self.lane = taken(self.lane, request)
        return Taken(len(self.asked), (waits,))

    async def pause(self, seconds: float) -> None:
        self.now += seconds

    def ask(self, act: Act, **texts: object) -> list[Reply]:
        async def replies() -> list[Reply]:
            request = {"kind": "act", "act": act.value, "by": "Lan", **texts}
            return [reply async for reply in self.acting.handle(request, 1000)]

        return asyncio.run(replies())


AFTER = {
    Act.OPEN: Service.OPEN,
    Act.CLOSE: Service.DRAINING,
    Act.STOP: Service.EMERGENCY_STOP,
    Act.TAKE_OUT: Service.OUT_OF_SERVICE,
    Act.PUT_BACK: Service.CLOSED,
}


def taken(lane: Lane, request: ActRequested) -> Lane:  # noqa: PLR0911 - one an act; the set is closed
    match request.act:
        case Act.OPEN | Act.CLOSE | Act.STOP | Act.TAKE_OUT | Act.PUT_BACK:
            return replace(lane, service=AFTER[request.act])
        case Act.TURN:
            return replace(lane, direction=Direction.CN_TO_VN)
        case Act.REARM:
            return replace(lane, units={**lane.units, request.target: ARMED})
        case Act.DECLARE:
            return replace(lane, sections={**lane.sections, request.target: SectionNow(SectionState.VACANT)})
        case Act.SWEEP:
            return replace(lane, trucks={"T01": replace(lane.trucks["T01"], sweeping=True)})
        case Act.PAUSE | Act.RESUME:
            paused = replace(lane.trucks["T01"].report, paused=request.act is Act.PAUSE)
            return replace(lane, trucks={"T01": replace(lane.trucks["T01"], report=paused, stopped_by="")})
        case Act.PLACE:
            placed = replace(lane.trucks["T01"].report, placing=Placing.TAKEN, localised=True, last_node=request.place)
            return replace(lane, trucks={"T01": replace(lane.trucks["T01"], report=placed)})
        case Act.CONFIRM:
            known = IdentityReported("vn", Match.MATCHED, request.truck, "14C12345", 0.9, "sha", confirmed_by=request.by)
            return replace(lane, gates={**lane.gates, "vn": replace(lane.gates["vn"], identity=known)})
        case Act.CANCEL:
            return replace(lane, trucks={"T01": replace(lane.trucks["T01"], authority="", cancelling=False)})
        case Act.RESET:
            gates = {**lane.gates, "vn": GateNow()} if request.target == "vn" else lane.gates
            return replace(lane, gates=gates, trucks={"T01": replace(lane.trucks["T01"], stopped_by="")}, service=Service.CLOSED)


def outcome(replies: list[Reply]) -> object:
    assert replies[-1]["done"] is True
    return replies[-1]["outcome"]


def denied_code(replies: list[Reply]) -> object:
    assert outcome(replies) == "denied"
    found = replies[-1]["denied"]
    assert isinstance(found, dict)
    return found["code"]


@pytest.mark.parametrize(
    ("act", "target"),
    [
        (Act.OPEN, ""),
        (Act.CLOSE, ""),
        (Act.TAKE_OUT, ""),
        (Act.PUT_BACK, ""),
        (Act.TURN, "CN_TO_VN"),
        (Act.STOP, ""),
        (Act.RESET, ""),
        (Act.RESET, "vn"),
        (Act.RESET, "T01"),
        (Act.REARM, "io-vn"),
        (Act.SWEEP, "T01"),
        (Act.PAUSE, "T01"),
        (Act.CANCEL, "T01"),
        (Act.RESUME, "T01"),
        (Act.CONFIRM, "vn"),
        (Act.PLACE, "T01"),
    ],
)
def test_an_act_that_is_taken_is_shown_by_the_lane(act: Act, target: str) -> None:
    bench = Bench()
    replies = bench.ask(act, target=target, reason="test")
    assert replies[:2] == [
        {"act": act.value, "target": target, "accepted": True, "seq": 1},
        {"act": act.value, "target": target, "shown": True},
    ]
    assert outcome(replies) == "done"
    assert bench.asked == [ActRequested(act, "Lan", target, "test")]


def test_a_refused_act_says_why_and_not_why_some_truck_waits() -> None:
    replies = Bench(refuse=("",)).ask(Act.OPEN)
    assert replies[0]["refusals"] == [{"code": "act_reason_needed", "subject": "OPEN", "invariant": "R12", "params": {}}]
    assert outcome(replies) == "refused"


def test_an_act_that_the_field_does_not_show_is_told_as_such() -> None:
    bench = Bench(ignore=True)
    assert outcome(bench.ask(Act.REARM, target="io-vn")) == "not_shown"
    assert bench.now >= SHOWN_S_MAX - 0.1


def test_a_place_that_the_truck_does_not_take_is_told_with_its_reason_at_once() -> None:
    bench = Bench(ignore=True)
    report = replace(LANE.trucks["T01"].report, placing=Placing.FAILED, troubles=(("place_refused", "sees no wall there"),))
    bench.lane = replace(LANE, trucks={"T01": replace(LANE.trucks["T01"], report=report)})
    replies = bench.ask(Act.PLACE, target="T01", place="vn-gate")
    assert replies[1] == {"act": "PLACE", "target": "T01", "shown": False, "why": "sees no wall there"}
    assert (outcome(replies), bench.now) == ("not_shown", 0.0)


@pytest.mark.parametrize(
    ("unit", "why"),
    [
        (replace(ARMED, proved=False, why_unproved="the watchdog did not trip"), "the watchdog did not trip"),
        (replace(ARMED, linked=False, proved=False, why_lost="no answer"), "no answer"),
    ],
)
def test_a_watchdog_that_is_not_proved_says_why_at_once(unit: UnitNow, why: str) -> None:
    bench = Bench(replace(LANE, units={**LANE.units, "io-vn": unit}), ignore=True)
    replies = bench.ask(Act.REARM, target="io-vn")
    assert replies[-2]["why"] == why
    assert (outcome(replies), bench.now) == ("not_shown", 0.0)


def test_where_a_truck_is_told_to_stand_comes_to_the_rules_as_it_was_said() -> None:
    bench = Bench()
    bench.ask(Act.PLACE, target="T01", place="vn-gate", x_m=12)
    assert bench.asked[0] == ActRequested(Act.PLACE, "Lan", "T01", place="vn-gate", x_m=12.0)


def test_what_a_person_read_comes_to_the_rules_as_plates_are_compared() -> None:
    bench = Bench()
    bench.ask(Act.CONFIRM, target="vn", truck="T01", evidence="sha", sight="rear", text=" 14r-012.34 ")
    asked = ActRequested(Act.CONFIRM, "Lan", "vn", evidence="sha", truck="T01", sight=Sight.REAR, text="14R01234")
    assert bench.asked[0] == asked


@pytest.mark.parametrize("x_m", ["12", True, 1e9, -1e9])
def test_a_place_that_is_no_number_of_metres_is_no_request(x_m: object) -> None:
    replies = Bench().ask(Act.PLACE, target="T01", place="vn-gate", x_m=x_m)
    assert replies[0]["error"] == {"code": "malformed", "text": "x_m: expected metres, 1e+06 at most"}


def test_re_arming_without_a_name_takes_every_unit_that_needs_it() -> None:
    bench = Bench()
    assert outcome(bench.ask(Act.REARM)) == "done"
    assert [request.target for request in bench.asked] == ["io-vn"]
    assert outcome(bench.ask(Act.REARM)) == "nothing"


def test_declaring_all_takes_every_section_that_is_not_vacant_the_furthest_first() -> None:
    bench = Bench()
    texts = {"reason": "walked it", "evidence": "photo 12", "second": "Minh", "pin": PIN, "second_pin": SECOND_PIN}
    assert outcome(bench.ask(Act.DECLARE, target="*", **texts)) == "done"
    assert [(request.target, request.second) for request in bench.asked] == [("K2", "Minh"), ("K1", "Minh")]


def test_one_refused_section_is_told_although_the_others_were_taken() -> None:
    bench = Bench(refuse=("K1",))
    replies = bench.ask(Act.DECLARE, target="*")
    assert outcome(replies) == "refused"
    assert [reply.get("accepted") for reply in replies if "accepted" in reply] == [True, False]


def test_stopping_needs_nobodys_permission() -> None:
    for by in ("", "a stranger", "Hoa"):
        assert outcome(Bench().ask(Act.STOP, by=by)) == "done"


@pytest.mark.parametrize(
    ("by", "code"), [("", "person_unknown"), ("Nobody", "person_unknown"), ("Hoa", "role_missing"), ("Duc", "role_missing")]
)
def test_who_may_not_open_is_denied_and_the_rules_are_not_asked(by: str, code: str) -> None:
    bench = Bench()
    assert denied_code(bench.ask(Act.OPEN, by=by)) == code
    assert bench.asked == []


def test_every_ask_is_noted_with_the_login_and_without_a_pin() -> None:
    bench = Bench()
    bench.ask(Act.OPEN, by="Hoa", pin="1")
    bench.ask(Act.STOP)
    assert bench.notes == [
        {"asked": "OPEN", "target": "", "by": "Hoa", "second": "", "uid": 1000, "denied": "role_missing"},
        {"asked": "STOP", "target": "", "by": "Lan", "second": "", "uid": 1000, "denied": ""},
    ]


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ({"second": "Lan", "pin": PIN, "second_pin": PIN}, "second_is_first"),
        ({"second": "Nobody", "pin": PIN, "second_pin": SECOND_PIN}, "person_unknown"),
        ({"second": "Hoa", "pin": PIN, "second_pin": "1"}, "role_missing"),
        ({"second": "Minh", "pin": PIN}, "pin_missing"),
        ({"second": "Minh", "second_pin": SECOND_PIN}, "pin_missing"),
        ({"second": "Minh", "pin": PIN, "second_pin": PIN}, "pin_wrong"),
        ({"second": "Minh", "pin": SECOND_PIN, "second_pin": SECOND_PIN}, "pin_wrong"),
        ({"second": "Duc", "pin": PIN, "second_pin": "anything"}, "pin_wrong"),
    ],
)
def test_two_persons_are_two_that_each_show_their_own_pin(texts: dict[str, str], code: str) -> None:
    bench = Bench()
    assert denied_code(bench.ask(Act.DECLARE, target="K1", reason="r", evidence="e", **texts)) == code
    assert bench.asked == []


def test_a_wrong_pin_of_the_first_person_is_denied_even_where_none_is_asked() -> None:
    assert denied_code(Bench().ask(Act.OPEN, pin="0000")) == "pin_wrong"


def test_guessing_pins_is_stopped_for_a_while() -> None:
    bench = Bench()
    for _ in range(WRONG_PINS_MAX):
        assert denied_code(bench.ask(Act.OPEN, pin="0000")) == "pin_wrong"
    assert denied_code(bench.ask(Act.OPEN, pin=PIN)) == "pin_locked"
    assert outcome(bench.ask(Act.STOP)) == "done"
    bench.now += WRONG_PINS_S
    assert outcome(bench.ask(Act.OPEN, pin=PIN)) == "done"


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"kind": "act", "act": "EXPLODE"}, "act 'EXPLODE' is none of OPEN"),
        ({"kind": "act"}, "act None is none of"),
        ({"kind": "act", "act": ["OPEN"]}, "act ['OPEN'] is none of"),
        ({"kind": "act", "act": {}}, "act {} is none of"),
        ({"kind": "act", "act": "OPEN", "by": 7}, "by: expected text"),
        ({"kind": "act", "act": "OPEN", "reason": "x" * (TEXT_MAX + 1)}, f"reason: expected text, {TEXT_MAX} characters"),
        ({"kind": "act", "act": "OPEN", "force": "yes"}, "unknown: force"),
        ({"kind": "act", "act": "CONFIRM", "sight": "wheel"}, "sight 'wheel' is none of front, rear, container"),
    ],
)
def test_what_is_no_act_is_answered_with_an_error(request_: Mapping[str, object], words: str) -> None:
    async def replies() -> list[Reply]:
        return [reply async for reply in Bench().acting.handle(request_, 1000)]

    fault = asyncio.run(replies())[0]["error"]
    assert isinstance(fault, dict)
    assert words in str(fault["text"])


def test_a_stop_is_not_refused_for_too_many_words() -> None:
    bench = Bench()
    assert outcome(bench.ask(Act.STOP, reason="x" * 100_000)) == "done"
    assert len(bench.asked[0].reason) == TEXT_MAX


def test_every_act_but_stop_needs_a_role() -> None:
    assert set(MAY_ACT) == set(Act) - {Act.STOP}
    assert not any(Role.VIEWER in roles for roles in MAY_ACT.values())


def test_a_pin_is_known_again_and_no_other() -> None:
    hashed = hash_pin("2580")
    assert hashed != hash_pin("2580")
    assert check_pin("2580", hashed)
    assert not check_pin("2581", hashed)


@pytest.mark.parametrize("hashed", ["", "2580", "scrypt$16384$8$1$!!$!!", "scrypt$3$8$1$AA==$AA==", "scrypt$1073741824$8$1$AA==$AA=="])
def test_what_scrypt_never_made_lets_nobody_in(hashed: str) -> None:
    assert not check_pin("2580", hashed)
    assert not check_pin("", hashed)
