"""The numbers of a day that a clerk types: what is known and missing, and what saving would change."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import psycopg
import sqlalchemy as sa

from ingest.cells import Column, NoticeCounts
from ingest.cells.column import CellProblem
from ingest.forms import Form
from ingest.forms.daily import CALL_TALLY, COUNTS
from ingest.forms.form import FormState
from kpi.figures.coverage_inputs import Backing
from kpi.figures.coverage_reading import read_backing
from kpi.figures.day_states import find_unit
from kpi.figures.sources import SOURCES
from tracker.log.statements import fold_statements, read_statements
from tracker.periods import Month

FORMS = (CALL_TALLY, COUNTS)
KEYS: Mapping[str, Form] = {key: form for form in FORMS for key in form.asks if key != form.day}
SHOWN_DAYS = 14  # in the strip
LOOKED_BACK = 7  # days of which the earliest that lacks a number is opened
_ODD = Fraction(1, 2)  # further than this from the same day of last week is asked about


@dataclass(frozen=True)
class DayNumbers:
    """What holds of a day; a number that nobody told is absent."""

    day: date
    numbers: Mapping[str, int]
    seqs: Mapping[str, int]  # form → the event that holds
    lacking: tuple[str, ...]  # keys of what should be there, and is not
    expected: bool  # whether anything is

    @property
    def is_complete(self) -> bool:
        return self.expected and not self.lacking


@dataclass(frozen=True)
class NumberChange:
    """A number that saving would write."""

    key: str
    title: str
    old: int | None
    new: int
    week_before: int | None

    @property
    def replaces(self) -> bool:
        return self.old is not None

    @property
    def off(self) -> Fraction | None:
        """How far from last week's, as a share of it; None where it is not far, or there is none."""
        if not self.week_before:
            return None
        share = Fraction(abs(self.new - self.week_before), self.week_before)
        return share if share > _ODD else None

    @property
    def asks(self) -> bool:
        """Whether it is written only when somebody has said yes to it."""
        return self.replaces or self.off is not None


@dataclass(frozen=True)
class DayPlan:
    """What saving would write, or what is wrong with what was typed."""

    changes: tuple[NumberChange, ...]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def questions(self) -> list[NumberChange]:
        return [one for one in self.changes if one.asks]

    @property
    def seal(self) -> str:
        """Names the questions, so that a yes is a yes to these and no others."""
        return ";".join(f"{one.key}:{one.old}:{one.new}" for one in self.questions)


def get_title(key: str) -> str:
    """A number's name, as its form has it."""
    kind = KEYS[key].kind(FormState({}, _NO_TIME))
    return kind.by_key[key].title


_NO_TIME: Any = None  # these kinds depend on nothing that is known


def read_day_numbers(
    raw: psycopg.Connection[Any], center: str, days: Iterable[date], backing: Backing
) -> dict[date, DayNumbers]:
    """What holds of days, in order. `backing` must reach over them; what the log says is read by `raw`."""
    listed = sorted(set(days))
    subjects = {
        form.subject({str(form.day): day.isoformat()}): (form, day) for form in FORMS for day in listed
    }
    numbers: dict[date, dict[str, int]] = {day: {} for day in listed}
    seqs: dict[date, dict[str, int]] = {day: {} for day in listed}
    for subject, slots in read_statements(raw, center, subjects.keys()).items():
        form, day = subjects[subject]
        for state in fold_statements(slots).values():
            told = {key: state.data.get(key) for key in form.asks if key != form.day}
            numbers[day] |= {key: value for key, value in told.items() if isinstance(value, int)}
            seqs[day][form.name] = state.seq
    tallied = {key for told in numbers.values() for key in told if KEYS[key] is CALL_TALLY}
    return {day: _make_day(backing, day, numbers[day], seqs[day], tallied) for day in listed}


def hide_other_years(
    numbers: Mapping[date, DayNumbers], years: Collection[int] | None
) -> dict[date, DayNumbers]:
    """Days without their numbers where they lie in none of these years (None: all); what they lack stays."""
    return {
        day: one if years is None or day.year in years else replace(one, numbers={}, seqs={})
        for day, one in numbers.items()
    }


def _make_day(
    backing: Backing, day: date, numbers: Mapping[str, int], seqs: Mapping[str, int], tallied: set[str]
) -> DayNumbers:
    """A day lacks what its sources owe, and of the platform's report what other days near it have."""
    owed = [key for key in KEYS if KEYS[key] is COUNTS and find_unit(backing, SOURCES[key], day).lacks]
    untold = [key for key in KEYS if key in tallied and key not in numbers and day < backing.today]
    return DayNumbers(day, numbers, seqs, (*untold, *owed), bool(owed or untold or numbers))


def list_strip_days(day: date, today: date) -> list[date]:
    """The fortnight up to today, or where the day lies before it, up to a week after the day."""
    last = today if day > today - timedelta(days=SHOWN_DAYS) else day + timedelta(days=6)
    return [last - timedelta(days=back) for back in range(SHOWN_DAYS - 1, -1, -1)]


def find_first_lacking(
    raw: psycopg.Connection[Any], connection: sa.Connection, center: str, today: date
) -> date | None:
    """The earliest of the last seven days that lacks a number; None where none does."""
    days = [today - timedelta(days=back) for back in range(LOOKED_BACK, 0, -1)]
    backing = read_backing(connection, center, Month.of(days[0]).first_day, Month.of(today).end_day, today)
    return next(
        (one.day for one in read_day_numbers(raw, center, days, backing).values() if one.lacking), None
    )


def plan_changes(known: DayNumbers, week_before: DayNumbers | None, typed: Mapping[str, str]) -> DayPlan:
    """What was typed against what is known; an empty field where nothing is known says nothing."""
    changes, errors = [], {}
    for key in KEYS:
        text, old, title = typed.get(key, "").strip(), known.numbers.get(key), get_title(key)
        if not text:
            if old is not None:
                errors[key] = f"{title}原有 {old:,}，不能清空；请填写新数，确无业务的填0。"
            continue
        try:
            new = _read_number(key, title, text)
        except CellProblem as problem:
            errors[key] = f"{title}{problem.rule}；{problem.remedy}。"
            continue
        if new is not None and new != old:
            changes.append(
                NumberChange(key, title, old, new, week_before.numbers.get(key) if week_before else None)
            )
    return DayPlan(tuple(changes), errors)


def _read_number(key: str, title: str, text: str) -> int | None:
    """As the form's own field reads it."""
    kind = KEYS[key].kind(FormState({}, _NO_TIME))
    parse = kind.by_key[key].read(Column(index=0, label=title, notices=NoticeCounts()))
    value = parse(text)
    return None if value is None else int(value)


def list_form_values(known: DayNumbers, plan: DayPlan) -> Iterator[tuple[Form, dict[str, str], bool]]:
    """(form, its values, whether it replaces any) of the forms that have something to write: a change, or
    numbers that were told before the day had ended and now are confirmed."""
    new = {one.key: one.new for one in plan.changes}
    for form in FORMS:
        keys = [key for key in KEYS if KEYS[key] is form]
        values = {key: new.get(key, known.numbers.get(key)) for key in keys}
        confirmed = form is COUNTS and any(key in known.lacking and values[key] is not None for key in keys)
        if new.keys() & set(keys) or confirmed:
            texts = {key: "" if value is None else str(value) for key, value in values.items()}
            replaces = any(one.replaces for one in plan.changes if one.key in keys)
            yield form, {str(form.day): known.day.isoformat()} | texts, replaces
