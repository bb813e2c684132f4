"""Deliveries by machines: tokens, files in either form, answers, and the description of it all."""

import json
import re
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import DATA
from tests.web.access.conftest import Place
from tests.web.conftest import NOW, SETTINGS, app_of, grant, signed_in_client
from tracker import centers
from tracker.database import Database
from tracker.settings import Settings
from web.access import api_tokens
from web.access.rights import Role

FILE = DATA / "岗位核定.csv"
ADDRESS = "/api/centers/tlf/deliveries"


@pytest.fixture
def served(place: Place, home: Path) -> Place:
    """An instance with a folder of its own, and a second centre."""
    with place.database.connect() as connection:
        centers.create_center(connection, "county", "某县", now=NOW)
    place.app = app_of(place.database, settings=Settings(home, None, None, b"k" * 32, None))
    return place


def token(place: Place, center: str = "tlf") -> dict[str, str]:
    """The header of a machine of a centre."""
    with place.database.connect() as connection:
        issued = api_tokens.issue(connection, center, "夜间推送", days=180, by="zhou", now=NOW)
    return {"Authorization": f"Bearer {issued}"}


def machine(place: Place) -> FlaskClient:
    return place.app.test_client()


def test_a_file_is_imported_and_answered_with_its_counts(served: Place):
    answer = machine(served).post(
        f"{ADDRESS}?name=岗位核定.csv", data=FILE.read_bytes(), headers=token(served)
    )
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["file_name"], told["center"]) == ("岗位核定.csv", "tlf")
    assert told["tables"][0]["kind"] == "岗位核定"
    assert told["tables"][0]["new"] == told["tables"][0]["rows"] > 0
    with served.database.connect() as connection:
        row = connection.execute("SELECT center_id, file_name FROM deliveries").fetchone()
    assert row == ("tlf", "岗位核定.csv")


def test_a_form_with_a_file_does_the_same(served: Place):
    data = {"file": (BytesIO(FILE.read_bytes()), "岗位核定.csv")}
    answer = machine(served).post(ADDRESS, data=data, headers=token(served))
    assert answer.status_code == 201


def test_the_same_file_again_adds_nothing(served: Place):
    headers = token(served)
    codes = [
        machine(served)
        .post(f"{ADDRESS}?name=岗位核定.csv", data=FILE.read_bytes(), headers=headers)
        .status_code
        for _ in range(2)
    ]
    assert codes == [201, 200]


def test_nothing_is_left_lying_about(served: Place, home: Path):
    machine(served).post(f"{ADDRESS}?name=岗位核定.csv", data=FILE.read_bytes(), headers=token(served))
    machine(served).post(f"{ADDRESS}?name=x.csv", data=b"a,b\n1,2\n", headers=token(served))
    assert list((home / "incoming").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("x.csv", b"a,b\n1,2\n", ""),
        ("x.exe", b"MZ", "不支持"),
        ("", b"x", "没有文件名"),
        ("x.csv", b"", "是空的"),
    ],
)
def test_a_file_that_cannot_be_taken_is_answered_with_a_sentence(
    served: Place, name: str, data: bytes, sentence: str
):
    answer = machine(served).post(f"{ADDRESS}?name={name}", data=data, headers=token(served))
    assert answer.status_code == 422
    assert sentence in answer.get_json()["error"]
    assert answer.get_json()["error"]


