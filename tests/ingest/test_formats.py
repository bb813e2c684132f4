"""Every way in which a call list reaches a centre: whatever it was written with, the calls are the same."""

import base64
import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, csv_file, taken
from tests.ingest.test_disguised_files import html, spreadsheetml
from tracker.tabular import open_tables

TITLES, ROWS = CALL_HEADER.split(","), [CALL_1.split(","), CALL_2.split(",")]
ALL = [TITLES, *ROWS]
TEXT = "".join(f"{','.join(row)}\r\n" for row in ALL)
OBJECTS = [dict(zip(TITLES, row, strict=True)) for row in ROWS]


def calls_of(path: Path) -> list[dict[str, Any]]:
    """The calls of a file, wherever in it they stand."""
    return [{key: value for key, value in event.items() if key != "row"} for event in taken(path).events]


@pytest.fixture
def expected(tmp_path: Path) -> list[dict[str, Any]]:
    found = calls_of(csv_file(tmp_path, CALL_HEADER, CALL_1, CALL_2, name="plain.csv"))
    assert [call["call_id"] for call in found] == ["c1", "c2"]
    return found


def mht(content: bytes, charset: str, encoding: str) -> bytes:
    lines = base64.encodebytes(content) if encoding == "base64" else content
    return (
        b"MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\n"
        b'Content-Type: multipart/related; boundary="----=_Next"\r\n\r\n'
        b"------=_Next\r\nContent-Location: file:///C:/a.htm\r\n"
        b'Content-Type: text/html; charset="us-ascii"\r\n\r\n'
        b"<html><frameset><frame src=sheet001.htm></frameset></html>\r\n"
        b"------=_Next\r\nContent-Location: file:///C:/sheet001.htm\r\n"
        + f"Content-Transfer-Encoding: {encoding}\r\n".encode()
        + f'Content-Type: text/html; charset="{charset}"\r\n\r\n'.encode()
        + lines
        + b"\r\n------=_Next--\r\n"
    )


def chrome_mht(content: bytes) -> bytes:
    head = b"From: <Saved by Blink>\r\nSnapshot-Content-Location: http://example.org/\r\nSubject: calls\r\n"
    return head + mht(content, "utf-8", "base64")


def zipped(name: str, content: bytes, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)


def parquet(path: Path) -> None:
    columns = ", ".join(f'col{number} AS "{title}"' for number, title in enumerate(TITLES))
    values = ", ".join(f"({', '.join(repr(cell) if cell else 'NULL' for cell in row)})" for row in ROWS)
    names = ", ".join(f"col{number}" for number in range(len(TITLES)))
    duckdb.sql(f"COPY (SELECT {columns} FROM (VALUES {values}) AS t({names})) TO '{path}' (FORMAT parquet)")


def sheet(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = ()) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for cells in merged:
        book.active.merge_cells(cells)
    book.save(path)


def quoted(row: list[str]) -> str:
    return ",".join(f'="{cell}"' for cell in row)


