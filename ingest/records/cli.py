"""Commands over what was taken in: listing it, what was held back, taking it back, signing for nothing."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import psycopg

from ingest.forms.entering import enter_form
from ingest.forms.names import NAME
from ingest.quarantine import quarantine as held_back
from ingest.quarantine.settling import settle_by_hand
from ingest.records.voiding import void_delivery, void_event
from ingest.records.zero_reports import SOURCES, sign_nothing
from tracker import centers
from tracker.database import open_database
from tracker.events.names import SORTS, WAYS
from tracker.events.times import BEIJING, parse_day
from tracker.file_writing import write_bytes
from tracker.periods import PeriodProblem, parse_period
from tracker.settings import Settings
from tracker.vault import open_vault

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
_signed = click.option("--by", required=True, metavar="姓名", help="经办人。")


@contextmanager
def _connect(center: str | None) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """A transaction and the centre meant. Raises: CenterProblem."""
    settings = Settings.read()
    with open_database(settings).connect() as connection:
        yield connection, centers.find_center(connection, center or settings.center).center_id


@click.command("deliveries")
@_center
def deliveries(center: str | None) -> None:
    """列出已导入的来源文件：编号、内容、行数、数据截至时间。"""
    with _connect(center) as (connection, code):
        rows = connection.execute(
            "SELECT delivery, source, file_name, rows, quarantined, as_of, imported_at, voided"
            " FROM deliveries WHERE center_id = %s ORDER BY imported_at, delivery",
            (code,),
        ).fetchall()
    for delivery, source, file_name, count, quarantined, as_of, imported_at, voided in rows:
        parts = (
            delivery,
            SOURCES.get(source, source),
            file_name,
            f"{count} 行，未导入 {quarantined}",
            f"截至 {as_of:%Y-%m-%d %H:%M}",
            f"导入 {imported_at:%Y-%m-%d %H:%M}",
        )
        click.echo("\t".join((*parts, "已作废") if voided else parts))
    if not rows:
        click.echo("还没有导入过文件。")


@click.command("quarantine")
@_center
@click.option("--delivery", metavar="编号", help="只列这一次导入的。")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写成 CSV 文件，可用 Excel 打开。",
)
@click.option(
    "--settle",
    metavar="行号",
    help="了结 --delivery 里的这些行（如 3,7,12；all 是全部）：核对过，没有因此漏掉数据。",
)
@click.option("--reason", default="", help="了结的理由。")
@click.option("--by", default="", metavar="姓名", help="谁核对的。")
def quarantine(
    center: str | None,
    delivery: str | None,
    csv_file: Path | None,
    settle: str | None,
    reason: str,
    by: str,
) -> None:
    """列出未导入的行和没有读懂的内容：哪个文件第几行、什么问题、处理办法。

    未导入的行没有计入，有关指标会标明并给出上下限，直到改正后重新导入，或由人核对后了结（--settle）。
    """
    if settle is not None:
        _settle(center, delivery, settle, reason, by)
        return
    with _connect(center) as (connection, code):
        entries = held_back.list_entries(connection, code, delivery=delivery)
    if csv_file:
        write_bytes(csv_file, "".join(held_back.format_csv_lines(entries)).encode("utf-8-sig"))
        click.echo(f"已写入 {csv_file}：{len(entries)} 处。")
        return
    for entry in entries:
        click.echo(f"{entry.file_name}\t{entry.problem.sentence}{_word_outcome(entry)}")
    if not entries:
        click.echo("没有未导入的行。")


def _word_outcome(entry: held_back.QuarantineEntry) -> str:
    if not entry.costs_row:
        return "（这一行已导入，只是这一项按不明计）"
    return f"（已了结：{entry.settled_by}）" if entry.settled_by else "（这一行没有计入）"


def _settle(center: str | None, delivery: str | None, rows: str, reason: str, by: str) -> None:
    if delivery is None:
        raise click.UsageError("请用 --delivery 指明是哪一次导入的行。")
    numbers = [part for part in re.split(r"[,，、 ]+", rows.strip()) if part]
    if rows.strip() != "all" and not all(part.isdigit() for part in numbers):
        raise click.BadParameter("请写行号，逗号分开，如 3,7,12；全部写 all。", param_hint="--settle")
    chosen = None if rows.strip() == "all" else {int(part) for part in numbers}
    now = datetime.now(BEIJING)
    with _connect(center) as (connection, code):
        number = settle_by_hand(connection, code, delivery, chosen, reason=reason, by=by, now=now)
    click.echo(f"已了结 {number} 行；有关指标将在下次计算时更新。")


@click.command("void")
@_center
@click.option("--event", "seq", type=click.IntRange(1), metavar="编号", help="要作废的事件编号。")
@click.option("--delivery", metavar="编号", help="要整体作废的导入编号。")
@click.option("--reason", required=True, help="理由。")
@_signed
def void(center: str | None, seq: int | None, delivery: str | None, reason: str, by: str) -> None:
    """作废一条事件，或整次导入；记录仍在，只是不再计数。"""
    if (seq is None) == (delivery is None):
        raise click.UsageError("请用 --event 或 --delivery 指明要作废的一样。")
    now = datetime.now(BEIJING)
    with _connect(center) as (connection, code):
        if seq is not None:
            void_event(connection, code, seq, reason=reason, by=by, now=now)
        elif delivery is not None:
            void_delivery(connection, Settings.read().home, code, delivery, reason=reason, by=by, now=now)
    click.echo(f"已作废{f'第 {seq} 号事件' if seq else f'导入 {delivery}'}；有关指标将在下次计算时更新。")


@click.command(
    "zero-report",
    epilog="\b\n数据：\n" + "\n".join(f"  {source}（{title}）" for source, title in SOURCES.items()),
)
@click.argument("source", type=click.Choice(sorted(SOURCES)), metavar="数据")
@click.argument("first", metavar="日期或月份")
@click.argument("last", required=False, metavar="[末日]")
@_center
@_signed
@click.option("--remark", help="备注。")
def zero_report(
    source: str, first: str, last: str | None, center: str | None, by: str, remark: str | None
) -> None:
    """零报告：确认某天（2023-08-12）、几天（2023-08-12 2023-08-13）或某月（2023-08）确无数据或无变动。"""
    first_day, end_day = _parse_span(first)
    if last:
        end_day = _parse_span(last)[1]
    with _connect(center) as (connection, code):
        now = datetime.now(BEIJING)
        sign_nothing(connection, code, source, first_day, end_day, by=by, remark=remark, now=now)
    click.echo(
        f"已登记零报告：{SOURCES[source]}，{first_day} 至 {end_day - timedelta(days=1)}，确认人 {by}。"
    )


@click.command("name")
@click.argument("sort", type=click.Choice(list(SORTS.values())), metavar="类别")
@click.argument("known_as", metavar="原名称")
@click.argument("becomes", required=False, metavar="[现名称]")
@click.option("--since", "first_day", default="", metavar="日期", help="使用现名称的第一天，如 2023-07-01。")
@click.option("--merged", is_flag=True, help="并入：原来是两个，以后合为一个；不写的是改名。")
@click.option("--new", is_flag=True, help="新设：不是由别的名称改来的；不写现名称。")
@click.option("--basis", default="", metavar="依据", help="文号等。")
@_center
@_signed
def name(
    sort: str, known_as: str, becomes: str | None, first_day: str, merged: bool, new: bool, basis: str,
    center: str | None, by: str,
) -> None:  # fmt: skip
    """名称变更：承办单位、岗位、座席改名（换工号）或并入；登记以后按各月当时的名称统计，原始数据不变。

    类别是承办单位、岗位或座席。不写 --since 的，是同一名称的两种写法。
    """
    settings = Settings.read()
    way = WAYS["distinct" if new else "merged" if merged else "renamed"]
    values = {
        "sort": sort, "known_as": known_as, "way": way, "becomes": becomes or "", "first_day": first_day,
        "basis": basis,
    }  # fmt: skip
    with _connect(center) as (connection, code):
        enter_form(
            connection, settings.home, code, NAME, values, by=by, now=datetime.now(BEIJING),
            vault=open_vault(settings),
        )  # fmt: skip
    into = f"{'' if merged else '为'}“{becomes}”" if becomes else ""
    click.echo(f"已登记：{sort}“{known_as}”{way}{into}。")


def _parse_span(text: str) -> tuple[date, date]:
    """The days of a day, month, quarter or year, end exclusive. Raises: click.BadParameter."""
    try:
        day = parse_day(text)
        return day, day + timedelta(days=1)
    except ValueError:
        pass
    try:
        period = parse_period(text)
    except PeriodProblem:
        raise click.BadParameter(f"“{text}”不是日期或统计期；请写 2023-08-12 或 2023-08。") from None
    return period.first_day, period.end_day
