"""What adopting a definition would change: field by field, and the year's figures before and after."""

from typing import NamedTuple

from kpi.definition_report import format_change
from kpi.figures.coverage_reading import find_newest_year
from kpi.figures.definitions.computing import compute_impact
from kpi.figures.definitions.in_force import Definitions
from kpi.figures.indicators import Indicator
from tracker.events.times import get_day
from tracker.periods import Period, Year
from web.access import get_visible_years
from web.figure_view import FigureView
from web.instance import get_connection, get_now


class ForeseenChange(NamedTuple):
    """A period by the definition in force, and by the proposed one."""

    period: Period
    before: FigureView
    after: FigureView
    change: str


def foresee_changes(
    center: str, current: Indicator, proposed: Indicator, year: Year, definitions: Definitions | None = None
) -> list[ForeseenChange]:
    """The year, its quarters and its months, as if it held throughout; periods not begun are left out."""
    return [
        ForeseenChange(
            one.period,
            FigureView(current, one.period, one.before),
            FigureView(proposed, one.period, one.after),
            format_change(one.before, one.after),
        )
        for one in compute_impact(get_connection(), center, proposed, year, get_now(), definitions)
        if one.after is not None
    ]


def find_year_with_data(center: str) -> Year:
    """The last year, up to this one, that something was delivered for; else this year."""
    today, seen = get_day(get_now()), get_visible_years(center)
    newest = find_newest_year(get_connection(), center, today) or today.year
    return Year(newest if not seen or newest in seen else max(seen))
