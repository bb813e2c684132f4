"""Importing a file step by step: upload, mapping, preview, trial, import, and what was held back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from ingest.changes.repeated_numbers import QuestionAnswer as Said
from ingest.kinds import KINDS
from ingest.profiles.own_profile import ColumnMapping, compile_mapping, save_mapping
from ingest.profiles.profile import load_profiles, named
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.quarantine import quarantine
from ingest.quarantine.export import read_rejected, write_rejects
from ingest.questions.held_deliveries import count_questions
from ingest.recognition.column_matching import HeaderFit
from ingest.recognition.preview import list_headers
from ingest.recognition.without_header import make_place_header
from tracker import log
from tracker.blob_store import DELIVERIES, FileUnusable, find_store
from tracker.calendar_files import CalendarProblem
from tracker.events.times import get_day_start
from tracker.file_writing import WorkingFolder
from tracker.tabular import Table
from tracker.tabular.encoding import ENCODINGS
from tracker.workdays import Calendar
from web.access import Action, Right, allowed, audit, get_person, get_visible_years, may, takes_files
from web.access.years import list_visible_deliveries
from web.downloads import make_stamp, send_workbook
from web.imports.forms import TrialForm, UploadForm, make_upload
from web.imports.mapping import MappingProblem, make_form, read_mapping
from web.imports.mapping_trial import EarlierFile, MappingTrial, list_earlier_files, try_mapping
from web.imports.preview import look_at, propose_fit, read_first_rows, read_table
from web.instance import (
    get_connection,
    get_instance,
    get_log_connection,
    get_now,
    keep_open,
    open_transaction,
)
from web.jobs import queue
from web.jobs.job import IMPORT, TRIAL, UPLOADS, Job, JobState
from web.jobs.job_files import get_job_files
from web.jobs.keeping import forget_old, give_up
from web.jobs.working import resume
from web.pages.frame import make_frame
from web.uploads import UploadProblem, keep_sent, open_sent

pages = Blueprint("imports", __name__)

_MOST = 20  # uploads in the list
SLOW = 2  # seconds after which a page of something running loads again


@pages.get("/<center:center>/imports/")
@allowed(Right.LOG)
def index(center: str) -> str:
    """Where a file is uploaded, and what became of the last ones."""
    return _render_index(center, UploadForm(formdata=None))


@pages.post("/<center:center>/imports/")
@allowed(Right.LOG)
@takes_files
def upload(center: str) -> str | Answer | tuple[str, int]:
    """Keeps a file until its columns were looked at; nothing is imported yet."""
    form = UploadForm()
    if not form.validate_on_submit():
        return _render_index(center, form), 422
    home = get_instance().home
    with open_transaction() as connection:
        forget_old(connection, home, center, get_now())
    try:
        name, stream = open_sent()
        job = keep_sent(make_upload(center, name, stated=form.stated), stream)
    except UploadProblem as problem:
        form.file.errors = [str(problem)]
        return _render_index(center, form), 422
    with open_transaction() as connection:
        queue.put(connection, job)
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "上传，待核对"})
    return _redirect_to(job)


@pages.get("/<center:center>/imports/<upload>")
@allowed(Right.LOG)
def show(center: str, upload: str) -> str | Answer:
    """The step at which an upload stands."""
    job = _find_job(center, upload)
    if isinstance(job, Answer):
        return job
    around: dict[str, Any] = {"frame": make_frame(center), "job": job, "size": job.size}
    if job.running:
        return render_template("imports/running.html", slow=SLOW, **around)
    if job.checked:
        return render_template(
            "imports/trial.html", told_until=_format_until(job), **around, **_sum_counts(job)
        )
    if job.state in (JobState.DONE, JobState.GIVEN_UP):
        return render_template("imports/report.html", mine=_is_mine(job), **around)
    return _render_received(around, job, TrialForm(formdata=None, data=job.asked.get("stated") or {}))


@pages.post("/<center:center>/imports/<upload>/encoding")
@allowed(Right.LOG)
def read_as(center: str, upload: str) -> Answer:
    """Reads a text file anew in the encoding that the person says."""
    job, encoding = _find_open_job(center, upload), request.form.get("encoding", "")
    if isinstance(job, Answer):
        return job
    valid = encoding if encoding in ENCODINGS else None
    _begin_again(job, asked=job.asked | {"encoding": valid})
    return _redirect_to(job)


@pages.get("/<center:center>/imports/<upload>/mapping")
@allowed(Right.LOG)
def mapping(center: str, upload: str) -> str | Answer:
    """Which column is which, of one table; kind and header row can be told."""
    job = _find_open_job(center, upload)
    if isinstance(job, Answer):
        return job
    return _render_mapping_page(job, _read_number("sheet") or 1, {})


@pages.post("/<center:center>/imports/<upload>/mapping")
@allowed(Right.LOG)
def save_columns(center: str, upload: str) -> str | Answer | tuple[str, int]:
    """Keeps the mapping as a profile of the centre: this file, and the next of its vendor, go by it."""
    job = _find_open_job(center, upload)
    if isinstance(job, Answer):
        return job
    sheet = _read_number("sheet") or 1
    table = _read_table(job, sheet)
    fit, _, _ = propose_fit(
        get_instance().home, job, table, kind=request.form.get("kind"), header=_read_number("header")
    )
    if fit is None:
        return _render_mapping_page(job, sheet, {"title": "该行不是表头，请另选一行。"}), 422
    try:
        if request.form.get("again"):
            return _render_mapping_page(job, sheet, {})
        trial = bool(request.form.get("try"))
        title = request.form.get("title", "") or ("（尚未保存）" if trial else "")
        made = read_mapping(request.form, fit, read_first_rows(table), title=title)
        if trial:
            return _render_mapping_page(job, sheet, {}, _try_mapping(job, made))
        name = save_mapping(get_instance().home, center, made)
    except MappingProblem as problem:
        return _render_mapping_page(job, sheet, problem.problems), 422
    except ProfileProblem as problem:
        return _render_mapping_page(job, sheet, {"title": str(problem)}), 422
    audit(
        Action.PROFILE_SAVED, f"{center}：{name}", details={"columns": _list_told_columns(fit, made.columns)}
    )
    _begin_again(job)
    flash(f"已存为导入方案“{made.title}”，以后同样表头的文件会自动采用。")
    return _redirect_to(job)


@pages.post("/<center:center>/imports/<upload>/trial")
@allowed(Right.LOG)
def trial(center: str, upload: str) -> str | Answer | tuple[str, int]:
    """Does everything that the import would do, and takes it back."""
    job, form = _find_open_job(center, upload), TrialForm()
    if isinstance(job, Answer):
        return job
    if not form.validate_on_submit():
        if form.as_of.errors:
            form.as_of.errors = ["“数据截止时间”应填写为 2023-08-31 这样的日期。"]
        return _render_received({"frame": make_frame(center), "job": job, "size": job.size}, job, form), 422
    as_of = get_day_start(form.as_of.data + timedelta(days=1)).isoformat() if form.as_of.data else None
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "试导入，未写入"})
    answer = Said.of(request.form.get("answer", "")).code
    choices = job.asked | {"as_of": as_of, "stated": form.stated, "answer": answer}
    resume(get_instance(), job, kind=TRIAL, asked=choices, result={})
    return _redirect_to(job)


@pages.post("/<center:center>/imports/<upload>/commit")
@allowed(Right.LOG)
def commit(center: str, upload: str) -> str | Answer:
    """Imports what was tried; rows that do not fit are left out only if the person says so."""
    job = _find_job(center, upload)
    if isinstance(job, Answer):
        return job
    if not job.checked:
        flash("请先试导入，再正式导入。")
        return _redirect_to(job)
    if job.result["trial"]["question"]:
        flash("请先回答这份文件的问题，再正式导入。")
        return _redirect_to(job)
    if _sum_counts(job)["held_back"] and not request.form.get("without"):
        flash("有行未通过校验；请修改后重新上传，或勾选“先导入其余数据”。")
        return _redirect_to(job)
    if _sum_counts(job)["apart"] and not request.form.get("despite"):
        flash("与报送单不符；请先向报送单位核实，或勾选“仍要导入”。")
        return _redirect_to(job)
    resume(get_instance(), job, kind=IMPORT)
    return _redirect_to(job)


@pages.post("/<center:center>/imports/<upload>/drop")
@allowed(Right.LOG)
def drop(center: str, upload: str) -> Answer:
    """Drops an upload that is not to be imported."""
    job = _find_open_job(center, upload)
    if isinstance(job, Answer):
        return job
    with open_transaction() as connection:
        given_up = give_up(connection, get_instance().home, job)
    if not given_up:
        return _redirect_to(job)
    audit(Action.DELIVERED, f"{center}：{job.file_name}", details={"step": "放弃，未写入"})
    flash(f"已放弃“{job.file_name}”，未写入任何内容。")
    return redirect(url_for("imports.index", center=center))


@pages.get("/<center:center>/imports/<upload>/rejects/<int:number>.xlsx")
@allowed(Right.LOG)
def rejects(center: str, upload: str, number: int) -> Response | Answer:
    """The rows that were held back, as they came, with what mends them; for whoever brought the file."""
    job = _find_job(center, upload)
    if isinstance(job, Answer):
        return job
    if not _is_mine(job):
        abort(403, "原始行里可能有姓名和号码，只有上传人和有“查看完整号码和姓名”权限的人能下载。")
    done = job.result.get("done", {})
    table = next((one for one in done.get("tables", []) if one["number"] == number), None)
    if table is None or not table["delivery"] or not table["quarantined"]:
        abort(404, "本次导入没有未导入的行。")
    home, name = get_instance().home, f"{Path(job.file_name).stem}_问题数据.xlsx"
    store = find_store(get_log_connection(), home, DELIVERIES, center)
    entries = quarantine.list_entries(get_log_connection(), center, delivery=table["delivery"])
    try:
        profile = named(load_profiles(home / "profiles", center), table["profile"])
    except ProfileProblem as problem:
        abort(404, f"读这份文件的导入方案“{table['profile']}”无法使用，不能取得原始行：{problem}")
    try:
        with WorkingFolder() as folder, store.open_copy(str(done["sha256"])) as source:
            rejected = read_rejected(source, number, profile, entries, job.asked.get("encoding"))
            write_rejects(folder / "rows.xlsx", rejected, make_stamp())
            data = (folder / "rows.xlsx").read_bytes()
    except FileUnusable as problem:
        abort(404, f"“{job.file_name}”的{problem}，不能取得原始行。")
    audit(Action.EXPORTED, f"{center}：{name}", details={"rows": table["quarantined"]})
    return send_workbook(data, name)


def _render_index(center: str, form: UploadForm) -> str:
    around = make_frame(center)
    found = [
        job
        for job in queue.list_jobs(get_connection(), center, kinds=UPLOADS, most=_MOST)
        if _is_visible(job)
    ]
    questions = count_questions(get_log_connection(), center)
    return render_template("imports/index.html", frame=around, form=form, jobs=found, asked=questions)


def _render_received(around: dict[str, Any], job: Job, form: TrialForm) -> str:
    problem_text, look = None, None
    try:
        look = look_at(get_instance().home, job, _open_copy(job))
    except (ProfileProblem, CalendarProblem, FileUnusable, OSError) as problem:
        problem_text = str(problem)
    return render_template(
        "imports/received.html", form=form, look=look, told=problem_text, encodings=ENCODINGS, **around
    )


def _try_mapping(job: Job, mapping: ColumnMapping) -> MappingTrial:
    """Tries it on the upload, or on the earlier file that was chosen. Raises: ProfileProblem."""
    home, chosen = get_instance().home, request.form.get("on", "")
    earlier = {one.sha256: one for one in _list_earlier_files(job, mapping.kind.source)}
    today, calendar, profile = get_now().date(), Calendar.load(home / "calendars"), compile_mapping(mapping)
    if chosen not in earlier:
        encoding = job.asked.get("encoding")
        return try_mapping(profile, _open_copy(job), job.file_name, encoding, today, calendar)
    name = earlier[chosen].file_name
    store = find_store(get_log_connection(), home, DELIVERIES, job.center_id)
    try:
        with store.open_copy(chosen) as path:
            return try_mapping(profile, path, name, None, today, calendar)
    except FileUnusable as problem:
        return MappingTrial(name, refused=f"{problem}。")


def _list_earlier_files(job: Job, source: str) -> list[EarlierFile]:
    seen = list_visible_deliveries(get_log_connection(), job.center_id, get_visible_years(job.center_id))
    return list_earlier_files(get_log_connection(), job.center_id, source, seen)


def _render_mapping_page(
    job: Job, sheet: int, problems: dict[str, str], trial: MappingTrial | None = None
) -> str:
    table, answers = _read_table(job, sheet), request.form
    fit, ground, preview = propose_fit(
        get_instance().home,
        job,
        table,
        kind=request.values.get("kind") or None,
        header=_read_number("header"),
    )
    form = (
        make_form(fit, read_first_rows(table), preview.words or {}, answers, asks_clock=preview.asks_clock)
        if fit
        else None
    )
    return render_template(
        "imports/mapping.html",
        frame=make_frame(job.center_id),
        job=job,
        table=table,
        fit=fit,
        ground=ground,
        preview=preview,
        form=form,
        headers=list_headers(table.head()),
        trial=trial,
        earlier=_list_earlier_files(job, fit.profile.kind.source) if fit else [],
        places=make_place_header(table.head()),
        kinds=KINDS,
        given=answers,
        problems=problems,
        title=request.form.get("title") or _propose_title(fit),
    )


def _propose_title(fit: HeaderFit | None) -> str:
    """The name proposed: that of the profile whose header this is."""
    return fit.profile.title if fit and fit.profile.suits(fit.header.titles) else ""


def _list_told_columns(fit: HeaderFit, columns: Any) -> str:
    by_key = fit.profile.kind.by_key
    return "；".join(f"{by_key[key].title}＝{title}" for key, title in columns.items())


def _sum_counts(job: Job) -> dict[str, Any]:
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
        "moved": log.read_head(get_log_connection(), job.center_id).seq > trial["seq"],
    }


def _format_until(job: Job) -> str | None:
    """The last day of which the person said that the file speaks, as the form has it."""
    return (
        None
        if job.asked.get("as_of") is None
        else (datetime.fromisoformat(job.asked["as_of"]) - timedelta(days=1)).date().isoformat()
    )


def _is_visible(job: Job) -> bool:
    """Nobody knows of which years an upload is until it is in; whoever has some years sees their own."""
    return job.login == get_person().login or get_visible_years(job.center_id) is None


def _is_mine(job: Job) -> bool:
    return job.login == get_person().login or may(Right.REVEAL, job.center_id)


def _find_job(center: str, upload: str) -> Job | Answer:
    """The upload as it stands; back to the list where it is not there."""
    found = queue.find(get_connection(), center, upload)
    if found is None or found.kind not in UPLOADS or not _is_visible(found):
        flash("没有该上传记录，可能已到期清理。请重新上传文件。")
        return redirect(url_for("imports.index", center=center))
    return found


def _begin_again(job: Job, **values: Any) -> None:
    """Back to the columns; what was tried no longer holds."""
    with open_transaction() as connection:
        queue.change(connection, job, kind=TRIAL, state=JobState.WAITING, problem=None, **values)


def _find_open_job(center: str, upload: str) -> Job | Answer:
    """An upload that is neither running nor over."""
    job = _find_job(center, upload)
    return job if isinstance(job, Answer) or job.open else _redirect_to(job)


def _read_table(job: Job, number: int) -> Table:
    """Raises: FileRefused."""
    try:
        table = read_table(job, _open_copy(job), number)
    except (FileUnusable, OSError) as problem:
        abort(422, str(problem))
    if table is None:
        abort(404, f"文件中没有第 {number} 张表。")
    return table


def _open_copy(job: Job) -> Path:
    """The plain file, there until the request ends. Raises: FileUnusable, OSError."""
    return keep_open(get_job_files(job).open_copy())


def _read_number(name: str) -> int | None:
    text = request.values.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


def _redirect_to(job: Job) -> Answer:
    return redirect(url_for("imports.show", center=job.center_id, upload=job.key))
