"""A day's numbers in one card: typed, asked about, and written as the forms write them."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, request, url_for
from psycopg.errors import LockNotAvailable
from werkzeug.wrappers import Response

from ingest.forms.entering import EntryProblem, enter_form
from kpi.figures.coverage_reading import read_backing
from tracker.facts.deliveries import deliveries
from tracker.log.tables import events
from tracker.periods import Month, parse_day
from web.access import Action, Right, allowed, get_person, get_visible_years, note
from web.day_numbers import (
    KEYS,
    DayNumbers,
    DayPlan,
    NumberChange,
    hide_other_years,
    list_form_values,
    plan_changes,
    read_day_numbers,
)
from web.instance import get_connection, get_instance, get_log_connection, get_now
from web.pages.days import TOLD_BUSY, begin_patiently, describe_locked_months, make_day_frame, render_day

pages = Blueprint("day_numbers", __name__)

WEEK = timedelta(days=7)


@pages.get("/<center:center>/days/")
@allowed(Right.LOG)
def choose(center: str) -> Response:
    """From the date picker to the day."""
    try:
        day = parse_day(request.args.get("day", ""))
    except ValueError:
        flash("请选择日期，如 2024-03-10。")
        return redirect(url_for("days.today", center=center))
    return redirect(url_for("days.day", center=center, day=day))


@pages.post("/<center:center>/days/<day:day>/numbers")
@allowed(Right.LOG)
def save(center: str, day: date) -> str | Response | tuple[str, int]:
    """Writes what was changed; asks first where a number is replaced, or is far from last week's."""
    around = make_day_frame(center, day)
    if day > around.today:
        abort(400, f"{day.month}月{day.day}日还没有到，不能填报。请选择今天或以前的日期。")
    typed = {key: request.form.get(key, "").strip() for key in KEYS}
    known, week_before = _read_both(center, day, around.today)
    plan = plan_changes(known, week_before, typed)
    errors = dict(plan.errors) or refuse_replacing(center, known, plan.changes)
    if errors:
        return render_day(center, day, typed=typed, errors=errors), 422
    if plan.questions and request.form.get("confirmed") != plan.seal:
        return render_day(center, day, typed=typed, plan=plan)
    try:
        with begin_patiently() as connection:
            wrote = write_numbers(connection, center, known, plan)
    except EntryProblem as problem:
        return render_day(center, day, typed=typed, errors=problem.told), 422
    except LockNotAvailable:
        return render_day(center, day, typed=typed, errors={"busy": TOLD_BUSY}), 503
    flash(describe_saving(plan.changes, wrote) + describe_locked_months(center, [day]))
    return redirect(url_for("days.day", center=center, day=day, _anchor="numbers"))


def write_numbers(connection: psycopg.Connection[Any], center: str, known: DayNumbers, plan: DayPlan) -> bool:
    """Writes the forms of a day that have something to say; whether any did. Raises: EntryProblem."""
    person, instance, wrote = get_person(), get_instance(), False
    for form, values, replaces in list_form_values(known, plan):
        entry = enter_form(
            connection, instance.home, center, form, values, by=person.signature, now=get_now(),
            vault=instance.vault, correcting=replaces,
        )  # fmt: skip
        action = Action.CORRECTED if replaces else Action.LOGGED
        note(connection, action, f"{center}：{form.title} {entry.events[0].subject}")
        wrote = True
    return wrote


def describe_saving(changes: Iterable[NumberChange], wrote: bool) -> str:
    """已保存：办件量 1,836 → 1,999、接待人次 12。"""
    if said := list_changes(changes):
        return f"已保存：{said}。"
    return "已确认：各数不变。" if wrote else "没有改动，未保存。"


def list_changes(changes: Iterable[NumberChange]) -> str:
    """办件量 1,836 → 1,999、接待人次 12"""
    return "、".join(
        f"{one.title} {one.old:,} → {one.new:,}" if one.old is not None else f"{one.title} {one.new:,}"
        for one in changes
    )


def _read_both(center: str, day: date, today: date) -> tuple[DayNumbers, DayNumbers]:
    """The day, and the same day of the week before."""
    first = Month.of(day - WEEK).first_day
    backing = read_backing(get_connection(), center, first, Month.of(day).end_day, today)
    read = read_day_numbers(get_log_connection(), center, [day - WEEK, day], backing)
    found = hide_other_years(read, get_visible_years(center))
    return found[day], found[day - WEEK]


def refuse_replacing(center: str, known: DayNumbers, changes: Iterable[NumberChange]) -> dict[str, str]:
    """What a file said is corrected in the file, or by whoever may correct anything."""
    replaced = [one for one in changes if one.replaces]
    if not replaced or get_person().may(Right.CORRECT, center, known.day.year):
        return {}
    by_hand = _list_by_hand(get_connection(), center, known.seqs)
    return {
        one.key: f"{one.title}来自导入的文件，不能在此修改；请修改文件后重新导入，或请业务主管修改。"
        for one in replaced
        if KEYS[one.key].name not in by_hand
    }


def _list_by_hand(connection: sa.Connection, center: str, seqs: Mapping[str, int]) -> set[str]:
    """The forms whose numbers a form wrote."""
    table = deliveries.c
    written = sa.select(events.c.seq).where(
        events.c.center_id == center,
        events.c.seq.in_(list(seqs.values())),
        sa.exists().where(
            table.center_id == events.c.center_id, table.delivery == events.c.delivery,
            table.as_of_basis == "form",
        ),
    )  # fmt: skip
    found = set(connection.scalars(written))
    return {name for name, seq in seqs.items() if seq in found}
