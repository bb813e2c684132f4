"""The process that reads a stranger's file dies, whatever it dies of: every entry answers with a sentence."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from tests.conftest import fresh_database
from tests.faults.endings import AT_ONCE, AT_ROWS, HERE
from tests.ingest.tables import CALL_1, CALL_HEADER, csv_file
from tests.kpi import papers
from tests.web.conftest import NOW
from tests.web.desk import Desk, open_desk
from tracker import sandbox
from tracker.sandbox import Limits
from web.access import api_tokens
from web.access.api_tokens import Scope
from web.cli import main
from web.instance import get_instance_of
from web.jobs import working
from web.jobs.job import IMPORT, JobState

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limits")

SENTENCE = "读不进来"
SHORT = Limits(memory=1 << 30, seconds=1)
Ending = Callable[[Any, Any], None]


class Entry:
    """A desk where a month was imported, and an upload whose file is good."""

    def __init__(self, desk: Desk, report: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.desk = desk
        self.folder = folder
        self.report = report
        self._capfd = capfd
        self.later = csv_file(folder, CALL_HEADER, CALL_1.replace("c1", "c2"), name="话单_2023-05-31.csv")
        self.upload = desk.upload(self.later)

    def run(self, *arguments: object) -> str:
        """What a command says that fails."""
        with pytest.raises(SystemExit) as ending:
            main([str(one) for one in arguments])
        told = "".join(self._capfd.readouterr())
        assert ending.value.code in (1, 2), told
        return told

    def post(self, there: str, **data: object) -> str:
        """What a page says to a form."""
        answer = self.desk.client.post(there, data=data, follow_redirects=True)
        assert answer.status_code < 500, (answer.status_code, unescape(answer.text))
        return unescape(answer.text)

    def page(self, there: str) -> str:
        """What a page says."""
        answer = self.desk.client.get(there)
        assert answer.status_code < 500, (answer.status_code, unescape(answer.text))
        return unescape(answer.text)

    def send(self, to: str) -> str:
        """What the API says to a machine's file, at last."""
        with self.desk.database.connect() as connection:
            token = api_tokens.issue(
                connection, "tlf", "平台", scopes=frozenset({Scope.FILES}), by="test", now=NOW
            )
        client, head = self.desk.app.test_client(), {"Authorization": f"Bearer {token}"}
        body = {"file": (BytesIO(self.later.read_bytes()), self.later.name)}
        answer = client.post(f"/api/centers/tlf/{to}", data=body, headers=head)
        assert answer.is_json and answer.status_code in (202, 422), answer.text
        if answer.status_code == 202:
            answer = client.get(answer.headers["Location"], headers=head)
        return str(answer.json)


