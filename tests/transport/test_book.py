from dataclasses import replace

import pytest

from lanectl.transport import book as book_module
from lanectl.transport.book import LATEST_AHEAD_S_MAX, OrderBook, Refused, Taken, restored
from lanectl.transport.order import Asked, OrderState, Wish
from tests.transport.orders import HOUR, NOW, add, an_order, book_with, codes, replaced, state, taken, wish

S = OrderState


def assigned(truck: str = "T01") -> OrderBook:
    return taken(book_with().assign(NOW, "A1", truck))


def crossing() -> OrderBook:
    return assigned().entered(NOW, "A1", "T01").book


# ---------------------------------------------------------------- taken once


def test_an_order_waits_until_a_truck_is_found_for_it() -> None:
    book = book_with(an_order("A1"), an_order("A2"))
    assert [waiting.order.id for waiting in book.waiting(NOW)] == ["A1", "A2"]
    book = taken(book.assign(NOW, "A1", "T01"))
    assert [waiting.order.id for waiting in book.waiting(NOW)] == ["A2"]
    assert (entry := book.of_truck("T01")) is not None
    assert entry.order.id == "A1"


def test_the_same_order_again_changes_nothing() -> None:
    book = book_with()
    again = book.ask(NOW + 9, [add(an_order())])
    assert isinstance(again, Taken)
    assert (again.changed, again.known, again.book.entries) == ((), ("A1",), book.entries)


def test_the_same_order_again_is_known_even_after_it_has_crossed() -> None:
    book = crossing().left(NOW, "A1").book
    again = book.ask(NOW, [add(an_order())])
    assert isinstance(again, Taken)
    assert (again.known, state(again.book)) == (("A1",), S.DONE)


def test_another_order_under_a_known_id_is_refused() -> None:
    assert codes(book_with().ask(NOW, [add(an_order(priority=5), 2)])) == ["order_differs"]


def test_a_replacement_takes_the_orders_place_and_gives_its_truck_back() -> None:
    book = taken(assigned().ask(NOW, [replaced(an_order(priority=5))]))
    assert (state(book), book.entries["A1"].order.priority, book.of_truck("T01")) == (S.WAITING, 5, None)


def test_a_held_order_that_is_replaced_stays_held() -> None:
    book = taken(book_with().ask(NOW, [wish(Wish.HOLD), replaced(an_order(priority=5))]))
    assert state(book) is S.HELD


def test_a_replacement_that_comes_twice_or_late_changes_nothing() -> None:
    newer, newest = replaced(an_order(priority=5), 2), replaced(an_order(priority=6), 3)
    book = taken(book_with().ask(NOW, [newer]))
    assert isinstance(again := book.ask(NOW, [newer]), Taken)
    assert again.known == ("A1",)
    book = taken(book.ask(NOW, [newest]))
    assert codes(book.ask(NOW, [newer])) == ["revision_old"]


def test_a_release_that_comes_a_second_time_does_not_undo_a_newer_hold() -> None:
    book = book_with()
    for revision, what in enumerate((Wish.HOLD, Wish.RELEASE, Wish.HOLD), start=2):
        book = taken(book.ask(NOW, [wish(what, revision=revision)]))
    assert codes(book.ask(NOW, [wish(Wish.RELEASE, revision=3)])) == ["revision_old"]
    assert state(book) is S.HELD


# ---------------------------------------------------------------- whole or not at all


def test_a_batch_with_one_bad_order_changes_nothing_and_tells_every_mistake() -> None:
    book = book_with()
    found = book.ask(
        NOW,
        [
            add(an_order("B1")),
            replace(add(an_order("B2", latest=NOW)), place="row 2"),
            add(an_order("B3", consignment="C-A1")),
            wish(Wish.HOLD, "B9"),
            add(an_order("B4", latest=NOW + LATEST_AHEAD_S_MAX + 1)),
            add(an_order("B5", consignment="C-B1")),
        ],
    )
    assert codes(found) == ["order_expired", "consignment_taken", "order_unknown", "latest_too_far", "consignment_taken"]
    assert isinstance(found, Refused)
    assert found.problems[0].place == "row 2"
    assert all(problem.text and problem.remedy for problem in found.problems)


def test_a_consignment_is_free_again_when_its_order_is_withdrawn() -> None:
    found = book_with().ask(NOW, [wish(Wish.WITHDRAW), add(an_order("A2", consignment="C-A1"))])
    assert state(taken(found), "A2") is S.WAITING


def test_there_is_a_limit_of_open_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "OPEN_MAX", 2)
    assert codes(book_with().ask(NOW, [add(an_order("B1")), add(an_order("B2"))])) == ["too_many_open"]


