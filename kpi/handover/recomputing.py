"""A year's figures as they are shown, each computed again from the events of the log alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.figures import results
from kpi.handover.package.claims import exact_text, get_title, make_claims
from kpi.handover.package.layout import dump_csv
from kpi.handover.package.vintages import read_seals
from kpi.handover.verify.findings import FigureComparison
from kpi.handover.verify.recomputation import NAMES, compare_figures
from kpi.offline import Replay
from kpi.offline.log_table import read_links
from tracker import chain, log
from tracker.centers import Center
from tracker.chain_check import follow_chain
from tracker.database import Database, get_driver
from tracker.events.times import BEIJING, get_day_start
from tracker.log.reading import LogHead
from tracker.periods import Year

_HEADER = (
    "指标", "编码", "统计期", "数据版本", "溯源码", "显示的数值", "重算的数值", "单位", "显示的分子",
    "重算的分子", "显示的分母", "重算的分母", "结果", "不同之处",
)  # fmt: skip


class RecomputationProblem(ValueError):
    """不能重算，原因见说明。"""


@dataclass(frozen=True)
class Recomputation:
    """The figures shown beside those computed again."""

    head: LogHead  # the log ended here
    moment: datetime  # as of when the figures of running periods are told
    figures: tuple[FigureComparison, ...]  # one for each figure shown, or that the log gives beyond them


def recompute(database: Database, center: Center, year: int, now: datetime) -> Recomputation:
    """Follows the chain of the whole log, makes all facts from it anew, and computes the year from them.

    A sealed figure is computed at the log position of its seal. Raises: RecomputationProblem where the chain
    is broken or nothing is shown.
    """
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, center.center_id, now)
    with _open_snapshot(database) as connection, Replay(center.center_id, threads=1) as replay:
        figures = results.read_year(connection, center.center_id, year)
        if not figures:
            raise RecomputationProblem(f"{center.name}没有{year}年的指标数字，没有可重算的内容。")
        head = _take_log(connection, replay, center)
        moment = _find_moment(replay, year, now)
        about: dict[str, Any] = {
            "center": {"id": center.center_id},
            "head": {"seq": head.seq},
            "moment": moment.isoformat(),
            "year": year,
        }
        found = compare_figures(replay, about, make_claims(figures, year), read_seals(replay.duck))
    newest = {(one.indicator, one.period): one for one in found}  # what is shown comes after older vintages
    return Recomputation(head, moment, tuple(newest.values()))


def write_recomputation_table(recomputed: Recomputation) -> bytes:
    """All of them for a spreadsheet."""
    return dump_csv(_HEADER, (_make_row(one) for one in recomputed.figures))


@contextmanager
def _open_snapshot(database: Database) -> Iterator[sa.Connection]:
    """Everything read is of one moment, whatever is appended meanwhile."""
    with database.engine.connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ")


def _take_log(connection: sa.Connection, replay: Replay, center: Center) -> LogHead:
    raw = get_driver(connection)
    head = log.read_head(raw, center.center_id)
    replay.take_in(log.stream_events(raw, center.center_id, first=1, last=head.seq))
    found = follow_chain(read_links(replay.duck, center.center_id), chain.get_digest(center.digest))
    if found.problem or (found.seq, found.hash) != (head.seq, head.hash):
        problem = found.problem or "日志的末尾与登记的末尾不符。"
        raise RecomputationProblem(
            f"数据日志没有通过核验，不再重算：{problem}请系统管理员在服务器上运行 hotline log verify。"
        )
    return head


def _find_moment(replay: Replay, year: int, now: datetime) -> datetime:
    """As of when figures are told: today, or the end of a year that is over."""
    last = datetime.fromisoformat(
        replay.duck.sql("SELECT recorded_at FROM log ORDER BY seq DESC LIMIT 1").scalar_one()
    )
    today = get_day_start(now.astimezone(BEIJING).date())
    return max(last, min(today, get_day_start(Year(year).end_day))).astimezone(BEIJING)


def _make_row(one: FigureComparison) -> tuple[Any, ...]:
    claimed, again = one.claimed or {}, one.recomputed or {}
    claim = one.claimed or again
    return (
        get_title(claim),
        one.indicator,
        one.period,
        one.vintage,
        claim.get("code"),
        claimed.get("value"),
        again.get("value"),
        claim.get("unit"),
        *(exact_text(side.get(name)) for name in ("numerator", "denominator") for side in (claimed, again)),
        "一致" if one.agrees else "不一致",
        "、".join(NAMES.get(name, name) for name in one.differing),
    )
