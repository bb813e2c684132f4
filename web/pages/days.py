"""The daily log: a page a day, and the forms by which what happened is entered by hand."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import psycopg
import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from psycopg.errors import LockNotAvailable
from werkzeug.wrappers import Response

from ingest.forms import FORM_NAMED, FORMS, Form
from ingest.forms.completing import CompletenessProblem, confirm_day
from ingest.forms.entering import EntryProblem, FormEntry, enter_form
from ingest.forms.form import FormState, KnownSlots, read_known
from ingest.forms.life_cycle import TITLES, is_closed
from ingest.forms.orders import list_steps
from ingest.records.zero_reports import SOURCES as SIGNED
from ingest.records.zero_reports import ZeroReportProblem, sign_nothing
from kpi.closing.states import read_seals
from tracker import log
from tracker.calendar_files import CalendarProblem
from tracker.events.surveys import SurveyAnswered
from tracker.events.times import BEIJING, get_day
from tracker.facts.deliveries import deliveries
from tracker.log import Recorded
from tracker.periods import Month, Year, parse_day
from web.access import Action, Right, allowed, get_person, get_visible_years, note
from web.access.masking import masked_text
from web.access.years import is_seen
from web.day_card import make_card
from web.day_checklist import read_day
from web.day_marks import LOOKS
from web.day_numbers import DayPlan, find_first_lacking, hide_other_years
from web.inputs import list_defaults, list_inputs, read_values
from web.instance import get_connection, get_instance, get_log_connection, get_now, open_log_transaction
from web.labels import label_subject
from web.pages.frame import PageFrame, make_frame

pages = Blueprint("days", __name__)

_FORM_OF = {kind: form for form in reversed(FORMS) for kind in form.events}  # event type → form
PATIENCE_S = 8  # seconds that a form waits while a file is being imported
BUSY = "busy"
TOLD_BUSY = "未提交：有文件正在导入。已填内容仍在本页，请稍后再次提交。"
_FIRST, _LAST = date(2000, 1, 1), date(2100, 1, 1)


@pages.get("/<center:center>/today")
@allowed(Right.LOG)
def today(center: str) -> Response:
    """To the earliest of the last seven days that lacks a number; to the present day where none does."""
    present = get_day(get_now())
    first = find_first_lacking(get_log_connection(), get_connection(), center, present)
    return redirect(url_for("days.day", center=center, day=first or present))


@pages.get("/<center:center>/days/<day:day>")
@allowed(Right.LOG)
def day(center: str, day: date) -> str:
    """What is expected of a day, what has come, what is missing, and what was entered."""
    return render_day(center, day)


def render_day(
    center: str,
    day: date,
    *,
    typed: Mapping[str, str] | None = None,
    errors: Mapping[str, str] | None = None,
    plan: DayPlan | None = None,
) -> str:
    """The page of a day; `typed`: its numbers as somebody filled them in, with what is wrong or asked."""
    around = make_day_frame(center, day)
    book = read_day(get_log_connection(), get_connection(), center, day, around.today)
    numbers = hide_other_years(book.numbers, get_visible_years(center))
    return render_template(
        "days/day.html",
        frame=around,
        day=day,
        book=book,
        forms=FORMS,
        looks=LOOKS,
        correction=_find_correction_address,
        one_day=timedelta(days=1),
        card=make_card(numbers, day, around.today, typed, errors or {}, plan),
    )


@pages.get("/<center:center>/days/<day:day>/<form>")
@allowed(Right.LOG)
def fill_in(center: str, day: date, form: str) -> str:
    """An empty form; with ?event= that entry, to be corrected; with ?order_id= and the like partly filled."""
    model = _get_form(form)
    corrected = find_corrected_entry(center, model.events, request.args.get("event"))
    entered = FormState({}, get_now(), correcting=corrected is not None)
    if corrected is None:
        arguments = {key: request.args[key] for key in model.asks if key in request.args}
        values = list_defaults(model, day, get_now().astimezone(BEIJING)) | arguments
    else:
        values = read_values(model, entered, {**corrected.data, "event_type": corrected.type})
    return _render_form_page(center, day, model, values, {}, corrected)


@pages.post("/<center:center>/days/<day:day>/<form>")
@allowed(Right.LOG)
def send(center: str, day: date, form: str) -> str | Response | tuple[str, int]:
    """Writes the form's events, or shows it again as it was filled in, each problem beside its field."""
    model = _get_form(form)
    corrected = find_corrected_entry(center, model.events, request.form.get("event"))
    values = {key: text.strip() for key, text in request.form.items()}
    if corrected is not None:
        values |= _read_identity(model, corrected)
    try:
        with begin_patiently() as connection:
            entry = enter_form(
                connection, get_instance().home, center, model, values, by=get_person().signature,
                now=get_now(), vault=get_instance().vault, correcting=corrected is not None,
            )  # fmt: skip
            action = Action.LOGGED if corrected is None else Action.CORRECTED
            note(connection, action, f"{center}：{model.title} {entry.events[0].subject}")
    except EntryProblem as problem:
        return _render_form_page(center, day, model, values, problem.told, corrected), 422
    except CalendarProblem as problem:
        return _render_form_page(center, day, model, values, {model.asks[0]: str(problem)}, corrected), 422
    except LockNotAvailable:
        return _render_form_page(center, day, model, values, {BUSY: TOLD_BUSY}, corrected), 503
    _tell(center, model, entry)
    if corrected is not None or model.whole_day:
        return redirect(url_for("days.day", center=center, day=day))
    return redirect(url_for("days.fill_in", center=center, day=day, form=form))


