"""What a centre's log tells of a scheme's indicators: figures, sums, attestations, marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.actual import Actual, Amount, Met
from kpi.evaluation.attesting import attested_value
from kpi.evaluation.facts import Facts, Mark, Told
from kpi.evaluation.facts_files import unit_of
from kpi.evaluation.scheme import Item, Point, Scheme, Take
from kpi.evaluation.scheme_checks import factor
from kpi.evaluation.scheme_checks import unit_of as fed_unit
from kpi.figures import results
from kpi.figures.coverage import Coverage
from kpi.figures.definitions.in_force import PACKAGED, Definitions, definitions_for
from kpi.figures.evidence import figure_in_force, read_evidence
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.judging import Evidence
from kpi.figures.measures import MEASURES
from kpi.tables import parts_text, value_text
from tracker.centers import Center
from tracker.facts.documents import documents
from tracker.facts.evaluation import attestations, expert_marks
from tracker.periods import Year

NOT_ATTESTED = "尚未填报，也没有证明文件"


@dataclass(frozen=True)
class Log:
    """Everything of a centre's year that a scheme may ask for."""

    year: Year
    figures: Mapping[str, Figure]  # of the year
    evidence: Evidence
    attested: Mapping[str, Any]  # code → row of attestations
    marks: Mapping[str, tuple[Mark, ...]]


def facts_of_center(
    connection: sa.Connection, center: Center, scheme: Scheme, year: int, now: datetime
) -> Facts:
    """The facts of a scheme for a centre's year, as computed so far; call `bring_up_to_date` before."""
    told = read_log(connection, center.center_id, scheme, Year(year), now)
    return facts_of_log(told, scheme, f"{center.name}{year}年")


def facts_of_log(told: Log, scheme: Scheme, title: str) -> Facts:
    """What was read, indicator by indicator."""
    return Facts(
        scheme=scheme.key, title=title, items={item.code: _told(told, item) for item in scheme.items}
    )


def read_log(
    connection: sa.Connection, code: str, scheme: Scheme, year: Year, now: datetime, *, as_if: bool = False
) -> Log:
    """Everything that a scheme asks for. With `as_if` the figures are computed as if it were `now`: by all
    that is recorded, but only of days that have ended by then."""
    measures = {item.feed.measure for item in scheme.items if item.feed.measure is not None}
    definitions = definitions_for(connection, code) if as_if else PACKAGED
    evidence = read_evidence(
        connection, code, year.year, figures_asked(scheme) if as_if else (), seq=0, now=now,
        definitions=definitions, measures=measures,
    )  # fmt: skip
    if as_if:
        figures = _figures_as_if(evidence, definitions, scheme, year)
    else:
        figures = {one.indicator: one for one in results.of_period(connection, code, year)}
    attested, marks = _told_by_people(connection, code, scheme, year)
    return Log(year=year, figures=figures, evidence=evidence, attested=attested, marks=marks)


def figures_asked(scheme: Scheme) -> set[str]:
    """The indicators that a scheme takes values of, for its own indicators and for points of its lists."""
    points = {point.figure for item in scheme.items for point in item.points}
    return {key for key in {item.feed.figure for item in scheme.items} | points if key is not None}


def _figures_as_if(
    evidence: Evidence, definitions: Definitions, scheme: Scheme, year: Year
) -> dict[str, Figure]:
    found = {key: figure_in_force(evidence, definitions, key, year) for key in figures_asked(scheme)}
    return {key: figure for key, figure in found.items() if figure is not None}


def _told_by_people(
    connection: sa.Connection, center: str, scheme: Scheme, year: Year
) -> tuple[dict[str, Any], dict[str, tuple[Mark, ...]]]:
    """Code → what was attested, code → marks by expert. One statement."""

    def of(table: sa.Table, *columns: Any) -> sa.Select[Any]:
        told = table.c
        chosen = sa.select(told.indicator, *columns)
        return chosen.where(told.center_id == center, told.scheme == scheme.key, told.period == str(year))

    told, given, nothing = attestations.c, expert_marks.c, sa.cast(sa.null(), sa.Text)
    on_file = (
        sa.select(sa.func.count(documents.c.sha256.distinct()))
        .where(
            documents.c.center_id == center,
            documents.c.sha256 == sa.any_(sa.func.string_to_array(told.documents, " ")),
            ~documents.c.withdrawn,
        )
        .scalar_subquery()
    )
    rows = sa.union_all(
        of(
            attestations,
            nothing.label("expert"),
            sa.cast(sa.null(), sa.Numeric).label("points"),
            *(told.value, told.attested_by, told.documents, told.remark),
            on_file.label("on_file"),
        ),
        of(expert_marks, given.expert, given.points, *[nothing] * 4, sa.cast(sa.null(), sa.BigInteger)),
    )
    attested: dict[str, Any] = {}
    marks: dict[str, tuple[Mark, ...]] = {}
    for row in connection.execute(rows.order_by("expert")).all():
        if row.expert is None:
            attested[row.indicator] = row
        else:
            marks[row.indicator] = (*marks.get(row.indicator, ()), Mark(row.expert, Fraction(row.points)))
    return attested, marks


def _told(log: Log, item: Item) -> Told:
    marks = log.marks.get(item.code, ())
    if item.feed.figure is not None:
        return _of_figure(log, item, marks)
    if item.feed.measure is not None:
        return _of_measure(log, item, marks)
    return _of_people(log, item, marks)


