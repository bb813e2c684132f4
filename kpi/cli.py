"""Commands about indicators."""

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import click

from kpi import figure_report
from kpi.cli_center import Opened, open_center
from kpi.closing.as_known import figures_as_known, year_as_known
from kpi.figures import catalogue as cards
from kpi.figures import results
from kpi.figures.as_of import rows_of_then
from kpi.figures.definitions.cards import cards_in_force
from kpi.figures.definitions.choosing import choose
from kpi.figures.definitions.computing import figures_by
from kpi.figures.definitions.in_force import PACKAGED, Definitions, definitions_for
from kpi.figures.figure import Figure
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import GROUPS, INDICATORS, Indicator, find_indicator
from kpi.figures.locked_figures import Position
from kpi.figures.measures import MEASURES
from kpi.figures.rows import PartName, Rows, rows_behind, rows_of_figure
from kpi.figures.serializing import Written, as_json, of_months_as_json, rows_as_json
from kpi.figures.tracing import Traced, find_code
from tracker import centers
from tracker.centers import Center
from tracker.database import Database, driver_of, has_database, open_database
from tracker.events.times import BEIJING, day_start, parse_day, parse_moment
from tracker.facts import FACTS
from tracker.periods import Month, Period, Year, parse_period
from tracker.settings import Settings

PAGE = 50
_NOTHING_THEN = "那时这一期还没有开始，或还没有任何交付。"

_center = click.option("--center", help="中心编号；只有一个中心时可省略。")
_part = click.option(
    "--part",
    type=click.Choice([str(name) for name in PartName]),
    default=str(PartName.NUMERATOR),
    help="列分子（numerator，默认）还是分母（denominator）的行。",
)
_offset = click.option("--offset", type=click.IntRange(min=0), default=0, help="跳过前面多少行。")
_json = click.option("--json", "as_objects", is_flag=True, help="输出JSON：数字写成精确的字符串。")


@click.command("kpi")
@click.argument("period", metavar="统计期")
@click.argument("indicator", metavar="[指标]", required=False)
@_center
@_json
@click.option("--csv", "as_table", is_flag=True, help="输出CSV（UTF-8，不带BOM）：列和数字与JSON相同。")
@click.option(
    "--rows", is_flag=True, help="列出这个数字背后的行；行数与数字相等。加 --as-of 或 --at-seq，列当时的行。"
)
@_part
@click.option(
    "--definition", metavar="口径", help="按这个口径计算：版本号、对照口径的编码，或口径文件（.toml）。"
)
@click.option("--limit", type=click.IntRange(1, 2**31 - 1), default=PAGE, help=f"最多列多少行，默认{PAGE}。")
@_offset
@click.option("--live", is_flag=True, help="按现有事实计算，不看锁定的数字。")
@click.option("--as-of", metavar="日期或时间", help="截至那时所知的数字：2023-07-01（含当天）或带时刻。")
@click.option(
    "--at-seq", type=click.IntRange(0, 2**63 - 1), metavar="事件号", help="截至事件日志某号所知的数字。"
)
def kpi(
    period: str,
    indicator: str | None,
    center: str | None,
    as_objects: bool,
    as_table: bool,
    rows: bool,
    part: str,
    definition: str | None,
    limit: int,
    offset: int,
    live: bool,
    as_of: str | None,
    at_seq: int | None,
) -> None:
    """计算并列出指标：每个数字附分子、分母、有据率、状态和溯源码。

    统计期写成 2023、2023-Q2 或 2023-05；年度会连同各季各月一并列出。指标写编码或名称，省略则列全部。
    已锁定的月份列锁定的数字。
    """
    if sum((live, as_of is not None, at_seq is not None)) > 1:
        raise click.UsageError("--live、--as-of、--at-seq 只能用一个。")
    if live and rows:
        raise click.UsageError("--rows 列的是显示的数字背后的行，不能与 --live 同用。")
    if definition and (live or as_of is not None or at_seq is not None):
        raise click.UsageError("--definition 由现有事实计算，不能与 --live、--as-of、--at-seq 同用。")
    if as_table and (as_objects or rows or definition):
        raise click.UsageError("--csv 只输出指标数字，不能与 --json、--rows、--definition 同用。")
    span = parse_period(period)
    key = find_indicator(indicator).key if indicator else None
    if (rows or definition) and key is None:
        raise click.UsageError(
            "列出背后的行、指定口径时，请指明是哪个指标，例如 hotline kpi 2023-05 call_answer_rate --rows。"
        )
    on = at_seq if as_of is None else _moment(as_of)
    with open_center(center, _now()) as opened:
        if definition and key:
            by = choose(definitions_for(opened.connection, opened.center.center_id), key, definition)
            _print_by(opened, by, span, part if rows else None, limit, offset, as_objects=as_objects)
        elif rows and key and on is not None:
            _print_rows_then(opened, key, span, part, limit, offset, on, as_objects=as_objects)
        elif rows and key:
            _print_rows(opened, key, span, part, limit, offset, as_objects=as_objects)
        else:
            _print_figures(opened, key, span, as_objects=as_objects, as_table=as_table, live=live, on=on)


