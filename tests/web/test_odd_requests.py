"""Addresses and forms that no link leads to are answered with a sentence, never with a fault of ours."""

import re

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from tests.web.access.test_routes import FILLED, shape
from tests.web.conftest import ROLES, app_of, signed_in_client
from tests.web.routes import UNUSED, address, parts_of, role_for, rules
from tracker.database import Database

ODD = ("\0", "x\0y", "'", "%", "-1", "99999999999999999999", "𠮷" * 300, "9999-12-31", "0001-01-01")
ASKED = [
    "page",
    "code",
    "as_of",
    "by",
    "is",
    "year",
    "unit",
    "kind",
    "group",
    "age",
    "late",
    "status",
    "find",
    "only",
    "sort",
    "of",
    "seed",
    "count",
    "show",
    "q",
    "login",
    "result",
    "first",
    "last",
    "source",
    "today",
    "due",
    "since",
    "until",
]
FILLED_IN = [
    "reason",
    "name",
    "login",
    "value",
    "note",
    "by",
    "kind",
    "title",
    "about",
    "month",
    "seed",
    "code",
    "role",
    "center",
    "years",
    "until",
    "password",
    "verdict",
    "first",
    "last",
    "total",
    "order_id",
    "agent",
    "person",
    "document",
    "actual",
    "mark",
    "expires",
    "source",
    "day",
    "inbound",
    "scope",
    "amount",
    "payee",
    "as_of",
    "first_day",
    "last_day",
    "left_on",
]
FREE = {"key", "subject", "login", "name", "scheme", "cell", "upload", "made", "form", "delivery", "token"}


@pytest.fixture(scope="module")
def app(peopled: Database) -> Flask:
    return app_of(peopled)


@pytest.fixture(scope="module")
def parts(peopled: Database) -> dict[str, str]:
    return parts_of(peopled)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.rule))
def test_an_odd_question_is_no_fault(app: Flask, parts: dict[str, str], rule: Rule):
    client = signed_in_client(app, ROLES[role_for(app, rule)])
    there = address(app, rule, **parts)
    for odd in ODD:
        answer = client.get(there, query_string=dict.fromkeys(ASKED, odd))
        assert answer.status_code < 500, (there, odd)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule.rule))
def test_an_odd_part_of_an_address_is_no_fault(app: Flask, parts: dict[str, str], rule: Rule):
    client = signed_in_client(app, ROLES[role_for(app, rule)])
    for name in rule.arguments & FREE:
        for odd in ODD:
            there = address(app, rule, **parts | {name: odd})
            assert client.get(there).status_code < 500, there


FORMS = [rule for rule in UNUSED.url_map.iter_rules() if "POST" in (rule.methods or ())]


@pytest.mark.parametrize("rule", FORMS, ids=lambda rule: str(rule.rule))
def test_an_odd_form_is_no_fault(app: Flask, rule: Rule):
    there = shape(str(rule.rule))
    for part, value in FILLED.items():
        there = there.replace(part, value)
    client = signed_in_client(app, ROLES[role_for(app, rule)])
    for odd in ODD:
        answer = client.post(there, data=MultiDict.fromkeys(FILLED_IN, odd))
        assert answer.status_code < 500, (there, odd)


NUMBERED = [rule for rule in UNUSED.url_map.iter_rules() if "<int:" in str(rule.rule)]


@pytest.mark.parametrize("rule", NUMBERED, ids=lambda rule: str(rule.rule))
def test_a_number_beyond_all_numbers_names_nothing(rule: Rule):
    addresses, method = UNUSED.url_map.bind(""), "POST" if "POST" in (rule.methods or ()) else "GET"
    for number, names in ((str(2**63 - 1), True), (str(2**63), False), ("99999999999999999999", False)):
        there = shape(re.sub("<int:[a-z_]+>", number, str(rule.rule)))
        for part, value in FILLED.items():
            there = there.replace(part, value)
        assert addresses.test(there, method) is names, there
