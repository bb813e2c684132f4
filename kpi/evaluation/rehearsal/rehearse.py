"""Scores a centre's year as if it were evaluated today, and takes every weight apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.documents.missing import DocumentTally, read_dossiers, tally_documents
from kpi.documents.subjects import label_target
from kpi.evaluation.from_events import derive_facts
from kpi.evaluation.rehearsal.commands import TerminalCommands
from kpi.evaluation.rehearsal.deadlines import RehearsalCalendar
from kpi.evaluation.rehearsal.inputs import RehearsalInputs
from kpi.evaluation.rehearsal.locks import OpenMonth, list_lock_remedies, list_open_months
from kpi.evaluation.rehearsal.points_status import PointsAtStake, PointsStatus, Rehearsal
from kpi.evaluation.rehearsal.recoverable_points import list_recoverable_points
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import ItemScore, ScoreVerdict, evaluate
from kpi.evaluation.year_log import list_figures, list_measures, read_log
from kpi.figures.coverage_inputs import Backing
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from kpi.figures.rows import find_lacking_subjects
from tracker.centers import Center
from tracker.events.times import get_day
from tracker.periods import Year

_KINDS = 5  # kinds of documents named before the rest is only hinted at
_NAMED_UP_TO = 50  # things that lack something are looked up only where there are so few
_AMONG_UP_TO = 5_000  # and only among so many


@dataclass(frozen=True)
class _ShortfallReader:
    """Looks up what the numerators of figures lack of their denominators."""

    connection: sa.Connection
    center: str
    calendar: RehearsalCalendar

    def papers(self, kinds: Sequence[str]) -> str:
        """What the things of some kinds have not on file: 缺发票16份、合同16份。"""
        files = read_dossiers(self.connection, self.center, self.calendar.year, self.calendar.today)
        found = [one for one in tally_documents(files) if one.file.key in kinds and one.needed > one.held]
        counts = "、".join(
            f"{one.title}{one.needed - one.held}份" for one in sorted(found, key=_count_missing)[:_KINDS]
        )
        return f"缺{counts}{'等' if len(found) > _KINDS else ''}。" if counts else ""

    def lacking(self, figures: Iterable[Figure], backing: Backing) -> dict[str, tuple[str, ...]]:
        """Indicator → 人员 R004, …, in order; not where they are many, or numbers are no counts of things.

        One statement.
        """
        chosen = [(INDICATORS[figure.indicator], figure) for figure in figures if _may_be_listed(figure)]
        found = find_lacking_subjects(self.connection, self.center, chosen, backing)
        return {key: tuple(map(label_target, subjects)) for key, subjects in found.items()}


def _may_be_listed(figure: Figure) -> bool:
    above, below = figure.numerator, figure.denominator
    if above is None or below is None:
        return False
    return 0 < below - above <= _NAMED_UP_TO and below <= _AMONG_UP_TO


def _count_missing(one: DocumentTally) -> int:
    return one.held - one.needed


def rehearse(
    connection: sa.Connection,
    center: Center,
    scheme: Scheme,
    year: int,
    now: datetime,
    *,
    due: date | None = None,
    as_if: bool = False,
    home: Path | None = None,
    called: str | None = None,
) -> Rehearsal:
    """The year as if evaluated at `now`; `due` is when the material must be in.

    With `as_if`, `now` is another day than today: figures are computed as of it. `home` is the instance's
    folder, `called` what a command calls the scheme, where that is not its key. Call `bring_up_to_date`
    before.
    """
    calendar = RehearsalCalendar(Year(year), get_day(now), due)
    log = read_log(connection, center.center_id, scheme, calendar.year, now, as_if=as_if, home=home)
    evaluation = evaluate(scheme, derive_facts(log, scheme, f"{center.name}{year}年"))
    reader = _ShortfallReader(connection, center.center_id, calendar)
    backing = log.evidence.backing
    figures = [log.figures[key] for key in sorted(list_figures(scheme)) if key in log.figures]
    commands = TerminalCommands(center.center_id, calendar.year, called or scheme.key)
    view = RehearsalInputs(scheme, log, calendar, reader.lacking(figures, backing), reader.papers, commands)
    unlocked = list_open_months(connection, center.center_id, _list_sources(scheme), calendar, backing)
    standings = tuple(_make_points_status(view, score, unlocked) for score in evaluation.items)
    return Rehearsal(evaluation, standings, calendar.today, calendar.ended)


def _list_sources(scheme: Scheme) -> list[str]:
    """The sources that a scheme's figures and sums rest on."""
    figures = [need for key in sorted(list_figures(scheme)) for need in INDICATORS[key].needs]
    sums = [need for key in sorted(list_measures(scheme)) for need in MEASURES[key].needs]
    return list(dict.fromkeys(figures + sums))


def _make_points_status(
    view: RehearsalInputs, score: ItemScore, unlocked: Sequence[OpenMonth]
) -> PointsStatus:
    item, now = score.item, score.final.points
    low, high, stakes = now, now, list[PointsAtStake]()
    for chance in list_recoverable_points(view, score):
        widened = max(high, chance.high) - min(low, chance.low) - (high - low)
        low, high = min(low, chance.low), max(high, chance.high)
        if widened > 0:
            stakes.append(PointsAtStake(item, widened, chance.why, chance.remedies))
    counted = item.feed.automatic or item.feed.checks is not None
    if low > 0 and unlocked and counted and score.verdict is not ScoreVerdict.BY_PANEL:
        stakes.append(
            PointsAtStake(
                item,
                low,
                "所依据的月份还没有锁定，数字仍会变动",
                list_lock_remedies(unlocked, view.calendar),
            )
        )
        low = Fraction(0)
    lost = item.weight - high
    return PointsStatus(score, low, lost, tuple(stakes), _describe_loss(score) if lost else "")


def _describe_loss(score: ItemScore) -> str:
    """Why points are gone: the rule's reason, or the panel's."""
    if score.verdict is ScoreVerdict.BY_PANEL or score.rule is None:
        return score.final.reason
    note = score.told.note
    return f"{score.rule.reason}（{note}）" if note and note not in score.rule.reason else score.rule.reason
