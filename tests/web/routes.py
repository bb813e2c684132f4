"""Every address that a browser can ask for, taken from the application's own map of routes."""

from flask import Flask
from werkzeug.routing import Rule

from tracker.database import Database
from tracker.periods import Month, Year
from web.application import create_app

CALL = "call/2023080100023932"
GIVEN = {  # a value for each part of an address
    "center": "tlf",
    "year": Year(2023),
    "period": Month(2023, 8),
    "key": "call_answer_rate",
    "side": "numerator",
    "subject": CALL,
    "seq": 100,
}


def rules() -> list[Rule]:
    """All routes that answer GET and are pages or files of ours."""
    app = create_app(Database("postgresql://", ""))
    return [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ()) and _ours(rule)]


def address(app: Flask, rule: Rule, **given: object) -> str:
    """The route's address with the values given, or those of the sample year. An unknown part: KeyError."""
    values = {name: (GIVEN | given)[name] for name in rule.arguments}
    with app.test_request_context():
        return app.url_for(rule.endpoint, **values)


def _ours(rule: Rule) -> bool:
    return not rule.endpoint.endswith("static")
