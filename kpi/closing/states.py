"""How far a month has come, as the log tells it: its sources' states, its seals, its lock exceptions."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar, cast

import orjson
import sqlalchemy as sa

from kpi.figures.indicators import INDICATORS, Indicator
from kpi.figures.sources import SOURCES
from tracker.events.times import get_day_start
from tracker.facts.closing import (
    APPROVED,
    COMPLETED,
    OPEN,
    SUBMITTED,
    corrections,
    lock_exceptions,
    lock_requests,
    seals,
    source_states,
)
from tracker.periods import Month, Period, Quarter, Year, parse_period


@dataclass(frozen=True)
class Refusal:
    """Why something cannot be done, without a full stop."""

    text: str
    is_done: bool = False  # there is nothing left to do


class ClosingProblem(ValueError):
    """暂不能办理，原因见说明。"""


NOTHING_SEEN = 0  # no event has this number


def check_seen(seen: int | None, waiting: int, what: str) -> None:
    """Whoever confirms signs the event that she was shown. Raises: ClosingProblem where another one waits."""
    if seen == NOTHING_SEEN:
        raise ClosingProblem(f"请在月度审核页核对{what}的内容后再批准。")
    if seen not in (None, waiting):
        raise ClosingProblem(
            f"您看到的{what}（第{seen}号记录）已被后来的（第{waiting}号记录）取代；请刷新页面，核对后再确认。"
        )


class ClosingState(StrEnum):
    """How far a source of a month has come."""

    OPEN = "未报齐"  # → COMPLETED when whoever delivers it says so
    COMPLETED = "已报齐"  # → SUBMITTED
    SUBMITTED = "已提交"  # → APPROVED by another person, or → OPEN when returned
    APPROVED = "已审批"  # → LOCKED with its month, or → OPEN when returned
    LOCKED = "已锁定"  # the end


_STATES = {
    OPEN: ClosingState.OPEN,
    COMPLETED: ClosingState.COMPLETED,
    SUBMITTED: ClosingState.SUBMITTED,
    APPROVED: ClosingState.APPROVED,
}


_JSON = ("figures", "replaced", "caused_by")
_TABLES = (source_states, seals, lock_exceptions, lock_requests, corrections)
_TIMES = {
    table.name: {column.name for column in table.columns if isinstance(column.type, sa.TIMESTAMP)}
    for table in _TABLES
}
_OF_MONTHS = sa.union_all(
    *(
        sa.select(sa.literal(table.name), sa.func.to_jsonb(table.table_valued())).where(
            table.c.center_id == sa.bindparam("center", type_=sa.Text),
            table.c.month.in_(sa.bindparam("months", expanding=True)),
        )
        for table in _TABLES
    )
)
_Row = TypeVar("_Row")


@dataclass(frozen=True, kw_only=True)
class SourceState:
    """A source of a month, as the acts on it left it."""

    of: str
    state: ClosingState = ClosingState.OPEN
    acts: int = 0
    last_type: str | None = None
    last_by: str | None = None
    last_at: datetime | None = None
    last_remark: str | None = None
    completed_by: str | None = None
    completed_at: datetime | None = None
    submitted_by: str | None = None
    submitted_at: datetime | None = None
    submitted_seq: int | None = None
    acknowledged: str | None = None
    approved_by: str | None = None
    approved_at: datetime | None = None
    approved_seq: int | None = None
    approved_coverage: Fraction | None = None


@dataclass(frozen=True)
class MonthSeal:
    """A vintage of a month."""

    month: Month
    vintage: int
    event_seq: int
    head_seq: int
    head_hash: str
    sealed_by: str
    approved_by: str
    sealed_at: datetime
    reason: str | None
    exception: str | None
    caused_by: tuple[Any, ...]


@dataclass(frozen=True)
class Exemption:
    """A lock exception: asked for by one person, opened by another, for a while."""

    subject: str
    month: Month
    number: int
    of: str | None  # one source; None: all
    reason: str
    requested_by: str
    requested_at: datetime
    approved_by: str | None
    opened_at: datetime | None
    expires_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    closing_reason: str | None

    def is_open(self, now: datetime) -> bool:
        """From the moment of approval up to the expiry, which is excluded, unless closed before."""
        if self.opened_at is None or (self.closed_at is not None and self.closed_at <= now):
            return False
        return self.opened_at <= now < self.expires_at

    def is_pending(self, now: datetime) -> bool:
        """Whether it waits for a second person."""
        return self.opened_at is None and self.closed_at is None and now < self.expires_at

    def permits(self, indicator: Indicator) -> bool:
        """Whether it extends to an indicator: all, or those that rest on its source."""
        return self.of is None or self.of in indicator.needs

    @property
    def scope(self) -> str:
        return "全部来源" if self.of is None else SOURCES[self.of].title


@dataclass(frozen=True)
class LockRequest:
    """The first signature under a lock."""

    number: int
    event_seq: int
    requested_by: str
    requested_at: datetime
    remark: str | None


@dataclass(frozen=True)
class CorrectionProposal:
    """A correction that waits for a second person."""

    number: int
    event_seq: int
    vintage: int
    reason: str
    proposed_by: str
    proposed_at: datetime
    exception: str
    figures: tuple[dict[str, Any], ...]
    replaced: tuple[dict[str, Any], ...]
    caused_by: tuple[Any, ...]


@dataclass(frozen=True)
class Closing:
    """Everything that was done to a month."""

    month: Month
    states: dict[str, SourceState]  # source → state, every needed source
    seals: tuple[MonthSeal, ...] = ()  # by vintage
    exemptions: tuple[Exemption, ...] = ()
    request: LockRequest | None = None  # the last one
    proposal: CorrectionProposal | None = None  # the last one, while no vintage came after it
    proposals: int = 0
    requests: int = 0

    @property
    def sealed(self) -> bool:
        return bool(self.seals)

    @property
    def last_seal(self) -> MonthSeal:
        """Raises: ClosingProblem where the month is not locked."""
        if not self.seals:
            raise ClosingProblem(f"{self.month.label}还没有锁定。")
        return self.seals[-1]

    def find_open_exemption(self, now: datetime) -> Exemption | None:
        """The exception under which a correction may be made now: the widest, then the longest."""
        exemptions = [one for one in self.exemptions if one.is_open(now)]
        return max(exemptions, key=lambda one: (one.of is None, one.expires_at), default=None)


def list_needed_sources() -> tuple[str, ...]:
    """The sources that any indicator rests on, in the order of the registry."""
    needed = {need for indicator in INDICATORS.values() for need in indicator.needs}
    return tuple(key for key in SOURCES if key in needed)


def list_sealed_periods(month: Month) -> tuple[Period, ...]:
    """The periods whose figures are sealed with a month: itself, and the quarter and year that it ends."""
    periods: list[Period] = [month]
    if month.month % 3 == 0:
        periods.append(month.quarter)
    if month.month == 12:
        periods.append(Year(month.year))
    return tuple(periods)


def find_closing_month(period: Period) -> Month:
    """The month with which a period's figures are sealed."""
    return period.months[-1]


