"""`hotline month report`: the report of a month. Months are closed on the pages, where two people sign in."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kpi.cli_center import open_center
from kpi.handover.templates.options import home_of, packaged_option
from tracker.events.times import BEIJING
from tracker.periods import Month, PeriodProblem, parse_period
from tracker.settings import Settings


class MonthWord(click.ParamType[Month]):
    """A month as people write it: 2023-05."""

    name = "month"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        try:
            period = parse_period(value) if isinstance(value, str) else value
        except PeriodProblem as problem:
            self.fail(str(problem), param, ctx)
        if not isinstance(period, Month):
            self.fail(f"“{value}”不是月份；月报按月生成，请写 2023-05。", param, ctx)
        return period


@click.group("month")
def month() -> None:
    """月报。报齐、提交、审批、锁定、更正在页面“月度审核”上由两个人各自登录办理。"""


@month.command("report")
@click.argument("when", metavar="月份", type=MonthWord())
@click.argument("path", metavar="文件.docx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@packaged_option
def report(when: Month, path: Path, center: str | None, packaged: bool) -> None:
    """月报：一份可打印、签字、盖章的 DOCX，附每个数字的溯源码和日志校验值。

    未锁定的月份也可以生成，但通篇标明“未锁定”。
    """
    from kpi.handover.monthly.document import write_document
    from kpi.handover.monthly.reading import read_report
    from kpi.handover.package.keys import read_or_make_fingerprint

    _check(path)
    with open_center(center, _get_now()) as opened:
        fingerprint = read_or_make_fingerprint(Settings.read(), opened.code)
        found = read_report(opened.connection, opened.center, when, opened.now, fingerprint)
    write_document(path, found, home=home_of(packaged=packaged))
    mark = found.marks[0]
    click.echo(f"已写入{opened.center.name}{found.title}：{path}")
    click.echo(f"{mark.about}为第{mark.seq:,}号，{found.algorithm} {mark.grouped}")
    if not found.locked:
        click.echo("本月数据未锁定，报告标明“未锁定”；请锁定后重新生成，再签字盖章。")


def _check(path: Path) -> None:
    if path.suffix.lower() != ".docx":
        raise click.BadParameter(
            f"月报是DOCX文件，文件名请以 .docx 结尾，现在是“{path}”。", param_hint="文件.docx"
        )
    if not path.absolute().parent.is_dir():
        raise click.BadParameter(f"没有文件夹“{path.absolute().parent}”，请先建立。", param_hint="文件.docx")


def _get_now() -> datetime:
    return datetime.now(BEIJING)
