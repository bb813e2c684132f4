"""No text becomes a formula in a file of ours, and none is changed when the file comes back."""

import csv
import unicodedata
from datetime import datetime
from io import StringIO

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from ingest.cells.text import to_plain
from ingest.quarantine.quarantine import QuarantineEntry, format_csv_lines
from kpi.handover.package.layout import dump_csv
from tracker.spreadsheet_cells import begins_formula, escape_formula

BLANKS = " \u3000\xa0\ufeff\u200b\u200d\u2060\x00\x0b\x1f\u2028\u034f\ufe0f\u3164"
FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "＝1＋1", "＋1", "－1", "＠x", "﹦1", "⁺1")


@pytest.mark.parametrize("formula", [*FORMULAS, "\tx", "\rx", "\nx", "\n"])
def test_what_begins_like_a_formula_is_escaped(formula: str) -> None:
    assert escape_formula(formula) == f"'{formula}"


@given(st.text(BLANKS, max_size=5), st.sampled_from(FORMULAS), st.text(max_size=5))
def test_no_number_of_blanks_hides_a_formula(blanks: str, formula: str, rest: str) -> None:
    assert escape_formula(blanks + formula + rest) == f"'{blanks}{formula}{rest}"


@given(st.text())
@example("\u200b\uff1d1")
def test_what_is_written_begins_with_no_formula_whatever_a_program_strips_or_folds(text: str) -> None:
    written = escape_formula(text)
    assert not begins_formula(written)
    for seen in (written, unicodedata.normalize("NFKC", written), written.strip()):
        assert not seen.lstrip(BLANKS).startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("text", ["", "合计", "12", "a=b", "（=1）", "——", "'=1", "  文"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert escape_formula(text) == text


@given(st.text(max_size=12))
@example('="8003"')
@example("\n=1")
def test_a_cell_that_comes_back_says_what_it_said(text: str) -> None:
    assume(not to_plain(text).startswith("'") and not text.strip().startswith("'"))
    assert to_plain(escape_formula(text)) == to_plain(text)


def test_numbers_in_a_table_of_the_package_stay_numbers_and_texts_are_escaped() -> None:
    table = dump_csv(("＝列", "值"), [(-5, "－5"), (None, "\n=1")]).decode("utf-8-sig")
    assert list(csv.reader(StringIO(table, newline=""))) == [["'＝列", "值"], ["-5", "'－5"], ["", "'\n=1"]]


def test_a_value_in_the_list_of_held_rows_is_escaped() -> None:
    held = QuarantineEntry(
        row=3, column="呼叫类型", value="＝1", rule="", remedy="", costs_row=True, day=None, moment=None,
        thing=None, file_name="a.csv", delivery="d", recorded_at=datetime(2023, 5, 1), settled_by=None,
    )  # fmt: skip
    lines = "".join(format_csv_lines([held]))
    assert next(row for row in csv.reader(StringIO(lines, newline="")) if row[1] == "3")[3] == "'＝1"
