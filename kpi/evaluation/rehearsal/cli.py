"""The command that rehearses an evaluation."""

import json
from datetime import date, datetime

import click

from kpi.cli_center import open_center
from kpi.evaluation.rehearsal.rehearse import rehearse as rehearse_year
from kpi.evaluation.rehearsal.report import convert_rehearsal, format_rehearsal
from kpi.evaluation.scheme_files import find_scheme, read_scheme
from kpi.year_option import YEAR
from tracker.events.times import BEIJING, get_day_start
from tracker.settings import Settings

_day = click.DateTime(formats=["%Y-%m-%d"])


@click.command()
@click.argument("name", metavar="方案")
@click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
@click.option("--year", type=YEAR, metavar="年度", help="年度，例如 2023；省略则为方案的年度。")
@click.option("--today", type=_day, metavar="日期", help="假定今天是这一天，例如 2023-04-01。")
@click.option("--due", type=_day, metavar="日期", help="评价材料的报送截止日。")
@click.option("--how", is_flag=True, help="列出各事项的原因和处理办法。")
@click.option("--all", "every", is_flag=True, help="另列各指标的已落实、待落实、已失分。")
@click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
def rehearse(
    name: str,
    center: str | None,
    year: int | None,
    today: datetime | None,
    due: datetime | None,
    how: bool,
    every: bool,
    as_objects: bool,
) -> None:
    """模拟评分：得分，已落实、待落实、已失分，待办事项和期限。

    按分值列出待办事项，例如补报8月12日、8月13日的话单，核验1人的学历，审批3月。
    """
    now = _get_now()
    home = Settings.read().home
    scheme = read_scheme(find_scheme(name, home))
    as_of = get_day_start(today.date()) if today else now
    with open_center(center, now) as opened:
        found = rehearse_year(
            opened.connection, opened.center, scheme, year or scheme.year, as_of, due=_as_date(due),
            as_if=today is not None, home=home, called=name,
        )  # fmt: skip
    if as_objects:
        click.echo(json.dumps(convert_rehearsal(found), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(format_rehearsal(found, how=how, every=every)))


COMMANDS = (rehearse,)


def _as_date(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _get_now() -> datetime:
    return datetime.now(BEIJING)
