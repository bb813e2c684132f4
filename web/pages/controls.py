"""外部数据核对: what bodies outside say against the log; the matrix of systems, each cell with its rows."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kpi.documents.shelf import ShelfProblem, find_bytes
from kpi.figures.controls.cell_rows import MatrixCellProblem, open_cell
from kpi.figures.controls.cells import COUNTS, FINDINGS
from kpi.figures.controls.checking import CheckVerdict, check_totals
from kpi.figures.controls.matrix import build_matrix
from kpi.figures.controls.record_total import state_total
from kpi.figures.controls.totals import CONTROLS
from tracker.events.assertions import TOTALS, TotalProblem
from tracker.periods import Period, Year
from web.access import Action, Right, allowed, get_person, note
from web.breadcrumbs import Crumb
from web.forms import DateField, PageForm, SelectChoice, SelectField, StringField, limit_length, require
from web.instance import get_connection, get_now, open_log_transaction
from web.pages.frame import make_frame
from web.paging import Paging, read_page_number

pages = Blueprint("controls", __name__)

KINDS = {CheckVerdict.PASSED: "full", CheckVerdict.FAILED: "none", CheckVerdict.UNCHECKED: "nothing"}
SIGNS = {CheckVerdict.PASSED: "✓", CheckVerdict.FAILED: "✕", CheckVerdict.UNCHECKED: "?"}
BESIDE = {  # what a body outside says stands beside what it is held against
    "calls_inbound": "telecom_calls",
    "calls_answered": "recordings",
    "work_orders_opened": "platform_orders",
    "work_orders_closed_in_period": "platform_closed",
}

PageResponse = str | Response | tuple[str, int]


class TotalForm(PageForm):
    """A total, as a body outside states it."""

    kind = SelectField(
        "核对项目",
        choices=[SelectChoice(key, f"{title}（{unit.name}）") for key, (title, unit) in TOTALS.items()],
    )
    first = DateField("起始日", [require("起始日")])
    last = DateField("末日（含当天）", [require("末日")])
    value = StringField("数值", [require("数值"), limit_length(30)], render_kw={"inputmode": "decimal"})
    unit = StringField("单位", [limit_length(10)])
    issued_by = StringField("出具单位", [require("出具单位"), limit_length(60)])
    document = StringField("材料编号", [limit_length(80)], render_kw={"autocomplete": "off"})


@pages.get("/<center:center>/<year:year>/controls")
@allowed(Right.SEE_FIGURES)
def totals(center: str, year: Year) -> str:
    """Every total stated for the year: theirs, ours, the difference, the verdict; a form for another."""
    form = TotalForm(formdata=None)
    month = make_frame(center, year).today.replace(day=1)
    form.last.data = min(month, year.end_day) - timedelta(days=1)
    form.first.data = form.last.data.replace(day=1)
    return _render_page(center, year, form)


@pages.post("/<center:center>/<year:year>/controls")
@allowed(Right.LOG)
def state(center: str, year: Year) -> PageResponse:
    """Notes a total in the log."""
    form = TotalForm()
    if not form.validate():
        return _render_page(center, year, form), 422
    try:
        with open_log_transaction() as connection:
            paper = str(form.document.data or "").strip()
            new = state_total(
                connection, center, str(form.kind.data), form.first.data,
                form.last.data + timedelta(days=1), _read_number(str(form.value.data)),
                str(form.unit.data or "").strip() or None, issued_by=str(form.issued_by.data),
                by=get_person().signature, now=get_now(),
                document=find_bytes(connection, center, paper).sha256 if paper else None,
            )  # fmt: skip
            if new:
                note(connection, Action.DELIVERED, f"{center}：外部核对数据 {TOTALS[str(form.kind.data)][0]}")
    except ShelfProblem as problem:
        form.document.errors = [str(problem)]
        return _render_page(center, year, form), 422
    except TotalProblem as problem:
        beside = form.last if "日期" in str(problem) else form.value
        beside.errors = [str(problem)]
        return _render_page(center, year, form), 422
    flash("已保存，结论见下。" if new else "相同数据已录入，未重复保存。")
    return redirect(url_for("controls.totals", center=center, year=year))


@pages.get("/<center:center>/<year:year>/controls/matrix")
@allowed(Right.SEE_FIGURES)
def matrix(center: str, year: Year) -> str:
    """Month by month what each system counts, and what does not fit together."""
    return render_template(
        "controls/matrix.html",
        frame=make_frame(center, year),
        rows=build_matrix(get_connection(), center, year, get_now()),
        counts=COUNTS,
        findings=FINDINGS,
        beside=BESIDE,
        signs=SIGNS,
        kinds=KINDS,
        totals=TOTALS,
    )


@pages.get("/<center:center>/<period:period>/controls/<cell>")
@allowed(Right.SEE_ROWS)
def cell(center: str, period: Period, cell: str) -> str:
    """The rows behind a cell; with ?unexplained=1 only those that no missing day explains."""
    around, only = make_frame(center, period), request.args.get("unexplained") == "1"
    paging = Paging(total=2**31, asked=read_page_number(request.args))
    try:
        found = open_cell(
            get_connection(), center, cell, period, get_now(),
            limit=paging.per_page, offset=paging.offset, unexplained=only,
        )  # fmt: skip
    except MatrixCellProblem as problem:
        abort(404, str(problem))
    year = Year(period.first_day.year)
    above = Crumb(f"{year.label}数据勾稽表", url_for("controls.matrix", center=center, year=year))
    return render_template(
        "controls/cell.html",
        frame=around,
        period=period,
        found=found,
        only=only,
        finding=found.cell in FINDINGS,
        paging=Paging(found.count, paging.asked),
        trail=[above, Crumb(f"{period.label}{found.cell.title}")],
    )


def _render_page(center: str, year: Year, form: TotalForm) -> str:
    return render_template(
        "controls/totals.html",
        frame=make_frame(center, year),
        checked=check_totals(get_connection(), center, year, get_now()),
        kinds=KINDS,
        signs=SIGNS,
        controls=CONTROLS.values(),
        form=form,
    )


def _read_number(text: str) -> Decimal:
    """Raises: TotalProblem for what is no number."""
    try:
        number = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise TotalProblem(f"“{text}”不是数字；请按 3440 或 189158.33 填写。")
    return number
