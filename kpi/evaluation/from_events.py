"""What a centre's log tells of a scheme's indicators, held against what was attested."""

from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.actual import Actual, Amount, Met
from kpi.evaluation.attesting import attested_value
from kpi.evaluation.claims.claim import Printed, printed, truncated
from kpi.evaluation.counting import Counted, counted
from kpi.evaluation.facts import Contradiction, Facts, Mark, Told
from kpi.evaluation.feed_values import join_notes, take_number
from kpi.evaluation.numbers import rounded
from kpi.evaluation.scheme import Feed, Item, Point, Scheme
from kpi.evaluation.year_log import Log, read_log
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from kpi.terminal_tables import parts_text, value_text
from tracker.centers import Center
from tracker.periods import Year

NOT_ATTESTED = "尚未填报，也没有证明文件"


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


def _told(log: Log, item: Item) -> Told:
    marks = log.marks.get(item.code, ())
    if item.feed.automatic:
        return _of_log(log, item, item.feed, marks)
    if item.feed.checks is not None:
        return _of_checked_number(log, item, item.feed.checks, marks)
    return _of_people(log, item, marks)


def _of_log(log: Log, item: Item, feed: Feed, marks: tuple[Mark, ...]) -> Told:
    """What a feed takes of the log; an attested number where the scheme lets that stand in for it."""
    told = take_number(log, item, feed, marks)
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
    row, told = log.attested.get(item.code), take_number(log, item, feed, marks)
    if row is None or _unproved(item, row):
        untold = NOT_ATTESTED if row is None else _signed(row)
        if told.actual is None:
            return Told(unverifiable=True, marks=marks, note=f"{untold}；系统数据：{told.note}")
        return replace(told, note=join_notes(untold, "按系统数据计分", told.note))
    note = join_notes(_signed(row), "" if told.actual is None else told.note)
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
        return replace(told, note=join_notes(_signed(row), told.note))
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
    return replace(holds, note=join_notes(found.sentence, holds.note), contradictions=(found,))


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
        note=join_notes(signed, *(one.note for one in judged)),
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
