"""What people attest is held against what the log counts: both values are told, and a reason decides."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from kpi.evaluation.actual import MetPoints
from kpi.evaluation.attesting import Attested, attest
from kpi.evaluation.claims import ClaimOutcome
from kpi.evaluation.claims.claim import read_printed_number
from kpi.evaluation.findings import list_findings
from kpi.evaluation.from_events import is_equal_as_printed, read_center_facts
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import SchemeProblem, read_scheme
from kpi.evaluation.score_tree import format_score_tree
from kpi.evaluation.scoring import Evaluation, ItemScore, evaluate
from kpi.evaluation.serializing import convert_evaluation
from kpi.figures import results
from kpi.figures.indicators.indicator import round_exact
from tests.conftest import IMPORTED, fresh_database
from tests.evaluation.cases import HEAD, scheme_of, written
from tests.evaluation.test_from_events import CENTER, LIMIT, put_on_file
from tests.kpi.given import record
from tracker.database import Database
from tracker.events.times import BEIJING

PAPER = hashlib.sha256(b"approved\n").hexdigest()
NOW = datetime(2024, 2, 1, tzinfo=BEIJING)
REASON = "2人的考核成绩在纸质档案里，尚未录入"

SMALL = (
    HEAD
    + """
[indicators.A1]
under = "A"
title = "培训上岗"
weight = 60
rule = { kind = "checklist" }
points = ["全员岗前培训", { text = "考核合格后上岗", checks = "pre_job_pass_rate ≥100%" }]
from = { attested = "培训记录" }

[indicators.A2]
under = "A"
title = "执行率"
weight = 40
target = "=100%"
rule = { kind = "ratio" }
from = { attested = "支付凭证", checks = "budget_execution_of_budget_rate" }
"""
)
PEOPLE = """
person R1 joined 2022-05-01 score 82
person R2 joined 2022-05-01 score 90
person R3 joined 2022-05-01 score 41
posts 2023-01-01 3
budget approved 2023-01-12 3000.00
payment P1 劳务费 due 2023-03-10 paid 2023-03-09 2000.00
"""
WHOLE = "\n".join(
    f"delivered {source} 2023-01-01..2024-01-01 as of 2024-01-05"
    for source in ("roster", "payments", "budget")
)


@pytest.fixture
def small(tmp_path: Path) -> Scheme:
    return read_scheme(written(tmp_path, SMALL))


@pytest.fixture
def tlf(database: Database, tmp_path: Path) -> Database:
    """Two of three passed the test before their job; 2,000 of 3,000 yuan were spent."""
    with database.engine.begin() as connection:
        record(connection, PEOPLE)
        record(connection, WHOLE)
    put_on_file(database, tmp_path)
    return database


def scored(
    database: Database, scheme: Scheme, *told: Attested, home: Path, now: datetime = NOW
) -> Evaluation:
    """A centre's year after what was attested."""
    with database.connect() as raw:
        attest(raw, home, "tlf", scheme, 2023, told, by="张三", now=now, limit=LIMIT)
    with database.engine.begin() as connection:
        results.bring_up_to_date(connection, "tlf", now)
        return evaluate(scheme, read_center_facts(connection, CENTER, scheme, 2023, now))


def said(evaluation: Evaluation, kind: str = "attested") -> list[tuple[ClaimOutcome, str]]:
    return [(one.outcome, one.sentence) for one in list_findings(evaluation) if one.kind == kind]


BOTH = "“考核合格后上岗”张三填报为“是”，系统数据为“否”（培训上岗率66.67%（2 ÷ 3），要求≥100%）"


def test_an_attested_point_that_the_log_denies_is_a_finding_and_the_log_scores(tlf, small, home: Path):
    found = scored(tlf, small, Attested("A1", "是,是", (PAPER,)), home=home)
    assert found.score("A1").told.actual == MetPoints((True, False))
    assert found.score("A1").final.points == 30
    assert said(found) == [(ClaimOutcome.DEPARTS, f"{BOTH}；填报人没有写明理由，按系统数据计分")]


