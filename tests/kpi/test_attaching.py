"""Files attached to what they prove: kept once, named safely, withdrawn, checked."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from kpi.documents import shelf
from kpi.documents.attaching import AttachingProblem, Attachment, attach, withdraw
from kpi.documents.media import DocumentRefused
from kpi.documents.shelf import Document, ShelfProblem
from kpi.documents.subjects import TargetProblem, label_target
from tests.kpi import papers
from tests.kpi.given import record
from tracker import log
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.vault import Vault, use_vault
from web.labels import label_subject

NOW = datetime(2024, 1, 5, 9, tzinfo=BEIJING)
GIVEN = """
person R1 joined 2022-05-01
payment P1 劳务费 due 2023-01-10 paid 2023-01-09 1000.00
payment P2 劳务费 due 2023-02-10 1000.00
training 2023-04-07 29 of 30
probe 2023-07-02 03:00 down
total telecom_calls 2023-05-01..2023-05-31 3440 某某电信"""

Attach = Callable[..., Attachment]


@pytest.fixture
def raw(database: Database) -> Iterator[psycopg.Connection[Any]]:
    with database.engine.begin() as connection:
        record(connection, GIVEN)
    with database.connect() as connection:
        yield connection


@pytest.fixture
def attached(raw: psycopg.Connection[Any], home: Path) -> Attach:
    """Attaches a file to payment P1 as its voucher, unless told otherwise."""

    def attached(path: Path, **more: Any) -> Attachment:
        told = {"to": "payment/P1", "kind": "voucher", "by": "张三", "limit": 1 << 20, "now": NOW} | more
        return attach(raw, home, "tlf", path, **told)

    return attached


@pytest.fixture
def held(raw: psycopg.Connection[Any]) -> Callable[..., list[Document]]:
    return lambda **more: shelf.read_documents(raw, "tlf", **more)


def stored(home: Path) -> list[Path]:
    return [path for path in (home / "documents").rglob("*") if path.is_file()]


def test_a_document_is_kept_under_its_hash_and_told_in_the_log(attached, held, home, raw, tmp_path):
    path = papers.pdf(tmp_path, pages=2)
    done = attached(path)
    (document,) = held(about="payment/P1")
    store = shelf.find_store(raw, home, "tlf")
    assert b"".join(store.read(document.sha256)) == path.read_bytes()
    assert store.locate(document.sha256).stat().st_mode & 0o077 == 0
    assert b"PDF" not in store.locate(document.sha256).read_bytes()
    assert (document.pages, document.media_type, document.attached_by) == (2, "application/pdf", "张三")
    assert (document.document, document.title) == (document.sha256[:16], "支付凭证 支付 P1")
    (event,) = log.read_timeline(raw, "tlf", f"document/{done.event.document}")
    assert (event.type, event.data["sha256"], event.occurred_at) == (
        "document.attached",
        document.sha256,
        NOW,
    )


def test_sm3_is_told_where_the_machine_can(attached, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"abc")
    # GB/T 32905-2016, appendix A.1
    abc = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert attached(tmp_path / "a.txt").event.sm3 in (abc, None)


def test_the_same_bytes_on_the_same_thing_are_nothing_new(attached, held, raw, tmp_path):
    path = papers.pdf(tmp_path)
    first = attached(path)
    before = log.read_head(raw, "tlf")
    again = attached(path, title="另一个标题")
    assert (again.added, again.event.document) == (False, first.event.document)
    assert log.read_head(raw, "tlf") == before


def test_the_same_bytes_may_prove_two_things(attached, held, home, tmp_path):
    path = papers.pdf(tmp_path)
    attached(path, kind="contract")
    attached(path, kind="contract", to="payment/P2")
    assert [one.document[16:] for one in held()] == ["", "-2"]
    assert len(stored(home)) == 1


def test_a_withdrawn_document_stays_readable_and_may_be_attached_again(attached, held, raw, home, tmp_path):
    path = papers.pdf(tmp_path)
    first = attached(path).event.document
    withdraw(raw, "tlf", first, reason="传错了", by="李四", now=NOW)
    assert held() == []
    assert [one.withdrawn for one in held(with_withdrawn=True)] == [True]
    assert attached(path).added
    assert [one.document for one in held()] == [f"{first}-2"]
    assert [event.type for event in log.read_timeline(raw, "tlf", f"document/{first}")] == [
        "document.attached", "document.withdrawn",
    ]  # fmt: skip


def test_withdrawing_needs_a_reason_and_happens_once(attached, raw, tmp_path):
    number = attached(papers.pdf(tmp_path)).event.document
    with pytest.raises(AttachingProblem, match="理由"):
        withdraw(raw, "tlf", number, reason=" ", by="李四", now=NOW)
    withdraw(raw, "tlf", number[:6], reason="传错了", by="李四", now=NOW)
    with pytest.raises(AttachingProblem, match="已经撤销"):
        withdraw(raw, "tlf", number, reason="传错了", by="李四", now=NOW)


@pytest.mark.parametrize(
    ("about", "label"),
    [
        ("person/R1", "人员 R1"),
        ("month/2023-05", "2023年5月"),
        ("month/2023-05/roster", "2023年5月 人员花名册"),
        ("recruitment/2022-05", "2022年5月招聘"),
        ("outage/2023-07-02", "平台停机 2023-07-02"),
        ("indicator/call_answer_rate/2023-Q2", "2023年第二季度 热线电话接通率"),
        (
            "total/telecom_calls/2023-05-01/2023-06-01/某某电信",
            "某某电信 运营商账单呼入通话数（2023-05-01起）",
        ),
    ],
)
def test_a_document_may_be_about_a_thing_a_month_or_a_figure(attached, tmp_path, about, label):
    done = attached(papers.pdf(tmp_path), to=about, kind="minutes")
    assert (done.event.about, done.label, done.event.title) == (about, label, f"会议纪要 {label}")


def test_an_indicator_may_be_named_in_chinese(attached, tmp_path):
    done = attached(papers.pdf(tmp_path), to="indicator/热线电话接通率/2023", kind="minutes")
    assert done.event.about == "indicator/call_answer_rate/2023"


@pytest.mark.parametrize(
    "about",
    [
        "person/R2", "person/", "R1", "dog/1", "month/2023", "month/2023-13", "month/2023-05/cats",
        "recruitment/2023-05", "outage/2023-07-03", "outage/2023-02-30", "outage/x",
        "indicator/happiness/2023", "indicator/call_answer_rate/May", "payment/../P1",
    ],
)  # fmt: skip
def test_what_is_not_there_cannot_be_proved(attached, home, tmp_path, about):
    with pytest.raises(TargetProblem):
        attached(papers.pdf(tmp_path), to=about)
    assert not (home / "documents").exists()


def test_a_refused_file_leaves_nothing_behind(attached, home, tmp_path):
    with pytest.raises(DocumentRefused):
        attached(papers.locked_pdf(tmp_path))
    assert stored(home) == []


def test_a_file_over_the_limit_is_refused_before_it_is_copied(attached, home, tmp_path):
    with pytest.raises(DocumentRefused, match="上限"):
        attached(papers.pdf(tmp_path), limit=100)
    assert not (home / "documents").exists()


def test_an_unknown_kind_or_nobody_is_refused(attached, tmp_path):
    with pytest.raises(AttachingProblem, match="diploma_check"):
        attached(papers.pdf(tmp_path), kind="poem")
    with pytest.raises(AttachingProblem, match="上传人"):
        attached(papers.pdf(tmp_path), by=" ")


def test_the_files_own_name_goes_nowhere(attached, raw, tmp_path):
    done = attached(papers.pdf(tmp_path, name="王小明劳动合同.pdf"))
    (event,) = log.read_timeline(raw, "tlf", f"document/{done.event.document}")
    assert "王小明" not in event.text


@pytest.mark.parametrize(
    "title", ["王小明的毕业证", "来电13800000001录音", "证件11010519491231002X", "座机0995-8522345"]
)
def test_a_title_that_tells_a_name_or_a_number_is_refused(attached, database, raw, tmp_path, title):
    vault = Vault(b"k" * 32)
    use_vault(database, vault)
    own = vault.of(raw, "tlf")
    own.token("name", "王小明")
    own.keep(raw)
    with pytest.raises(AttachingProblem, match="工号"):
        attached(papers.pdf(tmp_path), title=title)


def test_a_title_of_many_lines_or_pages_is_refused_or_put_in_one_line(attached, tmp_path):
    assert attached(papers.pdf(tmp_path), title=" 一月\n凭证 ").event.title == "一月 凭证"
    with pytest.raises(AttachingProblem, match="标题"):
        attached(papers.pdf(tmp_path), title="长" * 101)


@pytest.mark.parametrize("title", ["../../etc/passwd", "/etc/passwd", "..", "a\\b:c*?", "~/.ssh/id"])
def test_a_title_cannot_lead_a_copy_elsewhere(attached, held, title, tmp_path):
    attached(papers.pdf(tmp_path), title=title)
    name = Path(shelf.build_file_name(held()[0]))
    assert (name.parent, name.suffix) == (Path(), ".pdf")
    assert not set(name.name) & set('\\/:*?"<>|')


def test_an_altered_or_missing_file_is_named(attached, held, home, raw, tmp_path):
    for number in (1, 2, 3):
        attached(papers.pdf(tmp_path, mark=number))
    _, altered, lost = held()
    store = shelf.find_store(raw, home, "tlf")
    assert shelf.check_documents(store, held()) == []
    raw_bytes = bytearray(store.locate(altered.sha256).read_bytes())
    raw_bytes[-3] ^= 1
    store.locate(altered.sha256).write_bytes(raw_bytes)
    store.locate(lost.sha256).unlink()
    faults = shelf.check_documents(store, held())
    assert [(fault.document, "改动" in fault.sentence) for fault in faults] == [
        (altered, True),
        (lost, False),
    ]


def test_a_document_is_found_by_the_beginning_of_its_number_or_hash(attached, held, raw, tmp_path):
    path = papers.pdf(tmp_path)
    attached(path)
    attached(path, to="payment/P2")
    first, second = held()
    assert shelf.find_document(raw, "tlf", first.document) == first
    assert shelf.find_document(raw, "tlf", second.document) == second
    assert shelf.find_bytes(raw, "tlf", first.sha256[:20]) == first
    with pytest.raises(ShelfProblem, match="不止一份"):
        shelf.find_document(raw, "tlf", first.sha256[:8])
    with pytest.raises(ShelfProblem, match="没有编号"):
        shelf.find_document(raw, "tlf", "ffff0000")
    with pytest.raises(ShelfProblem, match="至少"):
        shelf.find_document(raw, "tlf", "a")


def test_a_thing_is_called_as_on_the_pages():
    assert label_target("payment/P1") == label_subject("payment/P1") == "支付 P1"
