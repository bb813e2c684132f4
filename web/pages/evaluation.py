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
    DocumentProblem,
    Marked,
    MissingDocument,
    attest,
    count_manual_points,
    mark,
)
from kpi.evaluation.facts import EvaluationFacts
from kpi.evaluation.facts_files import read_published_facts
from kpi.evaluation.findings import list_findings
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.numbers import show_points
from kpi.evaluation.rehearsal.points_status import RemedyKind
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.rehearsal.report import format_deadline
from kpi.evaluation.rehearsal.stored_rehearsal import choose_scheme, find_chosen_scheme, store_rehearsals
from kpi.evaluation.scheme import Scheme, SchemeItem
from kpi.evaluation.scheme_files import list_scheme_paths, read_scheme
from kpi.evaluation.scoring import Evaluation, GroupScore, evaluate
from kpi.figures import results
from tracker.database import get_driver
from tracker.events.times import get_day_start
from tracker.periods import Year
from web import as_of, points_chart
from web.access import Action, Right, allowed, get_person, note, takes_files
from web.breadcrumbs import Crumb
from web.forms import (
    MultipleFileField,
    PageForm,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    limit_length,
    require,
)
from web.instance import get_connection, get_instance, get_now, open_log_transaction, open_transaction
from web.pages.frame import make_frame
from web.uploads import UploadProblem, receive_files

pages = Blueprint("evaluation", __name__, url_prefix="/<center:center>/<year:year>/evaluation")
pages.add_app_template_filter(show_points, "points")
pages.add_app_template_test(lambda part: isinstance(part, GroupScore), "group_score")

PageResponse = str | Response | tuple[str, int]


class AttestForm(PageForm):
    """One value that the log cannot give."""

    code = SelectField("指标")
    value = StringField(
        "实际完成值", [require("实际完成值"), limit_length(200)], render_kw={"autocomplete": "off"}
    )
    files = MultipleFileField("佐证材料")
    documents = StringField("已在档材料的编号", [limit_length(400)], render_kw={"autocomplete": "off"})
    remark = TextAreaField("备注", [limit_length(300)], render_kw={"rows": 2})
    reason = TextAreaField("与系统数据不一致的理由", [limit_length(300)], render_kw={"rows": 2})


class MarkForm(PageForm):
    """One expert's points for one indicator."""

    code = SelectField("指标")
    points = StringField("得分", [require("得分"), limit_length(10)], render_kw={"inputmode": "decimal"})
    remark = TextAreaField("理由", [limit_length(300)], render_kw={"rows": 2})


@pages.get("/")
@allowed(Right.SEE_FIGURES)
def index(center: str, year: Year) -> str:
    """All schemes, those published with their facts apart."""
    found = [read_scheme(path) for path in list_scheme_paths(get_instance().home).values()]
    return render_template(
        "evaluation/index.html",
        frame=make_frame(center, year),
        schemes=[(one, sum(1 for item in one.items if item.feed.automatic)) for one in found],
        published=[(one, evaluate(one, facts)) for one in found if (facts := read_published_facts(one))],
        chosen=find_chosen_scheme(get_connection(), center, year.year),
    )


@pages.post("/<scheme>/choice")
@allowed(Right.SUBMIT)
def choose(center: str, year: Year, scheme: str) -> Response:
    """Holds the year against a scheme; what is at risk under it then stands on the overview."""
    chosen, around, home = _get_scheme(scheme), make_frame(center, year), get_instance().home
    with open_transaction() as connection:
        choose_scheme(
            get_driver(connection),
            home,
            center,
            year.year,
            chosen.key,
            by=get_person().signature,
            now=get_now(),
        )
        note(
            get_driver(connection),
            Action.SUBMITTED,
            f"{center} {year} {chosen.key}",
            details={"act": "选定评价方案"},
        )
        results.bring_up_to_date(connection, center, get_now())
        store_rehearsals(connection, around.center, home, get_now())
    flash(f"{year.label}的评价方案已选定：{chosen.title}。")
    return redirect(url_for("evaluation.index", center=center, year=year))


@pages.get("/<scheme>/")
@allowed(Right.SEE_FIGURES)
def scores(center: str, year: Year, scheme: str) -> str:
    """The centre's year by a scheme: rule, experts' and final score of every indicator, with its reason."""
    chosen, around = _get_scheme(scheme), make_frame(center, year)
    found = evaluate(
        chosen,
        read_center_facts(get_connection(), around.center, chosen, year.year, get_now(), get_instance().home),
    )
    return _render_tree(center, year, found, published=False)


