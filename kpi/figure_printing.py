"""What the commands about indicators print."""

import csv
import io
import json
from datetime import datetime

import click

from kpi import figure_report
from kpi.cli_center import CenterContext
from kpi.closing.as_known import read_figures_as_known, read_year_as_known
from kpi.figures import catalogue as cards
from kpi.figures import results
from kpi.figures.as_of import read_rows_as_of
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.figure import Figure
from kpi.figures.from_months import NOT_COMPARED
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.locked_figures import Position
from kpi.figures.rows import RowPage, read_figure_rows, read_rows
from kpi.figures.serializing import FigureJson, serialize_comparison, serialize_figure, serialize_rows
from kpi.figures.tracing import TracedFigure
from tracker.periods import Period

_NOTHING_THEN = "截至该日尚未报送数据，或统计期尚未开始。"


def print_figures(
    context: CenterContext,
    key: str | None,
    span: Period,
    *,
    as_objects: bool,
    as_table: bool = False,
    live: bool = False,
    on: Position | None = None,
) -> None:
    """Figures of a period and the shorter ones in it, of one indicator or all; as known on `on`, if given."""
    year = (context.connection, context.center.center_id, span.first_day.year)
    by_period = results.read_year(*year, live=live) if on is None else read_year_as_known(*year, on)
    figures_by_key = {one: by_period.get(one, {}) for one in INDICATORS if key in (None, one)}
    periods = (span, *figure_report.list_shorter_periods(span))
    rows = [figures[period] for figures in figures_by_key.values() for period in periods if period in figures]
    definitions = read_definitions(context.connection, context.center.center_id)
    compared = NOT_COMPARED
    if on is None and not live:
        compared = results.read_month_comparisons(*year[:2], definitions, figures_by_key)
    if as_objects or as_table:
        objects = [
            serialize_figure(one) | serialize_comparison(compared.get((one.indicator, one.period)))
            for one in rows
        ]
        (print_json if as_objects else _print_csv)(objects)
        return
    fresh = results.read_freshness(context.connection, context.center.center_id)
    click.echo(figure_report.format_heading(context.center.name, span, fresh, on))
    if not rows and on is not None:
        click.echo(_NOTHING_THEN)
    elif not rows:
        click.echo("统计期尚未开始，或尚未报送数据。")
    elif key:
        by = definitions.select_versions(key, (figure.definition_version for figure in rows))
        click.echo(
            "\n".join(
                figure_report.format_indicator(definitions.find_in_force(key, span), rows, by, compared)
            )
        )
    else:
        click.echo(
            "\n".join(figure_report.format_figures(figures_by_key, span, definitions.groups(span), compared))
        )
    if on is not None and not all(figure.code for figure in rows):
        click.echo("没有溯源码的数字当时未计算过，由截至当时的记录计算。")


def print_by(
    context: CenterContext,
    by: Indicator,
    span: Period,
    part: str | None,
    limit: int,
    offset: int,
    *,
    now: datetime,
    as_objects: bool,
) -> None:
    """Figures by a definition that need not be in force, or the rows of one of their parts."""
    periods = (span, *figure_report.list_shorter_periods(span))
    (figures,) = compute_figures_by(context.connection, context.center.center_id, [by], periods, now)
    rows_listed = [figures[period] for period in periods if period in figures]
    if not rows_listed:
        click.echo("统计期尚未开始。")
    elif part:
        rows = read_figure_rows(context.connection, by, figures[span], part, limit=limit, offset=offset)
        _print_page(context, by, span, part, rows, offset, None, as_objects=as_objects)
    elif as_objects:
        print_json([serialize_figure(figure) for figure in rows_listed])
    else:
        click.echo(f"{context.center.name} {span.label}，按指定口径计算，未保存")
        click.echo("\n".join(figure_report.format_indicator(by, rows_listed)))


def print_rows(
    context: CenterContext, key: str, span: Period, part: str, limit: int, offset: int, *, as_objects: bool
) -> None:
    """The rows of one part of the figure that is shown."""
    center = context.center.center_id
    page = read_rows(context.connection, center, key, span, part, limit=limit, offset=offset)
    by = read_definitions(context.connection, center).find_in_force(key, span)
    figure = results.find_figure(context.connection, center, key, span)
    sealed = figure if figure is not None and figure.vintage else None
    _print_page(context, by, span, part, page, offset, sealed, as_objects=as_objects)


def print_rows_then(
    context: CenterContext,
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
    figures = read_figures_as_known(context.connection, context.code, span, on)
    figure = next((one for one in figures if one.indicator == key), None)
    if figure is None:
        click.echo(_NOTHING_THEN)
        return
    page = read_rows_as_of(context.connection, figure, part, limit=limit, offset=offset)
    if as_objects:
        print_json(serialize_rows(page))
        return
    title = INDICATORS[key].title
    click.echo(
        f"{context.center.name} {span.label} {title}的{figure_report.name_side(part)}，"
        f"{figure_report.format_earlier_value(figure)}"
    )
    click.echo("\n".join(figure_report.format_rows_as_of(page, offset, figure)))


def _print_page(
    context: CenterContext,
    by: Indicator,
    span: Period,
    part: str,
    page: RowPage,
    offset: int,
    sealed: Figure | None,
    *,
    as_objects: bool,
) -> None:
    if as_objects:
        print_json(serialize_rows(page))
        return
    click.echo(f"{context.center.name} {span.label} {by.title}的{figure_report.name_side(part)}")
    click.echo("\n".join(figure_report.format_rows(page, offset, sealed)))


def print_traced(context: CenterContext, traced: TracedFigure, part: str, limit: int, offset: int) -> None:
    """The figure of a code, the first rows behind it as they were then, its definition."""
    figure = traced.figure
    click.echo("\n".join(figure_report.format_traced(traced, context.center.name)))
    if figure.indicator not in INDICATORS:
        return
    page = read_rows_as_of(context.connection, figure, part, limit=limit, offset=offset)
    click.echo(f"\n数据日志到第{figure.log_seq:,}号时的明细（{figure_report.name_side(part)}）：")
    click.echo("\n".join(figure_report.format_rows_as_of(page, offset, figure)))
    click.echo("\n口径：")
    by = read_definitions(context.connection, figure.center).version(
        figure.indicator, figure.definition_version
    )
    click.echo(cards.format_card(by))


def _print_csv(rows: list[FigureJson]) -> None:
    """One line a figure; None is an empty cell. Nothing where there are no figures."""
    if rows:
        text = io.StringIO()
        lines = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
        lines.writeheader()
        lines.writerows(rows)
        click.echo(text.getvalue(), nl=False)


def print_json(value: object) -> None:
    """JSON with an indent of two; Chinese stays as it is."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
