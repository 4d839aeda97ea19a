"""Bad orders by the thousand: each is refused whole, with its place and a remedy."""

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.plate_reader.container_code import checks
from lanectl import plates
from lanectl.model import Direction
from lanectl.transport.book import OrderBook, Taken
from lanectl.transport.fields import PROBLEMS_MAX, Problems
from lanectl.transport.order import Asked, TransportOrder, Wish
from lanectl.transport.reading import FIELDS, WISHES_MAX, Known, read_csv, read_order, read_wishes
from tests.transport.orders import NOW

KNOWN = Known(
    directions=frozenset({Direction.VN_TO_CN}),
    plates={"T01": ("14C12345",), "T02": ()},
    plate=lambda text: plates.normalise(text) if plates.country(plates.normalise(text)) else "",
    container=checks,
)
GOOD: dict[str, object] = {
    "id": "A1",
    "truck": "T01",
    "direction": "VN_TO_CN",
    "consignment": "C1",
    "container": "MSKU1234565",
    "plates": ["14C-123.45"],
    "declared_weight_kg": 32000,
    "priority": 3,
    "earliest": "2026-09-21T14:00:00+07:00",
    "latest": "2026-09-21T23:00:00+07:00",
    "empty_return": False,
}
HEADER = ",".join(FIELDS)
LINE = "A1,T01,VN_TO_CN,C1,MSKU1234565,14C-123.45,32000,3,2026-09-21T14:00:00+07:00,2026-09-21T23:00:00+07:00,false"


def read(held: dict[str, object]) -> tuple[TransportOrder | None, Problems]:
    problems = Problems()
    return read_order(held, lambda name: name, KNOWN, problems), problems


def csv(*lines: str, header: str = HEADER) -> tuple[tuple[Asked, ...], Problems]:
    problems = Problems()
    return read_csv("\r\n".join((header, *lines)), KNOWN, problems), problems


def wishes(held: object) -> tuple[tuple[Asked, ...], Problems]:
    problems = Problems()
    return read_wishes(held, KNOWN, problems), problems


def test_every_field_is_read() -> None:
    order, problems = read(GOOD)
    assert problems == []
    assert order == TransportOrder(
        *("A1", "T01", Direction.VN_TO_CN, "C1", "MSKU1234565", ("14C12345",), 32000, 3), 1789974000.0, 1790006400.0, False
    )


def test_an_order_needs_no_more_than_it_says() -> None:
    order, problems = read({"id": "A1", "direction": "VN_TO_CN", "consignment": "C1", "latest": GOOD["latest"]})
    assert problems == []
    assert order is not None
    assert (order.truck, order.plates, order.container, order.declared_weight_kg, order.earliest) == (None, (), "", None, 0.0)


def test_an_empty_return_is_cleared_under_its_own_id() -> None:
    held = {key: value for key, value in GOOD.items() if key not in ("container", "consignment")} | {"empty_return": True}
    order, _ = read(held)
    assert order is not None
    assert order.consignment == "A1"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id", "", "wrong_name"),
        ("id", None, "missing_field"),
        ("id", "a b", "wrong_name"),
        ("truck", "T10", "truck_unknown"),
        ("truck", 7, "wrong_name"),
        ("direction", "CN_TO_VN", "wrong_direction"),
        ("direction", "NORTH", "wrong_choice"),
        ("consignment", None, "missing_field"),
        ("container", "MSKU1234560", "wrong_container"),
        ("container", "x" * 99, "wrong_type"),
        ("plates", ["ZZZ"], "wrong_plate"),
        ("plates", "14C12345", "wrong_type"),
        ("plates", ["14C12345"] * 5, "wrong_type"),
        ("declared_weight_kg", 0, "wrong_type"),
        ("declared_weight_kg", 32000.5, "wrong_type"),
        ("declared_weight_kg", True, "wrong_type"),
        ("declared_weight_kg", 10**30, "wrong_type"),
        ("priority", 10, "wrong_type"),
        ("earliest", "2026-09-21T14:00:00", "wrong_time"),
        ("earliest", "0001-01-01T00:00:00+14:00", "wrong_time"),
        ("latest", None, "missing_field"),
        ("latest", "tomorrow", "wrong_time"),
        ("latest", 1790006400, "wrong_time"),
        ("latest", "2026-09-21T13:00:00+07:00", "wrong_time"),
        ("empty_return", "yes", "wrong_type"),
        ("empty_return", True, "wrong_container"),
        ("colour", "red", "unknown_field"),
    ],
)
def test_what_is_wrong_is_told_with_its_place_and_what_to_do(field: str, value: object, code: str) -> None:
    order, problems = read({**GOOD, field: value})
    assert order is None
    assert [(problem.code, problem.place) for problem in problems] == [
        (code, field if field != "empty_return" or value == "yes" else "container")
    ]
    assert all(problem.text and problem.remedy for problem in problems)


def test_a_named_truck_whose_plate_nobody_knows_needs_plates() -> None:
    assert [p.code for p in read({**GOOD, "truck": "T02", "plates": []})[1]] == ["missing_field"]
    assert read({**GOOD, "truck": "T01", "plates": []})[1] == []


def test_a_mistyped_field_is_recognised() -> None:
    assert read({**GOOD, "prioritty": 1})[1][0].remedy == "did you mean priority?"


# ---------------------------------------------------------------- CSV


