"""The pages, one module a family; `PAGES` is the registry."""

from web.access.pages import PAGES as ACCESS
from web.pages import (
    breakdown,
    centers,
    coverage,
    definitions,
    deliveries,
    export_list,
    exports,
    imports,
    indicator,
    month,
    overview,
    report,
    review,
    rows,
    things,
    vault,
)
from web.pages.analysis import arrivals, calls, orders, payments, staff

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
    definitions.pages,
    exports.pages,
    export_list.pages,
    review.pages,
)