def test_there_is_a_limit_of_remembered_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "ENTRIES_MAX", 1)
    ended = taken(book_with().ask(NOW, [wish(Wish.WITHDRAW)]))
    assert codes(ended.ask(NOW, [add(an_order("B1"))])) == ["too_many_kept"]


# ---------------------------------------------------------------- stopping


@pytest.mark.parametrize("what", [Wish.WITHDRAW, Wish.HOLD])
def test_an_assigned_order_that_is_stopped_gives_its_truck_back(what: Wish) -> None:
    book = taken(assigned().ask(NOW, [wish(what)]))
    assert book.of_truck("T01") is None
    assert book.waiting(NOW) == ()


def test_what_is_so_already_is_known() -> None:
    book = taken(book_with().ask(NOW, [wish(Wish.HOLD)]))
    assert isinstance(again := book.ask(NOW, [wish(Wish.HOLD)]), Taken)
    assert again.known == ("A1",)


def test_a_held_order_waits_again_when_released() -> None:
    book = taken(book_with().ask(NOW, [wish(Wish.HOLD)]))
    assert state(taken(book.ask(NOW, [wish(Wish.RELEASE)]))) is S.WAITING
    assert codes(book_with().ask(NOW, [wish(Wish.RELEASE)])) == ["order_not_held"]


@pytest.mark.parametrize("asked", [wish(Wish.WITHDRAW), wish(Wish.HOLD), replaced(an_order(priority=3))])
def test_an_order_whose_truck_is_in_the_lane_cannot_be_stopped_or_changed(asked: Asked) -> None:
    assert codes(crossing().ask(NOW, [asked])) == ["order_crossing"]


def test_an_order_that_has_ended_stays_ended() -> None:
    book = taken(book_with().ask(NOW, [wish(Wish.WITHDRAW)]))
    assert codes(book.ask(NOW, [wish(Wish.HOLD)])) == ["order_ended"]


def test_what_the_lane_saw_counts_more_than_what_was_asked_meanwhile() -> None:
    withdrawn = taken(assigned().ask(NOW, [wish(Wish.WITHDRAW)]))
    book = withdrawn.entered(NOW, "A1", "T01").book
    assert (state(book), book.entries["A1"].why) == (S.CROSSING, "entered after it was WITHDRAWN")


# ---------------------------------------------------------------- time


def test_an_order_before_its_earliest_time_is_for_no_truck_yet() -> None:
    book = book_with(an_order(earliest=NOW + 60))
    assert book.waiting(NOW) == ()
    assert codes(book.assign(NOW, "A1", "T01")) == ["order_not_waiting"]
    assert len(book.waiting(NOW + 60)) == 1


@pytest.mark.parametrize("before", [book_with(), assigned(), taken(book_with().ask(NOW, [wish(Wish.HOLD)]))])
def test_an_order_whose_latest_time_has_passed_is_for_no_truck_any_more(before: OrderBook) -> None:
    end = before.next_end()
    assert before.at(end - 1).changed == ()
    book = before.at(end).book
    assert state(book) is S.EXPIRED
    assert book.waiting(end) == ()
    assert codes(book.assign(end, "A1", "T01")) == ["order_not_waiting"]


def test_a_truck_in_the_lane_finishes_whatever_the_time() -> None:
    late = crossing().at(NOW + 99 * HOUR)
    assert late.changed == ()
    assert late.book.next_end() == float("inf")


def test_what_has_ended_is_remembered_until_it_could_only_be_sent_expired() -> None:
    book = crossing().left(NOW, "A1").book
    assert book.without_forgotten(NOW + HOUR) is book
    later = book.without_forgotten(NOW + 6 * HOUR)
    assert later.entries == {}
    assert codes(later.ask(NOW + 6 * HOUR, [add(an_order())])) == ["order_expired"]


# ---------------------------------------------------------------- dispatch


def test_an_order_for_one_truck_goes_to_no_other() -> None:
    assert codes(book_with(an_order(truck="T02")).assign(NOW, "A1", "T01")) == ["order_of_other"]


def test_a_truck_has_one_order_at_a_time() -> None:
    book = taken(book_with(an_order("A1"), an_order("A2")).assign(NOW, "A1", "T01"))
    assert codes(book.assign(NOW, "A2", "T01")) == ["truck_busy"]
    assert codes(book.assign(NOW, "A9", "T02")) == ["order_unknown"]


def test_an_order_that_its_truck_cannot_take_waits_again() -> None:
    book = assigned().unassign(NOW, "A1", "truck_fatal").book
    assert state(book) is S.WAITING
    assert book.unassign(NOW, "A1").changed == ()


def test_a_restart_takes_up_every_order_where_it_stood() -> None:
    book = taken(assigned().ask(NOW, [add(an_order("A2")), add(an_order("A3"))]))
    assert restored(book.entries.values()) == book
