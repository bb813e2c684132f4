"""An instance with two centres, and machines of the first that send what a test gives them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import fresh_database
from tests.web.conftest import NOW, app_of
from tracker import centers
from tracker.database import Database
from tracker.settings import Settings
from web.access import api_tokens
from web.access.api_tokens import Scope

SINGLE, BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"
LINES = "application/x-ndjson"
CALL = {
    "call_id": "c1",
    "direction": "呼入",
    "caller": "13800000001",
    "entered_at": "2024-03-10 08:03:05",
    "queued_at": "2024-03-10 08:03:10",
    "answered_at": "2024-03-10 08:03:20",
    "ended_at": "2024-03-10 08:05:00",
    "agent": "a1",
    "result": "已接听",
}


def event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A call as a CloudEvent; `data` overrides fields of the call."""
    data = CALL | {"call_id": f"c{number}"} | changes.pop("data", {})
    return {
        "specversion": "1.0",
        "id": f"e{number}",
        "source": "/platform/calls",
        "type": "hotline.calls",
        "data": data,
    } | changes


@dataclass
class Interface:
    """An instance as machines see it."""

    app: Flask
    database: Database
    home: Path
    time: list[datetime] = field(default_factory=lambda: [NOW])

    def later(self, **span: float) -> None:
        self.time[0] += timedelta(**span)

    def issue(self, *scopes: Scope, center: str = "tlf", name: str = "平台", days: int = 90) -> str:
        with self.database.connect() as connection:
            return api_tokens.issue(
                connection, center, name, scopes=frozenset(scopes), days=days, by="zhou", now=self.time[0]
            )

    def call(
        self, method: str, address: str, *, token: str | None = None, center: str = "tlf", **options: Any
    ) -> TestResponse:
        token = self.issue(*Scope) if token is None else token
        headers = {"Authorization": f"Bearer {token}"}
        return self.app.test_client().open(
            f"/api/centers/{center}{address}", method=method, headers=headers, **options
        )

    def get(self, address: str, **options: Any) -> TestResponse:
        return self.call("GET", address, **options)

    def send(self, body: Any, media: str = SINGLE, **options: Any) -> TestResponse:
        """Events as objects, or bytes as they are."""
        if not isinstance(body, bytes):
            lines = media == LINES
            text = "\n".join(map(json.dumps, body)) if lines else json.dumps(body, ensure_ascii=False)
            body = text.encode()
        address = "/events" if media == SINGLE else "/events/batch"
        return self.call("POST", address, data=body, content_type=media, **options)

    def verdicts(self, body: Any, media: str = BATCH, **options: Any) -> list[str]:
        answer = self.send(body, media, **options)
        assert answer.status_code == 200, answer.text
        return [one["verdict"] for one in answer.get_json()["events"]]

    def ask(self, statement: str, *parameters: Any) -> list[Any]:
        with self.database.connect() as connection:
            return connection.execute(statement, parameters).fetchall()


@pytest.fixture
def interface(database: Database, home: Path) -> Interface:
    """An instance with two centres and no data."""
    time = [NOW]
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番市12345热线", now=NOW)
        centers.create_center(connection, "county", "某县12345热线", now=NOW)
    settings = Settings(home, None, None, b"k" * 32, None)
    return Interface(app_of(database, clock=lambda: time[0], settings=settings), database, home, time)


@pytest.fixture(scope="session")
def year(server_url: str, made_site: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Interface]:
    """An instance with the sample year 2023 of tlf and its figures."""
    home = tmp_path_factory.mktemp("api")
    settings = Settings(home, None, None, b"k" * 32, None)
    for database in fresh_database(server_url, made_site):
        yield Interface(app_of(database, settings=settings), database, home)
