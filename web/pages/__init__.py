"""The pages, one module a family; `PAGES` is the registry."""

from web.access.pages import PAGES as ACCESS
from web.pages import (
    breakdown,
    centers,
    codes,
    controls,
    coverage,
    days,
    definitions,
    deliveries,
    documents,
    exports,
    imports,
    indicator,
    month,
    overview,
    report,
    rows,
    things,
    vault,
)
from web.pages.analysis import arrivals, calls, orders, payments, staff
from web.pages.closing import acts, board
from web.pages.closing import month as closing_month

PAGES = (
    *ACCESS,
    centers.pages,
    overview.pages,
    month.pages,
    report.pages,
    indicator.pages,
    breakdown.pages,
    rows.pages,
    calls.pages,
    orders.pages,
    staff.pages,
    payments.pages,
    arrivals.pages,
    things.pages,
    vault.pages,
    coverage.pages,
    deliveries.pages,
    imports.pages,
    days.pages,
    definitions.pages,
    exports.pages,
    board.pages,
    closing_month.pages,
    acts.pages,
    codes.pages,
    documents.pages,
    controls.pages,
)
