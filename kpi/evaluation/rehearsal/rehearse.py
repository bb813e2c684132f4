"""Scores a centre's year as if it were evaluated today, and takes every weight apart."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from pathlib import Path

import sqlalchemy as sa

from kpi.documents.missing import Tally, files_of, tally
from kpi.documents.subjects import label_of
from kpi.evaluation.from_events import facts_of_log
from kpi.evaluation.rehearsal.commands import Commands
from kpi.evaluation.rehearsal.deadlines import Calendar
from kpi.evaluation.rehearsal.inputs import View
from kpi.evaluation.rehearsal.locks import OpenMonth, lock, open_months
from kpi.evaluation.rehearsal.points_status import Rehearsal, Stake, Standing
from kpi.evaluation.rehearsal.recoverable_points import chances_of
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scoring import ItemScore, Verdict, evaluate
from kpi.evaluation.year_log import figures_asked, measures_asked, read_log
from kpi.figures.coverage_inputs import Backing
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from kpi.figures.rows import lacking_things
from tracker.centers import Center
from tracker.events.times import day_of
from tracker.periods import Year

_KINDS = 5  # kinds of documents named before the rest is only hinted at
_NAMED_UP_TO = 50  # things that lack something are looked up only where there are so few
_AMONG_UP_TO = 5_000  # and only among so many


@dataclass(frozen=True)
class _Reader:
    """Looks up what the numerators of figures lack of their denominators."""

    connection: sa.Connection
    center: str
    calendar: Calendar

    def papers(self, kinds: Sequence[str]) -> str:
        """What the things of some kinds have not on file: 缺发票16份、合同16份。"""
        files = files_of(self.connection, self.center, self.calendar.year, self.calendar.today)
        found = [one for one in tally(files) if one.file.key in kinds and one.needed > one.held]
        told = "、".join(
            f"{one.title}{one.needed - one.held}份" for one in sorted(found, key=_missing)[:_KINDS]
        )
        return f"缺{told}{'等' if len(found) > _KINDS else ''}。" if told else ""

    def lacking(self, figures: Iterable[Figure], backing: Backing) -> dict[str, tuple[str, ...]]:
        """Indicator → 人员 R004, …, in order; not where they are many, or numbers are no counts of things.

        One statement.
        """
        chosen = [(INDICATORS[figure.indicator], figure) for figure in figures if _may_be_named(figure)]
        found = lacking_things(self.connection, self.center, chosen, backing)
        return {key: tuple(map(label_of, subjects)) for key, subjects in found.items()}


def _may_be_named(figure: Figure) -> bool:
    above, below = figure.numerator, figure.denominator
    if above is None or below is None:
        return False
    return 0 < below - above <= _NAMED_UP_TO and below <= _AMONG_UP_TO


def _missing(one: Tally) -> int:
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
    calendar = Calendar(Year(year), day_of(now), due)
    log = read_log(connection, center.center_id, scheme, calendar.year, now, as_if=as_if, home=home)
    evaluation = evaluate(scheme, facts_of_log(log, scheme, f"{center.name}{year}年"))
    reader = _Reader(connection, center.center_id, calendar)
    backing = log.evidence.backing
    asked = [log.figures[key] for key in sorted(figures_asked(scheme)) if key in log.figures]
    commands = Commands(center.center_id, calendar.year, called or scheme.key)
    view = View(scheme, log, calendar, reader.lacking(asked, backing), reader.papers, commands)
    unlocked = open_months(connection, center.center_id, _sources(scheme), calendar, backing)
    standings = tuple(_standing(view, score, unlocked) for score in evaluation.items)
    return Rehearsal(evaluation, standings, calendar.today, calendar.ended)


def _sources(scheme: Scheme) -> list[str]:
    """The sources that a scheme's figures and sums rest on."""
    figures = [need for key in sorted(figures_asked(scheme)) for need in INDICATORS[key].needs]
    sums = [need for key in sorted(measures_asked(scheme)) for need in MEASURES[key].needs]
    return list(dict.fromkeys(figures + sums))


def _standing(view: View, score: ItemScore, unlocked: Sequence[OpenMonth]) -> Standing:
    item, now = score.item, score.final.points
    low, high, stakes = now, now, list[Stake]()
    for chance in chances_of(view, score):
        widened = max(high, chance.high) - min(low, chance.low) - (high - low)
        low, high = min(low, chance.low), max(high, chance.high)
        if widened > 0:
            stakes.append(Stake(item, widened, chance.why, chance.remedies))
    counted = item.feed.automatic or item.feed.checks is not None
    if low > 0 and unlocked and counted and score.verdict is not Verdict.BY_PANEL:
        stakes.append(
            Stake(
                item,
                low,
                "所依据的月份还没有锁定，数字仍会变动",
                lock(unlocked, view.calendar),
            )
        )
        low = Fraction(0)
    lost = item.weight - high
    return Standing(score, low, lost, tuple(stakes), _why(score) if lost else "")


def _why(score: ItemScore) -> str:
    """Why points are gone: the rule's reason, or the panel's."""
    if score.verdict is Verdict.BY_PANEL or score.rule is None:
        return score.final.reason
    note = score.told.note
    return f"{score.rule.reason}（{note}）" if note and note not in score.rule.reason else score.rule.reason
