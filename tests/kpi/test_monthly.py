"""The monthly report that is signed and stamped."""

import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

import docx
import orjson
import pypdf
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

import kpi.handover.monthly.cli
from kpi.figures import results
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.forks import list_forks
from kpi.figures.serializing import serialize_figure
from kpi.handover.monthly.document import write_document
from kpi.handover.monthly.reading import read_report
from kpi.handover.monthly.report import MonthlyReport, ReportProblem
from kpi.handover.package.signature import read_fingerprint
from tests.kpi.adopting import adopt
from tests.kpi.closing import LATER, MAY, MAY_DATA, NOW, correct, lock, reopen
from tests.kpi.given import record
from tracker import log
from tracker.centers import Center
from tracker.chain import read_hash
from tracker.database import get_driver
from tracker.events.closing import MonthSealed
from tracker.events.times import BEIJING
from tracker.log.tables import events
from tracker.periods import Month
from web.cli import hotline

CENTER = Center("tlf", "吐鲁番市12345热线", "sha256")
LATE_CALL = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"
FINGERPRINT = " ".join(["0123abcd"] * 8)
FIGURES = [
    "指标", "计量单位", "数值", "分子", "分母", "目标值", "数据完整率", "数据状态", "数据版本", "溯源码"
]  # fmt: skip


@pytest.fixture
def may(connection: sa.Connection) -> sa.Connection:
    """Centre tlf with two calls of May 2023."""
    record(connection, MAY_DATA)
    return connection


def report_of(connection: sa.Connection, month: Month = MAY, now: datetime = LATER) -> MonthlyReport:
    results.bring_up_to_date(connection, "tlf", now)
    return read_report(connection, CENTER, month, now, FINGERPRINT)


def written(report: MonthlyReport, folder: Path):
    """The report as a document, opened again."""
    write_document(folder / "月报.docx", report)
    return docx.Document(str(folder / "月报.docx"))


def words(document) -> str:
    """Everything that stands in a document."""
    cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


def rows(document, header: list[str]) -> list[list[str]]:
    """The rows of the tables with that header, headings within them left out."""
    found = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    return [row for table in found if table[0] == header for row in table[1:] if len(set(row)) > 1]


def seal_of(connection: sa.Connection) -> dict:
    data = sa.select(events.c.data).where(events.c.type == MonthSealed.type).order_by(events.c.seq.desc())
    return dict(orjson.loads(connection.scalars(data).first() or "{}"))


def test_the_document_holds_every_figure_digit_by_digit_as_the_json_does(may, tmp_path):
    lock(may)
    told = [serialize_figure(one) for one in results.read_period(may, "tlf", MAY)]
    found = rows(written(report_of(may), tmp_path), FIGURES)
    assert len(found) == len(told) > 50
    for row, json in zip(found, told, strict=True):
        nothing = "不适用" if json["status"] == "不适用" else "—"
        assert [cell.replace(",", "") for cell in row[1:5]] == [
            json["unit"], json["value"] or nothing, json["numerator"] or "—", json["denominator"] or "—",
        ]  # fmt: skip
        assert (row[7], row[8], row[9]) == (json["status"], "第1版", json["code"])


def test_the_printed_digest_is_the_one_that_the_seal_holds_and_the_log_knows_it(may, tmp_path):
    lock(may)
    seal, report = seal_of(may), report_of(may)
    (first, second) = report.marks
    assert (first.seq, first.digest) == (seal["head_seq"], seal["head_hash"])
    assert second.seq == seal["head_seq"] + 1
    groups = first.grouped.split(" ")
    assert [len(group) for group in groups] == [4] * 16 and "".join(groups) == seal["head_hash"]
    told = words(written(report, tmp_path))
    assert "SHA-256" in told and first.grouped in told
    assert read_fingerprint(FINGERPRINT) in told
    for mark in report.marks:
        typed = read_hash(mark.grouped)
        assert typed.hex() == mark.digest
        assert log.verify(get_driver(may), "tlf", expected_head=typed).problem is None
    assert log.verify(get_driver(may), "tlf", expected_head=bytes(31) + b"\1").problem is not None


def test_a_month_that_is_not_locked_says_so_large_and_on_every_page(may, tmp_path):
    document = written(report_of(may), tmp_path)
    (banner,) = [one for one in document.paragraphs if one.text == "未　锁　定"]
    assert banner.runs[0].font.size.pt >= 40
    assert "未锁定】本月数据未锁定，不得对外报送" in document.sections[0].header.paragraphs[0].text
    assert "请锁定后重新生成，再签字盖章" in words(document)
    assert {row[8] for row in rows(document, FIGURES)} == {"未锁定"}
    assert "生成时的数据日志" in words(document)


def test_a_locked_month_has_no_word_of_being_provisional(may, tmp_path):
    lock(may)
    document = written(report_of(may), tmp_path)
    assert "未锁定" not in words(document) + document.sections[0].header.paragraphs[0].text
    assert "数据于2023-06-05 09:00锁定（申请人：张三，批准人：王五）。" in words(document)


def test_a_quarter_is_printed_with_the_month_that_ends_it(may, tmp_path):
    report = report_of(may, Month(2023, 6), datetime(2023, 7, 5, tzinfo=BEIJING))
    assert [str(part.period) for part in report.parts] == ["2023-06", "2023-Q2"]
    assert "2023年二季度累计（随2023年6月一并锁定）" in words(written(report, tmp_path)).replace("第二", "二")


