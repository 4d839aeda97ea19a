"""What is written of the lane reads back as it was, or is refused with words."""

import math
from typing import get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lanectl.model import (
    Boom,
    BoomMove,
    BoomReported,
    Command,
    Connection,
    DetectorNow,
    Lane,
    Reading,
    Refusal,
    Report,
    SetBoom,
    Started,
    TruckReported,
    Woke,
)
from lanectl.record import COMMAND, LANE, REFUSAL, REPORT, RecordError, decode_json, encode_json

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
NUMBER = st.floats(allow_nan=False, allow_infinity=True)
for plain, strategy in ((str, TEXT), (float, NUMBER), (int, st.integers(-(2**31), 2**31))):
    st.register_type_strategy(plain, strategy)
lanes = st.builds(Lane, **{name: st.from_type(kind) for name, kind in get_type_hints(Lane).items()})
st.register_type_strategy(Lane, lanes)
reports: st.SearchStrategy[Report] = st.one_of([lanes.map(lambda lane: Started(True, lane)), *map(st.from_type, Report.__args__)])
commands: st.SearchStrategy[Command] = st.one_of([*map(st.from_type, Command.__args__)])


@given(reports)
@settings(max_examples=150, deadline=None)
def test_every_report_reads_back_as_it_was(report: Report) -> None:
    assert REPORT.decode(REPORT.encode(report)) == report


@given(commands)
@settings(max_examples=100, deadline=None)
def test_every_command_reads_back_as_it_was(command: Command) -> None:
    assert COMMAND.decode(COMMAND.encode(command)) == command


@given(st.from_type(Refusal))
@settings(max_examples=50, deadline=None)
def test_every_refusal_reads_back_as_it_was(refusal: Refusal) -> None:
    assert REFUSAL.decode(REFUSAL.encode(refusal)) == refusal


@given(lanes)
@settings(max_examples=60, deadline=None)
def test_a_whole_lane_reads_back_as_it_was_in_the_same_order(lane: Lane) -> None:
    again = LANE.decode(LANE.encode(lane))
    assert again == lane
    assert list(again.trucks) == list(lane.trucks)
    assert LANE.encode(again) == LANE.encode(lane)


@pytest.mark.parametrize("seconds", [0.1, 1e-320, 5e-324, 1.7976931348623157e308, 123456.7890123, math.inf, -math.inf, -0.0])
def test_a_time_is_written_exactly(seconds: float) -> None:
    again = LANE.decode(LANE.encode(Lane(detectors={"d": DetectorNow(sent_at=seconds)})))
    assert again.detectors["d"].sent_at.hex() == seconds.hex()


def test_a_time_that_is_no_number_is_refused() -> None:
    with pytest.raises(RecordError, match="NaN"):
        REPORT.encode(BoomReported("vn", Boom.UP, math.nan))


def test_text_that_no_one_could_read_back_is_refused() -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        REFUSAL.encode(Refusal("x", "\ud800", "R3"))


def test_the_form_is_plain_enough_to_read() -> None:
    held = decode_json(COMMAND.encode(SetBoom("vn", BoomMove.UP)))
    assert held == {"v": 1, "is": {"type": "SetBoom", "gate": "vn", "move": "UP", "urgent": False}}
    assert REPORT.encode(Woke()) == b'{"v":1,"is":{"type":"Woke"}}'


def test_a_field_that_came_later_takes_its_default() -> None:
    boom = {"type": "BoomReported", "gate": "vn", "boom": "UP", "sent_at": 1.0}
    assert REPORT.unpack(boom) == BoomReported("vn", Boom.UP, 1.0)


@pytest.mark.parametrize(
    ("held", "words"),
    [
        ({"type": "Teleported"}, "'Teleported' is no known type"),
        ({"gate": "vn"}, "None is no known type"),
        ({"type": "Woke", "why": ""}, "Woke: unknown field why"),
        ({"type": "LinkLost", "unit": "io"}, "LinkLost: field reason is missing"),
        ({"type": "LinkLost", "unit": 7, "reason": ""}, "LinkLost.unit: expected str, found 7"),
        ({"type": "BoomReported", "gate": "vn", "boom": "OPEN", "sent_at": 1.0}, r"BoomReported.boom: 'OPEN' is no Boom \(DOWN, UP"),
        ({"type": "BoomReported", "gate": "vn", "boom": "UP", "sent_at": "soon"}, "BoomReported.sent_at: expected a number"),
        ({"type": "BoomReported", "gate": "vn", "boom": "UP", "sent_at": True}, "BoomReported.sent_at: expected a number"),
        ({"type": "DetectorsReported", "unit": "io", "sent_at": 1.0, "readings": [["a"]]}, r"readings\[0\]: expected 2 values, found 1"),
        ({"type": "DetectorsReported", "unit": "io", "sent_at": 1.0, "readings": {}}, "expected an array"),
        (["LinkLost"], "None is no known type"),
    ],
)
def test_what_no_report_looks_like_is_refused_by_its_place(held: object, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        REPORT.decode(encode_json({"v": 1, "is": held}))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b'{"v":2,"is":{}}', "version 2: this program reads version 1; use a newer lanectl"),
        (b'{"is":{}}', "version None"),
        (b'{"v":1}', "expected the keys v and is"),
        (b"[]", "expected an object"),
        (b"{", "is not JSON"),
        (b'"\xff"', "is not JSON"),
    ],
)
def test_another_version_or_no_json_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(RecordError, match=words):
        REPORT.decode(data)


def test_a_field_that_holds_the_wrong_thing_deep_inside_a_lane_is_named() -> None:
    held = LANE.plain(Lane(detectors={"vn-approach": DetectorNow(Reading.VACANT)}))
    held["detectors"]["vn-approach"]["reading"] = "MAYBE"
    with pytest.raises(RecordError, match=r"Lane\.detectors\.vn-approach\.DetectorNow\.reading: 'MAYBE' is no Reading"):
        LANE.unpack(held)


def test_a_truck_inside_a_lane_keeps_every_field() -> None:
    report = TruckReported("T07", Connection.BROKEN, last_node="K1-stop", rejected="no map")
    assert REPORT.decode(REPORT.encode(report)) == report
