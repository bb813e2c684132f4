"""A scheme bound to a centre's year: figures, attestations, marks of experts."""

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpi.documents.attaching import attach, withdraw
from kpi.documents.media import DocumentRefused
from kpi.documents.shelf import read_documents
from kpi.evaluation.actual import MetPoints
from kpi.evaluation.attesting import AttestationProblem, Attested, Marked, attest, mark
from kpi.evaluation.delivered_tables import read_attested, read_marked
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import read_scheme
from kpi.evaluation.score_tree import format_score_tree
from kpi.evaluation.scoring import Evaluation, ScoreVerdict, evaluate
from kpi.figures import results
from tests.conftest import IMPORTED, fresh_database
from tests.evaluation.cases import SMALL, scheme_of, written
from tests.kept_files import read_kept
from tests.kpi.given import record
from tracker import centers, log
from tracker.blob_store import DOCUMENTS
from tracker.database import Database
from tracker.events.times import BEIJING

PAPER = b"approved\n"
DOCUMENT = hashlib.sha256(PAPER).hexdigest()
LIMIT = 1 << 20
CENTER = centers.Center("tlf", "吐鲁番", "sha256")
TOLD = [
    Attested("A101", "可直接应用", (DOCUMENT,)),
    Attested("A102", "是,是", (DOCUMENT,)),
    Attested("B205", "是,是", (DOCUMENT,)),
    Attested("B208", "是,是", (DOCUMENT,)),
    Attested("D101", "98.8%", (DOCUMENT,), (), "来访人员问卷"),
]


def scored(database: Database, key: str = "urumqi-2023") -> Evaluation:
    with database.connect() as raw:
        center = centers.find_center(raw, "tlf")
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", IMPORTED)
    with database.engine.connect() as connection:
        facts = read_center_facts(connection, center, scheme_of(key), 2023, IMPORTED)
    return evaluate(scheme_of(key), facts)


def put_on_file(database: Database, folder: Path) -> str:
    """Attaches the one document of these tests; returns its number."""
    paper = folder / "批复.txt"
    paper.write_bytes(PAPER)
    with database.connect() as connection:
        done = attach(
            connection, folder / "var", "tlf", paper,
            to="month/2023-05", kind="other", by="张三", limit=LIMIT, now=IMPORTED,
        )  # fmt: skip
    return done.event.document


def attested(
    database: Database, home: Path, *told: Attested, scheme: Scheme | None = None, by: str = "张三",
    now: datetime = IMPORTED,
) -> None:  # fmt: skip
    asked = scheme or scheme_of("urumqi-2023")
    with database.connect() as connection:
        attest(connection, home, "tlf", asked, 2023, told, by=by, now=now, limit=LIMIT)


