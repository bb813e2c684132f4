"""What stands around every page of a centre: which centre, which year, where to go, how fresh the data is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import abort, request, url_for

from kpi.figures import results
from kpi.figures.results import Freshness
from tracker.centers import Center
from tracker.periods import SHANGHAI, Month, Period, Quarter, Year
from web.access import Right, get_person, may
from web.access.guard import describe_missing_center, get_session
from web.instance import get_connection, get_log_connection, get_now
from web.jobs.records import JobSummary, read_job_records, summarize_jobs

_SHARED = {"center", "year", "period", "key"}  # parts of an address that mean the same for every centre
_EVIDENCE = (
    "documents.missing", "documents.form", "documents.attach", "documents.document", "documents.withdraw",
    "controls.totals", "controls.state", "controls.matrix", "controls.cell",
)  # fmt: skip
_DEFINITIONS = (
    "definitions.card", "comparison.ways", "comparison.effect", "proposals.listed", "proposals.show",
    "proposals.reject", "proposals.approve", "proposals.withdraw", "proposing.form", "proposing.trial",
    "proposing.send",
)  # fmt: skip
_EVALUATION = tuple(
    f"evaluation.{name}"
    for name in ("scores", "published", "rehearsal", "attestations", "attest_value", "marks", "give_mark")
)
_CLOSING = ("closing.month", "closing.late", "closing.acts", "closing.rule")
_OF_FIGURES = (
    "month.period",
    "report.monthly",
    "indicator.indicator",
    "breakdown.parts",
    "changes.change",
    "rows.listed",
    "exclusions.listed",
    "codes.figure",
)
_LOGGING = (
    "days.day", "day_numbers.save", "month_grid.grid", "month_grid.save",
    "days.fill_in", "days.send", "days.zero_report", "days.sign_zero_report",
    "answers.choose", "answers.fill_in", "answers.send",
)  # fmt: skip
_ANALYSIS = (
    "orders.ageing",
    "orders.still_open",
    "orders.held",
    "staff.moves",
    "payments.days",
    "surveys.answers",
    "arrivals.sources",
)
_IMPORTING = (
    "imports.show", "imports.mapping", "imports.save_columns", "profiles.listed", "profiles.bring",
    "profiles.copy", "questions.listed", "declarations.listed",
)  # fmt: skip
_SETTINGS = ("setup.listed", "settings.rename", "settings.bring_scheme", "settings.set_hours")
_REVIEW = ("review.room", "review.figure", "review.evidence", "samples.listed", "samples.check")


@dataclass(frozen=True)
class NavigationLink:
    """A place to go."""

    title: str
    address: str
    here: bool = False
    ahead: bool = False  # its period has not begun


@dataclass(frozen=True)
class PageFrame:
    """The head and foot of a centre's page; a page asks the database only for the parts that it shows."""

    center: Center
    centers: list[Center]
    period: Period
    today: date

    @cached_property
    def years(self) -> Sequence[Year]:
        """The years with figures that the person may see."""
        seen = get_person().years(Right.SEE_FIGURES, self.center.center_id)
        found = results.read_years(get_connection(), self.center.center_id)
        return [year for year in found if seen is None or year.year in seen] or [self.year]

    @cached_property
    def freshness(self) -> Freshness:
        return results.read_freshness(get_connection(), self.center.center_id)

    @cached_property
    def jobs(self) -> JobSummary:
        return summarize_jobs(read_job_records(get_log_connection()))

    @property
    def year(self) -> Year:
        return Year(self.period.first_day.year)

    @property
    def running(self) -> bool:
        """Whether the page's period has begun and not ended."""
        return self.period.first_day <= self.today < self.period.end_day

    @property
    def pages(self) -> list[NavigationLink]:
        """The centre's page families."""
        code, year = self.center.center_id, self.year
        logging = (
            _make_link("数据填报", "days.today", _LOGGING, center=code),
            _make_link("导入", "imports.index", _IMPORTING, center=code),
        )
        settings = (
            [_make_link("设置", "settings.index", _SETTINGS, center=code)] if may(Right.LOG, code) else []
        )
        return [
            _make_link("今日待办", "tasks.mine", center=code),
            _make_link("指标总览", "overview.year", _OF_FIGURES, center=code, year=year),
            _make_link("运行分析", "calls.hours", _ANALYSIS, center=code, period=self.period),
            _make_link("月度审核", "closing_board.year", _CLOSING, center=code, year=year),
            _make_link("佐证材料", "documents.listed", _EVIDENCE, center=code, year=year),
            _make_link("评价", "evaluation.index", _EVALUATION, center=code, year=year),
            *(logging if may(Right.LOG, code) else ()),
            _make_link("报送日历", "coverage.calendar", center=code, year=year),
            _make_link("导入记录", "deliveries.index", {"deliveries.delivery"}, center=code),
            _make_link("问题数据", "deliveries.quarantine", center=code),
            _make_link("指标口径", "definitions.index", _DEFINITIONS, center=code),
            *self._handing_over,
            *settings,
        ]

    @property
    def _handing_over(self) -> list[NavigationLink]:
        """What is for those who take figures out or judge them."""
        code, year = self.center.center_id, self.year
        review = _make_link("评价核验", "review.year", _REVIEW, center=code, year=year)
        exports = _make_link("导出", "export_list.index", center=code, year=year)
        seen = ((Right.SEE_REVIEW, review), (Right.EXPORT, exports))
        return [link for right, link in seen if may(right, code, year.year)]

    def to_year(self, year: Year) -> str:
        """The address of this page for another year, or of what stands for it there."""
        parts = request.view_args or {}
        if "year" in parts:
            return url_for(str(request.endpoint), **parts | {"year": year})
        if request.endpoint in ("calls.hours", "review.room", *_ANALYSIS):
            return url_for(str(request.endpoint), **parts | {"period": year})
        return url_for("overview.year", center=self.center.center_id, year=year)

    def to_center(self, code: str) -> str:
        """The address of this page for another centre; for the page of a thing or a file, of its overview."""
        parts = request.view_args or {}
        if parts.keys() <= _SHARED:
            return url_for(str(request.endpoint), **parts | {"center": code})
        return url_for("overview.year", center=code, year=self.year)

    @property
    def periods(self) -> list[NavigationLink]:
        """The year, its quarters and its months, as pages of figures."""
        quarters = [Quarter(self.year.year, number) for number in range(1, 5)]
        periods: tuple[Period, ...] = (self.year, *quarters, *self.year.months)
        return [self._link_to(period) for period in periods]

    def _link_to(self, period: Period) -> NavigationLink:
        code = self.center.center_id
        if isinstance(period, Year):
            address = url_for("overview.year", center=code, year=period)
        else:
            address = url_for("month.period", center=code, period=period)
        return NavigationLink(
            format_short_name(period), address, period == self.period, period.first_day > self.today
        )


def make_frame(center: str, period: Period | None = None) -> PageFrame:
    """The frame of a centre's page; the period is the page's, or the current year. No centre: 404."""
    centers = list(get_session().centers)
    chosen = next((one for one in centers if one.center_id == center), None)
    if chosen is None:
        abort(404, describe_missing_center(center))
    today = get_now().astimezone(SHANGHAI).date()
    return PageFrame(
        center=chosen, centers=centers, period=period or _find_present_year(center, today), today=today
    )


def _find_present_year(center: str, today: date) -> Year:
    """This year, or the last one that the person may see."""
    seen = get_person().years(Right.SEE_FIGURES, center)
    return Year(today.year if not seen or today.year in seen else max(seen))


def format_short_name(period: Period) -> str:
    """A period beside others of its year: 全年, 一季度, 5月."""
    match period:
        case Month():
            return f"{period.month}月"
        case Quarter():
            return f"{'一二三四'[period.quarter - 1]}季度"
        case _:
            return "全年"


def _make_link(title: str, endpoint: str, below: Collection[str] = (), **parts: Any) -> NavigationLink:
    """A page, marked as the present one on itself and on the pages below it."""
    return NavigationLink(title, url_for(endpoint, **parts), here=request.endpoint in (endpoint, *below))