def test_a_file_of_orders_is_read() -> None:
    asked, problems = csv(LINE, LINE.replace("A1", "A2").replace("C1,", "C2,"), "")
    assert problems == []
    assert [(each.wish, each.id, each.place) for each in asked] == [(Wish.ADD, "A1", "line 2"), (Wish.ADD, "A2", "line 3")]
    assert asked[0].order == read(GOOD)[0]


def test_each_mistake_in_a_file_is_told_with_line_column_and_field() -> None:
    asked, problems = csv(LINE, LINE.replace("32000", "heavy").replace("MSKU1234565", "MSKU"), LINE + ",more")
    assert len(asked) == 1
    assert [(p.code, p.place) for p in problems] == [
        ("wrong_type", "line 3, column 7 (declared_weight_kg)"),
        ("wrong_container", "line 3, column 5 (container)"),
        ("wrong_length", "line 4"),
    ]


@pytest.mark.parametrize(
    ("header", "place"),
    [("id,directoin", "line 1, column 2"), ("id,id", "line 1, column 2"), ("", "line 1, column 1"), ("id\x00", "line 1, column 1")],
)
def test_a_header_that_is_none_refuses_the_file(header: str, place: str) -> None:
    asked, problems = csv(LINE, header=header)
    assert asked == ()
    assert problems[0].place in (place, "line 1")


def test_no_file_is_longer_than_there_may_be_orders() -> None:
    assert [p.code for p in csv(*[LINE] * (WISHES_MAX + 1))[1]] == ["too_many"]
    problems = Problems()
    assert read_csv('id\n"A1', KNOWN, problems) == ()
    assert [p.code for p in problems] == ["not_csv"]
    assert read_csv("", KNOWN, problems) == ()


# ---------------------------------------------------------------- wishes


def test_wishes_are_read() -> None:
    asked, problems = wishes([{"wish": "ADD", "revision": 1, "order": GOOD}, {"wish": "HOLD", "id": "A1", "revision": 2, "why": "strike"}])
    assert problems == []
    assert [(each.wish, each.id, each.revision, each.why) for each in asked] == [(Wish.ADD, "A1", 1, ""), (Wish.HOLD, "A1", 2, "strike")]


@pytest.mark.parametrize(
    ("held", "place"),
    [
        ({}, "wishes"),
        ([], "wishes"),
        ([7], "wishes[0]"),
        ([{"wish": "ADD", "revision": 1}], "wishes[0].order"),
        ([{"wish": "ADD", "revision": 1, "id": "B", "order": GOOD}], "wishes[0].id"),
        ([{"wish": "ADD", "order": GOOD}], "wishes[0].revision"),
        ([{"wish": "HOLD", "revision": 2}], "wishes[0].id"),
        ([{"wish": "HOLD", "revision": 2, "id": "A1", "order": GOOD}], "wishes[0].order"),
        ([{"wish": "DROP", "revision": 2, "id": "A1"}], "wishes[0].wish"),
        ([{"wish": "ADD", "revision": 1, "order": {**GOOD, "priority": "high"}}], "wishes[0].order.priority"),
    ],
)
def test_a_wish_that_cannot_be_read_is_told_with_its_place(held: object, place: str) -> None:
    assert [problem.place for problem in wishes(held)[1]] == [place]


# ---------------------------------------------------------------- by the thousand

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.lists(st.text(max_size=8), max_size=6),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
    st.sampled_from(["VN_TO_CN", "CN_TO_VN", "T01", "14C12345", "MSKU1234565", "2026-09-21T23:00:00Z", "9999-12-31T23:59:59Z"]),
)
ORDERS = st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=8)), VALUES, max_size=12)


@settings(max_examples=1500, deadline=None)
@given(ORDERS, st.booleans())
def test_whatever_is_sent_is_taken_whole_or_refused_with_words(changes: dict[str, object], on_good: bool) -> None:
    book = OrderBook()
    other = {"wish": "ADD", "revision": 1, "order": {**GOOD, "id": "Z1", "consignment": "Z1"}}
    asked, problems = wishes([other, {"wish": "ADD", "revision": 1, "order": {**(GOOD if on_good else {}), **changes}}])
    if problems:
        assert len(problems) <= PROBLEMS_MAX
        assert all(p.code and p.place and p.text and p.remedy for p in problems)
        return
    assert len(asked) == 2
    found = book.ask(NOW, asked)
    assert len(found.book.entries) == 2 if isinstance(found, Taken) else found.problems
    assert book.entries == {}


@settings(max_examples=500, deadline=None)
@given(st.lists(st.text(alphabet=st.characters(codec="utf-8"), max_size=40), max_size=6))
def test_whatever_stands_in_a_file_is_read_or_refused_with_words(lines: list[str]) -> None:
    asked, problems = csv(LINE, *lines)
    assert problems or all(isinstance(each, Asked) for each in asked)
    assert all(p.code and p.text and p.remedy for p in problems)


@settings(max_examples=300, deadline=None)
@given(st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)))
def test_whatever_json_holds_is_read_or_refused_with_words(held: object) -> None:
    asked, problems = wishes(held)
    assert problems or asked
    assert all(p.text and p.remedy and json.dumps(p.text) for p in problems)


def test_a_second_reading_comes_to_the_same() -> None:
    first, again = wishes([{"wish": "ADD", "revision": 1, "order": GOOD}])[0], wishes([{"wish": "ADD", "revision": 1, "order": GOOD}])[0]
    assert first == again
    assert replace(first[0]) == again[0]