@pages.get("/<scheme>/published")
@allowed(Right.SEE_FIGURES)
def published(center: str, year: Year, scheme: str) -> str:
    """A published report scored anew by its own rules, with what does not agree."""
    chosen = _get_scheme(scheme)
    facts = read_published_facts(chosen)
    if facts is None:
        abort(404, f"方案 {chosen.key} 没有随附的公开报告。")
    return _render_tree(center, year, evaluate(chosen, facts), published=True)


@pages.get("/<scheme>/rehearsal")
@allowed(Right.SEE_ROWS)
def rehearsal(center: str, year: Year, scheme: str) -> str:
    """模拟评分: points safe, at risk and lost, and what to do by when; ?as_of= asks for another day."""
    chosen, around = _get_scheme(scheme), make_frame(center, year)
    as_of_day = as_of.find_as_of_day(around.today)
    moment = get_day_start(as_of_day.day) if as_of_day else get_now()
    found = rehearse(
        get_connection(),
        around.center,
        chosen,
        year.year,
        moment,
        as_if=as_of_day is not None,
        home=get_instance().home,
    )
    parts = points_chart.list_parts(found)
    return render_template(
        "evaluation/rehearsal.html",
        frame=around,
        parts=parts,
        wide=points_chart.draw_waterfall(parts, chosen.total, points_chart.WIDE),
        narrow=points_chart.draw_waterfall(parts, chosen.total, points_chart.NARROW),
        task_points=points_chart.list_task_points(found),
        scheme=chosen,
        found=found,
        best=chosen.rating(found.best),
        as_of=as_of_day,
        until=lambda deadline: format_deadline(deadline, found),
        ways=RemedyKind,
        trail=_list_crumbs(center, year, Crumb(f"{chosen.title}：模拟评分")),
    )


@pages.get("/<scheme>/attestations")
@allowed(Right.LOG)
def attestations(center: str, year: Year, scheme: str) -> str:
    """The form for values that the log cannot give."""
    form = AttestForm(formdata=None)
    form.code.data = request.args.get("code", "")
    return _render_attest_page(center, year, _get_scheme(scheme), form)


@pages.post("/<scheme>/attestations")
@allowed(Right.LOG)
@takes_files
def attest_value(center: str, year: Year, scheme: str) -> PageResponse:
    """Writes down one value with its documents."""
    chosen, form = _get_scheme(scheme), AttestForm(formdata=_join_points(request.form))
    form.code.choices = _list_choices(_list_manual(chosen))
    if not form.validate():
        return _render_attest_page(center, year, chosen, form), 422
    try:
        with receive_files("files") as files, open_log_transaction() as connection:
            value = Attested(
                str(form.code.data),
                str(form.value.data).strip(),
                tuple(one for one in re.split(r"[，、,\s]+", form.documents.data or "") if one),
                tuple(files),
                str(form.remark.data or "").strip() or None,
                str(form.reason.data or "").strip() or None,
            )
            attest(
                connection, get_instance().home, center, chosen, year.year, [value],
                by=get_person().signature, now=get_now(), limit=get_instance().document_limit,
            )  # fmt: skip
            note(connection, Action.DELIVERED, f"{center} {year} {chosen.key} {value.code}")
    except (AttachingProblem, MissingDocument, DocumentRefused, UploadProblem) as problem:
        form.files.errors = [str(problem)]
        return _render_attest_page(center, year, chosen, form), 422
    except DocumentProblem as problem:
        form.documents.errors = [str(problem)]
        return _render_attest_page(center, year, chosen, form), 422
    except AttestationProblem as problem:
        form.value.errors = [str(problem)]
        return _render_attest_page(center, year, chosen, form), 422
    flash(f"已保存 {value.code} 的填报。")
    around = make_frame(center, year)
    facts = read_center_facts(
        get_connection(), around.center, chosen, year.year, get_now(), get_instance().home
    )
    for found in facts.told(value.code).contradictions:
        flash(f"{value.code} {found.sentence}。")
    return redirect(url_for("evaluation.scores", center=center, year=year, scheme=chosen.key))


@pages.get("/<scheme>/marks")
@allowed(Right.EVALUATE)
def marks(center: str, year: Year, scheme: str) -> str:
    """The form for the marks of whoever is signed in."""
    form = MarkForm(formdata=None)
    form.code.data = request.args.get("code", "")
    return _render_mark_page(center, year, _get_scheme(scheme), form)