@pytest.fixture(scope="module")
def desk(server_url: str, template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch:
        for database in fresh_database(server_url, template):
            desk = open_desk(database, tmp_path_factory.mktemp("home"), patch)
            patch.setattr(working, "PATIENCE", 600)
            yield desk


@pytest.fixture(scope="module")
def report(desk: Desk, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of the report of a file that was imported, one of whose rows is to be mended."""
    folder = tmp_path_factory.mktemp("calls")
    there = desk.upload(csv_file(folder, CALL_HEADER, CALL_1, "坏行", name="话单_2023-05.csv"))
    desk.change(there, kind=IMPORT, state=JobState.QUEUED)
    working.work_off(get_instance_of(desk.app))
    assert desk.job(there).state is JobState.DONE, desk.job(there).problem
    return there


@pytest.fixture
def entry(
    desk: Desk,
    report: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> Entry:
    monkeypatch.setenv("HOTLINE_HOME", str(desk.home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", desk.database.url)
    monkeypatch.setenv("HOTLINE_VAULT_KEY", (b"k" * 32).hex())
    return Entry(desk, report, tmp_path, capfd)


Use = Callable[[Entry], str]
TABLES: dict[str, Use] = {
    "ingest": lambda entry: entry.run("ingest", entry.later, "--center", "tlf"),
    "ingest --dry-run": lambda entry: entry.run("ingest", entry.later, "--center", "tlf", "--dry-run"),
    "profile new": lambda entry: entry.run("profile", "new", entry.later),
    "claims": lambda entry: entry.run("claims", entry.later),
    "survey": lambda entry: entry.run("survey", "hotline-2022", entry.later),
    "attest": lambda entry: entry.run(
        "attest", "turpan-2022", "--table", entry.later, "--by", "张三", "--center", "tlf", "--year", 2023
    ),
    "experts": lambda entry: entry.run(
        "experts", "turpan-2022", entry.later, "--center", "tlf", "--year", 2023
    ),
    "API, answered at once": lambda entry: entry.send("deliveries"),
    "API, in the background": lambda entry: entry.send("files"),
    "page of an upload": lambda entry: entry.page(entry.upload),
    "trial": lambda entry: entry.post(f"{entry.upload}/trial"),
    "mapping page": lambda entry: entry.page(f"{entry.upload}/mapping"),
    "mapping tried": lambda entry: entry.post(f"{entry.upload}/mapping", **{"try": "1"}),
    "mapping saved": lambda entry: entry.post(f"{entry.upload}/mapping", title="平台话单"),
    "rows to mend": lambda entry: entry.page(f"{entry.report}/rejects/1.xlsx"),
}
OTHERS: dict[str, Use] = {
    "documents attach": lambda entry: entry.run(
        "documents", "attach", papers.pdf(entry.folder), "--to", "month/2023-05", "--kind", "monthly_report",
        "--by", "张三", "--center", "tlf",
    ),
    "page of documents": lambda entry: entry.post(
        "/tlf/2023/documents/attach", kind="monthly_report", thing="month", identity="2023-05", title="",
        file=(papers.pdf(entry.folder).open("rb"), "纸.pdf"),
    ),
    "verify": lambda entry: entry.run("verify", papers.archive(entry.folder, {"a": "b"})),
    "sample-rows": lambda entry: entry.run(
        "sample-rows", papers.archive(entry.folder, {"a": "b"}), "--seed", "1"
    ),
    "disclose": lambda entry: entry.run(
        "disclose", papers.archive(entry.folder, {"a": "b"}), entry.folder / "披露.json", "--seq", 1,
        "--reason", "核对", "--by", "张三", "--approved-by", "李四",
    ),
}  # fmt: skip


READS_THE_HEAD_ALONE = ("profile new",)
OFTEN = ("be_damaged", "panic_at_rows")  # the other endings take the same way, and more time


def list_cases(ways: Mapping[str, Use], endings: Sequence[Ending]) -> list[ParameterSet]:
    """Each way with each ending."""
    return [
        pytest.param(
            use, ending, id=f"{way}-{ending.__name__}",
            marks=() if ending.__name__ in OFTEN else pytest.mark.slow,
        )
        for way, use in ways.items()
        for ending in endings
        if ending in AT_ONCE or way not in READS_THE_HEAD_ALONE
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("use", "ending"), [*list_cases(TABLES, AT_ONCE + AT_ROWS), *list_cases(OTHERS, AT_ONCE)]
)
def test_a_file_whose_reader_dies(entry: Entry, monkeypatch: pytest.MonkeyPatch, use: Use, ending: Ending):
    check(entry, monkeypatch, use, ending)


def check(entry: Entry, monkeypatch: pytest.MonkeyPatch, use: Callable[[Entry], str], ending: Ending) -> None:
    """A sentence and no trace; no upload goes on for ever; and the same works once readers live."""
    begin = sandbox.Sandbox.__init__

    def begin_and_end(self: sandbox.Sandbox, work: str, argument: Any, limits: Limits) -> None:
        begin(self, f"{HERE}:{ending.__name__}", argument, SHORT)

    with monkeypatch.context() as patched:
        patched.setattr(sandbox.Sandbox, "__init__", begin_and_end)
        told = use(entry)
    assert SENTENCE in told, told
    assert "Traceback" not in told and "系统出错" not in told, told
    with entry.desk.database.connect() as connection:
        states = {state for (state,) in connection.execute("SELECT state FROM jobs").fetchall()}
        (events,) = connection.execute("SELECT count(*) FROM events WHERE type LIKE 'call%'").fetchone() or ()
    assert states <= {JobState.DONE, JobState.WAITING, JobState.FAILED}, states
    assert events == 1
    assert "主叫号码" in entry.desk.page(entry.upload)
