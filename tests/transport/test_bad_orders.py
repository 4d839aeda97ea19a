"""Bad orders by the thousand, on the topics and in files: each is refused whole with place and remedy or taken whole, and twice is once."""

import json
from collections import Counter
from copy import deepcopy
from random import Random
from typing import Any

import pytest

from lanectl.transport.fields import Problems
from lanectl.transport.reading import FIELDS, read_csv
from tests.transport.orders import NOW
from tests.transport.test_goods import TOPICS, Desk
from tests.transport.test_reading import GOOD, KNOWN

MESSAGES = 3000
FILES = 1500
ODD: tuple[object, ...] = (
    *(
        None,
        True,
        False,
        0,
        -1,
        1,
        9,
        10,
        2**31,
        10**40,
        1.5,
        -0.0,
        1e308,
        "",
        " ",
        "A1",
        "a b",
        "x" * 70,
        "x" * 3000,
        "\x00",
        "\u202e",
        "é",
    ),
    *("\ud800", "NaN", "VN_TO_CN", "CN_TO_VN", "MSKU1234565", "MSKU1234560", "14C12345", "桂P12345", "2026-09-21", "2026-09-21T23:00:00"),
    *("2026-09-21T23:00:00+99:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-13-40T00:00:00Z", "-"),
    *([], [[]], ["14C12345"] * 5, [None], ["14C12345", 7], {}, {"id": "A1"}),
)
LINE = [
    "A1",
    "T01",
    "VN_TO_CN",
    "C1",
    "MSKU1234565",
    "14C-123.45",
    "32000",
    "3",
    "2026-09-21T14:00:00+07:00",
    "2026-09-21T23:00:00+07:00",
    "false",
]
PIECES = (
    "",
    '"',
    '""',
    ",",
    "\r",
    "\n",
    "\r\n",
    "\x00",
    "\ufeff",
    "\t",
    ";",
    "é",
    "𝔸",
    "'",
    "=1+1",
    "A" * 300,
    "\u2028",
    "-1",
    "1e9",
    "١٢",
)


def an_add(dice: Random, number: int) -> dict[str, Any]:
    order = {**GOOD, "id": f"A{number}", "consignment": f"C{number}", "truck": dice.choice(["T01", None]), "priority": dice.randrange(10)}
    return {"wish": "ADD", "revision": 1, "order": {key: value for key, value in order.items() if value is not None}}


def a_message(dice: Random, number: int) -> dict[str, Any]:
    """Good, of one to four wishes."""
    wishes = [an_add(dice, 10 * number + n) for n in range(dice.randint(1, 3))]
    if dice.random() < 0.5:
        wishes.append({"wish": dice.choice(["HOLD", "WITHDRAW"]), "id": wishes[0]["order"]["id"], "revision": 2, "why": "strike"})
    return {"schema_version": 1, "request": f"r{number}", "wishes": wishes}


