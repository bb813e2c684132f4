"""A clerk's desk at which files are imported by pages, and what is behind it."""

from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import NOW, SETTINGS, add, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from web.access.rights import Role
from web.jobs import queue, working
from web.jobs.job import IMPORT, Job, JobState


@dataclass
class Desk:
    """A clerk's browser, and what is behind it."""

    app: Flask
    client: FlaskClient
    database: Database
    home: Path

    def upload(self, path: Path, **letter: str) -> str:
        """Uploads a file and gives the address of its page."""
        data = {"file": (path.open("rb"), path.name), **letter}
        answer = self.client.post("/tlf/imports/", data=data, content_type="multipart/form-data")
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]

    def step(self, there: str, step: str, **data: str) -> str:
        """The page after a step."""
        answer = self.client.post(f"{there}/{step}", data=data, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return unescape(answer.text)

    def page(self, there: str) -> str:
        answer = self.client.get(there)
        assert answer.status_code == 200
        return unescape(answer.text)

    def imported(self, path: Path) -> str:
        """The address of a file's report."""
        there = self.upload(path)
        self.step(there, "trial")
        self.step(there, "commit", without="1")
        assert (self.job(there).kind, self.job(there).state) == (IMPORT, JobState.DONE)
        return there

    def job(self, there: str) -> Job:
        with self.database.engine.connect() as connection:
            found = queue.find(connection, "tlf", there.rpartition("/")[2])
        assert found is not None
        return found

    def change(self, there: str, **values: object) -> None:
        """Writes into an upload's row what no page does."""
        with self.database.engine.begin() as connection:
            assert queue.change(connection, self.job(there), **values)

    def count(self, table: str) -> int:
        with self.database.connect() as connection:
            row = connection.execute(f"SELECT count(*) FROM {table} WHERE center_id = 'tlf'").fetchone()
        assert row is not None
        return int(row[0])

    def trail(self) -> list[str]:
        with self.database.connect() as connection:
            rows = connection.execute("SELECT action || ' ' || data FROM audit ORDER BY seq")
            return [told for (told,) in rows]


def open_desk(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A desk of centre tlf; a page that is asked for next shows what was begun."""
    monkeypatch.setattr(working, "PATIENCE", 60)
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
    add(database, "clerk", grant(Role.CLERK), name="李录入")
    add(database, "manager", grant(Role.MANAGER), name="王经理")
    app = app_of(database, settings=replace(SETTINGS, home=home))
    return Desk(app, signed_in_client(app, "clerk"), database, home)
