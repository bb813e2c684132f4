"""Tokens: what their scopes let them do, until when, and what is written down of those that fail."""

import json
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest

from tests.web.api.conftest import Interface, event
from web.access import api_tokens
from web.access.api_tokens import OVERLAP, Scope
from web.access.sessions import digest

NEEDS = {
    ("POST", "/events"): Scope.EVENTS,
    ("POST", "/events/batch"): Scope.EVENTS,
    ("POST", "/deliveries"): Scope.FILES,
    ("POST", "/files"): Scope.FILES,
    ("GET", "/files/none"): Scope.FILES,
    ("GET", "/figures/2023"): Scope.FIGURES,
    ("GET", "/figures/2023/call_answer_rate/numerator"): Scope.ROWS,
    ("GET", "/coverage/2023"): Scope.FIGURES,
    ("GET", "/definitions"): Scope.FIGURES,
    ("GET", "/codes/none"): Scope.FIGURES,
    ("GET", "/scores/2023"): Scope.FIGURES,
    ("GET", "/scores/2023/turpan-2022"): Scope.FIGURES,
}


@pytest.mark.parametrize(("method", "address"), NEEDS)
def test_an_address_asks_for_its_scope_and_no_other_will_do(interface: Interface, method: str, address: str):
    for scope in Scope:
        code = interface.call(method, address, token=interface.issue(scope)).status_code
        assert (code == 403) is (scope is not NEEDS[method, address]), scope


def test_the_addresses_tried_are_all_there_are(interface: Interface):
    rules = [rule for rule in interface.app.url_map.iter_rules() if rule.rule.startswith("/api/centers/")]
    assert len(rules) == len(NEEDS)


def test_a_lacking_scope_is_named_and_written_down(interface: Interface):
    answer = interface.get("/definitions", token=interface.issue(Scope.EVENTS, name="网关"))
    assert "没有“读取指标、口径、报送情况和评分”（figures:read）的权限" in answer.get_json()["error"]
    [[action, about, result, data]] = interface.ask("SELECT action, about, result, data FROM audit")
    assert (action, about, result) == ("token_refused", "/api/centers/tlf/definitions", "refused")
    assert json.loads(data) == {"reason": "没有 figures:read", "token": "网关"}


def test_a_token_ends_with_its_day(interface: Interface):
    token = interface.issue(Scope.FIGURES, days=30)
    interface.later(days=30, seconds=-1)
    assert interface.get("/definitions", token=token).status_code == 200
    interface.later(seconds=1)
    answer = interface.get("/definitions", token=token)
    assert (answer.status_code, "已过期" in answer.get_json()["error"]) == (401, True)


def test_a_rotated_token_goes_on_for_the_overlap_and_no_longer(interface: Interface):
    old = interface.issue(Scope.FIGURES, days=90)
    with interface.database.connect() as connection:
        rotated = api_tokens.rotate(connection, "tlf", digest(old), by="zhou", now=interface.time[0])
        assert rotated is not None
        assert api_tokens.rotate(connection, "tlf", digest(old), by="zhou", now=interface.time[0]) is None
    new = rotated[1]
    interface.later(seconds=OVERLAP.total_seconds() - 1)
    assert [interface.get("/definitions", token=one).status_code for one in (old, new)] == [200, 200]
    interface.later(seconds=1)
    assert [interface.get("/definitions", token=one).status_code for one in (old, new)] == [401, 200]
    assert interface.send(event(), token=new).status_code == 403


def test_a_rotation_makes_no_old_token_live_longer(interface: Interface):
    old = interface.issue(Scope.FIGURES, days=3)
    with interface.database.connect() as connection:
        api_tokens.rotate(connection, "tlf", digest(old), by="zhou", now=interface.time[0])
    interface.later(days=3)
    assert interface.get("/definitions", token=old).status_code == 401


def test_its_last_use_is_noted(interface: Interface):
    token = interface.issue(Scope.FIGURES)
    assert interface.ask("SELECT used_at FROM api_tokens") == [(None,)]
    interface.get("/definitions", token=token)
    [[used]] = interface.ask("SELECT used_at FROM api_tokens")
    interface.later(seconds=59)
    interface.get("/definitions", token=token)
    assert interface.ask("SELECT used_at FROM api_tokens") == [(used,)]
    interface.later(seconds=1)
    interface.get("/definitions", token=token)
    assert interface.ask("SELECT used_at FROM api_tokens") == [(interface.time[0],)]


def test_failures_are_written_down_until_the_address_is_turned_away(interface: Interface):
    good = interface.issue(Scope.FIGURES)
    codes = [interface.get("/definitions", token=f"hotline_{number}").status_code for number in range(32)]
    assert codes == [401] * 30 + [429] * 2
    assert interface.ask("SELECT count(*) FROM audit WHERE action = 'token_refused'") == [(30,)]
    assert interface.get("/definitions", token=good).status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_was_tried_stands_nowhere(interface: Interface, method: str):
    interface.call(method, "/definitions" if method == "GET" else "/events", token="hotline_geheim")
    assert "geheim" not in str(interface.ask("SELECT * FROM audit"))


def test_two_who_rotate_a_token_at_once_get_one_new_token_between_them(interface: Interface):
    old, now = digest(interface.issue(Scope.FIGURES)), interface.time[0]
    begun = Event()

    def rotate_too() -> object:
        with interface.database.connect() as connection:
            begun.set()
            return api_tokens.rotate(connection, "tlf", old, by="li", now=now)

    with ThreadPoolExecutor(1) as other:
        with interface.database.connect() as connection:
            assert api_tokens.rotate(connection, "tlf", old, by="zhou", now=now) is not None
            second = other.submit(rotate_too)
            begun.wait()
            wait([second], 0.5)  # it has found the old token, and waits for the row
        assert second.result() is None
    assert interface.ask("SELECT count(*) FROM api_tokens") == [(2,)]


def test_an_address_with_a_null_character_is_refused_like_any_other(interface: Interface):
    answer = interface.get("/codes/a%00b", token="made-up")
    assert (answer.status_code, answer.is_json) == (401, True)
    assert interface.get("/codes/a%00b").status_code == 400


def test_the_scheme_of_the_header_is_read_in_small_letters_too(interface: Interface):
    token = interface.issue(Scope.FIGURES)
    for scheme in ("Bearer", "bearer", "BEARER"):
        headers = {"Authorization": f"{scheme} {token}"}
        answer = interface.app.test_client().get("/api/centers/tlf/figures/2024", headers=headers)
        assert answer.status_code == 200, scheme
