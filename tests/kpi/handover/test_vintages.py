"""Locked months in a package: every vintage recomputed where it was sealed, and its signatures checked."""

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from kpi.closing.exemptions import request_exemption
from kpi.handover.package import layout
from kpi.handover.package.vintages import read_seals
from kpi.handover.verify import seals
from kpi.handover.verify.findings import StepOutcome
from kpi.handover.verify.recomputation import MONTHS, compare_figures, describe_difference
from kpi.offline import Replay, replay
from tests.conftest import fresh_database
from tests.kpi.given import record
from tests.kpi.handover.conftest import LATER, Closed, close_quarter, make_instance, opened, verdict
from tracker import log
from tracker.periods import Month
from tracker.stored_event import Recorded

FEBRUARY = Month(2024, 2)


def test_every_vintage_is_recomputed_where_it_was_sealed(closed: Closed) -> None:
    found = verdict(closed.built.path, closed.built)
    assert found.agree, [step for step in found.steps if step.items]
    compared = {(one.indicator, one.period, one.vintage): one for one in found.figures}
    first, second = (compared["calls_offered", "2024-03", vintage] for vintage in (1, 2))
    assert first.agrees and second.agrees and first.claimed and second.claimed
    assert int(second.claimed["value"]) == int(first.claimed["value"]) + 1
    assert first.claimed["code"] != second.claimed["code"]


@pytest.mark.acceptance(30)
def test_lock_exceptions_are_listed_those_that_nobody_approved_too(closed: Closed, tmp_path: Path) -> None:
    bag = opened(closed.built.path, tmp_path)
    rows = list(csv.DictReader(io.StringIO((bag / layout.EXCEPTIONS).read_text("utf-8-sig"))))
    assert [(row["月份"], row["理由"], row["申请人"], row["批准人"]) for row in rows] == [
        ("2024-02", "不用了", "张三", "未批准"),
        ("2024-03", "补报", "张三", "李四"),
    ]
    page = (bag / layout.PAGE).read_text("utf-8")
    assert "限期解锁" in page and "不用了" in page


def test_a_correction_is_told_with_what_it_replaced_and_what_caused_it(
    closed: Closed, tmp_path: Path
) -> None:
    bag = opened(closed.built.path, tmp_path)
    rows = csv.DictReader(io.StringIO((bag / layout.VINTAGES).read_text("utf-8-sig")))
    [row] = [
        row
        for row in rows
        if (row["编码"], row["统计期"], row["数据版本"]) == ("calls_offered", "2024-03", "2")
    ]
    assert int(row["数值"]) == int(row["更正前"]) + 1
    assert row["理由"] == "补报计入" and row["引起更正的记录"].startswith("第")
    assert (row["申请人"], row["批准人"]) == ("张三", "李四")


def test_a_figure_sealed_otherwise_than_the_events_say_is_named(closed: Closed, tmp_path: Path) -> None:
    bag = opened(closed.built.path, tmp_path)
    about, claims = (orjson.loads((bag / name).read_bytes()) for name in (layout.ABOUT, layout.FIGURES))
    with replay(events_of(closed), "tlf") as made:
        held = read_seals(made.duck)
    [seal] = [seal for _, seal in held if seal["month"] == str(FEBRUARY)]
    [figure] = [one for one in seal["figures"] if one["indicator"] == "calls_offered"]
    figure["value"] = "1"
    made = Replay("tlf")
    made.take_in(events_of(closed))
    with made:
        wrong = [one for one in compare_figures(made, about, claims, held) if not one.agrees]
    assert {(one.indicator, one.period, one.vintage) for one in wrong} == {("calls_offered", "2024-02", 1)}
    assert "数值 包内值 1，重算" in describe_difference(wrong[0])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"approved_by": "张 三"}, "不是两个人"),
        ({"head_seq": 3}, "不是它前一条事件"),
        ({"vintage": 3}, "数据版本不连续"),
        ({"exception": "lock_exception/2024-02/1"}, "没有生效的限期解锁"),
        ({"sealed_at": "2040-01-01T00:00:00+08:00"}, "没有生效的限期解锁"),
        ({"replaced": [{"indicator": "calls_offered", "period": "2024-03", "value": "0"}]}, "更正前的数字"),
    ],
)
def test_a_seal_that_breaks_the_rules_is_named(closed: Closed, change: dict[str, Any], told: str) -> None:
    with replay(events_of(closed), "tlf") as made:
        held = read_seals(made.duck)
        assert seals.check_seals(made.duck, held).outcome is StepOutcome.PASSED
        seq, last = held[-1]
        step = seals.check_seals(made.duck, [*held[:-1], (seq, last | change)])
    assert step.outcome is StepOutcome.FAILED
    assert f"第 {seq} 号事件" in step.items[0] and told in "；".join(step.items)


def events_of(closed: Closed) -> list[Recorded]:
    with closed.instance.database.connect() as connection:
        end = log.read_head(connection, "tlf").seq
        return list(log.stream_events(connection, "tlf", first=1, last=end))


def test_what_came_after_a_lock_is_told_where_quarter_and_months_differ(
    server_url: str, template: str, tmp_path: Path
) -> None:
    for database in fresh_database(server_url, template):
        instance = make_instance(database, tmp_path)
        close_quarter(instance)
        with database.engine.begin() as connection:
            record(connection, "call 2024-02-05 08:00:00 id later queued 08:00:10")
            request_exemption(
                connection, "tlf", FEBRUARY, by="张三", reason="补报", now=LATER,
                expires_at=LATER + timedelta(days=1),
            )  # fmt: skip
        built = instance.build(tmp_path / "out.zip", LATER)
        found = verdict(built.path, built)
        assert found.agree, [step for step in found.steps if step.outcome is not StepOutcome.PASSED]
        [step] = [one for one in found.steps if one.title == MONTHS]
        assert step.outcome is StepOutcome.NOTED
        [told] = [item for item in step.items if item.startswith("人工请求量 2024：")]
        assert "2月锁定后有变动的数据（+1）" in told
        page = (opened(built.path, tmp_path) / layout.PAGE).read_text("utf-8")
        assert told.partition("：")[2] in page
