"""Delimited text, in every encoding and with every separator met."""

import random
import zipfile
from pathlib import Path

import pytest

from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file, taken
from tracker.tabular import FileRefused, open_tables
from tracker.tabular.encoding import detect_encoding
from tracker.tabular.source import FileSource


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"]
)
def test_a_call_list_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, encoding=encoding))
    assert [event["call_id"] for event in found.events] == ["c1", "c2"]
    assert [event["outcome"] for event in found.events] == ["answered", "queue_abandoned"]


def test_chinese_beyond_the_first_megabyte_is_recognised_as_gb18030(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(
        b"id,time,note\n" + b"1,2,aaaaaaaaaaaaaaaaaaaaaaaa\n" * 60_000 + "1,2,呼入".encode("gb18030")
    )
    assert detect_encoding(FileSource(path)) == "gb18030"


def test_one_broken_byte_late_in_a_utf_8_file_does_not_make_it_gb18030(tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1)
    path.write_bytes(path.read_bytes() + CALL_2.encode().replace("呼入".encode(), b"\xe5\x91\xff"))
    found = taken(path)
    assert [event["call_id"] for event in found.events] == ["c1"]
    assert [problem.column for problem in found.problems] == ["呼叫类型"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_separator_is_found(tmp_path: Path, delimiter: str) -> None:
    lines = [line.replace(",", delimiter) for line in (CALL_HEADER, CALL_1, CALL_2)]
    assert len(taken(csv_file(tmp_path, *lines)).events) == 2


def test_row_numbers_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, "2023年5月话单", "", CALL_HEADER, CALL_1, "", CALL_2))
    assert [event["row"] for event in found.events] == [4, 6]


def test_a_cell_with_a_line_break_counts_as_one_row(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, f"{CALL_HEADER},备注", f'{CALL_1},"一行\r\n两行"', f"{CALL_2},"))
    assert [event["row"] for event in found.events] == [2, 3]


def test_tabs_that_keep_excel_from_rounding_are_no_part_of_a_value(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1.replace("c1,", "2023050100000001\t,")))
    assert found.events[0]["call_id"] == "2023050100000001"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_file_that_breaks_off_within_its_last_row_is_refused(
    tmp_path: Path, encoding: str, packed: bool
) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2)
    cut = CALL_2.replace("c2", "c3").rsplit(",", 3)[0]
    path.write_bytes("\n".join([CALL_HEADER, CALL_1, CALL_2, cut]).encode(encoding))
    if packed:
        with zipfile.ZipFile(tmp_path / "calls.zip", "w") as archive:
            archive.write(path, path.name)
        path = tmp_path / "calls.zip"
    with pytest.raises(FileRefused, match="第 4 行中间断了"):
        taken(path)


def test_a_text_that_is_not_what_its_mark_says_is_refused_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "话单_2023-05.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{CALL_HEADER}\n{CALL_1}\n".encode("gb18030"))
    with pytest.raises(FileRefused, match="说是 UTF-8，里面的文字却是别的编码"):
        taken(path)
    path.write_bytes(b"\xef\xbb\xbf" + f"{CALL_HEADER}\n{CALL_1}\n".encode() + b"\xd6")
    assert len(taken(path).events) == 1


def test_an_archive_of_one_line_over_and_over_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "日报.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("日报_2026-05.csv", "日期,办件量\n" + "2026-05-01,1\n" * 3_000_000)
    with pytest.raises(FileRefused, match="不像业务数据"):
        taken(tmp_path / "日报.zip")


def test_lines_of_json_that_break_off_are_refused(tmp_path: Path) -> None:
    record = '{"流水号": "c%d", "呼叫类型": "呼入", "进入系统时间": "2023-05-01 08:00:00"}'
    path = tmp_path / "calls.ndjson"
    path.write_text("\n".join(record % number for number in range(3))[:-20], encoding="utf-8")
    with pytest.raises(FileRefused, match="第 3 行中间断了"):
        taken(path)


@pytest.mark.parametrize("rows", [2, 4])
def test_stray_quotes_that_swallow_rows_stop_the_file(tmp_path: Path, rows: int) -> None:
    lines = [f"GD20240500{n:02},2024-05-02 10:00:00,咨询,说明{n},城管局" for n in range(10)]
    lines[3], lines[2 + rows] = lines[3].replace("说明", '"说明'), lines[2 + rows].replace(",城", '",城')
    with pytest.raises(FileRefused, match=r"第 5 行里有一格夹着后面的几行"):
        taken(csv_file(tmp_path, "工单编号,受理时间,诉求类型,备注,承办单位", *lines))


def test_a_text_of_several_lines_and_commas_is_one_cell(tmp_path: Path) -> None:
    text = '"1, 路灯, 不亮, 三天\r\n2, 道路, 破损, 一周\r\n3, 其他, 无, 无"'
    lines = [f"GD20240500{n:02},2024-05-02 10:00:00,咨询,{text},城管局" for n in range(3)]
    found = taken(csv_file(tmp_path, "工单编号,受理时间,诉求类型,备注,承办单位", *lines))
    assert found.skipped == {} and found.problems == []


def test_a_last_row_without_line_end_is_whole_where_others_are_as_short(tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2)
    header = CALL_HEADER + ",备注"
    path.write_bytes(
        "\n".join([header, CALL_1 + ",x", CALL_1.replace("c1", "c2"), CALL_2.replace("c2", "c3")]).encode()
    )
    found = taken(path)
    assert ([event["call_id"] for event in found.events], found.problems) == (["c1", "c2", "c3"], [])


