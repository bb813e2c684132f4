"""`hotline documents` and `hotline controls`, as a person types them."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import kpi.controls_cli
import kpi.documents.cli
from kpi.controls_cli import controls
from kpi.documents.cli import documents
from tests.kpi import papers
from tests.kpi.given import record
from tracker.database import Database
from tracker.events.times import BEIJING
from web.cli import is_for_a_person

GIVEN = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 talk 99
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
person R1 joined 2022-05-01 verified
payment P1 劳务费 due 2023-01-10 paid 2023-01-09 1000.00
order A1 accepted 2023-05-01 from c404
delivered work_orders 2023-05-01..2023-05-30 as of 2023-06-01"""

Run = Callable[..., str]


@pytest.fixture
def run(database: Database, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    """Runs a command at a fixed time; gives its output, or the sentence it is refused with."""
    with database.engine.begin() as connection:
        record(connection, GIVEN)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    for module in (kpi.documents.cli, kpi.controls_cli):
        monkeypatch.setattr(module, "_now", lambda: datetime(2024, 1, 2, tzinfo=BEIJING))

    def run(command: click.Command, *arguments: str) -> str:
        done = CliRunner().invoke(command, arguments)
        if isinstance(done.exception, Exception) and not isinstance(done.exception, SystemExit):
            assert is_for_a_person(done.exception), repr(done.exception)
            return str(done.exception)
        return done.output

    yield run


def attaching(path: Path, about: str, kind: str) -> tuple[str, ...]:
    return ("attach", str(path), "--to", about, "--kind", kind, "--by", "张三")


def test_a_document_is_attached_listed_taken_out_and_checked(run: Run, tmp_path: Path):
    path = papers.pdf(tmp_path, pages=2)
    shown = run(documents, *attaching(path, "payment/P1", "支付凭证"))
    assert "已挂接到支付 P1" in shown and "2页" in shown
    assert "没有重复登记" in run(documents, *attaching(path, "payment/P1", "voucher"))
    (told,) = json.loads(run(documents, "list", "--json"))
    assert (told["about"], told["kind"], told["pages"]) == ("payment/P1", "voucher", 2)
    assert "支付凭证" in run(documents, "list", "--to", "payment/P1")
    assert "已取出" in run(documents, "export", told["document"][:6], "--to", str(tmp_path / "out.pdf"))
    assert (tmp_path / "out.pdf").read_bytes() == path.read_bytes()
    assert "1份材料的文件都在" in run(documents, "check")
    assert "已撤下" in run(documents, "withdraw", told["document"], "--reason", "传错", "--by", "张三")
    assert "没有这样的材料" in run(documents, "list")


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
    assert "可用的有" in run(documents, "list", "--kind", "诗歌")


def test_what_is_missing_is_listed_with_since_when_and_how_to_mend_it(run: Run):
    shown = run(documents, "missing", "--year", "2023")
    line = next(line for line in shown.splitlines() if line.startswith("人员 R1"))
    assert "2022-05-01" in line and "学历核验材料（已载无文件）" in line
    assert "劳动合同：请扫描" in shown
    told = json.loads(run(documents, "missing", "--year", "2023", "--kind", "diploma_check", "--json"))
    assert [(one["needed"], one["held"], one["stated"]) for one in told["tally"]] == [(1, 0, 1)]
    assert [(one["about"], one["state"]) for one in told["missing"]] == [("person/R1", "已载无文件")]
    assert "还没有应归档的" in run(documents, "missing", "--year", "2019")


def test_a_total_is_stated_and_checked(run: Run):
    assert "还没有外部对账数" in run(controls, "2023")
    state = ("state", "运营商账单呼入通话数", "2023-05", "1", "--issued-by", "某某电信", "--by", "李四")
    assert "已登记" in run(controls, *state)
    assert "已经登记过" in run(controls, *state)
    run(controls, "state", "platform_orders", "2023-05", "7", "--issued-by", "省平台", "--by", "李四")
    shown = run(controls, "2023")
    assert "相符1项，不符0项，无法核对1项" in shown
    assert "工单缺5月31日，补齐后才能核对。" in shown
    assert run(controls, "list", "2023") == shown
    told = {one["kind"]: one for one in json.loads(run(controls, "2023", "--json"))}
    assert (told["telecom_calls"]["verdict"], told["telecom_calls"]["claimed"]) == ("相符", "1")
    assert told["platform_orders"]["difference"] == "-6"


def test_a_total_may_stand_on_an_attached_paper(run: Run, tmp_path: Path):
    run(
        documents,
        "attach",
        str(papers.pdf(tmp_path)),
        "--to",
        "month/2023-05",
        "--kind",
        "bill",
        "--by",
        "张",
    )
    (paper,) = json.loads(run(documents, "list", "--json"))
    run(
        controls, "state", "telecom_calls", "2023-05-02", "0", "--until", "2023-05-03",
        "--issued-by", "某某电信", "--by", "李四", "--document", paper["document"],
    )  # fmt: skip
    (told,) = json.loads(run(controls, "2023", "--json"))
    assert (told["document"], told["end_day"], told["verdict"]) == (paper["sha256"], "2023-05-04", "相符")


@pytest.mark.parametrize(
    "wrong",
    [("cats", "2023-05", "1"), ("telecom_calls", "May", "1"), ("telecom_calls", "2023-05", "many"),
     ("telecom_calls", "2024-05", "1")],
)  # fmt: skip
def test_a_total_that_cannot_be_is_refused_with_a_sentence(run: Run, wrong: tuple[str, ...]):
    shown = run(controls, "state", *wrong, "--issued-by", "某某电信", "--by", "李四")
    assert shown.rstrip().endswith("。")
    assert "还没有外部对账数" in run(controls, "2023")


def test_the_matrix_is_shown_and_its_cells_open(run: Run):
    shown = run(controls, "matrix", "2023")
    may = [line.split() for line in shown.splitlines() if line.startswith("2023-05 ")]
    assert may[1] == ["2023-05", "—", "1", "—", "0（1）", "0", "—"]
    told = json.loads(run(controls, "matrix", "2023", "--json"))
    assert told[4]["findings"]["talked_but_unanswered"]["unexplained"] == 1
    opened = run(controls, "rows", "2023-05", "未接却有通话")
    assert "call/c1" in opened and "共1通。" in opened
    rows = json.loads(run(controls, "rows", "2023-05", "order_without_call", "--json"))
    assert [(row["subject"], row["explained"]) for row in rows["rows"]] == [("work_order/A1", True)]
    assert "共0件" in run(controls, "rows", "2023-05", "order_without_call", "--unexplained")
