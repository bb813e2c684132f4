"""证明材料: what is on file, what is missing, a file attached, opened, withdrawn."""

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from typing import Any
from urllib.parse import quote

from flask import Blueprint, abort, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from kpi.documents import attaching, shelf
from kpi.documents.attaching import AttachingProblem
from kpi.documents.media import DocumentRefused, suffix_of
from kpi.documents.missing import Filed, State, files_of, lacking, tally
from kpi.documents.shelf import Document, ShelfProblem
from kpi.documents.subjects import TITLES, TargetProblem, label_of
from tracker.events.documents import KINDS
from tracker.periods import Year
from web.access import Action, Right, allowed, audit, note, signed_in, takes_files, years_seen
from web.access.years import is_seen
from web.forms import (
    FileField,
    Form,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
    at_most,
    required,
)
from web.instance import db, instance, log_db, now, writing
from web.pages.frame import frame
from web.paging import Paging, page_asked
from web.uploads import UploadProblem, received

pages = Blueprint("documents", __name__)
pages.add_app_template_filter(label_of, "target")
pages.add_app_template_filter(lambda media: suffix_of(media)[1:].upper(), "medium")

_DATED = ("month", "recruitment", "outage")  # subjects that tell their day or month themselves
_PROBLEMS = (AttachingProblem, TargetProblem, DocumentRefused, UploadProblem)

Answer = str | Response | tuple[str, int]


class AttachForm(Form):
    """A file and what it proves."""

    file = FileField("文件")
    kind = SelectField("材料种类", choices=[SelectChoice(key, title) for key, title in KINDS.items()])
    thing = SelectField("证明什么", choices=[SelectChoice(key, title) for key, title in TITLES.items()])
    identity = StringField("编号", [required("编号"), at_most(120)], render_kw={"autocomplete": "off"})
    title = StringField("标题", [at_most(100)], render_kw={"autocomplete": "off"})


class WithdrawForm(Form):
    """Why a document no longer counts."""

    reason = TextAreaField("理由", [required("理由"), at_most(500)], render_kw={"rows": 2})


@pages.get("/<center:center>/<year:year>/documents")
@allowed(Right.SEE_ROWS)
def listed(center: str, year: Year) -> str:
    """The documents of a year's things, those withdrawn included."""
    around = frame(center, year)
    files = files_of(db(), center, year, around.today)
    found = list(_of_year(center, year, {one.about for one in files}))
    paging = Paging(len(found), page_asked(request.args))
    return render_template(
        "documents/list.html",
        frame=around,
        documents=found[paging.offset : paging.offset + paging.per_page],
        paging=paging,
        complete=_complete(files),
    )


@pages.get("/<center:center>/<year:year>/documents/missing")
@allowed(Right.SEE_ROWS)
def missing(center: str, year: Year) -> str:
    """Which thing lacks which document, from when on, and what mends it."""
    around = frame(center, year)
    files = files_of(db(), center, year, around.today)
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    found = lacking(files, kind)
    paging = Paging(len(found), page_asked(request.args))
    return render_template(
        "documents/missing.html",
        frame=around,
        files=files,
        kind=kind,
        kinds=KINDS,
        stated=State.STATED,
        tallies=[(one, Fraction(one.held, one.needed)) for one in tally(files) if one.needed],
        lacking=found[paging.offset : paging.offset + paging.per_page],
        paging=paging,
        complete=_complete(files),
    )


@pages.get("/<center:center>/<year:year>/documents/attach")
@allowed(Right.LOG)
def form(center: str, year: Year) -> str:
    """The form; what is to be proved may stand in the address: ?to=person/R001&kind=diploma_check."""
    asked = AttachForm(formdata=None)
    thing, _, identity = request.args.get("to", "").partition("/")
    asked.thing.data = thing if thing in TITLES else "person"
    asked.kind.data = request.args.get("kind", "other")
    asked.identity.data = identity
    return _attach_page(center, year, asked)


