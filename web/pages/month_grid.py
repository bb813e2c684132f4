"""A month of daily numbers as a grid: typed or pasted from a spreadsheet, asked about, written day by day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from psycopg.errors import LockNotAvailable
from werkzeug.wrappers import Response

from ingest.forms.entering import EntryProblem
from kpi.figures.coverage_reading import read_backing
from tracker.periods import Month
from web.access import Right, allowed, get_visible_years
from web.day_numbers import (
    FORMS,
    KEYS,
    DayNumbers,
    DayPlan,
    NumberChange,
    get_title,
    hide_other_years,
    plan_changes,
    read_day_numbers,
)
from web.instance import get_connection, get_log_connection
from web.pages.day_numbers import WEEK, list_changes, refuse_replacing, write_numbers
from web.pages.days import TOLD_BUSY, begin_patiently, describe_locked_months
from web.pages.frame import make_frame
from web.pasted_days import PasteProblem, read_pasted

pages = Blueprint("month_grid", __name__)

Typed = Mapping[date, Mapping[str, str]]


@dataclass(frozen=True)
class GridPlan:
    """What saving would write, day by day."""

    plans: Mapping[date, DayPlan]

    @property
    def seal(self) -> str:
        return "|".join(f"{day}:{plan.seal}" for day, plan in self.plans.items() if plan.questions)

    @property
    def questions(self) -> list[tuple[date, NumberChange]]:
        return [(day, one) for day, plan in self.plans.items() for one in plan.questions]

    @property
    def errors(self) -> dict[tuple[date, str], str]:
        return {(day, key): said for day, plan in self.plans.items() for key, said in plan.errors.items()}


@pages.get("/<center:center>/<month:month>/days")
@allowed(Right.LOG)
def grid(center: str, month: Month) -> str:
    """The month as it is known."""
    known = _read_month(center, month)
    return _render(center, month, known, _list_known(known))


@pages.post("/<center:center>/<month:month>/days")
@allowed(Right.LOG)
def save(center: str, month: Month) -> str | Response | tuple[str, int]:
    """Fills in what was pasted; or writes what was changed, asking first as the page of a day does."""
    known = _read_month(center, month)
    typed = _read_typed(known, month, make_frame(center, month).today)
    if request.form.get("act") == "paste":
        return _paste(center, month, known, typed)
    plan = GridPlan({day: plan_changes(known[day], known[day - WEEK], texts) for day, texts in typed.items()})
    errors = plan.errors or {
        (day, key): said
        for day, one in plan.plans.items()
        for key, said in refuse_replacing(center, known[day], one.changes).items()
    }
    if errors:
        return _render(center, month, known, typed, errors=errors), 422
    if plan.questions and request.form.get("confirmed") != plan.seal:
        return _render(center, month, known, typed, plan=plan)
    changed = {day: one for day, one in plan.plans.items() if one.changes}
    try:
        with begin_patiently() as connection:
            for day, one in changed.items():
                write_numbers(connection, center, known[day], one)
    except EntryProblem as problem:
        return _render(center, month, known, typed, said="".join(problem.told.values())), 422
    except LockNotAvailable:
        return _render(center, month, known, typed, said=TOLD_BUSY), 503
    flash(_describe(changed) + describe_locked_months(center, list(changed)))
    return redirect(url_for("month_grid.grid", center=center, month=month))


def _paste(
    center: str, month: Month, known: Mapping[date, DayNumbers], typed: Typed
) -> str | tuple[str, int]:
    """The grid with what was pasted in its fields; nothing is written yet."""
    text = request.form.get("pasted", "")
    try:
        pasted = read_pasted(text, month)
    except PasteProblem as problem:
        return _render(center, month, known, typed, said=str(problem), pasted=text), 422
    ahead = [day for day in pasted if day not in typed and pasted[day]]
    if ahead:
        said = f"{ahead[0].month}月{ahead[0].day}日还没有到，不能填报；请删除该行后重新粘贴。"
        return _render(center, month, known, typed, said=said, pasted=text), 422
    filled = {day: {**texts, **pasted.get(day, {})} for day, texts in typed.items()}
    count = sum(len(cells) for cells in pasted.values())
    return _render(center, month, known, filled, told=f"已填入{count}个数，尚未保存；请核对后保存。")


def _read_month(center: str, month: Month) -> dict[date, DayNumbers]:
    """The days of the month, and of the week before it."""
    today = make_frame(center, month).today
    first = month.first_day - WEEK
    backing = read_backing(get_connection(), center, Month.of(first).first_day, month.end_day, today)
    days = [first + timedelta(days=number) for number in range((month.end_day - first).days)]
    read = read_day_numbers(get_log_connection(), center, days, backing)
    return hide_other_years(read, get_visible_years(center))


def _read_typed(known: Mapping[date, DayNumbers], month: Month, today: date) -> Typed:
    """What was typed for the days that have begun."""
    begun = [day for day in known if month.first_day <= day <= today]
    return {day: {key: request.form.get(f"{day}.{key}", "").strip() for key in KEYS} for day in begun}


def _list_known(known: Mapping[date, DayNumbers]) -> dict[date, dict[str, str]]:
    return {day: {key: str(number) for key, number in one.numbers.items()} for day, one in known.items()}


def _describe(changed: Mapping[date, DayPlan]) -> str:
    """已保存3天：3月1日 办件量 1,836 → 1,999；…"""
    if not changed:
        return "没有改动，未保存。"
    said = [f"{day.month}月{day.day}日 {list_changes(one.changes)}" for day, one in changed.items()]
    return f"已保存{len(changed)}天：{'；'.join(said)}。"


def _render(
    center: str,
    month: Month,
    known: Mapping[date, DayNumbers],
    typed: Typed,
    *,
    errors: Mapping[tuple[date, str], str] | None = None,
    plan: GridPlan | None = None,
    said: str = "",
    told: str = "",
    pasted: str = "",
) -> str:
    around = make_frame(center, month)
    return render_template(
        "days/month.html",
        frame=around,
        month=month,
        days=[known[day] for day in known if month.first_day <= day <= around.today],
        typed=typed,
        groups=[(form.title, [(key, get_title(key)) for key in KEYS if KEYS[key] is form]) for form in FORMS],
        errors=errors or {},
        plan=plan,
        said=said,
        told=told,
        pasted=pasted,
        week=WEEK,
        known=known,
    )
