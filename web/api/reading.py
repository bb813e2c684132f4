"""What machines read: figures, the rows behind them, coverage, definitions, codes and scores."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from flask import Response, abort, request

from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.evaluation.scheme_files import list_scheme_paths, read_scheme
from kpi.evaluation.scoring import ItemScore, evaluate
from kpi.figures import catalogue, results
from kpi.figures.attainment import judge
from kpi.figures.codes import CodeProblem, read_code
from kpi.figures.coverage import compute_owed_coverage
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import list_units
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.figure import Figure
from kpi.figures.gap import Gap
from kpi.figures.gap_words import find_remedy, word_gap
from kpi.figures.rows import CountedRow, RowsProblem, read_rows
from kpi.figures.serializing import format_coverage, format_exact, serialize_figure
from kpi.figures.sources import SOURCES, Source
from kpi.figures.tracing import TracedFigure, find_code
from tracker.centers import find_center
from tracker.events.times import get_day
from tracker.facts.deliveries import deliveries
from tracker.log.tables import events
from tracker.periods import Month, Period, Year
from web.access import Action, for_machines
from web.access.api_tokens import Scope
from web.access.machines import note_machine
from web.access.masking import mask_cell
from web.api.answers import answer
from web.api.blueprint import api
from web.api.description import Operation, describe
from web.api.models import (
    CodeAnswer,
    CodesAnswer,
    CoverageAnswer,
    CoverageUnitAnswer,
    DefinitionAnswer,
    DefinitionsAnswer,
    FigureAnswer,
    FiguresAnswer,
    GapAnswer,
    RowAnswer,
    RowsAnswer,
    SchemeAnswer,
    SchemesAnswer,
    ScoreAnswer,
    ScoresAnswer,
    SourceCoverageAnswer,
)
from web.instance import (
    get_connection,
    get_instance,
    get_log_connection,
    get_now,
    open_log_transaction,
)
from web.pages.indicator import find_indicator
from web.paging import Paging, read_page_number

ROWS_A_PAGE = 500
_INTEGER = {"type": "integer", "minimum": 1, "default": 1}
_UNBOUNDED = 2**31


@api.get("/centers/<center:center>/figures/<period:period>")
@for_machines(Scope.FIGURES)
@describe(
    Operation(
        summary="一个统计期的指标，连同数据状态、数据完整率、缺失内容和处理办法",
        query={"indicator": {"description": "只要这个指标", "schema": {"type": "string"}}},
        answers={200: ("指标", FiguresAnswer)},
    )
)
def list_figures(center: str, period: Period) -> Response:
    """The figures as they are shown: sealed ones where a month is locked."""
    connection, wanted = get_connection(), request.args.get("indicator")
    if wanted is not None:
        find_indicator(wanted)
    fresh, definitions = results.read_freshness(connection, center), read_definitions(connection, center)
    found = results.read_period(connection, center, period)
    return answer(
        FiguresAnswer(
            center=center,
            period=str(period),
            head_seq=fresh.head_seq,
            computed_seq=fresh.computed_seq,
            current=fresh.current,
            figures=[_build_figure(definitions, one) for one in found if wanted in (None, one.indicator)],
        )
    )


@api.get("/centers/<center:center>/figures/<period:period>/<key>/<any(numerator, denominator):side>")
@for_machines(Scope.ROWS)
@describe(
    Operation(
        summary="指标的分子或分母由哪些行组成，每行出自哪个文件的哪一行；分页",
        query={"page": {"description": f"第几页，每页 {ROWS_A_PAGE} 行", "schema": _INTEGER}},
        answers={200: ("一页明细", RowsAnswer)},
    )
)
def list_rows(center: str, period: Period, key: str, side: str) -> Response:
    """One page of the rows, each with the row of the file that it came from."""
    indicator, asked = find_indicator(key), read_page_number(request.args)
    offset = Paging(_UNBOUNDED, asked, ROWS_A_PAGE).offset
    try:
        found = read_rows(get_connection(), center, key, period, side, limit=ROWS_A_PAGE, offset=offset)
    except RowsProblem as problem:
        abort(404, str(problem))
    paging = Paging(found.count, asked, ROWS_A_PAGE)
    if paging.number != asked:
        abort(404, f"共 {paging.last} 页，没有第 {asked} 页。")
    with open_log_transaction() as connection:
        about = f"{center}：{indicator.title}_{period}_{side} 第 {asked} 页"
        note_machine(connection, Action.EXPORTED, about, details={"rows": len(found.rows)})
    places = _find_places(center, found.rows)
    return answer(
        RowsAnswer(
            center=center,
            period=str(period),
            indicator=key,
            side=side,
            columns=list(found.columns),
            count=found.count,
            total=_to_text(found.total),
            divisor=found.divisor,
            number=format_exact(found.number),
            agrees=found.agrees,
            page=paging.number,
            pages=paging.last,
            rows=[_build_row(found.columns, row, places) for row in found.rows],
        )
    )


@api.get("/centers/<center:center>/coverage/<year:year>")
@for_machines(Scope.FIGURES)
@describe(
    Operation(
        summary="一年内各来源每天或每月的报送情况和缺失内容", answers={200: ("报送情况", CoverageAnswer)}
    )
)
def show_coverage(center: str, year: Year) -> Response:
    """How each day and month of each source stands."""
    today = get_day(get_now())
    backing = read_backing(get_connection(), center, year.first_day, year.end_day, today)
    covered = [_build_coverage(backing, source, year) for source in SOURCES.values()]
    return answer(CoverageAnswer(center=center, year=year.year, sources=covered))


@api.get("/centers/<center:center>/definitions")
@for_machines(Scope.FIGURES)
@describe(Operation(summary="全部指标现行的口径", answers={200: ("口径", DefinitionsAnswer)}))
def list_definitions(center: str) -> Response:
    """All indicators by the definitions in force this month."""
    groups = read_definitions(get_connection(), center).groups(Month.of(get_day(get_now())))
    found = [
        DefinitionAnswer(
            indicator=one.key,
            title=one.title,
            group=group,
            unit=one.unit,
            version=one.version,
            card=catalogue.build_card(one),
        )
        for group, indicators in groups
        for one in indicators
    ]
    return answer(DefinitionsAnswer(center=center, definitions=found))


@api.get("/centers/<center:center>/codes/<code>")
@for_machines(Scope.FIGURES)
@describe(
    Operation(summary="由溯源码找回那个数，以及现在显示的数", answers={200: ("溯源码指的数", CodesAnswer)})
)
def trace_code(center: str, code: str) -> Response:
    """The figure of a code, of this centre alone."""
    try:
        found = find_code(get_connection(), code, center)
    except CodeProblem as problem:
        abort(404, str(problem))
    definitions = read_definitions(get_connection(), center)
    traced = [_build_traced(definitions, one) for one in found]
    return answer(CodesAnswer(center=center, code=read_code(code), found=traced))


@api.get("/centers/<center:center>/scores/<year:year>")
@for_machines(Scope.FIGURES)
@describe(Operation(summary="有哪些评价方案，这一年选定了哪一个", answers={200: ("评价方案", SchemesAnswer)}))
def list_schemes(center: str, year: Year) -> Response:
    """All schemes that a year can be scored by."""
    schemes = [read_scheme(path) for path in list_scheme_paths(get_instance().home).values()]
    chosen = find_chosen_scheme(get_connection(), center, year.year)
    return answer(
        SchemesAnswer(
            center=center,
            year=year.year,
            chosen=chosen.scheme if chosen else None,
            schemes=[SchemeAnswer(scheme=one.key, title=one.title) for one in schemes],
        )
    )


@api.get("/centers/<center:center>/scores/<year:year>/<scheme>")
@for_machines(Scope.FIGURES)
@describe(
    Operation(
        summary="一年按一个评价方案的得分：规则得分、专家评分、最后得分",
        answers={200: ("得分", ScoresAnswer)},
    )
)
def show_scores(center: str, year: Year, scheme: str) -> Response:
    """The centre's year by a scheme, with the reason of every score."""
    home, paths = get_instance().home, list_scheme_paths(get_instance().home)
    if scheme not in paths:
        abort(404, f"没有评价方案“{scheme}”；现有 {'、'.join(paths)}。")
    chosen, connection = read_scheme(paths[scheme]), get_connection()
    center_row = find_center(get_log_connection(), center)
    found = evaluate(chosen, read_center_facts(connection, center_row, chosen, year.year, get_now(), home))
    low, high = found.span
    return answer(
        ScoresAnswer(
            center=center,
            year=year.year,
            scheme=chosen.key,
            title=chosen.title,
            total=_to_text(found.total),
            low=_to_text(low),
            high=_to_text(high),
            full=_to_text(chosen.total),
            rating=found.rating,
            items=[_build_score(one) for one in found.items],
        )
    )


