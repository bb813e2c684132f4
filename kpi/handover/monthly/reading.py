"""Gathers a monthly report from figures, seals and the log."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
import sqlalchemy as sa

from kpi.closing.late import LateRegister, late_register
from kpi.closing.states import Seal, has_ended, read_exemptions, read_seals, sealed_with
from kpi.figures import results
from kpi.figures.attainment import progress_of
from kpi.figures.controls.checking import Checked, Verdict, check_totals
from kpi.figures.definitions.in_force import Definitions, definitions_for
from kpi.figures.figure import Figure
from kpi.figures.from_months import ByPeriod, Compared
from kpi.figures.indicators import GROUPS, INDICATORS
from kpi.figures.shared_gaps import lacks_of
from kpi.figures.sources import SOURCES
from kpi.handover.monthly.report import (
    Correction,
    FigureLine,
    InForce,
    Late,
    LogMark,
    MonthlyReport,
    Part,
    ReportProblem,
    Restatement,
    numbers_of,
    numbers_of_sealed,
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
    known = definitions_for(connection, code)
    parts = tuple(_parts(connection, code, month, known))
    if not parts:
        raise ReportProblem(_nothing(month, now))
    seals = _seals_until(connection, code, month)
    own = tuple(seal for seal in seals if seal.month == month)
    since = _last_report(seals, month)
    failed, others = _totals(connection, code, month, now)
    return MonthlyReport(
        center=center,
        month=month,
        made_at=now,
        seals=own,
        parts=parts,
        lacks=lacks_of((line.indicator, line.figure) for part in parts for line in part.lines),
        corrections=tuple(_corrections(connection, code, seals, since, month)),
        corrections_since=since,
        exemptions=tuple(
            one for one in read_exemptions(connection, code) if one.month in _months_until(month)
        ),
        late=_late(late_register(connection, code, month)) if own else None,
        totals_failed=failed,
        totals_others=others,
        definitions=tuple(_in_force(known, parts)),
        marks=tuple(_marks(connection, code, own)),
        fingerprint=fingerprint,
    )


def _parts(connection: sa.Connection, center: str, month: Month, known: Definitions) -> Iterable[Part]:
    """The month, and the quarter and year that end with it."""
    figures = results.of_year(connection, center, month.year)
    compared = results.beside_months(connection, center, known, figures)
    for period in sealed_with(month):
        found = {key: by_period[period] for key, by_period in figures.items() if period in by_period}
        if found:
            yield _part(period, found, known, compared, figures)


def _part(
    period: Period, found: dict[str, Figure], known: Definitions, compared: Compared, of_year: ByPeriod
) -> Part:
    groups = []
    for title, indicators in GROUPS:
        figures = [found[one.key] for one in indicators if one.key in found]
        lines = tuple(
            FigureLine(
                defined,
                one,
                compared.get((one.indicator, one.period)),
                progress_of(defined, period, of_year[one.indicator]),
            )
            for one in figures
            for defined in (known.version(one.indicator, one.definition_version),)
        )
        groups.append((title, lines))
    return Part(period, tuple(group for group in groups if group[1]))


def _nothing(month: Month, now: datetime) -> str:
    if has_ended(month, now):
        return f"{month.label}还没有任何指标数字：这一年没有交付过数据，请先导入（hotline ingest）。"
    return f"{month.label}还没有指标数字：月份开始并有了交付以后才能出月报。"


def _months_until(month: Month) -> tuple[Month, ...]:
    """The months of the year before and of this one, up to the month."""
    months = (*Year(max(month.year - 1, 1)).months, *Year(month.year).months)
    return tuple(one for one in months if one <= month)


def _seals_until(connection: sa.Connection, center: str, month: Month) -> list[Seal]:
    return read_seals(connection, center, _months_until(month))


def _last_report(seals: Sequence[Seal], month: Month) -> Seal | None:
    """The lock of an earlier month that came last: with it the last report was printed."""
    locks = [seal for seal in seals if seal.vintage == 1 and seal.month < month]
    return max(locks, key=lambda seal: seal.event_seq, default=None)


def _corrections(
    connection: sa.Connection, center: str, seals: Sequence[Seal], since: Seal | None, month: Month
) -> Iterable[Correction]:
    """All of the month itself, and those of earlier months since the last report."""
    after = 0 if since is None else since.event_seq
    chosen = [seal for seal in seals if seal.vintage > 1 and (seal.month == month or seal.event_seq > after)]
    if not chosen:
        return
    rows = sa.select(events.c.seq, events.c.data).where(
        events.c.center_id == center, events.c.seq.in_([seal.event_seq for seal in chosen])
    )
    told = {row.seq: orjson.loads(row.data) for row in connection.execute(rows)}
    for seal in sorted(chosen, key=lambda seal: seal.event_seq):
        said = told[seal.event_seq]
        pairs = zip(said["replaced"], said["figures"], strict=True)
        yield Correction(
            seal,
            tuple(
                Restatement(
                    after["period"],
                    _title(after["indicator"]),
                    after["unit"],
                    numbers_of_sealed(before),
                    numbers_of_sealed(after),
                )
                for before, after in pairs
            ),
        )


def _late(register: LateRegister) -> Late:
    counted = Counter(
        (SOURCES[one.source].title if one.source else "作废登记", one.kind.value) for one in register.events
    )
    changes = tuple(
        Restatement(
            str(one.after.period),
            _title(one.after.indicator),
            one.after.unit,
            numbers_of(one.before),
            numbers_of(one.after),
        )
        for one in register.figures
    )
    return Late(tuple((*key, count) for key, count in counted.items()), changes)


def _totals(
    connection: sa.Connection, center: str, month: Month, now: datetime
) -> tuple[tuple[Checked, ...], int]:
    """The totals stated for spans that touch the month: those that failed, and how many others."""
    years = [month.year, *([month.year - 1] if month.month == 1 and month.year > 1 else [])]
    stated = [
        one
        for year in years
        for one in check_totals(connection, center, Year(year), now)
        if one.stated.first_day < month.end_day and one.stated.end_day > month.first_day
    ]
    failed = tuple(one for one in stated if one.verdict is Verdict.FAILED)
    return failed, len(stated) - len(failed)


def _in_force(known: Definitions, parts: Sequence[Part]) -> Iterable[InForce]:
    """Every version that counted a figure of the report, once."""
    used = {
        (line.indicator.key, line.indicator.version): line.indicator for one in parts for line in one.lines
    }
    for (key, version), indicator in used.items():
        yield InForce(indicator, known.adoptions(key).get(version))


def _marks(connection: sa.Connection, center: str, seals: Sequence[Seal]) -> Iterable[LogMark]:
    """Of a locked month what its newest seal holds, and the seal itself; else the log's end now."""
    if not seals:
        head = connection.execute(sa.select(heads).where(heads.c.center_id == center)).one()
        yield LogMark("出表时的日志末尾", head.seq, head.hash.hex())
        return
    seal = seals[-1]
    what = "锁定" if seal.vintage == 1 else "更正"
    yield LogMark(f"{what}时的日志末尾", seal.head_seq, seal.head_hash)
    sealed = sa.select(events.c.hash).where(events.c.center_id == center, events.c.seq == seal.event_seq)
    yield LogMark(f"{what}事件（含以上数字）", seal.event_seq, connection.execute(sealed).scalar_one().hex())


def _title(indicator: str) -> str:
    declared = INDICATORS.get(indicator)
    return declared.title if declared else indicator
