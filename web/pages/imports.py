"""Importing a file step by step: upload, mapping, preview, trial, import, and what was held back."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ingest.changes.repeated_numbers import Answer as Said
from ingest.kinds import KINDS
from ingest.profiles.own_profile import save_mapping
from ingest.profiles.profile import load_profiles, named
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.quarantine import quarantine
from ingest.quarantine.export import read_rejected, write_rejects
from ingest.questions.held_deliveries import questions_asked
from ingest.recognition.column_matching import Fit
from ingest.recognition.preview import headers_of
from tracker import log
from tracker.blob_store import place_of
from tracker.calendar_files import CalendarProblem
from tracker.events.times import day_start
from tracker.tabular import FileRefused, Table
from tracker.tabular.encoding import ENCODINGS
from web.access import Action, Right, allowed, audit, may, signed_in, takes_files
from web.downloads import stamp, workbook_file
from web.imports.forms import Trial, Upload, new_upload
from web.imports.mapping import MappingProblem, make_form, read_mapping
from web.imports.preview import look_at, proposed, table_of
from web.instance import acting, db, instance, log_db, now
from web.jobs import queue
from web.jobs.job import IMPORT, TRIAL, UPLOADS, Job, State
from web.jobs.keeping import forget_old, give_up
from web.jobs.working import go_on
from web.pages.frame import frame
from web.uploads import UploadProblem, received

pages = Blueprint("imports", __name__)

_MOST = 20  # uploads in the list
SLOW = 2  # seconds after which a page of something running loads again


@pages.get("/<center:center>/imports/")
@allowed(Right.LOG)
def index(center: str) -> str:
    """Where a file is uploaded, and what became of the last ones."""
    return _index(center, Upload(formdata=None))


@pages.post("/<center:center>/imports/")
@allowed(Right.LOG)
@takes_files
def upload(center: str) -> str | Answer | tuple[str, int]:
    """Keeps a file until its columns were looked at; nothing is imported yet."""
    form = Upload()
    if not form.validate_on_submit():
        return _index(center, form), 422
    home = instance().home
    with acting() as connection:
        forget_old(connection, home, center, now())
    try:
        with received() as path:
            job = new_upload(center, path.name, path.stat().st_size, stated=form.stated)
            job.folder(home).mkdir(parents=True, mode=0o700)
            path.replace(job.path(home))
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return _index(center, form), 422
    with acting() as connection:
        queue.put(connection, job)
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "上传，待核对"})
    return _to(job)


@pages.get("/<center:center>/imports/<upload>")
@allowed(Right.LOG)
def show(center: str, upload: str) -> str | Answer:
    """The step at which an upload stands."""
    job = _job(center, upload)
    if isinstance(job, Answer):
        return job
    around: dict[str, Any] = {"frame": frame(center), "job": job, "size": job.size}
    if job.running:
        return render_template("imports/running.html", slow=SLOW, **around)
    if job.checked:
        return render_template("imports/trial.html", told_until=_until(job), **around, **_counted(job))
    if job.state in (State.DONE, State.GIVEN_UP):
        return render_template("imports/report.html", mine=_mine(job), **around)
    return _received(around, job, Trial(formdata=None, data=job.asked.get("stated") or {}))


@pages.post("/<center:center>/imports/<upload>/encoding")
@allowed(Right.LOG)
def read_as(center: str, upload: str) -> Answer:
    """Reads a text file anew in the encoding that the person says."""
    job, encoding = _open_job(center, upload), request.form.get("encoding", "")
    if isinstance(job, Answer):
        return job
    known = encoding if encoding in ENCODINGS else None
    _begin_again(job, asked=job.asked | {"encoding": known})
    return _to(job)


@pages.get("/<center:center>/imports/<upload>/mapping")
@allowed(Right.LOG)
def mapping(center: str, upload: str) -> str | Answer:
    """Which column is which, of one table; kind and header row can be told."""
    job = _open_job(center, upload)
    if isinstance(job, Answer):
        return job
    return _mapping_page(job, _number("sheet") or 1, {})


@pages.post("/<center:center>/imports/<upload>/mapping")
@allowed(Right.LOG)
def save_columns(center: str, upload: str) -> str | Answer | tuple[str, int]:
    """Keeps the mapping as a profile of the centre: this file, and the next of its vendor, go by it."""
    job = _open_job(center, upload)
    if isinstance(job, Answer):
        return job
    sheet = _number("sheet") or 1
    table = _table(job, sheet)
    fit, _ = proposed(instance().home, job, table, kind=request.form.get("kind"), header=_number("header"))
    if fit is None:
        return _mapping_page(job, sheet, {"title": "这一行不像表头，请另选一行。"}), 422
    try:
        if request.form.get("again"):
            return _mapping_page(job, sheet, {})
        made = read_mapping(request.form, fit, title=request.form.get("title", ""))
        name = save_mapping(instance().home, center, made)
    except MappingProblem as problem:
        return _mapping_page(job, sheet, problem.problems), 422
    except ProfileProblem as problem:
        return _mapping_page(job, sheet, {"title": str(problem)}), 422
    audit(Action.PROFILE_SAVED, f"{center}：{name}", details={"columns": _told_columns(fit, made.columns)})
    _begin_again(job)
    flash(f"已存为导入方案“{made.title}”，以后同样表头的文件会自动采用。")
    return _to(job)


@pages.post("/<center:center>/imports/<upload>/trial")
@allowed(Right.LOG)
def trial(center: str, upload: str) -> str | Answer | tuple[str, int]:
    """Does everything that the import would do, and takes it back."""
    job, form = _open_job(center, upload), Trial()
    if isinstance(job, Answer):
        return job
    if not form.validate_on_submit():
        if form.as_of.errors:
            form.as_of.errors = ["“数据截至”应写成 2023-08-31 这样的日期。"]
        return _received({"frame": frame(center), "job": job, "size": job.size}, job, form), 422
    as_of = day_start(form.as_of.data + timedelta(days=1)).isoformat() if form.as_of.data else None
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "试导入，未写入"})
    answer = Said.of(request.form.get("answer", "")).code
    asked = job.asked | {"as_of": as_of, "stated": form.stated, "answer": answer}
    go_on(instance(), job, kind=TRIAL, asked=asked, result={})
    return _to(job)


@pages.post("/<center:center>/imports/<upload>/commit")
@allowed(Right.LOG)
def commit(center: str, upload: str) -> str | Answer:
    """Imports what was tried; rows that do not fit are left out only if the person says so."""
    job = _job(center, upload)
    if isinstance(job, Answer):
        return job
    if not job.checked:
        flash("请先试导入，再正式导入。")
        return _to(job)
    if job.result["trial"]["question"]:
        flash("请先回答这份文件的问题，再正式导入。")
        return _to(job)
    if _counted(job)["held_back"] and not request.form.get("without"):
        flash("有不能导入的行：请先改好文件重新上传，或勾选“其余的先导入”。")
        return _to(job)
    if _counted(job)["apart"] and not request.form.get("despite"):
        flash("与附函不符：请先向来文单位核实，或勾选“仍要导入”。")
        return _to(job)
    go_on(instance(), job, kind=IMPORT)
    return _to(job)


@pages.post("/<center:center>/imports/<upload>/drop")
@allowed(Right.LOG)
def drop(center: str, upload: str) -> Answer:
    """Drops an upload that is not to be imported."""
    job = _open_job(center, upload)
    if isinstance(job, Answer):
        return job
    with acting() as connection:
        given_up = give_up(connection, instance().home, job)
    if not given_up:
        return _to(job)
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "放弃，未写入"})
    flash(f"已放弃“{job.file_name}”，没有写入任何内容。")
    return redirect(url_for("imports.index", center=center))


@pages.get("/<center:center>/imports/<upload>/rejects/<int:number>.xlsx")
@allowed(Right.LOG)
def rejects(center: str, upload: str, number: int) -> Response | Answer:
    """The rows that were held back, as they came, with what mends them; for whoever brought the file."""
    job = _job(center, upload)
    if isinstance(job, Answer):
        return job
    if not _mine(job):
        abort(403, "原始行里可能有姓名和号码，只有上传人和有“查看完整号码和姓名”权限的人能下载。")
    done = job.result.get("done", {})
    table = next((one for one in done.get("tables", []) if one["number"] == number), None)
    if table is None or not table["delivery"] or not table["quarantined"]:
        abort(404, "这次导入没有被隔离的行。")
    home, name = instance().home, f"{Path(job.file_name).stem}_待改行.xlsx"
    source = place_of(home / "deliveries", str(done["sha256"]))
    entries = quarantine.listed(log_db(), center, delivery=table["delivery"])
    profile = named(load_profiles(home / "profiles", center), table["profile"])
    with tempfile.TemporaryDirectory() as folder:
        write_rejects(
            Path(folder) / "rows.xlsx",
            read_rejected(source, number, profile, entries, job.asked.get("encoding")),
            stamp(),
        )
        data = (Path(folder) / "rows.xlsx").read_bytes()
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": table["quarantined"]})
    return workbook_file(data, name)


def _index(center: str, form: Upload) -> str:
    around = frame(center)
    found = queue.listed(db(), center, kinds=UPLOADS, most=_MOST)
    asked = questions_asked(log_db(), center)
    return render_template("imports/index.html", frame=around, form=form, jobs=found, asked=asked)


def _received(around: dict[str, Any], job: Job, form: Trial) -> str:
    told, look = None, None
    try:
        look = look_at(instance().home, job)
    except (ProfileProblem, CalendarProblem, OSError) as problem:
        told = str(problem)
    return render_template(
        "imports/received.html", form=form, look=look, told=told, encodings=ENCODINGS, **around
    )


def _mapping_page(job: Job, sheet: int, problems: dict[str, str]) -> str:
    table, answers = _table(job, sheet), request.form
    fit, preview = proposed(
        instance().home, job, table, kind=request.values.get("kind"), header=_number("header")
    )
    form = make_form(fit, table.head(), preview.words or {}, answers) if fit else None
    return render_template(
        "imports/mapping.html",
        frame=frame(job.center_id),
        job=job,
        table=table,
        fit=fit,
        preview=preview,
        form=form,
        headers=headers_of(table.head()),
        kinds=KINDS,
        given=answers,
        problems=problems,
        title=request.form.get("title") or _title_of(fit),
    )


def _title_of(fit: Fit | None) -> str:
    """The name proposed: that of the profile whose header this is."""
    return fit.profile.title if fit and fit.profile.suits(fit.header.titles) else ""


def _told_columns(fit: Fit, columns: Any) -> str:
    by_key = fit.profile.kind.by_key
    return "；".join(f"{by_key[key].title}＝{title}" for key, title in columns.items())


def _counted(job: Job) -> dict[str, Any]:
    """What the trial found, summed over the tables."""
    trial = job.result["trial"]
    tables, months = trial["tables"], trial["months"]
    names = ("rows", "accepted", "quarantined", "new", "changed", "same", "stale")
    return {
        "totals": {name: sum(table[name] for table in tables) for name in names},
        "held_back": sum(table["quarantined"] for table in tables),
        "apart": [one for table in tables for one in table.get("stated", []) if not one["fits"]],
        "late": sum(month["rows"] for month in months if month["late"]),
        "locked": sum(month["rows"] for month in months if month["locked"]),
        "locked_months": [month["label"] for month in months if month["locked"]],
        "moved": log.head(log_db(), job.center_id).seq > trial["seq"],
    }


def _until(job: Job) -> str | None:
    """The last day of which the person said that the file speaks, as the form has it."""
    return (
        None
        if job.asked.get("as_of") is None
        else (datetime.fromisoformat(job.asked["as_of"]) - timedelta(days=1)).date().isoformat()
    )


def _mine(job: Job) -> bool:
    return job.login == signed_in().login or may(Right.REVEAL, job.center_id)


def _job(center: str, upload: str) -> Job | Answer:
    """The upload as it stands; back to the list where it is not there."""
    found = queue.find(db(), center, upload)
    if found is None or found.kind not in UPLOADS:
        flash("没有这次上传，可能已经过期清理。请重新上传文件。")
        return redirect(url_for("imports.index", center=center))
    return found


def _begin_again(job: Job, **values: Any) -> None:
    """Back to the columns; what was tried no longer holds."""
    with acting() as connection:
        queue.change(connection, job, kind=TRIAL, state=State.WAITING, problem=None, **values)


def _open_job(center: str, upload: str) -> Job | Answer:
    """An upload that is neither running nor over."""
    job = _job(center, upload)
    return job if isinstance(job, Answer) or job.open else _to(job)


def _table(job: Job, number: int) -> Table:
    try:
        table = table_of(instance().home, job, number)
    except (FileRefused, OSError) as problem:
        abort(422, str(problem))
    if table is None:
        abort(404, f"文件里没有第 {number} 张表。")
    return table


def _number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _to(job: Job) -> Answer:
    return redirect(url_for("imports.show", center=job.center_id, upload=job.key))
