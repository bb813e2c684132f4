"""A centre's year as its log tells it: figures, sums, what was attested, experts' marks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kpi.evaluation.averaging import DayCounter, Divisor, list_feeds, read_days
from kpi.evaluation.facts import Mark
from kpi.evaluation.scheme import Scheme, Take
from kpi.figures import results
from kpi.figures.attainment import TooFew, check_few
from kpi.figures.compute import FigureEvidence
from kpi.figures.coverage import Coverage
from kpi.figures.definitions.in_force import PACKAGED, Definitions, read_definitions
from kpi.figures.evidence import compute_figure_in_force, read_evidence
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from tracker.events.times import get_day
from tracker.facts.documents import documents
from tracker.facts.evaluation import attestations, expert_marks
from tracker.periods import Year


@dataclass(frozen=True)
class YearLog:
    """Everything of a centre's year that a scheme may ask for."""

    year: Year
    figures: Mapping[str, Figure]  # of the year
    evidence: FigureEvidence
    attested: Mapping[str, Any]  # code → row of attestations
    marks: Mapping[str, tuple[Mark, ...]]
    days: DayCounter
    definitions: Definitions = PACKAGED

    def few(self, key: str) -> TooFew | None:
        """Whether the year's figure is a rate of so few things that its definition does not judge it."""
        figure = self.figures.get(key)
        if figure is None:
            return None
        return check_few(self.definitions.version(key, figure.definition_version), figure.denominator)

    def figure(self, key: str) -> Figure | None:
        """The year's figure of an indicator."""
        return self.figures.get(key)

    def coverage(self, figure: str) -> Coverage:
        """What backs an indicator's figure of the year."""
        indicator = INDICATORS[figure]
        return self.evidence.coverage(indicator.needs, indicator.months(self.year))

    def divisor(self, figure: str, take: Take) -> Divisor:
        """What a mean is taken over. Raises: CalendarUnknown."""
        return self.days.divisor(figure, take, self.coverage(figure), self.evidence.backing)


def read_log(
    connection: sa.Connection,
    code: str,
    scheme: Scheme,
    year: Year,
    now: datetime,
    *,
    as_if: bool = False,
    home: Path | None = None,
) -> YearLog:
    """Everything that a scheme asks for. With `as_if` the figures are computed as if it were `now`: by all
    that is recorded, but only of days that have ended by then."""
    definitions = read_definitions(connection, code) if as_if else PACKAGED
    evidence = read_evidence(
        connection, code, year.year, list_figures(scheme) if as_if else (), seq=0, now=now,
        definitions=definitions, measures=list_measures(scheme),
    )  # fmt: skip
    if as_if:
        figures = _compute_as_if(evidence, definitions, scheme, year)
    else:
        figures = {one.indicator: one for one in results.read_period(connection, code, year)}
        if any(INDICATORS[key].version != one.definition_version for key, one in figures.items()):
            definitions = read_definitions(connection, code)
    attested, marks = _read_people_entries(connection, code, scheme, year)
    days = read_days(connection, code, scheme, year, get_day(now), home)
    return YearLog(
        year=year, figures=figures, evidence=evidence, attested=attested, marks=marks, days=days,
        definitions=definitions,
    )  # fmt: skip


def list_figures(scheme: Scheme) -> set[str]:
    """The indicators that a scheme takes values of, for its own indicators and for points of its lists."""
    points = {key for key in _list_conditions(scheme) if key in INDICATORS}
    return points | {
        feed.figure for item in scheme.items for feed in list_feeds(item.feed) if feed.figure is not None
    }


def list_measures(scheme: Scheme) -> set[str]:
    """The measures that a scheme takes sums of."""
    points = {key for key in _list_conditions(scheme) if key not in INDICATORS}
    return points | {
        feed.measure for item in scheme.items for feed in list_feeds(item.feed) if feed.measure is not None
    }


def _list_conditions(scheme: Scheme) -> set[str]:
    conditions = (point.condition for item in scheme.items for point in item.points)
    return {condition.counted for condition in conditions if condition is not None}


def _compute_as_if(
    evidence: FigureEvidence, definitions: Definitions, scheme: Scheme, year: Year
) -> dict[str, Figure]:
    found = {key: compute_figure_in_force(evidence, definitions, key, year) for key in list_figures(scheme)}
    return {key: figure for key, figure in found.items() if figure is not None}


def _read_people_entries(
    connection: sa.Connection, center: str, scheme: Scheme, year: Year
) -> tuple[dict[str, Any], dict[str, tuple[Mark, ...]]]:
    """Code → what was attested, code → marks by expert. One statement."""

    def of(table: sa.Table, *columns: Any) -> sa.Select[Any]:
        value_columns = table.c
        chosen = sa.select(value_columns.indicator, *columns)
        return chosen.where(
            value_columns.center_id == center,
            value_columns.scheme == scheme.key,
            value_columns.period == str(year),
        )

    value_columns, mark_columns, nothing = attestations.c, expert_marks.c, sa.cast(sa.null(), sa.Text)
    on_file = (
        sa.select(sa.func.count(documents.c.sha256.distinct()))
        .where(
            documents.c.center_id == center,
            documents.c.sha256 == sa.any_(sa.func.string_to_array(value_columns.documents, " ")),
            ~documents.c.withdrawn,
        )
        .scalar_subquery()
    )
    rows = sa.union_all(
        of(
            attestations,
            nothing.label("expert"),
            sa.cast(sa.null(), sa.Numeric).label("points"),
            *(
                value_columns.value,
                value_columns.attested_by,
                value_columns.documents,
                value_columns.remark,
                value_columns.reason,
            ),
            on_file.label("on_file"),
        ),
        of(
            expert_marks,
            mark_columns.expert,
            mark_columns.points,
            *[nothing] * 5,
            sa.cast(sa.null(), sa.BigInteger),
        ),
    )
    attested: dict[str, Any] = {}
    marks: dict[str, tuple[Mark, ...]] = {}
    for row in connection.execute(rows.order_by("expert")).all():
        if row.expert is None:
            attested[row.indicator] = row
        else:
            marks[row.indicator] = (*marks.get(row.indicator, ()), Mark(row.expert, Fraction(row.points)))
    return attested, marks
