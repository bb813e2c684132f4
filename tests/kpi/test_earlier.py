"""An older value opens its own rows; what nobody had computed then is counted from the events up to then."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from psycopg import sql

from ingest.records.voiding import void_event
from kpi.closing.as_known import read_figures_as_known
from kpi.figures import results
from kpi.figures.as_of import compute_figures_as_of, read_rows_as_of
from kpi.figures.definitions.choosing import choose_definition
from kpi.figures.definitions.in_force import PACKAGED
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.figures.rows import RowPage, read_rows
from kpi.figures.tracing import find_code, find_version
from tests.kpi.adopting import adopt
from tests.kpi.closing import LATER, MAY, MAY_DATA, NOW, correct, lock, reopen, shown
from tests.kpi.given import record
from tracker import log
from tracker.database import Database, get_driver
from tracker.migrations.privileges import PrivilegeProblem

LATE_CALL = "call 2023-05-03 08:00:00 id c3 queued 08:00:10 answered 08:00:20"
RATE = "call_answer_rate"


@pytest.fixture
def center(database: Database) -> Iterator[Database]:
    """Two calls of May, of which one was answered."""
    with database.engine.begin() as connection:
        record(connection, MAY_DATA)
    yield database


def computed(database: Database, now=NOW) -> Figure:
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", now)
        return shown(connection, RATE)


def told(database: Database, text: str) -> int:
    """Where the log ends when the text is recorded."""
    with database.engine.begin() as connection:
        record(connection, text)
        return log.read_head(get_driver(connection), "tlf").seq


def of_code(database: Database, code: str, part: str = "numerator") -> RowPage:
    with database.engine.connect() as connection:
        (found,) = find_code(connection, code)
        return read_rows_as_of(connection, found.figure, part)


def test_every_value_that_a_figure_had_opens_the_rows_of_then(center: Database):
    before = computed(center)
    told(center, LATE_CALL)
    with_late = computed(center)
    with center.engine.begin() as connection:
        seq = log.read_timeline(get_driver(connection), "tlf", "call/c2")[0].seq
        void_event(get_driver(connection), "tlf", seq, reason="误导出", by="张三", now=NOW)
    without_second = computed(center)
    subjects = {
        one.code: [row.subject for row in of_code(center, one.code, "denominator").rows]
        for one in (before, with_late, without_second)
    }
    assert subjects == {
        before.code: ["call/c1", "call/c2"],
        with_late.code: ["call/c1", "call/c2", "call/c3"],
        without_second.code: ["call/c1", "call/c3"],
    }
    for one in (before, with_late, without_second):
        assert of_code(center, one.code).agrees
        assert of_code(center, one.code, "denominator").agrees


def test_a_row_of_then_says_what_was_told_of_it_then_and_by_which_event(center: Database):
    before = computed(center)
    told(center, "call 2023-05-02 08:00:00 id c2 queued 08:00:10 answered 08:00:20")
    after = computed(center)
    first, now = of_code(center, before.code, "denominator"), of_code(center, after.code, "denominator")
    assert (first.count, now.count) == (2, 2)
    assert [row.cells[5] for row in first.rows] == ["已接听", "队列放弃"]
    assert [row.cells[5] for row in now.rows] == ["已接听", "已接听"]
    assert first.rows[1].seq <= before.log_seq < now.rows[1].seq


def test_each_vintage_opens_the_rows_that_it_was_sealed_with(center: Database):
    with center.engine.begin() as connection:
        lock(connection)
        locked = shown(connection, RATE)
    told(center, LATE_CALL)
    with center.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", LATER)
        reopen(connection)
        correct(connection)
        corrected = shown(connection, RATE)
        assert read_rows(connection, "tlf", RATE, MAY, figure=locked).agrees is False
    assert (of_code(center, locked.code).count, of_code(center, corrected.code).count) == (1, 2)
    assert of_code(center, locked.code).agrees
    assert of_code(center, corrected.code).agrees


def test_looking_back_leaves_nothing_behind(center: Database):
    before = computed(center)
    told(center, LATE_CALL)
    after = computed(center)
    of_code(center, before.code)
    with center.engine.connect() as connection:
        assert read_rows(connection, "tlf", RATE, MAY).count == after.numerator == 2
        kept = "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relname IN ('calls', 'moved')"
        assert connection.scalar(sa.text(kept)) == 0


def test_the_rows_of_then_follow_the_definition_of_then(center: Database):
    """Adopted since: of all incoming calls, those that ended before the queue as well."""
    before = computed(center)
    told(center, "call 2023-05-04 08:00:00 id c4")
    with center.engine.begin() as connection:
        adopt(connection, choose_definition(PACKAGED, RATE, "all_inbound"), MAY, now=NOW)
    after = computed(center)
    assert (before.definition_version, after.definition_version) == (1, 2)
    first, now = of_code(center, before.code, "denominator"), of_code(center, after.code, "denominator")
    assert (first.count, now.count) == (2, 3)
    assert first.agrees
    assert now.agrees


def test_what_nobody_had_computed_then_is_counted_from_the_events_up_to_then(center: Database):
    with center.connect() as connection:
        first = log.read_head(connection, "tlf").seq
    told(center, LATE_CALL)
    latest = computed(center)
    with center.engine.connect() as connection:
        known = {
            on: {one.indicator: one for one in read_figures_as_known(connection, "tlf", MAY, on)}
            for on in (first, latest.log_seq, 0)
        }
        then = known[first][RATE]
        assert read_rows_as_of(connection, then, "denominator").agrees
    assert (then.numerator, then.denominator, then.log_seq, then.code) == (1, 2, first, "")
    assert known[latest.log_seq][RATE] == latest
    assert set(known[first]) == set(INDICATORS)
    assert known[0] == {}


def test_figures_counted_for_then_are_those_that_were_computed_then(center: Database):
    with center.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        at_the_time = results.read_year(connection, "tlf", 2023)
        seq = log.read_head(get_driver(connection), "tlf").seq
    told(center, LATE_CALL)
    computed(center)
    with center.engine.connect() as connection:
        counted = compute_figures_as_of(connection, "tlf", 2023, seq, NOW)
    for key, by_period in at_the_time.items():
        for period, figure in by_period.items():
            assert replace(counted[key, period], code=figure.code) == figure


def test_a_version_is_found_by_its_code_however_often_it_was_computed_since(center: Database):
    before = computed(center)
    for number in range(25):
        told(center, f"call 2023-05-05 09:{number:02}:00 id n{number} queued 09:{number:02}:10")
        computed(center)
    with center.engine.connect() as connection:
        found = find_version(connection, "tlf", RATE, MAY, before.code)
        assert found is not None
        assert found.figure == before
        assert find_version(connection, "tlf", "calls_offered", MAY, before.code) is None


def test_an_account_without_temporary_tables_is_told_who_grants_them(center: Database):
    before = computed(center)
    with center.connect_as_owner() as connection:
        name = connection.info.dbname
        connection.execute(
            sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
        )
    with pytest.raises(PrivilegeProblem, match="GRANT TEMPORARY ON DATABASE"):
        of_code(center, before.code)
