"""One month's closing: what stands in the way, what was signed, and what the person may do now."""

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kpi.closing.acts import why_not_approve, why_not_complete, why_not_return, why_not_submit
from kpi.closing.history import ACTS, Act, history
from kpi.closing.late import late_register
from kpi.closing.locking import why_not_lock
from kpi.closing.permissions import told_of
from kpi.closing.rule_violations import UnknownRule, rows_breaking
from kpi.closing.states import ClosingProblem, Refusal, needed_sources
from kpi.closing.status import MonthStatus, SourceRow, read_status
from kpi.figures.controls.checking import Checked, check_totals
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES, Rhythm
from tracker.periods import Month, Period, Quarter, Year
from web.access import Right, allowed, may, signed_in
from web.breadcrumbs import Step
from web.forms import (
    DateField,
    Form,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    at_most,
    required,
)
from web.instance import db, now
from web.pages.closing.words import (
    KINDS,
    causes,
    month_state,
    next_step,
    of_status,
    sealed_value,
)
from web.pages.frame import frame
from web.paging import Paging, page_asked

pages = Blueprint("closing", __name__)
pages.add_app_template_filter(causes, "causes")
pages.add_app_template_filter(sealed_value, "sealed_value")

LONGEST = 500  # characters of a reason


class ActForm(Form):
    """Acts on sources of a month."""

    sources = SelectMultipleField("来源", validate_choice=False)
    said = TextAreaField("说明", [at_most(LONGEST)], render_kw={"rows": 2})


class LockForm(Form):
    """提请锁定, or 确认锁定."""

    remark = TextAreaField("备注", [at_most(LONGEST)], render_kw={"rows": 1})


class ExceptionForm(Form):
    """申请锁定例外."""

    reason = TextAreaField("理由", [at_most(LONGEST)], render_kw={"rows": 2})
    of = SelectField("范围")
    last_day = DateField("到期日（含当天）", [required("到期日")])


class CorrectionForm(Form):
    """提请更正."""

    why = TextAreaField("理由", [at_most(LONGEST)], render_kw={"rows": 2})


@dataclass(frozen=True)
class Forms:
    """The forms of a page; the one that failed holds what was typed and why it was refused."""

    act: ActForm = field(default_factory=lambda: ActForm(formdata=None))
    lock: LockForm = field(default_factory=lambda: LockForm(formdata=None))
    exception: ExceptionForm = field(default_factory=lambda: with_scopes(ExceptionForm(formdata=None)))
    correction: CorrectionForm = field(default_factory=lambda: CorrectionForm(formdata=None))


def forms_with(failed: Form | None = None) -> Forms:
    """All forms empty, but for the one that failed."""
    kinds = {ActForm: "act", LockForm: "lock", ExceptionForm: "exception", CorrectionForm: "correction"}
    return Forms() if failed is None else Forms(**{kinds[type(failed)]: failed})


def with_scopes(form: ExceptionForm) -> ExceptionForm:
    """The form with what an exception may extend to."""
    form.of.choices = [
        SelectChoice("", "全部来源"),
        *(SelectChoice(key, f"只限{SOURCES[key].title}") for key in needed_sources()),
    ]
    return form


@dataclass(frozen=True)
class Offer:
    """A button under the table of sources."""

    endpoint: str
    title: str
    sources: tuple[str, ...]  # titles of those it can be done to
    refused: str  # why not, where it can be done to none

    @property
    def open(self) -> bool:
        return bool(self.sources)


@pages.get("/<center:center>/<period:period>/closing")
@allowed(Right.SEE_FIGURES)
def month(center: str, period: Period) -> str | Response:
    """The check list, the acts, the seals, the exceptions and corrections of a month."""
    if isinstance(period, Quarter):
        return redirect(url_for("closing_board.year", center=center, year=Year(period.year)))
    return page(center, period, Forms())


@pages.get("/<center:center>/<period:period>/closing/late")
@allowed(Right.SEE_ROWS)
def late(center: str, period: Period) -> str:
    """What was recorded of a locked month after its lock, and which sealed figures it would move."""
    when = month_of(period)
    around = frame(center, when)
    try:
        register = late_register(db(), center, when)
    except ClosingProblem:
        register = None
    paging = Paging(len(register.events) if register else 0, page_asked(request.args))
    return render_template(
        "closing/late.html",
        frame=around,
        month=when,
        register=register,
        paging=paging,
        events=register.events[paging.offset : paging.offset + paging.per_page] if register else (),
        indicators=INDICATORS,
        sources=SOURCES,
        trail=[*to_month(center, when), Step("迟到登记")],
    )


