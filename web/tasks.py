"""What waits for a person today at a centre: data to bring, questions, months whose turn is hers, targets.

Each is one line with one place to go; what only others can do is not hers. Nothing is computed anew: it is
read from the same figures, calendars and closing states as the pages that it leads to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import sqlalchemy as sa
from flask import url_for

from ingest.questions.held_deliveries import list_open_questions
from kpi.closing.board import read_board
from kpi.closing.turns import NextStep
from kpi.evaluation.rehearsal.stored_rehearsal import find_chosen_scheme
from kpi.evaluation.verdicts import read_year_verdicts
from kpi.figures import results
from kpi.figures.attainment import compute_exact_value, describe_distance
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_runs import name_months
from kpi.figures.day_states import DayState
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.definitions.proposing import read_proposals
from kpi.figures.figure import Status
from kpi.figures.indicators import INDICATORS
from kpi.figures.patterns.arrivals import Arrival, list_arrivals
from kpi.figures.source import Rhythm
from tracker.facts.deliveries import held_back
from tracker.periods import Month, Year
from web.access import Right, get_person, may
from web.access.years import is_seen
from web.closing_turns import find_turn
from web.day_checklist import FORMS
from web.formatting import with_unit
from web.instance import get_connection, get_log_connection, get_now

_MOST_TARGETS = 5  # missed by the largest part of the target; the others are counted
_NOT_THERE = (DayState.MISSING, DayState.OWED)
_YEARS = 2  # the newest ones with figures: in January the year before is closed


@dataclass(frozen=True)
class Task:
    """A thing to do: what it is, the word on its button, and where that leads."""

    words: str
    action: str
    address: str
    since: date | None = None  # the first day that it waits for

    def count_days(self, today: date) -> int | None:
        """For how many days it has waited; None where it is of no day."""
        return None if self.since is None else max((today - self.since).days, 0)


@dataclass(frozen=True)
class TaskGroup:
    """Tasks of a kind under one title."""

    title: str
    tasks: tuple[Task, ...]


def list_tasks(center: str, today: date) -> list[TaskGroup]:
    """The tasks of whoever is signed in; groups without one are left out."""
    years = _list_years(center, today)
    found = {
        "启用": [*_list_setup(center)],
        "数据": [
            *_list_missing_data(center, years, today),
            *_list_questions(center),
            *_list_held_rows(center),
        ],
        "月度审核": [*_list_turns(center, years), *_list_proposals(center)],
        "目标与评价": [
            *_list_missed_targets(center, years),
            *_list_points_at_risk(center, years),
            *_list_verdicts(center, years),
        ],
    }
    return [TaskGroup(title, tuple(tasks)) for title, tasks in found.items() if tasks]


def _list_setup(center: str) -> Iterator[Task]:
    """The check list, until there are figures."""
    if may(Right.LOG, center) and not results.read_years(get_connection(), center):
        words = "还没有指标：请按启用准备逐项核对，并导入第一批文件"
        yield Task(words, "去办理", url_for("setup.listed", center=center))


def _list_years(center: str, today: date) -> list[Year]:
    """The newest years with figures that she may see, the newest first."""
    seen = get_person().years(Right.SEE_FIGURES, center)
    newest_first = reversed(results.read_years(get_connection(), center))
    years = [one for one in newest_first if one.year <= today.year and (seen is None or one.year in seen)]
    return years[:_YEARS]


def _list_missing_data(center: str, years: Iterable[Year], today: date) -> Iterator[Task]:
    for year in years:
        if may(Right.LOG, center, year.year):
            backing = read_backing(get_connection(), center, year.first_day, year.end_day, today)
            yield from _find_missing(center, backing, year)


def _find_missing(center: str, backing: Backing, year: Year) -> Iterator[Task]:
    for arrival in list_arrivals(backing, year):
        missing = [unit.first_day for unit in arrival.units if unit.ended and unit.state in _NOT_THERE]
        if missing and arrival.as_of is not None:  # what never came at all is asked for with its months
            yield _make_missing(center, year, arrival, missing)


def _make_missing(center: str, year: Year, arrival: Arrival, missing: list[date]) -> Task:
    source, first = arrival.source, missing[0]
    unit = "天" if source.rhythm in (Rhythm.DAILY, Rhythm.HOURLY) else "个月"
    words = f"{year.label}{source.title}缺{len(missing):,}{unit}：{arrival.gaps.removeprefix('缺')}"
    if FORMS.get(source.key) == "counts":
        return Task(words, "填报", url_for("days.day", center=center, day=first), first)
    return Task(words, "导入", url_for("imports.index", center=center), first)


def _list_questions(center: str) -> Iterator[Task]:
    if not may(Right.LOG, center):
        return
    years = get_person().years(Right.LOG, center)
    questions = [
        one
        for one in list_open_questions(get_log_connection(), center)
        if is_seen(get_log_connection(), center, f"held_delivery/{one.sha256[:16]}", years)
    ]
    if questions:
        words = f"{len(questions):,}个文件等待回答，回答前不导入：{questions[0].file_name}"
        words += "等" if len(questions) > 1 else ""
        asked_on = min(one.asked_at for one in questions).date()
        yield Task(words, "回答", url_for("questions.listed", center=center), asked_on)


def _list_held_rows(center: str) -> Iterator[Task]:
    if not may(Right.LOG, center):
        return
    one, years = held_back.c, get_person().years(Right.LOG, center)
    visible = sa.true() if years is None else sa.extract("year", one.first_day).in_(years)
    held = sa.select(sa.func.sum(one.rows), sa.func.min(one.first_day)).where(
        one.center_id == center, one.asked.is_(False), visible
    )
    rows, first = get_connection().execute(held).one()
    if rows:
        address = url_for("deliveries.quarantine", center=center)
        yield Task(f"{int(rows):,}行数据有问题，没有导入", "处理", address, first)


_TURNS: dict[NextStep, tuple[str, str]] = {  # what waits, the word on the button
    NextStep.COMPLETE: ("等待确认报齐", "去报齐"),
    NextStep.SUBMIT: ("已报齐，等待提交", "去提交"),
    NextStep.APPROVE: ("已提交，等待审批", "去审批"),
    NextStep.APPROVE_AGAIN: ("审批后有变动，等待重新审批", "去审批"),
    NextStep.ASK_FOR_LOCK: ("已审批，等待申请锁定", "去申请"),
    NextStep.LOCK: ("已申请锁定，等待批准", "去批准"),
    NextStep.APPROVE_EXEMPTION: ("已申请限期解锁，等待批准", "去批准"),
    NextStep.CORRECT: ("已限期解锁，可以申请更正", "去申请"),
    NextStep.APPROVE_CORRECTION: ("已申请更正，等待批准", "去批准"),
}


def _list_turns(center: str, years: Iterable[Year]) -> Iterator[Task]:
    now = get_now()
    for year in years:
        steps = defaultdict(list)
        for one in read_board(get_connection(), center, year, now):
            step = find_turn(center, one, now)
            if step is not None:
                steps[step].append(one.month)
        for step in (step for step in NextStep if step in steps):
            yield _make_turn(center, year, steps[step], step)


def _make_turn(center: str, year: Year, months: list[Month], step: NextStep) -> Task:
    waiting, action = _TURNS[step]
    named = f"{year.year}年{name_months([one.first_day for one in months])}"
    if len(months) == 1:
        address = url_for("closing.month", center=center, period=months[0])
    else:
        address = url_for("closing_board.year", center=center, year=year, month=months, _anchor="next")
        named += f"（{len(months)}个月）"
    return Task(named + waiting, action, address, months[0].end_day)


def _list_proposals(center: str) -> Iterator[Task]:
    if not may(Right.APPROVE, center):
        return
    waiting = [
        one
        for one in read_proposals(get_connection(), center)
        if one.open and not one.is_of(get_person().signature)
    ]
    for one in waiting:
        address = url_for("proposals.show", center=center, key=one.indicator.key, number=one.number)
        words = f"{one.proposed_by}申请变更“{one.indicator.title}”的口径，等待批准"
        yield Task(words, "去批准", address, one.proposed_at.date())


def _list_missed_targets(center: str, years: Iterable[Year]) -> Iterator[Task]:
    for year in years:
        if may(Right.SUBMIT, center, year.year):
            missed = _find_missed_targets(center, year)
            yield from missed[:_MOST_TARGETS]
            if len(missed) > _MOST_TARGETS:
                address = url_for("overview.year", center=center, year=year, _anchor="all")
                words = f"{year.label}另有{len(missed) - _MOST_TARGETS}项指标未达到目标"
                yield Task(words, "查看", address)


def _find_missed_targets(center: str, year: Year) -> list[Task]:
    """The indicators whose exact value so far misses the target, the farthest from it first."""
    definitions = read_definitions(get_connection(), center)
    missed: list[tuple[Fraction, Task]] = []
    for key, by_period in results.read_year(get_connection(), center, year.year).items():
        figure, indicator = by_period.get(year), definitions.find_in_force(key, year)
        target, value = indicator.target, compute_exact_value(indicator, figure)
        if figure is None or figure.value is None or target is None or value is None:
            continue
        bound = Fraction(target.bound)
        known = figure.status is Status.VERIFIABLE and target.span.holds(year)
        if known and not target.sense.met(value, bound):
            told = with_unit(figure.value, indicator.unit)
            words = f"{year.label}{indicator.title}{told}，{describe_distance(indicator, target, value)}"
            address = url_for("breakdown.parts", center=center, period=year, key=key)
            missed.append((abs(value - bound) / (abs(bound) or 1), Task(words, "看原因", address)))
    return [task for _, task in sorted(missed, key=lambda one: -one[0])]


def _list_points_at_risk(center: str, years: Iterable[Year]) -> Iterator[Task]:
    for year in years:
        if not may(Right.SUBMIT, center, year.year):
            continue
        chosen = find_chosen_scheme(get_connection(), center, year.year)
        if chosen is None or chosen.kept is None or not chosen.kept.at_risk:
            continue
        address = url_for("evaluation.rehearsal", center=center, year=year, scheme=chosen.scheme)
        words = f"{year.label}评价还可争取{chosen.kept.shown_parts[1]}分，待办{chosen.kept.tasks:,}件"
        yield Task(words, "办理", address)


def _list_verdicts(center: str, years: Iterable[Year]) -> Iterator[Task]:
    login = get_person().login
    for year in years:
        if not may(Right.EVALUATE, center, year.year):
            continue
        verdicts = read_year_verdicts(get_log_connection(), center, year.year)
        judged = {one.indicator for one in verdicts if one.login == login and one.period == str(year)}
        left = len(INDICATORS.keys() - judged)
        if left:
            address = url_for("review.year", center=center, year=year)
            yield Task(f"{year.label}{len(INDICATORS)}项指标中{left}项还没有填写核验结论", "去核验", address)
