"""What a year's figures cost the server: no calls or orders are read again for each row of another table."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from kpi.figures.evidence import read_evidence
from kpi.figures.indicators import INDICATORS
from kpi.figures.measures import MEASURES
from tests.conftest import IMPORTED
from tracker.database import Database

DAYS = 365 + 2  # of 2023, and those beside it: calls back may be of another day than their calls


def test_no_calls_or_orders_are_read_more_often_than_there_are_days(tlf_2023: Database) -> None:
    statements: list[tuple[str, Any]] = []
    with tlf_2023.engine.connect() as connection:

        @sa.event.listens_for(connection, "before_cursor_execute")
        def remember(_one: Any, _cursor: Any, text: str, values: Any, *_more: Any) -> None:
            statements.append((text, values))

        read_evidence(connection, "tlf", 2023, INDICATORS, seq=1, now=IMPORTED, measures=MEASURES)
        sa.event.remove(connection, "before_cursor_execute", remember)
        plans = [
            connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {text}", values).scalar()
            for text, values in statements
        ]
    read = [node for plan in plans for node in walk(plan[0]["Plan"]) if "Relation Name" in node]
    large = [node for node in read if node["Relation Name"] in ("calls", "work_orders")]
    assert len(large) > 10
    assert max(node["Actual Loops"] for node in large) <= DAYS


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from walk(below)
