"""Somebody with 2022 alone reads and writes nothing of 2023 by any address, and nothing of another centre."""

from contextlib import closing
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from ingest.importing.import_file import import_file
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.web.access.test_routes import FILLED, table
from tests.web.conftest import NOW, add, grant, signed_in_client
from tests.web.desk import Desk, open_desk
from tests.web.test_http_server import PATIENCE, serving
from tracker import centers
from web.access.rights import Role

ORDER = {"order_id": "G1", "accepted_at": "2023-05-09T08:00", "kind": "投诉", "channel": "电话"}
OF_2022 = ORDER | {"order_id": "G2", "accepted_at": "2022-05-09T08:00"}
OLD_CALL = CALL_1.replace("2023-", "2022-").replace("c1,", "c9,").replace("001,2022", "009,2022")


@pytest.fixture
def desk(database: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A centre with things of 2022 and 2023; people who have 2022 alone, or another centre alone."""
    desk = open_desk(database, home, monkeypatch)
    with database.connect() as connection:
        centers.create_center(connection, "small", "小县12345热线", now=NOW)
    home.mkdir(exist_ok=True)
    for role in (Role.CLERK, Role.MANAGER, Role.APPROVER, Role.EVALUATOR):
        add(database, f"{role}.2022", grant(role, "tlf", frozenset({2022})))
        if role is not Role.EVALUATOR:
            add(database, f"{role}.small", grant(role, "small"))
    for year, rows in (("2023", CALL_1), ("2022", OLD_CALL)):
        path = csv_file(home, CALL_HEADER, rows, name=f"话单_{year}-05.csv")
        import_file(database, home, path, "tlf", now=NOW, vault=desk_vault(desk))
    for day, values in (("2023-05-09", ORDER), ("2022-05-09", OF_2022)):
        assert desk.client.post(f"/tlf/days/{day}/order", data=values).status_code == 302
    proof = {"kind": "other", "thing": "call", "identity": "c1", "title": "录音"}
    file = {"file": (BytesIO("录音\n".encode()), "a.txt")}
    assert desk.client.post("/tlf/2023/documents/attach", data=proof | file).status_code == 302
    return desk


def desk_vault(desk: Desk) -> Any:
    return desk.app.extensions["hotline"].vault


def one(desk: Desk, sql: str) -> Any:
    with desk.database.connect() as connection:
        row = connection.execute(sql).fetchone()
    assert row is not None
    return row[0]


PARTS = ("path:subject", "int:seq", "delivery", "document", "token", "upload")


def get_objects(desk: Desk) -> dict[str, str]:
    """Things of 2023 by the part of an address that names them."""
    call = "SELECT {} FROM events WHERE center_id = 'tlf' AND subject = 'call/c1'"
    return {
        "<path:subject>": "call/c1",
        "<int:seq>": str(one(desk, call.format("seq"))),
        "<delivery>": one(desk, call.format("delivery")),
        "<document>": one(desk, "SELECT document FROM documents"),
        "<token>": one(desk, call.format("substring(data from 'phone-[0-9a-f]{24}')")),
        "<upload>": desk.upload(desk.home / "话单_2023-05.csv").rpartition("/")[2],
    }


ROUTES = [
    (method, address, letters)
    for method, address, letters in table()
    if "<center>" in address and "/api/" not in address and not address.endswith("/wall")  # for no person
]
OF_OBJECTS = [route for route in ROUTES if any(f"<{part}>" in route[1] for part in PARTS)]
OF_PERIODS = [route for route in ROUTES if any(f"<{part}>" in route[1] for part in ("year", "period", "day"))]
WHO = {"C": "clerk", "M": "manager", "A": "approver", "E": "evaluator"}
TYPED = {"reason": "核实一条记录", "answer": "same", "first": "2023-05-01", "last": "2023-05-01"}


def try_routes(desk: Desk, routes: list[Any], parts: dict[str, str], whose: str) -> list[Any]:
    """The routes at which somebody who may use them was let through, or the log changed."""
    let_through = []
    names = [name for name in WHO.values() if (name, whose) != ("evaluator", "small")]
    browsers = {name: signed_in_client(desk.app, f"{name}.{whose}") for name in names}
    before = desk.count("events")
    for method, address, letters in routes:
        for letter in letters:
            if WHO[letter] not in browsers:
                continue
            there = address
            for part, value in ({"<center>": "tlf"} | FILLED | parts).items():
                there = there.replace(part, "tlf" if part == "<center>" else value)
            answer = browsers[WHO[letter]].open(there, method=method, data=TYPED)
            to_list = answer.status_code == 302 and "<upload>" in address
            if (answer.status_code not in (403, 404) and not to_list) or desk.count("events") != before:
                let_through.append((method, there, letter, answer.status_code))
    return let_through


def test_no_address_opens_or_changes_a_thing_of_another_year(desk: Desk):
    assert try_routes(desk, OF_OBJECTS, get_objects(desk), "2022") == []


def test_no_address_of_another_year_is_open(desk: Desk):
    of_2023 = {"<year>": "2023", "<period>": "2023-05", "<day>": "2023-05-09"}
    assert try_routes(desk, OF_PERIODS, of_2023, "2022") == []


def test_no_address_opens_or_changes_a_thing_of_another_centre(desk: Desk):
    parts = {"<year>": "2023", "<period>": "2023-05", "<day>": "2023-05-09", **get_objects(desk)}
    assert try_routes(desk, ROUTES, parts, "small") == []


WRITTEN = {  # what is typed at an address of 2022 and speaks of 2023
    "an order of 2023": ("clerk", "/tlf/days/2022-05-09/order", ORDER | {"order_id": "G7"}),
    "a step of 2023 of an order of 2022": (
        "clerk",
        "/tlf/days/2022-05-09/step",
        {"order_id": "G2", "action": "派单", "at": "2023-01-02T08:00", "unit": "住建局"},
    ),
    "a day of counts": (
        "clerk",
        "/tlf/days/2022-05-09/counts",
        {"counted_on": "2023-05-09", "messages": "1", "cases": "2", "visits": "3"},
    ),
    "a zero report over new year": (
        "clerk",
        "/tlf/days/2022-12-31/zero-report",
        {"source": "calls", "first": "2022-12-31", "last": "2023-01-02"},
    ),
    "a total of 2023": (
        "manager",
        "/tlf/2022/controls",
        {
            "kind": "telecom_calls",
            "first": "2023-05-01",
            "last": "2023-05-31",
            "value": "9",
            "issued_by": "电信",
        },
    ),
    "a document of a call of 2023": (
        "manager",
        "/tlf/2022/documents/attach",
        {"kind": "other", "thing": "call", "identity": "c1", "title": "录音二"},
    ),
    "what holds in every year": (
        "manager",
        "/tlf/declarations/",
        {"topic": "labour", "holds": "yes", "known_as": "坐席服务费"},
    ),
}


@pytest.mark.parametrize("case", WRITTEN)
def test_nothing_of_another_year_is_written_through_an_address_of_ones_own(desk: Desk, case: str):
    who, address, typed = WRITTEN[case]
    for login, taken in ((f"{who}.2022", False), (who, True)):
        before, data = desk.count("events"), dict[str, Any](typed)
        if "attach" in address:
            data["file"] = (BytesIO("录音二\n".encode()), "b.txt")
        answer = signed_in_client(desk.app, login).post(address, data=data)
        assert (desk.count("events") > before) is taken, (case, login, answer.status_code)
        if not taken:
            assert answer.status_code in (403, 404, 422)


def test_an_entry_of_another_year_is_not_corrected_through_a_day_of_ones_own(desk: Desk):
    seq = one(desk, "SELECT max(seq) FROM events WHERE subject = 'work_order/G1'")
    for login, status in (("clerk.2022", 404), ("clerk", 200)):
        client = signed_in_client(desk.app, login)
        assert client.get(f"/tlf/days/2022-05-09/order?event={seq}").status_code == status
    before = desk.count("events")
    moved = OF_2022 | {"event": str(seq)}
    assert (
        signed_in_client(desk.app, "clerk.2022").post("/tlf/days/2022-05-09/order", data=moved).status_code
        == 404
    )
    again = OF_2022 | {"order_id": "G1"}  # the same number, said to be of 2022
    answer = client.post("/tlf/days/2022-05-09/order", data=again)
    assert answer.status_code in (403, 422)
    assert desk.count("events") == before


def test_ones_own_year_is_written_and_read(desk: Desk):
    client = signed_in_client(desk.app, "clerk.2022")
    assert client.post("/tlf/days/2022-05-10/order", data=OF_2022 | {"order_id": "G8"}).status_code == 302
    seq = one(desk, "SELECT max(seq) FROM events WHERE subject = 'work_order/G8'")
    assert client.get(f"/tlf/events/{seq}").status_code == 200
    signed = {"source": "calls", "first": "2022-05-02", "last": "2022-05-03"}
    assert client.post("/tlf/days/2022-05-02/zero-report", data=signed).status_code == 302


def test_a_file_of_another_year_is_refused_on_trial_and_on_import(desk: Desk):
    desk.client = signed_in_client(desk.app, "clerk.2022")
    rows = CALL_1.replace("c1,", "c5,"), OLD_CALL.replace("c9,", "c6,")
    before = desk.count("events")
    there = desk.upload(csv_file(desk.home, CALL_HEADER, *rows, name="话单_2023-06.csv"))
    assert "您的授权只到2022年，不含2023年" in desk.step(there, "trial")
    assert not desk.job(there).checked
    own = desk.upload(csv_file(desk.home, CALL_HEADER, rows[1], name="话单_2022-06.csv"))
    desk.step(own, "trial")
    assert desk.job(own).checked
    with desk.database.connect() as connection:  # her years change between trial and import
        connection.execute("UPDATE grants SET years = '{2021}' WHERE login = 'clerk.2022'")
    desk.client = signed_in_client(desk.app, "clerk")
    desk.step(own, "commit")
    assert "您的授权只到2021年，不含2022年" in str(desk.job(own).problem)
    assert desk.count("events") == before


def test_a_package_that_holds_other_years_is_neither_made_nor_taken_out(desk: Desk):
    make = "/tlf/2022/exports/package"
    for role in (Role.MANAGER, Role.APPROVER, Role.EVALUATOR):
        client = signed_in_client(desk.app, f"{role}.2022")
        answer = client.post(make)
        assert answer.status_code == 403
        assert "不含2023年" in answer.text
        assert "不含2023年" in client.get("/tlf/2022/exports").text
    assert signed_in_client(desk.app, "manager").post(make).status_code == 302


def test_on_the_server_that_users_run_nothing_of_another_year_is_written(desk: Desk):
    """Two requests over sockets: hers is turned down, and the same by somebody of all years is taken."""
    typed = urlencode(ORDER | {"order_id": "G6"})
    taken = []
    with serving(desk.app) as server:
        for login in ("clerk.2022", "clerk"):
            client = signed_in_client(desk.app, login)
            cookie = "; ".join(f"{one.key}={one.value}" for one in client._cookies.values())
            agent = str(client.environ_base["HTTP_USER_AGENT"])
            headers = {
                "Cookie": cookie,
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": agent,
            }
            with closing(HTTPConnection("127.0.0.1", server.effective_port, timeout=PATIENCE)) as connection:
                connection.request("POST", "/tlf/days/2022-05-09/order", typed, headers)
                taken.append((connection.getresponse().status, desk.count("events")))
    assert [status for status, _ in taken] == [403, 302]
    assert taken[1][1] > taken[0][1]
