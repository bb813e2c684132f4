"""A day's numbers as its page shows them: one field each, a strip of the days around, and what comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from web.day_numbers import FORMS, KEYS, DayNumbers, DayPlan, get_title, list_strip_days

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class NumberField:
    """One number of the day."""

    key: str
    title: str
    value: str  # as typed, or as it is known
    known: int | None
    week_before: int | None
    hint: str
    error: str
    lacks: bool


@dataclass(frozen=True)
class StripDay:
    """A day of the strip."""

    day: date
    here: bool
    kind: str  # full | none | nothing | ahead: the colour
    sign: str
    words: str


@dataclass(frozen=True)
class DayCard:
    """What the card of a day needs."""

    groups: list[tuple[str, str, list[NumberField]]]  # a form's title, what it says of itself, its numbers
    strip: list[StripDay]
    complete: bool
    missing: list[str]  # titles of what the day lacks
    following: date | None  # another day that lacks a number, the earliest
    errors: Mapping[str, str]
    plan: DayPlan | None
    first: str  # the field to begin with

    @property
    def other_errors(self) -> list[str]:
        """Sentences that belong to no field."""
        return [sentence for key, sentence in self.errors.items() if key not in KEYS]


def make_card(
    numbers: Mapping[date, DayNumbers],
    day: date,
    today: date,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, str],
    plan: DayPlan | None,
) -> DayCard:
    """The card of a day, among the days around it."""
    known, around = numbers[day], list_strip_days(day, today)
    fields = {key: _make_field(key, known, numbers.get(day - _WEEK), typed, errors) for key in KEYS}
    others = [numbers[one] for one in around if one != day]
    wanted = [key for key, one in fields.items() if one.error] or list(known.lacking)
    return DayCard(
        groups=[
            (form.title, form.about, [one for key, one in fields.items() if KEYS[key] is form])
            for form in FORMS
        ],
        strip=[_make_strip_day(numbers[one], one == day, today) for one in around],
        complete=known.is_complete,
        missing=[fields[key].title for key in known.lacking],
        following=next((one.day for one in others if one.lacking), None),
        errors=errors,
        plan=plan,
        first=next(iter(wanted), next(iter(KEYS))),
    )


def _make_field(
    key: str,
    known: DayNumbers,
    week_before: DayNumbers | None,
    typed: Mapping[str, str] | None,
    errors: Mapping[str, str],
) -> NumberField:
    number = known.numbers.get(key)
    return NumberField(
        key=key,
        title=get_title(key),
        value=typed.get(key, "") if typed is not None else "" if number is None else str(number),
        known=number,
        week_before=week_before.numbers.get(key) if week_before else None,
        hint=KEYS[key].hints.get(key, ""),
        error=errors.get(key, ""),
        lacks=key in known.lacking,
    )


def _make_strip_day(known: DayNumbers, here: bool, today: date) -> StripDay:
    if known.day >= today:
        kind, sign, words = "ahead", "", "今天" if known.day == today else "未到"
    elif known.lacking:
        kind, sign, words = "none", "✕", "缺" + "、".join(get_title(key) for key in known.lacking)
    elif known.expected:
        kind, sign, words = "full", "✓", "已齐"
    else:
        kind, sign, words = "nothing", "—", "没有应填的数"
    return StripDay(known.day, here, kind, sign, words)
