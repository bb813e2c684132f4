"""Rows of a drawn sample as an evaluator saw them against their originals: in the log under her name.

Nobody at the centre can change one, and voiding the event does not take it from her record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from tracker import log
from tracker.events.evaluation import SEEN, RowSeen

MOST = 200  # characters of a note


class RowCheckProblem(ValueError):
    """核对结果未保存，原因见说明。"""


class RowOutcome(StrEnum):
    """What became of a row held against its original; the value is stored."""

    MATCHES = "matches"
    DIFFERS = "differs"
    MISSING = "missing"

    @property
    def label(self) -> str:
        return SEEN[self]


@dataclass(frozen=True)
class RowCheck:
    """One row as she saw it, as the log has it."""

    seq: int
    year: int
    seed: str
    package: str
    drawn: int
    row_seq: int
    row_hash: str
    seen: RowOutcome
    note: str | None
    seen_by: str
    login: str
    seen_at: datetime


def check_rows(
    connection: psycopg.Connection[Any], center: str, rows: Sequence[RowSeen], now: datetime
) -> None:
    """Appends all rows, or none. Raises: RowCheckProblem where one of them lacks its note."""
    for one in rows:
        problem = explain_refusal(one.seen, one.note)
        if problem:
            raise RowCheckProblem(problem)
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(one, None) for one in rows])


def explain_refusal(seen: str, note: str | None) -> str | None:
    """Why a row cannot be written down so; None where it can."""
    if seen not in {one.value for one in RowOutcome}:
        return "请选相符、不符或未见原件。"
    if RowOutcome(seen) is not RowOutcome.MATCHES and not note:
        return "“不符”和“未见原件”须写明情况，例如哪一栏不同、缺哪份原件。"
    return f"说明不能超过 {MOST} 个字。" if len(note or "") > MOST else None


def read_row_checks(connection: psycopg.Connection[Any], center: str, year: int) -> list[RowCheck]:
    """Everything that evaluators said of rows of a year, in the log's order."""
    span = (f"row_check/{year}/", f"row_check/{year}0")  # 0 comes after /
    return [_read_row_check(one) for one in log.read_between(connection, center, RowSeen.type, *span)]


def select_latest_checks(checks: Iterable[RowCheck], login: str) -> dict[int, RowCheck]:
    """The row's event → what the evaluator said of it last."""
    return {one.row_seq: one for one in checks if one.login == login}


def _read_row_check(event: log.Recorded) -> RowCheck:
    data = event.data
    return RowCheck(
        seq=event.seq,
        seen=RowOutcome(data.pop("seen")),
        seen_at=datetime.fromisoformat(data.pop("seen_at")),
        **data,
    )