def test_with_a_reason_the_attestation_scores_and_the_reason_stands_beside_it(tlf, small, home: Path):
    found = scored(tlf, small, Attested("A1", "是,是", (PAPER,), reason=REASON), home=home)
    assert found.score("A1").final.points == 60
    sentence = f"{BOTH}；填报人写明理由，按填报计分，理由：{REASON}"
    assert said(found) == [(ClaimOutcome.EXPLAIN, sentence)]
    assert sentence in found.score("A1").told.note
    assert REASON in "".join(line.strip() for line in format_score_tree(found, reasons=True))
    (told,) = convert_evaluation(found)["scores"][0]["parts"][0]["contradictions"]
    assert (told["figure"], told["reason"]) == ("pre_job_pass_rate", REASON)


def test_a_reason_of_blanks_is_none(tlf, small, home: Path):
    found = scored(tlf, small, Attested("A1", "是,是", (PAPER,), reason="  "), home=home)
    assert found.score("A1").final.points == 30


def test_what_is_attested_worse_than_the_log_counts_is_a_finding_too(tlf, small, home: Path):
    with tlf.engine.begin() as connection:
        record(connection, "person R3 joined 2022-05-01 score 61")
    found = scored(tlf, small, Attested("A1", "是,否", (PAPER,)), home=home)
    assert found.score("A1").final.points == 60
    ((_, sentence),) = said(found)
    assert "填报为“否”，系统数据为“是”（培训上岗率100.00%（3 ÷ 3），要求≥100%）" in sentence


@pytest.mark.parametrize("value", ["是,否", "是,?"])
def test_what_agrees_or_leaves_it_to_the_log_is_no_finding(tlf, small, home: Path, value: str):
    found = scored(tlf, small, Attested("A1", value, (PAPER,)), home=home)
    assert (found.score("A1").final.points, said(found)) == (30, [])


def test_a_point_that_the_log_counts_needs_no_attestation(tlf, small, home: Path):
    with tlf.engine.begin() as connection:
        record(connection, "person R3 joined 2022-05-01 score 61")
    found = scored(tlf, small, home=home)
    assert found.score("A1").told.actual == MetPoints((None, True))
    assert found.score("A1").final.points == 30


def test_a_log_that_lacks_months_denies_nothing(database: Database, small, tmp_path: Path, home: Path):
    """The roster was delivered for January only: whoever is in it may not be all."""
    with database.engine.begin() as connection:
        record(connection, PEOPLE)
        record(connection, "delivered roster 2023-01-01..2023-02-01 as of 2023-02-05")
    put_on_file(database, tmp_path)
    found = scored(database, small, Attested("A1", "是,是", (PAPER,)), home=home)
    assert (found.score("A1").final.points, said(found)) == (60, [])
    assert "部分可核实，还不能据以否定填报，“考核合格后上岗”按填报计分" in found.score("A1").told.note


def test_an_attested_number_is_held_against_the_logs(tlf, small, home: Path):
    found = scored(tlf, small, Attested("A2", "100%", (PAPER,)), home=home)
    assert found.score("A2").told.actual.value == Fraction(200, 3)
    ((outcome, sentence),) = said(found)
    assert outcome is ClaimOutcome.DEPARTS
    assert "张三填报为100%，系统数据为66.67%（预算执行率（占全年预算）66.67%，2,000 ÷ 3,000）" in sentence
    found = scored(tlf, small, Attested("A2", "100%", (PAPER,), reason="另有一笔年后入账"), home=home)
    assert found.score("A2").final.points == 40
    assert "理由：另有一笔年后入账" in found.score("A2").told.note


@pytest.mark.parametrize("value", ["66.67%", "66.66%", "67%", "66.7%"])
def test_a_number_that_is_the_logs_at_its_places_scores_exactly(tlf, small, home: Path, value: str):
    found = scored(tlf, small, Attested("A2", value, (PAPER,)), home=home)
    assert (found.score("A2").told.actual.value, said(found)) == (Fraction(200, 3), [])


def test_a_number_that_nobody_attested_is_the_logs(tlf, small, home: Path):
    assert scored(tlf, small, home=home).score("A2").final.points == Fraction(80, 3)


