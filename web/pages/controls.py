"""对账: what bodies outside say against the log, and the matrix of systems, every cell opened to its rows."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kpi.documents.shelf import ShelfProblem, find_bytes
from kpi.figures.controls.cell_rows import CellProblem, open_cell
from kpi.figures.controls.cells import COUNTS, FINDINGS
from kpi.figures.controls.checking import Verdict, check_totals
from kpi.figures.controls.matrix import matrix_of
from kpi.figures.controls.record_total import state_total
from kpi.figures.controls.totals import CONTROLS
from tracker.events.assertions import TOTALS, TotalProblem
from tracker.periods import Period, Year
from web.access import Action, Right, allowed, note, signed_in
from web.breadcrumbs import Step
from web.forms import DateField, Form, SelectChoice, SelectField, StringField, at_most, required
from web.instance import db, now, writing
from web.pages.frame import frame
from web.paging import Paging, page_asked

pages = Blueprint("controls", __name__)

KINDS = {Verdict.PASSED: "full", Verdict.FAILED: "none", Verdict.UNCHECKED: "nothing"}
SIGNS = {Verdict.PASSED: "✓", Verdict.FAILED: "✕", Verdict.UNCHECKED: "?"}
BESIDE = {  # what a body outside says stands beside what it is held against
    "calls_inbound": "telecom_calls",
    "calls_answered": "recordings",
    "work_orders_opened": "platform_orders",
    "work_orders_closed_in_period": "platform_closed",
}

Answer = str | Response | tuple[str, int]


class TotalForm(Form):
    """A total, as a body outside states it."""

    kind = SelectField(
        "对账项目",
        choices=[SelectChoice(key, f"{title}（{unit.name}）") for key, (title, unit) in TOTALS.items()],
    )
    first = DateField("起始日", [required("起始日")])
    last = DateField("末日（含当天）", [required("末日")])
    value = StringField("数值", [required("数值"), at_most(30)], render_kw={"inputmode": "decimal"})
    unit = StringField("单位", [at_most(10)])
    issued_by = StringField("出具单位", [required("出具单位"), at_most(60)])
    document = StringField("材料编号", [at_most(80)], render_kw={"autocomplete": "off"})


@pages.get("/<center:center>/<year:year>/controls")
@allowed(Right.SEE_FIGURES)
def totals(center: str, year: Year) -> str:
    """Every total stated for the year: theirs, ours, the difference, the verdict; a form for another."""
    form = TotalForm(formdata=None)
    month = frame(center, year).today.replace(day=1)
    form.last.data = min(month, year.end_day) - timedelta(days=1)
    form.first.data = form.last.data.replace(day=1)
    return _page(center, year, form)


@pages.post("/<center:center>/<year:year>/controls")
@allowed(Right.LOG)
def state(center: str, year: Year) -> Answer:
    """Notes a total in the log."""
    form = TotalForm()
    if not form.validate():
        return _page(center, year, form), 422
    try:
        with writing() as connection:
            paper = str(form.document.data or "").strip()
            new = state_total(
                connection, center, str(form.kind.data), form.first.data,
                form.last.data + timedelta(days=1), _number(str(form.value.data)),
                str(form.unit.data or "").strip() or None, issued_by=str(form.issued_by.data),
                by=signed_in().name, now=now(),
                document=find_bytes(connection, center, paper).sha256 if paper else None,
            )  # fmt: skip
            if new:
                note(connection, Action.DELIVERED, f"{center}：对账数 {TOTALS[str(form.kind.data)][0]}")
    except ShelfProblem as problem:
        form.document.errors = [str(problem)]
        return _page(center, year, form), 422
    except TotalProblem as problem:
        beside = form.last if "日子" in str(problem) else form.value
        beside.errors = [str(problem)]
        return _page(center, year, form), 422
    flash("已登记，结论见下。" if new else "同样的数已经登记过，没有重复登记。")
    return redirect(url_for("controls.totals", center=center, year=year))


@pages.get("/<center:center>/<year:year>/controls/matrix")
@allowed(Right.SEE_FIGURES)
def matrix(center: str, year: Year) -> str:
    """Month by month what each system counts, and what does not fit together."""
    return render_template(
        "controls/matrix.html",
        frame=frame(center, year),
        rows=matrix_of(db(), center, year, now()),
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
    around, only = frame(center, period), request.args.get("unexplained") == "1"
    asked = Paging(total=2**31, asked=page_asked(request.args))
    try:
        found = open_cell(
            db(), center, cell, period, now(),
            limit=asked.per_page, offset=asked.offset, unexplained=only,
        )  # fmt: skip
    except CellProblem as problem:
        abort(404, str(problem))
    year = Year(period.first_day.year)
    above = Step(f"{year.label}对账矩阵", url_for("controls.matrix", center=center, year=year))
    return render_template(
        "controls/cell.html",
        frame=around,
        period=period,
        found=found,
        only=only,
        finding=found.cell in FINDINGS,
        paging=Paging(found.count, asked.asked),
        trail=[above, Step(f"{period.label}{found.cell.title}")],
    )


def _page(center: str, year: Year, form: TotalForm) -> str:
    return render_template(
        "controls/totals.html",
        frame=frame(center, year),
        checked=check_totals(db(), center, year, now()),
        kinds=KINDS,
        signs=SIGNS,
        controls=CONTROLS.values(),
        form=form,
    )


def _number(text: str) -> Decimal:
    """Raises: TotalProblem for what is no number."""
    try:
        number = Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise TotalProblem(f"“{text}”不是数；请写成 3440 或 189158.33。")
    return number
