"""A clock that was ahead once: what came after is recorded at its time, and the centre's package verifies."""

from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from tests.kpi.handover.conftest import LATER, NOW, Instance, close_quarter, verdict
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
    """A quarter is locked, a month of it reopened and corrected, by a clock that is right again."""
    with own.database.engine.begin() as connection:
        record_while_ahead(connection)
    close_quarter(own)
    built = own.build(tmp_path / "out.zip", LATER)
    found = verdict(built.path, built)
    assert found.agree, [step for step in found.steps if step.items]
    with own.database.connect() as connection:
        assert log.verify(connection, "tlf").problem is None
