"""The jobs of this room, as data: what each does and when. Whoever runs them asks for nothing more.

A job asks the database what is due and not done, and does that; a second run, or a second scheduler,
changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from kpi.figures import results, rollup
from tracker import centers
from tracker.database import Database
from tracker.events.times import day_of

CHECKED_DAYS = 62


@dataclass(frozen=True)
class Job:
    """A job. `run` gets the database and the present moment, and says what it did; empty: nothing was due."""

    name: str
    title: str
    schedule: Mapping[str, int | str]  # fields of a cron line, Beijing time; those not named are every value
    run: Callable[[Database, datetime], str]


def compute_recorded(database: Database, now: datetime) -> str:
    """Figures of whatever was recorded since, and of periods that moved on with the day."""
    told = []
    for center in _codes(database):
        with database.engine.begin() as connection:
            written = results.bring_up_to_date(connection, center, now)
        if written:
            told.append(f"{center}：更新{written}个指标数字")
    return "；".join(told)


def check_rollup(database: Database, now: datetime) -> str:
    """Compares the last two months of the daily rollup with the facts, and rebuilds it where they differ."""
    told = []
    days = [day_of(now) - timedelta(days=back) for back in range(CHECKED_DAYS)]
    for center in _codes(database):
        with database.engine.begin() as connection:
            written = results.bring_up_to_date(connection, center, now)
            differing = rollup.differences(connection, center, days)
            if differing:
                written = results.rebuild(connection, center, now)
                told.append(f"{center}：{len(differing)}个日汇总与事实不符，已重建")
        if written:
            told.append(f"{center}：更新{written}个指标数字")
    return "；".join(told)


def _codes(database: Database) -> list[str]:
    with database.connect() as connection:
        return [center.center_id for center in centers.known(connection)]


JOBS = (
    Job(
        name="figures-recorded",
        title="计算新登记数据涉及的指标",
        schedule={"minute": "*"},
        run=compute_recorded,
    ),
    Job(
        name="figures-nightly",
        title="夜间重算当期指标，并核对日汇总",
        schedule={"hour": 2, "minute": 30},
        run=check_rollup,
    ),
    Job(
        name="figures-monthly",
        title="每月1日计算上月指标",
        schedule={"day": 1, "hour": 3, "minute": 0},
        run=compute_recorded,
    ),
)
