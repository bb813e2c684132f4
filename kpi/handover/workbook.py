"""The year's workbook of the figures that are stored."""

from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.definitions.in_force import read_definitions
from kpi.handover.year_workbook import WorkbookMaterial, write_year_workbook
from tracker.centers import Center
from tracker.database import get_driver
from tracker.log import read_head
from tracker.periods import Year


def write_workbook(
    path: Path,
    connection: sa.Connection,
    center: Center,
    year: Year,
    now: datetime,
    stamp: str | None = None,
) -> None:
    """Writes the workbook of a centre's year; `stamp` says who took it out."""
    code = center.center_id
    head, definitions = read_head(get_driver(connection), code), read_definitions(connection, code)
    figures = results.read_year(connection, code, year.year)
    material = WorkbookMaterial(
        center=code,
        name=center.name,
        year=year,
        now=now,
        head=(head.seq, head.hash.hex()),
        figures=figures,
        definitions=definitions,
        compared=results.read_month_comparisons(connection, code, definitions, figures),
    )
    write_year_workbook(path, connection, material, stamp)