def _build_figure(definitions: Definitions, figure: Figure) -> FigureAnswer:
    indicator = definitions.version(figure.indicator, figure.definition_version)
    judged = judge(indicator, figure)
    return FigureAnswer.model_validate(
        serialize_figure(figure)
        | {
            "title": indicator.title,
            "gaps": [_build_gap(gap) for gap in figure.gaps],
            "attainment": judged.attainment.value if judged else None,
            "attainment_remark": judged.remark or None if judged else None,
        }
    )


def _build_gap(gap: Gap) -> GapAnswer:
    return GapAnswer(
        code=gap.code.value,
        source=gap.source,
        source_title=SOURCES[gap.source].title,
        sentence=word_gap(gap),
        remedy=find_remedy(gap),
    )


def _build_traced(definitions: Definitions, traced: TracedFigure) -> CodeAnswer:
    return CodeAnswer(
        figure=_build_figure(definitions, traced.figure),
        since=traced.since,
        since_seq=traced.since_seq,
        stands=traced.stands,
        now=_build_figure(definitions, traced.now) if traced.now else None,
    )


def _build_coverage(backing: Backing, source: Source, year: Year) -> SourceCoverageAnswer:
    begun = [month for month in year.months if month.first_day < backing.today]
    whole = compute_owed_coverage(backing, source, begun or year.months[:1])
    return SourceCoverageAnswer(
        source=source.key,
        title=source.title,
        unit=source.unit,
        expected=whole.expected,
        backed=whole.backed,
        coverage=format_coverage(whole.share),
        missing=whole.named,
        remedy=source.remedy,
        as_of=backing.as_of.get(source.delivery),
        units=[
            CoverageUnitAnswer(
                first_day=unit.first_day,
                state=unit.state.value,
                lacking=max(0, unit.lacking),
                held=unit.held,
            )
            for month in year.months
            for unit in list_units(backing, source, month)
        ],
    )