@pages.get("/<center:center>/days/<day:day>/zero-report")
@allowed(Right.LOG)
def zero_report(center: str, day: date) -> str:
    """Signing that there was nothing."""
    values = {"first": day.isoformat(), "last": day.isoformat()} | request.args.to_dict()
    return _render_zero_page(center, day, values, {})


@pages.post("/<center:center>/days/<day:day>/zero-report")
@allowed(Right.LOG)
def sign_zero_report(center: str, day: date) -> str | Response | tuple[str, int]:
    """Signs for a source and some days, by the name of whoever is signed in."""
    values, source = request.form.to_dict(), request.form.get("source", "")
    try:
        first, last = parse_day(values.get("first", "")), parse_day(values.get("last", ""))
    except ValueError:
        return _render_zero_page(center, day, values, {"first": "请填写起止日期，如 2024-03-10。"}), 422
    if not get_person().may(Right.LOG, center, first.year) or not get_person().may(
        Right.LOG, center, last.year
    ):
        return _render_zero_page(center, day, values, {"first": "您的授权不含该年度。"}), 422
    try:
        with begin_patiently() as connection:
            sign_nothing(
                connection, center, source, first, last + timedelta(days=1), by=get_person().signature,
                remark=masked_text(values.get("remark", "").strip()) or None, now=get_now(),
            )  # fmt: skip
            note(connection, Action.LOGGED, f"{center}：零报告 {source} {first} 至 {last}")
    except ZeroReportProblem as problem:
        return _render_zero_page(center, day, values, {"source": str(problem)}), 422
    except LockNotAvailable:
        return _render_zero_page(center, day, values, {"source": TOLD_BUSY}), 503
    signed = f"{SIGNED[source]}，{first} 至 {last}，确认人 {get_person().signature}"
    flash(f"已确认零报告：{signed}。{describe_locked_months(center, [first, last])}")
    return redirect(url_for("days.day", center=center, day=day))


@pages.post("/<center:center>/days/<day:day>/complete")
@allowed(Right.LOG)
def complete(center: str, day: date) -> Response:
    """Says that all work orders of a day were entered by hand."""
    try:
        with begin_patiently() as connection:
            count = confirm_day(
                connection, get_instance().home, center, day, by=get_person().signature, now=get_now()
            )
            note(connection, Action.LOGGED, f"{center}：{day} 工单录完确认", details={"rows": count})
        flash(f"已确认：{day} 的工单共 {count} 件，全部录入。{describe_locked_months(center, [day])}")
    except CompletenessProblem as problem:
        flash(str(problem))
    except LockNotAvailable:
        flash(TOLD_BUSY)
    return redirect(url_for("days.day", center=center, day=day))


