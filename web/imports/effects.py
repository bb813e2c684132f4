"""What an import would do: to the months it speaks of, and to every figure, before → after."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from ingest.importing.report import ImportReport, TableReport, word_lacking_column
from ingest.questions.wording import list_answers, word_examples, word_missing, word_question
from kpi.closing.states import read_seals
from kpi.figures import results
from kpi.figures.figure import Figure
from kpi.figures.figure_table import read_figures
from kpi.figures.indicators import HEADLINES, INDICATORS
from kpi.figures.sources import SOURCES
from tracker.facts.closing import source_states
from tracker.periods import Month, Period, list_periods
from web.figure_view import FigureView

Figures = dict[tuple[str, Period], Figure]


def compute_live_figures(connection: sa.Connection, center: str) -> Figures:
    """Every figure as the facts say now, sealed or not."""
    years = results.read_years(connection, center)
    periods = [period for year in years for period in list_periods(year.year)]
    return {(one.indicator, one.period): one for one in read_figures(connection, center, periods)}


def describe_effects(
    connection: sa.Connection, center: str, before: Figures, after: Figures
) -> list[dict[str, Any]]:
    """Each period in which a figure would say something else, the months first; headline figures first."""
    order = {key: place for place, key in enumerate((*HEADLINES, *INDICATORS))}
    by_period: dict[Period, list[str]] = {}
    for key, period in sorted(after, key=lambda one: min(order.get(one[0], 999), 999)):
        if key in INDICATORS and _is_different(before.get((key, period)), after[key, period]):
            by_period.setdefault(period, []).append(key)
    locked = _list_locked_months(connection, center, by_period)
    return [
        {
            "period": str(period),
            "label": period.label,
            "locked": isinstance(period, Month) and period in locked,
            "rows": [
                _describe_effect(key, period, before.get((key, period)), after[key, period]) for key in keys
            ],
        }
        for period, keys in sorted(by_period.items(), key=_make_sort_key)
    ]


def describe_months(connection: sa.Connection, center: str, report: ImportReport) -> list[dict[str, Any]]:
    """The months whose days the rows speak of: how many rows, and how far closing has come."""
    rows: Counter[tuple[Month, str]] = Counter()
    for table in report.tables:
        for day, count in table.days.items():
            rows[Month.of(day), table.source] += count
    months = sorted({month for month, _ in rows})
    locked = _list_locked_months(connection, center, months)
    completed = _list_completed_sources(connection, center, months)
    return [
        {
            "month": str(month),
            "label": month.label,
            "rows": sum(count for (one, _), count in rows.items() if one == month),
            "locked": month in locked,
            "late": month not in locked
            and any((month, source) in completed for one, source in rows if one == month),
        }
        for month in months
    ]


def describe_question(report: ImportReport) -> dict[str, Any] | None:
    """What the file asks before anything of it is taken in, with the answers there are."""
    if report.question is None:
        return None
    return {
        "sentence": word_question(report.question),
        "examples": list(word_examples(report.question)),
        "answers": [[words, answer.code] for words, answer in list_answers(report.question)],
    }


def describe_tables(report: ImportReport) -> list[dict[str, Any]]:
    """Each table's counts and first problems, as texts and numbers."""
    return [describe_table(table) for table in report.tables]


def describe_table(table: TableReport) -> dict[str, Any]:
    """One table's counts and first problems, as texts and numbers."""
    counts = ("rows", "accepted", "quarantined", "new", "changed", "same", "stale")
    return {name: getattr(table, name) for name in counts} | {
        "sheet": table.sheet,
        "number": table.number,
        "kind": table.kind,
        "profile": table.profile,
        "delivery": table.delivery,
        "as_of": table.as_of.at.isoformat(),
        "as_of_basis": table.as_of.basis,
        "skipped": dict(table.skipped),
        "notices": dict(table.notices),
        "problems": [problem.sentence for problem in table.problems],
        "doubtful": table.doubtful,
        "doubts": [problem.sentence for problem in table.doubts],
        "lacking": [word_lacking_column(*one) for one in table.lacking],
        "glance": list(table.glance),
        "missing": word_missing(table.missing) if table.missing else "",
        "stated": [one.as_json() | {"sentence": one.sentence, "fits": one.fits} for one in table.stated],
    }


def _is_different(before: Figure | None, after: Figure) -> bool:
    """A figure that was never computed and still has no value says nothing new."""
    return _summarize_figure(before) != _summarize_figure(after) and (
        before is not None or after.value is not None
    )


def _summarize_figure(figure: Figure | None) -> tuple[Any, ...] | None:
    if figure is None:
        return None
    return figure.numerator, figure.denominator, figure.value, figure.status, figure.coverage


def _describe_effect(key: str, period: Period, before: Figure | None, after: Figure) -> dict[str, Any]:
    then, now = FigureView(INDICATORS[key], period, before), FigureView(INDICATORS[key], period, after)
    return {
        "key": key,
        "title": INDICATORS[key].title,
        "before": then.value,
        "after": now.value,
        "parts_before": then.parts,
        "parts_after": now.parts,
        "status_before": before.status.value if before else "未计算",
        "status_after": after.status.value,
        "coverage_before": then.coverage,
        "coverage_after": now.coverage,
        "headline": key in HEADLINES,
    }


def _make_sort_key(one: tuple[Period, Any]) -> tuple[int, date]:
    days = (one[0].end_day - one[0].first_day).days
    return (days > 31) + (days > 92), one[0].first_day


def _list_locked_months(connection: sa.Connection, center: str, periods: Iterable[Period]) -> set[Month]:
    months = [period for period in periods if isinstance(period, Month)]
    return {seal.month for seal in read_seals(connection, center, months)} if months else set()


def _list_completed_sources(
    connection: sa.Connection, center: str, months: Iterable[Month]
) -> set[tuple[Month, str]]:
    """Months of which a delivered source was said to be complete, or went further."""
    table = source_states.c
    rows = connection.execute(
        sa.select(table.month, table["of"]).where(
            table.center_id == center,
            table.month.in_([str(month) for month in months]),
            table.state != "open",
        )
    )
    delivered: Mapping[str, str] = {key: source.delivery for key, source in SOURCES.items()}
    return {(Month(*map(int, month.split("-"))), delivered.get(of, of)) for month, of in rows}
