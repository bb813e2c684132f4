"""The rows of a drawn sample as they are kept beside it, and how many of them an evaluator has seen."""

from collections.abc import Sequence
from typing import Any

import orjson

from kpi.evaluation.row_checks import RowCheck, select_latest_checks
from tracker.blob_store import FileUnusable
from web.jobs.job import Job
from web.jobs.job_files import JobFiles

ROWS = "rows.json"


def read_sampled_rows(files: JobFiles) -> list[dict[str, Any]]:
    """As web/exports/review.py:SAMPLED, with subject and hash; all texts. Raises: FileUnusable, OSError."""
    return list(orjson.loads(b"".join(files.read(ROWS))))


def count_progress(
    files: JobFiles, job: Job, checks: Sequence[RowCheck], login: str
) -> tuple[int, int] | None:
    """Rows that the evaluator has seen (or, where she has seen none, who drew them), and all rows; None: they
    can no longer be read."""
    latest = select_latest_checks(checks, login) or select_latest_checks(checks, job.login)
    try:
        rows = read_sampled_rows(files)
    except (FileUnusable, OSError):
        return None
    return sum(1 for row in rows if int(row["seq"]) in latest), len(rows)
