import pytest

from lanectl.model import Authority, Standing
from lanectl.transport import clearances as module
from lanectl.transport.clearances import KEPT_S, VALID_S_MAX, Clearances, Heard, Word, read_clearances, restored_clearances
from lanectl.transport.fields import Problems
from lanectl.transport.order import Problem

NOW = 1_790_000_000.0
VN, CN = Authority.VN, Authority.CN


def word(number: int | None, standing: Standing = Standing.CLEARED, authority: Authority = VN, **other: object) -> Word:
    return Word("C1", authority, standing, number=number, **other)  # type: ignore[arg-type]  # names are checked by Word


def heard(found: Heard | tuple[Problem, ...]) -> Heard:
    assert isinstance(found, Heard), found
    return found


def said(*words: Word) -> Clearances:
    clearances = Clearances()
    for each in words:
        clearances = heard(clearances.say(NOW, [each])).clearances
    return clearances


def codes(found: Heard | tuple[Problem, ...]) -> list[str]:
    return [] if isinstance(found, Heard) else [problem.code for problem in found]


def test_a_consignment_is_cleared_by_both_or_not_at_all() -> None:
    assert not said(word(1)).cleared("C1", NOW)
    assert said(word(1), word(1, authority=CN)).cleared("C1", NOW)
    assert not said(word(1), word(1, authority=CN), word(2, Standing.HELD)).cleared("C1", NOW)


def test_the_same_word_again_changes_nothing() -> None:
    again = heard(said(word(1)).say(NOW + 5, [word(1)]))
    assert (again.changed, again.known) == ((), ("C1",))


def test_a_word_that_comes_late_does_not_undo_a_newer_one() -> None:
    held = said(word(1), word(2, Standing.HELD))
    assert codes(held.say(NOW, [word(1)])) == ["number_old"]
    assert codes(held.say(NOW, [word(2)])) == ["number_old"]


def test_a_persons_word_counts_at_once_and_the_systems_next_one_after_it() -> None:
    held = said(word(3), word(None, Standing.HELD, by="hoa"))
    assert (held.of("C1")[0].standing, held.of("C1")[0].number) == (Standing.HELD, 3)
    assert heard(held.say(NOW, [word(4)])).clearances.of("C1")[0].standing is Standing.CLEARED


def test_a_clearance_ends_by_itself() -> None:
    held = said(word(1, until=NOW + 60), word(1, authority=CN))
    assert held.cleared("C1", NOW + 59)
    assert not held.cleared("C1", NOW + 60)
    assert held.of("C1")[0].at(NOW + 60) is Standing.EXPIRED


def test_an_end_that_has_passed_or_lies_years_ahead_is_refused() -> None:
    assert codes(Clearances().say(NOW, [word(1, until=NOW)])) == ["valid_until_passed"]
    assert codes(Clearances().say(NOW, [word(1, until=NOW + VALID_S_MAX + 1)])) == ["valid_until_far"]


def test_one_bad_word_refuses_the_message() -> None:
    found = Clearances().say(NOW, [word(1), word(1, authority=CN, until=NOW - 1)])
    assert codes(found) == ["valid_until_passed"]


def test_what_is_declared_anew_has_to_be_cleared_by_a_newer_word() -> None:
    anew = said(word(4), word(2, Standing.HELD, CN)).declared_anew(NOW, "C1")
    assert [(each.standing, each.number) for each in anew.clearances.of("C1")] == [(Standing.EXPIRED, 4), (Standing.HELD, 2)]
    assert codes(anew.clearances.say(NOW, [word(4)])) == ["number_old"]
    assert heard(anew.clearances.say(NOW, [word(5)])).changed


def test_old_words_are_forgotten_but_for_open_orders() -> None:
    held = said(word(1))
    assert held.without_forgotten(NOW + KEPT_S - 1, frozenset()) is held
    assert held.without_forgotten(NOW + KEPT_S, frozenset({"C1"})) is held
    assert held.without_forgotten(NOW + KEPT_S, frozenset()).words == {}


def test_there_is_a_limit_of_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "WORDS_MAX", 1)
    held = said(word(1))
    assert codes(held.say(NOW, [word(1, authority=CN)])) == ["too_many_kept"]
    assert heard(held.say(NOW, [word(2)])).changed


def test_a_restart_takes_up_every_word() -> None:
    held = said(word(1), word(1, authority=CN, until=NOW + 60))
    assert restored_clearances(held.words.values()) == held


@pytest.mark.parametrize(
    ("held", "place"),
    [
        ({}, "clearances"),
        ([7], "clearances[0]"),
        ([{"consignment": "C1", "standing": "CLEARED"}], "clearances[0].number"),
        ([{"consignment": "C1", "standing": "FINE", "number": 1}], "clearances[0].standing"),
        ([{"standing": "HELD", "number": 1}], "clearances[0].consignment"),
        ([{"consignment": "C1", "standing": "HELD", "number": 1, "valid_until": "2026-09-22T00:00:00Z"}], "clearances[0].valid_until"),
        ([{"consignment": "C1", "standing": "CLEARED", "number": 1, "valid_until": "soon"}], "clearances[0].valid_until"),
        ([{"consignment": "C1", "standing": "CLEARED", "number": 1, "authority": "CN"}], "clearances[0].authority"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(held: object, place: str) -> None:
    problems = Problems()
    assert read_clearances(held, VN, problems) == ()
    assert [problem.place for problem in problems] == [place]


def test_a_word_is_its_authoritys() -> None:
    problems = Problems()
    read = read_clearances([{"consignment": "C1", "standing": "HELD", "number": 2, "why": "x-ray"}], CN, problems)
    assert [(each.authority, each.standing, each.number, each.why) for each in read] == [(CN, Standing.HELD, 2, "x-ray")]
