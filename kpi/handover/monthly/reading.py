"""Gathers a monthly report from figures, seals and the log."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
import sqlalchemy as sa

from kpi.closing.late import LateRegister, read_late_register
from kpi.closing.states import MonthSeal, has_ended, list_sealed_periods, read_exemptions, read_seals
from kpi.figures import results
from kpi.figures.attainment import compute_progress
from kpi.figures.controls.checking import CheckVerdict, TotalCheck, check_totals
from kpi.figures.definitions.in_force import Definitions, read_definitions
from kpi.figures.figure import Figure
from kpi.figures.from_months import ByPeriod, MonthComparisons
from kpi.figures.indicators import GROUPS, INDICATORS
from kpi.figures.shared_gaps import group_gaps
from kpi.figures.sources import SOURCES
from kpi.handover.monthly.report import (
    Correction,
    DefinitionInForce,
    FigureLine,
    LateRecords,
    LogMark,
    MonthlyReport,
    PeriodFigures,
    ReportProblem,
    Restatement,
    format_figure,
    format_sealed_figure,
)
from tracker.centers import Center
from tracker.log.tables import events, heads
from tracker.periods import Month, Period, Year


def read_report(
    connection: sa.Connection, center: Center, month: Month, now: datetime, fingerprint: str | None
) -> MonthlyReport:
    """The report of a month; its figures must be up to date. `fingerprint`: of the centre's signing
    key, None where it has none yet.

    Raises: ReportProblem for a month of which there are no figures.
    """
    code = center.center_id
    definitions = read_definitions(connection, code)
    parts = tuple(_read_parts(connection, code, month, definitions))
    if not parts:
        raise ReportProblem(_explain_nothing(month, now))
    seals = _read_seals_until(connection, code, month)
    own = tuple(seal for seal in seals if seal.month == month)
    since = _find_last_report(seals, month)
    checked = _check_totals(connection, code, month, now)
    return MonthlyReport(
        center=center,
        month=month,
        made_at=now,
        seals=own,
        parts=parts,
        lacks=group_gaps((line.indicator, line.figure) for part in parts for line in part.lines),
        corrections=tuple(_list_corrections(connection, code, seals, since, month)),
        corrections_since=since,
        exemptions=tuple(
            one for one in read_exemptions(connection, code) if one.month in _list_months_until(month)
        ),
        late=_summarize_late(read_late_register(connection, code, month)) if own else None,
        totals_failed=tuple(one for one in checked if one.verdict is CheckVerdict.FAILED),
        totals_passed=sum(one.verdict is CheckVerdict.PASSED for one in checked),
        totals_unchecked=sum(one.verdict is CheckVerdict.UNCHECKED for one in checked),
        definitions=tuple(_list_in_force(definitions, parts)),
        marks=tuple(_list_marks(connection, code, own)),
        fingerprint=fingerprint,
    )


def _read_parts(
    connection: sa.Connection, center: str, month: Month, definitions: Definitions
) -> Iterable[PeriodFigures]:
    """The month, and the quarter and year that end with it."""
    figures = results.read_year(connection, center, month.year)
    compared = results.read_month_comparisons(connection, center, definitions, figures)
    for period in list_sealed_periods(month):
        found = {key: by_period[period] for key, by_period in figures.items() if period in by_period}
        if found:
            yield _read_part(period, found, definitions, compared, figures)


def _read_part(
    period: Period,
    found: dict[str, Figure],
    definitions: Definitions,
    compared: MonthComparisons,
    of_year: ByPeriod,
) -> PeriodFigures:
    groups = []
    for title, indicators in GROUPS:
        figures = [found[one.key] for one in indicators if one.key in found]
        lines = tuple(
            FigureLine(
                defined,
                one,
                compared.get((one.indicator, one.period)),
                compute_progress(defined, period, of_year[one.indicator]),
            )
            for one in figures
            for defined in (definitions.version(one.indicator, one.definition_version),)
        )
        groups.append((title, lines))
    return PeriodFigures(period, tuple(group for group in groups if group[1]))


def _explain_nothing(month: Month, now: datetime) -> str:
    if has_ended(month, now):
        return f"{month.label}尚无指标数字：本年度未报送数据，请先导入。"
    return f"{month.label}尚无指标数字：月份开始并报送数据后方可生成月报。"


def _list_months_until(month: Month) -> tuple[Month, ...]:
    """The months of the year before and of this one, up to the month."""
    months = (*Year(max(month.year - 1, 1)).months, *Year(month.year).months)
    return tuple(one for one in months if one <= month)


def _read_seals_until(connection: sa.Connection, center: str, month: Month) -> list[MonthSeal]:
    return read_seals(connection, center, _list_months_until(month))


def _find_last_report(seals: Sequence[MonthSeal], month: Month) -> MonthSeal | None:
    """The lock of an earlier month that came last: with it the last report was printed."""
    locks = [seal for seal in seals if seal.vintage == 1 and seal.month < month]
    return max(locks, key=lambda seal: seal.event_seq, default=None)


def _list_corrections(
    connection: sa.Connection, center: str, seals: Sequence[MonthSeal], since: MonthSeal | None, month: Month
) -> Iterable[Correction]:
    """All of the month itself, and those of earlier months since the last report."""
    after = 0 if since is None else since.event_seq
    chosen = [seal for seal in seals if seal.vintage > 1 and (seal.month == month or seal.event_seq > after)]
    if not chosen:
        return
    rows = sa.select(events.c.seq, events.c.data).where(
        events.c.center_id == center, events.c.seq.in_([seal.event_seq for seal in chosen])
    )
    contents = {row.seq: orjson.loads(row.data) for row in connection.execute(rows)}
    for seal in sorted(chosen, key=lambda seal: seal.event_seq):
        content = contents[seal.event_seq]
        pairs = zip(content["replaced"], content["figures"], strict=True)
        yield Correction(
            seal,
            tuple(
                Restatement(
                    after["period"],
                    _get_title(after["indicator"]),
                    after["unit"],
                    format_sealed_figure(before),
                    format_sealed_figure(after),
                )
                for before, after in pairs
            ),
        )


def _summarize_late(register: LateRegister) -> LateRecords:
    counted = Counter(
        (SOURCES[one.source].title if one.source else "作废", one.kind.value) for one in register.events
    )
    changes = tuple(
        Restatement(
            str(one.after.period),
            _get_title(one.after.indicator),
            one.after.unit,
            format_figure(one.before),
            format_figure(one.after),
        )
        for one in register.figures
    )
    return LateRecords(tuple((*key, count) for key, count in counted.items()), changes)


def _check_totals(
    connection: sa.Connection, center: str, month: Month, now: datetime
) -> tuple[TotalCheck, ...]:
    """The totals stated for spans that touch the month."""
    years = [month.year, *([month.year - 1] if month.month == 1 and month.year > 1 else [])]
    return tuple(
        one
        for year in years
        for one in check_totals(connection, center, Year(year), now)
        if one.stated.first_day < month.end_day and one.stated.end_day > month.first_day
    )


def _list_in_force(definitions: Definitions, parts: Sequence[PeriodFigures]) -> Iterable[DefinitionInForce]:
    """Every version that counted a figure of the report, once."""
    used = {
        (line.indicator.key, line.indicator.version): line.indicator for one in parts for line in one.lines
    }
    for (key, version), indicator in used.items():
        yield DefinitionInForce(indicator, definitions.list_adoptions(key).get(version))


def _list_marks(connection: sa.Connection, center: str, seals: Sequence[MonthSeal]) -> Iterable[LogMark]:
    """Of a locked month what its newest seal holds, and the seal itself; else the log's end now."""
    if not seals:
        head = connection.execute(sa.select(heads).where(heads.c.center_id == center)).one()
        yield LogMark("生成时的数据日志", head.seq, head.hash.hex())
        return
    seal = seals[-1]
    what = "锁定" if seal.vintage == 1 else "更正"
    yield LogMark(f"{what}时的数据日志", seal.head_seq, seal.head_hash)
    sealed = sa.select(events.c.hash).where(events.c.center_id == center, events.c.seq == seal.event_seq)
    yield LogMark(f"{what}记录（含以上数字）", seal.event_seq, connection.execute(sealed).scalar_one().hex())


def _get_title(indicator: str) -> str:
    declared = INDICATORS.get(indicator)
    return declared.title if declared else indicator
