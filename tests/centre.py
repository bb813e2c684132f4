"""A centre that brings files and is asked for its figures, as people at the counter would do both."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from ingest.importing.file_paths import list_files
from ingest.importing.import_file import ImportReport, import_file
from ingest.records.zero_reports import sign_nothing
from kpi.figures import rollup
from kpi.figures.compute import compute_figure
from kpi.figures.evidence import read_evidence
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month, Period

NOW = datetime(2025, 11, 21, 9, 0, tzinfo=BEIJING)

_numbers = count(1)


class Centre:
    """A centre of its own for each test or example, in one database."""

    def __init__(self, database: Database, home: Path) -> None:
        self.code = f"c{next(_numbers)}"
        self.database, self.home = database, home
        with database.connect() as connection:
            centers.create_center(connection, self.code, self.code, now=NOW)

    def take_in(self, name: str, titles: Sequence[str], rows: Iterable[Sequence[str]]) -> ImportReport:
        """Imports a CSV file."""
        folder = self.home / "files" / self.code
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / name
        path.write_text("\n".join(",".join(row) for row in (titles, *rows)), encoding="utf-8")
        return self.bring(path)[-1]

    def bring(self, *paths: Path, **more: Any) -> list[ImportReport]:
        """Imports files, and those of folders, in the order of their names."""
        files, _ = list_files(str(path) for path in paths)
        return [import_file(self.database, self.home, file, self.code, now=NOW, **more) for file in files]

    def sign(self, source: str, month: Month) -> None:
        """Signs a month of a source as without anything."""
        with self.database.connect() as connection:
            days = (month.first_day, month.end_day)
            sign_nothing(connection, self.code, source, *days, by="张三", remark=None, now=NOW)

    def figures(self, period: Period, *keys: str) -> dict[str, Figure]:
        """The figures of a period, computed now; those that do not exist are absent."""
        with self.database.engine.connect() as connection:
            rollup.rebuild(connection, self.code)
            evidence = read_evidence(connection, self.code, period.first_day.year, keys, seq=1, now=NOW)
        found = {key: compute_figure(evidence, INDICATORS[key], period) for key in keys}
        return {key: figure for key, figure in found.items() if figure is not None}