@given(st.fractions(0, 10**6), st.integers(0, 6))
def test_a_number_agrees_with_what_it_was_rounded_from_and_with_nothing_further_off(exact, places: int):
    shown = round_exact(exact, places)
    assert is_equal_as_printed(read_printed_number(f"{shown:f}"), exact)
    further = Fraction(shown) + Fraction(2, 10**places)
    assert not is_equal_as_printed(read_printed_number(f"{round_exact(further, places):f}"), exact)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("pre_job_pass_rate ≥100%", "pre_job_pass_rate ≥100人", "的单位是“%”，条件写的单位是“人”"),
        ("pre_job_pass_rate ≥100%", "no_such ≥1%", "没有指标“no_such”"),
        ('checks = "pre_job', 'when = "staff_turnover_rate ≤10%", checks = "pre_job', "只能写一个"),
        ('checks = "budget_execution_of_budget_rate"', 'checks = "no_such"', "没有指标“no_such”"),
        ('attested = "支付凭证", ', 'figure = "funds_received_rate", ', "只能与 attested 同写"),
        ('"培训记录" }', '"培训记录", checks = "staff_turnover_rate" }', "不取数值"),
    ],
)  # fmt: skip
def test_a_check_that_cannot_be_made_is_refused_with_the_scheme(old, new, words: str, tmp_path: Path):
    assert SMALL.count(old) == 1
    with pytest.raises(SchemeProblem) as refused:
        read_scheme(written(tmp_path, SMALL.replace(old, new)))
    assert words in str(refused.value)


@pytest.fixture(scope="module")
def sample(server_url: str, sample_year: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    for database in fresh_database(server_url, sample_year):
        put_on_file(database, tmp_path_factory.mktemp("paper"))
        yield database


def urumqi(sample: Database, home: Path, reason: str | None) -> ItemScore:
    told = Attested("C202", "是,是", (PAPER,), reason=reason)
    return scored(sample, scheme_of("urumqi-2023"), told, home=home, now=IMPORTED).score("C202")


@pytest.mark.slow
def test_thirty_four_of_thirty_eight_are_not_attested_away(sample: Database, home: Path):
    score = urumqi(sample, home, None)
    assert score.final.points == 2
    assert "系统数据为“否”（培训上岗率89.47%（34 ÷ 38），要求≥100%）" in score.told.note
    assert urumqi(sample, home, REASON).final.points == 4


@pytest.mark.slow
def test_an_attested_number_beside_a_backed_figure_is_a_finding(sample: Database, home: Path):
    told = Attested("C102", "5266件", (PAPER,))
    found = scored(sample, scheme_of("urumqi-2023"), told, home=home, now=IMPORTED)
    score = found.score("C102")
    assert (score.told.actual.value, score.final.points) == (Fraction(1369913, 260), 5)
    assert any("张三填报为5266件，系统数据为5268.9" in sentence for _, sentence in said(found))


@pytest.mark.slow
def test_a_value_whose_missing_days_nobody_knows_scores_without_a_worst_and_a_best(
    sample: Database, home: Path
):
    """Two days of calls are missing: how many there were is an estimate."""
    found = scored(sample, scheme_of("turpan-2022"), home=home, now=IMPORTED)
    score = found.score("C202")
    assert (score.span, score.final.points) == (None, 6)
    assert "数据不全，能否达标未定，暂按此值计分" in score.final.reason
    assert score.told.note.startswith("部分可核实：")


@pytest.mark.slow
def test_the_command_says_at_once_that_the_log_counts_otherwise(
    sample: Database, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("HOTLINE_HOME", str(home))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", sample.url)
    monkeypatch.setenv("HOTLINE_ADMIN_DATABASE_URL", sample.admin_url)
    from web.cli import hotline

    words = ["attest", "urumqi-2023", "C202", "是,是", "--document", PAPER, "--by", "李四", "--year", "2023"]
    told = CliRunner().invoke(hotline, [*words, "--center", "tlf"])
    assert told.exception is None
    assert "不一致：C202 “考核合格后上岗”李四填报为“是”，系统数据为“否”" in told.output
    told = CliRunner().invoke(hotline, [*words, "--center", "tlf", "--reason", REASON])
    assert f"按填报计分，理由：{REASON}" in told.output
    tree = CliRunner().invoke(hotline, ["evaluate", "urumqi-2023", "--year", "2023"]).output
    assert "明细：hotline kpi 2023 pre_job_pass_rate --rows --part denominator --center tlf" in tree
    told = CliRunner().invoke(hotline, ["evaluate", "urumqi-2023", "--year", "2023", "--json"])
    found = [one for one in json.loads(told.output)["findings"] if one["kind"] == "attested"]
    assert "pre_job_pass_rate" in {one["figure"] for one in found}