@pytest.fixture(scope="module")
def sample(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The sample year with some attestations and marks."""
    for database in fresh_database(server_url, sample_year):
        folder = tmp_path_factory.mktemp("attested")
        put_on_file(database, folder)
        attested(database, folder / "var", *TOLD)
        with database.connect() as connection:
            scheme = scheme_of("urumqi-2023")
            marks = [
                Marked("专家甲", "C101", Decimal("4.2")),
                Marked("专家乙", "C101", Decimal("3.9")),
                Marked("专家丙", "C101", Decimal("4.1")),
            ]
            mark(connection, "tlf", scheme, 2023, marks, now=IMPORTED)
        yield database


@pytest.fixture(scope="module")
def urumqi(sample: Database) -> Evaluation:
    return scored(sample)


@pytest.mark.slow
def test_the_staffing_rate_is_the_mean_of_twelve_month_ends(urumqi: Evaluation):
    """400 people at twelve month ends ÷ 420 posts, 4.76 points off at 5 % each."""
    score = urumqi.score("C101")
    assert score.told.actual.value == Fraction(400, 420) * 100
    assert str(score.told.actual) == "95.24%"
    assert score.rule.points == 5 * (1 - Fraction(5, 100) * (100 - Fraction(40000, 420)))


@pytest.mark.slow
def test_a_panel_keeps_every_experts_mark_its_mean_and_its_spread(urumqi: Evaluation):
    score = urumqi.score("C101")
    assert [(one.expert, one.points) for one in score.panel.marks] == [
        ("专家丙", Fraction("4.1")), ("专家乙", Fraction("3.9")), ("专家甲", Fraction("4.2")),
    ]  # fmt: skip
    assert (score.panel.mean, score.panel.spread) == (Fraction("12.2") / 3, Fraction("0.3"))
    assert (score.verdict, score.final.points) == (ScoreVerdict.BY_PANEL, Fraction("4.07"))


@pytest.mark.slow
def test_turnover_is_five_of_thirty_five(urumqi: Evaluation):
    score = urumqi.score("B206")
    assert str(score.told.actual) == "14.29%"
    assert score.rule.points == 2 * (1 - Fraction(4, 100) * (Fraction(500, 35) - 10))
    assert score.final.points == Fraction("1.66")


@pytest.mark.slow
def test_six_of_twelve_labour_payments_on_time_fail_the_point_of_the_contract(urumqi: Evaluation):
    score = urumqi.score("B205")
    assert score.told.actual == MetPoints((True, True, False))
    assert "人员经费支付及时率50.00%（6 ÷ 12）" in score.told.note
    assert score.rule.points == Fraction("1.34")


@pytest.mark.slow
def test_ten_of_sixteen_payments_were_on_time(sample: Database):
    score = scored(sample, "turpan-2022").score("C301")
    assert score.told.actual.value == Fraction(1000, 16)
    assert score.rule.points == 6 * Fraction("62.5") / 80


@pytest.mark.slow
def test_thirty_seven_of_thirty_eight_diplomas_cost_one_item_and_the_archive(urumqi: Evaluation):
    assert urumqi.score("C203").told.actual.value == 1
    assert urumqi.score("C203").rule.points == Fraction("3.88")
    archive = urumqi.score("B208")
    assert archive.told.actual == MetPoints((True, True, False))
    assert "（37 ÷ 38）" in archive.told.note
    assert archive.rule.points == 0


@pytest.mark.slow
def test_a_mean_a_day_is_taken_over_the_days_with_business_and_says_so(urumqi: Evaluation):
    """1,369,913 cases on the 260 days that had any; the report prints 5,266."""
    score = urumqi.score("C102")
    assert score.told.backed
    assert score.told.actual.value == Fraction(1369913, 260)
    assert score.told.note == "1,369,913件÷260天（有业务的日子）"
    assert score.rule.points == 5


@pytest.mark.slow
def test_money_is_turned_into_the_unit_of_the_target(sample: Database):
    score = scored(sample, "zizhou-2021").score("B102")
    assert str(score.told.actual) == "249.99万元"


@pytest.mark.slow
def test_what_nobody_attested_cannot_be_verified_and_costs_what_the_scheme_says(urumqi: Evaluation):
    score = urumqi.score("B103")
    assert score.told.unverifiable
    assert score.rule.points == 0
    assert score.rule.reason == "无法核实，不得分：未填报，未提供佐证材料"


@pytest.mark.slow
def test_an_attestation_says_who_told_and_how_many_documents(urumqi: Evaluation):
    assert urumqi.score("D101").told.note == "张三填报，附1份文件；来访人员问卷"
    assert urumqi.score("D101").final.points == 5


@pytest.mark.slow
def test_the_command_scores_the_centre(sample: Database, home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sample.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", sample.admin_url)
    monkeypatch.setattr("kpi.evaluation.cli._get_now", lambda: IMPORTED)
    from web.cli import hotline

    told = CliRunner().invoke(hotline, ["evaluate", "urumqi-2023", "--center", "tlf", "--year", "2023"])
    assert told.exception is None
    assert "C101 聘用人员到位率" in told.output
    assert "95.24%" in told.output


@pytest.fixture
def tlf(database: Database, tmp_path: Path) -> Database:
    """A centre with one document on file and nothing else."""
    with database.connect() as connection:
        centers.create_center(connection, "tlf", "吐鲁番", now=IMPORTED)
    put_on_file(database, tmp_path)
    return database


def refused(database: Database, home: Path, *told: Attested, by: str = "张三") -> str:
    with pytest.raises(AttestationProblem) as problem:
        attested(database, home, *told, by=by)
    with database.connect() as connection:
        assert log.read_head(connection, "tlf").seq == 1
    return str(problem.value)


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Attested("A102", "是,是"), "未附佐证材料，未提交；请上传申请文件、预算批复"),
        (Attested("Z9", "是"), "里没有指标“Z9”；可用的有 A101、A102"),
        (Attested("A102", "是", (DOCUMENT,)), "要填报2条（按规定程序申请、材料符合要求），读到1条"),
        (Attested("A102", "是,大概", (DOCUMENT,)), "每条应写 是、否 或 ?"),
        (Attested("B205", "是,是,是", (DOCUMENT,)), "要填报2条（按要求签订合同、权责清晰、时间明确），读到3"),
        (Attested("A101", "有依据", (DOCUMENT,)), "没有“有依据”这一等；可以写的是 可直接应用"),
        (Attested("D101", "98件", (DOCUMENT,)), "D101 政务服务中心运行情况良好：实际值的单位是“件”，应为“%”"),
        (Attested("D101", "988%", (DOCUMENT,)), "988%超过100%；请核对，情况属实的请在备注中说明"),
        (Attested("D101", "很高", (DOCUMENT,)), "实际值应为数字"),
        (Attested("B206", "5%", (DOCUMENT,)), "由系统按 staff_turnover_rate 自动取数，不能人工填报"),
    ],
)  # fmt: skip
def test_an_attestation_that_does_not_fit_is_refused_with_a_sentence(
    tlf: Database, home: Path, told: Attested, words: str
):
    assert words in refused(tlf, home, Attested("A101", "可直接应用", (DOCUMENT,)), told)


def test_an_attestation_without_a_name_is_refused(tlf: Database, home: Path):
    assert refused(tlf, home, TOLD[0], by=" ") == "填报必须写明填报人。"


def test_a_scheme_may_say_that_no_document_is_needed(tlf: Database, home: Path, tmp_path: Path):
    text = SMALL.replace('title = "制度"', 'title = "制度"\ndocument = false')
    scheme = read_scheme(written(tmp_path, text))
    attested(tlf, home, Attested("制度", "是,否"), scheme=scheme)
    with tlf.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", IMPORTED)
        evaluation = evaluate(scheme, read_center_facts(connection, CENTER, scheme, 2023, IMPORTED))
    assert evaluation.score("A102").rule.points == 16
    assert evaluation.score("A102").told.note == "张三填报，没有附文件"


def test_a_later_attestation_holds_and_the_earlier_stays_in_the_log(tlf: Database, home: Path):
    first, second = Attested("A102", "是,否", (DOCUMENT,)), Attested("A102", "是,是", (DOCUMENT,))
    attested(tlf, home, first)
    attested(tlf, home, second, by="李四", now=IMPORTED + timedelta(hours=1))
    with tlf.connect() as connection:
        rows = connection.execute("SELECT value, attested_by FROM attestations").fetchall()
        assert rows == [("是,是", "李四")]
        assert log.read_head(connection, "tlf").seq == 3


def test_an_attested_number_without_back_end_statistics_loses_what_the_scheme_says(tlf: Database, home: Path):
    attested(tlf, home, Attested("C102", "5266件", (DOCUMENT,)))
    score = scored(tlf).score("C102")
    assert (score.told.backed, score.rule.points) == (False, Fraction("2.5"))
    assert "无后台统计数据支撑，扣权重分的50%" in score.rule.reason


def test_a_mark_beyond_the_weight_is_refused(tlf: Database):
    with tlf.connect() as connection, pytest.raises(AttestationProblem, match="专家甲打6分，应在0与5分之间"):
        mark(
            connection,
            "tlf",
            scheme_of("urumqi-2023"),
            2023,
            [Marked("专家甲", "C101", Decimal(6))],
            now=IMPORTED,
        )


def test_tables_of_attestations_and_marks_are_read(tmp_path: Path):
    (tmp_path / "批复.pdf").write_bytes(b"approved")
    table = (
        '填报表\n指标,实际值,佐证材料,备注\nA102,"是,是",批复.pdf,已批\n\nA101,可直接应用,{0}；批复.pdf,\n'
    )
    path = written(tmp_path, table.format(DOCUMENT), "填报.csv")
    approved = tmp_path / "批复.pdf"
    assert read_attested(path) == [
        Attested("A102", "是,是", (), (approved,), "已批"),
        Attested("A101", "可直接应用", (DOCUMENT,), (approved,), None),
    ]
    marks = written(tmp_path, "专家,指标,得分\n专家甲,C101,4.2\n", "打分.csv")
    assert read_marked(marks) == [Marked("专家甲", "C101", Decimal("4.2"), None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("专家,指标,得分\n专家甲,C101,高\n", "打分.csv 第2行：得分应为数字，读到的是“高”"),
        ("专家,指标,得分\n,C101,4\n", "打分.csv 第2行：专家是空的"),
        ("专家,得分\n甲,4\n", "打分.csv 里没有找到表头；要有 专家、指标、得分 各列"),
    ],
)
def test_a_table_of_marks_that_cannot_be_read_says_where(text: str, words: str, tmp_path: Path):
    with pytest.raises(AttestationProblem) as problem:
        read_marked(written(tmp_path, text, "打分.csv"))
    assert words in str(problem.value)


def test_a_document_that_is_not_there_is_named(tlf: Database, home: Path, tmp_path: Path):
    path = written(tmp_path, '指标,实际值,佐证材料\nA102,"是,是",没有.pdf\n', "填报.csv")
    assert refused(tlf, home, *read_attested(path)).startswith("A102：“没有.pdf”不是文件，也不是已上传材料的")


def test_a_file_given_with_a_value_is_kept_and_attached_to_it(tlf: Database, home: Path, tmp_path: Path):
    (tmp_path / "申请.txt").write_bytes(b"applied\n")
    attested(tlf, home, Attested("A102", "是,是", (DOCUMENT,), (tmp_path / "申请.txt",)))
    with tlf.connect() as connection:
        (document,) = read_documents(connection, "tlf", kind="attestation")
    assert document.about == "attestation/urumqi-2023/2023/A102"
    assert document.title == "评价佐证材料 2023年指标填报 urumqi-2023 A102"
    assert read_kept(tlf, home, "tlf", document.sha256, DOCUMENTS) == b"applied\n"
    assert scored(tlf).score("A102").told.note == "张三填报，附2份文件"


def test_a_file_that_is_refused_takes_the_value_with_it(tlf: Database, home: Path, tmp_path: Path):
    (tmp_path / "申请.exe").write_bytes(b"MZ\x90\x00")
    with pytest.raises(DocumentRefused, match=r"^A102“申请\.exe”："):
        attested(tlf, home, Attested("A102", "是,是", (), (tmp_path / "申请.exe",)))
    with tlf.connect() as connection:
        assert log.read_head(connection, "tlf").seq == 1


def test_a_value_whose_only_document_is_withdrawn_cannot_be_verified(tlf: Database, home: Path):
    attested(tlf, home, Attested("A102", "是,是", (DOCUMENT,)))
    assert scored(tlf).score("A102").rule.points == 3
    with tlf.connect() as connection:
        withdraw(connection, "tlf", DOCUMENT[:16], reason="盖错章", by="李四", now=IMPORTED)
    score = scored(tlf).score("A102")
    assert score.rule.reason == "无法核实，不得分：张三填报，附1份文件（1份已不在档）"
    with pytest.raises(AttestationProblem, match="已撤销，请更换"):
        attested(tlf, home, Attested("A102", "是,是", (DOCUMENT,)))


def test_a_running_year_is_marked_provisional(tlf: Database):
    with tlf.engine.begin() as connection:
        record(
            connection, "posts 2023-01-01 35\nperson R1 joined 2022-05-01\nbudget received 2023-01-12 2000.00"
        )
        record(connection, "delivered roster 2023-01-31..2023-02-01 as of 2023-07-01")
        now = datetime(2023, 7, 1, 12, tzinfo=BEIJING)
        results.bring_up_to_date(connection, "tlf", now)
        facts = read_center_facts(connection, CENTER, scheme_of("urumqi-2023"), 2023, now)
    assert facts.told("C101").provisional
    tree = "\n".join(format_score_tree(evaluate(scheme_of("urumqi-2023"), facts)))
    assert "2.86%*" in tree
    assert "带*的年度尚未结束，得分为预估。" in tree
