"""Jobs do what is due and not done."""

from datetime import datetime

from kpi.figures import results
from kpi.jobs import JOBS, check_rollup, compute_recorded
from tests.kpi.given import record
from tracker.events.times import BEIJING
from tracker.periods import Month

NOW = datetime(2024, 3, 10, 9, tzinfo=BEIJING)
GIVEN = """
call 2024-03-01 08:00:00 queued 08:00:10
delivered calls 2024-03-01..2024-03-09 as of 2024-03-10"""


def test_names_are_unique_and_schedules_are_cron_fields():
    assert len({job.name for job in JOBS}) == len(JOBS)
    fields = {"month", "day", "day_of_week", "hour", "minute"}
    assert all(set(job.schedule) <= fields and job.title for job in JOBS)


def test_what_was_recorded_is_computed_once(database):
    with database.engine.begin() as connection:
        record(connection, GIVEN)
    assert compute_recorded(database, NOW).startswith("tlf：更新")
    assert compute_recorded(database, NOW) == ""
    with database.engine.connect() as connection:
        assert results.find_figure(connection, "tlf", "calls_offered", Month(2024, 3)).value == 1


def test_a_spoilt_rollup_is_mended_at_night(database):
    with database.engine.begin() as connection:
        record(connection, GIVEN)
    compute_recorded(database, NOW)
    assert check_rollup(database, NOW) == ""
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE daily_measures SET value = 9 WHERE measure = 'calls_offered'")
    assert "已重建" in check_rollup(database, NOW)
    with database.engine.connect() as connection:
        assert results.find_figure(connection, "tlf", "calls_offered", Month(2024, 3)).value == 1


def test_an_instance_without_centres_has_nothing_due(database):
    assert [job.run(database, NOW, None) for job in JOBS] == [""] * len(JOBS)
