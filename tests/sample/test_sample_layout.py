"""A drawn folder has the layouts and vocabularies of the delivered year in tests/data."""

from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from tests.sample.sample_folder import read_calls, read_csv, read_orders, read_sheet, read_truth

DELIVERED = Path(__file__).parents[1] / "data" / "centre-2023"


def test_the_files_have_the_same_names(whole: Path) -> None:
    assert {path.name.replace("2026", "2023") for path in whole.iterdir()} == {
        path.name for path in DELIVERED.iterdir()
    }


def test_the_texts_begin_with_the_same_bytes(whole: Path) -> None:
    for path in DELIVERED.glob("*.csv"):
        drawn = whole / path.name.replace("2023", "2026")
        assert drawn.read_bytes().partition(b"\r\n")[0] == path.read_bytes().partition(b"\r\n")[0]


def test_the_workbooks_have_the_same_sheet_header_and_kinds_of_cells(whole: Path) -> None:
    for path in DELIVERED.glob("*.xlsx"):
        assert _layout(whole / path.name.replace("2023", "2026")) == _layout(path)


def test_calls_use_the_same_words_and_fill_the_same_cells(whole: Path) -> None:
    drawn, delivered = read_calls(whole), read_calls(DELIVERED, "话单_2023-0[12].csv")
    for column in ("呼叫类型", "技能组", "呼叫结果", "满意度按键"):
        assert _words(drawn, column) == _words(delivered, column)
    assert {_filled(row) for row in drawn} == {_filled(row) for row in delivered}


def test_orders_use_the_same_words(whole: Path) -> None:
    drawn, delivered = read_orders(whole), read_orders(DELIVERED)
    for column in ("诉求类型", "诉求分类", "承办单位", "是否解决", "满意度", "工单状态", "重办次数"):
        assert _words(drawn, column) == _words(delivered, column)


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("人员花名册", "岗位"),
        ("支付明细", "费用项目"),
        ("支付明细", "收款单位"),
        ("预算", "类型"),
        ("培训记录", "培训内容"),
        ("话务质检", "质检结果"),
    ],
)
def test_small_workbooks_use_the_same_words(whole: Path, name: str, column: str) -> None:
    drawn, delivered = (read_sheet(folder / f"{name}.xlsx") for folder in (whole, DELIVERED))
    assert _words(drawn, column) == _words(delivered, column)


def test_survey_answers_use_the_same_words(whole: Path) -> None:
    drawn, delivered = (read_csv(folder / "满意度问卷.csv", "utf-8-sig") for folder in (whole, DELIVERED))
    for column in list(delivered[0])[2:]:
        assert _words(drawn, column) <= _words(delivered, column)


def test_truth_has_the_same_shape(whole: Path) -> None:
    assert _shape(read_truth(whole)) == _shape(read_truth(DELIVERED))


def _layout(path: Path) -> tuple[list[str], list[Any], list[set[str]]]:
    """Sheet names, header, and for each column the types of its cells."""
    book = CalamineWorkbook.from_path(path)
    header, *rows = book.get_sheet_by_index(0).to_python()
    return (
        book.sheet_names,
        header,
        [{type(cell).__name__ for cell in column} - {"str"} for column in zip(*rows, strict=True)],
    )


def _words(rows: list[dict[str, Any]], column: str) -> set[Any]:
    return {row[column] for row in rows}


def _filled(row: dict[str, Any]) -> tuple[object, ...]:
    return row["呼叫类型"], row["呼叫结果"], *(bool(cell) for cell in row.values())


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        plain = {key: item for key, item in value.items() if key != "by_type"}
        return {key.replace("2026", "2023"): _shape(item) for key, item in plain.items()}
    return "int" if value is None else type(value).__name__  # a small year has no 24 hours with enough calls
