"""Answering what a held delivery asks: the file is taken in as the answer says."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.changes.repeated_numbers import Answer
from ingest.importing.import_file import import_file
from ingest.importing.report import Report
from ingest.questions.held_deliveries import HeldDelivery, find_question, release, settle_question
from tracker.blob_store import place_of
from tracker.database import Database
from tracker.vault import Vault


class QuestionProblem(ValueError):
    """不能这样回答，原因见说明。"""


def answer_question(
    database: Database,
    home: Path,
    center: str,
    number: int,
    answer: Answer,
    *,
    by: str | None,
    now: datetime,
    vault: Vault | None = None,
) -> Report:
    """Takes in the file of a question; the report has the next question, if there is one.

    Raises: QuestionProblem; as import_file."""
    with database.connect() as connection:
        held = _open_question(connection, center, number)
    path = place_of(home / "deliveries", held.sha256)
    if not path.exists():
        raise QuestionProblem(f"“{held.file_name}”的原件已不在，请重新导入这份文件。")
    return import_file(
        database,
        home,
        path,
        center,
        held.named_profile,
        held.as_of,
        now=now,
        vault=vault,
        entered_by=by,
        encoding=held.encoding,
        answer=replace(answer, about=tuple(held.question.counts)),
        file_name=held.file_name,
    )


def drop_question(
    connection: psycopg.Connection[Any], center: str, number: int, *, by: str | None, now: datetime
) -> None:
    """Notes that the file is not wanted; its bytes stay. Raises: QuestionProblem."""
    held = _open_question(connection, center, number)
    settle_question(connection, center, held.sha256, "dropped", by=by, now=now)
    release(connection, center, held.sha256, "dropped", by=by, now=now)


def _open_question(connection: psycopg.Connection[Any], center: str, number: int) -> HeldDelivery:
    held = find_question(connection, center, number)
    if held is None:
        raise QuestionProblem(f"没有第 {number} 号待答问题；hotline questions 列出全部。")
    if held.answered_at is not None:
        raise QuestionProblem(f"第 {number} 号问题已于 {held.answered_at:%Y-%m-%d %H:%M} 回答。")
    return held
