"""What is handed over of an evaluation: workbook, report, forms; LibreOffice opens and computes them."""

import re
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import docx
import openpyxl
import pypdf
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from kpi.evaluation.claims import ClaimOutcome, ClaimResult
from kpi.evaluation.claims.layout import check_tables
from kpi.evaluation.claims.tables import read_tables
from kpi.evaluation.scheme import Scheme
from kpi.handover.correction_sheet import CORRECTED, list_corrected_rows
from kpi.handover.evaluation.department import write_department
from kpi.handover.evaluation.dossier import Dossier, read_dossier
from kpi.handover.evaluation.report import write_report
from kpi.handover.evaluation.self_evaluation import (
    compute_budget_points,
    get_budget_weight,
    list_self_evaluation_rows,
    write_self_evaluation,
)
from kpi.handover.evaluation.workbook import write_evaluation_workbook
from kpi.handover.xlsx_writer import open_book
from tests.conftest import IMPORTED, fresh_database
from tests.evaluation.cases import KEYS, scheme_of
from tests.kpi.closing import MAY_DATA, correct, lock, reopen
from tests.kpi.given import record
from tracker import centers
from tracker.database import Database
from tracker.periods import Year

CENTER = centers.Center("tlf", "示例市12345热线中心", "sha256")
HEADINGS = [
    "一、基本情况",
    "二、绩效评价工作开展情况",
    "三、综合评价情况及评价结论",
    "四、绩效评价指标分析",
    "五、主要经验及做法、存在的问题及原因分析",
    "六、有关建议",
    "七、其他需要说明的问题",
]


@pytest.fixture(scope="module")
def sample(server_url: str, computed_year: str) -> Iterator[Database]:
    yield from fresh_database(server_url, computed_year)


STAMP = "导出：王经理（manager）2024-11-21 18:00:00 10.0.0.8"


def dossier_of(connection: sa.Connection, key: str) -> Dossier:
    return read_dossier(connection, CENTER, scheme_of(key), Year(2023), IMPORTED, STAMP)


