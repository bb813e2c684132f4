"""What a document can be about: a thing that the log knows, a month, a recruitment, an outage, a figure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import psycopg
import sqlalchemy as sa

from kpi.figures.indicators import IndicatorProblem, find_indicator
from kpi.figures.sources import SOURCES
from tracker.database import execute
from tracker.events import THINGS
from tracker.events.assertions import TOTALS
from tracker.facts import FACTS
from tracker.facts.platform import probes
from tracker.facts.staffing import staff
from tracker.periods import Month, PeriodProblem, parse_period

TITLES = {  # what a subject begins with
    kind: (THINGS | {"recruitment": "招聘", "indicator": "指标"})[kind]
    for kind in (
        "person", "recruitment", "payment", "training", "month", "indicator", "attestation", "outage", "call",
        "work_order", "posts", "budget", "survey_issue", "inspection", "total", "delivery",
    )
}  # fmt: skip

_TABLES = {fact.kind: fact.table for fact in reversed(FACTS)}
_EXAMPLES = "person/R001、payment/ZF20230101、month/2023-05、indicator/call_answer_rate/2023"


class TargetProblem(LookupError):
    """没有该关联对象，材料无法上传。"""


@dataclass(frozen=True)
class AttachmentTarget:
    """What a document is to be attached to."""

    about: str
    label: str  # in words, without a name


Connection = psycopg.Connection[Any]


def find_target(connection: Connection, center: str, about: str) -> AttachmentTarget:
    """The thing, month or figure that a text names. Raises: TargetProblem."""
    kind, _, identity = about.strip().partition("/")
    if kind not in TITLES or not identity:
        raise TargetProblem(
            f"关联对象“{about}”无效；请按“种类/编号”填写，如{_EXAMPLES}。种类有{'、'.join(TITLES)}。"
        )
    subject = _DERIVED.get(kind, _label_fact)(connection, center, kind, identity)
    return AttachmentTarget(subject, label_target(subject))


def label_target(about: str) -> str:
    """A target in words, as far as its text tells."""
    kind, _, identity = about.partition("/")
    if kind == "month":
        month, _, source = identity.partition("/")
        return parse_period(month).label + (f" {SOURCES[source].title}" if source else "")
    if kind == "recruitment":
        return f"{parse_period(identity).label}招聘"
    if kind == "indicator":
        key, _, period = identity.rpartition("/")
        return f"{parse_period(period).label} {find_indicator(key).title}"
    if kind == "attestation":
        scheme, year, code = identity.split("/", 2)
        return f"{year}年指标填报 {scheme} {code}"
    if kind == "total":
        total, first_day, _, issued_by = identity.split("/", 3)
        return f"{issued_by} {TOTALS[total][0]}（{first_day}起）"
    return f"{TITLES.get(kind, kind)} {identity}"


def _label_fact(connection: Connection, center: str, kind: str, identity: str) -> str:
    table = _TABLES[kind]
    if not _has(connection, table, center, table.c.subject == f"{kind}/{identity}"):
        raise TargetProblem(f"没有编号为“{identity}”的{TITLES[kind]}；请核对编号，或先导入它所在的文件。")
    return f"{kind}/{identity}"


def _has(connection: Connection, table: sa.Table, center: str, condition: sa.ColumnElement[bool]) -> bool:
    found = sa.select(table.c.seq).where(table.c.center_id == center, condition).limit(1)
    return execute(connection, found).fetchone() is not None


def _label_month(connection: Connection, center: str, kind: str, identity: str) -> str:
    month, _, source = identity.partition("/")
    _parse_month(month)
    if source and source not in SOURCES:
        raise TargetProblem(f"没有“{source}”这种数据；可用的有{'、'.join(SOURCES)}。")
    return f"{kind}/{identity}"


def _label_recruitment(connection: Connection, center: str, kind: str, identity: str) -> str:
    month = _parse_month(identity)
    joined = sa.and_(staff.c.joined_on >= month.first_day, staff.c.joined_on < month.end_day)
    if not _has(connection, staff, center, joined):
        raise TargetProblem(f"花名册上没有{month.label}入职的人，这个月没有招聘。")
    return f"{kind}/{identity}"


def _label_outage(connection: Connection, center: str, kind: str, identity: str) -> str:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", identity):
        raise TargetProblem(f"平台停机请写明日期，例如 outage/2023-07-02；“{identity}”不是日期。")
    down = sa.and_(probes.c.probed_on == _parse_day(identity), ~probes.c.up)
    if not _has(connection, probes, center, down):
        raise TargetProblem(f"{identity}的平台巡检没有异常记录。")
    return f"{kind}/{identity}"


def _label_indicator(connection: Connection, center: str, kind: str, identity: str) -> str:
    key, _, period = identity.rpartition("/")
    try:
        return f"{kind}/{find_indicator(key).key}/{parse_period(period)}"
    except (IndicatorProblem, PeriodProblem) as problem:
        raise TargetProblem(f"请写成 indicator/指标编码/统计期。{problem}") from problem


_DERIVED: dict[str, Callable[[Connection, str, str, str], str]] = {
    "month": _label_month,
    "recruitment": _label_recruitment,
    "outage": _label_outage,
    "indicator": _label_indicator,
}


def _parse_month(text: str) -> Month:
    try:
        month = parse_period(text)
    except PeriodProblem as problem:
        raise TargetProblem(str(problem)) from problem
    if not isinstance(month, Month):
        raise TargetProblem(f"请写月份，例如 2023-05；“{text}”不是月份。")
    return month


def _parse_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise TargetProblem(f"没有{text}这一天。") from None
