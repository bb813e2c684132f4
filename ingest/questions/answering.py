"""Answering what a held delivery asks: the file is taken in as the answer says."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from ingest.changes.repeated_numbers import QuestionAnswer
from ingest.importing.import_file import import_file
from ingest.importing.report import ImportReport
from ingest.questions.held_deliveries import (
    DROPPED,
    HeldDelivery,
    find_question,
    release_delivery,
    settle_question,
)
from tracker.blob_store import DELIVERIES, find_store
from tracker.database import Database
from tracker.vault import Vault


class QuestionProblem(ValueError):
    """不能这样回答，原因见说明。"""


def answer_question(
    database: Database,
    home: Path,
    center: str,
    number: int,
    answer: QuestionAnswer,
    *,
    by: str | None,
    now: datetime,
    vault: Vault | None = None,
) -> ImportReport:
    """Takes in the file of a question; the report has the next question, if there is one.

    Raises: QuestionProblem; as import_file."""
    with database.connect() as connection:
        delivery = _open_question(connection, center, number)
        store = find_store(connection, home, DELIVERIES, center, vault)
    if damage := store.find_damage(delivery.sha256):
        raise QuestionProblem(f"“{delivery.file_name}”的原件{damage.value}，请重新导入这份文件。")
    with store.open_copy(delivery.sha256) as path:
        return import_file(
            database,
            home,
            path,
            center,
            delivery.named_profile,
            delivery.as_of,
            now=now,
            vault=vault,
            entered_by=by,
            encoding=delivery.encoding,
            answer=replace(answer, about=tuple(delivery.question.counts)),
            file_name=delivery.file_name,
        )


def drop_question(
    connection: psycopg.Connection[Any], center: str, number: int, *, by: str | None, now: datetime
) -> None:
    """Notes that the file is not wanted; its bytes stay. Raises: QuestionProblem."""
    delivery = _open_question(connection, center, number)
    settle_question(connection, center, delivery.sha256, DROPPED, by=by, now=now)
    release_delivery(connection, center, delivery.sha256, DROPPED, by=by, now=now)


def _open_question(connection: psycopg.Connection[Any], center: str, number: int) -> HeldDelivery:
    delivery = find_question(connection, center, number)
    if delivery is None:
        raise QuestionProblem(f"没有第 {number} 号待答问题；全部列在“待答问题”中。")
    if delivery.answered_at is not None:
        raise QuestionProblem(f"第 {number} 号问题已于 {delivery.answered_at:%Y-%m-%d %H:%M} 回答。")
    return delivery
