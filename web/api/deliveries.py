"""Deliveries by machines: a file is stored, imported and answered with its counts, or with what is wrong."""

from typing import Any

from flask import Blueprint, jsonify, request
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from ingest.importing.import_file import FileRefused, ImportReport, TableReport, import_file
from ingest.importing.report import word_lacking_column
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.questions.wording import word_examples, word_question
from tracker.calendar_files import CalendarProblem
from tracker.centers import CenterProblem
from web.access import Action, for_machines
from web.access.api_tokens import get_request_token, note_use
from web.access.guard import takes_files
from web.access.trail import record
from web.instance import get_instance, get_now, open_log_transaction
from web.uploads import UploadProblem, receive

api = Blueprint("deliveries_api", __name__, url_prefix="/api")

COUNTS = ("rows", "accepted", "quarantined", "new", "changed", "same", "stale")
_PROBLEMS = (FileRefused, ProfileProblem, CalendarProblem, CenterProblem, UploadProblem)


@api.post("/centers/<center:center>/deliveries")
@for_machines
@takes_files
def deliver(center: str) -> Response | tuple[Response, int]:
    """Takes a file in whole, or not at all."""
    try:
        with receive() as path:
            report = import_file(
                get_instance().database,
                get_instance().home,
                path,
                center,
                now=get_now(),
                vault=get_instance().vault.make_fresh(),
            )
    except _PROBLEMS as problem:
        _note(center, str(problem), "failed")
        return jsonify(error=str(problem)), 422
    if report.question is not None:
        _note(center, report.file_name, "done", {"sha256": report.sha256, "question": report.held})
        return jsonify(describe_report(report)), 202
    _note(center, report.file_name, "done", {"sha256": report.sha256, "rows": report.total("rows")})
    return jsonify(describe_report(report)), 201 if report.changed_anything else 200


@api.errorhandler(HTTPException)
def refused(problem: HTTPException) -> tuple[Response, int]:
    """Errors in the form of the interface."""
    sentences = {413: "文件太大：一次最多 300 MB。", 429: "请求太频繁，请稍后再送。"}
    code = problem.code or 500
    return jsonify(error=sentences.get(code, problem.description)), code


def describe_report(report: ImportReport) -> dict[str, Any]:
    """What became of the file, table by table."""
    return {
        "file_name": report.file_name,
        "sha256": report.sha256,
        "size": report.size,
        "center": report.center,
        "tables": [_describe_table(table) for table in report.tables],
        "notes": list(report.notes),
        "question": _describe_question(report),
    }


def _describe_question(report: ImportReport) -> dict[str, Any] | None:
    """Why the file is held and nothing of it was taken in, and under which number it is listed."""
    if report.question is None:
        return None
    return {
        "number": report.held,
        "code": report.question.code,
        "sentence": word_question(report.question),
        "examples": list(word_examples(report.question)),
    }


def _describe_table(table: TableReport) -> dict[str, Any]:
    counts = {name: getattr(table, name) for name in COUNTS}
    return counts | {
        "sheet": table.sheet,
        "kind": table.kind,
        "profile": table.profile,
        "delivery": table.delivery,
        "as_of": table.as_of.at.isoformat(),
        "problems": [problem.sentence for problem in table.problems],
        "doubtful": table.doubtful,
        "doubts": [problem.sentence for problem in table.doubts],
        "lacking": [word_lacking_column(*one) for one in table.lacking],
        "glance": list(table.glance),
    }


def _note(center: str, about: str, result: str, details: dict[str, Any] | None = None) -> None:
    token = get_request_token()
    with open_log_transaction() as connection:
        note_use(connection, token, get_now())
        record(
            connection, Action.DELIVERED, login=None, address=request.remote_addr or "", now=get_now(),
            about=f"{center}：{about}", result=result, details=(details or {}) | {"token": token.name},
        )  # fmt: skip
