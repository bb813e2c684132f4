"""A small instance with a clock that tests move, and people who really sign in."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.web.conftest import AGENT, NOW, app_of, ask_no_second_factor
from tracker import centers
from tracker.database import Database
from web.access import passwords
from web.access.people import Grant, add_person, get_account, give, set_password

PASSWORD = "Sonne-4711-mond"


@pytest.fixture(autouse=True)
def _quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes of the same kind that cost little."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@dataclass
class Place:
    """An instance: its application, its database, its clock."""

    app: Flask
    database: Database
    time: list[datetime] = field(default_factory=lambda: [NOW])

    def later(self, **span: float) -> None:
        """Moves the clock."""
        self.time[0] += timedelta(**span)

    @property
    def now(self) -> datetime:
        return self.time[0]

    def add(self, login: str, *grants: Grant, password: str = PASSWORD, must_change: bool = False) -> None:
        """A person with a password of her own."""
        with self.database.connect() as connection:
            add_person(connection, login, f"{login}某", by="test", now=self.now)
            account = get_account(connection, login)
            set_password(connection, account, password, now=self.now, must_change=must_change)
            for one in grants:
                give(connection, login, one, by="test", now=self.now, today=self.now.date())

    def browser(self) -> FlaskClient:
        client = self.app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = AGENT
        return client

    def sign_in(
        self, login: str, password: str = PASSWORD, client: FlaskClient | None = None
    ) -> tuple[FlaskClient, TestResponse]:
        """A browser in which somebody tried to sign in, and the answer."""
        client = client or self.browser()
        return client, client.post("/-/sign-in", data={"login": login, "password": password})

    def signed_in(self, login: str, password: str = PASSWORD) -> FlaskClient:
        """The same where it must succeed."""
        client, answer = self.sign_in(login, password)
        assert answer.status_code == 302, answer.text
        return client

    def trail(self, *columns: str) -> list[Any]:
        """The audit rows, the oldest first; one column as bare values."""
        with self.database.connect() as connection:
            rows = connection.execute(f"SELECT {', '.join(columns)} FROM audit ORDER BY seq").fetchall()
        return [row[0] for row in rows] if len(columns) == 1 else rows


@pytest.fixture
def place(database: Database) -> Place:
    """An instance with one centre and nobody in it."""
    time = [NOW]
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    ask_no_second_factor(database)
    return Place(app_of(database, clock=lambda: time[0]), database, time)