def test_a_form_without_a_file_says_so(served: Place):
    answer = machine(served).post(
        ADDRESS, data={"x": "y"}, headers=token(served), content_type="multipart/form-data"
    )
    assert answer.get_json() == {"error": "请求中没有名为 file 的文件。"}


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic x"}])
def test_without_a_token_nothing_is_taken(served: Place, headers: dict[str, str]):
    answer = machine(served).post(f"{ADDRESS}?name=x.csv", data=b"x", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_token_of_one_centre_is_of_no_use_at_another(served: Place):
    headers = token(served, "county")
    assert machine(served).post(f"{ADDRESS}?name=x.csv", data=b"x", headers=headers).status_code == 401


def test_a_token_opens_no_page(served: Place):
    answer = machine(served).get("/tlf/2024/", headers=token(served))
    assert answer.status_code == 302


def test_a_cookie_opens_no_interface(served: Place):
    served.add("wang", grant(Role.MANAGER))
    answer = served.signed_in("wang").post(f"{ADDRESS}?name=x.csv", data=b"x")
    assert answer.status_code == 401


def test_a_revoked_token_is_refused(served: Place):
    served.add("zhou", grant(Role.SECURITY_ADMIN))
    headers = token(served)
    with served.database.connect() as connection:
        one = api_tokens.list_tokens(connection)[0]
    served.signed_in("zhou").post(f"/-/tokens/tlf/{one.token}/revoke")
    assert machine(served).post(f"{ADDRESS}?name=x.csv", data=b"x", headers=headers).status_code == 401
    assert served.trail("action")[-2:] == ["token_revoked", "token_refused"]


def test_a_token_is_shown_once_and_kept_as_a_hash(served: Place):
    served.add("zhou", grant(Role.SECURITY_ADMIN))
    client = served.signed_in("zhou")
    asked = {"center": "tlf", "name": "夜间推送", "scopes": ["files:write"], "days": "30"}
    text = client.post("/-/tokens/", data=asked).text
    issued = text.partition('once-word hash">')[2].partition("<")[0]
    assert issued.startswith("hotline_")
    assert issued not in client.get("/-/tokens/").text
    with served.database.connect() as connection:
        assert issued not in str(connection.execute("SELECT * FROM api_tokens").fetchall())
    headers = {"Authorization": f"Bearer {issued}"}
    assert machine(served).post(f"{ADDRESS}?name=x.csv", data=b"", headers=headers).status_code == 422


def test_a_token_needs_something_that_it_may_do(served: Place):
    served.add("zhou", grant(Role.SECURITY_ADMIN))
    asked = {"center": "tlf", "name": "夜间推送", "days": "30"}
    answer = served.signed_in("zhou").post("/-/tokens/", data=asked)
    assert (answer.status_code, "请至少勾选一项" in answer.text) == (422, True)
    with served.database.connect() as connection:
        assert api_tokens.list_tokens(connection) == []


def test_a_token_is_replaced_on_the_page_and_both_hold_for_a_while(served: Place):
    served.add("zhou", grant(Role.SECURITY_ADMIN))
    client, old = served.signed_in("zhou"), token(served)
    with served.database.connect() as connection:
        [one] = api_tokens.list_tokens(connection)
    text = client.post(f"/-/tokens/tlf/{one.token}/rotation").text
    issued = text.partition('once-word hash">')[2].partition("<")[0]
    new = {"Authorization": f"Bearer {issued}"}
    for headers in (old, new):
        assert machine(served).post(f"{ADDRESS}?name=x.csv", data=b"", headers=headers).status_code == 422
    assert "已换新，到期前仍可用" in client.get("/-/tokens/").text
    answer = client.post(f"/-/tokens/tlf/{one.token}/rotation", follow_redirects=True)
    assert "不能再换新" in answer.text


def test_a_delivery_is_written_down_with_its_machine(served: Place):
    machine(served).post(f"{ADDRESS}?name=岗位核定.csv", data=FILE.read_bytes(), headers=token(served))
    action, about, result, data = served.trail("action", "about", "result", "data")[-1]
    assert (action, about, result) == ("delivered", "tlf：岗位核定.csv", "done")
    assert json.loads(data)["token"] == "夜间推送"


def test_a_body_that_is_too_large_is_refused(served: Place, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(served.app.view_functions["api.deliver"], "most_bytes", 1 << 19)
    answer = machine(served).post(f"{ADDRESS}?name=x.csv", data=b"x" * 600_000, headers=token(served))
    assert (answer.status_code, answer.get_json()["error"]) == (413, "请求太大：一次最多 0.5 MB。")


# the description


@pytest.fixture
def described(app: Flask) -> dict[str, object]:
    return dict(app.test_client().get("/api/openapi.json").get_json())


@pytest.fixture
def app(database: Database) -> Flask:
    return app_of(database, settings=SETTINGS)


def test_the_description_has_every_route_of_the_interface_and_no_other(app: Flask, described):
    there = {
        (re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/")
    }
    assert {(path, method) for path, methods in described["paths"].items() for method in methods} == there


def test_an_answer_has_the_fields_that_are_described(served: Place, described):
    told = (
        machine(served)
        .post(f"{ADDRESS}?name=岗位核定.csv", data=FILE.read_bytes(), headers=token(served))
        .get_json()
    )
    schemas = described["components"]["schemas"]
    assert set(told) == set(schemas["FileReport"]["properties"]) == set(schemas["FileReport"]["required"])
    table = schemas["TableAnswer"]
    assert set(told["tables"][0]) == set(table["properties"]) == set(table["required"])


def test_the_security_administrator_finds_the_description(peopled: Database):
    assert "/api/openapi.json" in signed_in_client(app_of(peopled), "security").get("/-/tokens/").text
