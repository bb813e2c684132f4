"""提出采用口径: a definition as text or file, checked, with what it would change, for a second person."""

from pathlib import Path

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from kpi.figures import catalogue
from kpi.figures.definitions.adopting import check_change
from kpi.figures.definitions.differences import differences
from kpi.figures.definitions.document import definition_document
from kpi.figures.definitions.fields import DefinitionProblem
from kpi.figures.definitions.in_force import definitions_for
from kpi.figures.definitions.proposing import LONGEST, propose
from kpi.figures.definitions.reading import read_definition
from kpi.figures.definitions.toml import as_toml
from kpi.figures.forks import forks_of
from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.measures import MEASURES
from tracker.periods import Month, PeriodProblem, parse_period
from tracker.toml_file import parse_toml
from web.access import Right, allowed, signed_in, takes_files
from web.breadcrumbs import Step
from web.forms import FileField, Form, StringField, TextAreaField, at_most, required
from web.instance import acting, db, now
from web.pages.foreseen import foreseen, year_with_data
from web.pages.frame import frame
from web.pages.proposals import PROBLEMS, Answer, address_of, check_year, in_force, note_act, to_index
from web.uploads import UploadProblem, received_files

pages = Blueprint("proposing", __name__, url_prefix="/<center:center>/definitions/<key>/proposal")

MOST_TEXT = 100_000  # characters of a definition


class DefinitionForm(Form):
    """A definition as TOML: typed, or sent as a file, which then takes its place."""

    text = TextAreaField(
        "口径文件（TOML）", [at_most(MOST_TEXT)], render_kw={"rows": 22, "spellcheck": "false"}
    )
    file = FileField("或选择文件", render_kw={"accept": ".toml,.txt"})


class ProposalForm(Form):
    """From which month on the checked definition should hold, and why."""

    text = TextAreaField("口径文件", [required("口径文件"), at_most(MOST_TEXT)])
    effective = StringField(
        "施行月份", [required("施行月份"), at_most(10)], render_kw={"autocomplete": "off"}
    )
    reason = TextAreaField("理由", [required("理由"), at_most(LONGEST)], render_kw={"rows": 2})
    clause = StringField("依据的文件或条款", [at_most(200)], render_kw={"autocomplete": "off"})


@pages.get("")
@allowed(Right.SUBMIT)
def form(center: str, key: str) -> Answer:
    """The definition in force as text to be changed; `?fork=` begins with a known way of counting."""
    current = in_force(center, key)
    forks = {fork.name: fork for fork in forks_of(key)}
    name = request.args.get("fork")
    if name is not None and name not in forks:
        abort(404, f"没有编码为“{name}”的对照口径。")
    chosen = forks[name].definition if name else current
    asked = DefinitionForm(formdata=None, data={"text": as_toml(definition_document(chosen), head=())})
    return _page(center, current, asked, chosen if name else None)


@pages.post("/trial")
@allowed(Right.SUBMIT)
@takes_files
def trial(center: str, key: str) -> Answer:
    """Checks the text; what it would change is shown, nothing is kept."""
    current, asked = in_force(center, key), DefinitionForm()
    if not asked.validate():
        return _page(center, current, asked), 422
    try:
        asked.text.data = _sent() or _lines(asked.text.data)
        chosen = _read(asked.text.data, key)
        check_change(definitions_for(db(), center), chosen, _first_month(center, key))
    except PROBLEMS as problem:
        asked.text.errors = [str(problem)]
        return _page(center, current, asked), 422
    return _page(center, current, asked, chosen)


@pages.post("")
@allowed(Right.SUBMIT)
def send(center: str, key: str) -> Answer:
    """提出采用: kept in the log, for a second person to decide."""
    current, asked = in_force(center, key), ProposalForm()
    text = _lines(asked.text.data)
    typed = DefinitionForm(formdata=None, data={"text": text})
    try:
        chosen = _read(text, key)
    except PROBLEMS as problem:
        typed.text.errors = [str(problem)]
        return _page(center, current, typed), 422
    if not asked.validate():
        return _page(center, current, typed, chosen, asked), 422
    try:
        month = _month(asked.effective.data)
        check_year(Right.SUBMIT, center, month)
        with acting() as connection:
            made = propose(
                connection, center, chosen, month, by=signed_in().name, reason=asked.reason.data or "",
                clause=asked.clause.data, now=now(),
            )  # fmt: skip
            note_act(connection, center, made, "提出采用")
    except PROBLEMS as problem:
        asked.effective.errors = [*asked.effective.errors, str(problem)]
        return _page(center, current, typed, chosen, asked), 422
    flash("已提出，请另一人（审批人）批准。")
    return redirect(address_of(center, made))


def _page(
    center: str,
    current: Indicator,
    asked: DefinitionForm,
    chosen: Indicator | None = None,
    proposing: ProposalForm | None = None,
) -> str:
    """The text, and below it what a definition that holds water would change."""
    first = _first_month(center, current.key)
    if chosen is not None and proposing is None:
        proposing = ProposalForm(formdata=None, data={"text": asked.text.data, "effective": str(first)})
    year = year_with_data(center)
    return render_template(
        "proposals/form.html",
        frame=frame(center),
        indicator=current,
        forks=forks_of(current.key),
        begun=request.args.get("fork", ""),
        form=asked,
        proposing=proposing,
        first=first,
        measures=MEASURES.values(),
        formula=catalogue.formula(chosen) if chosen else "",
        differences=differences(current, chosen) if chosen else [],
        year=year,
        found=foreseen(center, current, chosen, year) if chosen else [],
        trail=[to_index(center), _card(center, current), Step("提出采用")],
    )


def _read(text: str, key: str) -> Indicator:
    """Raises: DefinitionProblem that begins with the line."""
    node = parse_toml(text, DefinitionProblem)
    chosen = read_definition(node)
    if chosen.key != key:
        raise node.problem("key", f"写的是 {chosen.key}，这一页是{INDICATORS[key].title}（{key}）的口径。")
    return chosen


def _sent() -> str:
    """The text of the file sent; empty where none was. Raises: UploadProblem."""
    with received_files("file") as paths:
        return _text_of(paths[0]) if paths else ""


def _text_of(path: Path) -> str:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UploadProblem(f"文件“{path.name}”不能读：应是 UTF-8 编码的文本文件。") from None
    if len(text) > MOST_TEXT:
        raise UploadProblem(f"文件“{path.name}”太长：口径文件最多 {MOST_TEXT:,} 个字。")
    return _lines(text)


def _lines(text: str | None) -> str:
    return "\n".join((text or "").splitlines())


def _month(text: str | None) -> Month:
    """Raises: PeriodProblem for what is no month."""
    period = parse_period((text or "").strip())
    if not isinstance(period, Month):
        raise PeriodProblem(f"施行月份应写成 2024-01，现在是“{text}”。")
    return period


def _first_month(center: str, key: str) -> Month:
    """This month, or the later one in which the newest adopted version begins."""
    newest = definitions_for(db(), center).versions(key)[-1].effective_from
    return max(Month.of(now()), newest) if newest else Month.of(now())


def _card(center: str, indicator: Indicator) -> Step:
    return Step(indicator.title, url_for("definitions.card", center=center, key=indicator.key))
