"""What a centre's log tells of a scheme's indicators, held against what was attested."""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.actual import Actual, Amount, MetPoints
from kpi.evaluation.attesting import read_attested_value
from kpi.evaluation.claims.claim import PrintedNumber, read_printed_number, truncate
from kpi.evaluation.counting import ConditionResult, evaluate_condition
from kpi.evaluation.facts import Contradiction, EvaluationFacts, ItemFacts, Mark
from kpi.evaluation.feed_values import join_notes, take_number
from kpi.evaluation.numbers import round_half_up_to
from kpi.evaluation.scheme import Feed, ListPoint, Scheme, SchemeItem
from kpi.evaluation.year_log import YearLog, read_log
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from kpi.terminal_tables import format_parts, format_value
from tracker.centers import Center
from tracker.periods import Year

NOT_ATTESTED = "未填报，未提供佐证材料"


def read_center_facts(
    connection: sa.Connection,
    center: Center,
    scheme: Scheme,
    year: int,
    now: datetime,
    home: Path | None = None,
) -> EvaluationFacts:
    """The facts of a scheme for a centre's year, as computed so far; call `bring_up_to_date` before.

    `home` is the instance's folder, which may hold calendars of further years.
    """
    year_log = read_log(connection, center.center_id, scheme, Year(year), now, home=home)
    return derive_facts(year_log, scheme, f"{center.name}{year}年")


def derive_facts(log: YearLog, scheme: Scheme, title: str) -> EvaluationFacts:
    """What was read, indicator by indicator."""
    return EvaluationFacts(
        scheme=scheme.key,
        title=title,
        items={item.code: _derive_item_facts(log, item) for item in scheme.items},
        center=log.evidence.center,
        year=log.year.year,
    )


def _derive_item_facts(log: YearLog, item: SchemeItem) -> ItemFacts:
    marks = log.marks.get(item.code, ())
    if item.feed.automatic:
        return _take_from_log(log, item, item.feed, marks)
    if item.feed.checks is not None:
        return _take_checked_number(log, item, item.feed.checks, marks)
    return _take_attested(log, item, marks)


def _take_from_log(log: YearLog, item: SchemeItem, feed: Feed, marks: tuple[Mark, ...]) -> ItemFacts:
    """What a feed takes of the log; an attested number where the scheme lets that stand in for it."""
    number = take_number(log, item, feed, marks)
    row = log.attested.get(item.code)
    if row is None or not item.no_backing or _is_unproved(item, row):
        return number
    if number.actual is None and not number.unverifiable:
        return number
    attested = read_attested_value(item, row.value)
    if number.unverifiable:
        note = f"{_describe_signature(row)}；{number.note}"
        return ItemFacts(actual=attested, marks=marks, note=note, backed=False)
    signed = ItemFacts(actual=attested, marks=marks, note=_describe_signature(row), backed=False)
    return _compare_with_log(log, item, row, feed, signed, number, unsure=number)


def _take_checked_number(log: YearLog, item: SchemeItem, feed: Feed, marks: tuple[Mark, ...]) -> ItemFacts:
    """An attested number, held against what the log counts; without one, what the log counts."""
    row, counted = log.attested.get(item.code), take_number(log, item, feed, marks)
    if row is None or _is_unproved(item, row):
        untold = NOT_ATTESTED if row is None else _describe_signature(row)
        if counted.actual is None:
            return ItemFacts(unverifiable=True, marks=marks, note=f"{untold}；系统数据：{counted.note}")
        return replace(counted, note=join_notes(untold, "按系统数据计分", counted.note))
    note = join_notes(_describe_signature(row), "" if counted.actual is None else counted.note)
    signed = ItemFacts(actual=read_attested_value(item, row.value), marks=marks, note=note)
    if counted.actual is None:
        return replace(signed, note=f"{note}；系统数据：{counted.note}")
    return _compare_with_log(log, item, row, feed, signed, counted, unsure=signed)


def _compare_with_log(
    log: YearLog,
    item: SchemeItem,
    row: Any,
    feed: Feed,
    signed: ItemFacts,
    counted: ItemFacts,
    *,
    unsure: ItemFacts,
) -> ItemFacts:
    """An attested number against what the log counts.

    They agree where the log's number is the attested one at its places; then the exact one is scored. Where
    the log is not whole, only a number outside the bounds of what it may be contradicts it.
    """
    attested, exact = signed.actual, counted.actual
    assert isinstance(attested, Amount) and isinstance(exact, Amount)
    if is_equal_as_printed(read_printed_number(row.value), exact.value):
        return replace(counted, note=join_notes(_describe_signature(row), counted.note))
    if not counted.backed and _is_within(attested, counted.ends):
        return unsure
    found = Contradiction(
        of=item.title,
        attested=str(attested),
        attested_by=row.attested_by,
        counted=f"{exact}（{_describe_basis(log, feed, counted)}）",
        figure=feed.figure,
        reason=row.reason,
    )
    holds = signed if row.reason else counted
    return replace(holds, note=join_notes(found.sentence, holds.note), contradictions=(found,))


