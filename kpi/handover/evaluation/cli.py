"""The command that writes an evaluation's workbook, report and forms."""

from datetime import datetime
from pathlib import Path

import click
import sqlalchemy as sa

from kpi.cli_center import open_center
from kpi.evaluation.scheme_files import find_scheme, read_scheme
from kpi.handover.evaluation.dossier import Dossier, read_dossier
from kpi.handover.templates.options import home_of, packaged_option
from kpi.year_option import YEAR
from tracker.events.times import BEIJING
from tracker.periods import Year
from tracker.settings import Settings

_path = click.Path(dir_okay=False, path_type=Path)


@click.command(name="evaluation-report")
@click.argument("name", metavar="方案")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@click.option("--year", type=YEAR, metavar="年度", help="年度，例如 2023；省略则为方案的年度。")
@click.option("--workbook", type=_path, metavar="文件.xlsx", help="评价工作簿：评分表、基础表、各行和公式。")
@click.option("--report", type=_path, metavar="文件.docx", help="绩效评价报告，文字处已标明待填写。")
@click.option("--self-evaluation", type=_path, metavar="文件.docx", help="项目支出绩效自评表。")
@click.option("--department", type=_path, metavar="文件.docx", help="部门评价表。")
@packaged_option
def evaluation_report(
    name: str,
    center: str | None,
    year: int | None,
    workbook: Path | None,
    report: Path | None,
    self_evaluation: Path | None,
    department: Path | None,
    packaged: bool,
) -> None:
    """写出绩效评价的工作簿、报告、自评表和部门评价表；至少写明一个文件。

    例如 hotline evaluation-report urumqi-2023 --year 2023 --workbook 评价.xlsx --report 评价报告.docx
    """
    wanted = (
        (workbook, _write_workbook),
        (report, _write_report),
        (self_evaluation, _write_self_evaluation),
        (department, _write_department),
    )
    found = [(path, write) for path, write in wanted if path is not None]
    if not found:
        raise click.UsageError("请写明要写出的文件，例如 --workbook 评价.xlsx 或 --report 评价报告.docx。")
    for path, write in found:
        _check_path(path, ".xlsx" if write is _write_workbook else ".docx")
    home = Settings.read().home
    scheme = read_scheme(find_scheme(name, home))
    with open_center(center, _get_now()) as opened:
        span = Year(year or scheme.year)
        dossier = read_dossier(opened.connection, opened.center, scheme, span, opened.now, home=home)
        for path, write in found:
            write(path, opened.connection, dossier, home_of(packaged=packaged))
            click.echo(f"已写出{path}")


COMMANDS = (evaluation_report,)


class UnusablePath(ValueError):
    """文件名或文件夹不能用。"""


def _check_path(path: Path, ending: str) -> None:
    if path.suffix.lower() != ending:
        raise UnusablePath(f"{path} 的扩展名应为 {ending}。")
    if not path.parent.is_dir():
        raise UnusablePath(f"没有文件夹 {path.parent}；请先建立，或换一个位置。")


def _write_workbook(path: Path, connection: sa.Connection, dossier: Dossier, home: Path | None) -> None:
    from kpi.handover.evaluation.workbook import write_evaluation_workbook

    write_evaluation_workbook(path, connection, dossier)


def _write_report(path: Path, connection: sa.Connection, dossier: Dossier, home: Path | None) -> None:
    from kpi.handover.evaluation.report import write_report

    write_report(path, dossier, home)


def _write_self_evaluation(
    path: Path, connection: sa.Connection, dossier: Dossier, home: Path | None
) -> None:
    from kpi.handover.evaluation.self_evaluation import write_self_evaluation

    write_self_evaluation(path, dossier, home)


def _write_department(path: Path, connection: sa.Connection, dossier: Dossier, home: Path | None) -> None:
    from kpi.handover.evaluation.department import write_department

    write_department(path, dossier, home)


def _get_now() -> datetime:
    return datetime.now(BEIJING)