ENGLISH = ["Call ID", "Type", "Caller", "Start", "Queued", "Answered", "End", "Agent", "Result"]
NUMBERED = [f"{number}.{title}" for number, title in enumerate(TITLES, 1)]
FORMATS: dict[str, Callable[[Path], object]] = {
    "网页.xls": lambda path: path.write_text(html(ALL), encoding="utf-8"),
    "网页gb.xls": lambda path: path.write_bytes(
        html(ALL).replace('charset="utf-8"', 'charset="gb2312"').encode("gb18030")
    ),
    "网页utf16.xls": lambda path: path.write_text(html(ALL), encoding="utf-16"),
    "网页.mht": lambda path: path.write_bytes(mht(html(ALL).encode(), "utf-8", "base64")),
    "网页8bit.mht": lambda path: path.write_bytes(mht(html(ALL).encode("gb18030"), "gb2312", "8bit")),
    "网页mht.xls": lambda path: path.write_bytes(mht(html(ALL).encode(), "utf-8", "base64")),
    "浏览器.mhtml": lambda path: path.write_bytes(chrome_mht(html(ALL).encode())),
    "2003.xls": lambda path: path.write_text(spreadsheetml(ALL), encoding="utf-8"),
    "压缩.zip": lambda path: zipped("话单.csv", TEXT.encode("gb18030"), path),
    "压缩网页.zip": lambda path: zipped("话单.xls", html(ALL).encode(), path),
    "数组.json": lambda path: path.write_text(json.dumps(OBJECTS, ensure_ascii=False), encoding="utf-8"),
    "嵌套.json": lambda path: path.write_text(
        json.dumps({"code": 0, "data": {"total": 2, "rows": OBJECTS}}), encoding="utf-8"
    ),
    "逐行.ndjson": lambda path: path.write_text("\n".join(map(json.dumps, OBJECTS)), encoding="utf-8"),
    "平台.parquet": parquet,
    "制表.txt": lambda path: path.write_text(TEXT.replace(",", "\t"), encoding="utf-8"),
    "分号.csv": lambda path: path.write_text(TEXT.replace(",", ";"), encoding="utf-8"),
    "补制表.csv": lambda path: path.write_text(TEXT.replace(",", "\t,"), encoding="utf-8"),
    "等号.csv": lambda path: path.write_text("".join(f"{quoted(row)}\n" for row in ALL), encoding="utf-8"),
    "引号.csv": lambda path: path.write_text(TEXT.replace("c1,", '"c1" ,'), encoding="utf-8"),
    "末尾逗号.csv": lambda path: path.write_text(TEXT.replace("\r\n", ",\r\n"), encoding="utf-8"),
    "bom.csv": lambda path: path.write_text(TEXT, encoding="utf-8-sig"),
    "双bom.csv": lambda path: path.write_text("\ufeff" + TEXT, encoding="utf-8-sig"),
    "utf16le.csv": lambda path: path.write_bytes(b"\xff\xfe" + TEXT.encode("utf-16-le")),
    "utf16be.csv": lambda path: path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be")),
    "无标记utf16.csv": lambda path: path.write_bytes(TEXT.encode("utf-16-le")),
    "bom标记gb.csv": lambda path: path.write_bytes(TEXT.encode("gb18030")),
    "仅回车.csv": lambda path: path.write_bytes(TEXT.replace("\r\n", "\r").encode()),
    "工作簿.xlsx": lambda path: sheet(path, ALL),
    "标题.xlsx": lambda path: sheet(path, [["某市12345话单"], ["导出人：某某"], *ALL]),
    "两行表头.xlsx": lambda path: sheet(
        path,
        [[*TITLES[:3], "时间", "", "", "", *TITLES[7:]], ["", "", "", *TITLES[3:7], "", ""], *ROWS],
        ("D1:G1", *(f"{column}1:{column}2" for column in "ABCHI")),
    ),
    "编号表头.xlsx": lambda path: sheet(path, [NUMBERED, *ROWS]),
    "列号行.xlsx": lambda path: sheet(path, [TITLES, list(range(1, 10)), *ROWS]),
    "双语同格.xlsx": lambda path: sheet(
        path, [[f"{title}\n{word}" for title, word in zip(TITLES, ENGLISH, strict=True)], *ROWS]
    ),
    "双语括号.xlsx": lambda path: sheet(
        path, [[f"{title}（{word}）" for title, word in zip(TITLES, ENGLISH, strict=True)], *ROWS]
    ),
    "英文在前.xlsx": lambda path: sheet(
        path, [[f"{word} / {title}" for title, word in zip(TITLES, ENGLISH, strict=True)], *ROWS]
    ),
    "双语两行.xlsx": lambda path: sheet(path, [TITLES, ENGLISH, *ROWS]),
}


@pytest.mark.parametrize("name", FORMATS)
def test_the_calls_are_those_of_the_plain_file(
    tmp_path: Path, expected: list[dict[str, Any]], name: str
) -> None:
    FORMATS[name](tmp_path / name)
    assert calls_of(tmp_path / name) == expected


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "name"), [("ods", "话单.ods"), ("xls", "话单.xls"), ("xls", "话单.et")])
def test_other_programs_workbooks_hold_the_same_calls(
    tmp_path: Path, expected: list[dict[str, Any]], suffix: str, name: str
) -> None:
    """As LibreOffice writes them; WPS writes its .et like .xls."""
    if shutil.which("soffice") is None:
        pytest.skip("needs LibreOffice")
    sheet(tmp_path / "a.xlsx", ALL)
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    command = ["soffice", profile, "--headless", "--convert-to", suffix, "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "a.xlsx")], check=True, timeout=120, capture_output=True)
    (tmp_path / f"a.{suffix}").rename(tmp_path / name)
    assert calls_of(tmp_path / name) == expected


def test_parquet_keeps_what_each_value_is(tmp_path: Path) -> None:
    """Money to the last digit, days as days, moments with their zone, nothing as an empty cell."""
    path = tmp_path / "a[1]*.parquet"
    duckdb.sql(
        "COPY (SELECT 'V1' AS id, 189158.33::DECIMAL(18,2) AS amount, DATE '2023-01-10' AS due,"
        " TIMESTAMP '2023-01-09 08:00:05' AS paid, epoch_ms(1673222405000)::TIMESTAMPTZ AS noted,"
        " NULL::VARCHAR AS remark, 9007199254740993::BIGINT AS number, true AS yes, {'a': 1} AS nested)"
        f" TO '{tmp_path / 'b.parquet'}' (FORMAT parquet)"
    )
    (tmp_path / "b.parquet").rename(path)
    [(_, names), (number, cells)] = open_tables(path)[0][0].rows()
    assert dict(zip(names, cells, strict=True)) == {
        "id": "V1", "amount": "189158.33", "due": date(2023, 1, 10), "paid": datetime(2023, 1, 9, 8, 0, 5),
        "noted": "2023-01-09T00:00:05Z", "remark": "", "number": 9007199254740993, "yes": True,
        "nested": '{"a":1}',
    }  # fmt: skip
    assert number == 1
