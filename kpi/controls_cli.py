"""`hotline controls`: control totals entered and checked, and the reconciliation matrix."""

import json
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

import click

from kpi import controls_report as report
from kpi.cli_center import open_center
from kpi.documents.shelf import find_bytes
from kpi.figures.controls.cell_rows import open_cell
from kpi.figures.controls.checking import check_totals
from kpi.figures.controls.matrix import build_matrix
from kpi.figures.controls.record_total import state_total
from tracker import centers
from tracker.database import open_database
from tracker.events.assertions import TOTALS
from tracker.events.times import BEIJING, parse_day
from tracker.periods import PeriodProblem, Year, parse_period
from tracker.settings import Settings

PAGE = 50

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_json = click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")
_totals = "；".join(f"{key} {title}（{unit.name}）" for key, (title, unit) in TOTALS.items())


class _YearGroup(click.Group):
    """A group in which a year alone stands for its list."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands and args[0][:1].isdigit():
            args = ["list", *args]
        return super().resolve_command(ctx, args)


@click.group("controls", cls=_YearGroup)
def controls() -> None:
    """对账：外部对账数与本系统的数相符吗，各系统之间对得上吗。hotline controls 2023 即列出全年。"""


@controls.command("list")
@click.argument("year", type=int, metavar="年度")
@_center
@_json
def list_controls(year: int, center: str | None, as_objects: bool) -> None:
    """列出全年的外部对账数：对方的数、本系统的数、差额、结论。"""
    with open_center(center, _read_clock()) as context:
        checks = check_totals(context.connection, context.center.center_id, Year(year), context.now)
    if as_objects:
        _print_json([report.serialize_check(one) for one in checks])
    elif checks:
        click.echo("\n".join(report.format_checks(checks)))
    else:
        click.echo(
            f"{year}年还没有外部对账数。用 hotline controls state 登记，或用 hotline ingest 导入对账表。"
        )


@controls.command("state", epilog=f"对账项目：{_totals}")
@click.argument("kind", metavar="对账项目")
@click.argument("period", metavar="月份或起始日")
@click.argument("value", metavar="数值")
@click.option("--until", metavar="末日", help="跨月的账期写末日，例如 2023-06-25（含当天）。")
@click.option("--unit", metavar="单位", help="数值的单位，例如 万元；省略则按项目自己的单位。")
@click.option("--issued-by", required=True, metavar="单位名称", help="出具这个数的外部单位。")
@click.option("--document", metavar="材料编号", help="所依据的材料（先用 hotline documents attach 上传）。")
@click.option("--by", required=True, metavar="姓名", help="申报人。")
@_center
def state(
    kind: str,
    period: str,
    value: str,
    until: str | None,
    unit: str | None,
    issued_by: str,
    document: str | None,
    by: str,
    center: str | None,
) -> None:
    """登记一个外部对账数，例如 state telecom_calls 2023-05 3440 --issued-by 某某电信 --by 李四。"""
    first, end = _parse_span(period, until)
    key = next((key for key, (title, _) in TOTALS.items() if kind == title), kind)
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        code = centers.find_center(connection, center or settings.center).center_id
        paper = find_bytes(connection, code, document).sha256 if document else None
        new = state_total(
            connection, code, key, first, end, _parse_number(value), unit,
            issued_by=issued_by, by=by, now=_read_clock(), document=paper,
        )  # fmt: skip
    if new:
        click.echo(
            f"已登记：{TOTALS[key][0]} {value}{unit or ''}。hotline controls {first.year} 看是否相符。"
        )
    else:
        click.echo("同样的数已经登记过，没有重复登记。")


@controls.command("matrix")
@click.argument("year", type=int, metavar="年度")
@_center
@_json
def matrix(year: int, center: str | None, as_objects: bool) -> None:
    """对账矩阵：逐月并列话单、工单、录音、账单和上级平台的数，并指出对不上的行。"""
    with open_center(center, _read_clock()) as context:
        rows = build_matrix(context.connection, context.center.center_id, Year(year), context.now)
    if as_objects:
        _print_json([report.serialize_month(row) for row in rows])
    else:
        click.echo("\n".join(report.format_matrix(rows)))


@controls.command("rows")
@click.argument("period", metavar="统计期")
@click.argument("cell", metavar="项目")
@click.option("--limit", type=click.IntRange(1, 2**31 - 1), default=PAGE, help=f"最多列多少行，默认{PAGE}。")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="跳过前面多少行。")
@click.option("--unexplained", is_flag=True, help="只列缺日不能解释的行。")
@_center
@_json
def rows(
    period: str,
    cell: str,
    limit: int,
    offset: int,
    unexplained: bool,
    center: str | None,
    as_objects: bool,
) -> None:
    """打开对账矩阵的一格，列出背后的行，例如 hotline controls rows 2023-08 order_without_call。"""
    span = parse_period(period)
    with open_center(center, _read_clock()) as context:
        page = open_cell(
            context.connection, context.center.center_id, cell, span, context.now,
            limit=limit, offset=offset, unexplained=unexplained,
        )  # fmt: skip
    if as_objects:
        _print_json(report.serialize_cell_rows(page))
    else:
        click.echo("\n".join(report.format_cell_rows(page, span, offset)))


def _read_clock() -> datetime:
    return datetime.now(BEIJING)


def _parse_span(period: str, until: str | None) -> tuple[date, date]:
    """The days of a month or of a span, end exclusive. Raises: click.BadParameter."""
    try:
        if until is None and len(period) < len("2023-05-26"):
            whole = parse_period(period)
            return whole.first_day, whole.end_day
        first = parse_day(period)
        return first, (parse_day(until) if until else first) + timedelta(days=1)
    except (ValueError, PeriodProblem):
        raise click.BadParameter(
            "请写月份（2023-05），或起始日加 --until 末日（2023-05-26 --until 2023-06-25）。"
        ) from None


def _parse_number(value: str) -> Decimal:
    try:
        number = Decimal(value.replace(",", "").replace("，", ""))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise click.BadParameter(f"“{value}”不是数；请写成 3440 或 189158.33。")
    return number


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
