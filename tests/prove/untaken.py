"""Branches of the rules that no model takes, each with the reason; tests/rules takes every one. One without it is a gap in the search."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tests.prove.planting import RULES


class Branch(NamedTuple):
    """From which line it leaves, and the one that it never came to; 0 is the function's end."""

    file: str
    line: int
    never: int


CALM = "calm steps are held against whole steps in every test of the rules; the search takes whole steps"
ONLY_OLD = "a unit that is not heard is told lost (D2) before anything of it grows old; alone, readings that grow old are in tests/rules"
LATE = "devices answer in the order in which they were asked; late and doubtful answers are in tests/rules"
SIGHTS = "nobody reads rear plates, containers or markers in the search; tests/rules/test_sights.py, test_confirm_sights.py"
WEIGHTS = "the gates searched have no scale; tests/rules/test_weights.py"
BRIDGE = "the bridge searched has neither hours nor a load limit; tests/rules/test_bridge.py"
PAPERS = "papers are declared in time, cleared or held, without an end or a direction; tests/rules/test_clearance.py"
TWO_KINDS = "two faults of different families at once; tests/rules"
BY_HAND = "one truck leaves as it was sent, not under a boom that people raise by hand; tests/rules/test_papers_once.py"
COMPLETE = "persons' acts are complete and name what there is; tests/rules/test_refused_acts.py"
BEGUN = "commissioning is over where the search begins; tests/rules/test_start.py"

EXPLAINED = {  # of each function how many
    ("__init__.py", "calm_after"): (4, CALM),
    ("__init__.py", "calm_step"): (2, CALM),
    ("__init__.py", "hear"): (5, "no scale, no hours, no camera but the one that reads plates, no withdrawal; each in tests/rules"),
    ("booms.py", "_watch_time"): (1, "a boom whose place is unknown at a restart is told by its limits first; tests/rules/test_booms.py"),
    ("booms.py", "age_booms"): (1, ONLY_OLD),
    ("booms.py", "report_boom"): (3, LATE),
    ("bridge.py", "_of_load"): (4, BRIDGE),
    ("bridge.py", "reasons_of_bridge"): (2, BRIDGE),
    ("clearance.py", "_against_entering"): (2, PAPERS),
    ("clearance.py", "_kept_out_by"): (3, PAPERS),
    ("clearance.py", "consignment_ends"): (2, PAPERS),
    ("clearance.py", "reasons_of_consignment"): (1, "no section searched is one where standing does harm; tests/rules/test_clearance.py"),
    ("clearance.py", "report_clearance"): (1, PAPERS),
    ("clearance.py", "start"): (1, PAPERS),
    ("clearance.py", "withdraw_consignment"): (4, PAPERS),
    ("conditions.py", "_of_entry"): (1, BEGUN),
    ("conditions.py", "_of_identity"): (1, SIGHTS),
    ("conditions.py", "_of_lane"): (2, TWO_KINDS),
    ("section_conditions.py", "_says_inside"): (
        1,
        "a truck does not lie about its place and name the gate at once; tests/rules/test_trucks.py",
    ),
    ("conditions.py", "halted"): (1, TWO_KINDS),
    ("conditions.py", "reasons_of_truck"): (
        1,
        "a fatal error is to the rules one more reason, like an emergency stop; tests/rules/test_ways_refused.py",
    ),
    ("declare.py", "declare"): (2, COMPLETE),
    ("detection.py", "_next_reading"): (1, ONLY_OLD),
    ("detection.py", "age_readings"): (1, ONLY_OLD),
    ("detection.py", "leave"): (1, BY_HAND),
    ("detection.py", "report_readings"): (2, LATE),
    ("draft.py", "counted"): (
        1,
        "the count is lost by a jump both ways, and begun anew by whoever declares; tests/rules/test_both_ways.py",
    ),
    ("identity.py", "_identified"): (1, SIGHTS),
    ("identity.py", "read_plates"): (1, WEIGHTS),
    ("identity.py", "report_identity"): (1, LATE),
    ("identity.py", "report_sight"): (2, SIGHTS),
    ("operators.py", "_close"): (2, TWO_KINDS),
    ("operators.py", "_missing"): (4, COMPLETE),
    ("operators.py", "_of_detectors"): (2, TWO_KINDS),
    ("operators.py", "_of_gate"): (2, TWO_KINDS),
    ("operators.py", "_open"): (1, TWO_KINDS),
    ("operators.py", "_perform"): (1, "PLACE is a word to a truck's session; tests/rules/test_place.py"),
    ("operators.py", "_rearm"): (2, COMPLETE),
    ("operators.py", "_reasons_against_open"): (2, TWO_KINDS),
    ("service.py", "rest"): (2, BEGUN),
    ("service.py", "start"): (1, "started while halted: two faults of different families at once; tests/rules/test_start.py"),
    ("sights.py", "_contradictions"): (4, SIGHTS),
    ("sights.py", "_unread"): (4, SIGHTS),
    ("sights.py", "declared"): (4, SIGHTS),
    ("sights.py", "reasons_of_sights"): (2, SIGHTS),
    ("sights.py", "with_sight"): (2, SIGHTS),
    ("signals.py", "age_signals"): (1, ONLY_OLD),
    ("signals.py", "report_signal"): (1, "a late answer; tests/rules/test_signals.py"),
    ("signals.py", "show_signals"): (1, "a lamp that does not light says so before its time is over; tests/rules/test_signals.py"),
    ("trucks.py", "protect"): (1, BY_HAND),
    ("weights.py", "_weight_of"): (2, WEIGHTS),
    ("weights.py", "reasons_of_weight"): (7, WEIGHTS),
    ("weights.py", "weighed_by"): (1, WEIGHTS),
}


def explained(missed: set[Branch]) -> Iterator[tuple[str, str]]:
    """Each branch in words, and why it is not taken: "" where nobody said so, or fewer were meant."""
    by_function = defaultdict[tuple[str, str], list[str]](list)
    for branch in sorted(missed):
        text = (RULES / branch.file).read_text()
        lines = ["the end", *text.splitlines()]
        began, never = lines[branch.line].strip(), lines[max(branch.never, 0)].strip()
        by_function[branch.file, _function(text, branch.line)].append(f"{branch.file}:{branch.line} {began} -> {never}")
    for function, branches in by_function.items():
        meant, reason = EXPLAINED.get(function, (0, ""))
        yield from ((words, reason if len(branches) <= meant else "") for words in branches)


def _function(text: str, line: int) -> str:
    found = [part for part in ast.walk(ast.parse(text)) if isinstance(part, ast.FunctionDef)]
    return next((part.name for part in found if part.lineno <= line <= (part.end_lineno or 0)), "")
