"""Spoilt files of every format end in rows or in a sentence, never in an error that nobody foresaw."""

import logging
from pathlib import Path

import pytest

from tests.drawing import FULL
from tests.ingest.fuzzing import read_many

MANY = 30_000 if FULL else 3_000


@pytest.mark.parametrize(
    ("first", "count"), [(0, 300), pytest.param(300, MANY - 300, marks=pytest.mark.slow)], ids=["few", "many"]
)
def test_a_spoilt_file_gives_rows_or_a_sentence(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, first: int, count: int
) -> None:
    with caplog.at_level(logging.ERROR, "tracker.sandbox"):
        outcomes, _ = read_many(first, count, tmp_path)
    unforeseen = [one.getMessage() for one in caplog.records if "PanicException" not in one.getMessage()]
    assert unforeseen == []
    assert outcomes["rows"] > count // 20
    assert len(outcomes) > 15, "the files are not spoilt in different ways"
