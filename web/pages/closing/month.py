"""One month's closing: what stands in the way, what was signed, and what the person may do now."""

from dataclasses import dataclass, field
from datetime import timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kpi.closing.acts import check_approval, check_completion, check_return, check_submission
from kpi.closing.history import ACTS, ClosingAct, read_history
from kpi.closing.late import LateEvent, read_late_register
from kpi.closing.permissions import explain_period
from kpi.closing.rule_violations import UnknownRule, read_violations
from kpi.closing.states import ClosingProblem, Refusal, list_needed_sources
from kpi.closing.status import MonthStatus, SourceStatus
from kpi.figures.controls.checking import TotalCheck, check_totals
from kpi.figures.indicators import INDICATORS
from kpi.figures.sources import SOURCES, Rhythm
from tracker.periods import Month, Period, Quarter, Year
from web.access import Right, allowed, get_person, may
from web.breadcrumbs import Crumb
from web.forms import (
    DateField,
    PageForm,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    TextAreaField,
    limit_length,
    require,
)
from web.instance import get_connection, get_now
from web.labels import label_subject
from web.pages.closing.summary import read_summaries
from web.pages.closing.words import (
    KINDS,
    describe_next_step,
    format_causes,
    format_sealed_value,
    make_board_month,
)
from web.pages.frame import make_frame
from web.paging import Paging, read_page_number

pages = Blueprint("closing", __name__)
pages.add_app_template_filter(format_causes, "causes")
pages.add_app_template_filter(format_sealed_value, "sealed_value")

LONGEST = 500  # characters of a reason


class ActForm(PageForm):
    """Acts on sources of a month."""

    sources = SelectMultipleField("来源", validate_choice=False)
    said = TextAreaField("说明", [limit_length(LONGEST)], render_kw={"rows": 2})


class LockForm(PageForm):
    """申请锁定, or 批准锁定."""

    remark = TextAreaField("备注", [limit_length(LONGEST)], render_kw={"rows": 1})


class ExceptionForm(PageForm):
    """申请限期解锁."""

    reason = TextAreaField("理由", [limit_length(LONGEST)], render_kw={"rows": 2})
    of = SelectField("范围")
    last_day = DateField("截止日期（含当天）", [require("截止日期")])


class CorrectionForm(PageForm):
    """申请更正."""

    why = TextAreaField("理由", [limit_length(LONGEST)], render_kw={"rows": 2})


@dataclass(frozen=True)
class MonthForms:
    """The forms of a page; the one that failed holds what was typed and why it was refused."""

    act: ActForm = field(default_factory=lambda: ActForm(formdata=None))
    lock: LockForm = field(default_factory=lambda: LockForm(formdata=None))
    exception: ExceptionForm = field(default_factory=lambda: add_scopes(ExceptionForm(formdata=None)))
    correction: CorrectionForm = field(default_factory=lambda: CorrectionForm(formdata=None))


def make_forms(failed: PageForm | None = None) -> MonthForms:
    """All forms empty, but for the one that failed."""
    kinds = {ActForm: "act", LockForm: "lock", ExceptionForm: "exception", CorrectionForm: "correction"}
    return MonthForms() if failed is None else MonthForms(**{kinds[type(failed)]: failed})


