"""Everything that an evaluation's workbook, report and forms are written from, read once."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.evaluation.rehearsal.points_status import Rehearsal
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.scheme import Scheme, SchemeGroup, SchemeItem
from kpi.evaluation.scoring import Evaluation, ItemScore
from kpi.evaluation.year_log import YearLog, read_log
from kpi.figures import results
from kpi.figures.coverage import SourceCoverage, compute_coverage, compute_owed_coverage
from kpi.figures.coverage_reading import read_backing
from kpi.figures.figure import Figure
from kpi.figures.measures import MEASURES
from kpi.figures.sources import SOURCES
from kpi.figures.sums import sum_by_month
from tracker.centers import Center
from tracker.events.times import BEIJING, get_day
from tracker.log.tables import heads
from tracker.periods import Period, Year

_FEN = 1_000_000  # 分 of a 万元
_MONEY = {
    "approved": "budget_approved_fen",
    "adjusted": "budget_adjusted_fen",
    "carried": "budget_carried_fen",
    "received": "budget_received_fen",
    "returned": "budget_returned_fen",
    "due": "payments_due_fen",
    "paid": "payments_paid_fen",
}


@dataclass(frozen=True)
class YearFunds:
    """Funds of the year in 万元, exact; None where nothing that was delivered tells."""

    approved: Fraction | None
    adjusted: Fraction | None
    carried: Fraction | None  # from the year before
    received: Fraction | None
    returned: Fraction | None
    due: Fraction | None
    paid: Fraction | None

    @property
    def budget(self) -> Fraction | None:
        """全年预算数: approved and adjusted, with what was carried over."""
        return None if self.approved is None else self.approved + (self.adjusted or 0) + (self.carried or 0)

    @property
    def balance(self) -> Fraction | None:
        """结余: received and carried over, less paid."""
        if self.received is None or self.paid is None:
            return None
        return self.received + (self.carried or 0) - self.paid

    @property
    def execution(self) -> Fraction | None:
        """执行率 of the self-evaluation form, B÷A, in per cent."""
        return self.paid / self.budget * 100 if self.budget and self.paid is not None else None


@dataclass(frozen=True)
class IndicatorLine:
    """A third-level indicator with the groups above it, from the first level down."""

    groups: tuple[SchemeGroup, ...]
    score: ItemScore

    @property
    def item(self) -> SchemeItem:
        return self.score.item


@dataclass(frozen=True, kw_only=True)
class Dossier:
    """An evaluation of a centre's year, ready to be written down."""

    center: Center
    year: Year
    scheme: Scheme
    evaluation: Evaluation
    rehearsal: Rehearsal
    log: YearLog
    figures: Mapping[str, Mapping[Period, Figure]]
    money: YearFunds
    gaps: tuple[SourceCoverage, ...]  # sources of the scheme that lack something
    head_seq: int
    head_hash: str
    now: datetime
    stamp: str = ""  # who takes it out and when, as every page says; empty: made at the machine itself

    @property
    def title(self) -> str:
        return f"{self.center.name}{self.year.label}{_format_subject(self.scheme)}"

    @property
    def foot(self) -> str:
        """What every page says of itself: the centre, where its log stood, and who took it out when."""
        made = self.stamp or f"生成：{self.now.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}"
        whose = f"{self.center.name}（{self.center.center_id}）"
        return f"{whose}　日志第 {self.head_seq:,} 号 {self.head_hash[:8]}…　{made}"

    @property
    def today(self) -> date:
        return get_day(self.now)

    @property
    def lines(self) -> tuple[IndicatorLine, ...]:
        """The third-level indicators in the order of the scheme's tree."""
        return tuple(
            IndicatorLine(_list_groups_above(self.scheme, one.item), one) for one in self.evaluation.items
        )


def find_group_spans(lines: Sequence[IndicatorLine], level: int) -> Iterator[tuple[int, int, SchemeGroup]]:
    """Runs of indicators under the same group: 0 the first level, −1 the one right above; ends included."""
    first = 0
    for number in range(1, len(lines) + 1):
        group = lines[first].groups[level]
        if number == len(lines) or lines[number].groups[level] != group:
            yield first, number - 1, group
            first = number


def read_dossier(
    connection: sa.Connection,
    center: Center,
    scheme: Scheme,
    year: Year,
    now: datetime,
    stamp: str = "",
    home: Path | None = None,
) -> Dossier:
    """Reads it all; figures must be up to date. `stamp` says who takes it out. Raises: ScoreProblem."""
    rehearsal = rehearse(connection, center, scheme, year.year, now, home=home)
    head = connection.execute(
        sa.select(heads.c.seq, heads.c.hash).where(heads.c.center_id == center.center_id)
    ).one()
    log = read_log(connection, center.center_id, scheme, year, now, home=home)
    return Dossier(
        center=center,
        year=year,
        scheme=scheme,
        evaluation=rehearsal.evaluation,
        rehearsal=rehearsal,
        log=log,
        figures=results.read_year(connection, center.center_id, year.year),
        money=_read_funds(connection, center.center_id, year, get_day(now)),
        gaps=_list_gaps(connection, center.center_id, year, get_day(now)),
        head_seq=head.seq,
        head_hash=head.hash.hex(),
        now=now,
        stamp=stamp,
    )


def _read_funds(connection: sa.Connection, center: str, year: Year, today: date) -> YearFunds:
    backing = read_backing(connection, center, year.first_day, year.end_day, today)
    sums = sum_by_month(connection, center, year, today, set(_MONEY.values()))
    found: dict[str, Fraction | None] = {}
    for name, key in _MONEY.items():
        coverage = compute_coverage(backing, MEASURES[key].needs, year.months)
        total = Fraction(sums.total(key, coverage.counted), _FEN)
        found[name] = total if coverage.share else None
    return YearFunds(**found)


def _list_gaps(connection: sa.Connection, center: str, year: Year, today: date) -> tuple[SourceCoverage, ...]:
    backing = read_backing(connection, center, year.first_day, year.end_day, today)
    months = [month for month in year.months if month.first_day < today]
    found = (compute_owed_coverage(backing, source, months) for source in SOURCES.values())
    return tuple(one for one in found if months and one.missing)


def _list_groups_above(scheme: Scheme, item: SchemeItem) -> tuple[SchemeGroup, ...]:
    found: list[SchemeGroup] = []
    code: str | None = item.under
    while code is not None:
        found.insert(0, scheme.group(code))
        code = found[0].under
    return tuple(found)


def _format_subject(scheme: Scheme) -> str:
    """What is evaluated: the scheme's title without its own year's beginning."""
    return scheme.title.rpartition(f"{scheme.year}年")[2] or scheme.title