def _build_score(score: ItemScore) -> ScoreAnswer:
    rule, panel, span = score.rule, score.panel, score.span
    return ScoreAnswer(
        code=score.item.code,
        title=score.item.title,
        weight=_to_text(score.item.weight),
        actual=score.told.text,
        rule_points=_to_text(rule.points) if rule else None,
        rule_reason=rule.reason if rule else None,
        panel_points=_to_text(panel.mean) if panel else None,
        points=_to_text(score.final.points),
        reason=score.final.reason,
        verdict=score.verdict.value,
        unverifiable=score.told.unverifiable,
        low=_to_text(span[0]) if span else None,
        high=_to_text(span[1]) if span else None,
    )


FilePlace = tuple[str | None, str | None, str | None, int | None]  # delivery, file name, SHA-256, row


def _find_places(center: str, rows: list[CountedRow]) -> Mapping[int, FilePlace]:
    """Event number → where in which file it was told."""
    joined = events.outerjoin(
        deliveries,
        sa.and_(deliveries.c.center_id == events.c.center_id, deliveries.c.delivery == events.c.delivery),
    )
    wanted = sa.select(
        events.c.seq, events.c.delivery, deliveries.c.file_name, deliveries.c.sha256, events.c.row
    ).select_from(joined)
    among = events.c.seq.in_({row.seq for row in rows})
    found = get_connection().execute(wanted.where(events.c.center_id == center, among))
    return {seq: (delivery, name, sha256, row) for seq, delivery, name, sha256, row in found}


def _build_row(columns: tuple[str, ...], row: CountedRow, places: Mapping[int, FilePlace]) -> RowAnswer:
    delivery, file_name, sha256, number = places.get(row.seq, (None, None, None, None))
    return RowAnswer(
        subject=row.subject,
        seq=row.seq,
        day=row.day,
        counted=row.counted,
        adds=f"{row.adds:f}",
        cells={title: _to_plain(cell) for title, cell in zip(columns, row.cells, strict=True)},
        delivery=delivery,
        file_name=file_name,
        sha256=sha256,
        row=number,
    )


def _to_plain(cell: Any) -> Any:
    """A cell as JSON: decimals and times as text, telephones within text masked."""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return mask_cell(cell) if isinstance(cell, str) else cell


def _to_text(number: Fraction) -> str:
    text = format_exact(number)
    assert text is not None
    return text