def _of_figure(log: Log, item: Item, marks: tuple[Mark, ...]) -> Told:
    assert item.feed.figure is not None
    figure = log.figures.get(item.feed.figure)
    if figure is None:
        return _of_attested_number(log, item, marks, "这一年还没有这个指标的数字")
    if figure.status is Status.NOT_APPLICABLE:
        return Told(shown="不适用", marks=marks, note=figure.reason)
    if figure.status is Status.UNVERIFIABLE or figure.numerator is None:
        return _of_attested_number(log, item, marks, figure.reason)
    value = _taken(log, item, figure)
    if value is None:
        return Told(shown="不适用", marks=marks, note=figure.reason)
    note = "" if figure.status is Status.VERIFIABLE else figure.reason
    return number_told(item, value, marks, note, figure.coverage == 1, figure.provisional)


def _taken(log: Log, item: Item, figure: Figure) -> Fraction | None:
    """The number that an item takes of a figure; None where there is nothing to divide by."""
    above, below = figure.numerator or Fraction(0), figure.denominator
    indicator = INDICATORS[figure.indicator]
    coverage = log.evidence.coverage(indicator.needs, indicator.months(log.year))
    match item.feed.take:
        case Take.VALUE:
            times = indicator.formula.times
            return above * times if below is None else above * times / below
        case Take.NUMERATOR:
            return above
        case Take.DENOMINATOR:
            return below
        case Take.SHORTFALL:
            return None if below is None else below - above
        case Take.PER_MONTH:
            return _per(above, len(coverage.counted))
        case Take.PER_DAY:
            return _per(above, coverage.sources[0].backed)


def _per(value: Fraction, count: int) -> Fraction | None:
    return value / count if count else None


def _of_measure(log: Log, item: Item, marks: tuple[Mark, ...]) -> Told:
    measure = MEASURES[item.feed.measure or ""]
    coverage = log.evidence.coverage(measure.needs, log.year.months)
    if not coverage.share:
        return Told(unverifiable=True, marks=marks, note=_lacking(coverage))
    value = Fraction(log.evidence.sums.total(measure.key, coverage.counted))
    provisional = log.year.end_day > log.evidence.backing.today
    note = "" if coverage.share == 1 else f"{coverage.gaps}。"
    return number_told(item, value, marks, note, coverage.share == 1, provisional)


def _lacking(coverage: Coverage) -> str:
    return f"没有交付{'、'.join(one.source.title for one in coverage.sources)}"


def number_told(
    item: Item, value: Fraction, marks: tuple[Mark, ...], note: str, backed: bool, provisional: bool
) -> Told:
    fed, unit = fed_unit(item), unit_of(item)
    times = factor(fed, unit) if fed is not None and unit else None
    actual = Amount(value * times if times else value, unit)
    return Told(actual=actual, marks=marks, note=note, backed=backed, provisional=provisional)


def _of_attested_number(log: Log, item: Item, marks: tuple[Mark, ...], reason: str) -> Told:
    """An attested number in place of a figure that nothing backs, where the scheme lets it count for less."""
    row = log.attested.get(item.code)
    if row is None or not item.no_backing or _unproved(item, row):
        return Told(unverifiable=True, marks=marks, note=reason)
    return Told(
        actual=attested_value(item, row.value), marks=marks, note=f"{_signed(row)}；{reason}", backed=False
    )


def _of_people(log: Log, item: Item, marks: tuple[Mark, ...]) -> Told:
    """What was attested, with the points that figures decide."""
    row = log.attested.get(item.code)
    decided = {place: _decided(log, point) for place, point in enumerate(item.points) if point.figure}
    if row is None and not any(met is not None for met, _ in decided.values()):
        return Told(unverifiable=True, marks=marks, note=NOT_ATTESTED)
    if row is not None and _unproved(item, row):
        return Told(unverifiable=True, marks=marks, note=_signed(row))
    actual: Actual
    actual = Met((None,) * len(item.points)) if row is None else attested_value(item, row.value)
    if isinstance(actual, Met):
        met = [decided[place][0] if place in decided else one for place, one in enumerate(actual.points)]
        actual = Met(tuple(met))
    notes = [NOT_ATTESTED if row is None else _signed(row), *(note for _, note in decided.values())]
    return Told(actual=actual, marks=marks, note="；".join(notes))


def _decided(log: Log, point: Point) -> tuple[bool | None, str]:
    """Whether a figure meets a point's target, and the figure in words; None where it has no value."""
    assert point.figure is not None and point.target is not None
    figure, title = log.figures.get(point.figure), INDICATORS[point.figure].title
    if figure is None or figure.value is None or figure.numerator is None:
        return None, f"{title}无法核实"
    exact = figure.numerator * INDICATORS[point.figure].formula.times
    value = exact / figure.denominator if figure.denominator else exact
    return point.target.met(value), f"{title}{value_text(figure)}（{parts_text(figure)}）"


def _unproved(item: Item, row: Any) -> bool:
    """Whether an attested value has lost the documents that it needs."""
    return item.needs_document and not row.on_file


def _signed(row: Any) -> str:
    """Who attested a value, and how many of its documents are on file."""
    listed = len(row.documents.split())
    told = f"{row.attested_by}填报" + (f"，附{listed}份文件" if listed else "，没有附文件")
    if lost := listed - row.on_file:
        told += f"（{lost}份已不在档）"
    return f"{told}；{row.remark}" if row.remark else told
