"""Closing a month as two people do, and what tests ask of it."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from kpi.closing.acts import approve_sources, complete_sources, submit_sources
from kpi.closing.corrections import approve_correction, propose_correction
from kpi.closing.exemptions import open_exemption, request_exemption
from kpi.closing.locking import lock_month, request_lock
from kpi.closing.states import MonthSeal
from kpi.figures import results
from kpi.figures.figure import Figure
from tracker.events.times import BEIJING
from tracker.periods import Month, Period, parse_period

MAY = Month(2023, 5)
NOW = datetime(2023, 6, 5, 9, tzinfo=BEIJING)
LATER = datetime(2023, 6, 20, 9, tzinfo=BEIJING)
EXPIRY = datetime(2023, 7, 1, tzinfo=BEIJING)

MAY_DATA = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2023-05-02 08:00:00 id c2 queued 08:00:10
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""


def approve_all(connection: sa.Connection, month: Month = MAY, now: datetime = NOW) -> None:
    """Every source: completed and submitted by 张三, approved by 李四."""
    at: Any = (connection, "tlf", month, None)
    complete_sources(*at, by="张三", now=now)
    submit_sources(*at, by="张三", now=now, acknowledged="没有其他数据")
    approve_sources(*at, by="李四", now=now)


def lock(connection: sa.Connection, month: Month = MAY, now: datetime = NOW) -> MonthSeal:
    """The whole way to the lock."""
    approve_all(connection, month, now)
    request_lock(connection, "tlf", month, by="张三", now=now)
    return lock_month(connection, "tlf", month, by="王五", now=now)


def reopen(connection: sa.Connection, month: Month = MAY, now: datetime = LATER, **said: Any) -> None:
    """A lock exception, open until EXPIRY."""
    request_exemption(
        connection, "tlf", month, now=now, **{"by": "张三", "reason": "补报", "expires_at": EXPIRY} | said
    )
    open_exemption(connection, "tlf", month, by="李四", now=now)


def correct(connection: sa.Connection, month: Month = MAY, now: datetime = LATER) -> MonthSeal:
    """A correction by two people."""
    propose_correction(connection, "tlf", month, by="张三", reason="补报计入", now=now)
    return approve_correction(connection, "tlf", month, by="李四", now=now)


def shown(
    connection: sa.Connection,
    indicator: str = "calls_offered",
    period: str | Period = MAY,
    *,
    live: bool = False,
) -> Figure:
    """The figure that pages show, or what the facts say."""
    span = parse_period(period) if isinstance(period, str) else period
    found = results.find_figure(connection, "tlf", indicator, span, live=live)
    assert found is not None
    return found


def told(connection: sa.Connection, month: Month = MAY) -> dict[tuple[str, Period], Figure]:
    """Every figure of a month as it is shown."""
    return {(one.indicator, one.period): one for one in results.read_period(connection, "tlf", month)}
