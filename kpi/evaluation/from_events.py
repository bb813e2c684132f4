"""What a centre's log tells of a scheme's indicators: figures, sums, attestations, marks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.actual import Actual, Amount, Met
from kpi.evaluation.attesting import attested_value
from kpi.evaluation.averaging import Days, Divisor, feeds, read_days
from kpi.evaluation.claims.claim import Printed, printed, truncated
from kpi.evaluation.counting import Counted, counted
from kpi.evaluation.facts import Contradiction, Facts, Mark, Told
from kpi.evaluation.facts_files import unit_of
from kpi.evaluation.numbers import rounded
from kpi.evaluation.scheme import Feed, Item, Point, Scheme, Take
from kpi.evaluation.scheme_checks import factor
from kpi.evaluation.scheme_checks import unit_of as fed_unit
from kpi.figures import results
from kpi.figures.coverage import Coverage
from kpi.figures.definitions.in_force import PACKAGED, Definitions, definitions_for
from kpi.figures.evidence import figure_in_force, read_evidence
from kpi.figures.figure import Figure, Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.units import unit_of as unit_of_part
from kpi.figures.judging import Evidence
from kpi.figures.measures import MEASURES
from kpi.tables import number_text as separated
from kpi.tables import parts_text, value_text
from tracker.centers import Center
from tracker.events.times import day_of
from tracker.facts.documents import documents
from tracker.facts.evaluation import attestations, expert_marks
from tracker.periods import Year
from tracker.workdays import CalendarUnknown

NOT_ATTESTED = "尚未填报，也没有证明文件"


@dataclass(frozen=True)
class Log:
    """Everything of a centre's year that a scheme may ask for."""

    year: Year
    figures: Mapping[str, Figure]  # of the year
    evidence: Evidence
    attested: Mapping[str, Any]  # code → row of attestations
    marks: Mapping[str, tuple[Mark, ...]]
    days: Days

    def figure(self, key: str) -> Figure | None:
        """The year's figure of an indicator."""
        return self.figures.get(key)

    def coverage(self, figure: str) -> Coverage:
        """What backs an indicator's figure of the year."""
        indicator = INDICATORS[figure]
        return self.evidence.coverage(indicator.needs, indicator.months(self.year))

    def divisor(self, figure: str, take: Take) -> Divisor:
        """What a mean is taken over. Raises: CalendarUnknown."""
        return self.days.divisor(figure, take, self.coverage(figure), self.evidence.backing)


def facts_of_center(
    connection: sa.Connection,
    center: Center,
    scheme: Scheme,
    year: int,
    now: datetime,
    home: Path | None = None,
) -> Facts:
    """The facts of a scheme for a centre's year, as computed so far; call `bring_up_to_date` before.

    `home` is the instance's folder, which may hold calendars of further years.
    """
    told = read_log(connection, center.center_id, scheme, Year(year), now, home=home)
    return facts_of_log(told, scheme, f"{center.name}{year}年")


def facts_of_log(told: Log, scheme: Scheme, title: str) -> Facts:
    """What was read, indicator by indicator."""
    return Facts(
        scheme=scheme.key,
        title=title,
        items={item.code: _told(told, item) for item in scheme.items},
        center=told.evidence.center,
        year=told.year.year,
    )


def read_log(
    connection: sa.Connection,
    code: str,
    scheme: Scheme,
    year: Year,
    now: datetime,
    *,
    as_if: bool = False,
    home: Path | None = None,
) -> Log:
    """Everything that a scheme asks for. With `as_if` the figures are computed as if it were `now`: by all
    that is recorded, but only of days that have ended by then."""
    definitions = definitions_for(connection, code) if as_if else PACKAGED
    evidence = read_evidence(
        connection, code, year.year, figures_asked(scheme) if as_if else (), seq=0, now=now,
        definitions=definitions, measures=measures_asked(scheme),
    )  # fmt: skip
    if as_if:
        figures = _figures_as_if(evidence, definitions, scheme, year)
    else:
        figures = {one.indicator: one for one in results.of_period(connection, code, year)}
    attested, marks = _told_by_people(connection, code, scheme, year)
    days = read_days(connection, code, scheme, year, day_of(now), home)
    return Log(year=year, figures=figures, evidence=evidence, attested=attested, marks=marks, days=days)


