"""The JUnit XML: well-formed whatever a scenario says, and its counts are those of its cases."""

import xml.etree.ElementTree as ET

from lanectl.scenario.facts import Begins, Scenario
from lanectl.scenario.junit import junit
from lanectl.scenario.play import Check, Played, Verdict

CHECKS = (
    Check("a & b <c>", Verdict.MET, 1.0),
    Check("boom", Verdict.NOT_MET, 2.5, 'says "桂\x00\x1b[31m"'),
    Check("later", Verdict.SKIPPED, 2.5),
)


def played(checks: tuple[Check, ...] = CHECKS, transcript: tuple[str, ...] = ("T01: ]]> \x07",)) -> Played:
    scenario = Scenario("mine", "mine.toml", "“words”", 1, Begins.OPEN, False, {}, (), ())
    return Played(scenario, checks, 3.0, "abc", transcript)


def test_text_from_outside_cannot_break_the_xml() -> None:
    root = ET.fromstring(junit([played()]))

    assert [case.get("name") for case in root.iter("testcase")] == ["a & b <c>", "boom", "later"]
    assert [failure.get("message") for failure in root.iter("failure")] == ['says "桂��[31m"']


def test_counts_and_times_are_those_of_the_cases() -> None:
    root = ET.fromstring(junit([played(), played(CHECKS[:1], ())]))

    counts = ("tests", "failures", "errors", "skipped", "time")
    assert [root.get(name) for name in counts] == ["4", "1", "0", "1", "6.000"]
    assert [suite.get("tests") for suite in root] == ["3", "1"]
    assert [case.get("time") for case in root[0].iter("testcase")] == ["1.000", "2.500", "2.500"]


def test_a_suite_holds_its_parts_in_the_order_that_build_servers_take() -> None:
    root = ET.fromstring(junit([played()]))

    assert root.tag == "testsuites"
    assert [part.tag for part in root[0]] == ["properties", "testcase", "testcase", "testcase", "system-out"]
    assert {part.tag for part in root[0].iter("testcase") for part in part} == {"failure", "skipped"}
    assert [part.tag for part in ET.fromstring(junit([played(CHECKS[:1], ())]))[0]] == ["properties", "testcase"]
