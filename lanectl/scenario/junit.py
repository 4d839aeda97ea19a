"""What scenarios came to, as JUnit XML: a suite for each scenario, a case for each thing that was expected."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from lanectl.printable import printable
from lanectl.scenario.play import Check, Played, Verdict


def junit(played: Sequence[Played]) -> str:
    """`time` is simulated seconds. A case that was not met holds what was there instead; its suite's `system-out` the transcript."""
    suites = ET.Element("testsuites", _counted([check for one in played for check in one.checks], sum(one.simulated_s for one in played)))
    suites.set("name", "lanectl sim")
    suites.extend(_suite(one) for one in played)
    ET.indent(suites)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(played: Played) -> ET.Element:
    scenario = played.scenario
    suite = ET.Element("testsuite", {"name": scenario.name, **_counted(played.checks, played.simulated_s)})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("words", scenario.words), ("file", scenario.file), ("seed", str(scenario.seed)), ("trace", played.trace)):
        ET.SubElement(properties, "property", {"name": name, "value": printable(value)})
    suite.extend(_case(scenario.name, check, played.transcript) for check in played.checks)
    if played.transcript:
        ET.SubElement(suite, "system-out").text = _text(played.transcript)
    return suite


def _case(scenario: str, check: Check, transcript: Sequence[str]) -> ET.Element:
    case = ET.Element(
        "testcase", {"classname": f"lanectl.{scenario}", "name": printable(check.words), "time": f"{max(0.0, check.at_s):.3f}"}
    )
    if check.verdict is Verdict.NOT_MET:
        failure = ET.SubElement(case, "failure", {"message": printable(check.why), "type": "NotMet"})
        failure.text = _text([f"expected: {check.words}", f"there was: {check.why}", *transcript])
    elif check.verdict is Verdict.SKIPPED:
        ET.SubElement(case, "skipped", {"message": "something before it was not met"})
    return case


def _counted(checks: Sequence[Check], time_s: float) -> dict[str, str]:
    verdicts = [check.verdict for check in checks]
    return {
        "tests": str(len(verdicts)),
        "failures": str(verdicts.count(Verdict.NOT_MET)),
        "errors": "0",
        "skipped": str(verdicts.count(Verdict.SKIPPED)),
        "time": f"{time_s:.3f}",
    }


def _text(lines: Sequence[str]) -> str:
    return "\n".join(printable(line) for line in lines)
