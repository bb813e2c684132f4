"""申请变更口径: a definition as text or file, checked, with what it would change, for a second person."""

from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from kpi.figures import catalogue
from kpi.figures.definitions.adopting import check_change
from kpi.figures.definitions.differences import list_differences
from kpi.figures.definitions.document import dump_definition
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import read_definitions
from kpi.figures.definitions.proposing import LONGEST, propose
from kpi.figures.definitions.reading import read_definition
from kpi.figures.definitions.toml import as_toml
from kpi.figures.forks import list_forks
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from tracker.periods import Month, PeriodProblem, parse_period
from tracker.toml_file import parse_toml
from web.access import Right, allowed, get_person, takes_files
from web.breadcrumbs import Crumb
from web.forms import FileField, PageForm, StringField, TextAreaField, limit_length, require
from web.instance import get_connection, get_now, open_transaction
from web.pages.foreseen import find_year_with_data, foresee_changes
from web.pages.frame import make_frame
from web.pages.proposals import (
    PROBLEMS,
    PageResponse,
    check_year,
    get_definition_in_force,
    make_address,
    note_act,
    to_index,
)
from web.uploads import UploadProblem, receive_files

pages = Blueprint("proposing", __name__, url_prefix="/<center:center>/definitions/<key>/proposal")

MOST_TEXT = 100_000  # characters of a definition


class DefinitionForm(PageForm):
    """A definition as TOML: typed, or sent as a file, which then takes its place."""

    text = TextAreaField(
        "口径文件（TOML）", [limit_length(MOST_TEXT)], render_kw={"rows": 22, "spellcheck": "false"}
    )
    file = FileField("或选择文件", render_kw={"accept": ".toml,.txt"})


class ProposalForm(PageForm):
    """From which month on the checked definition should hold, and why."""

    text = TextAreaField("口径文件", [require("口径文件"), limit_length(MOST_TEXT)])
    effective = StringField(
        "启用月份", [require("启用月份"), limit_length(10)], render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField("理由", [require("理由"), limit_length(LONGEST)], render_kw={"rows": 2})
    clause = StringField("依据的文件或条款", [limit_length(200)], render_kw={"autocomplete": "off"})


@pages.get("")
@allowed(Right.SUBMIT)
def form(center: str, key: str) -> PageResponse:
    """The definition in force as text to be changed; `?fork=` begins with a known way of counting."""
    current = get_definition_in_force(center, key)
    forks = {fork.name: fork for fork in list_forks(key)}
    name = request.args.get("fork")
    if name is not None and name not in forks:
        abort(404, f"没有编码为“{name}”的其他口径。")
    chosen = forks[name].definition if name else current
    definition_form = DefinitionForm(formdata=None, data={"text": as_toml(dump_definition(chosen), head=())})
    return _render_page(center, current, definition_form, chosen if name else None)


@pages.post("/trial")
@allowed(Right.SUBMIT)
@takes_files
def trial(center: str, key: str) -> PageResponse:
    """Checks the text; what it would change is shown, nothing is kept."""
    current, definition_form = get_definition_in_force(center, key), DefinitionForm()
    if not definition_form.validate():
        return _render_page(center, current, definition_form), 422
    try:
        definition_form.text.data = _read_sent() or _normalize_lines(definition_form.text.data)
        chosen = _read(definition_form.text.data, key)
        check_change(read_definitions(get_connection(), center), chosen, _find_first_month(center, key))
    except PROBLEMS as problem:
        definition_form.text.errors = [str(problem)]
        return _render_page(center, current, definition_form), 422
    return _render_page(center, current, definition_form, chosen)


@pages.post("")
@allowed(Right.SUBMIT)
def send(center: str, key: str) -> PageResponse:
    """申请变更: kept in the log, for a second person to decide."""
    current, proposal = get_definition_in_force(center, key), ProposalForm()
    text = _normalize_lines(proposal.text.data)
    typed = DefinitionForm(formdata=None, data={"text": text})
    try:
        chosen = _read(text, key)
    except PROBLEMS as problem:
        typed.text.errors = [str(problem)]
        return _render_page(center, current, typed), 422
    if not proposal.validate():
        return _render_page(center, current, typed, chosen, proposal), 422
    try:
        month = _read_month(proposal.effective.data)
        check_year(Right.SUBMIT, center, month)
        with open_transaction() as connection:
            made = propose(
                connection, center, chosen, month, by=get_person().signature,
                reason=proposal.reason.data or "", clause=proposal.clause.data, now=get_now(),
            )  # fmt: skip
            note_act(connection, center, made, "申请变更")
    except PROBLEMS as problem:
        proposal.effective.errors = [*proposal.effective.errors, str(problem)]
        return _render_page(center, current, typed, chosen, proposal), 422
    flash("已申请，请另一名审批人批准。")
    return redirect(make_address(center, made))


def _render_page(
    center: str,
    current: Indicator,
    definition_form: DefinitionForm,
    chosen: Indicator | None = None,
    proposing: ProposalForm | None = None,
) -> str:
    """The text, and below it what a definition that holds water would change."""
    first = _find_first_month(center, current.key)
    if chosen is not None and proposing is None:
        proposing = ProposalForm(
            formdata=None, data={"text": definition_form.text.data, "effective": str(first)}
        )
    year = find_year_with_data(center)
    return render_template(
        "proposals/form.html",
        frame=make_frame(center),
        indicator=current,
        forks=list_forks(current.key),
        begun=request.args.get("fork", ""),
        form=definition_form,
        proposing=proposing,
        first=first,
        measures=MEASURES.values(),
        formula=catalogue.format_formula(chosen) if chosen else "",
        differences=list_differences(current, chosen) if chosen else [],
        year=year,
        found=foresee_changes(center, current, chosen, year) if chosen else [],
        trail=[to_index(center), _make_card_crumb(center, current), Crumb("申请变更")],
    )


def _read(text: str, key: str) -> Indicator:
    """Raises: DefinitionProblem that begins with the line."""
    node = parse_toml(text, DefinitionProblem)
    chosen = read_definition(node)
    if chosen.key != key:
        raise node.problem("key", f"所填为 {chosen.key}，这一页是{INDICATORS[key].title}（{key}）的口径。")
    return chosen


def _read_sent() -> str:
    """The text of the file sent; empty where none was. Raises: UploadProblem."""
    with receive_files("file") as paths:
        return _read_text(paths[0]) if paths else ""


def _read_text(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UploadProblem(f"文件“{path.name}”无法读取：应为 UTF-8 编码的文本文件。") from None
    if len(text) > MOST_TEXT:
        raise UploadProblem(f"文件“{path.name}”太长：口径文件最多 {MOST_TEXT:,} 个字。")
    return _normalize_lines(text)


def _normalize_lines(text: str | None) -> str:
    return "\n".join((text or "").splitlines())


def _read_month(text: str | None) -> Month:
    """Raises: PeriodProblem for what is no month."""
    period = parse_period((text or "").strip())
    if not isinstance(period, Month):
        raise PeriodProblem(f"启用月份应填写为 2024-01，现为“{text}”。")
    return period


def _find_first_month(center: str, key: str) -> Month:
    """This month, or the later one in which the newest adopted version begins."""
    newest = read_definitions(get_connection(), center).list_versions(key)[-1].effective_from
    return max(Month.of(get_now()), newest) if newest else Month.of(get_now())


def _make_card_crumb(center: str, indicator: Indicator) -> Crumb:
    return Crumb(indicator.title, url_for("definitions.card", center=center, key=indicator.key))
