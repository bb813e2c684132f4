"""What adopting a definition would change: field by field, and the year's figures before and after."""

from typing import NamedTuple

from kpi.definition_report import change_text
from kpi.figures.coverage_reading import newest_year
from kpi.figures.definitions.computing import impact
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.indicators import Indicator
from tracker.events.times import day_of
from tracker.periods import Period, Year
from web.figure_view import Shown
from web.instance import db, now


class Foreseen(NamedTuple):
    """A period by the definition in force, and by the proposed one."""

    period: Period
    before: Shown
    after: Shown
    change: str


def foreseen(
    center: str, current: Indicator, proposed: Indicator, year: Year, known: Definitions | None = None
) -> list[Foreseen]:
    """The year, its quarters and its months, as if it held throughout; periods not begun are left out."""
    return [
        Foreseen(
            one.period,
            Shown(current, one.period, one.before),
            Shown(proposed, one.period, one.after),
            change_text(one.before, one.after),
        )
        for one in impact(db(), center, proposed, year, now(), known)
        if one.after is not None
    ]


def year_with_data(center: str) -> Year:
    """The last year, up to this one, that something was delivered for; else this year."""
    today = day_of(now())
    return Year(newest_year(db(), center, today) or today.year)
