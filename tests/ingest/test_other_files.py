"""NDJSON, and files that are no tables at all."""

import zipfile
from pathlib import Path

import docx
import orjson
import pytest

from tests.ingest.tables import taken
from tracker.tabular import FileRefused, open_tables

CALL = {
    "call_id": "c1",
    "direction": "inbound",
    "entered_at": "2023-05-01T08:03:05+08:00",
    "queued_at": 1682899390,
    "answered_at": None,
    "ani": 13800000001,
}


def ndjson(folder: Path, *records: object, tail: bytes = b"") -> Path:
    path = folder / "calls.ndjson"
    path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in records) + tail)
    return path


def test_objects_are_rows_numbered_by_their_line(tmp_path: Path) -> None:
    event = taken(ndjson(tmp_path, CALL)).events[0]
    assert event["row"] == 1
    assert event["queued_at"] == "2023-05-01T08:03:10+08:00"
    assert event["caller"] == "<phone bdiaaaaaaab>"


def test_a_name_that_only_later_objects_have_is_a_column(tmp_path: Path) -> None:
    events = taken(ndjson(tmp_path, CALL, CALL | {"call_id": "c2", "agent": "8001"})).events
    assert [event["agent"] for event in events] == [None, "8001"]


def test_a_line_that_is_no_object_is_held_back(tmp_path: Path) -> None:
    found = taken(ndjson(tmp_path, CALL, [1, 2], CALL | {"call_id": "c3"}))
    assert len(found.events) == 2
    assert [problem.row for problem in found.problems] == [2]
    assert "JSON" in found.problems[0].sentence


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "空"),
        (b"\xef\xbb\xbf\r\n \r\n", "空"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"\x1f\x8b\x08rest", "gzip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"\x89PNG\r\n", "图片"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "mht"),
        (b"<html><form>login</form></html>", "网页"),
        (b"<?xml version='1.0'?><rss/>", "XML"),
        (b"[1, 2]", "没有对象"),
        (b"{not json}\n", "第 1 行起不是完整的 JSON"),
        (b'{"a": 1', "不是完整的 JSON"),
    ],
)
def test_what_is_no_table_is_refused_with_a_sentence(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "文件.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=reason):
        open_tables(path)


def test_tables_of_a_word_document_are_read(tmp_path):
    document = docx.Document()
    document.add_paragraph("话务组花名册")
    table = document.add_table(rows=0, cols=3)
    for cells in (("工号", "姓名", "入职日期"), ("1001", "甲", "2023-05-01")):
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    document.add_table(rows=1, cols=1).cell(0, 0).text = "填表人"
    document.save(str(tmp_path / "花名册.docx"))
    tables, notes = open_tables(tmp_path / "花名册.docx")
    assert notes == []
    assert [(one.sheet, list(one.rows())) for one in tables] == [
        ("表1", [(1, ["工号", "姓名", "入职日期"]), (2, ["1001", "甲", "2023-05-01"])]),
        ("表2", [(1, ["填表人"])]),
    ]


def test_a_word_document_without_tables_or_broken_is_refused(tmp_path):
    docx.Document().save(str(tmp_path / "a.docx"))
    with pytest.raises(FileRefused, match="没有表格"):
        open_tables(tmp_path / "a.docx")
    with zipfile.ZipFile(tmp_path / "b.docx", "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr("word/document.xml", "<w:document")
    with pytest.raises(FileRefused, match="已损坏"):
        open_tables(tmp_path / "b.docx")
