"""评价: schemes, a centre's score tree, published reports scored anew, the rehearsal, attestations, marks."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from kpi.documents.attaching import AttachingProblem
from kpi.documents.media import DocumentRefused
from kpi.evaluation.attesting import (
    AttestationProblem,
    Attested,
    DocumentLacking,
    DocumentProblem,
    Marked,
    attest,
    manual_points,
    mark,
)
from kpi.evaluation.facts import Facts
from kpi.evaluation.facts_files import published_facts
from kpi.evaluation.findings import findings
from kpi.evaluation.from_events import facts_of_center
from kpi.evaluation.numbers import points_text
from kpi.evaluation.rehearsal.points_status import Way
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.rehearsal.report import deadline_text
from kpi.evaluation.rehearsal.stored_rehearsal import choose_scheme, chosen_scheme, keep_rehearsals
from kpi.evaluation.scheme import Item, Scheme
from kpi.evaluation.scheme_files import read_scheme, scheme_paths
from kpi.evaluation.scoring import Evaluation, GroupScore, evaluate
from kpi.figures import results
from tracker.database import driver_of
from tracker.events.times import day_start
from tracker.periods import Year
from web import as_of
from web.access import Action, Right, allowed, note, signed_in, takes_files
from web.breadcrumbs import Step
from web.forms import (
    Form,
    MultipleFileField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    required,
)
from web.instance import acting, db, instance, now, writing
from web.pages.frame import frame
from web.uploads import UploadProblem, received_files

pages = Blueprint("evaluation", __name__, url_prefix="/<center:center>/<year:year>/evaluation")
pages.add_app_template_filter(points_text, "points")
pages.add_app_template_test(lambda part: isinstance(part, GroupScore), "group_score")

Answer = str | Response | tuple[str, int]


class AttestForm(Form):
    """One value that the log cannot give."""

    code = SelectField("指标")
    value = StringField("实际值", [required("实际值"), at_most(200)], render_kw={"autocomplete": "off"})
    files = MultipleFileField("证明文件")
    documents = StringField("已在档材料的编号", [at_most(400)], render_kw={"autocomplete": "off"})
    remark = TextAreaField("备注", [at_most(300)], render_kw={"rows": 2})
    reason = TextAreaField("与系统数据不一致的理由", [at_most(300)], render_kw={"rows": 2})


class MarkForm(Form):
    """One expert's points for one indicator."""

    code = SelectField("指标")
    points = StringField("得分", [required("得分"), at_most(10)], render_kw={"inputmode": "decimal"})
    remark = TextAreaField("理由", [at_most(300)], render_kw={"rows": 2})


@pages.get("/")
@allowed(Right.SEE_FIGURES)
def index(center: str, year: Year) -> str:
    """All schemes, those published with their facts apart."""
    found = [read_scheme(path) for path in scheme_paths(instance().home).values()]
    return render_template(
        "evaluation/index.html",
        frame=frame(center, year),
        schemes=[(one, sum(1 for item in one.items if item.feed.automatic)) for one in found],
        published=[(one, evaluate(one, facts)) for one in found if (facts := published_facts(one))],
        chosen=chosen_scheme(db(), center, year.year),
    )


@pages.post("/<scheme>/choice")
@allowed(Right.SUBMIT)
def choose(center: str, year: Year, scheme: str) -> Response:
    """Holds the year against a scheme; what is at risk under it then stands on the overview."""
    known, around, home = _scheme(scheme), frame(center, year), instance().home
    with acting() as connection:
        choose_scheme(
            driver_of(connection), home, center, year.year, known.key, by=signed_in().name, now=now()
        )
        note(
            driver_of(connection),
            Action.SUBMITTED,
            f"{center} {year} {known.key}",
            details={"act": "选定评价方案"},
        )
        results.bring_up_to_date(connection, center, now())
        keep_rehearsals(connection, around.center, home, now())
    flash(f"{year.label}的评价方案已选定：{known.title}。")
    return redirect(url_for("evaluation.index", center=center, year=year))


@pages.get("/<scheme>/")
@allowed(Right.SEE_FIGURES)
def scores(center: str, year: Year, scheme: str) -> str:
    """The centre's year by a scheme: rule, experts' and final score of every indicator, with its reason."""
    known, around = _scheme(scheme), frame(center, year)
    found = evaluate(known, facts_of_center(db(), around.center, known, year.year, now(), instance().home))
    return _tree(center, year, found, published=False)


