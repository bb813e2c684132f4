"""No page shows a name or a telephone number."""

import re
from collections import deque
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask.testing import FlaskClient

from tracker.database import Database
from tracker.vault import Vault

OF_EACH_ROUTE = 40


@pytest.fixture(scope="module")
def personal(site: Database) -> set[str]:
    """Every name and number of the vault."""
    with site.connect() as connection:
        rows = connection.execute("SELECT token FROM people WHERE center_id = 'tlf'").fetchall()
        values = Vault(b"k" * 32).read_values(connection, "tlf", [token for (token,) in rows])
    return {value for value in values.values() if value}


def walk(client: FlaskClient, start: str) -> dict[str, list[str]]:
    """The texts of the pages that links lead to, the nearest first, by their route; some of each route."""
    routes = client.application.url_map.bind("")
    found: dict[str, list[str]] = {}
    waiting, seen = deque([start]), {start}
    while waiting:
        address = waiting.popleft()
        route = str(routes.match(address.partition("?")[0])[0])
        if len(found.setdefault(route, [])) == OF_EACH_ROUTE:
            continue
        text = text_of(client.get(address, follow_redirects=True).data)
        found[route].append(text)
        new = {link for link in re.findall(r'href="(/tlf/[^"#]*)"', text) if "page=" not in link} - seen
        seen |= new
        waiting.extend(sorted(new))
    return found


def text_of(data: bytes) -> str:
    """What an answer says; of a workbook or document its parts of text."""
    if not data.startswith(b"PK"):
        return data.decode()
    with ZipFile(BytesIO(data)) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))


@pytest.mark.slow
def test_no_page_shows_a_name_or_a_number(client: FlaskClient, personal: set[str]):
    assert len(personal) > 10_000
    pages = walk(client, "/tlf/2023/")
    assert {"things.thing", "things.event", "deliveries.delivery", "rows.listed", "rows.file"} <= set(pages)
    told = {route: [personal & pieces(text) for text in texts] for route, texts in pages.items()}
    assert {route: values for route, values in told.items() if any(values)} == {}


def test_a_person_is_shown_as_a_token(client: FlaskClient, personal: set[str], site: Database):
    with site.connect() as connection:
        rows = connection.execute("SELECT subject FROM staff WHERE center_id = 'tlf'").fetchall()
    for (subject,) in rows:
        text = client.get(f"/tlf/things/{subject}").text
        assert "name-" in text
        assert not personal & pieces(text)


def pieces(text: str) -> set[str]:
    """Runs of digits of a number's length, and runs of Chinese of a name's."""
    found = set(re.findall(r"(?<!\d)1\d{10}(?!\d)", text))
    for run in re.findall(r"[一-鿿]{2,}", text):
        found.update(run[start : start + size] for size in (2, 3) for start in range(len(run) - size + 1))
    return found
