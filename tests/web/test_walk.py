"""A walk over every page as every role: nothing reads like a machine's, and no link leads nowhere."""

from collections import Counter

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import ROLES, app_of, signed_in_client
from tests.web.page_checks import find_endpoint, list_faults, list_links
from tests.web.routes import address, parts_of, rules
from tracker.database import Database
from web.access.rights import Role

OF_THE_SITE = frozenset({"tlf", "small", "void", *ROLES.values()})
FOLLOWED = 2  # links to each route from the pages of a role


@pytest.mark.slow
@pytest.mark.parametrize("role", Role)
def test_no_page_shows_a_role_what_only_machines_read_or_leads_nowhere(peopled: Database, role: Role):
    app = app_of(peopled)
    client, links = signed_in_client(app, ROLES[role]), dict[str, str]()
    faults = [
        f"{there}: {fault}"
        for there in list_addresses(app, peopled, role)
        for fault in walk(client, there, links)
    ]
    assert faults + follow(app, client, links) == []


def list_addresses(app: Flask, site: Database, role: Role) -> list[str]:
    """Every page of the centre with data; for the manager, the pages of the empty one as well."""
    parts = parts_of(site)
    centers = ("tlf", "void") if role is Role.MANAGER else ("tlf",)
    return list(dict.fromkeys(address(app, rule, **parts, center=one) for one in centers for rule in rules()))


def walk(client: FlaskClient, there: str, links: dict[str, str]) -> list[str]:
    """The faults of a page; where it leads goes into `links`, each address with a page that has it."""
    answer = client.get(there)
    if answer.status_code == 200 and answer.mimetype == "text/html":
        links.update((link, there) for link in list_links(answer.text) if link not in links)
    return list(list_faults(answer, OF_THE_SITE))


def follow(app: Flask, client: FlaskClient, links: dict[str, str]) -> list[str]:
    """The links that lead to no route; of those to each route, some that lead to no page."""
    followed, dead = Counter[str](), []
    for link, there in links.items():
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