def list_siblings(month: Month) -> tuple[Month, ...]:
    """The other months of the quarter or year that a month ends: they must be locked before it."""
    longest = list_sealed_periods(month)[-1]
    return tuple(one for one in longest.months if one != month) if isinstance(longest, Quarter | Year) else ()


def has_ended(month: Month, now: datetime) -> bool:
    """Whether the month is over: from 00:00 Beijing time on the first day after it."""
    return now >= get_day_start(month.end_day)


def read_closing(connection: sa.Connection, center: str, month: Month) -> Closing:
    """All that was done to a month."""
    return read_closings(connection, center, [month])[month]


def read_closings(connection: sa.Connection, center: str, months: Iterable[Month]) -> dict[Month, Closing]:
    """All that was done to each of several months. One statement."""
    wanted = list(months)
    tables = _read_tables(connection, center, wanted)
    return {month: _build_closing(month, tables.get(str(month), {})) for month in wanted}


def read_seals(connection: sa.Connection, center: str, months: Iterable[Month]) -> list[MonthSeal]:
    """The seals of months, by month and vintage."""
    rows = (
        sa.select(seals)
        .where(seals.c.center_id == center, seals.c.month.in_([str(month) for month in months]))
        .order_by(seals.c.month, seals.c.vintage)
    )
    return [_build_from_row(MonthSeal, row) for row in connection.execute(rows).mappings()]


