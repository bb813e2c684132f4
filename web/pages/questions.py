"""Questions that are open: files held until somebody answers, people missing from the newest full list."""

import shutil
from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ingest.changes.full_lists import (
    IN_POST,
    LIST_NOT_FULL,
    ListProblem,
    missing_people,
    say_in_post,
    say_left,
)
from ingest.changes.repeated_numbers import Answer
from ingest.questions.answering import QuestionProblem, drop_question
from ingest.questions.held_deliveries import HeldDelivery, find_question, open_questions
from ingest.questions.wording import answers_of, examples_of, missing_sentence, sentence_of
from tracker.blob_store import place_of
from web.access import Action, Right, allowed, audit, note, signed_in
from web.imports.forms import new_upload
from web.instance import instance, log_db, now, writing
from web.jobs import queue
from web.jobs.job import State
from web.jobs.working import start
from web.pages.frame import frame

pages = Blueprint("questions", __name__)


@pages.get("/<center:center>/questions/")
@allowed(Right.LOG)
def listed(center: str) -> str:
    """Every open question, with its answers."""
    connection = log_db()
    held, missing = open_questions(connection, center), missing_people(connection, center)
    return render_template(
        "imports/questions.html",
        frame=frame(center),
        held=[(one, _told(one)) for one in held],
        missing=missing,
        missing_told=missing_sentence(missing) if missing else "",
    )


@pages.post("/<center:center>/questions/<int:number>")
@allowed(Right.LOG)
def answer(center: str, number: int) -> Response:
    """Tries the held file out as answered, to be looked at and imported; or drops it."""
    held = find_question(log_db(), center, number)
    if held is None or held.answered_at is not None:
        flash("这个问题已经回答过，或不存在。")
        return redirect(url_for("questions.listed", center=center))
    if request.form.get("answer") == "drop":
        return _drop(held)
    given = Answer.of(request.form.get("answer", ""))
    if given == Answer():
        abort(422, "请选一个回答。")
    path = place_of(instance().home / "deliveries", held.sha256)
    if not path.exists():
        flash(f"“{held.file_name}”的原件已不在，请重新上传。")
        return redirect(url_for("imports.index", center=center))
    job = new_upload(
        center, held.file_name, path.stat().st_size, encoding=held.encoding, answer=given.code,
        as_of=held.as_of.isoformat() if held.as_of else None,
    )  # fmt: skip
    job.folder(instance().home).mkdir(parents=True, mode=0o700)
    shutil.copyfile(path, job.path(instance().home))
    audit(Action.DELIVERED, f"{center}：{held.file_name}", details={"step": "回答待答问题，试导入"})
    start(instance(), replace(job, state=State.QUEUED, phase=queue.QUEUED_PHASE))
    return redirect(url_for("imports.show", center=center, upload=job.key))


@pages.post("/<center:center>/questions/people")
@allowed(Right.LOG)
def answer_people(center: str) -> Response:
    """Says of people missing from the list whether they left, or are in post."""
    numbers, said = request.form.getlist("staff_no"), request.form.get("answer", "")
    try:
        with writing() as connection:
            if said == "left":
                reason = request.form.get("reason", "").strip() or None
                count = say_left(connection, center, numbers, _left_on(), reason, now=now())
            elif said in (IN_POST, LIST_NOT_FULL):
                by = signed_in().name
                count = say_in_post(connection, center, numbers, said, by=by, now=now())
            else:
                raise ListProblem("请选一个回答。")
            note(connection, Action.LOGGED, f"{center}：名单缺人 {count} 人", details={"answer": said})
        flash(f"已登记 {count} 人。")
    except ListProblem as problem:
        flash(str(problem))
    return redirect(url_for("questions.listed", center=center))


def _left_on() -> date:
    try:
        return date.fromisoformat(request.form.get("left_on", ""))
    except ValueError:
        raise ListProblem("请填写离职日期。") from None


def _drop(held: HeldDelivery) -> Response:
    try:
        with writing() as connection:
            by = signed_in().name
            drop_question(connection, held.center, held.number, by=by, now=now())
            note(connection, Action.DELIVERED, f"{held.center}：{held.file_name}", details={"step": "不要"})
        flash(f"已放弃“{held.file_name}”，没有写入任何内容。")
    except QuestionProblem as problem:
        flash(str(problem))
    return redirect(url_for("questions.listed", center=held.center))


def _told(held: HeldDelivery) -> dict[str, object]:
    return {
        "sentence": sentence_of(held.question),
        "examples": list(examples_of(held.question)),
        "answers": [(words, given.code) for words, given in answers_of(held.question)],
    }
