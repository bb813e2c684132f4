"""The sample centre with an evaluator, for tests of her room and of the exports."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from html import unescape
from itertools import count
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kpi.figures import results
from tests.conftest import fresh_database
from tests.web.conftest import SETTINGS, add, app_of, grant, signed_in_client
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.settings import Settings
from web.access.demo_people import add_demo_people
from web.access.rights import Role
from web.exports.export_files import list_files
from web.http_server import make_server
from web.instance import Clock
from web.jobs.job import Job

NOW = datetime(2024, 11, 22, 9, 0, tzinfo=BEIJING)  # the day after the sample year's import
RATE = "/tlf/2023/review/call_answer_rate"


@dataclass
class Place:
    """The running application with its people."""

    app: Flask
    database: Database
    settings: Settings

    def browser(self, login: str) -> FlaskClient:
        return signed_in_client(self.app, login, NOW)

    def make(self, client: FlaskClient, kind: str, **asked: str) -> Job:
        """The newest file after asking for one."""
        answer = client.post(f"/tlf/2023/exports/{kind}", data=asked)
        assert answer.status_code == 302, answer.text
        return self.listed()[0]

    def listed(self, year: int = 2023) -> list[Job]:
        """Everything asked for of a year, the newest first."""
        with self.database.engine.connect() as connection:
            return list_files(connection, self.settings.home, "tlf", year)

    def trail(self) -> list[tuple[str, str, str]]:
        """Action, result and details of every row of the audit trail."""
        with self.database.connect() as connection:
            rows = connection.execute("SELECT action, result, data FROM audit ORDER BY seq")
            return [(action, result, data) for action, result, data in rows]


def open_place(server_url: str, sample_year: str, home: Path) -> Iterator[Place]:
    """The sample year of centre tlf, with one person a role; the evaluator sees 2023 alone."""
    for database in fresh_database(server_url, sample_year):
        with database.engine.begin() as connection:
            results.bring_up_to_date(connection, "tlf", NOW)
        add(database, "clerk", grant(Role.CLERK), name="李录入", at=NOW)
        add(database, "manager", grant(Role.MANAGER), name="王经理", at=NOW)
        add(database, "approver", grant(Role.APPROVER), name="赵审批", at=NOW)
        years = frozenset({2023})
        add(database, "evaluator", grant(Role.EVALUATOR, "tlf", years, NOW.date()), name="陈评价", at=NOW)
        add(database, "second", grant(Role.EVALUATOR, "tlf", years, NOW.date()), name="周评价", at=NOW)
        settings = replace(SETTINGS, home=home)
        yield Place(app_of(database, settings=settings, clock=ticking()), database, settings)


@contextmanager
def serve(place: Place) -> Iterator[str]:
    """The address of a real server of the place, with the demo's people; her evaluator sees 2023 alone."""
    with place.database.connect() as connection:
        add_demo_people(connection, "tlf", NOW)
        connection.execute("UPDATE grants SET years = ARRAY[2023] WHERE role = 'evaluator'")
    app = app_of(place.database, settings=place.settings, clock=ticking(), demo=True)
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server(app, "127.0.0.1", 0)
    threading.Thread(target=server.run, daemon=True).start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


def ticking() -> Clock:
    """A clock by which no two things happen at the same time."""
    seconds = count()
    return lambda: NOW + timedelta(seconds=next(seconds))


def text_of(answer: TestResponse) -> str:
    assert answer.status_code in (200, 422), answer.status_code
    return unescape(answer.text)