@click.command("code")
@click.argument("code", metavar="溯源码")
@_center
@_json
@_part
@click.option("--limit", type=click.IntRange(0, 2**31 - 1), default=10, help="最多列多少行，默认10。")
@_offset
def code(code: str, center: str | None, as_objects: bool, part: str, limit: int, offset: int) -> None:
    """由溯源码找回那个数字：数值、分子分母、当时背后的行、口径，以及现在是否仍然有效。

    大小写、连字符都不影响；O 当作 0，I、L 当作 1。
    """
    database = open_database(Settings.read())
    with database.connect() as connection:
        codes = {one.center_id: one for one in centers.known(connection)}
    for each in codes.values() if center is None else [_find(database, center)]:
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, each.center_id, _now())
    with database.engine.connect() as connection:
        found = find_code(connection, code, center)
        if as_objects:
            _print_json([as_json(one.figure) | {"stands": one.stands} for one in found])
            return
        for one in found:
            _print_traced(Opened(connection, codes[one.figure.center], _now()), one, part, limit, offset)
        if len(found) > 1:
            click.echo(f"有{len(found)}个数字碰巧用同一溯源码，请按统计期和指标分辨。")
    database.close()


@click.command()
@click.argument("indicator", metavar="[指标]", required=False)
@click.option("--measures", is_flag=True, help="列出全部计量：口径的分子、分母由它们组成。")
@_center
@click.option("--year", type=int, help="列出这一年各月用过的每一版；省略则列现行的。")
@_json
def catalogue(
    indicator: str | None, measures: bool, center: str | None, year: int | None, as_objects: bool
) -> None:
    """列出本中心现行的全部指标口径；指明一个指标的编码或名称，则只列它。

    还没有数据库，或有几个中心而没有指明时，列出随系统发布的口径。
    """
    if measures:
        click.echo(
            "\n".join(f"{one.key}  {one.title}（{one.unit}）：{one.about}" for one in MEASURES.values())
        )
        return
    chosen = [find_indicator(indicator)] if indicator else list(INDICATORS.values())
    known, name = _definitions(center)
    months = Year(year).months if year else (Month.of(_now()),)
    found = {one.key: cards_in_force(known, one.key, months) for one in chosen}
    if as_objects:
        _print_json([card for cards in found.values() for card in cards])
        return
    click.echo(f"{name}{f'{year}年' if year else '现行'}的口径\n" if name else "随系统发布的口径\n")
    for title, indicators in GROUPS:
        there = [one for one in indicators if one.key in found]
        if there and not indicator:
            click.echo(f"【{title}】\n")
        for one in there:
            for card in found[one.key]:
                click.echo(f"{cards.written(card)}\n")