@pages.get("/<scheme>/published")
@allowed(Right.SEE_FIGURES)
def published(center: str, year: Year, scheme: str) -> str:
    """A published report scored anew by its own rules, with what does not agree."""
    known = _scheme(scheme)
    facts = published_facts(known)
    if facts is None:
        abort(404, f"方案 {known.key} 没有随附的公开报告。")
    return _tree(center, year, evaluate(known, facts), published=True)


@pages.get("/<scheme>/rehearsal")
@allowed(Right.SEE_ROWS)
def rehearsal(center: str, year: Year, scheme: str) -> str:
    """如果今天评价: points safe, at risk and lost, and what to do by when; ?as_of= asks for another day."""
    known, around = _scheme(scheme), frame(center, year)
    asked = as_of.asked(around.today)
    moment = day_start(asked.day) if asked else now()
    found = rehearse(
        db(), around.center, known, year.year, moment, as_if=asked is not None, home=instance().home
    )
    return render_template(
        "evaluation/rehearsal.html",
        frame=around,
        scheme=known,
        found=found,
        best=known.rating(found.best),
        as_of=asked,
        until=lambda deadline: deadline_text(deadline, found),
        ways=Way,
        trail=_above(center, year, Step(f"{known.title}：如果今天评价")),
    )


@pages.get("/<scheme>/attestations")
@allowed(Right.LOG)
def attestations(center: str, year: Year, scheme: str) -> str:
    """The form for values that the log cannot give."""
    form = AttestForm(formdata=None)
    form.code.data = request.args.get("code", "")
    return _attest_page(center, year, _scheme(scheme), form)


@pages.post("/<scheme>/attestations")
@allowed(Right.LOG)
@takes_files
def attest_value(center: str, year: Year, scheme: str) -> Answer:
    """Writes down one value with its documents."""
    known, form = _scheme(scheme), AttestForm(formdata=_with_points(request.form))
    form.code.choices = _choices(_manual(known))
    if not form.validate():
        return _attest_page(center, year, known, form), 422
    try:
        with received_files("files") as files, writing() as connection:
            told = Attested(
                str(form.code.data),
                str(form.value.data).strip(),
                tuple(one for one in re.split(r"[，、,\s]+", form.documents.data or "") if one),
                tuple(files),
                str(form.remark.data or "").strip() or None,
                str(form.reason.data or "").strip() or None,
            )
            attest(
                connection, instance().home, center, known, year.year, [told],
                by=signed_in().name, now=now(), limit=instance().document_limit,
            )  # fmt: skip
            note(connection, Action.DELIVERED, f"{center} {year} {known.key} {told.code}")
    except (AttachingProblem, DocumentLacking, DocumentRefused, UploadProblem) as problem:
        form.files.errors = [str(problem)]
        return _attest_page(center, year, known, form), 422
    except DocumentProblem as problem:
        form.documents.errors = [str(problem)]
        return _attest_page(center, year, known, form), 422
    except AttestationProblem as problem:
        form.value.errors = [str(problem)]
        return _attest_page(center, year, known, form), 422
    flash(f"已登记 {told.code} 的填报。")
    around = frame(center, year)
    facts = facts_of_center(db(), around.center, known, year.year, now(), instance().home)
    for found in facts.told(told.code).contradictions:
        flash(f"{told.code} {found.sentence}。")
    return redirect(url_for("evaluation.scores", center=center, year=year, scheme=known.key))


@pages.get("/<scheme>/marks")
@allowed(Right.EVALUATE)
def marks(center: str, year: Year, scheme: str) -> str:
    """The form for the marks of whoever is signed in."""
    form = MarkForm(formdata=None)
    form.code.data = request.args.get("code", "")
    return _mark_page(center, year, _scheme(scheme), form)


