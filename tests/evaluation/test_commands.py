"""Commands of the evaluation, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpi.terminal_tables import measure_width
from tests.evaluation.cases import KEYS, SMALL, written
from tests.evaluation.test_scheme_files import FACTS
from web.cli import hotline


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch):
    """The command in an empty home."""
    monkeypatch.setenv("HOTLINE_HOME", str(home))

    def run(*words: str) -> Result:
        return CliRunner().invoke(hotline, list(map(str, words)))

    return run


@pytest.mark.parametrize("key", KEYS)
def test_a_score_tree_fits_a_hundred_columns(key: str, run):
    told = run("evaluate", key, "--reasons").output.splitlines()
    assert max(measure_width(line) for line in told) <= 104  # a closing mark may hang over


def test_the_tree_shows_rule_panel_final_and_published_scores(run):
    told = run("evaluate", "urumqi-2023").output
    line = next(line for line in told.splitlines() if "C101 聘用人员到位率" in line)
    assert line.split() == [
        "C101",
        "聘用人员到位率",
        "5",
        "≥100%",
        "95.7%",
        "3.93",
        "4.08",
        "4.08",
        "4.08",
        "专家评定",
    ]
    assert "最终得分 79.75，等级“中”" in told
    assert "公布得分 79.75，等级“中”，与上一致。" in told


def test_the_tree_as_json_is_exact(run):
    told = json.loads(run("evaluate", "changji-2023", "--json").output)
    assert (told["total"], told["published_total"], told["rating"]) == ("96.39", "96.39", "优")
    sms = told["scores"][2]["parts"][0]["parts"][2]
    assert (sms["title"], sms["rule_score"], sms["final_score"]) == ("发送短信", "6199/9500", "0.65")
    assert {one["kind"] for one in told["findings"]} == {"total", "mean", "met_lost"}


def test_schemes_are_listed_and_checked(run, tmp_path: Path):
    assert [line.split()[0] for line in run("schemes").output.splitlines()[1:]] == sorted(KEYS)
    assert run("schemes").output == run("evaluate", "--all").output
    told = run("schemes", "check", str(written(tmp_path, SMALL))).output
    assert told.startswith("small.toml：小方案，三级指标2个（自动取数1个）")


def test_a_scheme_of_ones_own_is_scored_with_facts_of_ones_own(run, tmp_path: Path):
    scheme, facts = written(tmp_path, SMALL), written(tmp_path, FACTS, "facts.toml")
    told = run("evaluate", str(scheme), "--facts", str(facts)).output
    assert "最终得分 74.16，等级“不优”" in told


def test_a_scheme_without_facts_says_what_is_lacking(run, tmp_path: Path):
    refused = run("evaluate", str(written(tmp_path, SMALL)))
    assert "没有随附的事实；请用 --facts" in str(refused.exception)


def test_claims_end_with_one_where_something_departs(run, tmp_path: Path):
    sound = written(tmp_path, "名称,数值,分子,分母\n率,50%,1,2\n", "sound.csv")
    told = run("claims", sound)
    assert told.exit_code == 0
    assert told.output == "sound.csv：核对1处，相符1处。\n  [相符] 率（第2行）：1÷2＝50%，印为50%，相符\n"
    wrong = written(tmp_path, "名称,数值,分子,分母\n率,60%,1,2\n乙,50%,1,2\n", "wrong.csv")
    told = run("claims", wrong, "--problems")
    assert told.exit_code == 1
    assert "相差＋10个百分点" in told.output
    assert "乙" not in told.output
    assert [one["outcome"] for one in json.loads(run("claims", wrong, "--json").output)] == ["不符", "相符"]


def test_attesting_needs_a_value_or_a_table(run):
    told = run("attest", "urumqi-2023", "A102", "--year", "2023", "--by", "张三")
    assert "请写指标和实际值，或用 --table 给出一张表。" in told.output
