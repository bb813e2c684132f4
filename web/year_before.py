"""The figures of the year before, for the pages that set a year's figures beside them."""

from kpi.figures import results
from web.access import Right, may
from web.as_of import AsOfDay
from web.figure_view import OtherFigures
from web.instance import get_connection


def read_year_before(
    center: str, year: int, as_of: AsOfDay | None = None, indicator: str | None = None
) -> dict[str, OtherFigures]:
    """By indicator, all or one; empty where the person may not see that year, or looks back to a day."""
    if _find_hindrance(center, year - 1, as_of):
        return {}
    if indicator is not None:
        return {
            indicator: OtherFigures(results.read_indicator(get_connection(), center, indicator, year - 1))
        }
    by_key = results.read_year(get_connection(), center, year - 1)
    return {key: OtherFigures(figures) for key, figures in by_key.items()}


def find_no_year_before(center: str, year: int, as_of: AsOfDay | None = None) -> OtherFigures:
    """What stands for an indicator that has no figures of the year before, with the reason."""
    return OtherFigures(unread=_find_hindrance(center, year - 1, as_of))


def _find_hindrance(center: str, year: int, as_of: AsOfDay | None) -> str:
    if as_of:
        return "查看历史时点时，未读取该期数字，不作比较。"
    if year < 1:
        return "没有更早的年份。"
    return "" if may(Right.SEE_FIGURES, center, year) else f"您没有查看{year}年指标的权限，不作比较。"
