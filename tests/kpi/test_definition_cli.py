"""The commands about definitions, as a person types them."""

from datetime import datetime

import openpyxl
import pytest
from click.testing import CliRunner

import kpi.cli
from kpi.definition_cli import definition
from kpi.figures.forks import list_forks
from tests.conftest import fresh_database
from tests.kpi.adopting import adopt
from tests.kpi.given import record
from tracker.events.times import BEIJING
from tracker.periods import Month

GIVEN = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2023-05-02 08:00:00 id c2
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""


NOW = datetime(2024, 1, 2, tzinfo=BEIJING)


@pytest.fixture
def database(server_url, template):
    """An instance of a test's own."""
    for made in fresh_database(server_url, template):
        with made.engine.begin() as connection:
            record(connection, GIVEN)
        yield made


@pytest.fixture
def run(database, monkeypatch):
    """Runs commands at a fixed time; gives the output."""
    monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
    monkeypatch.setattr(kpi.cli, "_get_now", lambda: NOW)

    def run(command, *arguments, code=0):
        done = CliRunner().invoke(command, arguments, catch_exceptions=False)
        assert done.exit_code == code, done.output
        return done.output

    return run


def adopt_all_inbound(database, clause=None):
    """Two people adopt the fork of all inbound calls from May 2023 on."""
    (fork,) = [one.definition for one in list_forks("call_answer_rate") if one.name == "all_inbound"]
    with database.engine.begin() as connection:
        adopt(connection, fork, Month(2023, 5), clause=clause, now=NOW)


def test_a_definition_is_shown_changed_foreseen_and_adopted(run, database, tmp_path):
    path = tmp_path / "new.toml"
    shown = run(definition, "show", "call_answer_rate", "--version", "all_inbound", "--toml")
    path.write_text(shown, encoding="utf-8")
    assert "口径有效：热线电话接通率" in run(definition, "check", str(path))
    assert "+ 呼入电话 calls_inbound" in run(definition, "diff", str(path))
    told = run(definition, "impact", str(path), "--year", "2023")
    line = next(line for line in told.splitlines() if line.startswith("2023-05"))
    assert line.split() == ["2023-05", "100.00%", "1", "÷", "1", "50.00%", "1", "÷", "2", "-50.00个百分点"]
    adopt_all_inbound(database)
    assert "50.00%" in run(kpi.cli.kpi, "2023-05", "call_answer_rate")
    assert "100.00%" in run(kpi.cli.kpi, "2023-05", "call_answer_rate", "--definition", "1")
    assert "申请人张三，批准人李四" in run(definition, "history", "call_answer_rate")


def test_an_indicator_without_a_version_says_what_is_lacking(run):
    assert "call_answer_rate 后面还要写版本号" in run(definition, "impact", "call_answer_rate", code=2)


def test_the_same_data_under_several_definitions(run):
    told = run(definition, "compare", "call_answer_rate", "2023-05")
    line = next(line for line in told.splitlines() if "all_inbound" in line)
    assert line.split() == ["人工接听÷全部呼入", "all_inbound", "50.00%", "1", "÷", "2", "-50.00个百分点"]


def test_the_catalogue_and_the_workbook_show_what_was_adopted_and_when_it_holds(run, database, tmp_path):
    adopt_all_inbound(database, clause="方案第三条")
    now = run(kpi.cli.catalogue, "call_answer_rate")
    assert "口径版本：2" in now and "口径版本：1" not in now and "公式：人工接听的电话 ÷ 呼入电话" in now
    assert "启用：张三申请、李四批准，2024-01-02；理由：上级要求；依据：方案第三条" in now
    of_year = run(kpi.cli.catalogue, "call_answer_rate", "--year", "2023")
    assert of_year.index("口径版本：1") < of_year.index("口径版本：2") and "启用：随系统发布" in of_year
    assert "口径版本：2" not in run(kpi.cli.catalogue, "call_answer_rate", "--year", "2022")
    path = tmp_path / "年.xlsx"
    run(kpi.cli.export, str(path), "--year", "2023")
    header, *lines = openpyxl.load_workbook(path)["指标定义"].iter_rows(values_only=True)
    rows = [dict(zip(header, line, strict=True)) for line in lines]
    versions = [(row["口径版本"], row["启用月份"]) for row in rows if row["编码"] == "call_answer_rate"]
    assert versions == [("1", "自系统启用起"), ("2", "自2023年5月起")]


def test_without_a_database_the_packaged_definitions_are_shown(tmp_path, monkeypatch):
    monkeypatch.delenv("HOTLINE_DATABASE_URL", raising=False)
    monkeypatch.setenv("HOTLINE_HOME", str(tmp_path / "var"))
    told = CliRunner().invoke(kpi.cli.catalogue, ["call_answer_rate"]).output
    assert told.startswith("随系统发布的口径") and "启用：随系统发布" in told
    assert not (tmp_path / "var").exists()
