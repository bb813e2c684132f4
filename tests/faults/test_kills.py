"""kill -9 of whoever works at a random moment: nothing lost, nothing doubled, nothing that needs a hand."""

import sys
from collections.abc import Iterator

import pytest

from tests.drawing import FULL
from tests.faults.kills import KINDS, Killer, make_folder

RUNS = 200 if FULL else 20

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL"),
]


@pytest.fixture(scope="module")
def killer() -> Iterator[Killer]:
    with make_folder() as folder:
        killer = Killer(folder)
        yield killer
        killer.instance.end()


@pytest.mark.parametrize("number", range(RUNS), ids=lambda number: f"{number}-{KINDS[number % len(KINDS)]}")
def test_a_kill_loses_nothing_and_doubles_nothing(killer: Killer, number: int) -> None:
    assert killer.kill(number)
