"""Commands of the evaluation, as a person types them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpi.tables import width
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
    assert max(width(line) for line in told) <= 104  # a closing mark may hang over


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
    assert "发布得分 79.75，等级“中”，与上一致。" in told


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
