"""The pages, one module a family; `PAGES` is the registry."""

from web.pages import (
    breakdown,
    centers,
    coverage,
    definitions,
    deliveries,
    indicator,
    month,
    overview,
    rows,
    things,
)
from web.pages.analysis import arrivals, calls, orders, payments, staff

PAGES = (
    centers.pages,
    overview.pages,
    month.pages,
    indicator.pages,
    breakdown.pages,
    rows.pages,
    calls.pages,
    orders.pages,
    staff.pages,
    payments.pages,
    arrivals.pages,
    things.pages,
    coverage.pages,
    deliveries.pages,
    definitions.pages,
)
