"""What stands around every page of a centre: which centre, which year, where to go, how fresh the data is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from flask import abort, request, url_for

from kpi.figures import results
from kpi.figures.coverage_reading import find_newest_year
from kpi.figures.results import Freshness
from tracker.centers import Center
from tracker.periods import SHANGHAI, YEARS, Month, Period, Quarter, Year
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
_CLOSING = ("closing.month", "closing.late", "closing.acts", "closing.rule", "closing_months.chosen")
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
class MenuGroup:
    """One item of the menu, which leads to the first of its pages."""

    title: str
    pages: tuple[NavigationLink, ...]

    @property
    def address(self) -> str:
        return self.pages[0].address

    @property
    def here(self) -> bool:
        return any(page.here for page in self.pages)


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

    @cached_property
    def menu(self) -> tuple[MenuGroup, ...]:
        """The centre's pages in five groups; those that the person may not open are left out."""
        settings = (self._link("设置", "settings.index", _SETTINGS),)
        return (
            MenuGroup(
                "首页",
                (
                    self._link("今日待办", "tasks.mine"),
                    *(settings if may(Right.LOG, self.center.center_id) else ()),
                ),
            ),
            MenuGroup(
                "指标",
                (
                    self._link("总览", "overview.year", _OF_FIGURES, year=self.year),
                    self._link("运行分析", "calls.hours", _ANALYSIS, period=self.period),
                    self._link("口径", "definitions.index", _DEFINITIONS),
                ),
            ),
            MenuGroup("数据", self._data_pages),
            MenuGroup("月度审核", (self._link("月度审核", "closing_board.year", _CLOSING, year=self.year),)),
            MenuGroup("评价", self._evaluation_pages),
        )

    @property
    def present_group(self) -> MenuGroup | None:
        """The group of the present page, whose pages stand below the menu; None: it is of no group."""
        return next((group for group in self.menu if group.here), None)

    @property
    def _data_pages(self) -> tuple[NavigationLink, ...]:
        entry = (
            self._link("填报", "days.today", _LOGGING),
            self._link("导入", "imports.index", _IMPORTING),
        )
        return (
            *(entry if may(Right.LOG, self.center.center_id) else ()),
            self._link("报送日历", "coverage.calendar", year=self.year),
            self._link("导入记录", "deliveries.index", {"deliveries.delivery"}),
            self._link("问题数据", "deliveries.quarantine"),
        )

    @property
    def _evaluation_pages(self) -> tuple[NavigationLink, ...]:
        code, year = self.center.center_id, self.year
        handing_over = (
            (Right.SEE_REVIEW, self._link("核验", "review.year", _REVIEW, year=year)),
            (Right.EXPORT, self._link("导出", "export_list.index", {"year_end.show"}, year=year)),
        )
        return (
            self._link("评分", "evaluation.index", _EVALUATION, year=year),
            self._link("佐证材料", "documents.listed", _EVIDENCE, year=year),
            *(link for right, link in handing_over if may(right, code, year.year)),
        )

    def _link(self, title: str, endpoint: str, below: Collection[str] = (), **parts: Any) -> NavigationLink:
        """A page, marked as the present one on itself and on the pages below it."""
        address = url_for(endpoint, center=self.center.center_id, **parts)
        return NavigationLink(title, address, here=request.endpoint in (endpoint, *below))

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
            asked = {"q": request.args.get("q")} if request.endpoint == "search.find" else {}
            return url_for(str(request.endpoint), **parts | asked | {"center": code})
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


def make_asked_frame() -> PageFrame | None:
    """The frame of a page without a centre in its address: of the `center` and `year` asked for, as far as
    she may see them; else of her first centre in the newest year with data. None: she sees no centre."""
    codes = [one.center_id for one in get_session().centers if may(Right.SEE_FIGURES, one.center_id)]
    if not codes:
        return None
    wanted = request.args.get("center", "")
    around = make_frame(wanted if wanted in codes else codes[0])
    code, typed = around.center.center_id, request.args.get("year", "")
    is_year = len(typed) == 4 and typed.isascii() and typed.isdecimal()
    year = int(typed) if is_year else find_newest_year(get_connection(), code, around.today)
    seen = year in YEARS and may(Right.SEE_FIGURES, code, year)
    return make_frame(code, Year(year)) if year and seen else around


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
