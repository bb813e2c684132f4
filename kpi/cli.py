"""Commands about indicators."""

from datetime import datetime, timedelta
from pathlib import Path

import click

from kpi.cli_center import CenterContext, open_center
from kpi.figure_printing import print_by, print_figures, print_json, print_rows, print_rows_then, print_traced
from kpi.figures import catalogue as cards
from kpi.figures import results
from kpi.figures.counted_rows import PartName
from kpi.figures.definitions.cards import list_cards_in_force
from kpi.figures.definitions.choosing import choose_definition
from kpi.figures.definitions.in_force import PACKAGED, Definitions, read_definitions
from kpi.figures.indicators import GROUPS, INDICATORS, find_indicator
from kpi.figures.measures import MEASURES
from kpi.figures.serializing import serialize_figure
from kpi.figures.tracing import find_code
from kpi.year_option import YEAR
from tracker import centers
from tracker.centers import Center
from tracker.database import Database, get_driver, has_database, open_database
from tracker.events.times import BEIJING, get_day_start, parse_day, parse_moment
from tracker.facts import FACTS
from tracker.periods import Month, Year, parse_period
from tracker.settings import Settings

PAGE = 50

_center = click.option("--center", metavar="编号", help="中心编号；只有一个中心时可省略。")
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
    "--rows", is_flag=True, help="列出这个数字明细；行数与数字相等。加 --as-of 或 --at-seq，列当时的行。"
)
@_part
@click.option(
    "--definition", metavar="口径", help="按这个口径计算：版本号、其他口径的编码，或口径文件（.toml）。"
)
@click.option("--limit", type=click.IntRange(1, 2**31 - 1), default=PAGE, help=f"最多列多少行，默认{PAGE}。")
@_offset
@click.option("--live", is_flag=True, help="按最新数据计算，不看锁定的数字。")
@click.option("--as-of", metavar="日期或时间", help="截至那时所知的数字：2023-07-01（含当天）或带时刻。")
@click.option(
    "--at-seq", type=click.IntRange(0, 2**63 - 1), metavar="记录号", help="截至数据日志某号所知的数字。"
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
    """计算并列出指标：每个数字附分子、分母、数据完整率、状态和溯源码。

    统计期写成 2023、2023-Q2 或 2023-05；年度会连同各季各月一并列出。指标写编码或名称，省略则列全部。
    已锁定的月份列锁定的数字。
    """
    if sum((live, as_of is not None, at_seq is not None)) > 1:
        raise click.UsageError("--live、--as-of、--at-seq 只能用一个。")
    if live and rows:
        raise click.UsageError("--rows 列的是显示的数字明细，不能与 --live 同用。")
    if definition and (live or as_of is not None or at_seq is not None):
        raise click.UsageError("--definition 由最新数据计算，不能与 --live、--as-of、--at-seq 同用。")
    if as_table and (as_objects or rows or definition):
        raise click.UsageError("--csv 只输出指标数字，不能与 --json、--rows、--definition 同用。")
    span = parse_period(period)
    key = find_indicator(indicator).key if indicator else None
    if (rows or definition) and key is None:
        raise click.UsageError(
            "列出明细、指定口径时，请指明是哪个指标，例如 hotline kpi 2023-05 call_answer_rate --rows。"
        )
    on = at_seq if as_of is None else _parse_moment(as_of)
    now = _get_now()
    with open_center(center, now) as context:
        if definition and key:
            by = choose_definition(
                read_definitions(context.connection, context.center.center_id), key, definition
            )
            print_by(context, by, span, part if rows else None, limit, offset, now=now, as_objects=as_objects)
        elif rows and key and on is not None:
            print_rows_then(context, key, span, part, limit, offset, on, as_objects=as_objects)
        elif rows and key:
            print_rows(context, key, span, part, limit, offset, as_objects=as_objects)
        else:
            print_figures(context, key, span, as_objects=as_objects, as_table=as_table, live=live, on=on)


@click.command("code")
@click.argument("code", metavar="溯源码")
@_center
@_json
@_part
@click.option("--limit", type=click.IntRange(0, 2**31 - 1), default=10, help="最多列多少行，默认10。")
@_offset
def code(code: str, center: str | None, as_objects: bool, part: str, limit: int, offset: int) -> None:
    """由溯源码找回那个数字：数值、分子分母、当时明细、口径，以及现在是否仍然有效。

    大小写、连字符都不影响；O 当作 0，I、L 当作 1。
    """
    database = open_database(Settings.read())
    with database.connect() as connection:
        codes = {one.center_id: one for one in centers.list_known_centers(connection)}
    for each in codes.values() if center is None else [_find_center(database, center)]:
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, each.center_id, _get_now())
    with database.engine.connect() as connection:
        traced = find_code(connection, code, center)
        if as_objects:
            print_json([serialize_figure(one.figure) | {"stands": one.stands} for one in traced])
            return
        for one in traced:
            print_traced(
                CenterContext(connection, codes[one.figure.center], _get_now()), one, part, limit, offset
            )
        if len(traced) > 1:
            click.echo(f"有{len(traced)}个数字碰巧用同一溯源码，请按统计期和指标分辨。")
    database.close()


