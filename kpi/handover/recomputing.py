"""A year's figures as they are shown, each computed again from the events of the log alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures import results
from kpi.handover.package.claims import claims_of, exact_text, title_of
from kpi.handover.package.layout import csv_bytes
from kpi.handover.package.vintages import seals_in
from kpi.handover.verify.findings import Compared
from kpi.handover.verify.recomputation import NAMES, compare_figures
from kpi.offline import Replay
from kpi.offline.log_table import links
from tracker import chain, log
from tracker.centers import Center
from tracker.chain_check import follow
from tracker.database import Database, driver_of
from tracker.events.times import BEIJING, day_start
from tracker.log.reading import Head
from tracker.periods import Year

_HEADER = (
    "指标", "编码", "统计期", "版次", "溯源码", "显示的数值", "重算的数值", "单位", "显示的分子",
    "重算的分子", "显示的分母", "重算的分母", "结果", "不同之处",
)  # fmt: skip


class RecomputationProblem(ValueError):
    """不能重算，原因见说明。"""


@dataclass(frozen=True)
class Recomputed:
    """The figures shown beside those computed again."""

    head: Head  # the log ended here
    moment: datetime  # as of when the figures of running periods are told
    figures: tuple[Compared, ...]  # one for each figure shown, or that the log gives beyond them


def recompute(database: Database, center: Center, year: int, now: datetime) -> Recomputed:
    """Follows the chain of the whole log, makes all facts from it anew, and computes the year from them.

    A sealed figure is computed at the log position of its seal. Raises: RecomputationProblem where the chain
    is broken or nothing is shown.
    """
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, center.center_id, now)
    with _snapshot(database) as connection, Replay(center.center_id, threads=1) as replay:
        shown = results.of_year(connection, center.center_id, year)
        if not shown:
            raise RecomputationProblem(f"{center.name}没有{year}年的指标数字，没有可重算的内容。")
        head = _take_log(connection, replay, center)
        moment = _moment(replay, year, now)
        about: dict[str, Any] = {
            "center": {"id": center.center_id},
            "head": {"seq": head.seq},
            "moment": moment.isoformat(),
            "year": year,
        }
        found = compare_figures(replay, about, claims_of(shown, year), seals_in(replay.duck))
    newest = {(one.indicator, one.period): one for one in found}  # what is shown comes after older vintages
    return Recomputed(head, moment, tuple(newest.values()))


def recomputation_table(recomputed: Recomputed) -> bytes:
    """All of them for a spreadsheet."""
    return csv_bytes(_HEADER, (_row(one) for one in recomputed.figures))


@contextmanager
def _snapshot(database: Database) -> Iterator[sa.Connection]:
    """Everything read is of one moment, whatever is appended meanwhile."""
    with database.engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


def _take_log(connection: sa.Connection, replay: Replay, center: Center) -> Head:
    raw = driver_of(connection)
    head = log.head(raw, center.center_id)
    replay.take_in(log.stream(raw, center.center_id, first=1, last=head.seq))
    found = follow(links(replay.duck, center.center_id), chain.hasher(center.digest))
    if found.problem or (found.seq, found.hash) != (head.seq, head.hash):
        told = found.problem or "日志的末尾与登记的末尾不符。"
        raise RecomputationProblem(f"事件日志没有通过核验，不再重算：{told}请运行 hotline log verify。")
    return head


def _moment(replay: Replay, year: int, now: datetime) -> datetime:
    """As of when figures are told: today, or the end of a year that is over."""
    last = datetime.fromisoformat(
        replay.duck.sql("SELECT recorded_at FROM log ORDER BY seq DESC LIMIT 1").scalar_one()
    )
    today = day_start(now.astimezone(BEIJING).date())
    return max(last, min(today, day_start(Year(year).end_day))).astimezone(BEIJING)


def _row(one: Compared) -> tuple[Any, ...]:
    claimed, again = one.claimed or {}, one.recomputed or {}
    told = one.claimed or again
    return (
        title_of(told),
        one.indicator,
        one.period,
        one.vintage,
        told.get("code"),
        claimed.get("value"),
        again.get("value"),
        told.get("unit"),
        *(exact_text(side.get(name)) for name in ("numerator", "denominator") for side in (claimed, again)),
        "一致" if one.agrees else "不一致",
        "、".join(NAMES.get(name, name) for name in one.differing),
    )
