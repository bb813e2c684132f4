"""A person enters what a body outside says."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import sqlalchemy as sa

from tracker import log
from tracker.database import execute
from tracker.events.assertions import TOTALS, TotalAsserted, TotalProblem, convert_to_own_unit
from tracker.events.times import get_day
from tracker.facts.assertions import assertions

_LONGEST = 60


def state_total(
    connection: psycopg.Connection[Any],
    center: str,
    kind: str,
    first_day: date,
    end_day: date,
    value: Decimal,
    unit: str | None,
    *,
    issued_by: str,
    by: str,
    now: datetime,
    document: str | None = None,
) -> bool:
    """Notes a total for the days from first_day up to end_day, exclusive; whether it was new.

    A later statement of the same body on the same days takes the place of the earlier. `document` is the
    SHA-256 of an attached paper. Raises: TotalProblem.
    """
    if kind not in TOTALS:
        available = "、".join(f"{key}（{title}）" for key, (title, _) in TOTALS.items())
        raise TotalProblem(f"没有“{kind}”这个核对项目；可用的有{available}。")
    if not first_day < end_day <= get_day(now):
        raise TotalProblem("只能填报已结束日期的外部核对数据。")
    if not by.strip() or not issued_by.strip() or len(issued_by.strip()) > _LONGEST:
        raise TotalProblem(f"请写明填报人和出具单位（不超过{_LONGEST}字）。")
    event = TotalAsserted(
        kind=kind,
        first_day=first_day,
        end_day=end_day,
        value=convert_to_own_unit(kind, value, unit),
        unit=TOTALS[kind][1].name,
        issued_by=issued_by.strip(),
        document=document,
        stated_by=by.strip(),
        stated_at=now,
    )
    with log.appending(connection, center, delivery=None, as_of=now, recorded_at=now) as appending:
        new = not _is_stated_already(connection, center, event)
        if new:
            appending.add([(event, None)])
    return new


def _is_stated_already(connection: psycopg.Connection[Any], center: str, event: TotalAsserted) -> bool:
    """Whether this value, on this paper, is what is held already, whoever said it and when."""
    table = assertions.c
    said = sa.select(table.value, table.document)
    said = said.where(table.center_id == center, table.subject == event.subject)
    row = execute(connection, said).fetchone()
    return row is not None and row[0] == event.value and event.document in (None, row[1])
