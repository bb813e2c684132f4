"""The commands about definitions, as a person types them."""

from datetime import datetime

import pytest
from click.testing import CliRunner

import kpi.cli
from kpi.definition_cli import definition
from tests.conftest import fresh_database
from tests.kpi.given import record
from tracker.events.times import BEIJING

GIVEN = """
call 2023-05-01 08:00:00 id c1 queued 08:00:10 answered 08:00:20
call 2023-05-02 08:00:00 id c2
delivered calls 2023-05-01..2023-05-31 as of 2023-06-01"""
SIGNED = ("--effective", "2023-05", "--by", "张三", "--approved-by", "李四", "--reason", "上级要求")


@pytest.fixture
def run(server_url, template, monkeypatch):
    """Runs commands against an instance of this test's own at a fixed time; gives the output."""
    for database in fresh_database(server_url, template):
        with database.engine.begin() as connection:
            record(connection, GIVEN)
        monkeypatch.setenv("HOTLINE_DATABASE_URL", database.url)
        monkeypatch.setattr(kpi.cli, "_now", lambda: datetime(2024, 1, 2, tzinfo=BEIJING))

        def run(command, *arguments, answer="", code=0):
            done = CliRunner().invoke(command, arguments, input=answer, catch_exceptions=code == 1)
            assert done.exit_code == code, done.output
            return done.output

        yield run


def test_a_definition_is_shown_changed_foreseen_and_adopted(run, tmp_path):
    path = tmp_path / "new.toml"
    shown = run(definition, "show", "call_answer_rate", "--version", "all_inbound", "--toml")
    path.write_text(shown, encoding="utf-8")
    assert "口径有效：热线电话接通率" in run(definition, "check", str(path))
    assert "+ 呼入电话 calls_inbound" in run(definition, "diff", str(path))
    told = run(definition, "adopt", str(path), *SIGNED, answer="y\n")
    line = next(line for line in told.splitlines() if line.startswith("2023-05"))
    assert line.split() == ["2023-05", "100.00%", "1", "÷", "1", "50.00%", "1", "÷", "2", "-50.00个百分点"]
    assert "已采用热线电话接通率第2版口径，自2023年5月起施行。" in told
    assert "50.00%" in run(kpi.cli.kpi, "2023-05", "call_answer_rate")
    assert "100.00%" in run(kpi.cli.kpi, "2023-05", "call_answer_rate", "--definition", "1")
    assert "提出人张三，批准人李四" in run(definition, "history", "call_answer_rate")


def test_nothing_is_adopted_without_consent(run):
    told = run(definition, "adopt", "call_answer_rate", "all_inbound", *SIGNED, answer="n\n", code=1)
    assert "- 进入人工队列的电话" in told and "确定采用？" in told
    assert "第2版" not in run(definition, "history", "call_answer_rate")


def test_the_same_data_under_several_definitions(run):
    told = run(definition, "compare", "call_answer_rate", "2023-05")
    line = next(line for line in told.splitlines() if "all_inbound" in line)
    assert line.split() == ["人工接听÷全部呼入", "all_inbound", "50.00%", "1", "÷", "2", "-50.00个百分点"]