@pages.get("/<center:center>/<period:period>/closing/rules/<rule>")
@allowed(Right.SEE_ROWS)
def rule(center: str, period: Period, rule: str) -> str:
    """The things of the month that break a rule, each with the way to it."""
    when = month_of(period)
    asked = Paging(total=2**31, asked=page_asked(request.args))
    try:
        found = rows_breaking(db(), center, when, rule, limit=asked.per_page, offset=asked.offset)
    except UnknownRule as problem:
        abort(404, str(problem))
    return render_template(
        "closing/rule.html",
        frame=frame(center, when),
        month=when,
        found=found,
        source=SOURCES[found.rule.source],
        paging=Paging(found.count, asked.asked),
        trail=[*to_month(center, when), Step(found.rule.title)],
    )


@pages.get("/<center:center>/<period:period>/closing/history")
@allowed(Right.SEE_FIGURES)
def acts(center: str, period: Period) -> str:
    """Everything that people did to the month."""
    when = month_of(period)
    return render_template(
        "closing/history.html",
        frame=frame(center, when),
        month=when,
        acts=_together(history(db(), center, when)),
        trail=[*to_month(center, when), Step("关账记录")],
    )


def page(center: str, period: Period, forms: Forms, refused: str = "") -> str:
    """The month's page with these forms; `refused` says why a button did nothing."""
    when, at = month_of(period), now()
    around = frame(center, when)
    status = read_status(db(), center, when, at)
    if forms.exception.last_day.raw_data is None:
        forms.exception.last_day.data = around.today + timedelta(days=7)
    return render_template(
        "closing/month.html",
        frame=around,
        month=when,
        status=status,
        state=month_state(status.closing, status.state),
        kinds=KINDS,
        acts=ACTS,
        next=next_step(of_status(status), at),
        who=told_of(status, when),
        offers=_offers(status, center),
        why_not_lock=why_not_lock(status),
        totals=_totals(center, when),
        daily=(Rhythm.DAILY, Rhythm.HOURLY),
        forms=forms,
        refused=refused,
        at=at,
        indicators=INDICATORS,
        trail=[*to_board(center, when), Step(when.label)],
    )


def month_of(period: Period) -> Month:
    """The month of an address; answers 404 for a quarter or a year."""
    if not isinstance(period, Month):
        abort(404, f"关账按月办理：请从关账页选{period.label}的某个月。")
    return period


def to_board(center: str, when: Month) -> list[Step]:
    year = Year(when.year)
    return [Step(f"{year.label}关账", url_for("closing_board.year", center=center, year=year))]


def to_month(center: str, when: Month) -> list[Step]:
    return [*to_board(center, when), Step(when.label, url_for("closing.month", center=center, period=when))]


def _totals(center: str, when: Month) -> list[Checked]:
    """The control totals of spans that touch the month."""
    found = check_totals(db(), center, Year(when.year), now())
    return [
        one for one in found if one.stated.first_day < when.end_day and when.first_day < one.stated.end_day
    ]


def _offers(status: MonthStatus, center: str) -> list[Offer]:
    """What this person might do to sources, and to which."""
    known = [
        ("closing_acts.complete", "报齐", Right.LOG, why_not_complete),
        ("closing_acts.submit", "提交", Right.SUBMIT, _why_not_submit),
        ("closing_acts.approve", "审批", Right.APPROVE, why_not_approve),
        ("closing_acts.return_", "退回", Right.APPROVE, why_not_return),
    ]
    name = signed_in().name
    found = []
    for endpoint, title, right, why_not in known:
        if not may(right, center, status.month.year):
            continue
        told = {row.source.title: why_not(status, row, name) for row in status.rows}
        able = tuple(source for source, reason in told.items() if reason is None)
        refused = "；".join(dict.fromkeys(reason.text for reason in told.values() if reason is not None))
        found.append(Offer(endpoint, title, able, refused))
    return found


def _why_not_submit(status: MonthStatus, row: SourceRow, by: str) -> Refusal | None:
    """Whether it could be submitted if everything found were explained."""
    return why_not_submit(status, row, by, acknowledged="见说明")


def _together(acts: list[Act]) -> list[tuple[Act, list[Act]]]:
    """What one person did to several sources at once, as one entry; the newest first."""
    found: list[tuple[Act, list[Act]]] = []
    for act in acts:
        first = found[-1][0] if found else None
        if first and (first.at, first.title, first.by, first.said) == (act.at, act.title, act.by, act.said):
            found[-1][1].append(act)
        else:
            found.append((act, [act]))
    return found[::-1]
