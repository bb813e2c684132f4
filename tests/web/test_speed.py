"""A page asks the database little, whatever the page; a new route is measured without being named here."""

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.web.routes import address, rules
from tracker.database import Database

MOST = 9  # fewer than ten, signing in included


@pytest.fixture(scope="module")
def delivery(site: Database) -> str:
    with site.connect() as connection:
        row = connection.execute("SELECT max(delivery) FROM deliveries WHERE center_id = 'tlf'").fetchone()
    assert row is not None
    return str(row[0])


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.endpoint)
def test_a_page_takes_few_statements(client: FlaskClient, statements: list[str], delivery: str, rule: Rule):
    there = address(client.application, rule, delivery=delivery)
    client.get(there)  # what is asked once per connection does not count
    statements.clear()
    answer = client.get(there)
    assert answer.status_code in (200, 302), there
    answer.get_data()
    assert len(statements) <= MOST, statements


@pytest.mark.parametrize("key", ["cost_per_person", "staff_turnover_rate", "survey_awareness_rate"])
def test_the_rows_behind_a_monthly_figure_take_few_statements(
    client: FlaskClient, statements: list[str], key: str
):
    client.get(f"/tlf/2023/{key}/denominator")
    statements.clear()
    assert client.get(f"/tlf/2023/{key}/denominator").status_code == 200
    assert len(statements) <= MOST, statements