@click.command()
@click.argument("path", metavar="文件.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=int, required=True, help="年度，例如 2023。")
@_center
def export(path: Path, year: int, center: str | None) -> None:
    """导出年度指标工作簿：指标、缺口、口径和说明。"""
    from kpi.handover.workbook import write_workbook

    with open_center(center, _now()) as opened:
        write_workbook(path, opened.connection, opened.center, Year(year), _now())
    click.echo(f"已导出{opened.center.name}{year}年的指标：{path}")


@click.command()
@_center
def rebuild(center: str | None) -> None:
    """由事件日志重建事实和指标；结果应与运行中的相同。"""
    from tracker.log import rebuild_facts

    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        chosen = centers.find(connection, center or settings.center)
        facts = rebuild_facts(connection, chosen.center_id)
    database.renew_statistics(fact.name for fact in FACTS)
    with database.engine.begin() as engine_connection:
        figures = results.rebuild(engine_connection, chosen.center_id, _now())
    click.echo(f"{chosen.name}：重建事实{facts:,}行，指标数字{figures:,}个。")


COMMANDS = (kpi, code, catalogue, export, rebuild)


def _definitions(code: str | None) -> tuple[Definitions, str]:
    """The definitions of the chosen centre and its name; the packaged ones where none can be meant."""
    settings = Settings.read()
    wanted = code or settings.center
    if wanted is None and not has_database(settings):
        return PACKAGED, ""
    database = open_database(settings)
    with database.engine.connect() as connection:
        there = centers.known(driver_of(connection))
        if wanted is None and len(there) != 1:
            return PACKAGED, ""
        center = centers.find(driver_of(connection), wanted)
        found = definitions_for(connection, center.center_id)
    database.close()
    return found, center.name


def _find(database: Database, code: str | None) -> Center:
    with database.connect() as connection:
        return centers.find(connection, code)


def _now() -> datetime:
    return datetime.now(BEIJING)


def _moment(text: str) -> datetime:
    """A moment; a day counts to its end. Raises: click.BadParameter."""
    try:
        if len(text) == 10:
            return day_start(parse_day(text) + timedelta(days=1)) - timedelta(microseconds=1)
        return parse_moment(text)
    except ValueError:
        raise click.BadParameter(f"“{text}”不是日期或时间；请写 2023-07-01 或 2023-07-01T18:00。") from None


def _print_figures(
    opened: Opened,
    key: str | None,
    span: Period,
    *,
    as_objects: bool,
    as_table: bool = False,
    live: bool = False,
    on: Position | None = None,
) -> None:
    year = (opened.connection, opened.center.center_id, span.first_day.year)
    by_period = results.of_year(*year, live=live) if on is None else year_as_known(*year, on)
    found = {one: by_period.get(one, {}) for one in INDICATORS if key in (None, one)}
    periods = (span, *figure_report.parts_of(span))
    listed = [figures[period] for figures in found.values() for period in periods if period in figures]
    definitions = definitions_for(opened.connection, opened.center.center_id)
    compared = NOT_COMPARED
    if on is None and not live:
        compared = results.beside_months(*year[:2], definitions, found)
    if as_objects or as_table:
        written = [
            as_json(one) | of_months_as_json(compared.get((one.indicator, one.period))) for one in listed
        ]
        (_print_json if as_objects else _print_csv)(written)
        return
    fresh = results.freshness(opened.connection, opened.center.center_id)
    click.echo(figure_report.heading(opened.center.name, span, fresh, on))
    if not listed and on is not None:
        click.echo(_NOTHING_THEN)
    elif not listed:
        click.echo("这一期尚未开始，或还没有任何交付。")
    elif key:
        by = definitions.of_versions(key, (figure.definition_version for figure in listed))
        click.echo(
            "\n".join(figure_report.of_indicator(definitions.in_force(key, span), listed, by, compared))
        )
    else:
        click.echo("\n".join(figure_report.of_all(found, span, definitions.groups(span), compared)))
    if on is not None and not all(figure.code for figure in listed):
        click.echo("没有溯源码的数字当时没有计算过，由截至那时的事件算出。")


def _print_by(
    opened: Opened,
    by: Indicator,
    span: Period,
    part: str | None,
    limit: int,
    offset: int,
    *,
    as_objects: bool,
) -> None:
    """Figures by a definition that need not be in force, or the rows of one of their parts."""
    periods = (span, *figure_report.parts_of(span))
    (found,) = figures_by(opened.connection, opened.center.center_id, [by], periods, _now())
    listed = [found[period] for period in periods if period in found]
    if not listed:
        click.echo("这一期尚未开始。")
    elif part:
        rows = rows_of_figure(opened.connection, by, found[span], part, limit=limit, offset=offset)
        _tell_rows(opened, by, span, part, rows, offset, None, as_objects=as_objects)
    elif as_objects:
        _print_json([as_json(figure) for figure in listed])
    else:
        click.echo(f"{opened.center.name} {span.label}，按指定的口径由事实计算，未保存")
        click.echo("\n".join(figure_report.of_indicator(by, listed)))


def _print_rows(
    opened: Opened, key: str, span: Period, part: str, limit: int, offset: int, *, as_objects: bool
) -> None:
    center = opened.center.center_id
    found = rows_behind(opened.connection, center, key, span, part, limit=limit, offset=offset)
    by = definitions_for(opened.connection, center).in_force(key, span)
    figure = results.find(opened.connection, center, key, span)
    sealed = figure if figure is not None and figure.vintage else None
    _tell_rows(opened, by, span, part, found, offset, sealed, as_objects=as_objects)


def _print_rows_then(
    opened: Opened,
    key: str,
    span: Period,
    part: str,
    limit: int,
    offset: int,
    on: Position,
    *,
    as_objects: bool,
) -> None:
    """The rows of the figure that was known on a position, as of where the log stood for it."""
    known = figures_as_known(opened.connection, opened.code, span, on)
    figure = next((one for one in known if one.indicator == key), None)
    if figure is None:
        click.echo(_NOTHING_THEN)
        return
    found = rows_of_then(opened.connection, figure, part, limit=limit, offset=offset)
    if as_objects:
        _print_json(rows_as_json(found))
        return
    title = INDICATORS[key].title
    click.echo(
        f"{opened.center.name} {span.label} {title}的{figure_report.side(part)}，"
        f"{figure_report.told_then(figure)}"
    )
    click.echo("\n".join(figure_report.of_rows_then(found, offset, figure)))


def _tell_rows(
    opened: Opened,
    by: Indicator,
    span: Period,
    part: str,
    found: Rows,
    offset: int,
    sealed: Figure | None,
    *,
    as_objects: bool,
) -> None:
    if as_objects:
        _print_json(rows_as_json(found))
        return
    click.echo(f"{opened.center.name} {span.label} {by.title}的{figure_report.side(part)}")
    click.echo("\n".join(figure_report.of_rows(found, offset, sealed)))


def _print_traced(opened: Opened, traced: Traced, part: str, limit: int, offset: int) -> None:
    """The figure of a code, the first rows behind it as they were then, its definition."""
    figure = traced.figure
    click.echo("\n".join(figure_report.of_code(traced, opened.center.name)))
    if figure.indicator not in INDICATORS:
        return
    found = rows_of_then(opened.connection, figure, part, limit=limit, offset=offset)
    click.echo(f"\n事件日志到第{figure.log_seq:,}号时背后的行（{figure_report.side(part)}）：")
    click.echo("\n".join(figure_report.of_rows_then(found, offset, figure)))
    click.echo("\n口径：")
    by = definitions_for(opened.connection, figure.center).version(
        figure.indicator, figure.definition_version
    )
    click.echo(cards.text(by))


def _print_csv(told: list[Written]) -> None:
    """One line a figure; None is an empty cell. Nothing where there are no figures."""
    if told:
        text = io.StringIO()
        lines = csv.DictWriter(text, list(told[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(told)
        click.echo(text.getvalue(), nl=False)


def _print_json(told: object) -> None:
    click.echo(json.dumps(told, ensure_ascii=False, indent=2))
