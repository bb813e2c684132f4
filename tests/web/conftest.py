"""A site for all page tests: centre tlf with its year 2023, a small centre with corrections, an empty one."""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kpi.figures import results
from tests.conftest import fresh_database, make_once
from tracker import centers, log
from tracker.database import Database
from tracker.events import Event
from tracker.events.daily_counts import DayCounted
from tracker.events.ledger import DeliveryImported, EventVoided, NothingToReport
from tracker.events.times import BEIJING, get_day_start
from tracker.settings import Settings
from web.access import sessions
from web.access.people import LONGEST_VISIT, Grant, add_person, give
from web.access.rights import Role
from web.application import create_app
from web.instance import Clock

NOW = datetime(2024, 3, 10, 9, 30, tzinfo=BEIJING)
COMPUTED = datetime(2024, 3, 10, 9, 0, tzinfo=BEIJING)


@pytest.fixture(scope="session")
def made_site(server_url: str, sample_year: str) -> str:
    """The name of the database that sites are copies of, computed by the first process that needs it."""
    return make_once(server_url, "hotline_site", sample_year, _make)


@pytest.fixture(scope="session")
def site(server_url: str, made_site: str) -> Iterator[Database]:
    """The site's database. Pages only read it, so that all tests of a process share it."""
    yield from fresh_database(server_url, made_site)


def _make(database: Database) -> None:
    with database.connect() as connection:
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
        centers.create_center(connection, "void", "空县12345热线", now=NOW)
    _correct(database)
    for code in ("tlf", "small", "void"):
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, code, COMPUTED)
    add(database, "manager", grant(Role.MANAGER), name="王经理")


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
    as_of = get_day_start(date(2024, 3, as_of_day))
    with (
        database.connect() as connection,
        log.appending(connection, "small", delivery=None, as_of=as_of, recorded_at=NOW) as appending,
    ):
        appending.add([(event, None)])


AGENT = "Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0"
SETTINGS = Settings(Path("nowhere"), None, None, b"k" * 32, None)


def app_of(database: Database, *, clock: Clock = lambda: NOW, **options: Any) -> Flask:
    """The application over a test's database, which is asked as often as a test likes."""
    app = create_app(database, options.pop("settings", SETTINGS), clock=clock, **options)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def ask_no_second_factor(database: Database) -> None:
    """People of tests sign in without a code, however far the clock is moved; tests of codes ask for them."""
    with database.connect() as connection:
        connection.execute(
            "INSERT INTO security_settings VALUES ('totp_roles', '') ON CONFLICT (name) DO NOTHING"
        )


def add(database: Database, login: str, *grants: Grant, name: str = "", at: datetime = NOW) -> None:
    """A person with grants, whose password nobody knows and need not be changed."""
    ask_no_second_factor(database)
    with database.connect() as connection:
        add_person(connection, login, name or f"{login}某", by="test", now=at)
        connection.execute("UPDATE accounts SET must_change = false WHERE login = %s", (login,))
        for grant in grants:
            give(connection, login, grant, by="test", now=at, today=at.date())


def grant(
    role: Role,
    center: str | None = None,
    years: frozenset[int] | None = None,
    visit: date = date(2024, 1, 1),
) -> Grant:
    """A role from long ago; an evaluator's is of this year and the next few months."""
    if role is Role.EVALUATOR:
        return Grant(role, center, years, visit, visit + LONGEST_VISIT)
    return Grant(role, center, years, date(2020, 1, 1), None)


ROLES = {  # one person a role; the evaluator sees the year 2024 of the small centre and 2023 of tlf
    Role.CLERK: "clerk",
    Role.MANAGER: "manager",
    Role.APPROVER: "approver",
    Role.EVALUATOR: "evaluator",
    Role.SYSTEM_ADMIN: "system",
    Role.SECURITY_ADMIN: "security",
    Role.AUDIT_ADMIN: "auditor",
}


@pytest.fixture(scope="session")
def peopled(server_url: str, made_site: str) -> Iterator[Database]:
    """A site of its own with one person a role: here tests may write."""
    for database in fresh_database(server_url, made_site):
        for role, login in ROLES.items():
            if role is Role.EVALUATOR:
                grants = [grant(role, "small", frozenset({2024})), grant(role, "tlf", frozenset({2023}))]
                add(database, login, *grants)
            elif role is not Role.MANAGER:  # the site has one
                add(database, login, grant(role))
        yield database


def signed_in_client(app: Flask, login: str, at: datetime = NOW) -> FlaskClient:
    """The browser of somebody who has just signed in."""
    with app.extensions["hotline"].database.connect() as connection:
        token = sessions.begin(connection, login, now=at, address="127.0.0.1", agent=AGENT)
    return client_with(app, token)


def client_with(app: Flask, token: str) -> FlaskClient:
    """A browser that holds the cookie of a session."""
    client = app.test_client()
    client.environ_base["HTTP_USER_AGENT"] = AGENT
    with app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": AGENT}):
        identifier = app.login_manager._session_identifier_generator()  # type: ignore[attr-defined]
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"], cookie["_id"] = token, True, identifier
    return client


@pytest.fixture(scope="session")
def client(site: Database) -> FlaskClient:
    """A browser without eyes, of a manager of all centres."""
    return signed_in_client(app_of(site), "manager")


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
