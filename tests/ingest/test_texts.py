"""Words, codes and vocabularies."""

from itertools import product

import pytest

from ingest.cells import (
    ColumnReader,
    Vocabulary,
    add_empty_words,
    make_moment_reader,
    memoize,
    read_amount_fen,
    read_brief,
    read_count,
    read_day,
    read_duration_ms,
    read_id,
    text,
)
from tests.ingest.cells import notices, problem, read
from tracker.tabular import Cell

DIRECTION = Vocabulary({"inbound": "呼入 来电", "outbound": "呼出", "": "未定"})


@pytest.mark.parametrize(
    "written", ["8003", 8003, 8003.0, "8003.0", " 8003\t", "８００３", '="8003"', "'8003"]
)
def test_a_code_is_the_same_however_it_is_written(written: Cell) -> None:
    assert read(read_id, written) == "8003"


@pytest.mark.parametrize("written", ["1.5", "A1.0", "V2.0.0", "1.00"])
def test_a_point_within_a_code_is_kept(written: str) -> None:
    assert read(read_id, written) == written


@pytest.mark.parametrize("error", ["#N/A", "#n/a", "#VALUE!", "#REF!", "#DIV/0!", "#NAME?", "#NUM!"])
@pytest.mark.parametrize(
    "reader",
    [
        text,
        read_brief,
        read_id,
        DIRECTION,
        make_moment_reader(),
        read_day,
        read_count,
        read_duration_ms,
        read_amount_fen,
    ],
)
def test_the_error_of_a_formula_is_not_nothing(reader: ColumnReader, error: str) -> None:
    problem(reader, error)


def test_leading_zeros_of_a_code_are_kept() -> None:
    assert read(read_id, '="007"') == "007"


@pytest.mark.parametrize("longest", ["7" * 64, "A-" * 32, "编" * 64, "\u3000" + "7" * 64])
def test_a_code_has_64_characters_at_the_most(longest: str) -> None:
    code = longest.strip()
    assert read(read_id, longest) == code
    assert "太长" in problem(read_id, f"{code}7").rule


@pytest.mark.parametrize("written", [2023010100000001.0, "2.02301E+15", "2.02301010000E+15"])
def test_a_code_whose_digits_the_spreadsheet_lost_is_a_problem(written: Cell) -> None:
    assert "丢失" in problem(read_id, written).rule
    assert "文本格式" in problem(read_id, written).remedy


@pytest.mark.parametrize("nothing", ["", " ", "-", "无", "　"])
def test_nothing_is_none(nothing: str) -> None:
    assert read(read_id, nothing) is None
    assert read(text, nothing) is None


@pytest.mark.parametrize("word", ["nan", "null", "none", "n/a", "nil"])
def test_nothing_is_none_however_it_is_capitalised(word: str) -> None:
    for signs in product(*({sign, sign.upper()} for sign in word)):
        assert read(read_id, "".join(signs)) is None
        assert read(text, "".join(signs)) is None


def test_text_keeps_its_full_width_marks() -> None:
    assert read(text, " 市住建局（城区） ") == "市住建局（城区）"


def test_a_broken_character_is_a_problem() -> None:
    assert "编码" in problem(text, "综合\ufffd理").rule


def test_text_over_several_lines_is_a_problem() -> None:
    problem(text, "综合\n受理")


def test_a_word_is_known_in_any_width_and_case() -> None:
    assert read(DIRECTION, " 呼入 ") == "inbound"
    assert read(DIRECTION, "Ｉｎｂｏｕｎｄ") == "inbound"
    assert read(DIRECTION, "") is None
    assert read(DIRECTION, "未定") is None


def test_an_unknown_word_is_a_problem_that_lists_the_known_ones() -> None:
    found = problem(DIRECTION, "转接")
    assert "呼入、呼出" in found.remedy
    assert "列对应关系" in found.remedy


def test_a_profile_can_teach_a_word() -> None:
    assert read(DIRECTION, "来话", words={"来话": "inbound"}) == "inbound"


def test_unless_takes_further_words_for_nothing() -> None:
    assert read(add_empty_words("在职 至今", text), "在职") is None
    assert read(add_empty_words("在职 至今", text), "个人原因") == "个人原因"


def test_repeated_gives_what_its_reader_gives() -> None:
    parse = memoize(read_id)
    assert [read(parse, "8003"), read(parse, "8003")] == ["8003", "8003"]


def test_a_brief_answer_is_kept_and_a_long_or_numbered_one_is_not() -> None:
    assert read(read_brief, "个人原因") == "个人原因"
    assert read(read_brief, "请回电１３８００００００００１") is None
    assert read(read_brief, "来电人反映" * 10) is None
    assert "不保存原文" in notices(read_brief, "电话 13800000001")[0]
    assert "13800000001" not in notices(read_brief, "电话 13800000001")[0]