def test_gaps_are_named_with_their_days(may, tmp_path):
    """The month's work orders are not delivered, and of the calls two days are missing."""
    record(may, "order A1 accepted 2023-05-02\ndelivered work_orders 2023-05-01..2023-05-29 as of 2023-06-01")
    told = words(written(report_of(may), tmp_path))
    assert "工单缺5月30日、5月31日。" in told and "人员花名册应报1个月，均未报送。" in told
    assert "已报送的部分没有" not in told.partition("三、数据报送情况")[2].partition("估计区间：")[0]
    assert "请补报缺失日期的工单" in told


def test_a_correction_stands_with_before_after_reason_and_names(may, tmp_path):
    lock(may)
    record(may, LATE_CALL)
    late = words(written(report_of(may), tmp_path))
    assert "锁定后新增变动1条，涉及" in late and "无数据更正" in late
    reopen(may)
    correct(may)
    report = report_of(may)
    (correction,) = report.corrections
    answered = next(one for one in correction.changes if one.title == "人工接听量")
    assert (answered.before.value, answered.after.value) == ("1", "2")
    document = written(report, tmp_path)
    told = words(document)
    assert "2023年5月第2版，2023-06-20 09:00，张三申请、李四批准。理由：补报计入（起因：第" in told
    assert f"{answered.before.code} → {answered.after.code}" in told
    assert "锁定后无数据变动。" in told and "更正时的数据日志" in told
    exemption = ["2023-05", "1", "全部来源", "补报", "张三 2023-06-20 09:00", "李四 2023-06-20 09:00"]
    assert any([cell.text for cell in row.cells][:6] == exemption for t in document.tables for row in t.rows)
    assert {row[8] for row in rows(document, FIGURES)} == {"第1版", "第2版 更正"}


def test_the_next_months_report_tells_of_corrections_since_the_last_one(may):
    lock(may)
    record(may, LATE_CALL)
    reopen(may)
    correct(may)
    june = datetime(2023, 7, 5, tzinfo=BEIJING)
    assert [one.seal.month for one in report_of(may, Month(2023, 6), june).corrections] == [MAY]
    record(may, "call 2023-06-03 08:00:00 id c9 queued 08:00:10")
    assert report_of(may, Month(2023, 4), june).corrections == ()


def test_a_control_total_that_failed_is_listed(may, tmp_path):
    record(may, "total telecom_calls 2023-05-01..2023-05-31 3440 某某电信")
    told = words(written(report_of(may), tmp_path))
    assert "3440通" in told and "-3438" in told and "某某电信" in told


def test_the_version_that_counted_a_figure_is_told_with_who_decided_it(may, tmp_path):
    fork = list_forks("call_answer_rate")[0].definition
    adopt(may, fork, MAY, now=NOW)
    report = report_of(may)
    found = next(one for one in report.definitions if one.indicator.key == "call_answer_rate")
    assert (found.version, found.since) == ("第2版", "2023-05起")
    assert found.indicator is not read_definitions(may, "tlf").list_versions("call_answer_rate")[0]
    assert "张三申请、李四批准，2023-06-05" in words(written(report, tmp_path))


def test_headers_are_repeated_and_pages_are_numbered(may, tmp_path):
    written(report_of(may), tmp_path)
    with ZipFile(tmp_path / "月报.docx") as archive:
        body, foot = (archive.read(f"word/{name}.xml").decode() for name in ("document", "footer1"))
    assert body.count("w:tblHeader") == body.count("<w:tbl>") - 1  # all but the one for signatures
    assert 'w:instr="PAGE"' in foot and 'w:instr="NUMPAGES"' in foot
    assert (
        all(f"{name}（签字）" in body for name in ("单位负责人", "审核人", "填表人"))
        and "单位（盖章）" in body
    )


def test_what_no_document_can_hold_is_left_out(may, tmp_path):
    record(may, "total telecom_calls 2023-05-01..2023-05-31 3440 某\x01某\x02电信")
    assert "某 某 电信" in words(written(report_of(may), tmp_path))


def test_a_month_without_figures_has_no_report(may):
    with pytest.raises(ReportProblem, match="2024年5月尚无指标数字"):
        report_of(may, Month(2024, 5))


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_opens_it_and_prints_it(may, tmp_path):
    lock(may)
    written(report_of(may), tmp_path)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, "月报.docx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "月报.pdf").pages]
    assert 4 < len(pages) < 20
    assert sum("溯源码" in page for page in pages) > 2  # the header of the table, on each of its pages
    assert report_of(may).parts[0].lines[0].figure.code in "".join(pages)


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["month", "report", "2023-05", "月报.txt"], "文件名请以 .docx 结尾"),
        (["month", "report", "2023-05", "没有/月报.docx"], "请先建立"),
        (["month", "report", "2023", "月报.docx"], "不是月份"),
    ],
)
def test_what_is_typed_wrong_is_answered_with_a_sentence(command, told):
    assert told in CliRunner().invoke(hotline, command).output


@pytest.mark.slow
def test_the_command_writes_the_report_and_prints_the_digest(tlf_2023, tmp_path, monkeypatch):
    monkeypatch.setenv("HOTLINE_DATABASE_URL", tlf_2023.url)
    monkeypatch.setattr(kpi.handover.monthly.cli, "_get_now", lambda: datetime(2024, 3, 1, tzinfo=BEIJING))
    path = tmp_path / "月报.docx"
    done = CliRunner().invoke(hotline, ["month", "report", "2023-08", str(path)])
    assert "运行情况月报（2023年8月）（内部参阅，未锁定）" in done.output, done
    assert "话单缺8月12日、8月13日。" in words(docx.Document(str(path)))
    digest = done.output.partition("SHA-256 ")[2].splitlines()[0]
    assert digest in words(docx.Document(str(path)))
