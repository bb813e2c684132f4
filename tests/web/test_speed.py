"""A page asks the database little, whatever the page; a new route is measured without being named here."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from kpi.evaluation.scheme_files import list_scheme_paths
from tests.web.conftest import ROLES, app_of, signed_in_client
from tests.web.routes import address, parts_of, role_for, rules
from tracker.database import Database

MOST = 10  # signing in included
MOST_OF_A_REHEARSAL = (
    14  # all that a scheme scores and what is in doubt of it, twice: as it was, and what is left
)
OF_MANY = {  # files of all there is of a year or a month; a day and its fortnight; what waits or was set up
    "days.day": 11,
    "exports.workbook": 15,
    "report.document": 12,
    "setup.listed": 20,
    "tasks.mine": 20,
}


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


@pytest.fixture(scope="module")
def parts(peopled: Database) -> dict[str, str]:
    return parts_of(peopled)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.endpoint)
def test_a_page_takes_few_statements(app: Flask, statements: list[str], parts: dict[str, str], rule: Rule):
    client, there = signed_in_client(app, ROLES[role_for(app, rule)]), address(app, rule, **parts)
    client.get(there)  # what is asked once per connection does not count
    statements.clear()
    answer = client.get(there)
    assert answer.status_code in (200, 302), there
    answer.get_data()
    assert len(statements) <= OF_MANY.get(rule.endpoint, MOST), statements


@pytest.mark.parametrize("scheme", sorted(list_scheme_paths(None)))
@pytest.mark.parametrize("page", ["", "rehearsal", "rehearsal?as_of=2023-09-15", "attestations"])
def test_an_evaluation_takes_few_statements_by_every_scheme(
    client: FlaskClient, statements: list[str], scheme: str, page: str
):
    client.get("/-/account/password")
    statements.clear()
    assert client.get(f"/tlf/2023/evaluation/{scheme}/{page}").status_code == 200
    assert len(statements) <= (MOST_OF_A_REHEARSAL if "rehearsal" in page else MOST), statements


def test_who_asks_and_what_she_may_is_one_statement(app: Flask, statements: list[str]):
    client = signed_in_client(app, "manager")
    client.get("/-/account/password")
    statements.clear()
    assert client.get("/-/account/password").status_code == 200
    assert len(statements) == 1, statements


@pytest.mark.parametrize("key", ["cost_per_person", "staff_turnover_rate", "survey_awareness_rate"])
def test_the_rows_behind_a_monthly_figure_take_few_statements(
    client: FlaskClient, statements: list[str], key: str
):
    client.get(f"/tlf/2023/{key}/denominator")
    statements.clear()
    assert client.get(f"/tlf/2023/{key}/denominator").status_code == 200
    assert len(statements) <= MOST, statements
