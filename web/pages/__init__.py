"""The pages, one module a family; `PAGES` is the registry."""

from web.access.pages import PAGES as ACCESS
from web.pages import (
    centers,
    coverage,
    definitions,
    deliveries,
    exports,
    indicator,
    month,
    overview,
    rows,
    things,
    vault,
)

PAGES = (
    *ACCESS,
    centers.pages,
    overview.pages,
    month.pages,
    indicator.pages,
    rows.pages,
    things.pages,
    vault.pages,
    coverage.pages,
    deliveries.pages,
    definitions.pages,
    exports.pages,
)