def _describe_basis(log: YearLog, feed: Feed, counted: ItemFacts) -> str:
    """The figure or sum that a number is taken of."""
    if feed.figure is None:
        return MEASURES[feed.measure or ""].title
    title, figure = INDICATORS[feed.figure].title, log.figures[feed.figure]
    if feed.take.averages:
        return f"{title}{counted.note}"
    parts = format_parts(figure)
    return f"{title}{format_value(figure)}" + (f"，{parts}" if parts else "")


def is_equal_as_printed(printed: PrintedNumber, exact: Fraction) -> bool:
    """Whether a printed number is the exact one at its places, rounded half up or cut off."""
    return printed.value in (round_half_up_to(exact, printed.places), truncate(exact, printed.places))


def _is_within(amount: Amount, ends: tuple[Actual, Actual] | None) -> bool:
    """Whether a number may still be right; always where nothing bounds it."""
    values = [one.value for one in ends or () if isinstance(one, Amount)]
    return not values or min(values) <= amount.value <= max(values)


def _take_attested(log: YearLog, item: SchemeItem, marks: tuple[Mark, ...]) -> ItemFacts:
    """What was attested, with the points that the log counts."""
    row = log.attested.get(item.code)
    proved = row is not None and not _is_unproved(item, row)
    signed = NOT_ATTESTED if row is None else _describe_signature(row)
    results = [
        None if point.condition is None else evaluate_condition(log, point.condition) for point in item.points
    ]
    if not proved and not any(one is not None and one.met is not None for one in results):
        return ItemFacts(unverifiable=True, marks=marks, note=signed)
    attested: Actual = MetPoints((None,) * len(item.points))
    if proved and row is not None:
        attested = read_attested_value(item, row.value)
    if not isinstance(attested, MetPoints):
        return ItemFacts(actual=attested, marks=marks, note=signed)
    judged = [
        _judge_point(point, met, one, row)
        for point, met, one in zip(item.points, attested.points, results, strict=True)
    ]
    ends = tuple(MetPoints(tuple(one.ends[end] for one in judged)) for end in (0, 1))
    return ItemFacts(
        actual=MetPoints(tuple(one.met for one in judged)),
        marks=marks,
        note=join_notes(signed, *(one.note for one in judged)),
        ends=(ends[0], ends[1]) if ends[0] != ends[1] else None,
        contradictions=tuple(one.contradiction for one in judged if one.contradiction),
    )


@dataclass(frozen=True)
class _PointResult:
    """One point of a list: whether it is met, at its worst and best, and why."""

    met: bool | None
    ends: tuple[bool | None, bool | None]
    note: str = ""
    contradiction: Contradiction | None = None


def _judge_point(
    point: ListPoint, attested: bool | None, counted: ConditionResult | None, row: Any
) -> _PointResult:
    """A point as attested, as the log counts it, or both."""
    if counted is None:
        return _PointResult(attested, (attested, attested))
    if point.when is not None or (attested is None and counted.met is not None):
        return _PointResult(counted.met, counted.ends, counted.words)
    if counted.met is None or attested == counted.met:
        return _PointResult(attested, (attested, attested), counted.words)
    if not counted.sure:
        note = f"{counted.words}，还不能据以否定填报，“{point.text}”按填报计分"
        return _PointResult(attested, (attested, attested), note)
    found = Contradiction(
        of=point.text,
        attested=f"“{_WORDS[attested]}”",
        attested_by=row.attested_by,
        counted=f"“{_WORDS[counted.met]}”（{counted.words}）",
        figure=counted.figure,
        reason=row.reason,
    )
    met = attested if row.reason else counted.met
    return _PointResult(met, (met, met), found.sentence, found)


_WORDS = {True: "是", False: "否", None: "?"}


def _is_unproved(item: SchemeItem, row: Any) -> bool:
    """Whether an attested value has lost the documents that it needs."""
    return item.needs_document and not row.on_file


def _describe_signature(row: Any) -> str:
    """Who attested a value, and how many of its documents are on file."""
    listed = len(row.documents.split())
    text = f"{row.attested_by}填报" + (f"，附{listed}份文件" if listed else "，没有附文件")
    if lost := listed - row.on_file:
        text += f"（{lost}份已不在档）"
    return f"{text}；{row.remark}" if row.remark else text
