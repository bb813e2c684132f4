"""Files by machines: answered at once with what became of them, or as a job whose state is asked for."""

from typing import Any

from flask import Response, abort, request, url_for

from ingest.importing.import_file import FileRefused, ImportReport, import_file
from ingest.profiles.toml_profiles import ProfileProblem
from ingest.questions.wording import word_examples, word_question
from tracker.calendar_files import CalendarProblem
from tracker.centers import CenterProblem
from web.access import Action, for_machines
from web.access.api_tokens import Scope
from web.access.guard import takes_files
from web.access.machines import get_request_token, note_machine
from web.api.answers import answer, build_table, build_tables
from web.api.blueprint import api
from web.api.description import Operation, Problem, describe
from web.api.models import FileReport, FileState, QuestionAnswer, SentFile
from web.instance import get_connection, get_instance, get_now, open_log_transaction
from web.jobs import queue
from web.jobs.job import IMPORT, UPLOADS, Job, make_key
from web.jobs.working import start
from web.uploads import UploadProblem, keep_sent, open_sent, receive

_PROBLEMS = (FileRefused, ProfileProblem, CalendarProblem, CenterProblem, UploadProblem)
_BODY = {
    "multipart/form-data": SentFile,
    "application/octet-stream": {"type": "string", "format": "binary"},
}
_BODY_ABOUT = "一次一个文件，最多 300 MB；可以是 multipart/form-data 中名为 file 的部分，也可以直接是请求体。"
_QUERY = {
    "name": {
        "description": "文件名；用原始请求体时必填。数据截至时间和种类要靠它判断，例如 话单_2023-05.csv",
        "schema": {"type": "string"},
    }
}


@api.post("/centers/<center:center>/deliveries")
@for_machines(Scope.FILES)
@takes_files
@describe(
    Operation(
        summary="报送一个文件，等它导入完：整份导入，或整份不导入",
        body=_BODY,
        body_about=_BODY_ABOUT,
        query=_QUERY,
        answers={
            200: ("文件里没有新内容：以前都报送过", FileReport),
            201: ("已导入", FileReport),
            202: ("文件会动已有编号的日期、身份或内容：整份保留，没有写入，等人回答", FileReport),
        },
        problems=(413, 422),
    )
)
def deliver(center: str) -> Response:
    """Takes a file in whole, or not at all."""
    try:
        with receive() as path:
            report = import_file(
                get_instance().database,
                get_instance().home,
                path,
                center,
                now=get_now(),
                vault=get_instance().vault,
            )
    except _PROBLEMS as problem:
        _note(center, str(problem), "failed")
        return answer(Problem(error=str(problem)), 422)
    held = {"question": report.held} if report.question else {"rows": report.total("rows")}
    _note(center, report.file_name, "done", {"sha256": report.sha256} | held)
    if report.question is not None:
        return answer(_build_report(report), 202)
    return answer(_build_report(report), 201 if report.changed_anything else 200)


@api.post("/centers/<center:center>/files")
@for_machines(Scope.FILES)
@takes_files
@describe(
    Operation(
        summary="报送一个文件，在后台导入；用返回的编号查结果。大文件用这个",
        body=_BODY,
        body_about=_BODY_ABOUT,
        query=_QUERY,
        answers={202: ("已收下；Location 是查结果的地址", FileState)},
        problems=(413, 422),
    )
)
def send_file(center: str) -> Response:
    """Keeps a file as a job, which the page of imports lists as well."""
    token = get_request_token()
    try:
        name, stream = open_sent()
        job = Job(
            key=make_key(get_now()), kind=IMPORT, title=name, created_at=get_now(),
            center_id=center, person=f"接口令牌：{token.name}", address=request.remote_addr or "",
            asked={"token": token.name}, file_name=name,
        )  # fmt: skip
        job = keep_sent(job, stream)
    except UploadProblem as problem:
        _note(center, str(problem), "failed")
        return answer(Problem(error=str(problem)), 422)
    _note(center, job.file_name, "done", {"step": "收到文件，待导入"})
    start(get_instance(), job)
    response = answer(_build_state(_find_job(center, job.key)), 202)
    response.headers["Location"] = url_for("api.find_file", center=center, file=job.key)
    return response


@api.get("/centers/<center:center>/files/<file>")
@for_machines(Scope.FILES)
@describe(Operation(summary="一份文件办到哪一步，结果如何", answers={200: ("现在的情况", FileState)}))
def find_file(center: str, file: str) -> Response:
    """The state of a job, with its report once it is over."""
    return answer(_build_state(_find_job(center, file)))


def _find_job(center: str, key: str) -> Job:
    found = queue.find(get_connection(), center, key)
    if found is None or found.kind not in UPLOADS:
        abort(404, f"没有编号为“{key}”的文件任务；编号在报送时返回。")
    return found


def _build_state(job: Job) -> FileState:
    done = job.result.get("done", {})
    return FileState(
        file=job.key,
        file_name=job.file_name,
        size=job.size,
        state=job.state.value,  # type: ignore[arg-type]
        title=job.label,
        phase=job.phase if job.running else "",
        share=job.share,
        problem=job.problem,
        sha256=done.get("sha256"),
        tables=[build_table(one) for one in done.get("tables", [])],
        notes=done.get("notes", []),
    )


def _build_report(report: ImportReport) -> FileReport:
    """What became of the file, table by table."""
    return FileReport(
        file_name=report.file_name,
        sha256=report.sha256,
        size=report.size,
        center=report.center,
        tables=build_tables(report.tables),
        notes=list(report.notes),
        question=_build_question(report),
    )


def _build_question(report: ImportReport) -> QuestionAnswer | None:
    """Why the file is held and nothing of it was taken in, and under which number it is listed."""
    if report.question is None:
        return None
    return QuestionAnswer(
        number=report.held,
        code=report.question.code,
        sentence=word_question(report.question),
        examples=list(word_examples(report.question)),
    )


def _note(center: str, about: str, result: str, details: dict[str, Any] | None = None) -> None:
    with open_log_transaction() as connection:
        note_machine(connection, Action.DELIVERED, f"{center}：{about}", result=result, details=details or {})
