"""Error pages: in Chinese, and they say what to do."""

import logging

import psycopg
import sqlalchemy as sa
from flask import Flask, Response, jsonify, render_template, request
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException

from kpi.documents.media import DocumentRefused
from kpi.handover.package.container import UnreadablePackage
from tracker.blob_store import FileUnusable
from tracker.file_writing import explain_lack_of_room
from tracker.tabular import FileRefused
from tracker.vault import VaultProblem
from tracker.vault_keys import KeyFileProblem
from web.access.trail import Action
from web.access.turned_away import note_turned_away

TOO_MANY = 429
_SAID_BY_US = (400, 403, 404, 413, 422)  # a library's words are English

logger = logging.getLogger(__name__)

_TOLD = {
    400: ("请求无法识别", "地址或参数不完整。请返回上一页重试。"),
    403: ("没有权限", "您的账号没有该权限。如需办理，请联系安全管理员。"),
    404: ("没有这个页面", "地址有误，或内容不属于本中心。请从首页重新进入。"),
    405: ("不支持这种操作", "这个地址不接受这种操作。请从首页重新进入。"),
    413: ("内容太多", "请缩小范围后重试；上传的文件一次最多 300 MB。"),
    422: ("提交的内容不能用", "请按说明改正后重新提交。"),
    TOO_MANY: ("尝试太频繁", "同一地址短时间内尝试的次数太多。请过一分钟再试。"),
}
_STALE = (
    "页面已经过期",
    "页面已失效，内容未保存。请返回上一页，刷新后重新提交。",
)
_FAULT = (
    "系统异常",
    "系统异常，操作未完成。请稍后重试；仍未解决的，请将发生时间告知系统管理员。",
)
_NO_DATABASE = ("数据库暂时连不上", "数据未丢失。请稍后刷新；仍未恢复的，请系统管理员检查数据库服务。")

_NOT_WRITTEN = "未写入"
_UNREADABLE = "无法读取这份文件"


def install(app: Flask) -> None:
    """Makes every error a page of ours."""
    app.register_error_handler(HTTPException, _show_refused)
    app.register_error_handler(sa.exc.OperationalError, _show_no_database)
    app.register_error_handler(psycopg.OperationalError, _show_no_database)
    for refused in (FileRefused, FileUnusable, DocumentRefused, UnreadablePackage):
        app.register_error_handler(refused, _show_unreadable)
    app.register_error_handler(VaultProblem, _show_no_key)
    app.register_error_handler(KeyFileProblem, _show_no_key)
    app.register_error_handler(Exception, _show_fault)


def _show_refused(problem: HTTPException) -> tuple[str | Response, int]:
    if isinstance(problem, CSRFError):
        note_turned_away(Action.FORM_TOKEN_REFUSED)
        return _render_page(*_STALE, 400)
    code = problem.code or 500
    if code == TOO_MANY:
        note_turned_away(Action.TOO_MANY_ATTEMPTS)
    title, advice = _TOLD.get(code) or (_TOLD[400] if code < 500 else _FAULT)
    ours = (
        problem.description
        if code in _SAID_BY_US and problem.description != type(problem).description
        else None
    )
    return _render_page(title, ours or advice, code)


def _show_unreadable(problem: Exception) -> tuple[str | Response, int]:
    """A file that could be opened, and whose reader ended later, wherever that came to light."""
    return _render_page(_UNREADABLE, str(problem), 422)


def _show_no_database(problem: Exception) -> tuple[str | Response, int]:
    if sentence := explain_lack_of_room(problem):
        return _show_no_room(sentence)
    logger.error("the database cannot be reached: %s", problem)
    return _render_page(*_NO_DATABASE, 503)


def _show_no_key(problem: Exception) -> tuple[str | Response, int]:
    logger.error("a key is not there: %s", problem)
    return _render_page("密钥不能用", str(problem), 503)


def _show_fault(problem: Exception) -> tuple[str | Response, int]:
    if sentence := explain_lack_of_room(problem):
        return _show_no_room(sentence)
    logger.exception("a page failed", exc_info=problem)
    return _render_page(*_FAULT, 500)


def _show_no_room(sentence: str) -> tuple[str | Response, int]:
    logger.error("nothing was written: %s", sentence)
    return _render_page(_NOT_WRITTEN, sentence, 507)


def _render_page(title: str, advice: str, code: int) -> tuple[str | Response, int]:
    """A page; for a machine, which reads none, the sentence alone."""
    if request.path.startswith("/api/"):
        return jsonify(error=advice), code
    return render_template("problem.html", title=title, advice=advice, code=code, frame=None), code
