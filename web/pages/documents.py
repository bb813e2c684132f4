"""佐证材料: what is on file, what is missing, a file attached, opened, withdrawn."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kpi.documents import attaching, shelf
from kpi.documents.attaching import AttachingProblem
from kpi.documents.media import DocumentRefused
from kpi.documents.missing import (
    DocumentState,
    DossierState,
    read_dossiers,
    select_incomplete,
    tally_documents,
)
from kpi.documents.shelf import Document, ShelfProblem
from kpi.documents.subjects import TITLES, TargetProblem, label_target
from kpi.documents.suffixes import find_suffix
from tracker.events.documents import KINDS
from tracker.periods import Year
from web.access import Action, Right, allowed, audit, get_person, get_visible_years, note, takes_files
from web.access.years import is_seen
from web.forms import (
    FileField,
    PageForm,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    limit_length,
    require,
)
from web.instance import get_connection, get_instance, get_log_connection, get_now, open_log_transaction
from web.pages.frame import make_frame
from web.paging import Paging, read_page_number
from web.uploads import UploadProblem, receive

pages = Blueprint("documents", __name__)
pages.add_app_template_filter(label_target, "target")
pages.add_app_template_filter(lambda media: find_suffix(media)[1:].upper(), "medium")

TABS = (
    ("documents.listed", "在档材料"),
    ("documents.missing", "缺失材料"),
    ("controls.totals", "外部数据核对"),
    ("controls.matrix", "数据勾稽表"),
)
pages.add_app_template_global(lambda: TABS, "list_evidence_tabs")

_PROBLEMS = (AttachingProblem, TargetProblem, DocumentRefused, UploadProblem)

PageResponse = str | Response | tuple[str, int]


class AttachForm(PageForm):
    """A file and what it proves."""

    file = FileField("文件")
    kind = SelectField("材料种类", choices=[SelectChoice(key, title) for key, title in KINDS.items()])
    thing = SelectField("关联对象", choices=[SelectChoice(key, title) for key, title in TITLES.items()])
    identity = StringField("编号", [require("编号"), limit_length(120)], render_kw={"autocomplete": "off"})
    title = StringField("标题", [limit_length(100)], render_kw={"autocomplete": "off"})


class WithdrawForm(PageForm):
    """Why a document no longer counts."""

    reason = TextAreaField("理由", [require("理由"), limit_length(500)], render_kw={"rows": 2})


@pages.get("/<center:center>/<year:year>/documents")
@allowed(Right.SEE_ROWS)
def listed(center: str, year: Year) -> str:
    """The documents of a year's things, those withdrawn included."""
    around = make_frame(center, year)
    files = read_dossiers(get_connection(), center, year, around.today)
    found = list(_list_documents(center, year, {one.about for one in files}))
    paging = Paging(len(found), read_page_number(request.args))
    return render_template(
        "documents/list.html",
        frame=around,
        documents=found[paging.offset : paging.offset + paging.per_page],
        paging=paging,
        complete=_count_complete(files),
    )


@pages.get("/<center:center>/<year:year>/documents/missing")
@allowed(Right.SEE_ROWS)
def missing(center: str, year: Year) -> str:
    """Which thing lacks which document, from when on, and what mends it."""
    around = make_frame(center, year)
    files = read_dossiers(get_connection(), center, year, around.today)
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    found = select_incomplete(files, kind)
    paging = Paging(len(found), read_page_number(request.args))
    return render_template(
        "documents/missing.html",
        frame=around,
        files=files,
        kind=kind,
        kinds=KINDS,
        stated=DocumentState.STATED,
        tallies=[(one, Fraction(one.held, one.needed)) for one in tally_documents(files) if one.needed],
        lacking=found[paging.offset : paging.offset + paging.per_page],
        paging=paging,
        complete=_count_complete(files),
    )


@pages.get("/<center:center>/<year:year>/documents/attach")
@allowed(Right.LOG)
def form(center: str, year: Year) -> str:
    """The form; what is to be proved may stand in the address: ?to=person/R001&kind=diploma_check."""
    attach_form = AttachForm(formdata=None)
    thing, _, identity = request.args.get("to", "").partition("/")
    attach_form.thing.data = thing if thing in TITLES else "person"
    attach_form.kind.data = request.args.get("kind", "other")
    attach_form.identity.data = identity
    return _render_attach_page(center, year, attach_form)