@contextmanager
def begin_patiently() -> Iterator[psycopg.Connection[Any]]:
    """A transaction that waits for a running import only so long. Raises: LockNotAvailable."""
    with open_log_transaction() as connection:
        connection.execute(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'")
        yield connection


def _render_form_page(
    center: str,
    day: date,
    form: Form,
    values: Mapping[str, str],
    errors: Mapping[str, str],
    corrected: Recorded | None,
) -> str:
    around = make_day_frame(center, day)
    entered = FormState({}, get_now(), correcting=corrected is not None)
    inputs = list_inputs(form, entered, values, errors)
    steps = list_steps(_read_known_steps(center, form, values))
    return render_template(
        "days/form.html",
        frame=around,
        day=day,
        form=form,
        forms=FORMS,
        inputs=inputs,
        told=errors,
        other_told=[sentence for key, sentence in errors.items() if key not in form.asks],
        first=next((one.key for one in inputs if one.error), None) or _find_first_empty(inputs),
        corrected=corrected,
        step=values.get("step") if corrected else None,
        steps=steps,
        step_titles=TITLES,
        closed=is_closed(steps),
    )


def _read_known_steps(center: str, form: Form, values: Mapping[str, str]) -> KnownSlots:
    """What is known of the order that a step is entered for, if it is of a year that the person may see."""
    subject = form.subject(values) if form.name == "step" else ""
    if not subject or not _is_of_own_years(center, subject, Right.LOG):
        return {}
    return read_known(get_log_connection(), center, subject)


def _is_of_own_years(center: str, subject: str, right: Right) -> bool:
    return is_seen(get_log_connection(), center, subject, get_person().years(right, center))


def _find_first_empty(inputs: Any) -> str | None:
    free = [one for one in inputs if not one.fixed]
    return next((one.key for one in free if not one.value), free[0].key if free else None)


def _render_zero_page(center: str, day: date, values: Mapping[str, str], errors: Mapping[str, str]) -> str:
    return render_template(
        "days/zero.html",
        frame=make_day_frame(center, day),
        day=day,
        given=values,
        told=errors,
        sources=SIGNED,
        forms=FORMS,
    )


def _tell(center: str, form: Form, entry: FormEntry) -> None:
    """What was written; nothing is left unsaid about a locked month."""
    if not entry.new:
        flash("内容相同的记录已存在，未重复保存。")
        return
    days = [get_day(event.occurred_at) for event in entry.events if event.occurred_at]
    what = label_subject(entry.events[0].subject)
    notices = "".join(f"注意：{notice}" for notice in entry.report.notices if "只到分" not in notice)
    flash(f"已保存：{form.title}，{what}。{notices}{describe_locked_months(center, days)}")


def describe_locked_months(center: str, days: list[date]) -> str:
    months = sorted({Month.of(one) for one in days})
    sealed = sorted({seal.month for seal in read_seals(get_connection(), center, months)})
    if not sealed:
        return ""
    named = "、".join(month.label for month in sealed)
    return (
        f"{named}已经锁定：这一条进入锁定后变动，锁定的数字不变；要改数字，须由业务主管申请更正、审批人批准。"
    )


def _find_correction_address(center: str, day: date, entry: Mapping[str, Any]) -> str | None:
    """Where an entry is corrected; None for one that no form writes."""
    if entry["type"] == SurveyAnswered.type:
        return url_for("answers.choose", center=center, day=day, event=entry["seq"])
    form = _find_form_name(entry)
    return form and url_for("days.fill_in", center=center, day=day, form=form, event=entry["seq"])


def _find_form_name(entry: Mapping[str, Any]) -> str | None:
    """The form by which an entry is corrected."""
    form = _FORM_OF.get(entry["type"])
    if form and form.name == "joining" and '"left_on":"' in entry["data"]:
        return "leaving"
    return form.name if form else None


def _get_form(name: str) -> Form:
    form = FORM_NAMED.get(name)
    if form is None:
        abort(404, "没有该表单。请从当日页面进入。")
    return form


def find_corrected_entry(center: str, types: Collection[str], seq: str | None) -> Recorded | None:
    """The entry that is to be corrected; only what a form wrote, unless the person may correct anything."""
    if not seq:
        return None
    found = (
        log.read_event(get_log_connection(), center, int(seq))
        if seq.isascii() and seq.isdigit() and len(seq) < 18
        else None
    )
    if found is None or found.type not in types or not _is_of_own_years(center, found.subject, Right.LOG):
        abort(404, "没有可在此修改的记录。请从“手工录入”进入。")
    table = deliveries.c
    by_hand = sa.exists().where(
        table.center_id == center, table.delivery == found.delivery, table.as_of_basis == "form"
    )
    corrects = get_person().may(Right.CORRECT, center) and _is_of_own_years(
        center, found.subject, Right.CORRECT
    )
    if not corrects and not get_connection().scalar(sa.select(by_hand)):
        abort(403, "本条来自导入的文件。请修改文件后重新导入，或请业务主管作废。")
    return found


def _read_identity(form: Form, corrected: Recorded) -> dict[str, str]:
    """What names the corrected thing, as it was; and the step it was."""
    entered = FormState({}, get_now(), correcting=True)
    values = read_values(form, entered, {**corrected.data, "event_type": corrected.type})
    return {key: values[key] for key in (*form.identity, "step") if key in values}


def make_day_frame(center: str, day: date) -> PageFrame:
    if not _FIRST <= day < _LAST:
        abort(404, "日期无效。请从“数据填报”重新进入。")
    return make_frame(center, Year(day.year))
