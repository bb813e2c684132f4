"""Failures known from other systems of this kind: each has a test here, marked with its number.

`pytest -m acceptance` runs them all.
"""

import ast
from pathlib import Path

import pytest

CASES = {
    1: "One of several inputs is missing: no value, the reason, the interval",
    2: "Nothing happened and nothing was delivered are two things",
    3: "More than 100 % is shown and flagged, never capped",
    4: "Full coverage is full in months of 28 to 31 days",
    5: "The edge of a month is Beijing midnight, whatever the clock of server or reader",
    6: "A year has its twelve months",
    7: "A call over midnight of the month's last day is booked by the definition",
    8: "A call passed on from hand to hand is one call",
    9: "A call stored unanswered that has a long recording is found",
    10: "The same file twice counts once; a corrected row is one revision",
    11: "What arrives after the lock waits in the late register; the sealed value stands",
    12: "Renaming or removing a person never changes a past month",
    13: "A changed definition never changes a past vintage; both can be computed",
    14: "A year's rate is sum by sum, not the mean of months",
    15: "The rows behind come to numerator and denominator in every grain",
    16: "Screen, JSON, CSV, workbook and package show the same decimals",
    17: "A long export is complete or fails loudly",
    18: "Chinese text opens in a spreadsheet; machine files have no byte order mark",
    19: "Deadlines know weekends that are worked",
    20: "The calendar is never fetched; its version is known",
    21: "After reopening, clocks run by the definition",
    22: "Closed before created is refused or flagged",
    23: "The lock window is as its truth table says, to the instant",
    25: "A job that did not run is seen and made up",
    27: "Turnover follows the published examples under both roundings",
    28: "A row changed and hashed anew is found by the digest held outside",
    29: "The verifier needs no network, no database and no running system",
    30: "A lock exception needs a reason and a second person, and is listed",
}  # 24 and 26 are alerts and presence boards, which the product does not have yet

WAITING: set[int] = set()  # cases whose tests are still to be written

TESTS = Path(__file__).parent


@pytest.mark.parametrize("number", CASES, ids=str)
def test_every_case_has_a_test_or_is_known_to_wait_for_one(number):
    assert (number in _marked()) != (number in WAITING), CASES[number]


def test_no_mark_names_an_unknown_case():
    assert _marked() <= set(CASES)


def _marked() -> set[int]:
    return {
        number
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for number in _numbers(node)
    }


def _numbers(node: ast.FunctionDef) -> list[int]:
    calls = [one for one in node.decorator_list if isinstance(one, ast.Call)]
    return [
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr == "acceptance"
        and isinstance(call.args[0], ast.Constant)
        and isinstance(call.args[0].value, int)
    ]
