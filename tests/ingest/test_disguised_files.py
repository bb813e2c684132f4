"""What vendors call .xls, and other ways in which tables come: HTML, XML, archives, JSON, event logs."""

import json
import zipfile
from pathlib import Path

import pytest

from ingest.recognition.recognise import recognise
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, taken
from tracker.tabular import FileRefused, open_tables

TITLES, ROWS = CALL_HEADER.split(","), [CALL_1.split(","), CALL_2.split(",")]


def html(rows: list[list[str]]) -> str:
    lines = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<html><head><meta charset="utf-8"></head><body><table border=1>{lines}</table></body></html>'


def spreadsheetml(rows: list[list[str]]) -> str:
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    lines = "".join(f"<Row>{''.join(map(cell.format, row))}</Row>" for row in rows)
    return (
        '<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ' xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="话单"><Table>{lines}</Table></Worksheet></Workbook>'
    )


@pytest.mark.parametrize("made", [html, spreadsheetml])
def test_a_table_called_xls_that_is_none_is_read(tmp_path: Path, made):
    path = tmp_path / "话单.xls"
    path.write_text(made([TITLES, *ROWS]), encoding="utf-8")
    assert [event["call_id"] for event in taken(path).events] == ["c1", "c2"]


def test_each_file_of_an_archive_is_a_table(tmp_path: Path):
    path = tmp_path / "话单.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../甲.csv", "\n".join([CALL_HEADER, CALL_1]))
        archive.writestr("乙.csv", "\n".join([CALL_HEADER, CALL_2]))
    tables, _ = open_tables(path)
    assert len(tables) == 2
    assert not (tmp_path.parent / "甲.csv").exists()


def test_an_archive_in_an_archive_is_refused(tmp_path: Path):
    inner, outer = tmp_path / "内.zip", tmp_path / "外.zip"
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("甲.csv", CALL_HEADER)
    with zipfile.ZipFile(outer, "w") as archive:
        archive.write(inner, "内.zip")
    with pytest.raises(FileRefused):
        open_tables(outer)


def test_objects_in_a_list_are_rows(tmp_path: Path):
    path = tmp_path / "话单.json"
    objects = [dict(zip(TITLES, row, strict=True)) for row in ROWS]
    path.write_text(json.dumps(objects, ensure_ascii=False), encoding="utf-8")
    assert [event["call_id"] for event in taken(path).events] == ["c1", "c2"]


def test_a_key_within_a_key_is_a_column_of_both_names(tmp_path: Path):
    path = tmp_path / "ctr.ndjson"
    contact = {
        "ContactId": "a1", "InitiationMethod": "INBOUND", "InitiationTimestamp": "2022-04-08T14:59:38Z",
        "DisconnectTimestamp": "2022-04-08T15:01:22Z",
        "Queue": {"EnqueueTimestamp": "2022-04-08T15:00:42Z", "Name": "BasicQueue"},
        "Agent": {"ConnectedToAgentTimestamp": "2022-04-08T15:00:49Z", "AgentInteractionDuration": 33},
    }  # fmt: skip
    path.write_text(json.dumps(contact) + "\n", encoding="utf-8")
    [call] = taken(path).events
    assert (call["queued_at"], call["answered_at"], call["talk_ms"]) == (
        "2022-04-08T23:00:42+08:00", "2022-04-08T23:00:49+08:00", 33_000,
    )  # fmt: skip


def test_many_different_keys_are_refused_and_do_not_take_long(tmp_path: Path):
    path = tmp_path / "keys.ndjson"
    path.write_text("\n".join(json.dumps({f"k{n}": n}) for n in range(20_000)), encoding="utf-8")
    with pytest.raises(FileRefused):
        tables, _ = open_tables(path)
        list(tables[0].rows())


def test_the_events_of_a_queue_make_a_row_a_call(tmp_path: Path):
    path = tmp_path / "queue_log.txt"
    path.write_text(
        "1700001234|1.1|8000|NONE|ENTERQUEUE||1001|1\n"
        "1700001236|1.2|8000|NONE|ENTERQUEUE||1002|1\n"
        "1700001240|1.1|8000|8007|CONNECT|6|1.9|3\n"
        "1700001250|1.2|8000|NONE|ABANDON|1|1|14\n"
        "1700001265|1.1|8000|8007|COMPLETECALLER|6|25|1\n",
        encoding="utf-8",
    )
    found = taken(path)
    answered, abandoned = found.events
    assert (answered["talk_ms"], answered["row"]) == (25_000, 1)
    assert (abandoned["answered_at"], abandoned["outcome"]) == (None, "queue_abandoned")


def test_a_call_whose_end_the_log_lacks_is_not_taken_for_unanswered(tmp_path: Path):
    path = tmp_path / "queue_log.txt"
    path.write_text(
        "1700001234|1.1|8000|NONE|ENTERQUEUE||1001|1\n"
        "1700001240|1.2|8000|NONE|ENTERQUEUE||1002|1\n"
        "1700001250|1.2|8000|NONE|ABANDON|1|1|14\n",
        encoding="utf-8",
    )
    tables, _ = open_tables(path)
    recognition = recognise(tables[0].head(), _candidates())
    answered = recognition.columns["answered_at"][0].index
    [waiting, abandoned] = [cells for _, cells in tables[0].rows() if cells[0] in ("1.1", "1.2")]
    assert waiting[answered] == "日志里没有结束记录"
    assert abandoned[answered] == ""


def _candidates():
    from ingest.profiles.profile import candidates, load_profiles

    return candidates(load_profiles())


def test_a_sheet_that_claims_the_largest_size_is_refused_before_it_is_read(tmp_path: Path):
    import openpyxl

    path = tmp_path / "大.xlsx"
    book = openpyxl.Workbook()
    book.active["A1"], book.active["XFD1048576"] = "流水号", "1"
    book.save(path)
    with pytest.raises(FileRefused):
        tables, _ = open_tables(path)
        tables[0].head()


def test_entities_of_a_document_are_not_expanded(tmp_path: Path):
    path = tmp_path / "话单.xls"
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    text = spreadsheetml([TITLES, ["&b;", *ROWS[0][1:]]]).replace("?>", f"?>{bomb}", 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused):
        tables, _ = open_tables(path)
        list(tables[0].rows())
