"""Files by machines as jobs: taken in in the background, their state and report asked for by number."""

from io import BytesIO

from tests.conftest import DATA
from tests.web.api.conftest import Interface
from web.access.api_tokens import Scope
from web.jobs import queue

FILE = DATA / "岗位核定.csv"


def sent(interface: Interface, name: str, data: bytes, token: str) -> tuple[str, dict[str, object]]:
    """Where the state of a file is asked for, and the state once it is over."""
    answer = interface.call(
        "POST",
        "/files",
        token=token,
        data={"file": (BytesIO(data), name)},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 202, answer.text
    address = answer.headers["Location"].removeprefix("/api/centers/tlf")
    over = False
    while not over:
        with interface.database.engine.connect() as connection:
            over = queue.is_over(connection, address.rpartition("/")[2])
    return address, interface.get(address, token=token).get_json()


def test_a_file_becomes_a_job_with_a_report(interface: Interface):
    token = interface.issue(Scope.FILES)
    _, state = sent(interface, FILE.name, FILE.read_bytes(), token)
    assert (state["state"], state["title"], state["file_name"]) == ("done", "已导入", FILE.name)
    [table] = state["tables"]  # type: ignore[misc]
    assert table["new"] == table["rows"] > 0
    assert interface.ask("SELECT sha256 FROM deliveries") == [(state["sha256"],)]
    [[by]] = interface.ask("SELECT data::jsonb ->> 'entered_by' FROM events WHERE type = 'delivery.imported'")
    assert by is None


def test_a_file_that_cannot_be_read_says_why_and_waits_on_the_page(interface: Interface):
    _, state = sent(interface, "x.csv", b"a,b\n1,2\n", interface.issue(Scope.FILES))
    assert state["state"] == "failed"
    assert state["problem"]
    assert interface.ask("SELECT count(*) FROM deliveries") == [(0,)]


def test_each_step_is_written_down_with_its_token(interface: Interface):
    sent(interface, FILE.name, FILE.read_bytes(), interface.issue(Scope.FILES, name="夜间推送"))
    rows = interface.ask("SELECT action, login, data FROM audit ORDER BY seq")
    assert [(action, login) for action, login, _ in rows] == [("delivered", None)] * 2
    assert all('"token":"夜间推送"' in data for _, _, data in rows)


def test_a_file_of_another_centre_is_not_there(interface: Interface):
    address, _ = sent(interface, FILE.name, FILE.read_bytes(), interface.issue(Scope.FILES))
    county = interface.issue(Scope.FILES, center="county")
    assert interface.get(address, token=county, center="county").status_code == 404
    assert interface.get(address, token=county).status_code == 401


def test_a_file_that_is_never_read_is_refused_at_once(interface: Interface):
    answer = interface.call("POST", "/files?name=x.exe", data=b"MZ")
    assert (answer.status_code, "不支持" in answer.get_json()["error"]) == (422, True)
