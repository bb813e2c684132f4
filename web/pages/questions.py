"""Questions that are open: files held until somebody answers, people missing from the newest full list."""

from dataclasses import replace
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ingest.changes.full_lists import (
    IN_POST,
    LIST_NOT_FULL,
    ListProblem,
    list_missing_people,
    record_in_post,
    record_left,
)
from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.questions.answering import QuestionProblem, drop_question
from ingest.questions.held_deliveries import HeldDelivery, find_question, list_open_questions
from ingest.questions.wording import list_answers, word_examples, word_missing, word_question
from tracker.blob_store import DELIVERIES, find_store
from tracker.periods import parse_day
from web.access import Action, Right, allowed, audit, get_person, get_visible_years, note
from web.access.years import is_seen
from web.imports.forms import make_upload
from web.instance import get_instance, get_log_connection, get_now, open_log_transaction
from web.jobs import queue
from web.jobs.job import JobState
from web.jobs.working import start
from web.pages.frame import make_frame
from web.uploads import keep_sent

pages = Blueprint("questions", __name__)


@pages.get("/<center:center>/questions/")
@allowed(Right.LOG)
def listed(center: str) -> str:
    """Every open question, with its answers."""
    connection = get_log_connection()
    deliveries, missing = list_open_questions(connection, center), list_missing_people(connection, center)
    return render_template(
        "imports/questions.html",
        frame=make_frame(center),
        held=[(one, _describe_held(one)) for one in deliveries if _is_visible(one)],
        missing=missing,
        missing_told=word_missing(missing) if missing else "",
    )


@pages.post("/<center:center>/questions/<int:number>")
@allowed(Right.LOG)
def answer(center: str, number: int) -> Response:
    """Tries the held file out as answered, to be looked at and imported; or drops it."""
    delivery = find_question(get_log_connection(), center, number)
    if delivery is None or delivery.answered_at is not None or not _is_visible(delivery):
        flash("该问题已回答，或不存在。")
        return redirect(url_for("questions.listed", center=center))
    if request.form.get("answer") == "drop":
        return _drop(delivery)
    choice = QuestionAnswer.of(request.form.get("answer", ""))
    if choice == QuestionAnswer():
        abort(422, "请选择回答。")
    store = find_store(get_log_connection(), get_instance().home, DELIVERIES, center)
    if damage := store.find_damage(delivery.sha256):
        flash(f"“{delivery.file_name}”的原件{damage.value}，请重新上传。")
        return redirect(url_for("imports.index", center=center))
    job = make_upload(
        center, delivery.file_name,
        encoding=delivery.encoding, answer=choice.code,
        as_of=delivery.as_of.isoformat() if delivery.as_of else None,
    )  # fmt: skip
    with store.open_copy(delivery.sha256) as path, path.open("rb") as source:
        job = keep_sent(job, source)
    audit(Action.DELIVERED, f"{center}：{delivery.file_name}", details={"step": "回答待答问题，试导入"})
    start(get_instance(), replace(job, state=JobState.QUEUED, phase=queue.QUEUED_PHASE))
    return redirect(url_for("imports.show", center=center, upload=job.key))


@pages.post("/<center:center>/questions/people")
@allowed(Right.LOG)
def answer_people(center: str) -> Response:
    """Says of people missing from the list whether they left, or are in post."""
    numbers, status = request.form.getlist("staff_no"), request.form.get("answer", "")
    try:
        with open_log_transaction() as connection:
            if status == "left":
                reason = request.form.get("reason", "").strip() or None
                count = record_left(connection, center, numbers, _read_left_on(), reason, now=get_now())
            elif status in (IN_POST, LIST_NOT_FULL):
                by = get_person().signature
                count = record_in_post(connection, center, numbers, status, by=by, now=get_now())
            else:
                raise ListProblem("请选择回答。")
            note(connection, Action.LOGGED, f"{center}：名单缺人 {count} 人", details={"answer": status})
        flash(f"已保存 {count} 人。")
    except ListProblem as problem:
        flash(str(problem))
    return redirect(url_for("questions.listed", center=center))


def _is_visible(delivery: HeldDelivery) -> bool:
    subject, years = f"held_delivery/{delivery.sha256[:16]}", get_visible_years(delivery.center)
    return is_seen(get_log_connection(), delivery.center, subject, years)


def _read_left_on() -> date:
    try:
        return parse_day(request.form.get("left_on", ""))
    except ValueError:
        raise ListProblem("请填写离职日期。") from None


def _drop(delivery: HeldDelivery) -> Response:
    try:
        with open_log_transaction() as connection:
            by = get_person().signature
            drop_question(connection, delivery.center, delivery.number, by=by, now=get_now())
            note(
                connection,
                Action.DELIVERED,
                f"{delivery.center}：{delivery.file_name}",
                details={"step": "不要"},
            )
        flash(f"已放弃“{delivery.file_name}”，未写入任何内容。")
    except QuestionProblem as problem:
        flash(str(problem))
    return redirect(url_for("questions.listed", center=delivery.center))


def _describe_held(delivery: HeldDelivery) -> dict[str, object]:
    return {
        "sentence": word_question(delivery.question),
        "examples": list(word_examples(delivery.question)),
        "answers": [(words, option.code) for words, option in list_answers(delivery.question)],
    }
