"""A database for figures, and what a test is given, read from its docstring."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import sqlalchemy as sa

from kpi.figures import results
from kpi.figures.definitions.computing import compute_figures_by
from kpi.figures.figure import Figure
from kpi.figures.forks import list_forks
from tests.conftest import fresh_database
from tests.kpi.given import record
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import parse_period

Shown = Callable[..., Figure | None]


@pytest.fixture(scope="session")
def shared(server_url: str, template: str) -> Iterator[Database]:
    """One database for the tests of this process that take their changes back."""
    yield from fresh_database(server_url, template)


@pytest.fixture
def connection(shared: Database) -> Iterator[sa.Connection]:
    """A connection whose transaction is rolled back."""
    with shared.engine.connect() as connection:
        yield connection
        connection.rollback()


@pytest.fixture
def given(connection: sa.Connection, request: pytest.FixtureRequest) -> sa.Connection:
    """The connection, with the events of the test's docstring recorded, which begin on its second line."""
    record(connection, (request.function.__doc__ or "").partition("\n")[2])
    return connection


@pytest.fixture
def figure(given: sa.Connection) -> Shown:
    """An indicator's figure of a period, as of a day (by default soon after its year)."""

    def figure(indicator: str, period: str, now: str | None = None) -> Figure | None:
        moment = datetime.fromisoformat(now or f"{int(period[:4]) + 1}-01-02").replace(tzinfo=BEIJING)
        results.bring_up_to_date(given, "tlf", moment)
        return results.find_figure(given, "tlf", indicator, parse_period(period))

    return figure


@pytest.fixture
def fork(given: sa.Connection) -> Shown:
    """An indicator's figure of a period by one of its forks, as of a day."""

    def fork(indicator: str, name: str, period: str, now: str | None = None) -> Figure | None:
        moment = datetime.fromisoformat(now or f"{int(period[:4]) + 1}-01-02").replace(tzinfo=BEIJING)
        chosen = next(one for one in list_forks(indicator) if one.name == name)
        [found] = compute_figures_by(given, "tlf", [chosen.definition], [parse_period(period)], moment)
        return found.get(parse_period(period))

    return fork
