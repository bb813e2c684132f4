"""No page shows a name or a telephone number."""

import re
from collections import deque

import pytest
from flask.testing import FlaskClient

from tracker.database import Database

PAGES = 600


@pytest.fixture(scope="module")
def personal(site: Database) -> set[str]:
    """Every name and number of the vault."""
    with site.connect() as connection:
        rows = connection.execute("SELECT value FROM people WHERE center_id = 'tlf'").fetchall()
    return {value for (value,) in rows}


def walk(client: FlaskClient, start: str) -> dict[str, str]:
    """The pages that links lead to, the nearest first; of the rows of each kind only some."""
    found: dict[str, str] = {}
    waiting, seen = deque([start]), {start}
    while waiting and len(found) < PAGES:
        address = waiting.popleft()
        answer = client.get(address, follow_redirects=True)
        found[address] = answer.text
        links = [link for link in re.findall(r'href="(/tlf/[^"#]*)"', answer.text) if wanted(link)]
        things = [link for link in links if "/things/" in link or "/events/" in link]
        for link in [link for link in links if link not in things] + things[:4]:
            if link not in seen and "page=" not in link:
                seen.add(link)
                waiting.append(link)
    return found


def wanted(link: str) -> bool:
    """Of the years 2023 only, of the rows August's only."""
    period = link.split("/")[2]
    if "/numerator" in link or "/denominator" in link:
        return period == "2023-08"
    return not period[:1].isdigit() or period.startswith("2023")


@pytest.mark.slow
def test_no_page_shows_a_name_or_a_number(client: FlaskClient, personal: set[str]):
    assert len(personal) > 10_000
    pages = walk(client, "/tlf/2023/")
    assert len(pages) == PAGES
    for kind in ("/deliveries/", "/things/call/", "/things/work_order/", "/events/", "numerator.csv"):
        assert any(kind in address for address in pages), kind
    told = {address: personal & pieces(text) for address, text in pages.items()}
    assert {address: values for address, values in told.items() if values} == {}


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
