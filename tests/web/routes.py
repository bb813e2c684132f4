"""Every address that a browser can ask for, taken from the application's own map of routes."""

from datetime import date

from flask import Flask
from werkzeug.routing import Rule

from tests.web.conftest import app_of
from tracker.database import Database
from tracker.periods import Month, Year
from web.access.guard import Door, get_declared_access
from web.access.rights import ADMINISTRATORS, Role

CALL = "call/2023080100023932"
GIVEN = {  # a value for each part of an address
    "center": "tlf",
    "year": Year(2023),
    "period": Month(2023, 8),
    "month": Month(2023, 8),
    "key": "call_answer_rate",
    "side": "numerator",
    "subject": CALL,
    "seq": 100,
    "login": "manager",
    "name": "all_inbound",
    "scheme": "turpan-2022",
    "cell": "order_without_call",
    "rule": "inspections_known",
    "upload": "none",
    "profile": "none",
    "made": "none",
    "day": date(2023, 8, 12),
    "form": "order",
    "questionnaire": "hotline-2022",
    "number": 1,
    "file": "none",
    "code": "none",
}

UNUSED = app_of(Database("postgresql://", ""))  # for its map of routes alone


def rules() -> list[Rule]:
    """All routes that answer GET and are pages or files of ours."""
    return [rule for rule in UNUSED.url_map.iter_rules() if "GET" in (rule.methods or ()) and _ours(rule)]


def address(app: Flask, rule: Rule, **given: object) -> str:
    """The route's address with the values given, or those of the sample year. An unknown part: KeyError."""
    values = {name: (GIVEN | given)[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def role_for(app: Flask, rule: Rule) -> Role:
    """Who asks for a route: a manager, or the administrator whose page it is."""
    right = get_declared_access(app, rule.endpoint)
    return next(
        (role for role in (Role.MANAGER, Role.EVALUATOR, *ADMINISTRATORS) if right in role.rights),
        Role.MANAGER,
    )


def parts_of(database: Database) -> dict[str, str]:
    """Those parts of addresses that only the imported site knows: a delivery, a name of the vault."""
    with database.connect() as connection:
        row = connection.execute(
            "SELECT (SELECT max(delivery) FROM deliveries WHERE center_id = 'tlf'),"
            " (SELECT max(token) FROM people WHERE center_id = 'tlf')"
        ).fetchone()
    assert row is not None
    return {"delivery": row[0], "token": row[1]}


def _ours(rule: Rule) -> bool:
    """The site has neither documents nor proposals: tests of their own look at their pages. Machines' routes
    and wall screens are no pages of people."""
    absent = "document" in rule.arguments or rule.endpoint == "proposals.show"
    of_machines = rule.endpoint == "health.state" or get_declared_access(UNUSED, rule.endpoint) in (
        Door.MACHINE,
        Door.WALL,
    )
    return not rule.endpoint.endswith("static") and not absent and not of_machines