def spoiled(dice: Random, message: dict[str, Any]) -> bytes:
    """One to three things of it are odd, missing, double, or too many; now and then its bytes are cut or changed."""
    held = deepcopy(message)
    for _ in range(dice.randint(1, 3)):
        tables = (
            [held, *(wish for wish in held.get("wishes") or [] if isinstance(wish, dict))]
            if isinstance(held.get("wishes"), list)
            else [held]
        )
        tables += [wish["order"] for wish in tables[1:] if isinstance(wish.get("order"), dict)]
        table = dice.choice(tables)
        key = dice.choice([*table, "colour"])
        match dice.randrange(4):
            case 0:
                table.pop(key, None)
            case 1 | 2:
                table[key] = dice.choice(ODD)
            case _:
                wishes = held.get("wishes")
                if isinstance(wishes, list) and wishes:
                    wishes.append(deepcopy(dice.choice(wishes)))
    data = bytearray(json.dumps(held, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass"))
    if dice.random() < 0.2:
        at = dice.randrange(len(data))
        data[at : at + dice.randint(0, 3)] = dice.randbytes(dice.randint(0, 3))
    return bytes(data)


def asked(desk: Desk, payload: bytes) -> dict[str, Any]:
    """The one acknowledgement, once everything is on disk."""
    before = len(desk.messages(TOPICS.acks))
    desk.talk.receive(0.0, TOPICS.requests, payload)
    desk.goods.durable(len(desk.recorder.records))
    acks = desk.messages(TOPICS.acks)[before:]
    assert len(acks) == 1
    return acks[0]


def whole_refusal(problems: list[dict[str, str]]) -> bool:
    return bool(problems) and all(
        p["code"] and p["text"] and p["remedy"] and (p["place"] or p["code"] in ("malformed", "not_csv")) for p in problems
    )


@pytest.mark.parametrize("seed", range(3))
def test_each_spoiled_message_is_refused_whole_or_taken_whole_and_a_second_time_changes_nothing(seed: int) -> None:
    dice, outcomes, codes = Random(seed), Counter[str](), Counter[str]()
    for number in range(MESSAGES // 3):
        desk = Desk()
        good = a_message(dice, number)
        if dice.random() < 0.5:  # somebody ordered before
            assert asked(desk, json.dumps(a_message(dice, number)).encode())["outcome"] == "accepted"
        payload = spoiled(dice, good)
        before, records, heard = desk.goods.book, len(desk.recorder.records), list(desk.said)
        ack = asked(desk, payload)
        outcomes[ack["outcome"]] += 1
        if ack["outcome"] == "refused":
            codes.update(problem["code"] for problem in ack["problems"])
            assert whole_refusal(ack["problems"]), (payload, ack)
            assert (desk.goods.book, len(desk.recorder.records), desk.said) == (before, records, heard), payload
            assert asked(desk, payload) == ack
            continue
        wanted = json.loads(payload)["wishes"]
        ids = {wish["order"]["id"] if wish["wish"] in ("ADD", "REPLACE") else wish["id"] for wish in wanted}
        assert {order["id"] for order in ack["orders"]} == ids
        after = desk.goods.book
        again = asked(desk, payload)
        assert (again["outcome"], desk.goods.book.entries) == ("known", after.entries), payload
    assert min(outcomes["refused"], outcomes["accepted"]) > MESSAGES // 100, outcomes
    assert len(codes) >= 12, codes


@pytest.mark.parametrize("seed", range(2))
def test_each_spoiled_word_of_an_authority_is_refused_whole_or_taken_whole_and_a_second_time_changes_nothing(seed: int) -> None:
    dice, outcomes = Random(f"{seed} words"), Counter[str]()
    for number in range(MESSAGES // 6):
        desk, words = Desk(), list[dict[str, Any]]()
        for n in range(dice.randint(1, 3)):
            word = {"consignment": f"C{n}", "standing": dice.choice(["CLEARED", "HELD", "WITHDRAWN"]), "number": 1}
            spoil = dice.choice(["consignment", "standing", "number", "valid_until", "why", "colour"])
            words.append({**word, spoil: dice.choice(ODD)} if dice.random() < 0.5 else word)
        payload = json.dumps({"schema_version": 1, "request": f"w{number}", "clearances": words}).encode()
        before, records = desk.goods.clearances, len(desk.recorder.records)
        acks = []
        for _ in range(2):
            desk.talk.receive(0.0, TOPICS.clearances("CN"), payload)
            desk.goods.durable(len(desk.recorder.records))
            acks.append(desk.messages(TOPICS.clearance_acks("CN"))[-1])
        outcomes[str(acks[0]["outcome"])] += 1
        if acks[0]["outcome"] == "refused":
            assert whole_refusal(acks[0]["problems"]), (payload, acks[0])  # type: ignore[arg-type]
            assert (desk.goods.clearances, len(desk.recorder.records), acks[1]) == (before, records, acks[0])
        else:
            assert acks[1]["outcome"] == "known", payload
    assert min(outcomes["refused"], outcomes["accepted"]) > MESSAGES // 100, outcomes


def spoiled_line(dice: Random) -> str:
    fields = list(LINE)
    for _ in range(dice.randint(1, 2)):
        at = dice.randrange(len(fields))
        odd = dice.choice([str(value) for value in ODD if isinstance(value, str | int | float)] + list(PIECES))
        fields[at] = dice.choice([odd, fields[at] + odd, fields[at][:-1], f'"{fields[at]}"'])
    if dice.random() < 0.2:
        fields.insert(dice.randrange(len(fields)), dice.choice(PIECES))
    return ",".join(fields)


def test_each_spoiled_file_is_refused_whole_with_line_and_remedy_or_taken_whole() -> None:
    dice, outcomes = Random(7), Counter[bool]()
    for _ in range(FILES):
        desk = Desk()
        lines = [",".join(FIELDS), ",".join(LINE).replace("A1", "B1").replace("C1,", "C9,"), spoiled_line(dice)]
        problems = Problems()
        read = read_csv(dice.choice(["\n", "\r\n"]).join(lines), KNOWN, problems)
        answer = None if problems else desk.goods.ask(0.0, read)
        told = [*problems, *(answer.problems if answer is not None else ())]
        outcomes[bool(told)] += 1
        if told:
            assert all(p.code and p.text and p.remedy for p in told), lines
            assert all(p.place.startswith("line ") or p.code == "not_csv" for p in told), (lines, told)
            assert desk.goods.book.entries == {}
            assert len(desk.recorder.records) == 1  # what it began with
        else:
            assert set(desk.goods.book.entries) == {asked.id for asked in read}
            again = desk.goods.ask(0.0, read)
            assert (again.changed, {entry.order.id for entry in again.known}) == ((), set(desk.goods.book.entries))
    assert min(outcomes.values()) > FILES // 100, outcomes


def test_the_clock_of_these_tests_is_that_of_the_good_order() -> None:
    """Else every good one would be refused as expired, and nothing would be tried."""
    desk = Desk()
    assert desk.goods.utc(0.0) == NOW
    assert asked(desk, json.dumps(a_message(Random(1), 1)).encode())["outcome"] == "accepted"
