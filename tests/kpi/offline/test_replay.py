"""Facts and figures from events alone: DuckDB says what PostgreSQL says, at every position of the log."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.figure import Figure
from kpi.figures.indicators import INDICATORS
from kpi.offline import Replay, replay
from tests.conftest import LATE_FILE, deliver
from tests.kpi.drawn import quarter
from tests.kpi.given import RECORDED, append, record
from tracker import log
from tracker.database import Database
from tracker.events.definitions import DefinitionProposalDecided, DefinitionProposed
from tracker.events.evaluation import SchemeChosen
from tracker.events.ledger import EventVoided
from tracker.events.times import BEIJING
from tracker.facts import FACTS
from tracker.log import PreparedEvents, prepare_event
from tracker.log.as_of_facts import use_facts_as_of
from tracker.log.tables import events as stored
from tracker.stored_event import Recorded

NOW = datetime(2024, 11, 21, 19, 0, tzinfo=BEIJING)
AFTER = datetime(2024, 5, 6, 9, 0, tzinfo=BEIJING)


def events_of(connection: Any, last: int = 2**62) -> list[Recorded]:
    return list(log.stream_events(connection, "tlf", first=1, last=last))


def by_postgresql(database: Database, year: int = 2023) -> dict[tuple[str, str], Figure]:
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", NOW)
        return flat(results.read_year(connection, "tlf", year))


def flat(figures: Any) -> dict[tuple[str, str], Figure]:
    """Figures without when they were computed: one that nothing touched is not computed again."""
    return {
        (key, str(period)): replace(figure, computed_at=NOW, log_seq=0)
        for key, by_period in figures.items()
        for period, figure in by_period.items()
    }


@pytest.mark.slow
def test_the_sample_year_has_the_same_figures_on_both_engines_before_and_after_the_late_file(
    tlf_2023: Database, home: Path
) -> None:
    """Every indicator × 17 periods, every field; the state before the late file from a prefix of the log."""
    early = by_postgresql(tlf_2023)
    with tlf_2023.connect() as connection:
        end = log.read_head(connection, "tlf").seq
    deliver(tlf_2023, home, LATE_FILE)
    late = by_postgresql(tlf_2023)
    with tlf_2023.connect() as connection:
        events = events_of(connection)
    assert len(early) == len(late) == 17 * len(INDICATORS)
    assert early != late
    with replay(events[:end], "tlf") as prefix:
        assert flat(prefix.figures(2023, NOW)) == early
        assert prefix.seq == end < len(events)
    with replay(events, "tlf") as whole:
        assert flat(whole.figures(2023, NOW)) == late


@pytest.fixture
def drawn(connection: sa.Connection, seed: int) -> Iterator[sa.Connection]:
    """A drawn quarter told twice, differently, with a statement and a delivery voided in between."""
    random = Random(seed)
    record(connection, quarter(random))
    raw: Any = connection.connection.driver_connection
    head = log.read_head(raw, "tlf").seq
    record(connection, quarter(random))
    told = [event for event in events_of(raw) if event.source != "ledger"]
    by_hand = {"reason": "录入错误", "voided_by": "张三", "voided_at": RECORDED}
    append(connection, [EventVoided(event_seq=random.choice(told).seq, delivery=None, **by_hand)])
    append(connection, [EventVoided(event_seq=None, delivery=told[-1].delivery, **by_hand)])
    _confirm(raw, [event for event in told if event.seq <= head])
    yield connection


def _confirm(raw: Any, told: list[Recorded]) -> None:
    """An exporter says the newest statements again, as of later."""
    as_of = RECORDED + timedelta(days=9)
    with log.appending(raw, "tlf", delivery="again", as_of=as_of, recorded_at=RECORDED) as appending:
        appending.add_prepared(PreparedEvents.of([prepare_event(_said(one), one.row) for one in told[::3]]))


def _said(one: Recorded) -> Any:
    """What was recorded, as the event that says it."""
    return SimpleNamespace(
        type=one.type, source=one.source, subject=one.subject, slot=one.slot,
        occurred_at=one.occurred_at, text=one.text.encode,
    )  # fmt: skip


def facts_of(connection: Any) -> dict[str, set[tuple[Any, ...]]]:
    tables = {fact.table for fact in FACTS}
    return {table.name: {tuple(row) for row in connection.execute(sa.select(table))} for table in tables}


@pytest.mark.parametrize("seed", range(3))
def test_a_drawn_quarter_has_the_same_facts_and_figures_on_both_engines(drawn: sa.Connection) -> None:
    """Superseded, voided and confirmed statements included."""
    raw: Any = drawn.connection.driver_connection
    results.bring_up_to_date(drawn, "tlf", AFTER)
    with replay(events_of(raw), "tlf") as made:
        assert facts_of(made.duck.connection) == facts_of(drawn)
        assert flat(made.figures(2024, AFTER)) == flat(results.read_year(drawn, "tlf", 2024))


@pytest.mark.parametrize("seed", range(3))
def test_going_on_from_a_position_gives_what_starting_anew_gives(drawn: sa.Connection, seed: int) -> None:
    raw: Any = drawn.connection.driver_connection
    events = events_of(raw)
    stops = sorted(Random(seed).sample(range(1, len(events)), 4))
    with Replay("tlf") as going:
        going.take_in(events)
        for stop in stops:
            going.advance(stop)
            with replay(events[:stop], "tlf") as anew:
                assert facts_of(going.duck.connection) == facts_of(anew.duck.connection)
                assert flat(going.figures(2024, AFTER)) == flat(anew.figures(2024, AFTER))


@pytest.mark.parametrize("seed", range(3))
def test_standing_at_a_position_shows_the_facts_of_a_replay_up_to_it(drawn: sa.Connection, seed: int) -> None:
    """Every fact table, with what was superseded, voided and confirmed before the position and after it."""
    raw: Any = drawn.connection.driver_connection
    events = events_of(raw)
    for stop in [0, 1, *sorted(Random(seed).sample(range(1, len(events)), 4)), len(events)]:
        with replay(events[:stop], "tlf") as then, drawn.begin_nested() as here:
            use_facts_as_of(raw, "tlf", stop)
            assert facts_of(drawn) == facts_of(then.duck.connection)
            here.rollback()


def test_proposals_and_chosen_schemes_are_the_same_facts_on_both_engines(connection: sa.Connection) -> None:
    raw: Any = connection.connection.driver_connection
    record(connection, "")
    asked = {"indicator": "call_answer_rate", "number": 1}
    told = {"decision": "rejected", "version": None, "decided_by": "李四", "decision_reason": "先核对"}
    append(
        connection,
        [
            DefinitionProposed(
                **asked, definition={"key": "call_answer_rate"}, effective_from="2023-06", reason="省里要求",
                clause=None, proposed_by="张三", proposed_at=RECORDED,
            ),
            DefinitionProposalDecided(**asked, **told, decided_at=RECORDED),
            SchemeChosen(period="2023", scheme="turpan-2022", chosen_by="张三", chosen_at=RECORDED),
        ],
    )  # fmt: skip
    with replay(events_of(raw), "tlf") as made:
        there = facts_of(made.duck.connection)
    assert there == facts_of(connection)
    assert len(there["definition_proposals"]) == len(there["chosen_schemes"]) == 1


@pytest.mark.parametrize("seed", [0])
def test_a_replay_does_not_go_back(drawn: sa.Connection) -> None:
    raw: Any = drawn.connection.driver_connection
    with replay(events_of(raw), "tlf") as made, pytest.raises(ValueError, match="cannot go back"):
        made.advance(1)


def test_a_log_without_events_has_no_figure_with_a_value() -> None:
    with replay([], "tlf") as made:
        figures = flat(made.figures(2023, NOW)).values()
    assert {figure.value for figure in figures} == {None}


def test_the_log_table_holds_what_the_log_holds() -> None:
    from kpi.offline.log_table import COLUMNS

    assert set(COLUMNS) | {"center_id"} == {column.name for column in stored.columns}