@click.command()
@click.argument("indicator", metavar="[指标]", required=False)
@click.option("--measures", is_flag=True, help="列出全部统计项：口径的分子、分母由它们组成。")
@_center
@click.option("--year", type=YEAR, help="列出这一年各月用过的每一版；省略则列现行的。")
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
    selection = [find_indicator(indicator)] if indicator else list(INDICATORS.values())
    definitions, name = _read_definitions(center)
    months = Year(year).months if year else (Month.of(_get_now()),)
    cards_by_key = {one.key: list_cards_in_force(definitions, one.key, months) for one in selection}
    if as_objects:
        print_json([card for cards in cards_by_key.values() for card in cards])
        return
    click.echo(f"{name}{f'{year}年' if year else '现行'}的口径\n" if name else "随系统发布的口径\n")
    for title, indicators in GROUPS:
        there = [one for one in indicators if one.key in cards_by_key]
        if there and not indicator:
            click.echo(f"【{title}】\n")
        for one in there:
            for card in cards_by_key[one.key]:
                click.echo(f"{cards.format_fields(card)}\n")


@click.command()
@click.argument("path", metavar="文件.xlsx", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--year", type=YEAR, required=True, help="年度，例如 2023。")
@_center
def export(path: Path, year: int, center: str | None) -> None:
    """导出年度指标工作簿：指标、数据缺失、口径和说明。"""
    from kpi.handover.workbook import write_workbook

    with open_center(center, _get_now()) as context:
        write_workbook(path, context.connection, context.center, Year(year), _get_now())
    click.echo(f"已导出{context.center.name}{year}年的指标：{path}")


@click.command()
@_center
def rebuild(center: str | None) -> None:
    """由数据日志重建事实和指标；结果应与运行中的相同。"""
    from tracker.log import rebuild_facts

    settings = Settings.read()
    database = open_database(settings)
    with database.connect() as connection:
        selected = centers.find_center(connection, center or settings.center)
        facts = rebuild_facts(connection, selected.center_id)
    database.renew_statistics(fact.name for fact in FACTS)
    with database.engine.begin() as engine_connection:
        figures = results.rebuild(engine_connection, selected.center_id, _get_now())
    click.echo(f"{selected.name}：重建事实{facts:,}行，指标数字{figures:,}个。")


COMMANDS = (kpi, code, catalogue, export, rebuild)


def _read_definitions(code: str | None) -> tuple[Definitions, str]:
    """The definitions of the chosen centre and its name; the packaged ones where none can be meant."""
    settings = Settings.read()
    code_wanted = code or settings.center
    if code_wanted is None and not has_database(settings):
        return PACKAGED, ""
    database = open_database(settings)
    with database.engine.connect() as connection:
        there = centers.list_known_centers(get_driver(connection))
        if code_wanted is None and len(there) != 1:
            return PACKAGED, ""
        center = centers.find_center(get_driver(connection), code_wanted)
        definitions = read_definitions(connection, center.center_id)
    database.close()
    return definitions, center.name


def _find_center(database: Database, code: str | None) -> Center:
    with database.connect() as connection:
        return centers.find_center(connection, code)


def _get_now() -> datetime:
    return datetime.now(BEIJING)


def _parse_moment(text: str) -> datetime:
    """A moment; a day counts to its end. Raises: click.BadParameter."""
    try:
        if len(text) == 10:
            return get_day_start(parse_day(text) + timedelta(days=1)) - timedelta(microseconds=1)
        return parse_moment(text)
    except ValueError:
        raise click.BadParameter(f"“{text}”不是日期或时间；请写 2023-07-01 或 2023-07-01T18:00。") from None
