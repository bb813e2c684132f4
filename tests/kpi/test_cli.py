"""The commands, as a person types them."""

import json
from datetime import datetime

import pytest
from click.testing import CliRunner

import kpi.cli
from tests.conftest import fresh_database
from tests.kpi.given import record
from tracker.events.times import BEIJING

GIVEN = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2023-05-02 08:00:00 id c2 queued 08:00:10 answered 08:00:30
call 2023-05-03 08:00:00 id c3 queued 08:00:10
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01
order A1 accepted 2023-05-01 投诉 closed 2023-05-02
delivered work_orders 2023-05-01..2023-05-30 as of 2023-06-01"""


@pytest.fixture(scope="module")
def instance(server_url, template):
    for database in fresh_database(server_url, template):
        with database.engine.begin() as connection:
            record(connection, GIVEN)
        yield database


@pytest.fixture
def run(instance, monkeypatch):
    """Runs a command against the instance at a fixed time; gives its output."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", instance.url)
    monkeypatch.setattr(kpi.cli, "_get_now", lambda: datetime(2024, 1, 2, tzinfo=BEIJING))

    def run(command, *arguments):
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    return run


def test_a_month_as_json(run):
    figures = {one["indicator"]: one for one in json.loads(run(kpi.cli.kpi, "2023-05", "--json"))}
    rate = figures["call_answer_rate"]
    wanted = (
        "indicator", "center", "period", "numerator", "denominator", "value", "unit", "coverage", "status",
        "reason", "definition_version", "source",
    )  # fmt: skip
    assert [key for key in rate if key in wanted] == list(wanted)
    assert [rate[key] for key in wanted[:9]] == [
        "call_answer_rate", "tlf", "2023-05", "2", "3", "66.67", "%", "1.0000", "可核实",
    ]  # fmt: skip
    assert figures["work_orders_opened"]["denominator"] is None
    assert figures["work_orders_opened"]["coverage"] == "0.9677"
    assert figures["work_orders_opened"]["high"] == "2"
    assert figures["platform_uptime_rate"]["value"] is None


@pytest.mark.acceptance(6)
def test_a_year_as_json_holds_its_quarters_and_months(run):
    periods = [one["period"] for one in json.loads(run(kpi.cli.kpi, "2023", "call_answer_rate", "--json"))]
    assert periods[:5] == ["2023", "2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    assert periods[5:] == [f"2023-{month:02}" for month in range(1, 13)]


def test_a_month_as_a_table(run):
    shown = run(kpi.cli.kpi, "2023-05")
    line = next(line for line in shown.splitlines() if line.startswith("热线电话接通率"))
    *cells, code = line.split()
    assert cells == [
        "热线电话接通率", "66.67%", "2", "÷", "3", "≥95%", "不判（n=3，少于5）",
        "100%", "可核实", "未锁定",
    ]  # fmt: skip
    assert f"{code}  吐鲁番 2023年5月 热线电话接通率" in run(kpi.cli.code, code)
    assert "工单缺5月31日。" in shown
    assert "平台巡检：请平台供应商补报缺失时段的巡检日志" in shown


def test_one_indicator_may_be_named_in_chinese(run):
    assert "口径第1版" in run(kpi.cli.kpi, "2023", "热线电话接通率")


def test_rows_are_as_many_as_the_number(run):
    shown = run(kpi.cli.kpi, "2023-05", "call_answer_rate", "--rows")
    assert shown.count("call/c") == 2
    assert "共2行，合计2通，与指标的数字一致。" in shown
    assert (
        run(kpi.cli.kpi, "2023-05", "call_answer_rate", "--rows", "--part", "denominator").count("call/c")
        == 3
    )


def test_rows_as_json(run):
    told = json.loads(run(kpi.cli.kpi, "2023-05", "call_answer_rate", "--rows", "--json", "--limit", "1"))
    assert (told["count"], told["number"], told["agrees"], len(told["rows"])) == (2, "2", True, 1)
    assert (told["rows"][0]["subject"], told["rows"][0]["seq"]) == ("call/c1", 1)


def test_rows_without_an_indicator_are_refused(run):
    done = CliRunner().invoke(kpi.cli.kpi, ["2023-05", "--rows"])
    assert (done.exit_code, "请指明是哪个指标" in done.output) == (2, True)


def test_a_period_not_begun_says_so(run):
    assert "统计期尚未开始" in run(kpi.cli.kpi, "2025-05")


def test_the_catalogue_prints_every_card(run):
    from kpi.figures.indicators import INDICATORS

    shown = run(kpi.cli.catalogue)
    assert all(f"编码：{key}\n" in shown for key in INDICATORS)
    assert "吐鲁番现行的口径\n\n编码：call_answer_rate" in run(kpi.cli.catalogue, "call_answer_rate")
    assert len(json.loads(run(kpi.cli.catalogue, "--json"))) == len(INDICATORS)


def test_a_rebuild_leaves_the_figures_as_they_were(run):
    before = run(kpi.cli.kpi, "2023", "--json")
    assert "重建事实" in run(kpi.cli.rebuild)
    assert run(kpi.cli.kpi, "2023", "--json") == before