@pages.post("/<center:center>/<year:year>/documents/attach")
@allowed(Right.LOG)
@takes_files
def attach(center: str, year: Year) -> PageResponse:
    """Keeps the file under its hash and says in the log what it proves."""
    attach_form = AttachForm()
    sent = request.files.get("file")
    if not attach_form.validate() or sent is None or not sent.filename:
        attach_form.file.errors = [] if sent is not None and sent.filename else ["请选择文件。"]
        return _render_attach_page(center, year, attach_form), 422
    try:
        with receive("file", suffixes=None) as path, open_log_transaction() as connection:
            done = attaching.attach(
                connection, get_instance().home, center, path,
                to=f"{attach_form.thing.data}/{str(attach_form.identity.data).strip()}",
                kind=str(attach_form.kind.data), title=str(attach_form.title.data or "") or None,
                by=get_person().signature, limit=get_instance().document_limit, now=get_now(),
            )  # fmt: skip
            event = done.event
            note(
                connection, Action.DELIVERED, f"{center}：材料 {event.document}",
                details={"sha256": event.sha256},
            )  # fmt: skip
    except _PROBLEMS as problem:
        _find_field(attach_form, problem).errors = [str(problem)]
        return _render_attach_page(center, year, attach_form), 422
    message = "已上传并关联到" if done.added else "已有相同材料，未重复保存："
    flash(f"{message}{done.label}：{done.event.title}。")
    return redirect(url_for("documents.document", center=center, document=done.event.document))


@pages.get("/<center:center>/documents/<document>")
@allowed(Right.SEE_ROWS)
def document(center: str, document: str) -> str:
    """One document: what it proves, its hash, who attached it."""
    return _render_page(center, _get_document(center, document), WithdrawForm(formdata=None))


@pages.get("/<center:center>/documents/<document>/file")
@allowed(Right.EXPORT)
def file(center: str, document: str) -> Response:
    """The bytes as they were attached, if they are still the same; who took them is written down."""
    found = _get_document(center, document)
    store = shelf.find_store(get_log_connection(), get_instance().home, center)
    fault = shelf.find_fault(store, found)
    if fault:
        abort(404, fault.sentence)
    audit(Action.EXPORTED, f"{center}：材料 {found.document}", details={"sha256": found.sha256})
    answer = Response(store.read(found.sha256), mimetype=found.media_type)
    answer.content_length = found.size
    name = quote(shelf.build_file_name(found))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@pages.post("/<center:center>/documents/<document>/withdrawal")
@allowed(Right.CORRECT)
def withdraw(center: str, document: str) -> PageResponse:
    """Says that it no longer counts; file and record stay."""
    withdraw_form, found = WithdrawForm(), _get_document(center, document)
    if not withdraw_form.validate():
        return _render_page(center, found, withdraw_form), 422
    try:
        with open_log_transaction() as connection:
            reason, by = str(withdraw_form.reason.data), get_person().signature
            attaching.withdraw(connection, center, found.document, reason=reason, by=by, now=get_now())
            note(connection, Action.CORRECTED, f"{center}：撤销材料 {found.document}")
    except AttachingProblem as problem:
        withdraw_form.reason.errors = [str(problem)]
        return _render_page(center, found, withdraw_form), 422
    flash(f"已撤销：{found.title}。")
    return redirect(url_for("documents.document", center=center, document=found.document))


def _render_attach_page(center: str, year: Year, attach_form: AttachForm) -> str:
    return render_template(
        "documents/attach.html",
        frame=make_frame(center, year),
        form=attach_form,
        limit=get_instance().document_limit,
    )


def _render_page(center: str, found: Document, withdraw_form: WithdrawForm) -> str:
    return render_template("documents/document.html", frame=make_frame(center), one=found, form=withdraw_form)


def _get_document(center: str, number: str) -> Document:
    """The document of exactly that number, of a year that the person may see; answers 404 for none."""
    try:
        found = shelf.find_document(get_log_connection(), center, number)
    except ShelfProblem:
        found = None
    years = get_visible_years(center)
    if (
        found is None
        or found.document != number
        or not is_seen(get_log_connection(), center, found.about, years)
    ):
        abort(404, f"没有编号为“{number}”的材料，或不属于您可查看的年度。")
    return found


def _list_documents(center: str, year: Year, things: Collection[str]) -> Iterator[Document]:
    """The documents of the year's things, the newest first."""
    for one in reversed(shelf.read_documents(get_log_connection(), center, with_withdrawn=True)):
        if one.about in things or is_seen(get_log_connection(), center, one.about, {year.year}):
            yield one


def _count_complete(files: Sequence[DossierState]) -> tuple[int, int]:
    """How many things have all they must have, of how many."""
    return len(files) - len(select_incomplete(files)), len(files)


def _find_field(attach_form: AttachForm, problem: Exception) -> Any:
    """The field that a refusal speaks of."""
    if isinstance(problem, TargetProblem):
        return attach_form.identity
    return attach_form.title if "标题" in str(problem) else attach_form.file
