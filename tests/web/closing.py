"""A small centre with two calls of May 2023, a manager, an approver, a clerk, and browsers for them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from kpi.figures import results
from tests.kpi.closing import MAY_DATA, NOW
from tests.kpi.given import record
from tests.web.conftest import add, app_of, grant, signed_in_client
from tracker.database import Database
from web.access.rights import Role

PEOPLE = {
    "zhang": ("张三", Role.MANAGER),
    "lisi": ("李四", Role.APPROVER),
    "wang": ("王五", Role.APPROVER),
    "chen": ("陈六", Role.CLERK),
}

CONFIRMING = ("/closing/lock", "/closing/corrections/approval")
APPROVING = "/closing/approval"


@dataclass
class Room:
    """An application with a clock that tests set."""

    database: Database
    app: Flask
    at: list[datetime]

    def browser(self, login: str) -> FlaskClient:
        return signed_in_client(self.app, login, self.at[0])

    def post(self, login: str, address: str, status: int = 302, **data: Any) -> str:
        """What a page says after a form was sent; a redirect is followed."""
        browser = self.browser(login)
        if address.endswith(CONFIRMING):
            data = {"seen": self.see(login, address.partition("/closing")[0] + "/closing")} | data
        if address.endswith(APPROVING):
            data = {"seen": self.see_sources(login, address.removesuffix("/approval"))} | data
        answer = browser.post(address, data=data)
        assert answer.status_code == status, (answer.status_code, unescape(answer.text)[-3000:])
        if status == 302:
            answer = browser.get(answer.headers["Location"])
        return unescape(answer.text)

    def see(self, login: str, address: str) -> str:
        """The number of the event that a month's page asks to confirm; empty: of none."""
        found = re.search(r'name="seen" value="(\d+)"', self.page(login, address))
        return found[1] if found else ""

    def see_sources(self, login: str, address: str) -> str:
        """What a month's page shows of its sources to whoever approves them."""
        found = re.search(r'name="seen" value="(\d+ [^"]+)"', self.page(login, address))
        return found[1] if found else ""

    def page(self, login: str, address: str) -> str:
        answer = self.browser(login).get(address)
        assert answer.status_code == 200, answer.status_code
        return unescape(answer.text)

    def record(self, text: str) -> None:
        with self.connection() as connection:
            record(connection, text)
            results.bring_up_to_date(connection, "tlf", self.at[0])

    @contextmanager
    def connection(self) -> Iterator[sa.Connection]:
        with self.database.engine.begin() as connection:
            yield connection


def room_of(database: Database, data: str = MAY_DATA) -> Room:
    """The room, on the day after the month's data came."""
    at = [NOW]
    room = Room(database, app_of(database, clock=lambda: at[0]), at)
    room.record(data)
    for login, (name, role) in PEOPLE.items():
        add(database, login, grant(role), name=name, at=NOW)
    return room


def approved(room: Room, month: str = "2023-05") -> None:
    """The month completed and submitted by 张三, approved by 李四."""
    closing = f"/tlf/{month}/closing"
    room.post("zhang", f"{closing}/completion")
    room.post("zhang", f"{closing}/submission", said="没有其他数据")
    room.post("lisi", f"{closing}/approval")


def locked(room: Room, month: str = "2023-05") -> None:
    """The whole way to the lock."""
    approved(room, month)
    room.post("zhang", f"/tlf/{month}/closing/lock-request")
    room.post("lisi", f"/tlf/{month}/closing/lock")
