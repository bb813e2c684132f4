"""A rate of so few things that it says nothing is scored; neither evaluation nor rehearsal calls it met."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import pytest
import sqlalchemy as sa

from kpi.evaluation.actual import Amount
from kpi.evaluation.from_events import read_center_facts
from kpi.evaluation.rehearsal.points_status import RemedyKind
from kpi.evaluation.rehearsal.rehearse import rehearse
from kpi.evaluation.rules.points_off import PerPoint
from kpi.evaluation.rules.proportion import AtMostRule, MetOrProRata, explain_overshot_target
from kpi.evaluation.scheme import Scheme
from kpi.evaluation.scheme_files import read_scheme
from kpi.evaluation.scoring import evaluate
from kpi.evaluation.target import parse_target
from kpi.figures import results
from kpi.figures.indicators import INDICATORS
from kpi.figures.indicators.target import Attainment
from tests.evaluation.cases import HEAD, written
from tests.kpi.adopting import adopt
from tests.kpi.closing import lock
from tests.kpi.given import record
from tracker import centers
from tracker.database import Database
from tracker.events.times import BEIJING
from tracker.periods import Month, Year

CENTER = centers.Center("tlf", "吐鲁番", "sha256")
NOW = datetime(2024, 2, 1, tzinfo=BEIJING)
TEXT = (
    HEAD
    + """
[indicators.A1]
under = "A"
title = "支付及时率"
weight = 60
target = "≥80%"
rule = { kind = "per_point", costs = "5%" }
from = { figure = "payment_on_time_rate" }

[indicators.A2]
under = "A"
title = "支付规范性"
weight = 40
rule = { kind = "checklist", shares = ["50%", "50%"] }
points = [
    { text = "八成按时", when = "payment_on_time_rate ≥80%" },
    { text = "全部按时", when = "payment_on_time_rate ≥100%" },
]
from = { attested = "支付凭证" }
document = false
"""
)


@pytest.fixture
def connection(database: Database) -> Iterator[sa.Connection]:
    with database.engine.connect() as connection:
        yield connection


@pytest.fixture
def scheme(tmp_path: Path) -> Scheme:
    return read_scheme(written(tmp_path, TEXT))


def pay(connection: sa.Connection, count: int) -> None:
    paid = [f"payment P{n} 劳务费 due 2023-0{n}-10 paid 2023-0{n}-09 1000.00" for n in range(1, count + 1)]
    record(connection, "\n".join([*paid, "delivered payments as of 2024-01-01"]))
    results.bring_up_to_date(connection, "tlf", NOW)


def test_one_payment_in_time_is_scored_and_is_no_target_reached(connection, scheme: Scheme):
    pay(connection, 1)
    found = evaluate(scheme, read_center_facts(connection, CENTER, scheme, 2023, NOW))
    one = found.score("A1")
    assert one.rule.points == 60
    assert one.rule.reason == "实际100%（n=1，少于5，不判是否达标，暂按此值计分），得满分"
    rated, all_of_them = found.score("A2").told.actual.points
    assert rated is None and all_of_them is True  # that all are in time can be told of one
    assert "支付及时率100.00%（1 ÷ 1），要求≥80%，n=1，少于5，不判" in found.score("A2").told.note


def test_five_payments_are_judged(connection, scheme: Scheme):
    pay(connection, 5)
    found = evaluate(scheme, read_center_facts(connection, CENTER, scheme, 2023, NOW))
    assert found.score("A1").rule.reason == "实际100%，达到目标≥80%，得满分"
    assert found.score("A2").told.actual.points == (True, True)


def test_a_definition_of_ones_own_says_for_the_evaluation_as_well_how_few_are_too_few(connection, scheme):
    pay(connection, 5)
    rate = INDICATORS["payment_on_time_rate"]
    assert rate.target is not None
    strict = replace(rate, target=replace(rate.target, fewest=30))
    adopt(connection, strict, Month(2023, 1), now=NOW)
    results.bring_up_to_date(connection, "tlf", NOW)
    found = evaluate(scheme, read_center_facts(connection, CENTER, scheme, 2023, NOW))
    assert "n=5，少于30" in found.score("A1").rule.reason


def test_a_rehearsal_calls_such_points_neither_safe_nor_lost_but_to_be_agreed(connection, scheme: Scheme):
    pay(connection, 1)
    for month in Year(2023).months:
        lock(connection, month, NOW)
    found = rehearse(connection, CENTER, scheme, 2023, NOW)
    standing = next(one for one in found.statuses if one.score.item.code == "A1")
    assert (standing.safe, standing.at_risk, standing.lost) == (0, 60, 0)
    assert standing.stakes[0].why == "n=1，少于5，不判是否达标"
    [remedy] = standing.stakes[0].remedies
    assert (remedy.way, remedy.text) == (RemedyKind.AGREE, "与评价机构商定“支付及时率”n=1，少于5时的计分方式")
    listed = next(one for one in found.statuses if one.score.item.code == "A2")
    assert (listed.safe, listed.at_risk, listed.lost) == (20, 20, 0)
    assert listed.stakes[0].why == "“八成按时”n=1，少于5，不判"


FEW = Amount(Fraction(100), "%", few="n=2，少于5")


@pytest.mark.parametrize("rule", [MetOrProRata(), PerPoint(Fraction(5, 100)), AtMostRule()])
@pytest.mark.parametrize("value", [100, 50])
def test_no_rule_says_of_a_few_that_the_target_is_reached(rule, value: int):
    target = parse_target("≤80%" if isinstance(rule, AtMostRule) else "≥80%")
    assert target is not None
    amount = replace(FEW, value=Fraction(value))
    told = rule.score(amount, target, Fraction(10)).reason
    assert "n=2，少于5，不判是否达标" in told
    assert "达到目标" not in told and "不超过目标" not in told
    assert target.judge(amount) is Attainment.TOO_FEW
    known = rule.score(replace(amount, few=""), target, Fraction(10))
    assert known.points == rule.score(amount, target, Fraction(10)).points


def test_a_target_is_not_called_too_low_because_of_a_few():
    target = parse_target("≥2件")
    assert target is not None
    many = Amount(Fraction(4), "件")
    assert explain_overshot_target(many, target) is not None
    assert explain_overshot_target(replace(many, few="n=4，少于5"), target) is None


@pytest.mark.parametrize(
    ("actual", "explained"), [("2.6", True), ("2.599", False), ("2.601", True), ("2", False)]
)
def test_a_target_overshot_by_three_tenths_or_more_is_called_too_low(actual: str, explained: bool):
    target = parse_target("≥2件")
    assert target is not None
    told = explain_overshot_target(Amount(Fraction(actual), "件"), target)
    assert (told is not None) == explained


def test_the_sentence_of_a_target_too_low_says_how_far_it_was_overshot():
    target = parse_target("≥2件")
    assert target is not None
    told = explain_overshot_target(Amount(Fraction("2.6"), "件"), target)
    assert told == "实际2.6件为目标≥2件的130%，目标定得过低，须说明原因"
