"""A clock that was ahead once: what came after is recorded at its time, and the centre's package verifies."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from kpi.figures import results
from tests.kpi.closing import correct, lock, reopen
from tests.kpi.given import record
from tests.kpi.handover.conftest import NOW, Instance, verdict
from tracker import log
from tracker.database import get_driver
from tracker.events.ledger import NothingToReport
from tracker.periods import Month

AHEAD = NOW + timedelta(days=400)
MARCH = Month(2024, 3)


def record_while_ahead(connection: sa.Connection) -> None:
    """What somebody signed while the clock was more than a year ahead."""
    event = NothingToReport(
        of="calls", first_day=MARCH.first_day, end_day=MARCH.end_day, signed_by="张三", signed_at=AHEAD,
        remark=None,
    )  # fmt: skip
    with log.appending(
        get_driver(connection), "tlf", delivery=None, as_of=AHEAD, recorded_at=AHEAD
    ) as appending:
        appending.add([(event, None)])


def test_a_package_verifies_after_the_clock_was_ahead(own: Instance, tmp_path: Path) -> None:
    """Delivered, locked, reopened and corrected by a clock that is right again."""
    with own.database.engine.begin() as connection:
        record_while_ahead(connection)
    with own.database.engine.begin() as connection:
        record(connection, "call 2024-03-05 08:00:00 id after queued 08:00:10")
        lock(connection, MARCH, NOW)
    later = NOW + timedelta(days=2)
    with own.database.engine.begin() as connection:
        record(connection, "call 2024-03-06 08:00:00 id late queued 08:00:10")
        reopen(connection, MARCH, later, expires_at=later + timedelta(days=3))
        correct(connection, MARCH, later)
        results.bring_up_to_date(connection, "tlf", later)
    built = own.build(tmp_path / "out.zip", later)
    found = verdict(built.path, built)
    assert found.agree, [step for step in found.steps if step.items]
    assert {step.outcome.value for step in found.steps} == {"通过"}
    with own.database.connect() as connection:
        assert log.verify(connection, "tlf").problem is None