@pages.post("/<scheme>/marks")
@allowed(Right.EVALUATE)
def give_mark(center: str, year: Year, scheme: str) -> PageResponse:
    """Writes down one mark under the expert's own name."""
    chosen, form = _get_scheme(scheme), MarkForm()
    form.code.choices = _list_choices(list(chosen.items))
    if not form.validate():
        return _render_mark_page(center, year, chosen, form), 422
    try:
        mark_row = Marked(
            get_person().signature,
            str(form.code.data),
            _read_points(str(form.points.data)),
            str(form.remark.data or "").strip() or None,
        )
        with open_log_transaction() as connection:
            mark(connection, center, chosen, year.year, [mark_row], now=get_now())
            note(connection, Action.DELIVERED, f"{center} {year} {chosen.key} {mark_row.code}")
    except AttestationProblem as problem:
        form.points.errors = [str(problem)]
        return _render_mark_page(center, year, chosen, form), 422
    flash(f"已保存对 {mark_row.code} 的打分。")
    return redirect(url_for("evaluation.marks", center=center, year=year, scheme=chosen.key))


def _render_tree(center: str, year: Year, found: Evaluation, *, published: bool) -> str:
    return render_template(
        "evaluation/tree.html",
        frame=make_frame(center, year),
        found=found,
        scheme=found.scheme,
        published=published,
        findings=list_findings(found),
        whole=found.rule_weight == found.scheme.total,
        depth=_compute_depth(found.scheme),
        manual={item.code for item in _list_manual(found.scheme)},
        trail=_list_crumbs(center, year, Crumb(found.scheme.title)),
    )


def _join_points(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    """A form whose points were chosen one by one, with the value that they make: 是,否,?"""
    points = [
        (int(name[6:]), answer) for name, answer in fields.items() if re.fullmatch(r"point-\d{1,3}", name)
    ]
    value = ",".join(answer for _, answer in sorted(points))
    return MultiDict([*fields.items(multi=True), ("value", value)]) if points else fields


def _render_attest_page(center: str, year: Year, scheme: Scheme, form: AttestForm) -> str:
    """The form for one indicator: the one asked for, or the first that nobody has attested."""
    around, items = make_frame(center, year), _list_manual(scheme)
    facts: EvaluationFacts = read_center_facts(
        get_connection(), around.center, scheme, year.year, get_now(), get_instance().home
    )
    item_facts = [(item, facts.told(item.code)) for item in items]
    open_ = [item for item, one in item_facts if one.unverifiable]
    selected = next((item for item in items if item.code == form.code.data), None)
    address = url_for("evaluation.scores", center=center, year=year, scheme=scheme.key)
    return render_template(
        "evaluation/attest.html",
        frame=around,
        scheme=scheme,
        form=form,
        items=item_facts,
        chosen=selected or next(iter(open_ or items), None),
        given=str(form.value.data or "").split(","),
        limit=get_instance().document_limit,
        trail=[*_list_crumbs(center, year, Crumb(scheme.title, address)), Crumb("指标填报")],
    )


def _render_mark_page(center: str, year: Year, scheme: Scheme, form: MarkForm) -> str:
    form.code.choices = _list_choices(list(scheme.items))
    around = make_frame(center, year)
    facts: EvaluationFacts = read_center_facts(
        get_connection(), around.center, scheme, year.year, get_now(), get_instance().home
    )
    address = url_for("evaluation.scores", center=center, year=year, scheme=scheme.key)
    return render_template(
        "evaluation/marks.html",
        frame=around,
        scheme=scheme,
        form=form,
        items=[(item, facts.told(item.code)) for item in scheme.items],
        trail=[*_list_crumbs(center, year, Crumb(scheme.title, address)), Crumb("专家打分")],
    )


def _list_crumbs(center: str, year: Year, *below: Crumb) -> list[Crumb]:
    return [Crumb(f"{year.label}评价", url_for("evaluation.index", center=center, year=year)), *below]


def _get_scheme(key: str) -> Scheme:
    """The scheme of an address; answers 404 for none."""
    path = list_scheme_paths(get_instance().home).get(key)
    if path is None:
        abort(404, f"没有名为“{key}”的评价方案。全部方案见“评价”。")
    return read_scheme(path)


def _list_manual(scheme: Scheme) -> list[SchemeItem]:
    """What a person may attest."""
    return [
        item
        for item in scheme.items
        if not (item.feed.automatic and not item.no_backing)
        and (not item.points or count_manual_points(item))
    ]


def _list_choices(items: list[SchemeItem]) -> list[Any]:
    return [SelectChoice(item.code, f"{item.code} {item.title}") for item in items]


def _compute_depth(scheme: Scheme) -> dict[str, int]:
    """How deep each group stands."""
    found: dict[str, int] = {}
    for group in scheme.groups:
        found[group.code] = 0 if group.under is None else found.get(group.under, 0) + 1
    return found


def _read_points(text: str) -> Decimal:
    """Raises: AttestationProblem for what is no number."""
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise AttestationProblem(f"“{text}”不是得分；请填数字，如 3.5。")
    return number
