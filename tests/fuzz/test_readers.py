"""Whatever reads what comes from outside ends in what it read or in a sentence, within its limits."""

import resource
from pathlib import Path

import pytest

from ingest.events.sent_event import read_lines
from tests.drawing import FULL
from tests.fuzz.readers import READERS, read_many
from tracker.toml_file import read_exact_number

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
    assert count == FEW or len(outcomes) > 1, "the files are not spoilt in different ways"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < MOST_MEMORY


def test_half_a_character_in_a_column_title_of_a_sent_event_is_refused():
    (event,) = read_lines('{"\\ud800specversion": "1.0"}')
    assert (event.event, event.problem) == (None, "“列名”写法不对。请改正后重发。")


def test_a_number_beyond_all_numbers_in_a_scheme_is_refused():
    with pytest.raises(ValueError, match="数字太大"):
        read_exact_number("1e400000000")