@pytest.fixture(scope="module")
def folder(sample: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workbook, the report and the forms of the sample year under two schemes."""
    folder = tmp_path_factory.mktemp("handover")
    with sample.engine.connect() as connection:
        dossier = dossier_of(connection, "urumqi-2023")
        write_evaluation_workbook(folder / "评价.xlsx", connection, dossier)
        for name, write in (
            ("报告", write_report), ("自评表", write_self_evaluation), ("部门评价表", write_department),
        ):  # fmt: skip
            write(folder / f"{name}.docx", dossier)
        write_report(folder / "报告二.docx", dossier_of(connection, "turpan-2022"))
    return folder


def converted(folder: Path, into: Path, ending: str, *paths: Path) -> None:
    """By LibreOffice, with a profile of its own, so that nothing else of the machine is touched."""
    profile = f"-env:UserInstallation=file://{into}/profile"
    asked = ["soffice", profile, "--headless", "--convert-to", ending, "--outdir", str(into)]
    subprocess.run([*asked, *map(str, paths)], check=True, capture_output=True, timeout=300)


@pytest.mark.slow
def test_libreoffice_computes_every_live_formula_as_we_did(folder: Path, tmp_path: Path):
    """Saved without our results, so that each must be computed anew."""
    bare = openpyxl.load_workbook(folder / "评价.xlsx")
    (tmp_path / "bare").mkdir()
    bare.save(tmp_path / "bare" / "评价.xlsx")
    converted(folder, tmp_path, "xlsx:Calc MS Excel 2007 XML", tmp_path / "bare" / "评价.xlsx")
    ours = openpyxl.load_workbook(folder / "评价.xlsx", data_only=True)
    theirs = openpyxl.load_workbook(tmp_path / "评价.xlsx", data_only=True)
    cells = [(sheet.title, cell) for sheet in bare for line in sheet for cell in line]
    formulas = [(title, cell.coordinate) for title, cell in cells if cell.data_type == "f"]
    assert len(formulas) > 100
    for title, place in formulas:
        mine, found = ours[title][place].value, theirs[title][place].value
        assert found == (mine if isinstance(mine, str) else pytest.approx(mine)), (title, place)


@pytest.mark.slow
def test_the_rows_of_every_sheet_make_our_numbers(folder: Path):
    book = openpyxl.load_workbook(folder / "评价.xlsx", data_only=True)
    checks = [cell.value for sheet in book for cell in sheet["D"] if cell.value in ("一致", "不一致")]
    assert set(checks) == {"一致"}
    assert len(checks) > 20
    turnover = book["B206 人员流动率"]
    assert [turnover[place].value for place in ("B3", "B4", "C5")] == [5, 35, 14.29]


@pytest.mark.slow
def test_rows_of_two_kinds_stand_under_their_own_titles(folder: Path):
    """Paid of received: payments above, movements of the budget below."""
    sheet = openpyxl.load_workbook(folder / "评价.xlsx")["B102 预算执行率（占到位资金）"]
    header, *rows = (line for line in sheet.iter_rows(min_row=9, values_only=True))
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert {(row["类型"] is None, row["收款单位"] is None) for row in told} == {(True, False), (False, True)}
    assert {row["类型"] for row in told} == {None, "资金到位"}


@pytest.mark.slow
def test_the_score_table_has_the_columns_of_published_reports(folder: Path):
    sheet = openpyxl.load_workbook(folder / "评价.xlsx")["综合评分表"]
    assert [cell.value for cell in sheet[2]] == [
        "一级指标", "二级指标", "三级指标", "权重", "指标解释", "目标值", "评分依据", "评价标准", "评分过程",
        "得分", "得分率",
    ]  # fmt: skip
    assert sheet["A3"].value == "A 决策（14）"
    assert sheet["J32"].value == "=SUM(J3:J31)"


@pytest.mark.slow
def test_the_workbook_has_native_charts(folder: Path):
    sheet = openpyxl.load_workbook(folder / "评价.xlsx")["图表"]
    assert len(sheet._charts) >= 3


@pytest.mark.slow
def test_every_printed_page_says_whose_it_is_where_the_log_stood_and_who_took_it_out(
    folder: Path, tmp_path: Path
):
    papers = sorted(folder.glob("*.docx"))
    converted(folder, tmp_path, "pdf", *papers)
    for path in papers:
        for page in pypdf.PdfReader(tmp_path / f"{path.stem}.pdf").pages:
            text = page.extract_text().replace("\n", "").replace(" ", "")
            assert "（tlf）" in text and "日志第" in text and STAMP.replace(" ", "") in text, path.name
    for sheet in openpyxl.load_workbook(folder / "评价.xlsx").worksheets:
        said = str(sheet.oddFooter.left.text)
        assert "（tlf）" in said and "日志第" in said and STAMP in said, sheet.title


@pytest.mark.slow
def test_libreoffice_opens_every_document(folder: Path, tmp_path: Path):
    paths = sorted(folder.iterdir())
    converted(folder, tmp_path, "pdf", *paths)
    for path in paths:
        read = pypdf.PdfReader(tmp_path / f"{path.stem}.pdf")
        assert "指标" in "".join(page.extract_text() for page in read.pages)


@pytest.mark.slow
def test_the_report_has_the_official_outline_and_marks_what_people_write(folder: Path):
    document = docx.Document(str(folder / "报告.docx"))
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 1"]
    assert headings == HEADINGS
    marked = [run for one in document.paragraphs for run in one.runs if run.text.startswith("〔待填写：")]
    assert len(marked) >= 10
    assert all(run.font.highlight_color is not None for run in marked)
    assert "话单缺8月12日、8月13日" in "".join(one.text for one in document.paragraphs)


def problems(path: Path) -> list[ClaimResult]:
    return [one for one in check_tables(read_tables(path)) if one.outcome is ClaimOutcome.DEPARTS]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["评价.xlsx", "报告.docx", "报告二.docx", "自评表.docx", "部门评价表.docx"])
def test_the_check_of_claims_finds_nothing_wrong_with_our_own(folder: Path, name: str):
    found = check_tables(read_tables(folder / name))
    assert [one for one in found if one.outcome is ClaimOutcome.DEPARTS] == []
    assert any(one.outcome is ClaimOutcome.AGREES for one in found)


def altered(path: Path, into: Path, old: str, new: str, header: str, column: str) -> Path:
    """The report with one cell changed, in the first table that has a header."""
    document = docx.Document(str(path))
    table = next(one for one in document.tables if header in [cell.text for cell in one.rows[0].cells])
    place = [cell.text for cell in table.rows[0].cells].index(column)
    cell = next(row.cells[place] for row in table.rows if row.cells[place].text == old)
    cell.paragraphs[0].runs[0].text = new
    document.save(str(into))
    return into


@pytest.mark.slow
def test_the_check_of_claims_finds_exactly_the_number_that_was_altered(folder: Path, tmp_path: Path):
    """95.24 % of 表3-2 made 96.24 %: the analysis has 400 ÷ 420 and 95.24 %."""
    path = altered(folder / "报告.docx", tmp_path / "x.docx", "95.24%", "96.24%", "实际完成值", "实际完成值")
    (found,) = problems(path)
    assert found.of == "C101 聘用人员到位率"
    assert found.difference == 1


@pytest.mark.slow
def test_an_altered_score_is_found_in_its_rate_its_sum_and_its_other_table(folder: Path, tmp_path: Path):
    path = altered(folder / "报告.docx", tmp_path / "x.docx", "3.88", "3.38", "实际得分", "实际得分")
    found = problems(path)
    assert {one.of for one in found} == {"C203 人员资质情况得分率", "C203 人员资质情况得分", "总分（得分）"}


@pytest.mark.slow
def test_the_self_evaluation_form_has_the_official_weights_and_arithmetic(sample: Database):
    """10 + 50 + 30 + 10; 62.5 % of ≥80 % is 78.125 % of its points."""
    with sample.engine.connect() as connection:
        dossier = dossier_of(connection, "turpan-2022")
    rows = list_self_evaluation_rows(dossier)
    sums = {part: sum(row.weight for row in rows if row.part == part) for part in {row.part for row in rows}}
    assert sums == {"产出指标": 50, "效益指标": 30, "满意度指标": 10}
    assert get_budget_weight(dossier) == 10
    assert compute_budget_points(dossier) == Fraction("9.9")
    late = next(row for row in rows if row.line.item.code == "C301")
    assert (late.weight, late.points) == (Fraction("7.5"), Fraction("5.86"))
    assert "偏差原因和改进措施" in late.why


@pytest.mark.slow
def test_a_scheme_that_is_a_self_evaluation_form_keeps_its_weights(sample: Database):
    with sample.engine.connect() as connection:
        dossier = dossier_of(connection, "tianmen-2022-project-1")
    assert get_budget_weight(dossier) + sum(row.weight for row in list_self_evaluation_rows(dossier)) == 100
    assert get_budget_weight(dossier) == 20


@pytest.mark.slow
def test_the_command_writes_what_is_asked_for(
    sample: Database, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sample.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", sample.admin_url)
    monkeypatch.setattr("kpi.handover.evaluation.cli._get_now", lambda: IMPORTED)
    from web.cli import hotline

    asked = ["evaluation-report", "zizhou-2021", "--center", "tlf", "--year", "2023"]
    told = CliRunner().invoke(hotline, [*asked, "--department", str(tmp_path / "表.docx")])
    assert told.exception is None
    assert docx.Document(str(tmp_path / "表.docx")).tables
    told = CliRunner().invoke(hotline, [*asked, "--report", str(tmp_path / "表.doc")])
    assert "的扩展名应为 .docx。" in str(told.exception)
    told = CliRunner().invoke(hotline, asked)
    assert "请写明要写出的文件" in told.output


@pytest.mark.parametrize("key", KEYS)
def test_every_rule_is_told_as_a_standard_without_names_of_parameters(key: str):
    scheme: Scheme = scheme_of(key)
    for item in scheme.items:
        told = item.rule.standard()
        assert told.endswith("。")
        assert not re.search("costs|cliff|shares|missing|full|zero|steps|grades", told)


def test_corrections_are_listed_with_both_values(database: Database, tmp_path: Path):
    with database.engine.connect() as connection:
        record(connection, MAY_DATA)
        lock(connection)
        record(connection, "call 2023-05-03 08:00:00 id c3 queued 08:00:10")
        reopen(connection)
        correct(connection)
        with open_book(tmp_path / "x.xlsx", "x", IMPORTED) as book:
            rows = list_corrected_rows(book, connection, CENTER, Year(2023))
    told = dict(zip(CORRECTED, next(row for row in rows if row[3] == "呼入量"), strict=True))
    assert (told["月份"], told["数据版本"], told["统计期"], told["理由"]) == (
        "2023-05",
        2,
        "2023-05",
        "补报计入",
    )
    assert (told["原数值"][0], told["更正后"][0]) == (2, 3)
    assert told["原溯源码"] != told["更正后溯源码"]
