"""Whatever reads what comes from outside ends in what it read or in a sentence, within its limits."""

import resource
from pathlib import Path

import pytest

from tests.drawing import FULL
from tests.fuzz.readers import READERS, read_many

FEW = 20  # files for each reader
MANY = (30_000 if FULL else 3_000) // len(READERS)
MOST_MEMORY = 2 << 20  # kB of this process: what takes more is to be read in a process of its own


@pytest.mark.parametrize(
    ("first", "count"),
    [(0, FEW), pytest.param(FEW, MANY, marks=pytest.mark.slow)],
    ids=["few", "many"],
)
@pytest.mark.parametrize("name", READERS)
def test_a_spoilt_file_is_read_or_refused_with_a_sentence(tmp_path: Path, name: str, first: int, count: int):
    outcomes = read_many(name, first, count, tmp_path)
    assert outcomes.total() == count
    assert len(outcomes) > 1, "the files are not spoilt in different ways"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY
