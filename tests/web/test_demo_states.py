"""What people did at the demo's centres: done once, by the product's own acts, and the same each time."""

from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi.closing.board import read_board
from kpi.figures import results
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.facts.closing import seals, source_states
from tracker.facts.documents import documents
from tracker.facts.evaluation import attestations
from tracker.periods import Month, Year
from tracker.settings import Settings
from web.demo import sample_centers
from web.demo.demo import make_demo_settings
from web.demo.sample_centers import SampleCenter, prepare
from web.demo.sample_states import APPROVER, MANAGER, SampleStates

APRIL = datetime(2026, 4, 15, 10, tzinfo=BEIJING)
CENTERS = (
    SampleCenter("city", "示例市", 3, states=SampleStates(locked=2)),
    SampleCenter("county", "示例县", 2, withheld=("平台巡检",)),
    SampleCenter("district", "示例区", 3, behind=1, states=SampleStates(waiting=True, asking=True)),
)


@pytest.mark.slow
def test_the_centres_of_the_demo_are_in_different_states(
    database: Database, home: Path, monkeypatch: pytest.MonkeyPatch
):
    settings = make_demo_settings(Settings(home, None, None, b"k" * 32, None))
    monkeypatch.setattr(sample_centers, "CENTERS", CENTERS)
    prepare(database, settings, APRIL)
    first = _read(database)
    assert first["seals"] == [
        ("city", "2026-01", 1, MANAGER, APPROVER),
        ("city", "2026-01", 2, MANAGER, APPROVER),
        ("city", "2026-02", 1, MANAGER, APPROVER),
    ]
    assert first["submitted"] == [("district", "2026-02")]
    assert first["attested"] == [("city", "A101"), ("city", "A202")]
    assert first["papers"][0] == ("city", "attendance")
    assert first["asked"] == [("district", "话单_2026-02_重新导出.csv", "moved")]
    with database.engine.connect() as connection:
        board = read_board(connection, "city", Year(2026), APRIL)
        figures = results.read_period(connection, "city", Month(2026, 1))
        assert results.read_freshness(connection, "city").current
    assert [one.closing.sealed for one in board][:3] == [True, True, False]
    corrected = {one.indicator for one in figures if one.vintage == 2}
    assert "cases_handled" in corrected
    prepare(database, settings, APRIL)
    assert _read(database) == first


def _read(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.engine.connect() as connection:

        def rows(*columns: sa.ColumnElement[object], where: sa.ColumnElement[bool] | None = None):
            asked = sa.select(*columns).distinct().order_by(*columns)
            return [tuple(row) for row in connection.execute(asked if where is None else asked.where(where))]

        one, state, paper, said = seals.c, source_states.c, documents.c, attestations.c
        held = sa.table("held_deliveries", *map(sa.column, ("center_id", "file_name", "question"))).c
        return {
            "seals": rows(one.center_id, one.month, one.vintage, one.sealed_by, one.approved_by),
            "submitted": rows(state.center_id, state.month, where=state.state == "submitted"),
            "attested": rows(said.center_id, said.indicator),
            "papers": rows(paper.center_id, paper.kind),
            "asked": rows(held.center_id, held.file_name, held.question),
        }
