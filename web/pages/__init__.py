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

PAGES = (
    centers.pages,
    overview.pages,
    month.pages,
    indicator.pages,
    breakdown.pages,
    rows.pages,
    things.pages,
    coverage.pages,
    deliveries.pages,
    definitions.pages,
)
