"""An evaluator's verdicts on figures: appended to the centre's log under her name, never changed.

Nobody at the centre can take one back: voiding the event does not take it from the evaluator's record.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import psycopg

from tracker import log
from tracker.events.evaluation import VERDICTS, FigureJudged

MOST = 500  # characters of a note


class VerdictProblem(ValueError):
    """核验结论未保存，原因见说明。"""


class Verdict(StrEnum):
    """What an evaluator says of a figure; the value is stored."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNVERIFIABLE = "unverifiable"

    @property
    def label(self) -> str:
        return VERDICTS[self]


@dataclass(frozen=True)
class RecordedVerdict:
    """One verdict as the log has it."""

    seq: int
    indicator: str
    period: str
    verdict: Verdict
    note: str | None
    code: str
    value: str | None
    recomputed: str | None
    recomputed_seq: int | None
    judged_by: str
    login: str
    judged_at: datetime


def judge(connection: psycopg.Connection[Any], center: str, verdict: FigureJudged) -> None:
    """Appends a verdict. Raises: VerdictProblem where one that is not 认可 has no note."""
    judge_all(connection, center, [verdict])


def judge_all(connection: psycopg.Connection[Any], center: str, verdicts: Sequence[FigureJudged]) -> None:
    """Appends verdicts given at one time, each as an event of its own; all of them, or none.

    Raises: VerdictProblem as `judge`."""
    for one in verdicts:
        if problem := explain_refusal(one.verdict, one.note or ""):
            raise VerdictProblem(problem)
    if not verdicts:
        return
    now = verdicts[0].judged_at
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        appending.add([(one, None) for one in verdicts])


def explain_refusal(verdict: str, note: str) -> str | None:
    """Why a verdict may not be recorded; None where it may."""
    if verdict not in list(Verdict):
        return "请选择结论。"
    if verdict != Verdict.ACCEPTED and not note:
        return "“不认可”和“无法核实”须写明理由，例如缺什么材料、与哪份文件不符。"
    if len(note) > MOST:
        return f"意见不能超过 {MOST} 个字。"
    return None


def read_year_verdicts(connection: psycopg.Connection[Any], center: str, year: int) -> list[RecordedVerdict]:
    """Every verdict on the year's figures and those of its months and quarters, in the log's order."""
    return _read(connection, center, f"figure_verdict/{year}", f"figure_verdict/{year + 1}")


def read_figure_verdicts(
    connection: psycopg.Connection[Any], center: str, indicator: str, period: str
) -> list[RecordedVerdict]:
    """Every verdict on one figure, in the log's order."""
    subject = f"figure_verdict/{period}/{indicator}"
    return _read(connection, center, subject, f"{subject}\x01")


def select_latest_verdicts(
    verdicts: Iterable[RecordedVerdict], login: str
) -> dict[tuple[str, str], RecordedVerdict]:
    """Indicator and period → the evaluator's last verdict."""
    return {(one.indicator, one.period): one for one in verdicts if one.login == login}


def _read(connection: psycopg.Connection[Any], center: str, first: str, end: str) -> list[RecordedVerdict]:
    return [_read_verdict(one) for one in log.read_between(connection, center, FigureJudged.type, first, end)]


def _read_verdict(event: log.Recorded) -> RecordedVerdict:
    data = event.data
    return RecordedVerdict(
        seq=event.seq, verdict=Verdict(data.pop("verdict")),
        judged_at=datetime.fromisoformat(data.pop("judged_at")), **data,
    )  # fmt: skip
