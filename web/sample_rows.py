"""The rows of a drawn sample as they are kept beside it, and how many of them an evaluator has seen."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from kpi.evaluation.row_checks import RowCheck, select_latest_checks
from web.jobs.job import Job

ROWS = "rows.json"


def read_sampled_rows(home: Path, job: Job) -> list[dict[str, Any]]:
    """As web/exports/review.py:SAMPLED, with subject and hash; all texts."""
    return list(orjson.loads((job.folder(home) / ROWS).read_bytes()))


def count_progress(home: Path, job: Job, checks: Sequence[RowCheck], login: str) -> tuple[int, int]:
    """Rows that the evaluator has seen (or, where she has seen none, who drew them), and all rows."""
    latest = select_latest_checks(checks, login) or select_latest_checks(checks, job.login)
    rows = read_sampled_rows(home, job)
    return sum(1 for row in rows if int(row["seq"]) in latest), len(rows)