@pages.post("/<scheme>/marks")
@allowed(Right.EVALUATE)
def give_mark(center: str, year: Year, scheme: str) -> Answer:
    """Writes down one mark under the expert's own name."""
    known, form = _scheme(scheme), MarkForm()
    form.code.choices = _choices(list(known.items))
    if not form.validate():
        return _mark_page(center, year, known, form), 422
    try:
        told = Marked(
            signed_in().name,
            str(form.code.data),
            _points(str(form.points.data)),
            str(form.remark.data or "").strip() or None,
        )
        with writing() as connection:
            mark(connection, center, known, year.year, [told], now=now())
            note(connection, Action.DELIVERED, f"{center} {year} {known.key} {told.code}")
    except AttestationProblem as problem:
        form.points.errors = [str(problem)]
        return _mark_page(center, year, known, form), 422
    flash(f"已登记对 {told.code} 的打分。")
    return redirect(url_for("evaluation.marks", center=center, year=year, scheme=known.key))


def _tree(center: str, year: Year, found: Evaluation, *, published: bool) -> str:
    return render_template(
        "evaluation/tree.html",
        frame=frame(center, year),
        found=found,
        scheme=found.scheme,
        published=published,
        findings=findings(found),
        whole=found.rule_weight == found.scheme.total,
        depth=_depth(found.scheme),
        manual={item.code for item in _manual(found.scheme)},
        trail=_above(center, year, Step(found.scheme.title)),
    )


def _with_points(given: MultiDict[str, str]) -> MultiDict[str, str]:
    """A form whose points were chosen one by one, with the value that they make: 是,否,?"""
    points = [(int(name[6:]), told) for name, told in given.items() if re.fullmatch(r"point-\d{1,3}", name)]
    value = ",".join(told for _, told in sorted(points))
    return MultiDict([*given.items(multi=True), ("value", value)]) if points else given


def _attest_page(center: str, year: Year, scheme: Scheme, form: AttestForm) -> str:
    """The form for one indicator: the one asked for, or the first that nobody has attested."""
    around, items = frame(center, year), _manual(scheme)
    facts: Facts = facts_of_center(db(), around.center, scheme, year.year, now(), instance().home)
    told = [(item, facts.told(item.code)) for item in items]
    open_ = [item for item, one in told if one.unverifiable]
    asked = next((item for item in items if item.code == form.code.data), None)
    address = url_for("evaluation.scores", center=center, year=year, scheme=scheme.key)
    return render_template(
        "evaluation/attest.html",
        frame=around,
        scheme=scheme,
        form=form,
        items=told,
        chosen=asked or next(iter(open_ or items), None),
        given=str(form.value.data or "").split(","),
        limit=instance().document_limit,
        trail=[*_above(center, year, Step(scheme.title, address)), Step("填报")],
    )


def _mark_page(center: str, year: Year, scheme: Scheme, form: MarkForm) -> str:
    form.code.choices = _choices(list(scheme.items))
    around = frame(center, year)
    facts: Facts = facts_of_center(db(), around.center, scheme, year.year, now(), instance().home)
    address = url_for("evaluation.scores", center=center, year=year, scheme=scheme.key)
    return render_template(
        "evaluation/marks.html",
        frame=around,
        scheme=scheme,
        form=form,
        items=[(item, facts.told(item.code)) for item in scheme.items],
        trail=[*_above(center, year, Step(scheme.title, address)), Step("专家打分")],
    )


def _above(center: str, year: Year, *below: Step) -> list[Step]:
    return [Step(f"{year.label}评价", url_for("evaluation.index", center=center, year=year)), *below]


def _scheme(key: str) -> Scheme:
    """The scheme of an address; answers 404 for none."""
    path = scheme_paths(instance().home).get(key)
    if path is None:
        abort(404, f"没有名为“{key}”的评价方案。全部方案见“评价”。")
    return read_scheme(path)


def _manual(scheme: Scheme) -> list[Item]:
    """What a person may attest."""
    return [
        item
        for item in scheme.items
        if not (item.feed.automatic and not item.no_backing) and (not item.points or manual_points(item))
    ]


def _choices(items: list[Item]) -> list[Any]:
    return [SelectChoice(item.code, f"{item.code} {item.title}") for item in items]


def _depth(scheme: Scheme) -> dict[str, int]:
    """How deep each group stands."""
    found: dict[str, int] = {}
    for group in scheme.groups:
        found[group.code] = 0 if group.under is None else found.get(group.under, 0) + 1
    return found


def _points(text: str) -> Decimal:
    """Raises: AttestationProblem for what is no number."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise AttestationProblem(f"“{text}”不是得分；请写数字，例如 3.5。")
    return number
