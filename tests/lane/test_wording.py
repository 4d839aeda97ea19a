"""Everything that an operator reads stands in three languages, and says the same."""

import pytest

from lanectl.interlocking import refusals
from lanectl.model import (
    Act,
    Aspect,
    Authority,
    Boom,
    BoomMove,
    Connection,
    Direction,
    Match,
    Reading,
    SectionState,
    Service,
    Sight,
    Standing,
    TruckMode,
)
from lanectl.status import PRIORITIES, Happening, Why
from lanectl.wording import LANGUAGES, PARAMETER, happening_text, sentence, why_it_waits, word, words

ENUMS = {
    "act": Act,
    "aspect": Aspect,
    "aspect_mark": Aspect,
    "authority": Authority,
    "boom": Boom,
    "connection": Connection,
    "direction": Direction,
    "match": Match,
    "mode": TruckMode,
    "move": BoomMove,
    "reading": Reading,
    "service": Service,
    "sight": Sight,
    "standing": Standing,
    "state": SectionState,
}


def parameters(lang: str, key: str) -> set[str]:
    return set(PARAMETER.findall(words(lang)[key]))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_refusal_has_a_sentence_with_exactly_its_parameters(lang: str) -> None:
    for kind in refusals.ALL:
        assert parameters(lang, f"refusal.{kind.code}") <= set(kind.params), f"{lang} {kind.code}"
        assert parameters(lang, f"refusal.{kind.code}") == parameters("en", f"refusal.{kind.code}"), f"{lang} {kind.code}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_tells_of_a_refusal_that_does_not_exist(lang: str) -> None:
    told = {key.removeprefix("refusal.") for key in words(lang) if key.startswith("refusal.")}
    assert told == {kind.code for kind in refusals.ALL}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_alarm_says_what_why_and_what_to_do(lang: str) -> None:
    told = {key.split(".")[1] for key in words(lang) if key.startswith("alarm.")}
    assert told == set(PRIORITIES)
    for code in PRIORITIES:
        for part in ("what", "cause", "action"):
            assert words(lang)[f"alarm.{code}.{part}"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_key_and_parameter_stands_in_every_language(lang: str) -> None:
    assert words(lang).keys() == words("en").keys()
    for key in words("en"):
        assert parameters(lang, key) == parameters("en", key), f"{lang} {key}"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_state_has_a_word(lang: str) -> None:
    for group, enum in ENUMS.items():
        for member in enum:
            assert words(lang)[f"{group}.{member.value}"]
    for why in (*refusals.WHY_SUSPECT, *refusals.WHY_STOPPED):
        assert words(lang)[f"why.{why}"]
    for fault in refusals.FAULTS:
        assert words(lang)[f"fault.{fault}"]


def test_why_a_truck_waits_is_one_sentence() -> None:
    why = Why("section_locked", "T11", {"section": "K2", "truck": "T07"})
    assert why_it_waits("T11", why, "en") == "T11 waits: section K2 is locked for T07"
    assert why_it_waits("T11", why, "vi") == "T11 chờ: phân khu K2 đang khóa cho T07"
    assert why_it_waits("T11", why, "zh") == "T11 等待：区段 K2 已为 T07 锁闭"


def test_a_parameter_that_is_a_state_is_put_into_words() -> None:
    assert sentence("boom_not_up", {"gate": "vn", "boom": "MOVING"}, "zh") == "vn 闸口的栏杆未证实抬起（动作中）"
    assert sentence("gate_fault", {"gate": "vn", "fault": "not_up_in_time"}, "en") == "the vn gate has a fault: not up in time"


def test_a_barriers_own_words_for_its_fault_stay_as_they_are() -> None:
    assert sentence("gate_fault", {"gate": "vn", "fault": "error 7"}, "en") == "the vn gate has a fault: error 7"


def test_a_section_occupied_by_nobody_known_says_so() -> None:
    assert sentence("section_occupied", {"section": "K2", "truck": ""}, "en") == "section K2 is occupied by an unknown truck"


def test_what_a_truck_says_does_not_steer_the_terminal() -> None:
    said = sentence("truck_fatal", {"error": "\x1b]0;owned\x07\u202e2"}, "en")
    assert said == "it reports a fatal error: �]0;owned��2"
    assert word("nothing.KNOWN", "en", by="\x1b[2J") == "nothing.KNOWN by=�[2J"


def test_a_code_without_a_sentence_is_still_shown() -> None:
    assert word("refusal.new_code", "vi", section="K2") == "refusal.new_code section=K2"


def test_a_refused_act_says_who_asked_and_why_not() -> None:
    refused = Happening(0.0, "", "ACT_REFUSED", {"act": "OPEN", "at": "", "by": "Lan"}, why=Why("service_in_emergency", "OPEN", {}))
    assert happening_text(refused, "en") == "Lan: open the lane was refused: the lane is in emergency stop: reset it first"