def add_scopes(form: ExceptionForm) -> ExceptionForm:
    """The form with what an exception may extend to."""
    form.of.choices = [
        SelectChoice("", "全部来源"),
        *(SelectChoice(key, f"只限{SOURCES[key].title}") for key in list_needed_sources()),
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
    return render_page(center, period, _prefill(center, period, request.args.get("late", "")))


@pages.get("/<center:center>/<period:period>/closing/late")
@allowed(Right.SEE_ROWS)
def late(center: str, period: Period) -> str:
    """What was recorded of a locked month after its lock, and which sealed figures it would move."""
    when = get_month(period)
    around = make_frame(center, when)
    try:
        register = read_late_register(get_connection(), center, when)
    except ClosingProblem:
        register = None
    paging = Paging(len(register.events) if register else 0, read_page_number(request.args))
    open_now = register is not None and register.closing.find_open_exemption(get_now()) is not None
    return render_template(
        "closing/late.html",
        frame=around,
        month=when,
        register=register,
        paging=paging,
        events=register.events[paging.offset : paging.offset + paging.per_page] if register else (),
        indicators=INDICATORS,
        sources=SOURCES,
        correcting="correction" if open_now else "exception",
        trail=[*to_month(center, when), Crumb("锁定后变动")],
    )


@pages.get("/<center:center>/<period:period>/closing/rules/<rule>")
@allowed(Right.SEE_ROWS)
def rule(center: str, period: Period, rule: str) -> str:
    """The things of the month that break a rule, each with the way to it."""
    when = get_month(period)
    paging = Paging(total=2**31, asked=read_page_number(request.args))
    try:
        found = read_violations(
            get_connection(), center, when, rule, limit=paging.per_page, offset=paging.offset
        )
    except UnknownRule as problem:
        abort(404, str(problem))
    return render_template(
        "closing/rule.html",
        frame=make_frame(center, when),
        month=when,
        found=found,
        source=SOURCES[found.rule.source],
        paging=Paging(found.count, paging.asked),
        trail=[*to_month(center, when), Crumb(found.rule.title)],
    )


@pages.get("/<center:center>/<period:period>/closing/history")
@allowed(Right.SEE_FIGURES)
def acts(center: str, period: Period) -> str:
    """Everything that people did to the month."""
    when = get_month(period)
    return render_template(
        "closing/history.html",
        frame=make_frame(center, when),
        month=when,
        acts=_group_acts(read_history(get_connection(), center, when)),
        trail=[*to_month(center, when), Crumb("审核记录")],
    )


def render_page(center: str, period: Period, forms: MonthForms, refused: str = "") -> str:
    """The month's page with these forms; `refused` says why a button did nothing."""
    when, at = get_month(period), get_now()
    around = make_frame(center, when)
    summary = read_summaries(center, [when])[0]
    status = summary.status
    if forms.exception.last_day.raw_data is None:
        forms.exception.last_day.data = around.today + timedelta(days=7)
    return render_template(
        "closing/month.html",
        frame=around,
        month=when,
        status=status,
        summary=summary,
        state=summary.state,
        returning=request.endpoint == "closing_acts.return_" and not forms.act.sources.data,
        kinds=KINDS,
        acts=ACTS,
        next=describe_next_step(make_board_month(status), at),
        who=explain_period(status, when),
        offers=_list_offers(status, center),
        totals=_check_totals(center, when),
        daily=(Rhythm.DAILY, Rhythm.HOURLY),
        forms=forms,
        refused=refused,
        at=at,
        indicators=INDICATORS,
        trail=[*to_board(center, when), Crumb(when.label)],
    )


def _prefill(center: str, period: Period, late: str) -> MonthForms:
    """The forms to correct a locked month for a late event (its number), or for all of them ("all")."""
    if not late or not may(Right.SUBMIT, center, period.first_day.year):
        return MonthForms()
    try:
        register = read_late_register(get_connection(), center, get_month(period))
    except ClosingProblem:
        return MonthForms()
    event = next((one for one in register.events if str(one.seq) == late), None)
    if event is None and late != "all":
        return MonthForms()
    reason = _describe_late_event(event) if event else f"锁定后变动{len(register.events):,}条"
    forms = MonthForms()
    forms.exception.reason.data = forms.correction.why.data = reason
    forms.exception.of.data = (event.source if event else None) or ""
    return forms


def _describe_late_event(event: LateEvent) -> str:
    """补报话单：通话 c3（第12号记录，话单_补报.csv第3行）"""
    source = SOURCES[event.source].title if event.source else ""
    row = f"第{event.row}行" if event.row else ""
    file = f"，{event.file_name}{row}" if event.file_name else ""
    return f"{event.kind.value}{source}：{label_subject(event.subject)}（第{event.seq}号记录{file}）"


def get_month(period: Period) -> Month:
    """The month of an address; answers 404 for a quarter or a year."""
    if not isinstance(period, Month):
        abort(404, f"月度审核按月办理：请从月度审核页选{period.label}的某个月。")
    return period


def to_board(center: str, when: Month) -> list[Crumb]:
    year = Year(when.year)
    return [Crumb(f"{year.label}月度审核", url_for("closing_board.year", center=center, year=year))]


def to_month(center: str, when: Month) -> list[Crumb]:
    return [*to_board(center, when), Crumb(when.label, url_for("closing.month", center=center, period=when))]


def _check_totals(center: str, when: Month) -> list[TotalCheck]:
    """The control totals of spans that touch the month."""
    found = check_totals(get_connection(), center, Year(when.year), get_now())
    return [
        one for one in found if one.stated.first_day < when.end_day and when.first_day < one.stated.end_day
    ]


def _list_offers(status: MonthStatus, center: str) -> list[Offer]:
    """What this person might do to sources, and to which."""
    rows = [
        ("closing_acts.complete", "报齐", Right.LOG, check_completion),
        ("closing_acts.submit", "提交", Right.SUBMIT, _explain_refusal),
        ("closing_acts.approve", "审批", Right.APPROVE, check_approval),
        ("closing_acts.return_", "退回", Right.APPROVE, check_return),
    ]
    name = get_person().signature
    found = []
    for endpoint, title, right, why_not in rows:
        if not may(right, center, status.month.year):
            continue
        refusals = {row.source.title: why_not(status, row, name) for row in status.rows}
        able = tuple(source for source, reason in refusals.items() if reason is None)
        refused = "；".join(dict.fromkeys(reason.text for reason in refusals.values() if reason is not None))
        found.append(Offer(endpoint, title, able, refused))
    return found


def _explain_refusal(status: MonthStatus, row: SourceStatus, by: str) -> Refusal | None:
    """Whether it could be submitted if everything found were explained."""
    return check_submission(status, row, by, acknowledged="见说明")


def _group_acts(acts: list[ClosingAct]) -> list[tuple[ClosingAct, list[ClosingAct]]]:
    """What one person did to several sources at once, as one entry; the newest first."""
    found: list[tuple[ClosingAct, list[ClosingAct]]] = []
    for act in acts:
        first = found[-1][0] if found else None
        if first and (first.at, first.title, first.by, first.said) == (act.at, act.title, act.by, act.said):
            found[-1][1].append(act)
        else:
            found.append((act, [act]))
    return found[::-1]
