"""The jobs of this room, as data: what each does and when. Whoever runs them asks for nothing more.

A job asks the database what is due and not done, and does that; a second run, or a second scheduler,
changes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from kpi.evaluation.rehearsal.stored_rehearsal import store_rehearsals
from kpi.figures import results, rollup
from tracker import centers
from tracker.database import Database
from tracker.events.times import get_day

CHECKED_DAYS = 62


@dataclass(frozen=True)
class ScheduledJob:
    """Work for certain times. `run` gets the database, the present moment and the instance's folder, if any.

    It says what it did; empty: nothing was due.
    """

    name: str
    title: str
    schedule: Mapping[str, int | str]  # fields of a cron line, Beijing time; those not named are every value
    run: Callable[[Database, datetime, Path | None], str]


def compute_recorded(database: Database, now: datetime, home: Path | None = None) -> str:
    """Figures of whatever was recorded since, and of periods that moved on with the day."""
    messages = []
    for center in _list_codes(database):
        with database.engine.begin() as connection:
            count = results.bring_up_to_date(connection, center, now)
        if count:
            messages.append(f"{center}：更新{count}个指标数字")
    return "；".join(messages)


def check_rollup(database: Database, now: datetime, home: Path | None = None) -> str:
    """Compares the last two months of the daily rollup with the facts, and rebuilds it where they differ."""
    messages = []
    days = [get_day(now) - timedelta(days=back) for back in range(CHECKED_DAYS)]
    for center in _list_codes(database):
        with database.engine.begin() as connection:
            count = results.bring_up_to_date(connection, center, now)
            differing = rollup.find_differences(connection, center, days)
            if differing:
                count = results.rebuild(connection, center, now)
                messages.append(f"{center}：{len(differing)}个日汇总与事实不符，已重建")
        if count:
            messages.append(f"{center}：更新{count}个指标数字")
    return "；".join(messages)


def rehearse_years(database: Database, now: datetime, home: Path | None = None) -> str:
    """What is at risk in the years with a chosen scheme, for the overview, which only reads it."""
    messages = []
    with database.connect() as connection:
        all_centers = centers.list_known_centers(connection)
    for center in all_centers:
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, center.center_id, now)
            messages += [
                f"{center.center_id}：{one}" for one in store_rehearsals(connection, center, home, now)
            ]
    return "；".join(messages)


def _list_codes(database: Database) -> list[str]:
    with database.connect() as connection:
        return [center.center_id for center in centers.list_known_centers(connection)]


JOBS = (
    ScheduledJob(
        name="figures-recorded",
        title="计算新登记数据涉及的指标",
        schedule={"minute": "*"},
        run=compute_recorded,
    ),
    ScheduledJob(
        name="rehearsals",
        title="按今天的数据重算评价得分",
        schedule={"minute": "*"},
        run=rehearse_years,
    ),
    ScheduledJob(
        name="figures-nightly",
        title="夜间重算当期指标，并核对日汇总",
        schedule={"hour": 2, "minute": 30},
        run=check_rollup,
    ),
    ScheduledJob(
        name="figures-monthly",
        title="每月1日计算上月指标",
        schedule={"day": 1, "hour": 3, "minute": 0},
        run=compute_recorded,
    ),
)
