"""A walk over every page as every role: nothing reads like a machine's, and no link leads nowhere.

`test_every_state.py` asks for the same pages in every state of a month.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import fresh_database
from tests.kpi.closing import LATER, NOW
from tests.web.closing import PEOPLE, Room, locked, room_of
from tests.web.conftest import ROLES, add, grant
from tests.web.page_checks import find_endpoint, list_faults, list_links
from tests.web.routes import address, rules
from tests.web.test_every_state import MAY_OF_EVERYTHING, NAMES, SAID_OTHERWISE, list_variants
from tracker import centers
from tracker.periods import Month
from web.access.rights import Role

KNOWN = NAMES | {"void", "test", *ROLES.values(), *PEOPLE}  # logins and centres
FOLLOWED = 2  # links to each route from the pages of a role
_WITHOUT = re.compile(r"/tlf/deliveries/d\d+$|/tlf/documents/D1$|/void/2023-05/report$")
"""Files that the room's log only speaks of, and a report of which the empty centre has nothing to tell."""
GIVEN = {"period": Month(2023, 5), "month": Month(2023, 5), "day": date(2023, 5, 2), "login": "manager"}


@pytest.fixture(scope="module")
def room(server_url: str, template: str) -> Iterator[Room]:
    """A centre with a month of everything, locked, and what came late; an empty centre; one person a role."""
    for database in fresh_database(server_url, template):
        room = room_of(database, MAY_OF_EVERYTHING)
        locked(room)
        room.at[0] = LATER
        room.record(SAID_OTHERWISE)
        with database.connect() as connection:
            centers.create_center(connection, "void", "空县12345热线", now=NOW)
        for role, login in ROLES.items():
            of = ("tlf", frozenset({2023})) if role is Role.EVALUATOR else (None, None)
            add(database, login, grant(role, *of, visit=date(2023, 6, 1)), name=f"{role.label}甲", at=NOW)
        yield room


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_no_page_shows_a_role_what_only_machines_read_or_leads_nowhere(room: Room, role: Role):
    client, links = room.browser(ROLES[role]), dict[str, str]()
    centres = ("tlf", "void") if role is Role.MANAGER else ("tlf",)
    faults = [
        f"{there}: {fault}"
        for center in centres
        for there in list_addresses(room, center)
        for fault in walk(client, there, links)
    ]
    faults += follow(room.app, client, links)
    assert not faults, "\n".join(["", *faults])


def list_addresses(room: Room, center: str) -> list[str]:
    """Every page of a centre; of pages of one thing, one of each kind."""
    found = [
        address(room.app, rule, **GIVEN | {"delivery": "d1", "token": "none", "center": center} | one)
        for rule in rules()
        for one in list_variants(room, rule)
    ]
    return list(dict.fromkeys(found))


def walk(client: FlaskClient, there: str, links: dict[str, str]) -> list[str]:
    """The faults of a page; where it leads goes into `links`, each address with a page that has it."""
    answer = client.get(there)
    if answer.status_code == 200 and answer.mimetype == "text/html":
        links.update((link, there) for link in list_links(answer.text) if link not in links)
    return list(list_faults(answer, KNOWN))


def follow(app: Flask, client: FlaskClient, links: dict[str, str]) -> list[str]:
    """The links that lead to no route; of those to each route, some that lead to no page."""
    followed, dead = Counter[str](), []
    for link, there in links.items():
        if _WITHOUT.match(link):
            continue
        endpoint = find_endpoint(app, link)
        if endpoint is None:
            dead.append(f"{there}: leads to {link}, which is no route")
        elif followed[endpoint] < FOLLOWED and _is_read(app, endpoint):
            followed[endpoint] += 1
            if (status := client.get(link).status_code) not in (200, 302):
                dead.append(f"{there}: leads to {link}, which answers {status}")
    return dead


def _is_read(app: Flask, endpoint: str) -> bool:
    return endpoint not in ("", "static") and any(
        "GET" in (rule.methods or ()) for rule in app.url_map.iter_rules(endpoint)
    )
