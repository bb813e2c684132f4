"""`hotline documents`, as a person types it."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import kpi.documents.cli
from kpi.documents.cli import documents
from tests.kpi import papers
from tests.kpi.given import record
from tracker.database import Database
from tracker.events.times import BEIJING
from web.cli import is_for_a_person

GIVEN = """
person R1 joined 2022-05-01 verified
payment P1 劳务费 due 2023-01-10 paid 2023-01-09 1000.00"""

Run = Callable[..., str]


@pytest.fixture
def run(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command at a fixed time; gives its output, or the sentence it is refused with."""
    with database.engine.begin() as connection:
        record(connection, GIVEN)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setattr(kpi.documents.cli, "_get_now", lambda: datetime(2024, 1, 2, tzinfo=BEIJING))

    def run(command: click.Command, *arguments: str) -> str:
        done = CliRunner().invoke(command, arguments)
        if isinstance(done.exception, Exception) and not isinstance(done.exception, SystemExit):
            assert is_for_a_person(done.exception), repr(done.exception)
            return str(done.exception)
        return done.output

    yield run


def attaching(path: Path, about: str, kind: str) -> tuple[str, ...]:
    return ("attach", str(path), "--to", about, "--kind", kind, "--by", "张三")


def test_a_document_is_attached_and_checked(run: Run, tmp_path: Path):
    path = papers.pdf(tmp_path, pages=2)
    shown = run(documents, *attaching(path, "payment/P1", "支付凭证"))
    assert "已上传并关联到支付 P1" in shown and "2页" in shown
    assert "未重复保存" in run(documents, *attaching(path, "payment/P1", "voucher"))
    assert "1份材料的文件都在" in run(documents, "check")


def test_an_altered_document_makes_the_check_fail(run: Run, home: Path, tmp_path: Path):
    run(
        documents,
        "attach",
        str(papers.pdf(tmp_path)),
        "--to",
        "payment/P1",
        "--kind",
        "voucher",
        "--by",
        "张",
    )
    (stored,) = [path for path in (home / "documents").rglob("*") if path.is_file()]
    stored.write_bytes(stored.read_bytes() + b"x")
    done = CliRunner().invoke(documents, ["check"])
    assert (done.exit_code, "被改动过" in done.output) == (1, True)


def test_a_file_that_is_not_taken_is_refused_with_a_sentence(run: Run, tmp_path: Path):
    shown = run(
        documents,
        "attach",
        str(papers.locked_pdf(tmp_path)),
        "--to",
        "payment/P1",
        "--kind",
        "voucher",
        "--by",
        "张",
    )
    assert shown == "PDF有密码或权限限制；请去掉限制（例如“打印为PDF”）后再上传。"
    assert "可用的有" in run(documents, "missing", "--year", "2023", "--kind", "诗歌")


def test_what_is_missing_is_listed_with_since_when_and_how_to_mend_it(run: Run):
    shown = run(documents, "missing", "--year", "2023")
    line = next(line for line in shown.splitlines() if line.startswith("人员 R1"))
    assert "2022-05-01" in line and "学历核验材料（有登记无原件）" in line
    assert "name-" not in shown, "a person is called by the number of staff, not by a token"
    assert "劳动合同：请扫描" in shown
    told = json.loads(run(documents, "missing", "--year", "2023", "--kind", "diploma_check", "--json"))
    assert [(one["needed"], one["held"], one["stated"]) for one in told["tally"]] == [(1, 0, 1)]
    assert [(one["about"], one["state"]) for one in told["missing"]] == [("person/R1", "有登记无原件")]
    assert "还没有应归档的" in run(documents, "missing", "--year", "2019")
