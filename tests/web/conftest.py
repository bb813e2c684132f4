"""A site for all page tests: centre tlf with its year 2023, a small centre with corrections, an empty one."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from html import unescape
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from kpi.figures import results
from tests.conftest import fresh_database
from tracker import centers, log
from tracker.database import Database
from tracker.events import Event
from tracker.events.daily_counts import DayCounted
from tracker.events.ledger import DeliveryImported, EventVoided, NothingToReport
from tracker.events.times import BEIJING, day_start
from web.application import create_app

NOW = datetime(2024, 3, 10, 9, 30, tzinfo=BEIJING)
COMPUTED = datetime(2024, 3, 10, 9, 0, tzinfo=BEIJING)


@pytest.fixture(scope="session")
def site(server_url: str, sample_year: str) -> Iterator[Database]:
    """The site's database. Pages only read it, so that all tests of a process share it."""
    for database in fresh_database(server_url, sample_year):
        with database.connect() as connection:
            centers.add(connection, "small", "小县12345热线", now=NOW)
            centers.add(connection, "void", "空县12345热线", now=NOW)
        _correct(database)
        for code in ("tlf", "small", "void"):
            with database.engine.begin() as connection:
                results.bring_up_to_date(connection, code, COMPUTED)
        yield database


def _correct(database: Database) -> None:
    """small: a day told four times (1 replaced by 2, 3 voided, 4 is older), a zero report, a delivery."""
    day = date(2024, 2, 1)
    for number, as_of in ((10, 3), (20, 5), (30, 7)):
        _append(database, DayCounted(counted_on=day, messages=0, cases=number, visits=None), as_of)
    _append(database, DayCounted(counted_on=day, messages=0, cases=40, visits=None), 4)
    _append(
        database,
        EventVoided(event_seq=3, delivery=None, reason="录入错误", voided_by="管理员", voided_at=NOW),
        8,
    )
    _append(
        database,
        NothingToReport(
            of="calls", first_day=date(2024, 2, 3), end_day=date(2024, 2, 4), signed_by="管理员",
            signed_at=NOW, remark=None,
        ),
        9,
    )  # fmt: skip
    _append(
        database,
        DeliveryImported(
            delivery="d1", of="daily_counts", file_name="日报.csv", sha256="0" * 64, size=1, profile="日报",
            as_of=NOW, as_of_basis="given", imported_at=NOW, rows=1, new=1, changed=0, same=0, stale=0,
            quarantined=0, days={"2024-02-01": 1},
        ),
        9,
    )  # fmt: skip


def _append(database: Database, event: Event, as_of_day: int) -> None:
    as_of = day_start(date(2024, 3, as_of_day))
    with (
        database.connect() as connection,
        log.appending(connection, "small", delivery=None, as_of=as_of, recorded_at=NOW) as appending,
    ):
        appending.add([(event, None)])


@pytest.fixture(scope="session")
def client(site: Database) -> FlaskClient:
    """A browser without eyes."""
    return create_app(site, clock=lambda: NOW).test_client()


@pytest.fixture(scope="session")
def page(client: FlaskClient) -> Callable[[str], str]:
    """The text of a page that must be there."""

    def page(address: str) -> str:
        answer = client.get(address, follow_redirects=True)
        assert answer.status_code == 200, (address, answer.status_code)
        return unescape(answer.text)

    return page


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL statements that are sent while a test runs."""
    sent: list[str] = []
    execute = psycopg.Cursor.execute

    def counting(self: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        if query != ";":  # the pool asks whether the connection lives
            sent.append(str(query))
        return execute(self, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", counting)
    return sent