def test_trailing_cells_that_an_exporter_dropped_are_empty(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, "c3,呼入,,2023-05-03 10:00:00"))
    assert found.events[0]["queued_at"] is None


def test_a_row_with_a_separator_too_many_is_held_back_without_its_values(tmp_path: Path) -> None:
    found = taken(csv_file(tmp_path, CALL_HEADER, CALL_1.replace("8001", "8001,张三"), CALL_2))
    assert [event["call_id"] for event in found.events] == ["c2"]
    assert "10 列" in found.problems[0].rule
    assert "张三" not in found.problems[0].sentence


def test_a_quote_that_never_closes_refuses_the_file_and_names_the_row(tmp_path: Path) -> None:
    path = csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2.replace("c2", '"c2'), CALL_1)
    with pytest.raises(FileRefused, match="第 3 行"):
        taken(path)


def test_a_quote_swallowing_rows_up_to_the_next_quote_is_not_silent(tmp_path: Path) -> None:
    path = csv_file(tmp_path, f"{CALL_HEADER},备注", f'{CALL_1},"开头', f"{CALL_2},", f'{CALL_1},"x"')
    with pytest.raises(FileRefused, match="引号"):
        taken(path)


def test_any_length_is_read_row_by_row(tmp_path: Path) -> None:
    rng = random.Random(1)
    path = csv_file(tmp_path, CALL_HEADER, *(CALL_1.replace("c1", f"c{rng.random()}") for _ in range(25_000)))
    (table,), _ = open_tables(path)
    shares = [table.share_read() for number, _ in table.rows() if number % 5000 == 1]
    assert shares == sorted(shares)
    assert 0 < shares[1] < shares[-1] <= 1


def test_a_null_character_sets_its_cell_aside_and_is_no_sign_of_utf_16(
    tmp_path: Path,
) -> None:
    path = tmp_path / "话单.csv"
    broken = CALL_1.replace("8001", "80\x0001")
    path.write_text(
        "\n".join([CALL_HEADER, broken, CALL_2, CALL_2.replace("c2", "c\x003")]), encoding="utf-8"
    )
    found = taken(path)
    assert [event["call_id"] for event in found.events] == ["c1", "c2"]
    assert [(one.row, one.column, one.costs_row) for one in found.problems] == [
        (2, "坐席工号", False),
        (4, "流水号", True),
    ]
    assert {one.rule for one in found.problems} == {"含有看不见的空字符"}


LINES = (CALL_HEADER, CALL_1, CALL_2)
PADDED = {
    "a delimiter behind every line": [f"{line}," for line in LINES],
    "delimiters behind the rows": [LINES[0], *(f"{line},," for line in LINES[1:])],
    "a tab behind every cell": [line.replace(",", "\t,") + "\t" for line in LINES],
    "a tab behind every cell of the rows": [
        LINES[0],
        *(line.replace(",", "\t,") + "\t" for line in LINES[1:]),
    ],
    "tabs before cells": [line.replace(",", ",\t") for line in LINES],
    "cells as formulas": [
        LINES[0],
        *(",".join(f'="{cell}"' for cell in line.split(",")) for line in LINES[1:]),
    ],
    "all cells in quotes": [",".join(f'"{cell}"' for cell in line.split(",")) for line in LINES],
    "tabs between quoted cells": ["\t".join(f'"{cell}"' for cell in line.split(",")) for line in LINES],
    "stars before titles": [",".join(f"*{title}" for title in LINES[0].split(",")), *LINES[1:]],
}


@pytest.mark.parametrize("lines", PADDED.values(), ids=PADDED)
def test_what_pads_cells_is_no_part_of_them(tmp_path: Path, lines: list[str]) -> None:
    found = taken(csv_file(tmp_path, *lines))
    plain = taken(csv_file(tmp_path, *LINES))
    assert (found.events, found.problems) == (plain.events, [])


@pytest.mark.parametrize("mark", [";", "|", "\t"])
def test_a_text_full_of_another_mark_does_not_pass_for_the_separator(tmp_path: Path, mark: str) -> None:
    rows = [f"G{number},2024-05-01 08:00:00,投诉,{mark.join('一二三四五')}" for number in range(9)]
    found = taken(csv_file(tmp_path, "工单编号,受理时间,诉求类型,诉求内容", *rows))
    assert len(found.events) == 9


@pytest.mark.parametrize("place", [0, 1, 150])
@pytest.mark.parametrize("cell", ['"User 10" <114>', '"甲" 转 "乙"', '"说""好""的" 人'])
def test_a_quote_that_goes_on_behind_its_end_costs_nothing(tmp_path: Path, cell: str, place: int) -> None:
    rows = [CALL_1.replace("c1", f"x{number}") + ",无" for number in range(place)]
    rows += [CALL_1 + f",{cell}", CALL_2 + ',"两行\r\n的话"', CALL_2.replace("c2", "c9") + f",{cell}"]
    found = taken(csv_file(tmp_path, CALL_HEADER + ",客户", *rows))
    assert [event["call_id"] for event in found.events][place:] == ["c1", "c2", "c9"]
    assert [event["row"] for event in found.events] == [*range(2, place + 5)]


def test_a_quote_that_is_never_closed_refuses_the_file(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="第 3 行起读不下去"):
        taken(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2.replace("13800000002", '"13800000002')))