@pages.post("/<center:center>/<year:year>/documents/attach")
@allowed(Right.LOG)
@takes_files
def attach(center: str, year: Year) -> Answer:
    """Keeps the file under its hash and says in the log what it proves."""
    asked = AttachForm()
    sent = request.files.get("file")
    if not asked.validate() or sent is None or not sent.filename:
        asked.file.errors = [] if sent is not None and sent.filename else ["请选择文件。"]
        return _attach_page(center, year, asked), 422
    try:
        with received("file", suffixes=None) as path, writing() as connection:
            done = attaching.attach(
                connection, instance().home, center, path,
                to=f"{asked.thing.data}/{str(asked.identity.data).strip()}",
                kind=str(asked.kind.data), title=str(asked.title.data or "") or None,
                by=signed_in().name, limit=instance().document_limit, now=now(),
            )  # fmt: skip
            event = done.event
            note(
                connection, Action.DELIVERED, f"{center}：材料 {event.document}",
                details={"sha256": event.sha256},
            )  # fmt: skip
    except _PROBLEMS as problem:
        _beside(asked, problem).errors = [str(problem)]
        return _attach_page(center, year, asked), 422
    told = "已挂接到" if done.added else "已有同一份材料，没有重复登记："
    flash(f"{told}{done.label}：{done.event.title}。")
    return redirect(url_for("documents.document", center=center, document=done.event.document))


@pages.get("/<center:center>/documents/<document>")
@allowed(Right.SEE_ROWS)
def document(center: str, document: str) -> str:
    """One document: what it proves, its hash, who attached it."""
    return _page(center, _known(center, document), WithdrawForm(formdata=None))


@pages.get("/<center:center>/documents/<document>/file")
@allowed(Right.EXPORT)
def file(center: str, document: str) -> Response:
    """The bytes as they were attached, if they are still the same; who took them is written down."""
    found = _known(center, document)
    fault = shelf.fault_of(instance().home, found)
    if fault:
        abort(404, fault.sentence)
    audit(Action.EXPORTED, f"{center}：材料 {found.document}", details={"sha256": found.sha256})
    path = shelf.file_of(instance().home, found)
    answer = send_file(path.resolve(), mimetype=found.media_type, conditional=False, etag=False)
    name = quote(shelf.file_name(found))
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


@pages.post("/<center:center>/documents/<document>/withdrawal")
@allowed(Right.CORRECT)
def withdraw(center: str, document: str) -> Answer:
    """Says that it no longer counts; file and record stay."""
    asked, found = WithdrawForm(), _known(center, document)
    if not asked.validate():
        return _page(center, found, asked), 422
    try:
        with writing() as connection:
            reason, by = str(asked.reason.data), signed_in().name
            attaching.withdraw(connection, center, found.document, reason=reason, by=by, now=now())
            note(connection, Action.CORRECTED, f"{center}：撤下材料 {found.document}")
    except AttachingProblem as problem:
        asked.reason.errors = [str(problem)]
        return _page(center, found, asked), 422
    flash(f"已撤下：{found.title}。")
    return redirect(url_for("documents.document", center=center, document=found.document))


def _attach_page(center: str, year: Year, asked: AttachForm) -> str:
    return render_template(
        "documents/attach.html", frame=frame(center, year), form=asked, limit=instance().document_limit
    )


def _page(center: str, found: Document, asked: WithdrawForm) -> str:
    return render_template("documents/document.html", frame=frame(center), one=found, form=asked)


def _known(center: str, number: str) -> Document:
    """The document of exactly that number, of a year that the person may see; answers 404 for none."""
    try:
        found = shelf.find_document(log_db(), center, number)
    except ShelfProblem:
        found = None
    if found is None or found.document != number or not _seen(center, found, years_seen(center)):
        abort(404, f"没有编号为“{number}”的材料，或它不属于您能查看的年度。")
    return found


def _of_year(center: str, year: Year, things: Collection[str]) -> Iterator[Document]:
    """The documents of the year's things, the newest first."""
    for one in reversed(shelf.documents_of(log_db(), center, with_withdrawn=True)):
        if one.about in things or _seen(center, one, {year.year}):
            yield one


def _seen(center: str, one: Document, years: Collection[int] | None) -> bool:
    """Whether what a document is about belongs to the years."""
    if years is None:
        return True
    kind, _, identity = one.about.partition("/")
    if kind in _DATED:
        return int(identity[:4]) in years
    if kind == "attestation":
        return int(identity.split("/")[1]) in years
    if kind == "indicator":
        return int(identity.rpartition("/")[2][:4]) in years
    return is_seen(log_db(), center, one.about, years)


def _complete(files: Sequence[Filed]) -> tuple[int, int]:
    """How many things have all they must have, of how many."""
    return len(files) - len(lacking(files)), len(files)


def _beside(asked: AttachForm, problem: Exception) -> Any:
    """The field that a refusal speaks of."""
    if isinstance(problem, TargetProblem):
        return asked.identity
    return asked.title if "标题" in str(problem) else asked.file
