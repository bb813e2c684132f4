"""In whatever order files come, overlapping, repeated or stale: the facts are the same.

Whoever is asked about an older file says that it is outdated."""

import uuid
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.changes.repeated_numbers import OUTDATED, QuestionAnswer
from ingest.importing.import_file import import_file
from tests.drawing import examples
from tests.ingest.conftest import NOW
from tests.ingest.facts import Facts, facts_of
from tests.ingest.tables import CALL_1, CALL_2, CALL_HEADER, ORDER_HEADER, csv_file
from tracker import centers, log
from tracker.database import Database

ORDER = (
    "g{n},2023-01-01 00:36:11,{kind},市城管局,{sent},2023-01-06 18:00:00,{closed},{followed},{words},{redone}"
)


def order(
    n: int,
    *,
    kind: str = "投诉",
    sent: str = "",
    closed: str = "",
    followed: str = "",
    words: str = ",",
    redone: int = 0,
) -> str:
    return ORDER.format(
        n=n, kind=kind, sent=sent, closed=closed, followed=followed, words=words, redone=redone
    )


SENT, CLOSED, FOLLOWED = "2023-01-01 02:00:00", "2023-01-05 02:00:00", "2023-01-07 02:00:00"

FILES = {
    "工单_2023-01.csv": (ORDER_HEADER, order(1), order(2, sent=SENT), order(3, kind="咨询")),
    "工单_2023-02.csv": (
        ORDER_HEADER,
        order(1, sent=SENT, closed=CLOSED),
        order(2, sent=SENT, kind="求助"),
        order(4, redone=1),
    ),
    "工单_2023-03.csv": (
        ORDER_HEADER,
        order(1, sent=SENT, closed="2023-01-06 02:00:00", followed=FOLLOWED, words="已解决,满意"),
        order(4, redone=2),
    ),
    "话单_2023-05.csv": (CALL_HEADER, CALL_1, CALL_2),
    "话单_2023-06.csv": (CALL_HEADER, CALL_1.replace("8001", "8002"), CALL_2, CALL_2.replace("c2", "c3")),
    "话单_2023-07.csv": (CALL_HEADER, CALL_1, CALL_2.replace("队列放弃", "其他")),
}


def known_after(database: Database, folder: Path, names: list[str]) -> Facts:
    """What a new centre knows once these files were imported in this order."""
    center = f"c{uuid.uuid4().hex[:20]}"
    with database.connect() as connection:
        centers.create_center(connection, center, center, now=NOW)
    for name in names:
        report = import_file(database, folder / "home", folder / name, center, now=NOW)
        if report.question is not None:  # it says otherwise than a newer one that came before it
            assert report.question.code == OUTDATED
            outdated = QuestionAnswer(outdated=True)
            import_file(database, folder / "home", folder / name, center, now=NOW, answer=outdated)
    with database.connect() as connection:
        assert log.verify(connection, center).problem is None
        return facts_of(connection, center)


def test_the_order_of_files_does_not_matter(database: Database, tmp_path: Path) -> None:
    for name, lines in FILES.items():
        csv_file(tmp_path, *lines, name=name)
    in_order = known_after(database, tmp_path, list(FILES))
    assert {table: len(rows) for table, rows in in_order.items()} == {"calls": 3, "work_orders": 4}

    @given(st.permutations(list(FILES)), st.lists(st.sampled_from(list(FILES)), max_size=3))
    @settings(
        max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
    )
    def same_facts(names: list[str], again: list[str]) -> None:
        assert known_after(database, tmp_path, [*names, *again]) == in_order

    same_facts()


@pytest.mark.parametrize("name", list(FILES))
def test_the_last_state_of_the_world_holds(database: Database, tmp_path: Path, name: str) -> None:
    """Each file matters: without it the facts differ, or it said nothing that a later one does not say."""
    for each, lines in FILES.items():
        csv_file(tmp_path, *lines, name=each)
    without = known_after(database, tmp_path, [each for each in FILES if each != name])
    superseded = {"工单_2023-02.csv": False, "话单_2023-05.csv": True}
    assert (without == known_after(database, tmp_path, list(FILES))) is superseded.get(name, False)