def read_exemptions(connection: sa.Connection, center: str, month: Month | None = None) -> list[Exemption]:
    """The lock exceptions of a month, or of all months, in the order they were asked for."""
    rows = sa.select(lock_exceptions).where(lock_exceptions.c.center_id == center)
    if month is not None:
        rows = rows.where(lock_exceptions.c.month == str(month))
    result = connection.execute(rows.order_by(lock_exceptions.c.month, lock_exceptions.c.number))
    return [_build_from_row(Exemption, row) for row in result.mappings()]


ByTable = dict[str, list[dict[str, Any]]]  # table → rows


def _build_closing(month: Month, tables: ByTable) -> Closing:
    month_seals = tuple(_build_from_row(MonthSeal, row) for row in tables.get(seals.name, []))
    requests, proposals = tables.get(lock_requests.name, []), tables.get(corrections.name, [])
    last = proposals[-1] if proposals else None
    pending = last is not None and (not month_seals or last["event_seq"] > month_seals[-1].event_seq)
    return Closing(
        month=month,
        states=_build_states(tables.get(source_states.name, [])),
        seals=month_seals,
        exemptions=tuple(_build_from_row(Exemption, row) for row in tables.get(lock_exceptions.name, [])),
        request=_build_from_row(LockRequest, requests[-1]) if requests else None,
        proposal=_build_from_row(CorrectionProposal, last) if last is not None and pending else None,
        proposals=len(proposals),
        requests=len(requests),
    )


def _build_states(rows: Iterable[Mapping[str, Any]]) -> dict[str, SourceState]:
    states = {
        row["of"]: SourceState(
            **{one.name: row[one.name] for one in fields(SourceState)}
            | {"state": _STATES[row["state"]], "approved_coverage": _parse_share(row["approved_coverage"])}
        )
        for row in rows
    }
    return {key: states.get(key, SourceState(of=key)) for key in list_needed_sources()}


def _read_tables(connection: sa.Connection, center: str, months: Iterable[Month]) -> dict[str, ByTable]:
    """Month as text → table → its rows, in order. One statement."""
    parameters = {"center": center, "months": [str(month) for month in months]}
    tables: dict[str, ByTable] = {}
    for name, row in connection.execute(_OF_MONTHS, parameters):
        tables.setdefault(row["month"], {}).setdefault(name, []).append(_parse_times(name, row))
    for by_table in tables.values():
        for rows in by_table.values():
            rows.sort(key=_read_number)
    return tables


def _read_number(row: Mapping[str, Any]) -> int:
    return int(row.get("number", row.get("vintage", 0)))


def _parse_times(table: str, row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value) if value is not None and name in _TIMES[table] else value
        for name, value in row.items()
    }


def _build_from_row(kind: Callable[..., _Row], row: Mapping[Any, Any]) -> _Row:
    """A row as the dataclass whose fields it holds."""
    values: dict[str, Any] = {one.name: row[one.name] for one in fields(cast(Any, kind))}
    if "month" in values:
        values["month"] = parse_period(values["month"])
    return kind(**values | {name: tuple(orjson.loads(values[name])) for name in _JSON if name in values})


def _parse_share(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
