"""The orders of a running lane: what the rules hear of them, what is on disk before it is acknowledged, what a restart takes up."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec.structs import replace

from drivers.wire.transport import MESSAGE_BYTES_MAX, Topics, clearance, encode
from drivers.wire.vda5050.topics import Publish
from lanectl.chain import Record
from lanectl.decide import Core, Decision
from lanectl.goods import DECLARED_AGAIN_S, Goods, GoodsFacts
from lanectl.goods_records import WHOLE, RestoredGoods, restore_goods
from lanectl.goods_talk import GoodsTalk
from lanectl.journal_file import JournalFile
from lanectl.model import (
    Authority,
    ClearanceReported,
    Connection,
    Consignment,
    ConsignmentReported,
    ConsignmentWithdrawn,
    Direction,
    Lane,
    Report,
    SectionNow,
    Standing,
    TruckNow,
    TruckReported,
    Woke,
)
from lanectl.record import encode_json
from lanectl.transport.book import OrderBook
from lanectl.transport.clearances import Clearances, Word
from lanectl.transport.order import Asked, OrderState, TransportOrder, Wish
from tests.transport.orders import HOUR, NOW, add, an_order, wish
from tests.transport.test_reading import KNOWN

TOPICS = Topics("test")


def way_from(at_m: float) -> Direction:
    return Direction.VN_TO_CN if at_m < 0.0 else Direction.CN_TO_VN


FACTS = GoodsFacts(KNOWN, {Direction.VN_TO_CN: "vn-gate"}, {"vn-gate": Direction.VN_TO_CN, "cn-clear": Direction.CN_TO_VN}, NOW, way_from)
ORDER = {
    "id": "A1",
    "truck": "T01",
    "direction": "VN_TO_CN",
    "consignment": "C-A1",
    "latest": "2026-09-21T23:00:00+07:00",
    "declared_weight_kg": 32000,
    "container": "MSKU1234565",
}


class Recorder:
    def __init__(self) -> None:
        self.records: list[tuple[str, Mapping[str, object]]] = []
        self.full = False

    @property
    def kept(self) -> int:
        return len(self.records) - (1 if self.full else 0)

    def note(self, now: float, what: Mapping[str, object], kind: str) -> int:
        self.records.append((kind, what))
        return len(self.records)


class Desk:
    """Goods with everything round them held in lists. `now` is seconds after NOW."""

    def __init__(
        self, restored: RestoredGoods | None = None, known: Lane | None = None, stands: Mapping[str, float] = MappingProxyType({})
    ) -> None:
        self.recorder = Recorder()
        self.lane = known or Lane()
        self.said: list[Report] = []
        self.published: list[Publish] = []
        empty = RestoredGoods(OrderBook(), Clearances())
        self.goods = Goods(FACTS, restored or empty, self.recorder, self._deliver, lambda: self.lane, stands.get)
        self.talk = GoodsTalk("test", self.goods, self.published.append)
        self.begun = self.goods.begin(0.0, known)
        self.goods.durable(len(self.recorder.records))

    def _deliver(self, reports: Iterable[Report]) -> None:
        self.said += reports

    def heard(self) -> list[Report]:
        said, self.said = self.said, []
        return said

    def ask(self, *wishes: Asked, now: float = 0.0) -> list[str]:
        """Codes of what was wrong."""
        answer = self.goods.ask(now, wishes)
        self.goods.durable(len(self.recorder.records))
        return [problem.code for problem in answer.problems]

    def wake(self, now: float = 0.0) -> None:
        self.goods.wake(now)
        self.goods.durable(len(self.recorder.records))

    def step(self, lane: Lane, report: Report | None = None) -> None:
        before, self.lane = self.lane, lane
        self.goods.stepped(0.0, before, report or Woke(), Decision(Core(lane), (), (), 1.0))

    def messages(self, topic: str) -> list[dict[str, object]]:
        return [json.loads(publish.payload) for publish in self.published if publish.topic == topic]

    def state(self, order_id: str = "A1") -> OrderState:
        return self.goods.book.entries[order_id].state


def for_t01(order_id: str = "A1", **other: object) -> TransportOrder:
    return an_order(order_id, **{"truck": "T01", **other})


def assigned() -> Desk:
    desk = Desk()
    assert desk.ask(add(for_t01())) == []
    desk.wake()
    assert desk.state() is OrderState.ASSIGNED
    return desk


def with_consignment(lane: Lane, truck: str = "T01") -> Lane:
    return replace(lane, consignments={"C-A1": Consignment(truck, "14C12345")})


def inside(lane: Lane, truck: str = "T01") -> Lane:
    return replace(lane, sections={"K1": SectionNow(locked_for=truck, entered=True)})


# ---------------------------------------------------------------- what the rules hear


def test_the_rules_hear_of_an_order_when_a_truck_has_it() -> None:
    desk = Desk()
    assert desk.ask(add(for_t01())) == []
    assert desk.heard() == []
    desk.wake()
    assert desk.heard() == [
        ConsignmentReported("C-A1", "T01", "14C12345", "MSKU1234565", 32_000, (), 6 * HOUR, Direction.VN_TO_CN),
    ]


def test_what_was_cleared_before_is_told_with_the_order() -> None:
    desk = Desk()
    desk.goods.say(0.0, [Word("C-A1", Authority.CN, Standing.CLEARED, NOW + 60, 1)])
    desk.ask(add(for_t01()))
    desk.wake()
    assert desk.heard()[1:] == [ClearanceReported("C-A1", Authority.CN, Standing.CLEARED, 60.0)]


def test_a_word_of_an_authority_reaches_the_rules_at_once() -> None:
    desk = assigned()
    desk.heard()
    desk.goods.say(1.0, [Word("C-A1", Authority.VN, Standing.HELD, number=1)])
    assert desk.heard() == [ClearanceReported("C-A1", Authority.VN, Standing.HELD)]


def test_an_authority_may_clear_what_the_manifest_declared() -> None:
    desk = Desk(known=with_consignment(Lane()))
    desk.goods.say(1.0, [Word("C-A1", Authority.VN, Standing.CLEARED, number=1)])
    assert desk.heard() == [ClearanceReported("C-A1", Authority.VN, Standing.CLEARED)]


def test_the_rules_forget_a_consignment_whose_order_is_held_withdrawn_or_expired() -> None:
    for stop in (wish(Wish.HOLD), wish(Wish.WITHDRAW)):
        desk = assigned()
        desk.heard()
        assert desk.ask(stop) == []
        assert desk.heard() == [ConsignmentWithdrawn("C-A1")]
    desk = assigned()
    desk.heard()
    desk.wake(6 * HOUR)
    assert (desk.state(), desk.heard()) == (OrderState.EXPIRED, [ConsignmentWithdrawn("C-A1")])


def test_what_is_replaced_with_another_container_has_to_be_cleared_again() -> None:
    desk = assigned()
    desk.goods.say(1.0, [Word("C-A1", Authority.VN, Standing.CLEARED, number=1)])
    desk.heard()
    assert desk.ask(Asked(Wish.REPLACE, "A1", for_t01(container=""), 2)) == []
    desk.wake()
    assert ClearanceReported("C-A1", Authority.VN, Standing.EXPIRED) in desk.heard()
    assert not desk.goods.clearances.cleared("C-A1", NOW)


def test_a_truck_gets_no_order_for_the_way_that_it_cannot_go_from_where_it_is() -> None:
    desk = Desk()
    desk.ask(add(for_t01()))
    at_cn = {"T01": TruckNow(TruckReported("T01", Connection.ONLINE, last_node="cn-clear"), 0.0)}
    desk.lane = replace(desk.lane, trucks=at_cn)
    desk.wake()
    assert desk.state() is OrderState.WAITING
    desk.lane = replace(desk.lane, trucks={})
    desk.wake()
    assert desk.state() is OrderState.ASSIGNED


def test_an_order_that_its_truck_cannot_carry_from_where_it_is_waits_again_and_another_is_carried() -> None:
    desk = assigned()
    assert desk.ask(add(for_t01("A2", direction=Direction.CN_TO_VN))) == []
    desk.wake()
    assert (desk.state("A1"), desk.state("A2")) == (OrderState.ASSIGNED, OrderState.WAITING)
    at_cn = TruckNow(TruckReported("T01", Connection.ONLINE, last_node="cn-clear"), 0.0)
    desk.step(replace(with_consignment(desk.lane), trucks={"T01": at_cn}))
    desk.heard()
    desk.wake()
    assert (desk.state("A1"), desk.goods.book.entries["A1"].why) == (OrderState.WAITING, "its truck stands on the other side")
    assert ConsignmentWithdrawn("C-A1") in desk.heard()
    desk.step(replace(desk.lane, consignments={}), ConsignmentWithdrawn("C-A1"))
    desk.wake()
    assert desk.state("A2") is OrderState.ASSIGNED


def test_a_truck_that_has_a_way_keeps_its_order_wherever_it_says_it_is() -> None:
    desk = assigned()
    there = TruckNow(TruckReported("T01", Connection.ONLINE, last_node="cn-clear"), 0.0, authority="K1-stop")
    desk.step(replace(with_consignment(desk.lane), trucks={"T01": there}))
    desk.wake()
    assert desk.state() is OrderState.ASSIGNED


def test_a_truck_that_says_only_where_it_stands_gets_the_order_for_the_way_from_there() -> None:
    desk = Desk(stands={"T01": 700.0})
    desk.ask(add(for_t01()), add(for_t01("A2", direction=Direction.CN_TO_VN)))
    desk.wake()
    assert (desk.state("A1"), desk.state("A2")) == (OrderState.WAITING, OrderState.ASSIGNED)


def test_an_order_for_any_truck_goes_to_the_one_at_the_gate() -> None:
    desk = Desk()
    desk.ask(add(an_order()))
    desk.wake()
    assert desk.state() is OrderState.WAITING
    desk.lane = replace(desk.lane, trucks={"T02": TruckNow(TruckReported("T02", Connection.ONLINE, last_node="vn-gate"), 0.0)})
    desk.wake()
    assert desk.goods.book.entries["A1"].truck == "T02"


# ---------------------------------------------------------------- what the lane does


def test_an_order_crosses_with_its_truck_and_is_done_when_it_has_left() -> None:
    desk = assigned()
    desk.step(with_consignment(desk.lane))
    desk.step(inside(desk.lane))
    assert desk.state() is OrderState.CROSSING
    desk.step(replace(desk.lane, sections={}, consignments={}))
    assert desk.state() is OrderState.DONE


def test_a_truck_gets_its_next_order_when_the_last_is_done() -> None:
    desk = assigned()
    desk.ask(add(for_t01("A2")))
    desk.step(with_consignment(desk.lane))
    desk.wake()
    assert desk.state("A2") is OrderState.WAITING
    desk.step(inside(desk.lane))
    desk.step(replace(desk.lane, sections={}, consignments={}))
    desk.wake()
    assert desk.state("A2") is OrderState.ASSIGNED


# ---------------------------------------------------------------- on disk first


def test_nothing_is_acknowledged_before_it_is_on_disk() -> None:
    desk = Desk()
    desk.talk.receive(0.0, TOPICS.requests, encode(request="r1", wishes=[{"wish": "ADD", "revision": 1, "order": ORDER}]))
    assert desk.messages(TOPICS.acks) == []
    desk.goods.durable(len(desk.recorder.records))
    (ack,) = desk.messages(TOPICS.acks)
    assert (ack["request"], ack["outcome"]) == ("r1", "accepted")
    assert [state["state"] for state in desk.messages(TOPICS.states)] == ["WAITING"]


def test_the_same_message_again_is_acknowledged_again_and_changes_nothing() -> None:
    desk = Desk()
    for _ in range(2):
        desk.talk.receive(0.0, TOPICS.requests, encode(request="r1", wishes=[{"wish": "ADD", "revision": 1, "order": ORDER}]))
        desk.goods.durable(len(desk.recorder.records))
    assert [ack["outcome"] for ack in desk.messages(TOPICS.acks)] == ["accepted", "known"]
    assert len(desk.messages(TOPICS.states)) == 1


def test_a_change_that_the_journal_cannot_take_is_refused() -> None:
    desk = Desk()
    desk.recorder.full = True
    assert desk.ask(add(for_t01())) == ["journal_full"]
    assert desk.goods.book.entries == {}
    answer = desk.goods.say(0.0, [Word("C-A1", Authority.CN, Standing.CLEARED, number=1)])
    assert [problem.code for problem in answer.problems] == ["journal_full"]
    assert desk.goods.clearances.words == {}


def test_a_message_that_cannot_be_read_is_answered_with_what_is_wrong() -> None:
    desk = Desk()
    for payload in (b"\xff", b"[]", b"{}", b" " * (MESSAGE_BYTES_MAX + 1), b"[" * 100_000, encode(request=7, wishes=[], more=1)):
        desk.talk.receive(0.0, TOPICS.requests, payload)
        desk.talk.receive(0.0, TOPICS.clearances("CN"), payload)
    acks = desk.messages(TOPICS.acks) + desk.messages(TOPICS.clearance_acks("CN"))
    assert len(acks) == 12
    assert {ack["outcome"] for ack in acks} == {"refused"}
    assert all(problem["text"] and problem["remedy"] for ack in acks for problem in ack["problems"])  # type: ignore[attr-defined]
    assert desk.recorder.records[1:] == []


def test_an_authority_is_asked_until_it_answers() -> None:
    desk = Desk()
    desk.ask(add(for_t01()))
    desk.wake(1.0)
    assert [message["consignment"] for message in desk.messages(TOPICS.declared("CN"))] == ["C-A1"]
    desk.talk.receive(2.0, TOPICS.clearances("VN"), encode(request="c", clearances=[clearance("C-A1", "CLEARED", 1)]))
    desk.wake(DECLARED_AGAIN_S + 1.0)
    assert len(desk.messages(TOPICS.declared("CN"))) == 2
    assert len(desk.messages(TOPICS.declared("VN"))) == 1
    assert desk.messages(TOPICS.clearance_acks("VN"))[0]["outcome"] == "accepted"


# ---------------------------------------------------------------- after a restart


def journalled(desk: Desk, folder: Path) -> RestoredGoods:
    """What is read from a journal with just these records."""
    path = folder / "journal.db"
    written = JournalFile(path)
    bodies = [(kind, encode_json({"v": 1, **what})) for kind, what in desk.recorder.records]
    records = [Record(seq, 0.0, "", kind, body, b"") for seq, (kind, body) in enumerate(bodies, start=1)]
    assert written.take(records) == ""
    written.close()
    return restore_goods(path)


def test_a_restart_takes_up_every_order_and_every_word(tmp_path: Path) -> None:
    desk = assigned()
    desk.ask(add(for_t01("A2")), add(an_order("A3")))
    desk.ask(wish(Wish.HOLD, "A3"))
    desk.goods.say(0.0, [Word("C-A1", Authority.CN, Standing.CLEARED, NOW + 60, 1)])
    restored = journalled(desk, tmp_path)
    assert restored.why == ""
    assert restored.book == desk.goods.book
    assert restored.clearances == desk.goods.clearances
    again = Desk(restored, with_consignment(Lane()))
    assert again.recorder.records[0][0] == WHOLE
    assert again.begun == [
        ConsignmentReported("C-A1", "T01", "14C12345", "MSKU1234565", 32_000, (), 6 * HOUR, Direction.VN_TO_CN),
        ClearanceReported("C-A1", Authority.CN, Standing.CLEARED, 60.0),
    ]


def test_a_restart_reads_no_further_back_than_the_last_whole(tmp_path: Path) -> None:
    desk = assigned()
    again = Desk(journalled(desk, tmp_path))
    again.ask(add(an_order("A2")))
    (tmp_path / "second").mkdir()
    assert journalled(again, tmp_path / "second").book == again.goods.book


def test_what_the_lane_saw_last_counts_when_the_book_had_no_time_to_write_it(tmp_path: Path) -> None:
    desk = assigned()
    restored = journalled(desk, tmp_path)
    assert Desk(restored, inside(with_consignment(Lane()))).state() is OrderState.CROSSING
    desk.step(with_consignment(desk.lane))
    desk.step(inside(desk.lane))
    (tmp_path / "second").mkdir()
    crossing = journalled(desk, tmp_path / "second")
    assert Desk(crossing, Lane()).state() is OrderState.DONE


def test_an_order_that_was_withdrawn_just_before_the_end_is_withdrawn_from_the_lane_too(tmp_path: Path) -> None:
    desk = assigned()
    desk.ask(wish(Wish.WITHDRAW))
    again = Desk(journalled(desk, tmp_path), with_consignment(Lane()))
    assert again.begun == [ConsignmentWithdrawn("C-A1")]


def test_without_a_journal_there_are_no_orders(tmp_path: Path) -> None:
    assert restore_goods(tmp_path / "none.db").book.entries == {}
