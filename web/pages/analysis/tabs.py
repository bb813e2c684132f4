"""What the pages of the analysis have in common: their tabs, and the same page in other periods."""

from urllib.parse import urlencode

from flask import request, url_for

from tracker.periods import Period, Quarter
from web.pages.frame import NavigationLink, PageFrame, format_short_name

TABS = (
    ("calls.hours", "话务时段"),
    ("orders.ageing", "工单时效"),
    ("staff.moves", "人员变动"),
    ("payments.days", "支付进度"),
    ("surveys.answers", "问卷"),
    ("arrivals.sources", "报送情况"),
)


def list_tabs(frame: PageFrame) -> list[NavigationLink]:
    """The pages; filters are not carried over, since each has its own."""
    code = frame.center.center_id
    return [
        NavigationLink(
            title, url_for(endpoint, center=code, period=frame.period), endpoint == request.endpoint
        )
        for endpoint, title in TABS
    ]


def list_period_links(frame: PageFrame, endpoint: str, **parts: str) -> list[NavigationLink]:
    """The page in the year, its quarters and its months, with the same filters."""
    year = frame.year
    found: tuple[Period, ...] = (year, *(Quarter(year.year, n) for n in range(1, 5)), *year.months)
    filters = urlencode([(name, value) for name, value in request.args.items() if name != "page"])
    return [
        NavigationLink(
            format_short_name(period),
            url_for(endpoint, center=frame.center.center_id, period=period, **parts)  # type: ignore[arg-type]
            + (f"?{filters}" if filters else ""),
            period == frame.period,
            period.first_day > frame.today,
        )
        for period in found
    ]