def figures_asked(scheme: Scheme) -> set[str]:
    """The indicators that a scheme takes values of, for its own indicators and for points of its lists."""
    points = {key for key in _conditions(scheme) if key in INDICATORS}
    return points | {
        feed.figure for item in scheme.items for feed in feeds(item.feed) if feed.figure is not None
    }


def measures_asked(scheme: Scheme) -> set[str]:
    """The measures that a scheme takes sums of."""
    points = {key for key in _conditions(scheme) if key not in INDICATORS}
    return points | {
        feed.measure for item in scheme.items for feed in feeds(item.feed) if feed.measure is not None
    }


def _conditions(scheme: Scheme) -> set[str]:
    asked = (point.condition for item in scheme.items for point in item.points)
    return {condition.counted for condition in asked if condition is not None}


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
            *(told.value, told.attested_by, told.documents, told.remark, told.reason),
            on_file.label("on_file"),
        ),
        of(expert_marks, given.expert, given.points, *[nothing] * 5, sa.cast(sa.null(), sa.BigInteger)),
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
    if item.feed.automatic:
        return _of_log(log, item, item.feed, marks)
    if item.feed.checks is not None:
        return _of_checked_number(log, item, item.feed.checks, marks)
    return _of_people(log, item, marks)


def _of_log(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    """What a feed takes of the log; an attested number where the scheme lets that stand in for it."""
    told = _counted_value(log, item, feed, marks)
    row = log.attested.get(item.code)
    if row is None or not item.no_backing or _unproved(item, row):
        return told
    if told.actual is None and not told.unverifiable:
        return told
    attested = attested_value(item, row.value)
    if told.unverifiable:
        note = f"{_signed(row)}；{told.note}"
        return Told(actual=attested, marks=marks, note=note, backed=False)
    signed = Told(actual=attested, marks=marks, note=_signed(row), backed=False)
    return _held_against(log, item, row, feed, signed, told, unsure=told)


def _of_checked_number(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    """An attested number, held against what the log counts; without one, what the log counts."""
    row, told = log.attested.get(item.code), _counted_value(log, item, feed, marks)
    if row is None or _unproved(item, row):
        untold = NOT_ATTESTED if row is None else _signed(row)
        if told.actual is None:
            return Told(unverifiable=True, marks=marks, note=f"{untold}；系统数据：{told.note}")
        return replace(told, note=_joined(untold, "按系统数据计分", told.note))
    note = _joined(_signed(row), "" if told.actual is None else told.note)
    signed = Told(actual=attested_value(item, row.value), marks=marks, note=note)
    if told.actual is None:
        return replace(signed, note=f"{note}；系统数据：{told.note}")
    return _held_against(log, item, row, feed, signed, told, unsure=signed)


def _held_against(
    log: Log, item: Item, row: Any, feed: Feed, signed: Told, told: Told, *, unsure: Told
) -> Told:
    """An attested number against what the log counts.

    They agree where the log's number is the attested one at its places; then the exact one is scored. Where
    the log is not whole, only a number outside the bounds of what it may be contradicts it.
    """
    given, exact = signed.actual, told.actual
    assert isinstance(given, Amount) and isinstance(exact, Amount)
    if agrees(printed(row.value), exact.value):
        return replace(told, note=_joined(_signed(row), told.note))
    if not told.backed and _within(given, told.ends):
        return unsure
    found = Contradiction(
        of=item.title,
        attested=str(given),
        attested_by=row.attested_by,
        counted=f"{exact}（{_basis(log, feed, told)}）",
        figure=feed.figure,
        reason=row.reason,
    )
    holds = signed if row.reason else told
    return replace(holds, note=_joined(found.sentence, holds.note), contradictions=(found,))


def _basis(log: Log, feed: Feed, told: Told) -> str:
    """The figure or sum that a number is taken of."""
    if feed.figure is None:
        return MEASURES[feed.measure or ""].title
    title, figure = INDICATORS[feed.figure].title, log.figures[feed.figure]
    if feed.take.averages:
        return f"{title}{told.note}"
    parts = parts_text(figure)
    return f"{title}{value_text(figure)}" + (f"，{parts}" if parts else "")


def agrees(given: Printed, exact: Fraction) -> bool:
    """Whether a printed number is the exact one at its places, rounded half up or cut off."""
    return given.value in (rounded(exact, given.places), truncated(exact, given.places))


def _within(given: Amount, ends: tuple[Actual, Actual] | None) -> bool:
    """Whether a number may still be right; always where nothing bounds it."""
    values = [one.value for one in ends or () if isinstance(one, Amount)]
    return not values or min(values) <= given.value <= max(values)


def _counted_value(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    """The number that a feed takes of the log."""
    return _of_figure(log, item, feed, marks) if feed.figure else _of_measure(log, item, feed, marks)


def _of_figure(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    assert feed.figure is not None
    figure = log.figures.get(feed.figure)
    if figure is None:
        return Told(unverifiable=True, marks=marks, note="这一年还没有这个指标的数字")
    if figure.status is Status.NOT_APPLICABLE:
        return Told(shown="不适用", marks=marks, note=figure.reason)
    if figure.status is Status.UNVERIFIABLE or figure.numerator is None:
        return Told(unverifiable=True, marks=marks, note=figure.reason)
    try:
        value, mean = _taken(log, feed, figure)
    except CalendarUnknown as problem:
        return Told(shown="无法计算", marks=marks, note=str(problem).rstrip("。"))
    if value is None:
        return Told(shown="不适用", marks=marks, note=figure.reason)
    note = _joined(mean, "" if figure.status is Status.VERIFIABLE else f"{figure.status}：{figure.reason}")
    told = number_told(item, value, marks, note, figure.coverage == 1, figure.provisional)
    if figure.status is not Status.VERIFIABLE:
        told = replace(told, actual=_bounded(item, feed, told, figure))
    return replace(told, ends=_ends(item, feed, figure))


def _ends(item: Item, feed: Feed, figure: Figure) -> tuple[Actual, Actual] | None:
    """The worst and the best that a partly verifiable value may be; None where nothing bounds it."""
    if figure.status is not Status.PARTLY or feed.take is not Take.VALUE:
        return None
    if figure.low is None or figure.high is None:
        return None
    low, high = (
        number_told(item, Fraction(bound), (), "", True, False).actual for bound in (figure.low, figure.high)
    )
    assert low is not None and high is not None
    return low, high


def _taken(log: Log, feed: Feed, figure: Figure) -> tuple[Fraction | None, str]:
    """The number taken of a figure, None where there is nothing to divide by; of a mean also its parts.

    Raises: CalendarUnknown.
    """
    above, below = figure.numerator or Fraction(0), figure.denominator
    formula = INDICATORS[figure.indicator].formula
    match feed.take:
        case Take.VALUE:
            return (above * formula.times if below is None else above * formula.times / below), ""
        case Take.NUMERATOR:
            return above, ""
        case Take.DENOMINATOR:
            return below, ""
        case Take.SHORTFALL:
            return (None if below is None else below - above), ""
        case _:
            divisor = log.divisor(figure.indicator, feed.take)
            told = f"{separated(above)}{unit_of_part(formula.numerator)}÷{divisor}"
            return (above / divisor.count, told) if divisor.count else (None, "")


def _bounded(item: Item, feed: Feed, told: Told, figure: Figure) -> Actual | None:
    """The number that was taken of a figure that is not wholly known, with the figure's bounds."""
    if not isinstance(told.actual, Amount):
        return told.actual
    ends = _ends(item, feed, figure)
    if ends is None:
        return replace(told.actual, known=False)
    low, high = ends
    assert isinstance(low, Amount) and isinstance(high, Amount)
    return replace(told.actual, known=False, low=low.value, high=high.value)


def _of_measure(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    measure = MEASURES[feed.measure or ""]
    coverage = log.evidence.coverage(measure.needs, log.year.months)
    if not coverage.share:
        return Told(unverifiable=True, marks=marks, note=_lacking(coverage))
    value = Fraction(log.evidence.sums.total(measure.key, coverage.counted))
    provisional = log.year.end_day > log.evidence.backing.today
    note = "" if coverage.share == 1 else f"{Status.PARTLY}：{coverage.gaps}。"
    return number_told(item, value, marks, note, coverage.share == 1, provisional)


def _lacking(coverage: Coverage) -> str:
    return f"没有交付{'、'.join(one.source.title for one in coverage.sources)}"


def number_told(
    item: Item, value: Fraction, marks: tuple[Mark, ...], note: str, backed: bool, provisional: bool
) -> Told:
    fed, unit = fed_unit(item.feed.checks or item.feed), unit_of(item)
    times = factor(fed, unit) if fed is not None and unit else None
    actual = Amount(value * times if times else value, unit)
    return Told(actual=actual, marks=marks, note=note, backed=backed, provisional=provisional)


def _of_people(log: Log, item: Item, marks: tuple[Mark, ...]) -> Told:
    """What was attested, with the points that the log counts."""
    row = log.attested.get(item.code)
    proved = row is not None and not _unproved(item, row)
    signed = NOT_ATTESTED if row is None else _signed(row)
    known = [None if point.condition is None else counted(log, point.condition) for point in item.points]
    if not proved and not any(one is not None and one.met is not None for one in known):
        return Told(unverifiable=True, marks=marks, note=signed)
    given: Actual = Met((None,) * len(item.points))
    if proved and row is not None:
        given = attested_value(item, row.value)
    if not isinstance(given, Met):
        return Told(actual=given, marks=marks, note=signed)
    judged = [
        _judged(point, met, one, row)
        for point, met, one in zip(item.points, given.points, known, strict=True)
    ]
    ends = tuple(Met(tuple(one.ends[end] for one in judged)) for end in (0, 1))
    return Told(
        actual=Met(tuple(one.met for one in judged)),
        marks=marks,
        note=_joined(signed, *(one.note for one in judged)),
        ends=(ends[0], ends[1]) if ends[0] != ends[1] else None,
        contradictions=tuple(one.contradiction for one in judged if one.contradiction),
    )


@dataclass(frozen=True)
class _Judged:
    """One point of a list: whether it is met, at its worst and best, and why."""

    met: bool | None
    ends: tuple[bool | None, bool | None]
    note: str = ""
    contradiction: Contradiction | None = None


def _judged(point: Point, attested: bool | None, counted: Counted | None, row: Any) -> _Judged:
    """A point as attested, as the log counts it, or both."""
    if counted is None:
        return _Judged(attested, (attested, attested))
    if point.when is not None or (attested is None and counted.met is not None):
        return _Judged(counted.met, counted.ends, counted.words)
    if counted.met is None or attested == counted.met:
        return _Judged(attested, (attested, attested), counted.words)
    if not counted.sure:
        told = f"{counted.words}，还不能据以否定填报，“{point.text}”按填报计分"
        return _Judged(attested, (attested, attested), told)
    found = Contradiction(
        of=point.text,
        attested=f"“{_WORDS[attested]}”",
        attested_by=row.attested_by,
        counted=f"“{_WORDS[counted.met]}”（{counted.words}）",
        figure=counted.figure,
        reason=row.reason,
    )
    met = attested if row.reason else counted.met
    return _Judged(met, (met, met), found.sentence, found)


_WORDS = {True: "是", False: "否", None: "?"}


def _joined(*told: str) -> str:
    return "；".join(one for one in told if one)


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
